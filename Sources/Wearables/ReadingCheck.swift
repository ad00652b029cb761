// What every decoder asks of a reading before it becomes a sample.

package import Kinematics

/// Checks of readings against the range of the sensor that took them.
package enum ReadingCheck {
    /// Twice the range leaves room for calibration and lets no absurd number through.
    ///
    /// False also where a number is not finite.
    @_noLocks
    package static func isPossible(_ value: Vector3, range: Double) -> Bool {
        abs(value.x) <= 2 * range && abs(value.y) <= 2 * range && abs(value.z) <= 2 * range
    }

    /// A 16-bit converter ends at 32767/32768 (0.99997) of its range; 0.9999 catches it and what
    /// rounding leaves of it.
    @_noLocks
    package static func isAtLimit(_ value: Vector3, range: Double) -> Bool {
        let limit = 0.9999 * range
        return abs(value.x) >= limit || abs(value.y) >= limit || abs(value.z) >= limit
    }

    /// The flags of axes at the limit of their range.
    @_noLocks
    package static func clipFlags(
        force: Vector3, within forceRange: Double, rate: Vector3, within rateRange: Double
    ) -> SampleFlags {
        var flags = SampleFlags(rawValue: 0)
        if isAtLimit(force, range: forceRange) { flags = flags.with(.accelerometerClipped) }
        if isAtLimit(rate, range: rateRange) { flags = flags.with(.gyroscopeClipped) }
        return flags
    }

    /// A sample without time of a sensor that has none: checked, flagged, appended.
    @_noLocks
    package static func append(
        force: Vector3, within forceRange: Double, rate: Vector3, within rateRange: Double,
        flags: SampleFlags = SampleFlags(rawValue: 0), deviceTime: Int64 = 0,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard isPossible(force, range: forceRange), isPossible(rate, range: rateRange) else {
            throw .outOfRange
        }
        guard samples.freeCapacity > 0 else { throw .noRoom }
        let clipped = clipFlags(force: force, within: forceRange, rate: rate, within: rateRange)
        samples.append(
            ImuSample(
                deviceTime: deviceTime, angularRate: rate, specificForce: force,
                flags: flags.with(clipped)))
    }
}
