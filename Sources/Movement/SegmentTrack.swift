// One segment's newest samples, brought to the moment at which the body is judged.

package import Kinematics

/// The last two observations of a segment.
///
/// Sensors come at their own rates and with their own delays. The body is judged at the pelvis
/// sensor's samples; the other segments are carried to that moment along the straight line of their
/// last two samples, so that a lean in motion is not read late.
package struct SegmentTrack: BitwiseCopyable, Sendable {
    package private(set) var latest: SegmentObservation?
    private var before = Vector3.zero
    private var beforeTime: Int64 = 0

    /// s: the longest step between samples that shows a speed, and the furthest that a segment is carried.
    private static var longestStep: Double { @_noLocks get { 0.1 } }
    /// rad/s: faster than people lean; a jump of the estimate is not a speed [engineering default].
    private static var fastest: Double { @_noLocks get { 8.0 } }

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func take(_ observation: SegmentObservation) {
        if let latest {
            // Two samples of one moment show no speed; the older one stays the neighbour.
            if observation.time != latest.time {
                before = latest.upInSensor
                beforeTime = latest.time
            }
        }
        latest = observation
    }

    /// Up in the sensor's axes at a moment, length one; nil without a sample.
    @_noLocks
    package func up(at time: Int64) -> Vector3? {
        guard let latest else { return nil }
        guard beforeTime != 0, time != latest.time else { return latest.upInSensor }
        let step = seconds(fromNanoseconds: latest.time &- beforeTime)
        let ahead = seconds(fromNanoseconds: time &- latest.time)
        let change = latest.upInSensor - before
        guard step > 0, step <= SegmentTrack.longestStep, ahead >= -step,
            change.norm <= SegmentTrack.fastest * step
        else { return latest.upInSensor }
        let carried = min(ahead, SegmentTrack.longestStep)
        return (latest.upInSensor + change * (carried / step)).normalized() ?? latest.upInSensor
    }
}
