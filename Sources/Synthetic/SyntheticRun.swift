// A whole script carried out at once: the packets of each sensor in order of arrival, the truth
// beside every sample, and the events.

package import Kinematics

/// All that one sensor gave.
package struct SensorTrack: Sendable {
    package var worn: WornSensor
    /// One for each tick of the sensor's clock, delivered or not.
    package var readings: [SensorReading] = []
    package var truth: [TruthRow] = []
    /// In order of arrival, lost ones included.
    package var deliveries: [Delivery] = []
}

/// The finished run of a script.
///
/// For long scripts step an `Ensemble` instead: it keeps nothing.
package struct SyntheticRun: Sendable {
    package let motion: BodyMotion
    package private(set) var tracks: [SensorTrack]
    package let events: [MotionEvent]
    /// Length of the motion, s.
    package let duration: Double

    /// Carries out `script`.
    ///
    /// Refuses when more than `maximumSamples` samples would have to be kept (default two million:
    /// about a gigabyte).
    package init(
        _ script: Script, thresholds: CompensationThresholds = CompensationThresholds(),
        maximumSamples: Int = 2_000_000
    ) throws(SyntheticError) {
        let motion = try script.motion()
        let duration = motion.end
        let expected = script.sensors.reduce(0.0) { sum, worn in
            sum + duration * (worn.sensor.rate + 1) * (1 + abs(worn.sensor.clockSkew)) + 1
        }
        guard expected <= Double(maximumSamples) else {
            throw SyntheticError(
                field: "script",
                "the run has more samples than the \(maximumSamples) that may be kept; shorten it, "
                    + "lower the rate, or step an ensemble, which keeps nothing")
        }
        var ensemble = Ensemble(
            motion: motion, sources: script.sensors.map { .worn($0) },
            end: nanoseconds(fromSeconds: duration))
        var tracks = script.sensors.map { SensorTrack(worn: $0) }
        while let step = ensemble.advance() {
            switch step {
            case .sampled(let channel, let reading, let truth):
                tracks[channel].readings.append(reading)
                if let truth { tracks[channel].truth.append(truth) }
            case .delivered(let channel, let delivery):
                tracks[channel].deliveries.append(delivery)
            }
        }
        self.motion = motion
        self.duration = duration
        self.tracks = tracks
        events = motion.events(thresholds: thresholds)
    }

    /// The track of a segment's sensor.
    package func track(_ segment: Segment) -> SensorTrack? {
        tracks.first { $0.worn.segment == segment }
    }
}
