// What must hold for every frame, whatever came in.

import Kinematics
import Movement
import Pipeline
import Wearables

enum FrameChecks {
    /// A frame and the alert that came with it.
    static func check(_ frame: MotionFrame, _ alert: Alert?) {
        let q = frame.worldFromSensor
        let length = q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z
        promise(abs(length - 1) < 1e-6, "the orientation has the squared length \(length)")
        promise(frame.sigma >= 0 && frame.sigma <= 3.15, "sigma is \(frame.sigma)")
        promise(frame.holdSeconds >= 0 && frame.holdSeconds.isFinite, "hold \(frame.holdSeconds)")
        promise(frame.alert == alert, "the frame carries another alert")
        for angle in [frame.obliquity, frame.anteriorTilt, frame.trunkLean, frame.drop] {
            promise(!angle.isInfinite, "an angle is infinite")
        }
        if frame.segment == .pelvis, frame.gates.isOpen, frame.posture == .upright {
            // Not a number is "not measured": a gate or the posture must say why.
            promise(frame.obliquity.isFinite, "obliquity is not measured and nothing says so")
            promise(frame.anteriorTilt.isFinite, "tilt is not measured and nothing says so")
        }
        if let alert {
            promise(frame.gates.isOpen, "a cue in spite of closed gates \(frame.gates.names)")
            promise(alert.value.isFinite, "a cue for a value that is no number")
            promise(alert.time == frame.time, "a cue of another time")
        }
    }

    /// Readings must be finite and within twice the sensor's range.
    static func check(_ sample: ImuSample, force: Double, rate: Double) {
        promise(sample.isFinite, "a sample is not finite")
        let (f, r) = (sample.specificForce, sample.angularRate)
        promise(
            max(abs(f.x), abs(f.y), abs(f.z)) <= 2 * force
                && max(abs(r.x), abs(r.y), abs(r.z)) <= 2 * rate, "a reading beyond the range")
    }
}

/// The conveyor without threads, with a calibrated pelvis sensor on channel 0 and a stand begun.
struct CheckedPipeline {
    private let pipeline = OfflinePipeline()
    private var lastTime: Int64 = 0

    init(_ family: any Wearable.Type) {
        pipeline.attach(family, channel: 0, rateHertz: 60)
        let actions: [EstimatorAction] = [
            .attach(channel: 0, samplePeriod: 1 / 60, segment: .pelvis),
            .align(channel: 0, alignment: .identity), .begin(plan: FuzzPlan.stand),
        ]
        for (index, action) in actions.enumerated() {
            pipeline.queue(
                EstimatorCommand(number: UInt32(index + 1), after: 0, action: action))
        }
    }

    /// `arrival` must rise from call to call.
    mutating func accept(
        _ packet: [UInt8], characteristic: CharacteristicIndex, arrival: Int64
    ) {
        var last = lastTime
        pipeline.accept(packet, channel: 0, characteristic: characteristic, arrival: arrival) {
            borrowed, alert in
            let frame = copy borrowed
            FrameChecks.check(frame, alert)
            promise(frame.time > last, "time went from \(last) to \(frame.time)")
            // Samples of one packet rise strictly: where several were taken at the latest moment that
            // the packet allows, each is a nanosecond after the one before.
            promise(frame.time <= arrival + 1_000, "a sample is younger than its packet")
            promise(frame.sample.interval >= 0, "an interval is \(frame.sample.interval)")
            last = frame.time
        }
        lastTime = last
    }
}

/// The rules of a one-leg stand.
enum FuzzPlan {
    static var stand: MovementPlan {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: .right, targetHold: 10)
        let thresholds: [(UInt8, Signal, Double)] = [
            (1, .drop, 0.07), (4, .hike, 0.09), (5, .legLean, 0.07), (19, .jerkRatio, 5),
        ]
        for (number, signal, on) in thresholds {
            _ = plan.add(
                Rule(
                    id: RuleID(number: number), signal: signal, on: on, off: on / 2,
                    minimumOn: 0, minimumOff: 0.1, refractory: 0.5, reportOnly: false))
        }
        return plan
    }
}
