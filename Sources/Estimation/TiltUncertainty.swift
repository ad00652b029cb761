// How far the estimated vertical may be off: a small model of what a six-axis filter cannot see.

import Kinematics

/// The standard deviation of an inclination estimate.
///
/// The low-pass looks back over one time constant τ. What it cannot tell from tilt:
/// - a remaining gyroscope bias b turns the frame it averages in by b·τ;
/// - the gyroscope's scale and axis errors do the same in proportion to the rate;
/// - a change of velocity Δv within τ reads as a lean of Δv / (g·τ);
/// - an accelerometer error that shows in the length of the mean is, for an error in an arbitrary
///   direction, √2 times as large across it;
/// - rotation that was not seen (a gap, a reading at its limit) shifts it at once.
/// All are taken as independent. Within one event errors go one way and add up; past events are
/// independent of each other, and are forgotten with τ like all that the low-pass has taken in.
struct TiltUncertainty: BitwiseCopyable, Sendable {
    /// Mean square of the rate of late, (rad/s)².
    private var squaredRate: Double
    /// Velocity that the accelerometer has shown of late, almost-inertial frame, m/s.
    private var velocity: Vector3
    /// Mean square of the horizontal part of `velocity`, (m/s)².
    private var squaredVelocity: Double
    /// Variance that past events have left, rad².
    private var pastEvents: Double
    /// What the present event has added so far, rad.
    private var presentEvent: Double

    private let parameters: UncertaintyParameters
    private let timeConstant: Double
    private let inverseTimeConstant: Double
    private let leanPerVelocity: Double
    private let rateScale: Double
    private let velocityScale: Double

    /// - Parameter timeConstant: of the accelerometer's low-pass, s.
    @_noLocks
    init(timeConstant: Double, parameters: UncertaintyParameters) {
        squaredRate = 0
        velocity = .zero
        squaredVelocity = 0
        pastEvents = 0
        presentEvent = parameters.startError
        self.parameters = parameters
        self.timeConstant = timeConstant
        inverseTimeConstant = 1 / timeConstant
        leanPerVelocity = 1 / (standardGravity * timeConstant)
        let turn = parameters.turnShare * timeConstant
        rateScale = turn * turn
        let lean = parameters.velocityShare * leanPerVelocity
        velocityScale = lean * lean
    }

    /// The low-pass has taken in a sample.
    ///
    /// - Parameters:
    ///   - rate: angular rate less the bias, rad/s.
    ///   - acceleration: specific force less its low-passed value, almost-inertial frame, m/s².
    ///   - up: the vertical in that frame.
    ///   - elapsed: time since the sample before, s.
    @_noLocks @inline(__always)
    mutating func step(rate: Vector3, acceleration: Vector3, up: Vector3, elapsed: Double) {
        let forgotten = min(1, elapsed * inverseTimeConstant)
        let kept = 1 - forgotten
        velocity = Vector3(
            velocity.x * kept + acceleration.x * elapsed,
            velocity.y * kept + acceleration.y * elapsed,
            velocity.z * kept + acceleration.z * elapsed)
        let rise = inner(velocity, up)
        squaredVelocity += (inner(velocity, velocity) - rise * rise - squaredVelocity) * forgotten
        squaredRate += (inner(rate, rate) - squaredRate) * forgotten
        pastEvents *= kept * kept
    }

    /// The present sample follows the one before and is within its range: an event is over.
    @_noLocks @inline(__always)
    mutating func endEvent() {
        pastEvents += presentEvent * presentEvent
        presentEvent = 0
    }

    /// A straight line was drawn across `elapsed` seconds.
    @_noLocks
    mutating func addGap(elapsed: Double) {
        let share = parameters.gapShare * min(1, elapsed / parameters.gapTime)
        presentEvent += (share * squareRoot(squaredRate) + parameters.gapDrift) * elapsed
    }

    /// The sensor turned by `angle` (rad) or more with the gyroscope at its limit.
    @_noLocks
    mutating func addClippedTurn(angle: Double) {
        presentEvent += parameters.clippedTurnShare * angle
    }

    /// The accelerometer was at its limit with a reading of this length (m/s²).
    @_noLocks
    mutating func addClippedForce(length: Double, elapsed: Double) {
        presentEvent += parameters.clippedForceShare * length * elapsed * leanPerVelocity
    }

    /// Only the gyroscope carried the vertical on.
    @_noLocks
    mutating func addBlindTime(elapsed: Double) { presentEvent += parameters.blindDrift * elapsed }

    /// Everything is to be learnt again.
    @_noLocks
    mutating func restart() {
        squaredRate = 0
        velocity = .zero
        squaredVelocity = 0
        pastEvents = 0
        presentEvent = parameters.startError
    }

    /// Root mean square to be expected of the angle between true and estimated up, rad; at most a
    /// right angle, which stands for not knowing.
    ///
    /// - Parameters:
    ///   - biasVariance: of the gyroscope bias across the horizontal, (rad/s)².
    ///   - squaredForce: squared length of the low-passed specific force, m²/s⁴.
    @_noLocks @inline(__always)
    func sigma(biasVariance: Double, squaredForce: Double) -> Double {
        let square = standardGravity * standardGravity
        // Half the relative error of the square is the relative error of the length.
        let mismatch = abs(squaredForce - square) * (0.5 / square) - parameters.gravityTolerance
        let accelerometer = 2 * max(0, mismatch) * max(0, mismatch)
        let floor = parameters.floor * parameters.floor
        let bias = biasVariance * timeConstant * timeConstant
        let motion = rateScale * squaredRate + velocityScale * squaredVelocity
        let events = pastEvents + presentEvent * presentEvent
        return min(squareRoot(floor + accelerometer + bias + motion + events), Double.pi / 2)
    }
}
