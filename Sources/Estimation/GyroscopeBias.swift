// Learns the gyroscope's bias: at rest from the gyroscope, in motion from the tilt corrections.

import Kinematics

/// The bias Kalman filter of VQF: a random walk of three numbers, and two kinds of measurement.
///
/// A measurement has three rows of independent noise, so they are taken in one after the other:
/// the same result as with the inverse of a 3×3 matrix, for three divisions.
struct GyroscopeBias: BitwiseCopyable, Sendable {
    /// The bias, rad/s, sensor frame.
    private(set) var value: Vector3
    /// Its covariance, (rad/s)².
    private var covariance: SymmetricMatrix3

    /// The sensor's axes in the earth frame, averaged as slowly as its specific force, a row of the
    /// matrix each; beside a horizontal row its product with the bias.
    private var rowX: LowPass
    private var rowY: LowPass
    private var rowZ: LowPass

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
        rowX = LowPass()
        rowY = LowPass()
        rowZ = LowPass()
        inversePeriod = 1 / samplePeriod
        restartGrowth = parameters.biasForgettingSigma * parameters.biasForgettingSigma
        growth = restartGrowth * samplePeriod / parameters.biasForgettingTime
        restNoise = stationaryNoise(sigma: parameters.biasRestSigma, growth: growth)
        motionNoise = stationaryNoise(sigma: parameters.biasMotionSigma, growth: growth)
        verticalNoise = motionNoise / max(parameters.biasVerticalWeight, 1e-10)
        limit = parameters.biasLimit
    }

    /// Variance of the bias across the horizontal, (rad/s)², both axes together: the part that
    /// tilts the estimate.
    ///
    /// `up` is in the sensor frame.
    @_noLocks @inline(__always)
    func horizontalVariance(up: Vector3) -> Double {
        max(0, covariance.trace - inner(up, covariance * up))
    }

    /// One sample passes: the bias may have moved, and a measurement is taken in.
    ///
    /// - Parameters:
    ///   - worldFromSensor: the corrected orientation.
    ///   - leanX: the horizontal part of the unit vector along the low-passed specific force, in
    ///     earth axes, before the correction: what the gyroscope left unexplained in one period.
    ///   - leanY: its other component.
    ///   - clock: of the specific force's low-pass, advanced for this sample.
    ///   - isRest: whether the sensor is at rest.
    ///   - meanRate: the mean rate of late, rad/s.
    @_noLocks @inline(__always)
    mutating func learn(
        worldFromSensor: Rotation, leanX: Double, leanY: Double, clock: LowPassClock,
        isRest: Bool, meanRate: Vector3
    ) {
        let rows = RotationRows(worldFromSensor)
        rowX.step(SIMD4(rows.x.x, rows.x.y, rows.x.z, inner(rows.x, value)), clock: clock)
        rowY.step(SIMD4(rows.y.x, rows.y.y, rows.y.z, inner(rows.y, value)), clock: clock)
        rowZ.step(SIMD4(rows.z.x, rows.z.y, rows.z.z, 0), clock: clock)

        covariance.grow(by: growth, limit: initialVariance)
        if isRest {
            let error = Vector3(
                meanRate.x - value.x, meanRate.y - value.y, meanRate.z - value.z)
            observe(
                Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1), error: error,
                noise: restNoise, thirdNoise: restNoise)
            return
        }
        let x = rowX.vector
        let y = rowY.vector
        let z = rowZ.vector
        // The correction per second is the bias in earth axes, beyond what is subtracted already:
        // a lean to +x takes a turn about +y to undo. Nothing shows the bias about the vertical.
        let error = Vector3(
            rowX.output.w - inner(x, value) - leanY * inversePeriod,
            rowY.output.w - inner(y, value) + leanX * inversePeriod,
            -inner(z, value))
        observe(x, y, z, error: error, noise: motionNoise, thirdNoise: verticalNoise)
    }

    /// The sensor was away: what was learnt stays, less certain by what `biasForgettingTime` takes.
    @_noLocks
    mutating func restart() {
        covariance.grow(by: restartGrowth, limit: initialVariance)
    }

    /// Takes in the three rows of a measurement.
    @_noLocks @inline(__always)
    private mutating func observe(
        _ first: Vector3, _ second: Vector3, _ third: Vector3, error: Vector3, noise: Double,
        thirdNoise: Double
    ) {
        var change = Vector3.zero
        take(first, error: clamp(error.x, limit), noise: noise, change: &change)
        take(second, error: clamp(error.y, limit), noise: noise, change: &change)
        take(third, error: clamp(error.z, limit), noise: thirdNoise, change: &change)
        value = Vector3(
            clamp(value.x + change.x, limit), clamp(value.y + change.y, limit),
            clamp(value.z + change.z, limit))
    }

    /// One row: `error` is what it says beyond the estimate, before the `change` by earlier rows.
    @_noLocks @inline(__always)
    private mutating func take(
        _ row: Vector3, error: Double, noise: Double, change: inout Vector3
    ) {
        let spread = covariance * row
        let scale = 1 / (inner(row, spread) + noise)
        let gain = (error - inner(row, change)) * scale
        change.x += spread.x * gain
        change.y += spread.y * gain
        change.z += spread.z * gain
        covariance.subtractOuterProduct(of: spread, scale: scale)
    }
}

/// The measurement variance with which a random walk of `growth` a step settles at `sigma`.
@_noLocks
private func stationaryNoise(sigma: Double, growth: Double) -> Double {
    let variance = sigma * sigma
    return variance * variance / growth + variance
}

@_noLocks @inline(__always)
private func clamp(_ value: Double, _ limit: Double) -> Double {
    min(max(value, -limit), limit)
}
