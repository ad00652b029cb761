// How one sensor sits on its segment, and what that segment reads when the person stands at ease.

package import Kinematics

/// The result of a calibration, as the estimator needs it.
package struct SensorAlignment: BitwiseCopyable, Sendable, Equatable {
    /// Turns sensor axes into segment axes (X anterior, Y up, Z to the person's right).
    package var segmentFromSensor: Rotation
    /// Median angles over the last 3 s of the quiet two-legged stand, raw (compensations 1.5), rad.
    package var neutral: SegmentAngles
    /// Mean jerk of the horizontal specific force in the quiet stand, m/s³: the calm of rule C19.
    package var calmJerk: Double
    /// Standard deviation of inclination at the end of the stand, rad.
    ///
    /// What is off then (an accelerometer's bias and scale) is off in the neutral too and cancels
    /// in angles from it, so only what comes on top counts as uncertainty of those angles.
    package var standSigma: Double

    @_noLocks
    package init(
        segmentFromSensor: Rotation, neutral: SegmentAngles, calmJerk: Double,
        standSigma: Double = 0
    ) {
        self.segmentFromSensor = segmentFromSensor
        self.neutral = neutral
        self.calmJerk = calmJerk
        self.standSigma = standSigma
    }

    /// Standard deviation of an angle from neutral, rad, of an inclination known to `sigma`.
    @_noLocks
    package func sigmaFromNeutral(_ sigma: Double) -> Double {
        squareRoot(max(0, sigma * sigma - standSigma * standSigma))
    }

    /// The alignment of a sensor whose axes already are the segment's: for tests and for truth.
    package static var identity: SensorAlignment {
        @_noLocks get {
            SensorAlignment(
                segmentFromSensor: .identity,
                neutral: SegmentAngles(obliquity: 0, anteriorTilt: 0), calmJerk: 0)
        }
    }
}
