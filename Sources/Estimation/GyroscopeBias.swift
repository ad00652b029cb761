// Learns the gyroscope's bias, at rest from the gyroscope, in motion from the tilt corrections.

import Kinematics

/// The bias Kalman filter of VQF: a random walk of three numbers, and two kinds of measurement.
///
/// Measurement noises are independent, so the three rows of a measurement are taken in one after
/// the other: the same result as with the inverse of a 3×3 matrix, for three divisions.
struct GyroscopeBias: BitwiseCopyable, Sendable {
    /// The bias, rad/s, sensor frame.
    private(set) var value: Vector3
    private(set) var covariance: SymmetricMatrix3

    /// Group of low-passes that average the sensor's orientation as slowly as its accelerations.
    private var rowX: VectorLowPass
    private var rowY: VectorLowPass
    private var rowZ: VectorLowPass
    private var earthBias: VectorLowPass

    private let inversePeriod: Double
    private let initialVariance: Double
    private let growth: Double
    private let restartGrowth: Double
    private let restNoise: Double
    private let motionNoise: Double
    private let verticalNoise: Double
    private let limit: Double

    @_noLocks
    init(samplePeriod: Double, parameters: TiltParameters) {
        value = .zero
        initialVariance = parameters.biasInitialSigma * parameters.biasInitialSigma
        covariance = SymmetricMatrix3(diagonal: initialVariance)
        rowX = VectorLowPass()
        rowY = VectorLowPass()
        rowZ = VectorLowPass()
        earthBias = VectorLowPass()
        inversePeriod = 1 / samplePeriod
        restartGrowth = parameters.biasForgettingSigma * parameters.biasForgettingSigma
        growth = restartGrowth * samplePeriod / parameters.biasForgettingTime
        restNoise = stationaryNoise(sigma: parameters.biasRestSigma, growth: growth)
        motionNoise = stationaryNoise(sigma: parameters.biasMotionSigma, growth: growth)
        verticalNoise = motionNoise / max(parameters.biasVerticalWeight, 1e-10)
        limit = parameters.biasLimit
    }

    /// Variance of the bias across the horizontal, (rad/s)²: the part that tilts the estimate.
    @_noLocks
    func horizontalVariance(up: Vector3) -> Double {
        max(0, covariance.trace - up.dot(covariance * up))
    }

    /// One sample passes: the bias may have moved, and a measurement is taken in.
    ///
    /// - Parameters:
    ///   - worldFromSensor: the corrected orientation.
    ///   - lean: the horizontal part of the unit vector along the low-passed specific force, in
    ///     earth axes, before the correction: what the gyroscope has not explained in one period.
    ///   - clock: of the accelerometer's low-pass, advanced for this sample.
    ///   - restRate: the mean rate where the sensor is at rest, else nil.
    @_noLocks
    mutating func learn(
        worldFromSensor: Rotation, leanX: Double, leanY: Double, clock: LowPassClock,
        isRest: Bool, meanRate: Vector3
    ) {
        let rows = RotationRows(worldFromSensor)
        rowX.step(rows.x, clock: clock)
        rowY.step(rows.y, clock: clock)
        rowZ.step(rows.z, clock: clock)
        earthBias.step(rows.apply(value), clock: clock)

        covariance.grow(by: growth, limit: initialVariance)
        if isRest {
            observe(
                Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1),
                error: meanRate - value, noise: restNoise, thirdNoise: restNoise)
        } else {
            let x = rowX.output
            let y = rowY.output
            let z = rowZ.output
            let explained = earthBias.output
            let error = Vector3(
                explained.x - x.dot(value) - leanY * inversePeriod,
                explained.y - y.dot(value) + leanX * inversePeriod,
                -z.dot(value))
            observe(x, y, z, error: error, noise: motionNoise, thirdNoise: verticalNoise)
        }
    }

    /// The sensor was away: what was learnt stays, as uncertain as after `biasForgettingTime` more.
    @_noLocks
    mutating func restart() {
        covariance.grow(by: restartGrowth, limit: initialVariance)
    }

    @_noLocks
    private mutating func observe(
        _ first: Vector3, _ second: Vector3, _ third: Vector3, error: Vector3, noise: Double,
        thirdNoise: Double
    ) {
        var change = Vector3.zero
        take(first, error: clamp(error.x, limit), noise: noise, change: &change)
        take(second, error: clamp(error.y, limit), noise: noise, change: &change)
        take(third, error: clamp(error.z, limit), noise: thirdNoise, change: &change)
        let sum = value + change
        value = Vector3(clamp(sum.x, limit), clamp(sum.y, limit), clamp(sum.z, limit))
    }

    /// One row of a measurement: `error` is what it says beyond the estimate before `change`.
    @_noLocks
    private mutating func take(
        _ row: Vector3, error: Double, noise: Double, change: inout Vector3
    ) {
        let spread = covariance * row
        let scale = 1 / (row.dot(spread) + noise)
        change = change + spread * ((error - row.dot(change)) * scale)
        covariance.subtractOuterProduct(of: spread, scale: scale)
    }
}

/// The measurement variance with which a random walk of `growth` a step settles at `sigma`.
@_noLocks
private func stationaryNoise(sigma: Double, growth: Double) -> Double {
    let variance = sigma * sigma
    return variance * variance / growth + variance
}

@_noLocks
private func clamp(_ value: Double, _ limit: Double) -> Double {
    min(max(value, -limit), limit)
}
