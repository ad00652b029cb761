// Tells whether a sensor lies or stands still, from how far its readings stray from their mean.

import Kinematics

/// What a gyroscope reads at rest.
struct RestReading: BitwiseCopyable, Sendable {
    /// Its mean of late, rad/s.
    let rate: Vector3
    /// Density of its noise, (rad/s)²·s.
    let density: Double
    /// Its mean since the rest began, rad/s.
    let mean: Vector3
    /// How much of that mean a turn can be, rad/s: gravity would have shown more.
    let mostTurn: Double
}

/// Rest: for `restMinimumTime` neither reading has strayed from its low-passed value by more than
/// its threshold, and gravity has neither turned nor changed its length.
///
/// VQF asks besides that the mean rate could be a bias of 2 deg/s. Here gravity tells: a turn about a
/// level axis moves it, and a turn about the vertical as even as a sensor's noise is rare and, since
/// heading is never used, harmless until the sensor is tilted.
struct RestDetector: BitwiseCopyable, Sendable {
    /// True while the sensor is at rest.
    private(set) var isRest: Bool
    /// Length of the mean specific force at the last rest, m/s²; 0 before the first.
    private(set) var restingForce: Double

    private var count: Double
    /// Low-passed angular rate, rad/s.
    private var rate: Vector3
    /// Low-passed specific force, m/s².
    private var force: Vector3
    /// Mean square of the distance of the rate from `rate`, (rad/s)².
    private var squaredDeviation: Double
    /// `force` where the present stillness began.
    private var firstForce: Vector3
    /// Its length, m/s².
    private var firstLength: Double
    /// What the rates since then add up to, rad.
    private var turned: Vector3
    /// How long the readings have stayed within the thresholds, s.
    private var stillTime: Double

    private let weight: Double
    private let minimumTime: Double
    private let threshold: Double
    private let thresholdFar: Double
    private let squaredReach: Double
    private let squaredDrift: Double
    private let lengthDrift: Double
    private let largestBias: Double
    private let rateDensity: Double

    @_noLocks
    init(samplePeriod: Double, parameters: TiltParameters) {
        isRest = false
        restingForce = 0
        count = 0
        rate = .zero
        force = .zero
        squaredDeviation = 0
        firstForce = .zero
        firstLength = 0
        stillTime = 0
        turned = .zero
        weight = samplePeriod / parameters.restTimeConstant
        minimumTime = parameters.restMinimumTime
        threshold = parameters.restRateThreshold
        thresholdFar = parameters.restRateThresholdFar
        squaredReach = parameters.restForceThreshold * parameters.restForceThreshold
        squaredDrift = parameters.restForceDrift * parameters.restForceDrift
        lengthDrift = parameters.restLengthDrift
        largestBias = parameters.biasLimit
        rateDensity = parameters.restRateNoise * parameters.restRateNoise
    }

    /// True where the present reading is still, for however long.
    var isQuiet: Bool { @_noLocks get { stillTime > 0 } }

    /// What the gyroscope reads of late.
    var reading: RestReading {
        // What strays within the half second of the mean is noise for 0.3 s: people sway, tables do
        // not.
        @_noLocks get {
            let time = max(stillTime, 1e-3)
            return RestReading(
                rate: rate, density: rateDensity + 0.3 * squaredDeviation,
                mean: turned * (1 / time),
                mostTurn: squareRoot(squaredDrift) / (standardGravity * time))
        }
    }

    /// Takes one reading; `follows` is false where time is missing before it, which ends a rest.
    @_noLocks @inline(__always)
    mutating func step(
        rate newRate: Vector3, force newForce: Vector3, bias: Vector3, elapsed: Double,
        follows: Bool
    ) {
        // The plain mean at first, since a low-pass that starts at zero would have to forget it.
        count += 1
        let share = count * weight < 1 ? 1 / count : min(weight, 1)
        rate = Vector3(
            rate.x + (newRate.x - rate.x) * share, rate.y + (newRate.y - rate.y) * share,
            rate.z + (newRate.z - rate.z) * share)
        force = Vector3(
            force.x + (newForce.x - force.x) * share, force.y + (newForce.y - force.y) * share,
            force.z + (newForce.z - force.z) * share)
        let deviation = squaredDistance(newRate, rate)
        squaredDeviation += (deviation - squaredDeviation) * min(1, elapsed)
        let isFar =
            abs(rate.x - bias.x) > threshold || abs(rate.y - bias.y) > threshold
            || abs(rate.z - bias.z) > threshold
        let most = isFar ? thresholdFar : threshold
        let length = squareRoot(inner(force, force))
        if stillTime <= 0 {
            firstForce = force
            firstLength = length
        }
        let still =
            deviation < most * most && squaredDistance(newForce, force) < squaredReach
            && squaredDistance(force, firstForce) < squaredDrift
            && abs(length - firstLength) < lengthDrift && abs(rate.x) < largestBias
            && abs(rate.y) < largestBias && abs(rate.z) < largestBias
        // The low-passes go on, but a gap or a movement starts the time anew.
        guard still, follows else {
            interrupt()
            return
        }
        stillTime += elapsed
        turned = turned + newRate * elapsed
        guard stillTime >= minimumTime else { return }
        isRest = true
        restingForce = restingForce > 0 ? restingForce + (length - restingForce) * share : length
    }

    /// Ends a rest: the present reading cannot be judged.
    @_noLocks
    mutating func interrupt() {
        stillTime = 0
        turned = .zero
        isRest = false
    }

    /// Forgets what the sensor read, as for one just switched on; its force at rest stays known.
    @_noLocks
    mutating func restart() {
        count = 0
        squaredDeviation = 0
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
