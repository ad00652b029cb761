// Repetitions on the other leg than was named: seen, told, neither counted nor judged; and never seen where they are not.

import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

@Suite("The other leg than was named")
struct OtherLegTests {
    @Test(
        "squats and step-downs on it are seen, whatever the free leg does behind or beside",
        arguments: LegMovement.squats, [Side.left, .right])
    func squats(one: LegMovement, named: Side) {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: named)
        set.rest(3)
        // What would be a drop and a lean of the named leg.
        set.repeats(one, on: named.opposite, count: 5, fault: 12 * named.sign * -1)
        set.rest(2)
        let summary = set.summary()
        #expect(summary.otherLegCount == 5)
        #expect(summary.repetitions.isEmpty)
        #expect(set.wearing.alerts.isEmpty, "\(set.wearing.alerts.map(\.time))")
        #expect(summary.rules.allSatisfy { $0.episodes == 0 && $0.active == 0 })
    }

    @Test(
        "squats and step-downs on the named leg are counted and judged, whatever the free leg does",
        arguments: LegMovement.squats + LegMovement.ahead, [Side.left, .right])
    func rightLeg(one: LegMovement, named: Side) {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: named)
        set.rest(3)
        set.repeats(one, on: named, count: 5)
        set.rest(2)
        let summary = set.summary()
        #expect(set.otherLeg.isEmpty)
        #expect(summary.otherLegCount == 0)
        #expect(summary.repetitions.filter(\.isJudged).count == 5)
    }

    /// Both legs would look the same the other way round, so nothing is said: neither that it is the other leg
    /// nor, of a whole set, that it was.
    @Test("a free leg as bent as the one that stands leaves it open", arguments: LegMovement.ahead)
    func ahead(one: LegMovement) {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: .right)
        set.rest(3)
        set.repeats(one, on: .left, count: 3)
        #expect(set.otherLeg.isEmpty)
        #expect(set.summary().otherLegCount == 0)
    }

    @Test("lifting the free leg ahead, with the pelvis where it was, is no squat on it")
    func liftedAhead() {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: .right)
        set.rest(3)
        set.repeats(
            LegMovement(name: "lift", standing: (0, 0), free: (0, 45), rise: 0.005), on: .right,
            count: 5)
        #expect(set.otherLeg.isEmpty)
    }

    @Test(
        "whoever changes to the named leg is judged from there on", arguments: [Side.left, .right],
        LegMovement.squats + [.squat("swung back", far: -20)])
    func changes(named: Side, one: LegMovement) throws {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: named)
        set.rest(3)
        set.repeats(one, on: named.opposite, count: 2)
        set.rest(2)
        set.repeats(one, on: named, count: 3)
        set.rest(2)
        #expect(!set.wearing.frames[set.wearing.frames.count - 100].gates.has(.wrongSide))
        let summary = set.summary()
        #expect(summary.otherLegCount == 2)
        #expect(summary.repetitions.map(\.repetition.number) == [1, 2, 3])
        #expect(summary.repetitions.allSatisfy { $0.isJudged && $0.isClean })
    }

    @Test("it is told within the first way down", arguments: LegMovement.squats)
    func soon(one: LegMovement) throws {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: .right)
        set.rest(3)
        set.repeats(one, on: .left, count: 1)
        let first = try #require(set.otherLeg.first)
        let end = try #require(set.wearing.frames.last)
        // The way down takes 3 s of the 8.
        #expect(Double(end.time - first.time) * 1e-9 > 5)
        // And nothing is judged from there on, in the rest either.
        #expect(set.otherLeg.count == Int((end.time - first.time) / 10_000_000) + 1)
    }

    @Test("steps up on it are seen", arguments: LegMovement.steps, [Side.left, .right])
    func stepsUp(one: LegMovement, named: Side) {
        var set = OneLeggedSet(.height, fallback: .none, lowersFirst: false, named: named)
        set.rest(3)
        set.repeats(one, on: named.opposite, count: 5, fault: 9 * named.sign * -1)
        set.rest(2)
        let summary = set.summary()
        #expect(summary.otherLegCount == 5)
        #expect(summary.repetitions.isEmpty)
        #expect(set.wearing.alerts.isEmpty, "\(set.wearing.alerts.map(\.time))")
    }

    @Test(
        "steps up on the named leg are counted", arguments: LegMovement.steps, [Side.left, .right])
    func stepsUpRight(one: LegMovement, named: Side) {
        var set = OneLeggedSet(.height, fallback: .none, lowersFirst: false, named: named)
        set.rest(3)
        set.repeats(one, on: named, count: 5)
        set.rest(2)
        let summary = set.summary()
        #expect(set.otherLeg.isEmpty)
        #expect(summary.repetitions.count == 5)
    }

    @Test("leg lifts to the side with the leg that was to stand", arguments: [Side.left, .right])
    func aside(named: Side) {
        var set = OneLeggedSet(
            .movingThigh, fallback: .metronome, lowersFirst: false, named: named)
        set.rest(3)
        set.repeats(.aside(26), on: named.opposite, count: 4, fault: 9 * named.sign * -1)
        set.rest(1)
        #expect(set.wearing.alerts.isEmpty)
        set.repeats(.aside(26), on: named, count: 3)
        set.rest(2)
        let summary = set.summary()
        #expect(summary.otherLegCount == 4)
        #expect(summary.repetitions.count == 3)
        #expect(set.wearing.frames.suffix(400).allSatisfy { !$0.gates.has(.wrongSide) })
    }

    /// Both thighs lean over the foot of the leg that stands, from the rest before the first movement on.
    @Test("whoever stands on it is told before the first movement", arguments: [Side.left, .right])
    func leans(named: Side) {
        for one in [LegMovement.squats[2], LegMovement.ahead[1]] {
            var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: named)
            set.rest(2)
            #expect(set.otherLeg.isEmpty)
            set.over = -3.5 * named.sign
            set.rest(2)
            #expect(set.otherLeg.count > 100)
            set.repeats(one, on: named.opposite, count: 3, fault: 12 * named.sign * -1)
            #expect(set.wearing.alerts.isEmpty)
            set.over = 3.5 * named.sign
            set.rest(2)
            #expect(set.wearing.frames.suffix(100).allSatisfy { !$0.gates.has(.wrongSide) })
            set.repeats(one, on: named, count: 3)
            set.rest(1)
            let summary = set.summary()
            #expect(summary.otherLegCount == 3)
            #expect(summary.repetitions.filter(\.isJudged).count == 3)
        }
    }

    /// The lifted side of the pelvis is the named leg's, which reads as a drop.
    @Test("hitches on it are seen by the lean", arguments: [Side.left, .right])
    func hitches(named: Side) {
        var set = OneLeggedSet(.hike, fallback: .none, lowersFirst: false, named: named)
        set.rest(2)
        let hitch = LegMovement(name: "hitch", standing: (0, 0), free: (0, 0), rise: 0.01)
        set.over = -4 * named.sign
        set.rest(2)
        set.repeats(hitch, on: named.opposite, count: 4, fault: 8 * named.sign * -1)
        #expect(set.wearing.alerts.isEmpty)
        set.over = 4 * named.sign
        set.rest(2)
        set.repeats(hitch, on: named, count: 3, fault: 8 * named.sign)
        set.rest(2)
        let summary = set.summary()
        #expect(summary.otherLegCount == 4)
        #expect(summary.repetitions.count == 3)
    }

    /// A thigh sensor that turned on the leg reads as a leg held aside, and stays so.
    @Test("nobody holds a leg aside for so long: nothing is said of a sensor that turned")
    func slipped() {
        var set = OneLeggedSet(
            .movingThigh, fallback: .metronome, lowersFirst: false, named: .right)
        set.rest(2)
        for _ in 0..<5000 {
            set.wearing.feed(.leftThigh, segmentUp(0))
            set.wearing.feed(.rightThigh, segmentUp(-16))
            set.wearing.step(segmentUp(0))
        }
        #expect(set.wearing.frames.suffix(200).allSatisfy { !$0.gates.has(.wrongSide) })
    }

    @Test(
        "without both thighs nothing is said of the leg",
        arguments: [
            [Segment.pelvis, .trunk], [.pelvis, .trunk, .leftThigh],
            [.pelvis, .trunk, .rightThigh],
        ])
    func unseen(worn: [Segment]) {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: .right, worn: worn)
        set.rest(3)
        set.repeats(LegMovement.squats[0], on: .left, count: 4)
        set.rest(2)
        #expect(set.otherLeg.isEmpty)
        let summary = set.summary()
        #expect(summary.otherLegCount == 0)
        #expect(summary.repetitions.count == 4)
    }
}

@Suite("Lying on the leg that was named")
struct OtherSideLyingTests {
    func plan(_ stance: Side, _ source: RepetitionSource) -> MovementPlan {
        var plan = MovementPlan(
            task: .repetitions, posture: .leftSide, stanceSide: stance, targetHold: 0)
        plan.otherPostures = Posture.rightSide.bit
        plan.source = source
        plan.fallback = .metronome
        plan.restsUpright = false
        plan.tempo = Tempo(raise: 1, hold: 0.5, lower: 1, rest: 0.5)
        plan.repetitions = 4
        return plan
    }

    /// By the clock: nothing of it counts, and the count is whole once they have turned over.
    @Test(arguments: [Side.left, .right])
    func isToldAndDoesNotCount(lower: Side) {
        var wearing = Wearing()
        wearing.rate = Vector3(0.01, 0, 0)
        wearing.run(3, segmentUp(0))
        wearing.body.begin(plan(lower, .movingThigh), time: wearing.time)
        wearing.run(2, segmentUp(0))
        // The side that is lain on is down: positive where that is the right one.
        let right = segmentUp(88 * lower.sign)
        let wrong = segmentUp(-88 * lower.sign)
        let before = wearing.frames.count
        wearing.run(10, wrong)
        #expect(wearing.frames.suffix(900).allSatisfy { $0.gates.has(.wrongSide) })
        #expect(wearing.frames[before...].allSatisfy { $0.repetition == nil })
        #expect(wearing.frames.last?.repetitions == 0)
        let seen = Int(wearing.frames.last?.otherLegCount ?? 0)
        #expect(seen >= 2)
        wearing.run(20, right)
        #expect(wearing.frames.suffix(1900).allSatisfy { !$0.gates.has(.wrongSide) })
        #expect(wearing.frames.last?.repetitions == 4)
        #expect(Int(wearing.frames.last?.otherLegCount ?? 0) == seen)
    }
}
