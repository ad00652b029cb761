// The settings of the tilt filter: what the published filter fixes, and what this one adds.

import Kinematics

/// Settings of a `TiltFilter`; its own values are meant for every sensor and movement.
///
/// Those marked VQF are the published defaults of D. Laidig, T. Seel, "VQF: Highly accurate IMU
/// orientation estimation with bias estimation and magnetic disturbance rejection", Information
/// Fusion 91 (2023) 187-204, and are not tuned to any recording.
package struct TiltParameters: BitwiseCopyable, Sendable {
    /// Time constant of the accelerometer's low-pass, s (VQF).
    package var accelerometerTimeConstant: Double
    /// Time constant of the low-pass that rest is measured against, s (VQF).
    package var restTimeConstant: Double
    /// How long a sensor must be still before that counts as rest, s (VQF).
    package var restMinimumTime: Double
    /// Largest distance of the rate from its low-passed value at rest, rad/s (VQF: 2 deg/s).
    package var restRateThreshold: Double
    /// Largest distance of the specific force from its low-passed value at rest, m/s² (VQF).
    package var restForceThreshold: Double
    /// Standard deviation of the gyroscope bias before anything is learnt, rad/s (VQF: 0.5 deg/s).
    package var biasInitialSigma: Double
    /// Time in which that deviation grows from 0 to `biasForgettingSigma`, s (VQF).
    package var biasForgettingTime: Double
    /// rad/s (VQF: 0.1 deg/s).
    package var biasForgettingSigma: Double
    /// Standard deviation that the bias estimate converges to in motion, rad/s (VQF: 0.1 deg/s).
    package var biasMotionSigma: Double
    /// Standard deviation that the bias estimate converges to at rest, rad/s (VQF: 0.03 deg/s).
    package var biasRestSigma: Double
    /// Weight of the pull to zero on the bias about the vertical, which motion cannot show (VQF).
    package var biasVerticalWeight: Double
    /// Largest bias, and largest surprise in one update, per component, rad/s (VQF: 2 deg/s).
    package var biasLimit: Double

    /// A sample that comes later than this many periods after the one before follows a gap.
    package var gapPeriods: Double
    /// Above this gap the orientation is not carried over: the filter starts again, s.
    package var longestGap: Double
    /// How long an estimate carries `afterGap`, s: the accelerometer's time constant, in which
    /// most of what the gap has spoilt is corrected.
    package var gapFlagTime: Double
    /// Bias deviation across the horizontal above which an estimate carries `biasUnlearnt`, rad/s:
    /// at 0.2 deg/s the tilt error it explains, deviation times low-pass delay, is 0.6 degrees.
    package var biasLearntSigma: Double
    /// Whether a sample with a reading at its limit is kept from the low-pass.
    ///
    /// Off, since that is the greater error: the impact that is cut off has a counterpart within
    /// range, and leaving only the one out of the mean tilts it. On the fastest BROAD trial, cut
    /// off at 8 g (0.3 % of samples), the inclination is 0.65 degrees off with them, 3.7 without.
    package var skipsClippedForce: Bool
    package var uncertainty: UncertaintyParameters

    @_noLocks
    package init() {
        accelerometerTimeConstant = 3
        restTimeConstant = 0.5
        restMinimumTime = 1.5
        restRateThreshold = 2 * radiansPerDegree
        restForceThreshold = 0.5
        biasInitialSigma = 0.5 * radiansPerDegree
        biasForgettingTime = 100
        biasForgettingSigma = 0.1 * radiansPerDegree
        biasMotionSigma = 0.1 * radiansPerDegree
        biasRestSigma = 0.03 * radiansPerDegree
        biasVerticalWeight = 1e-4
        biasLimit = 2 * radiansPerDegree
        gapPeriods = 1.6
        longestGap = 1
        gapFlagTime = 3
        biasLearntSigma = 0.2 * radiansPerDegree
        skipsClippedForce = false
        uncertainty = UncertaintyParameters()
    }
}
