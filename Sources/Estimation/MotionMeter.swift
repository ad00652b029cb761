// How much a sensor turns and shakes of late: what the noises of the Kalman filter are scaled by.

import Kinematics

/// Mean squares of the angular rate and of the acceleration.
///
/// The first few samples weigh more, so that a start is judged soon. From them follow how much velocity
/// a body may have.
struct MotionMeter: BitwiseCopyable, Sendable {
    /// (rad/s)².
    private(set) var squaredRate: Double
    /// The same over some seconds.
    private var squaredTumble: Double
    /// (m/s²)², both horizontal axes together.
    private(set) var squaredAcceleration: Double
    private var rates: Double
    private var forces: Double
    private let inverseTurnTime: Double
    private let inverseTumbleTime: Double
    private let inverseAccelerationTime: Double
    // Squares of the settings of these names.
    private let swayNoise: Double
    private let swayShare: Double
    private let swayTurnShare: Double
    private let travelSpeed: Double
    private let travelShare: Double
    private let fullAcceleration: Double
    private let inverseTumbleRate: Double
    private let sigmaTurnShare: Double
    private let sigmaShakeShare: Double

    @_noLocks
    init(parameters: TiltParameters) {
        squaredRate = 0
        squaredTumble = 0
        squaredAcceleration = 0
        rates = 0
        forces = 0
        swayNoise = parameters.swayNoise * parameters.swayNoise
        swayShare = parameters.swayShare * parameters.swayShare
        swayTurnShare = parameters.swayTurnShare * parameters.swayTurnShare
        travelSpeed = parameters.travelSpeed * parameters.travelSpeed
        travelShare = parameters.travelShare * parameters.travelShare
        let full = parameters.travelFullAcceleration
        fullAcceleration = full * full
        inverseTumbleRate = 1 / (parameters.tumbleRate * parameters.tumbleRate)
        sigmaTurnShare = parameters.sigmaTurnShare * parameters.sigmaTurnShare
        sigmaShakeShare = parameters.sigmaShakeShare * parameters.sigmaShakeShare
        inverseTumbleTime = 1 / parameters.tumbleTime
        inverseTurnTime = 1 / parameters.turnTime
        inverseAccelerationTime = 1 / parameters.accelerationTime
    }

    /// Takes the rate of one sample, rad/s.
    @_noLocks @inline(__always)
    mutating func turned(_ rate: Vector3, elapsed: Double) {
        rates += 1
        let square = inner(rate, rate)
        squaredRate += (square - squaredRate) * weight(elapsed * inverseTurnTime, rates)
        squaredTumble += (square - squaredTumble) * weight(elapsed * inverseTumbleTime, rates)
    }

    /// Takes the squared acceleration of one sample, (m/s²)².
    @_noLocks @inline(__always)
    mutating func shook(_ square: Double, elapsed: Double) {
        forces += 1
        squaredAcceleration +=
            (square - squaredAcceleration) * weight(elapsed * inverseAccelerationTime, forces)
    }

    /// `usual`, or for the first samples the weight of a mean over `count`, at most a fifth.
    @_noLocks @inline(__always)
    private func weight(_ usual: Double, _ count: Double) -> Double {
        usual * count < 1 ? max(usual, min(0.2, 1 / count)) : min(1, usual)
    }

    /// Density of the velocity that comes and goes, (m/s)²·s.
    var swayDensity: Double {
        @_noLocks get {
            swayNoise + swayShare * squaredAcceleration + swayTurnShare * squaredRate
        }
    }

    /// Variance of the velocity that lasts, (m/s)² for each axis.
    var travelVariance: Double {
        @_noLocks get {
            let tumble = squaredTumble * inverseTumbleRate
            let bound = (1 + squaredAcceleration / fullAcceleration) * (1 + tumble * tumble)
            return travelSpeed + travelShare * squaredAcceleration / bound
        }
    }

    /// Variance of the tilt that goes with such a motion and that no filter sees, rad².
    var tiltVariance: Double {
        @_noLocks @inline(__always) get {
            sigmaTurnShare * squaredRate
                + sigmaShakeShare * min(squaredAcceleration, fullAcceleration)
        }
    }

    @_noLocks
    mutating func restart() {
        squaredRate = 0
        squaredTumble = 0
        squaredAcceleration = 0
        rates = 0
        forces = 0
    }
}
