// What the tilt filter says after a sample.

package import Kinematics

/// Orientation of one sensor against the vertical at the time of its newest sample.
package struct TiltEstimate: BitwiseCopyable, Sendable, Equatable {
    /// Sensor to an earth frame with z up; the heading is arbitrary and drifts.
    package var worldFromSensor: Rotation
    /// Up in the sensor frame, length one.
    package var up: Vector3
    /// Root mean square to be expected of the angle between true and estimated up, rad, at most π.
    package var sigma: Double
    /// What the gyroscope reads when it does not turn, rad/s, sensor frame.
    package var gyroscopeBias: Vector3
    package var flags: TiltFlags

    @_noLocks
    package init(
        worldFromSensor: Rotation, sigma: Double, gyroscopeBias: Vector3, flags: TiltFlags
    ) {
        self.worldFromSensor = worldFromSensor
        up = worldFromSensor.destinationZInSource
        self.sigma = sigma
        self.gyroscopeBias = gyroscopeBias
        self.flags = flags
    }
}
