// The first step of a calibration: five seconds of standing quietly.

package import Kinematics

/// Collects a quiet two-legged stand of one sensor: gravity in the sensor's axes, the gyroscope's
/// offset, the person's calm.
///
/// Allocates; not for the real-time thread.
package struct QuietStand: Sendable {
    /// One sample of the stand.
    private struct Entry {
        var time: Int64
        var up: Vector3
    }

    private var entries: [Entry] = []
    private var rateSum = Vector3.zero
    private var rateSquares = 0.0
    private var forceSum = Vector3.zero
    private var forceSquares = 0.0
    private var jerk = JerkMeter()
    /// Newest standard deviation of inclination, rad.
    package private(set) var sigma = 0.0
    private var jerkSum = 0.0
    private var jerkCount = 0

    /// Length of the stand, s, and the part its end that gives the neutral, s (compensations 1.5).
    package static let length = 5.0
    package static let neutralPart = 3.0
    /// RMS of the angular rate above which the stand was not quiet, rad/s.
    ///
    /// People sway at 0.3-1 deg/s.
    package static let rateLimit = 3.0 * radiansPerDegree
    /// RMS of the specific force about its mean above which the stand was not quiet, m/s².
    package static let forceLimit = 0.5

    package init() {}

    package var count: Int { entries.count }

    /// s between first and last sample.
    package var duration: Double {
        guard let first = entries.first, let last = entries.last else { return 0 }
        return seconds(fromNanoseconds: last.time - first.time)
    }

    /// Adds a sample with the world's up in the sensor's axes.
    package mutating func add(_ sample: ImuSample, up: Vector3, sigma: Double = 0) {
        guard sample.isFinite, up.isFinite, entries.count < 20_000 else { return }
        if sigma.isFinite { self.sigma = sigma }
        entries.append(Entry(time: sample.hostTime, up: up))
        rateSum = rateSum + sample.angularRate
        rateSquares += sample.angularRate.squaredNorm
        forceSum = forceSum + sample.specificForce
        forceSquares += sample.specificForce.squaredNorm
        jerk.step(up: up, specificForce: sample.specificForce, interval: sample.interval)
        // The meter's own start-up is not the person's calm.
        if duration > 0.5 {
            jerkSum += jerk.jerk
            jerkCount += 1
        }
    }

    /// Mean angular rate: the gyroscope's offset, rad/s.
    package var meanRate: Vector3 { count == 0 ? .zero : rateSum * (1 / Double(count)) }

    /// RMS of the angular rate about its mean, rad/s.
    package var rateSpread: Double { spread(sum: rateSum, squares: rateSquares) }

    /// RMS of the specific force about its mean, m/s².
    package var forceSpread: Double { spread(sum: forceSum, squares: forceSquares) }

    /// Mean jerk, m/s³.
    package var calmJerk: Double { jerkCount == 0 ? 0 : jerkSum / Double(jerkCount) }

    /// |mean specific force|, m/s²: 9.81 for a true accelerometer.
    package var forceNorm: Double { count == 0 ? 0 : (forceSum * (1 / Double(count))).norm }

    /// Mean up over the stand, in the sensor's axes; nil without samples.
    package var up: Vector3? {
        var sum = Vector3.zero
        for entry in entries { sum = sum + entry.up }
        return sum.normalized()
    }

    /// True where the person stood still enough.
    package var isQuiet: Bool {
        count >= 20 && rateSpread <= QuietStand.rateLimit && forceSpread <= QuietStand.forceLimit
    }

    /// Median angles of the last 3 s for an alignment, raw.
    package func neutral(segmentFromSensor: Rotation) -> SegmentAngles {
        guard let last = entries.last else { return SegmentAngles(obliquity: 0, anteriorTilt: 0) }
        let part = entries.filter {
            seconds(fromNanoseconds: last.time - $0.time) <= QuietStand.neutralPart
        }
        let angles = part.map { SegmentAngles(upInSegment: segmentFromSensor.apply($0.up)) }
        return SegmentAngles(
            obliquity: median(angles.map(\.obliquity)),
            anteriorTilt: median(angles.map(\.anteriorTilt)))
    }

    private func spread(sum: Vector3, squares: Double) -> Double {
        guard count > 0 else { return 0 }
        let mean = sum * (1 / Double(count))
        return squareRoot(max(0, squares / Double(count) - mean.squaredNorm))
    }
}

/// The middle value; the mean of the two middle ones for an even count; 0 for none.
package func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
