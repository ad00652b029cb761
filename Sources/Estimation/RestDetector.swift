// Tells whether a sensor lies or stands still, from how far its readings stray from their mean.

import Kinematics

/// Rest as VQF defines it: for `restMinimumTime` neither reading has strayed from its low-passed
/// value by more than its threshold, and the low-passed rate could be a bias.
struct RestDetector: BitwiseCopyable, Sendable {
    /// True while the sensor is at rest.
    private(set) var isRest: Bool
    private var clock: LowPassClock
    /// Angular rate, rad/s.
    private var rate: LowPass
    /// Specific force, m/s².
    private var force: LowPass
    /// How long the readings have stayed within the thresholds, s.
    private var stillTime: Double

    // Thresholds are kept squared, so that no root is drawn for a comparison.
    private let samplePeriod: Double
    private let minimumTime: Double
    private let squaredRateThreshold: Double
    private let squaredForceThreshold: Double
    private let biasLimit: Double

    @_noLocks
    init(samplePeriod: Double, parameters: TiltParameters) {
        isRest = false
        clock = LowPassClock(timeConstant: parameters.restTimeConstant, samplePeriod: samplePeriod)
        rate = LowPass()
        force = LowPass()
        stillTime = 0
        self.samplePeriod = samplePeriod
        minimumTime = parameters.restMinimumTime
        squaredRateThreshold = parameters.restRateThreshold * parameters.restRateThreshold
        squaredForceThreshold = parameters.restForceThreshold * parameters.restForceThreshold
        biasLimit = parameters.biasLimit
    }

    /// The mean rate of late, rad/s: at rest it is the gyroscope's bias.
    var meanRate: Vector3 { @_noLocks @inline(__always) get { rate.vector } }

    /// Takes one reading; `follows` is false where time is missing before it, which ends a rest.
    @_noLocks @inline(__always)
    mutating func step(rate newRate: Vector3, force newForce: Vector3, follows: Bool) {
        clock.advance()
        rate.step(newRate, clock: clock)
        force.step(newForce, clock: clock)
        let mean = rate.vector
        let still =
            squaredDistance(newRate, mean) < squaredRateThreshold
            && squaredDistance(newForce, force.vector) < squaredForceThreshold
            && abs(mean.x) < biasLimit && abs(mean.y) < biasLimit && abs(mean.z) < biasLimit
        // The low-passes go on, but a gap or a movement starts the time anew.
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

@_noLocks @inline(__always)
private func squaredDistance(_ a: Vector3, _ b: Vector3) -> Double {
    let x = a.x - b.x
    let y = a.y - b.y
    let z = a.z - b.z
    return x * x + y * y + z * z
}
