// Repetitions on the other leg than was named: seen, told, neither counted nor judged; and never seen where they are not.
//
// The movements are those of rigid legs 0.84 m long over a foot that stays where it is, the free leg held in
// several ways; nothing of them comes from the code under test.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷.
private func course(_ part: Double) -> Double {
    let u = max(0, min(1, part))
    return pow(u, 4) * (35 + u * (-84 + u * (70 - 20 * u)))
}

/// How far the hip sinks over a foot as the thigh leans by so much and the shank back by as much, m.
///
/// An ankle bends by 40° at most: the hip goes behind the foot then.
private func sunk(_ thigh: Double) -> Double {
    0.42 * (1 - cos(thigh * degree)) + 0.42 * (1 - cos(min(thigh, 40) * degree))
}

/// What both legs and the pelvis do at the far end of a repetition, in degrees and m.
private struct Movement: CustomTestStringConvertible {
    var name: String
    /// Thighs forward at rest and at the far end: the leg that stands, the free one.
    var standing: (rest: Double, far: Double)
    var free: (rest: Double, far: Double)
    /// Thighs off the midline at the far end.
    var standingAside = 0.0
    var freeAside = 0.0
    /// m that the pelvis rises.
    var rise: Double
    var testDescription: String { name }
}

extension Movement {
    static func squat(_ name: String, depth: Double = 34, rest: Double = 0, far: Double) -> Movement
    {
        Movement(
            name: name, standing: (0, depth), free: (rest, far), rise: -sunk(depth))
    }

    /// The foot is on the step before the pelvis rises: hip and knee straighten meanwhile.
    static func step(_ name: String, lead: Double = 34, trail: (Double, Double)) -> Movement {
        Movement(name: name, standing: (lead, 0), free: trail, rise: sunk(lead))
    }

    static func aside(_ angle: Double) -> Movement {
        Movement(
            name: "\(angle) degrees aside", standing: (0, 0), free: (0, 0), standingAside: -4,
            freeAside: angle, rise: 0)
    }

    /// The free leg hangs, bent at the knee; is stretched out behind; hangs beside the box.
    static let squats: [Movement] = [
        .squat("knee bent, thigh ahead", far: 15), .squat("behind", rest: -5, far: -12),
        .squat("hanging", far: 2), .squat("shallow", depth: 28, far: 8),
        .squat("deep", depth: 50, far: 20),
    ]
    /// The other leg is as bent as the one that stands, or more so.
    static let ahead: [Movement] = [
        .squat("stretched out ahead", rest: 20, far: 45), .squat("raised meanwhile", far: 60),
        .squat("as far", far: 34), .squat("deep, ahead", depth: 60, rest: 30, far: 80),
    ]
    static let steps: [Movement] = [
        .step("both feet on the step", trail: (-5, 0)), .step("hanging", trail: (0, 10)),
        .step("knee up", trail: (-5, 60)), .step("low", lead: 28, trail: (0, 5)),
    ]
}

/// One set of an exercise on one leg, by sensors on pelvis, trunk and both thighs.
private struct OneLeggedSet {
    var wearing: Wearing
    var record: SetRecord
    let plan: MovementPlan
    private var told = 0

    init(
        _ source: RepetitionSource, fallback: RepetitionSource = .height, lowersFirst: Bool,
        named: Side, worn: [Segment] = [.pelvis, .trunk, .leftThigh, .rightThigh]
    ) {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: named, targetHold: 0)
        plan.source = source
        plan.fallback = fallback
        plan.lowersFirst = lowersFirst
        plan.restsUpright = source == .movingThigh
        plan.otherPostures = Posture.unknown.bit
        plan.tempo = Tempo(raise: 2, hold: 1, lower: 3, rest: 1)
        plan.repetitions = 20
        for rule in [
            Rule(
                id: .pelvicDrop, signal: .drop, on: 7 * degree, off: 5 * degree, minimumOn: 0.2),
            Rule(
                id: RuleID(number: 2), signal: .leanIpsilateral, on: 10 * degree, off: 8 * degree,
                minimumOn: 0.2),
        ] { _ = plan.add(rule) }
        self.plan = plan
        record = SetRecord(plan: plan)
        wearing = Wearing(worn)
        wearing.rate = Vector3(0.01, 0, 0)
        thighs(worn, 0, 0)
        rest(6)
        wearing.body.begin(plan, time: wearing.time)
        told = wearing.frames.count
    }

    private mutating func thighs(
        _ worn: [Segment], _ left: Double, _ right: Double, _ leftAside: Double = 0,
        _ rightAside: Double = 0, lean: Double = 0
    ) {
        self.worn = worn
        if worn.contains(.leftThigh) {
            wearing.feed(.leftThigh, segmentUp(leftAside, tilt: -left))
        }
        if worn.contains(.rightThigh) {
            wearing.feed(.rightThigh, segmentUp(-rightAside, tilt: -right))
        }
        if worn.contains(.trunk) { wearing.feed(.trunk, segmentUp(lean)) }
    }

    private var worn: [Segment] = []
    private var posture = (left: 0.0, right: 0.0)

    mutating func rest(_ seconds: Double) {
        for _ in 0..<Int(seconds * 100) {
            thighs(worn, posture.left, posture.right)
            wearing.step(segmentUp(0))
        }
    }

    /// s to bring both thighs to where a movement begins, with the pelvis still.
    mutating func prepare(_ one: Movement, on side: Side, seconds: Double = 1.5) {
        let from = posture
        let to = pair(side, one.standing.rest, one.free.rest)
        for index in 0..<Int(seconds * 100) {
            let part = course(Double(index) / (seconds * 100))
            posture = (
                from.left + (to.left - from.left) * part,
                from.right + (to.right - from.right) * part
            )
            thighs(worn, posture.left, posture.right)
            wearing.step(segmentUp(0))
        }
        posture = to
        rest(1)
    }

    private func pair(_ side: Side, _ standing: Double, _ free: Double) -> (
        left: Double, right: Double
    ) {
        side == .right ? (free, standing) : (standing, free)
    }

    /// Repetitions on one leg: there in 3 s, 1 s there, back in 2.5 s, 1.5 s of rest.
    ///
    /// `fault`: deg by which the pelvis' right side and the trunk go down to the right at the far end.
    mutating func repeats(_ one: Movement, on side: Side, count: Int, fault: Double = 0) {
        prepare(one, on: side)
        func part(_ time: Double) -> Double { course(time / 3) - course((time - 4) / 2.5) }
        for _ in 0..<count {
            for index in 1...800 {
                let time = Double(index) * 0.01
                let way = part(time)
                let h = 0.002
                let lift =
                    one.rise * (part(time + h) - 2 * part(time) + part(time - h)) / (h * h)
                let now = pair(
                    side, one.standing.rest + (one.standing.far - one.standing.rest) * way,
                    one.free.rest + (one.free.far - one.free.rest) * way)
                let aside = pair(side, one.standingAside * way, one.freeAside * way)
                thighs(worn, now.left, now.right, aside.left, aside.right, lean: fault * way)
                wearing.change = {
                    $0.specificForce = $0.specificForce * (1 + lift / standardGravity)
                }
                wearing.step(segmentUp(fault * way))
            }
        }
        wearing.change = { _ in }
        posture = pair(side, one.standing.rest, one.free.rest)
    }

    /// The frames of the set, summed up.
    mutating func summary() -> SetRecord {
        for frame in wearing.frames[told...] {
            var frame = frame
            frame.segment = .pelvis
            frame.sample.interval = 0.01
            record.add(frame)
        }
        told = wearing.frames.count
        return record
    }

    var otherLeg: [MotionFrame] { wearing.frames.filter { $0.gates.has(.wrongSide) } }
}

@Suite("The other leg than was named")
struct OtherLegTests {
    @Test(
        "squats and step-downs on it are seen, whatever the free leg does behind or beside",
        arguments: Movement.squats, [Side.left, .right])
    private func squats(one: Movement, named: Side) {
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
        arguments: Movement.squats + Movement.ahead, [Side.left, .right])
    private func rightLeg(one: Movement, named: Side) {
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
    @Test("a free leg as bent as the one that stands leaves it open", arguments: Movement.ahead)
    private func ahead(one: Movement) {
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
            Movement(name: "lift", standing: (0, 0), free: (0, 45), rise: 0.005), on: .right,
            count: 5)
        #expect(set.otherLeg.isEmpty)
    }

    @Test(
        "whoever changes to the named leg is judged from there on", arguments: [Side.left, .right])
    func changes(named: Side) throws {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: named)
        let one = Movement.squats[0]
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

    @Test("it is told within the first way down", arguments: Movement.squats)
    private func soon(one: Movement) throws {
        var set = OneLeggedSet(.stanceThigh, lowersFirst: true, named: .right)
        set.rest(3)
        set.repeats(one, on: .left, count: 1)
        let first = try #require(set.otherLeg.first)
        let end = try #require(set.wearing.frames.last)
        // The way down takes 3 s of the 8.
        #expect(Double(end.time - first.time) * 1e-9 > 5)
    }

    @Test("steps up on it are seen", arguments: Movement.steps, [Side.left, .right])
    private func stepsUp(one: Movement, named: Side) {
        var set = OneLeggedSet(.height, fallback: .none, lowersFirst: false, named: named)
        set.rest(3)
        set.repeats(one, on: named.opposite, count: 5, fault: 9 * named.sign * -1)
        set.rest(2)
        let summary = set.summary()
        #expect(summary.otherLegCount == 5)
        #expect(summary.repetitions.isEmpty)
        #expect(set.wearing.alerts.isEmpty, "\(set.wearing.alerts.map(\.time))")
    }

    @Test("steps up on the named leg are counted", arguments: Movement.steps, [Side.left, .right])
    private func stepsUpRight(one: Movement, named: Side) {
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
        set.repeats(Movement.squats[0], on: .left, count: 4)
        set.rest(2)
        #expect(set.otherLeg.isEmpty)
        let summary = set.summary()
        #expect(summary.otherLegCount == 0)
        #expect(summary.repetitions.count == 4)
    }
}

@Suite("Lying on the leg that was named")
struct OtherSideLyingTests {
    private func plan(_ stance: Side, _ source: RepetitionSource) -> MovementPlan {
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
