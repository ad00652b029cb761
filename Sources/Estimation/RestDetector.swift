// Tells whether a sensor lies or stands still, from how far its readings stray from their mean.

import Kinematics

/// Rest as VQF defines it: for `restMinimumTime` neither reading has strayed from its low-passed
/// value by more than a threshold, and the low-passed rate could be a bias.
struct RestDetector: BitwiseCopyable, Sendable {
    /// True while the sensor is at rest.
    private(set) var isRest: Bool
    private var clock: LowPassClock
    private var rate: VectorLowPass
    private var force: VectorLowPass
    private var stillTime: Double
    private let samplePeriod: Double
    private let minimumTime: Double
    private let squaredRateThreshold: Double
    private let squaredForceThreshold: Double
    private let biasLimit: Double

    @_noLocks
    init(samplePeriod: Double, parameters: TiltParameters) {
        isRest = false
        clock = LowPassClock(timeConstant: parameters.restTimeConstant, samplePeriod: samplePeriod)
        rate = VectorLowPass()
        force = VectorLowPass()
        stillTime = 0
        self.samplePeriod = samplePeriod
        minimumTime = parameters.restMinimumTime
        squaredRateThreshold = parameters.restRateThreshold * parameters.restRateThreshold
        squaredForceThreshold = parameters.restForceThreshold * parameters.restForceThreshold
        biasLimit = parameters.biasLimit
    }

    /// The mean rate of late, rad/s: at rest it is the gyroscope's bias.
    var meanRate: Vector3 { @_noLocks get { rate.output } }

    /// Takes one reading; `follows` is false where time is missing before it, which ends a rest.
    @_noLocks
    mutating func step(rate newRate: Vector3, force newForce: Vector3, follows: Bool) {
        clock.advance()
        rate.step(newRate, clock: clock)
        force.step(newForce, clock: clock)
        let mean = rate.output
        let still =
            (newRate - mean).squaredNorm < squaredRateThreshold
            && (newForce - force.output).squaredNorm < squaredForceThreshold
            && abs(mean.x) < biasLimit && abs(mean.y) < biasLimit && abs(mean.z) < biasLimit
        guard still, follows else {
            interrupt()
            return
        }
        stillTime += samplePeriod
        if stillTime >= minimumTime { isRest = true }
    }

    /// Ends a rest: the present reading cannot be judged.
    @_noLocks
    mutating func interrupt() {
        stillTime = 0
        isRest = false
    }

    /// Forgets everything, as for a sensor just switched on.
    @_noLocks
    mutating func restart() {
        clock.restart()
        interrupt()
    }
}
