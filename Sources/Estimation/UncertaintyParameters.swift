// The settings of the uncertainty model, each with where its value comes from.

/// Settings of `TiltUncertainty`.
///
/// Calibrated on six trials of the BROAD benchmark (D. Laidig et al., Data 6(7):72, 2021: one
/// sensor moved by hand, optical reference). "Fitted" values are the likeliest over the movement
/// and rest phases, rounded; the range is that of the fits with one trial left out. "Simulated"
/// values bring sigma to the size of the errors that show when samples are taken out of those
/// trials or cut off at a range limit.
package struct UncertaintyParameters: BitwiseCopyable, Sendable {
    /// What remains at rest with everything learnt, rad (fitted, 0.0016 to 0.0027).
    package var floor: Double
    /// Error per angle turned within a time constant: the gyroscope's scale and axes (fitted,
    /// 0.0007 to 0.0009).
    package var turnShare: Double
    /// Share of a change of velocity that reads as lean (fitted, 0.07 to 0.26).
    ///
    /// Hand movements come back. Starting and stopping to walk does not, and there it may reach 1.
    package var velocityShare: Double
    /// Relative distance of the mean specific force from standard gravity that is put down to the
    /// place: sea-level gravity is 9.780 to 9.832 m/s² (Geodetic Reference System 1980).
    package var gravityTolerance: Double
    /// Error of a start in motion, besides that seen in the force's length, rad (simulated).
    package var startError: Double
    /// Error of a straight line across a gap, as a share of the angle that the mean rate of late
    /// would turn by in it (simulated: 0.2 to 0.7 from 0.1 s on)...
    package var gapShare: Double
    /// ...and proportionally less for gaps shorter than this, s.
    package var gapTime: Double
    /// Error of a gap without any turning, rad/s: 1.5 m/s² unseen, divided by g·τ.
    package var gapDrift: Double
    /// Error per angle turned with the gyroscope at its limit (simulated at 250 to 1000 deg/s).
    package var clippedTurnShare: Double
    /// Share of the velocity shown with the accelerometer at its limit that is missing on top of it
    /// (simulated at 2 to 8 g).
    package var clippedForceShare: Double
    /// Drift without a usable accelerometer, rad/s: twice the bias deviation before learning.
    package var blindDrift: Double

    @_noLocks
    package init() {
        floor = 0.002_5
        turnShare = 0.000_8
        velocityShare = 0.2
        gravityTolerance = 0.003
        startError = 0.06
        gapShare = 0.4
        gapTime = 0.1
        gapDrift = 0.05
        clippedTurnShare = 0.3
        clippedForceShare = 0.3
        blindDrift = 0.02
    }
}
