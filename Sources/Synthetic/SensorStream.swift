// Samples of one sensor, made one by one as they are asked for: from the moving body, or from a
// recording.

package import Kinematics

/// What a sensor measured at one tick of its clock, sensor axes.
package struct SensorReading: BitwiseCopyable, Sendable, Equatable {
    /// Number of the sample, from 0.
    package var index: UInt64
    /// The sensor's own clock, µs, not wrapped.
    package var sensorTime: UInt64
    /// True time, ns since the start.
    package var hostTime: Int64
    /// Angular rate, rad/s.
    package var angularRate: Vector3
    /// Specific force, m/s²; gravity included.
    package var specificForce: Vector3
    /// The true orientation (identity for a recording without one); world Z up.
    package var worldFromSensor: Rotation

    package init(
        index: UInt64, sensorTime: UInt64, hostTime: Int64, angularRate: Vector3,
        specificForce: Vector3, worldFromSensor: Rotation
    ) {
        self.index = index
        self.sensorTime = sensorTime
        self.hostTime = hostTime
        self.angularRate = angularRate
        self.specificForce = specificForce
        self.worldFromSensor = worldFromSensor
    }
}

/// Samples of a sensor on the moving body.
///
/// The state is small; nothing is made ahead of time.
package struct BodySensorStream: Sendable {
    package let segment: Segment
    package let model: SensorModel
    private var index: UInt64 = 0
    private var wobble = WobbleState()
    private var random: RandomSource
    private var lastTime: Double

    package init(segment: Segment, model: SensorModel) {
        self.segment = segment
        self.model = model
        random = RandomSource(seed: model.seed, stream: 100 + UInt64(segment.rawValue))
        lastTime = Double(model.hostTime(ofSample: 0)) * 1e-9
    }

    /// True time of the next sample, ns since the start.
    package var nextTime: Int64 { model.hostTime(ofSample: index) }

    /// The next sample and what is true at its moment.
    ///
    /// `motion` must not change before that moment between two calls.
    package mutating func next(_ motion: BodyMotion) -> (reading: SensorReading, truth: TruthRow) {
        let hostTime = nextTime
        let time = Double(hostTime) * 1e-9
        let segment = segment
        wobble = model.wobble.advance(wobble, from: lastTime, to: time) { moment in
            let state = motion.segment(segment, at: moment)
            return segment.sensorSide.cross(
                state.worldFromSegment.inverse.apply(state.acceleration))
        }
        lastTime = time
        let state = motion.segment(segment, at: time)
        let segmentFromWobbled = wobble.segmentFromWobbled
        let wobbledFromSegment = segmentFromWobbled.inverse
        let rate = wobbledFromSegment.apply(state.angularRate) + wobble.bodyRate
        let force = wobbledFromSegment.apply(state.specificForce)
        let reported = model.report(
            rate: model.sensorFromSegment.apply(rate),
            force: model.sensorFromSegment.apply(force), random: &random)
        let worldFromSensor =
            (state.worldFromSegment * segmentFromWobbled * model.sensorFromSegment.inverse)
            .normalized()
        let reading = SensorReading(
            index: index, sensorTime: model.sensorTime(ofSample: index), hostTime: hostTime,
            angularRate: reported.rate, specificForce: reported.force,
            worldFromSensor: worldFromSensor)
        index &+= 1
        return (
            reading,
            TruthRow(
                time: hostTime, body: motion.truth(at: time), worldFromSensor: worldFromSensor)
        )
    }
}

/// A recording as samples: evenly spaced, as it was measured.
///
/// No noise is added; the clock may be given a skew.
package struct RecordedStream: Sendable {
    private let angularRate: [Vector3]
    private let specificForce: [Vector3]
    private let orientation: [Rotation]
    private let clock: SensorModel
    private var index: UInt64 = 0

    /// `angularRate` in rad/s and `specificForce` in m/s² must be of one length; `worldFromSensor`
    /// may be empty, or of that length.
    ///
    /// `rate` in Hz.
    package init(
        angularRate: [Vector3], specificForce: [Vector3], worldFromSensor: [Rotation] = [],
        rate: Double, clockSkew: Double = 0, clockStart: UInt32 = 0
    ) throws(SyntheticError) {
        guard angularRate.count == specificForce.count else {
            throw SyntheticError(
                field: "recording",
                "\(angularRate.count) rates but \(specificForce.count) forces; give one of each "
                    + "for every row")
        }
        guard worldFromSensor.isEmpty || worldFromSensor.count == angularRate.count else {
            throw SyntheticError(
                field: "recording",
                "\(worldFromSensor.count) orientations for \(angularRate.count) rows; give one for "
                    + "every row or none")
        }
        guard rate >= 1, rate <= 1_000 else {
            throw SyntheticError(
                field: "rate", "\(rate) is outside 1 to 1000; give the rate of the recording in Hz")
        }
        guard abs(clockSkew) <= 0.03 else {
            throw SyntheticError(
                field: "clockSkew", "\(clockSkew) is outside −0.03 to 0.03; give at most 3 %")
        }
        self.angularRate = angularRate
        self.specificForce = specificForce
        orientation = worldFromSensor
        var clock = SensorModel()
        clock.rate = rate
        clock.clockSkew = clockSkew
        clock.clockStart = clockStart
        self.clock = clock
    }

    package var count: Int { angularRate.count }

    /// Samples a second by the recording's own clock.
    package var rate: Double { clock.rate }

    /// Time of the next sample, ns since the start; nil at the end.
    package var nextTime: Int64? {
        index < UInt64(count) ? clock.hostTime(ofSample: index) : nil
    }

    /// The next row; nil at the end.
    package mutating func next() -> SensorReading? {
        guard let hostTime = nextTime else { return nil }
        let row = Int(index)
        let reading = SensorReading(
            index: index, sensorTime: clock.sensorTime(ofSample: index), hostTime: hostTime,
            angularRate: angularRate[row], specificForce: specificForce[row],
            worldFromSensor: row < orientation.count ? orientation[row] : .identity)
        index &+= 1
        return reading
    }
}
