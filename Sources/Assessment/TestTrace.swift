// Collects what a test needs of each pelvis sample.

import Kinematics
package import Movement

/// The pelvis' course through one run.
package struct TestTrace: Sendable {
    package struct Moment: Sendable, Equatable {
        /// Host ns.
        package var time: Int64
        package var interval: Double
        /// Horizontal acceleration, m/s², in the pelvis' heading: to the person's right, and forward.
        package var sideways: Double
        package var forward: Double
        /// rad; NaN where not measured.
        package var hike: Double
        package var lean: Double
        /// The estimate could be trusted.
        package var isTrusted: Bool
    }

    package private(set) var moments: [Moment] = []
    package private(set) var steps: [Step] = []
    package private(set) var landings: [Landing] = []
    package private(set) var record: SetRecord?
    /// Numbers of the rules that became active.
    package private(set) var activeRules: Set<UInt8> = []
    /// Most of knee-in of each repetition, rad; empty where not measured.
    package private(set) var kneeIn: [Double] = []
    private var largestKneeIn = -Double.infinity
    /// The pelvis off level and the trunk off upright, either way; nil where the exercise watches neither.
    package private(set) var pelvis: EitherWay?
    package private(set) var trunk: EitherWay?
    /// The stance thigh's angles were measured.
    private var sawThighs = false

    /// Samples kept at most: 20 minutes at 200 Hz.
    private static let capacity = 240_000

    /// `plan`: of the exercise that runs; nil for two-legged standing.
    package init(plan: MovementPlan?) {
        record = plan.map { SetRecord(plan: $0) }
        pelvis = plan.flatMap { EitherWay($0, signal: .drop, opposite: .hike) }
        trunk = plan.flatMap {
            EitherWay($0, signal: .leanIpsilateral, opposite: .leanAway)
        }
    }

    /// Takes a frame; others than the pelvis' are passed over.
    package mutating func add(_ frame: MotionFrame, alignment: SensorAlignment) {
        guard frame.segment == .pelvis, frame.command == 0, moments.count < TestTrace.capacity
        else { return }
        record?.add(frame)
        pelvis?.add(frame)
        trunk?.add(frame)
        if let step = frame.step { steps.append(step) }
        if let landing = frame.landing { landings.append(landing) }
        noteRules(frame)
        if frame.signals.value(.femurAdduction) != nil { sawThighs = true }
        if let knee = frame.signals.value(.kneeIn), frame.gates.isOpen, frame.phase == .holding {
            largestKneeIn = max(largestKneeIn, knee)
        }
        if frame.repetition != nil {
            if largestKneeIn.isFinite { kneeIn.append(largestKneeIn) }
            largestKneeIn = -Double.infinity
        }
        let force = alignment.segmentFromSensor.apply(frame.sample.specificForce)
        let up = alignment.segmentFromSensor.apply(frame.worldFromSensor.destinationZInSource)
        let right = (Vector3(0, 0, 1) - up * up.z).normalized()
        let hasForce = right != nil && force.isFinite && force.norm < 1_000
        let axis = right ?? Vector3(0, 0, 1)
        moments.append(
            Moment(
                time: frame.time, interval: frame.sample.interval,
                sideways: hasForce ? force.dot(axis) : .nan,
                forward: hasForce ? force.dot(up.cross(axis)) : .nan, hike: -frame.drop,
                lean: frame.signals.value(.leanIpsilateral) ?? .nan,
                isTrusted: hasForce && frame.gates.isOpen))
    }

    private mutating func noteRules(_ frame: MotionFrame) {
        guard let plan = record?.plan, frame.activeRules != 0 else { return }
        for index in 0..<plan.ruleCount where frame.activeRules & (1 << UInt32(index)) != 0 {
            activeRules.insert(plan.rules[index].id.number)
        }
    }

    /// The run is over.
    package mutating func finish() {
        if let last = moments.last { record?.finish(at: last.time) }
    }

    /// Share of time without trust, 0 to 1.
    package var unknownShare: Double {
        let total = moments.reduce(0) { $0 + $1.interval }
        let open = moments.reduce(0) { $0 + ($1.isTrusted ? $1.interval : 0) }
        return total > 0 ? 1 - open / total : 0
    }

    /// Samples a second: the middle distance of samples.
    package var rate: Double? {
        let gaps = zip(moments, moments.dropFirst()).map {
            seconds(fromNanoseconds: $1.time - $0.time)
        }
        guard let middle = median(gaps), middle > 1e-4, middle < 0.2 else { return nil }
        return 1 / middle
    }

    /// A stretch of evenly spaced acceleration.
    package struct Stretch: Sendable, Equatable {
        package var sideways: [Double]
        package var forward: [Double]
        package var rate: Double

        package var duration: Double { Double(sideways.count) / rate }
    }

    /// Longest gap that is bridged by a straight line, s: the gate for a gap (compensations 7).
    private static let longestGap = 0.15

    /// The longest run of trusted force between two moments, missing samples put in by a straight
    /// line; nil without any.
    package func stretch(from start: Int64, to end: Int64) -> Stretch? {
        guard let rate else { return nil }
        var best: Stretch?
        var present = Stretch(sideways: [], forward: [], rate: rate)
        var last: Moment?
        func keep() { if present.sideways.count > best?.sideways.count ?? 0 { best = present } }
        for moment in moments where moment.time >= start && moment.time <= end {
            guard moment.sideways.isFinite, moment.forward.isFinite else { continue }
            if let last {
                let gap = seconds(fromNanoseconds: moment.time - last.time)
                if gap > TestTrace.longestGap {
                    keep()
                    present = Stretch(sideways: [], forward: [], rate: rate)
                } else {
                    let missing = Int((gap * rate).rounded()) - 1
                    for place in 0..<max(0, missing) {
                        let part = Double(place + 1) / Double(missing + 1)
                        present.sideways.append(
                            last.sideways + (moment.sideways - last.sideways) * part)
                        present.forward.append(
                            last.forward + (moment.forward - last.forward) * part)
                    }
                }
            }
            present.sideways.append(moment.sideways)
            present.forward.append(moment.forward)
            last = moment
        }
        keep()
        return best
    }

    /// The hike of the trusted moments between two: s since `start`, and rad.
    package func hikes(from start: Int64, to end: Int64) -> (times: [Double], hikes: [Double]) {
        let inside = moments.filter {
            $0.time >= start && $0.time <= end && $0.isTrusted && $0.hike.isFinite
        }
        return (
            inside.map { seconds(fromNanoseconds: $0.time - start) }, inside.map(\.hike)
        )
    }
}

extension TestTrace {
    /// Repetitions were seen in the pelvis' height: their way is in m.
    ///
    /// No thigh turns by less than the 8° of a repetition, and no pelvis rises by as many radians.
    package var isHeightFollowed: Bool {
        let ranges = (record?.repetitions ?? []).map(\.repetition.range)
        return !sawThighs && !ranges.isEmpty
    }
}
