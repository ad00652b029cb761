// A set of an exercise on one leg, done by legs that were written down here.
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
struct LegMovement: CustomTestStringConvertible {
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

extension LegMovement {
    static func squat(_ name: String, depth: Double = 34, rest: Double = 0, far: Double)
        -> LegMovement
    {
        LegMovement(
            name: name, standing: (0, depth), free: (rest, far), rise: -sunk(depth))
    }

    /// The foot is on the step before the pelvis rises: hip and knee straighten meanwhile.
    static func step(_ name: String, lead: Double = 34, trail: (Double, Double)) -> LegMovement {
        LegMovement(name: name, standing: (lead, 0), free: trail, rise: sunk(lead))
    }

    static func aside(_ angle: Double) -> LegMovement {
        LegMovement(
            name: "\(angle) degrees aside", standing: (0, 0), free: (0, 0), standingAside: -4,
            freeAside: angle, rise: 0)
    }

    /// The free leg hangs, bent at the knee; is stretched out behind; hangs beside the box.
    static let squats: [LegMovement] = [
        .squat("knee bent, thigh ahead", far: 15), .squat("behind", rest: -5, far: -12),
        .squat("hanging", far: 2), .squat("shallow", depth: 28, far: 8),
        .squat("deep", depth: 50, far: 20),
    ]
    /// The other leg is as bent as the one that stands, or more so.
    static let ahead: [LegMovement] = [
        .squat("stretched out ahead", rest: 20, far: 45), .squat("raised meanwhile", far: 60),
        .squat("as far", far: 34), .squat("deep, ahead", depth: 60, rest: 30, far: 80),
    ]
    static let steps: [LegMovement] = [
        .step("both feet on the step", trail: (-5, 0)), .step("hanging", trail: (0, 10)),
        .step("knee up", trail: (-5, 60)), .step("low", lead: 28, trail: (0, 5)),
    ]
}

/// One set of an exercise on one leg, by sensors on pelvis, trunk and both thighs.
struct OneLeggedSet {
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
            wearing.feed(.leftThigh, segmentUp(leftAside + over, tilt: -left))
        }
        if worn.contains(.rightThigh) {
            wearing.feed(.rightThigh, segmentUp(-rightAside + over, tilt: -right))
        }
        if worn.contains(.trunk) { wearing.feed(.trunk, segmentUp(lean)) }
    }

    private var worn: [Segment] = []
    /// deg that the whole body leans to the right: over a foot 5 cm from the middle by 3 to 4.
    var over = 0.0
    private var posture = (left: 0.0, right: 0.0)

    mutating func rest(_ seconds: Double) {
        for _ in 0..<Int(seconds * 100) {
            thighs(worn, posture.left, posture.right)
            wearing.step(segmentUp(0))
        }
    }

    /// s to bring both thighs to where a movement begins, with the pelvis still.
    mutating func prepare(_ one: LegMovement, on side: Side, seconds: Double = 1.5) {
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
    mutating func repeats(_ one: LegMovement, on side: Side, count: Int, fault: Double = 0) {
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
