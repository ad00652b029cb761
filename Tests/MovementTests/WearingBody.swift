// A body that wears sensors without any error, fed sample by sample.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180
private let second: Int64 = 1_000_000_000

/// Up in the axes of a segment of that obliquity (+ right side lower) and anterior tilt.
func segmentUp(_ obliquity: Double, tilt: Double = 0) -> Vector3 {
    Vector3(
        -sin(tilt * degree) * cos(obliquity * degree),
        cos(tilt * degree) * cos(obliquity * degree), -sin(obliquity * degree))
}

/// A body whose sensors are the segments themselves, at 100 Hz.
struct Wearing {
    var body = Body()
    private(set) var now = 0.0
    /// rad/s: what every gyroscope shows; a sensor that shows nothing at all proves no stand.
    var rate = Vector3.zero
    var frames: [MotionFrame] = []
    var alerts: [(time: Double, alert: Alert)] = []
    /// What the next pelvis sample gets changed to.
    var change: (inout SegmentObservation) -> Void = { _ in }

    init(_ segments: [Segment] = [.pelvis], neutral: SegmentAngles? = nil) {
        for segment in segments {
            body.align(
                segment,
                SensorAlignment(
                    segmentFromSensor: .identity,
                    neutral: neutral ?? SegmentAngles(obliquity: 0, anteriorTilt: 0), calmJerk: 2))
        }
    }

    var time: Int64 { 1000 * second + Int64((now * 1e9).rounded()) }

    func observation(_ up: Vector3, jerk: Double = 0) -> SegmentObservation {
        // Sideways force that jumps to and fro has the jerk asked for.
        let side = jerk * 0.01 / 2 * (Int((now * 100).rounded()) % 2 == 0 ? 1 : -1)
        let right = Vector3(0, 0, 1) - up * up.z
        return SegmentObservation(
            time: time, interval: 0.01, period: 0.01, upInSensor: up,
            specificForce: up * standardGravity + (right.normalized() ?? .zero) * side,
            sigma: 0.3 * degree, saturated: false, unknown: false, batched: false,
            angularRate: rate)
    }

    mutating func feed(_ segment: Segment, _ up: Vector3) {
        var frame = MotionFrame()
        let alert = body.step(segment, observation(up), frame: &frame)
        #expect(alert == nil)
    }

    @discardableResult
    mutating func step(_ up: Vector3, jerk: Double = 0) -> MotionFrame {
        now += 0.01
        var seen = observation(up, jerk: jerk)
        change(&seen)
        var frame = MotionFrame()
        frame.time = seen.time
        frame.sequence = UInt64((now * 100).rounded())
        if let alert = body.step(.pelvis, seen, frame: &frame) {
            frame.alert = alert
            alerts.append((now, alert))
        }
        frames.append(frame)
        return frame
    }

    mutating func run(_ seconds: Double, _ up: Vector3, jerk: Double = 0) {
        for _ in 0..<Int((seconds * 100).rounded()) { step(up, jerk: jerk) }
    }

    /// A raised-cosine shift of the pelvis, m to the right, in 0.8 s.
    mutating func shift(_ size: Double, _ up: Vector3) {
        for index in 0..<80 {
            let a = size / 2 * pow(Double.pi / 0.8, 2) * cos(Double.pi * Double(index) / 80)
            change = { $0.specificForce = $0.specificForce + Vector3(0, 0, a) }
            step(up)
        }
        change = { _ in }
    }

    /// A set of `plan` from the first sample on; `feed` gives the other sensors theirs before each of the pelvis.
    mutating func doSet(
        _ plan: MovementPlan, until end: Double, _ up: Vector3,
        feed: (inout Wearing, _ time: Double) -> Void
    ) -> (frames: [(time: Double, frame: MotionFrame)], record: SetRecord) {
        var record = SetRecord(plan: plan)
        var frames: [(time: Double, frame: MotionFrame)] = []
        var hasBegun = false
        while now < end {
            feed(&self, now + 0.01)
            var frame = step(up)
            guard hasBegun else {
                body.begin(plan, time: time)
                hasBegun = true
                continue
            }
            frame.segment = .pelvis
            frame.sample.interval = 0.01
            frames.append((now, frame))
            record.add(frame)
        }
        return (frames, record)
    }

    mutating func begin(_ side: Side?, target: Double = 10) {
        body.begin(stancePlan(side, target), time: time)
    }
}

/// C01, C02, C04 and C19 with the thresholds of the static stance.
func stancePlan(_ side: Side?, _ target: Double) -> MovementPlan {
    var plan = MovementPlan(
        task: .singleLegHold, posture: .upright, stanceSide: side, targetHold: target)
    let rules = [
        Rule(id: .pelvicDrop, signal: .drop, on: 4 * degree, off: 2.5 * degree, minimumOn: 0.5),
        Rule(
            id: RuleID(number: 2), signal: .leanIpsilateral, on: 5 * degree, off: 3 * degree,
            minimumOn: 0.5),
        Rule(id: .hipHike, signal: .hike, on: 5 * degree, off: 3.5 * degree, minimumOn: 0.3),
        Rule(id: .balanceLost, signal: .jerkRatio, on: 5, off: 4, minimumOn: 0),
    ]
    for rule in rules { _ = plan.add(rule) }
    return plan
}
