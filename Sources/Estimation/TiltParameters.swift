// The settings of the tilt filter: one set for every sensor and every movement.

package import Kinematics

/// Settings of a `TiltFilter`.
///
/// "Fitted" values were found together, by search over free motion (BROAD: D. Laidig et al., Data
/// 6(7):72, 2021), the same with packets lost, readings cut off, biases added and starts in motion,
/// and simulated walking with turns and stops; the Accuracy article tells how. They are rounded:
/// half or double of most of them changes no figure by a tenth. VQF names D. Laidig, T. Seel,
/// Information Fusion 91 (2023) 187-204.
package struct TiltParameters: BitwiseCopyable, Sendable {
    // The Kalman filter.

    /// Time between two corrections, s; gravity is slow, so more of them gain nothing...
    package var correctionPeriod: Double
    /// ...but after a gap, where the filter is in a hurry.
    package var hastyCorrectionPeriod: Double
    /// Growth of the tilt error by the gyroscope's noise, rad/√s (fitted).
    package var turnNoise: Double
    /// The same for each rad/s that the sensor turns: scale and axes of the gyroscope (fitted).
    package var turnShare: Double
    /// Time over which the rate is averaged for that, s (fitted).
    package var turnTime: Double
    /// Deviation of each component of the gyroscope's bias before anything is learnt, rad/s.
    package var biasInitialSigma: Double
    /// Its growth in time, rad/s/√s (fitted).
    package var biasDrift: Double
    /// Largest bias, rad/s: beyond what any sensor that works has.
    package var biasLimit: Double

    /// Velocity that comes and goes within a movement: its density, m/√s, without any acceleration...
    package var swayNoise: Double
    /// ...and for each m/s² of acceleration (fitted).
    package var swayShare: Double
    /// ...and for each rad/s that the sensor turns, which no sensor does about itself (fitted).
    package var swayTurnShare: Double
    /// Velocity of the body as a whole, m/s: without any acceleration...
    package var travelSpeed: Double
    /// ...and for each m/s² of acceleration (fitted), up to about `travelFullAcceleration`: people
    /// who run do not travel faster the harder they shake.
    package var travelShare: Double
    /// m/s².
    package var travelFullAcceleration: Double
    /// Above this rate, rad/s, a sensor tumbles in a hand and does not travel (fitted).
    package var tumbleRate: Double
    /// Time over which the rate is averaged for that, s: longer than a turn on the spot.
    package var tumbleTime: Double
    /// How long such a velocity lasts, s (fitted).
    package var travelTime: Double
    /// Time over which the acceleration is averaged for these, s (fitted).
    package var accelerationTime: Double

    // Rest.

    /// Time constant of the low-pass that rest is measured against, s (VQF).
    package var restTimeConstant: Double
    /// How long a sensor must be still before that counts as rest, s (VQF).
    package var restMinimumTime: Double
    /// Largest distance of the rate from its mean at rest, rad/s (VQF: 2 deg/s).
    package var restRateThreshold: Double
    /// The same where the mean is further than that from the bias known so far: a slow turn is
    /// seldom so even.
    package var restRateThresholdFar: Double
    /// Largest distance of the specific force from its mean at rest, m/s² (VQF).
    package var restForceThreshold: Double
    /// How far that mean may move within a rest, m/s²: a bias does not turn gravity.
    package var restForceDrift: Double
    /// How far the mean's length may change within a rest, m/s².
    ///
    /// Whoever rises or sinks slowly turns as little as at rest, but weighs more or less. Four times
    /// what is left of the noise of a noisy sensor (0.06 m/s² at 60 Hz). One of 0.1 m/s² is at rest
    /// for 70 to 90 % of a lying minute in place of 98, and learns its bias all the same.
    package var restLengthDrift: Double
    /// Density of the velocity at rest, m/√s.
    package var restSway: Double
    /// Density of the gyroscope's noise at rest, rad/s·√s, besides that seen.
    package var restRateNoise: Double

    // Start.

    /// How long the first specific forces are averaged before the Kalman filter takes over, s.
    package var alignmentTime: Double
    /// Velocity at the start for each m/s² of acceleration, s (fitted).
    package var startShare: Double
    /// Largest error of a start, rad.
    package var startError: Double
    /// Time constant with which the force is watched for an estimate that has tipped over, s.
    package var watchTime: Double

    // Trouble.

    /// A sample that comes later than this many periods after the one before follows a gap.
    package var gapPeriods: Double
    /// Above this gap the orientation is not carried over: the filter starts again, s.
    package var longestGap: Double
    /// How long an estimate carries `afterGap`, s: VQF's time constant for the accelerometer.
    package var gapFlagTime: Double
    /// Error of a straight line across a gap, as a share of the angle that the mean rate of late
    /// would turn by in it (fitted), less in proportion for gaps below 0.1 s.
    package var gapShare: Double
    /// Density of the unseen acceleration as a share of that seen, s (fitted).
    package var gapForceShare: Double
    /// Error per angle turned with the gyroscope at its limit (fitted).
    package var clippedTurnShare: Double
    /// Share of the velocity shown with the accelerometer at its limit that is missing (fitted).
    package var clippedForceShare: Double
    /// Density of a velocity change for each m/s² beyond 0.3 g of which the force's length is off,
    /// √s: impacts (fitted).
    package var impactShare: Double
    /// Share of the area between two readings of the specific force that may be missing: a landing is
    /// one or two readings at 60 Hz, and what fell between them stays as a velocity that never was
    /// (a straight line errs by up to half of it).
    package var jumpShare: Double
    /// Drift without a usable accelerometer, rad/√s.
    package var blindDrift: Double

    // What is said.

    /// What remains with everything learnt, rad (fitted, like the next three: the likeliest over
    /// all trials and troubles).
    package var floor: Double
    /// Share of the Kalman filter's variance that is believed: its noises also stand for what moves
    /// the body, which it must not take for tilt.
    package var sigmaShare: Double
    /// Error for each rad/s of late that the filter does not know of, s: the gyroscope's scale,
    /// which errs one way while a turn lasts.
    package var sigmaTurnShare: Double
    /// Error for each m/s² of late, up to `travelFullAcceleration`, rad/(m/s²).
    package var sigmaShakeShare: Double
    /// Above this sigma, rad, an angle says nothing: `unknown`.
    package var largestSigma: Double
    /// Relative distance of the force's length at rest from standard gravity that is put down to the
    /// place: sea-level gravity is 9.780 to 9.832 m/s² (Geodetic Reference System 1980).
    package var gravityTolerance: Double
    /// Bias deviation across the horizontal above which an estimate carries `biasUnlearnt`, rad/s.
    package var biasLearntSigma: Double

    // The sensor.

    /// Largest rate that the gyroscope can read, rad/s; 0 where it is not known and to be seen.
    package var gyroscopeRange: Double
    /// Largest specific force that the accelerometer can read, m/s²; 0 where it is not known.
    package var accelerometerRange: Double
    /// What the accelerometer reads too much, m/s², sensor frame (see `turnRoundBias`).
    package var accelerometerBias: Vector3

    @_noLocks
    package init() {
        correctionPeriod = 0.08
        hastyCorrectionPeriod = 0.04
        turnNoise = 0.033 * radiansPerDegree
        turnShare = 0.0013
        turnTime = 0.7
        biasInitialSigma = 1 * radiansPerDegree
        biasDrift = 0.012 * radiansPerDegree
        biasLimit = 20 * radiansPerDegree
        swayNoise = 0.016
        swayShare = 0.034
        swayTurnShare = 0.004
        travelSpeed = 0.1
        travelShare = 1
        travelFullAcceleration = 2
        tumbleRate = 1.2
        tumbleTime = 4
        travelTime = 1.6
        accelerationTime = 0.3
        restTimeConstant = 0.5
        restMinimumTime = 1.5
        restRateThreshold = 2 * radiansPerDegree
        restRateThresholdFar = 1 * radiansPerDegree
        restForceThreshold = 0.5
        restForceDrift = 0.2
        restLengthDrift = 0.05
        restSway = 0.006
        restRateNoise = 0.1 * radiansPerDegree
        alignmentTime = 1.5
        startShare = 0.25
        startError = 0.6
        watchTime = 2
        gapPeriods = 1.6
        longestGap = 1
        gapFlagTime = 3
        gapShare = 0.65
        gapForceShare = 0.3
        clippedTurnShare = 0.9
        clippedForceShare = 0.5
        impactShare = 0.007
        jumpShare = 0.3
        blindDrift = 0.5 * radiansPerDegree
        floor = 0.003
        sigmaShare = 0.55
        sigmaTurnShare = 0.001_55
        sigmaShakeShare = 0.002
        largestSigma = 20 * radiansPerDegree
        gravityTolerance = 0.003
        biasLearntSigma = 0.2 * radiansPerDegree
        gyroscopeRange = 0
        accelerometerRange = 0
        accelerometerBias = .zero
    }
}
