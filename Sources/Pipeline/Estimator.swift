// Everything the real-time thread computes: one sample in, one frame and perhaps one alert out.

import Estimation
import Kinematics
package import Movement

/// One sensor's part of the estimator.
struct EstimatorChannel: BitwiseCopyable, Sendable {
    var isAttached = false
    var segment: Segment?
    var period = 0.01
    var filter: TiltFilter
    var saturatedUntil: Int64 = 0
    /// What the accelerometer reads too much, m/s², sensor frame.
    var accelerometerBias = Vector3.zero

    /// How long a reading at the range limit closes the gate, ns: the gap rule's half second.
    static var saturationHold: Int64 { @_noLocks get { 500_000_000 } }

    @_noLocks
    init() { filter = TiltFilter(samplePeriod: 0.01, parameters: TiltParameters()) }
}

/// The estimator: filters of all sensors, and the body.
///
/// A value owned by one thread.
///
/// Every function reachable from `step` and `apply` is under the real-time law.
package struct Estimator: ~Copyable, Sendable {
    private var channels: InlineArray<32, EstimatorChannel>
    private var body = Body()
    /// Newest host time of any sample, ns.
    private var now: Int64 = 0

    @_noLocks
    package init() { channels = InlineArray(repeating: EstimatorChannel()) }

    @_noLocks
    package mutating func apply(_ action: EstimatorAction) {
        switch action {
        case .attach(let channel, let samplePeriod, let segment):
            guard channel < 32 else { return }
            var fresh = EstimatorChannel()
            fresh.isAttached = true
            fresh.period = samplePeriod
            fresh.segment = segment
            fresh.filter = TiltFilter(samplePeriod: samplePeriod, parameters: TiltParameters())
            leave(segment, to: channel)
            channels[Int(channel)] = fresh
        case .detach(let channel):
            guard channel < 32 else { return }
            if let segment = channels[Int(channel)].segment { body.forget(segment) }
            channels[Int(channel)].isAttached = false
            channels[Int(channel)].segment = nil
        case .assign(let channel, let segment):
            guard channel < 32 else { return }
            if let old = channels[Int(channel)].segment { body.forget(old) }
            leave(segment, to: channel)
            channels[Int(channel)].segment = segment
        case .align(let channel, let alignment):
            guard channel < 32, let segment = channels[Int(channel)].segment else { return }
            body.align(segment, alignment)
        case .correct(let channel, let bias):
            guard channel < 32, channels[Int(channel)].isAttached else { return }
            var parameters = TiltParameters()
            parameters.accelerometerBias = bias
            channels[Int(channel)].accelerometerBias = bias
            channels[Int(channel)].filter = TiltFilter(
                samplePeriod: channels[Int(channel)].period, parameters: parameters)
        case .begin(let plan):
            body.begin(plan, time: now)
        case .cueAtEnd: body.cueAtEnd()
        case .end:
            body.end(time: now)
        }
    }

    /// A segment has one sensor: the newest takes it over, and the one before is worn nowhere.
    @_noLocks
    private mutating func leave(_ segment: Segment?, to channel: UInt8) {
        guard let segment else { return }
        var index = 0
        while index < 32 {
            if index != Int(channel), channels[index].isAttached,
                let worn = channels[index].segment, worn == segment
            {
                channels[index].segment = nil
                body.forget(segment)
            }
            index += 1
        }
    }

    /// Takes one sample.
    ///
    /// `frame` is overwritten with all that came of it.
    @_noLocks
    package mutating func step(_ tagged: TaggedSample, frame: inout MotionFrame) -> Alert? {
        frame = MotionFrame()
        frame.sequence = tagged.sequence
        frame.channel = tagged.channel
        frame.time = tagged.sample.hostTime
        frame.arrival = tagged.arrival
        frame.sample = tagged.sample
        guard tagged.channel < 32, channels[Int(tagged.channel)].isAttached else { return nil }
        let place = Int(tagged.channel)
        now = max(now, tagged.sample.hostTime)
        let estimate = channels[place].filter.step(tagged.sample)
        frame.segment = channels[place].segment
        frame.worldFromSensor = estimate.worldFromSensor
        frame.sigma = estimate.sigma
        frame.tiltFlags = estimate.flags.rawValue

        let clipped = SampleFlags.accelerometerClipped.with(.gyroscopeClipped)
        if tagged.sample.flags.has(clipped) {
            channels[place].saturatedUntil =
                tagged.sample.hostTime + EstimatorChannel.saturationHold
        }
        guard let segment = channels[place].segment else { return nil }
        let observation = SegmentObservation(
            time: tagged.sample.hostTime, interval: tagged.sample.interval,
            period: channels[place].period, upInSensor: estimate.up,
            specificForce: tagged.sample.specificForce - channels[place].accelerometerBias,
            sigma: estimate.sigma,
            saturated: tagged.sample.hostTime < channels[place].saturatedUntil,
            unknown: estimate.flags.has(.unknown), batched: tagged.sample.flags.has(.batched),
            age: tagged.arrival &- tagged.sample.hostTime,
            angularRate: tagged.sample.angularRate, settling: estimate.flags.has(.settling),
            measuresRate: !tagged.sample.flags.has(.withoutAngularRate))
        let alert = body.step(segment, observation, frame: &frame)
        frame.alert = alert
        return alert
    }
}
