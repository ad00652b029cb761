// Fading over workouts, the share of movements that are cued, and the dependence on cues.

import Kinematics
import Testing

@testable import Movement

@Suite("Fading")
struct FadingTests {
    /// The table of compensations 5.1, workout by workout.
    static let schedule = [100, 67, 67, 67, 50, 50, 33, 33, 10, 10, 10]

    @Test("without probes the schedule goes workout by workout")
    func scheduleIsTheTable() {
        var fading = Fading()
        for percent in FadingTests.schedule {
            #expect(fading.percent == percent)
            fading.finish(dependence: nil)
        }
    }

    @Test("another person's schedule steps by its own shares, blocks and gates")
    func ownSchedule() {
        var schedule = FadingSchedule()
        schedule.shares = [90, 80, 70, 60, 20]
        schedule.blockStarts = [3, 4, 6]
        schedule.independent = 0.3
        schedule.dependent = 0.4
        var fading = Fading(place: 1, schedule: schedule)
        for percent in [90, 80, 70, 60, 60, 20, 20] {
            #expect(fading.percent == percent)
            fading.finish(dependence: nil)
        }
        fading = Fading(place: 1, schedule: schedule)
        fading.finish(dependence: 0.3)
        fading.finish(dependence: 0.25)
        #expect(fading.place == 3 && fading.percent == 70)
        fading.finish(dependence: 0.4)
        fading.finish(dependence: 0.45)
        #expect(fading.place == 3)
        fading.finish(dependence: 0.4)
        fading.finish(dependence: 0.4)
        // The second of them was of the third block: back is to the second.
        #expect(fading.place == 3 && fading.percent == 70)
    }

    @Test("two independent workouts step a block forward, two dependent ones back")
    func stepping() {
        var fading = Fading()
        fading.finish(dependence: 0.05)
        #expect(fading.place == 2)
        fading.finish(dependence: 0.10)
        #expect(fading.place == 5 && fading.block == 2)
        // One alone changes nothing, nor do two that disagree.
        fading.finish(dependence: 0.0)
        fading.finish(dependence: 0.7)
        #expect(fading.place == 7 && fading.block == 3)
        fading.finish(dependence: 0.5)
        #expect(fading.block == 2 && fading.place == 5)
        fading.finish(dependence: 0.9)
        fading.finish(dependence: 0.9)
        #expect(fading.block == 1 && fading.percent == 67)
        for _ in 0..<9 { fading.finish(dependence: .nan) }
        #expect(fading.block == 4)
        fading.finish(dependence: 0)
        fading.finish(dependence: 0)
        #expect(fading.block == 4)
    }

    @Test("the share of cued movements is what it says, evenly spread, the first among them")
    func shares() {
        for percent: UInt32 in [0, 10, 33, 50, 67, 100] {
            let cued = (0..<UInt32(300)).filter { CueShare.isCued($0, percent: percent) }
            #expect(cued.count == Int(percent) * 3)
            if percent > 0 { #expect(cued.first == 0) }
            let gaps = Set(zip(cued, cued.dropFirst()).map { $1 - $0 })
            #expect(gaps.count <= 2, "\(percent): \(gaps)")
        }
    }

    @Test("dependence is the reference's formula, over judged time")
    func dependence() throws {
        let rule = Rule(
            id: .pelvicDrop, signal: .drop, on: 4 * radiansPerDegree, off: 3 * radiansPerDegree,
            minimumOn: 0.5)
        var cued = RuleRecord(rule: rule)
        // 10 s in which the drop was 1 degree above the off-threshold for half the time.
        cued.judged = 10
        cued.excess = 5 * radiansPerDegree
        var probe = RuleRecord(rule: rule)
        probe.judged = 20
        probe.excess = 18 * radiansPerDegree
        var dependence = CueDependence()
        dependence.add([cued], isProbe: false)
        #expect(dependence.value == nil)
        dependence.add([probe], isProbe: true)
        // (0.9 - 0.5) / max(0.5, 0.5) = 0.8
        #expect(abs(try #require(dependence.value) - 0.8) < 1e-9)
        #expect(dependence.sentence == "You kept 20 % of the improvement without sound.")
        // A rule that is only reported, or that was not measured, does not count.
        var reported = probe
        reported.rule.reportOnly = true
        dependence.add([reported, RuleRecord(rule: rule)], isProbe: true)
        #expect(abs(try #require(dependence.value) - 0.8) < 1e-9)
    }

    @Test("a plan keeps its share in a recording")
    func planText() throws {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: .right, targetHold: 10)
        #expect(!plan.words.contains { $0.hasPrefix("cue") })
        plan.cuedPercent = 67
        plan.cueOffset = 4
        plan.alternation = CueAlternation(cued: 60, silent: 45, done: 20)
        plan.cuedMovements = 7
        plan.patternShare = 0.25
        let read = try #require(MovementPlan(words: plan.words))
        #expect(read.patternShare == 0.25)
        #expect(MovementPlan(words: plan.words + ["pattern-share=0"]) == nil)
        #expect(read.cuedPercent == 67)
        #expect(read.cueOffset == 4)
        #expect(read.alternation == plan.alternation)
        #expect(read.cuedMovements == 7)
        #expect(MovementPlan(words: plan.words + ["cued-movements=-1"]) == nil)
        #expect(MovementPlan(words: plan.words + ["alternation=60"]) == nil)
        #expect(MovementPlan(words: plan.words + ["cued-percent=101"]) == nil)
    }
}
