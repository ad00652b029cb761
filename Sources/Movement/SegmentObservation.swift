// One segment's newest state, as its sensor and its alignment show it.

package import Kinematics

/// What the estimator found out about one segment from one sample.
package struct SegmentObservation: BitwiseCopyable, Sendable {
    /// When the sample was taken, host ns.
    package var time: Int64
    /// s since the segment's previous sample; 0 for the first.
    package var interval: Double
    /// s between samples when none is lost.
    package var period: Double
    /// World up in the sensor's axes, length one.
    package var upInSensor: Vector3
    /// m/s² in the sensor's axes.
    package var specificForce: Vector3
    /// One standard deviation of inclination, rad.
    package var sigma: Double
    /// A reading at the range limit less than half a second ago.
    package var saturated: Bool
    /// The tilt cannot be known at this moment.
    package var unknown: Bool
    /// The sensor sends batches: too old for live cues.
    package var batched: Bool
    /// ns from the taking of the sample to the arrival of its packet.
    package var age: Int64
    /// rad/s in the sensor's axes; turns about the vertical come from it.
    package var angularRate: Vector3
    /// The tilt filter has just started: movements it shows may be its own.
    package var settling: Bool
    /// False without a gyroscope: `angularRate` is then not measured.
    package var measuresRate: Bool

    @_noLocks
    package init(
        time: Int64, interval: Double, period: Double, upInSensor: Vector3,
        specificForce: Vector3, sigma: Double, saturated: Bool, unknown: Bool, batched: Bool,
        age: Int64 = 0, angularRate: Vector3 = .zero, settling: Bool = false,
        measuresRate: Bool = true
    ) {
        self.time = time
        self.interval = interval
        self.period = period
        self.upInSensor = upInSensor
        self.specificForce = specificForce
        self.sigma = sigma
        self.saturated = saturated
        self.unknown = unknown
        self.batched = batched
        self.age = age
        self.angularRate = angularRate
        self.settling = settling
        self.measuresRate = measuresRate
    }
}
