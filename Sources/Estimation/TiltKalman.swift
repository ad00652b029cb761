// The Kalman filter behind the tilt: what turns the vertical, and what only moves the body.

import Kinematics

/// An error-state filter of nine numbers with one idea: a body's velocity is bounded.
///
/// The specific force less gravity, integrated, is a velocity. A tilt error lets it run away by
/// g times the error; a body's own velocity comes back. So the integral is compared with two kinds
/// of velocity that bodies have: one that comes and goes within a movement (white, by its density)
/// and one of the body as a whole, which lasts (first-order Gauss-Markov process). Both grow with
/// the acceleration seen: a body that hardly shakes hardly moves.
///
/// With the second kind left out and all noises constant, the filter settles to the second-order
/// Butterworth low-pass of the specific force that VQF uses; how slow it is follows from how well
/// the gyroscope is known and how much the body moves, instead of 3 s for everything.
///
/// The states, in this order: tilt error about the earth's x and y (rad), velocity (m/s) in x and y,
/// its lasting part in x and y, the gyroscope's bias (rad/s, sensor axes). After each correction
/// they are taken into the estimate and start from zero, but for the velocities.
struct TiltKalman: BitwiseCopyable, Sendable {
    /// What the gyroscope reads when it does not turn, rad/s, sensor frame.
    private(set) var bias: Vector3
    /// Covariance, row by row; both halves are kept equal.
    private var covariance: InlineArray<81, Double>
    private var velocityX: Double
    private var velocityY: Double
    private var travelX: Double
    private var travelY: Double
    // What is needed of the settings, and not more: a filter is copied now and then.
    private let turnNoise: Double
    private let turnShare: Double
    private let biasVariance: Double
    private let biasGrowth: Double
    private let biasLimit: Double
    private let inverseTravelTime: Double
    private let restDensity: Double
    private let startError: Double

    @_noLocks
    init(parameters: TiltParameters) {
        bias = .zero
        covariance = InlineArray(repeating: 0)
        velocityX = 0
        velocityY = 0
        travelX = 0
        travelY = 0
        turnNoise = parameters.turnNoise * parameters.turnNoise
        turnShare = parameters.turnShare * parameters.turnShare
        biasGrowth = parameters.biasDrift * parameters.biasDrift
        biasLimit = parameters.biasLimit
        inverseTravelTime = 1 / parameters.travelTime
        restDensity = parameters.restSway * parameters.restSway
        startError = parameters.startError
        biasVariance = parameters.biasInitialSigma * parameters.biasInitialSigma
        var state = 6
        while state < 9 {
            covariance[state * 10] = biasVariance
            state += 1
        }
    }

    /// Variance of the tilt, both axes together, rad².
    var tiltVariance: Double { @_noLocks get { covariance[0] + covariance[10] } }

    /// Variance of the bias across the horizontal, (rad/s)², both axes together; `up` in the sensor
    /// frame.
    @_noLocks
    func horizontalBiasVariance(up: Vector3) -> Double {
        let xx = covariance[60]
        let yy = covariance[70]
        let zz = covariance[80]
        let cross =
            covariance[61] * up.x * up.y + covariance[62] * up.x * up.z
            + covariance[71] * up.y * up.z
        let along = xx * up.x * up.x + yy * up.y * up.y + zz * up.z * up.z + 2 * cross
        return max(0, xx + yy + zz - along)
    }

    /// The vertical was found anew from the mean of `duration` seconds of specific force; the
    /// bias stays known.
    ///
    /// That mean is off by the change of velocity in that time, of which the present velocity is
    /// one end: hence the covariance of the two.
    @_noLocks
    mutating func align(
        speed: Double, acceleration: Double, duration: Double, travelVariance: Double
    ) {
        forgetMotion(travelVariance: travelVariance)
        let square = speed * speed
        let lean = 1 / (standardGravity * max(duration, 1e-3))
        // No further than such an acceleration leans the force, twice that for its luck.
        let most = min(startError, (2 * acceleration + 0.5) * (1 / standardGravity))
        let tilt = min(most * most, 2 * square * lean * lean) + 1e-5
        let shared = min(square * lean, 0.6 * squareRoot(tilt * square))
        setMotion(tilt: tilt, velocity: square, shared: shared)
    }

    /// The vertical is off by about `angle` (rad), nobody knows why.
    @_noLocks
    mutating func loseTilt(angle: Double, travelVariance: Double) {
        forgetMotion(travelVariance: travelVariance)
        setMotion(tilt: angle * angle, velocity: 0.1, shared: 0)
    }

    /// After `time` seconds away the bias is less certain.
    @_noLocks
    mutating func restart(time: Double) {
        growBias(biasGrowth * time)
    }

    /// Time passes by what `window` has gathered.
    @_noLocks
    mutating func predict(_ window: MotionWindow, _ meter: MotionMeter) {
        velocityX += window.forceX
        velocityY += window.forceY
        // Of first order in the step, which is short against the time.
        let decay = 1 / (1 + window.duration * inverseTravelTime)
        travelX *= decay
        travelY *= decay
        // The transition from the left, then from the right.
        advance(window, decay: decay, along: 9, across: 1)
        advance(window, decay: decay, along: 1, across: 9)
        let tilt = (turnNoise + turnShare * meter.squaredRate) * window.duration + window.unseenTurn
        let velocity = window.unseenVelocity + 1e-6 * window.duration
        let travel = meter.travelVariance * (1 - decay * decay)
        covariance[0] += tilt
        covariance[10] += tilt
        covariance[20] += velocity
        covariance[30] += velocity
        covariance[40] += travel
        covariance[50] += travel
        growBias(biasGrowth * window.duration)
    }

    /// What the sensor does is compared with what bodies do; returns the turn of the earth frame
    /// about its x and y that corrects the tilt, rad.
    ///
    /// - Parameter rest: at rest, what the gyroscope reads and the variance of a reading.
    @_noLocks
    mutating func correct(
        duration: Double, swayDensity: Double, rest: RestReading?
    ) -> (x: Double, y: Double) {
        var change = InlineArray<9, Double>(repeating: 0)
        if let rest {
            let noise = restDensity / duration
            observe(2, minus: 4, value: travelX - velocityX, noise: noise, &change)
            observe(3, minus: 5, value: travelY - velocityY, noise: noise, &change)
            observe(4, minus: nil, value: -travelX, noise: noise, &change)
            observe(5, minus: nil, value: -travelY, noise: noise, &change)
            let rateNoise = rest.density / duration
            observeBias(
                6, value: rest.rate.x - bias.x, noise: rateNoise,
                mean: rest.mean.x - bias.x, mostTurn: rest.mostTurn, &change)
            observeBias(
                7, value: rest.rate.y - bias.y, noise: rateNoise,
                mean: rest.mean.y - bias.y, mostTurn: rest.mostTurn, &change)
            observeBias(
                8, value: rest.rate.z - bias.z, noise: rateNoise,
                mean: rest.mean.z - bias.z, mostTurn: rest.mostTurn, &change)
        } else {
            let noise = swayDensity / duration
            observe(2, minus: 4, value: travelX - velocityX, noise: noise, &change)
            observe(3, minus: 5, value: travelY - velocityY, noise: noise, &change)
        }
        velocityX += change[2]
        velocityY += change[3]
        travelX += change[4]
        travelY += change[5]
        let limit = biasLimit
        bias = Vector3(
            clamp(bias.x + change[6], limit), clamp(bias.y + change[7], limit),
            clamp(bias.z + change[8], limit))
        return (change[0], change[1])
    }

    /// Multiplies the covariance by the transition: rows with `along` 9, columns with `along` 1.
    @_noLocks @inline(__always)
    private mutating func advance(
        _ window: MotionWindow, decay: Double, along: Int, across: Int
    ) {
        let lift = standardGravity * window.duration
        let x = window.rowX
        let y = window.rowY
        var offset = 0
        while offset < 9 * across {
            let b0 = covariance[6 * along + offset]
            let b1 = covariance[7 * along + offset]
            let b2 = covariance[8 * along + offset]
            // A bias not taken off turns the frame the other way.
            let turnX = x.x * b0 + x.y * b1 + x.z * b2
            let turnY = y.x * b0 + y.y * b1 + y.z * b2
            let tiltX = covariance[offset]
            let tiltY = covariance[along + offset]
            covariance[2 * along + offset] += lift * (tiltY - 0.5 * turnY)
            covariance[3 * along + offset] -= lift * (tiltX - 0.5 * turnX)
            covariance[offset] = tiltX - turnX
            covariance[along + offset] = tiltY - turnY
            covariance[4 * along + offset] *= decay
            covariance[5 * along + offset] *= decay
            offset += across
        }
    }

    /// A bias measured at rest; a surprise beyond three deviations means that the deviation was
    /// wrong, not the reading.
    ///
    /// `mean` is the whole rest's, and `mostTurn` how much of it a turn can be. Whoever sways slowly turns
    /// by as much as a bias would show for a second, and a bias that is uncertain again is given every
    /// error of the tilt.
    @_noLocks
    private mutating func observeBias(
        _ state: Int, value: Double, noise: Double, mean: Double, mostTurn: Double,
        _ change: inout InlineArray<9, Double>
    ) {
        let surprise = mean * mean - 9 * covariance[state * 10]
        if surprise > 0 && abs(mean) > mostTurn { covariance[state * 10] += surprise }
        observe(state, minus: nil, value: value, noise: noise, &change)
    }

    /// Takes in one measurement of a state, or of the difference of two.
    ///
    /// `value` is what it says beyond the estimate, before the `change` by earlier ones.
    @_noLocks @inline(__always)
    private mutating func observe(
        _ state: Int, minus other: Int?, value: Double, noise: Double,
        _ change: inout InlineArray<9, Double>
    ) {
        var spread = InlineArray<9, Double>(repeating: 0)
        var innovation = value - change[state]
        var row = 0
        while row < 9 {
            spread[row] = covariance[row * 9 + state]
            row += 1
        }
        var variance = spread[state] + noise
        if let other {
            row = 0
            while row < 9 {
                spread[row] -= covariance[row * 9 + other]
                row += 1
            }
            variance = spread[state] - spread[other] + noise
            innovation += change[other]
        }
        guard variance > 0 else { return }
        let scale = 1 / variance
        row = 0
        while row < 9 {
            let gain = spread[row] * scale
            change[row] += gain * innovation
            var column = 0
            while column <= row {
                let value = covariance[row * 9 + column] - gain * spread[column]
                covariance[row * 9 + column] = value
                covariance[column * 9 + row] = value
                column += 1
            }
            row += 1
        }
    }

    @_noLocks
    private mutating func growBias(_ variance: Double) {
        var state = 6
        while state < 9 {
            if covariance[state * 10] < biasVariance { covariance[state * 10] += variance }
            state += 1
        }
    }

    /// Clears all but the bias.
    @_noLocks
    private mutating func forgetMotion(travelVariance travel: Double) {
        var row = 0
        while row < 6 {
            var column = 0
            while column < 9 {
                covariance[row * 9 + column] = 0
                covariance[column * 9 + row] = 0
                column += 1
            }
            row += 1
        }
        velocityX = 0
        velocityY = 0
        travelX = 0
        travelY = 0
        covariance[40] = travel
        covariance[50] = travel
    }

    @_noLocks
    private mutating func setMotion(tilt: Double, velocity: Double, shared: Double) {
        covariance[0] = tilt
        covariance[10] = tilt
        covariance[20] = velocity
        covariance[30] = velocity
        // A lean about y goes with a velocity in x, one about x with one in −y.
        covariance[11] = shared
        covariance[19] = shared
        covariance[3] = -shared
        covariance[27] = -shared
    }
}

/// What is summed up between two corrections.
struct MotionWindow: BitwiseCopyable, Sendable {
    /// s.
    private(set) var duration = 0.0
    /// Change of velocity that the specific force shows, earth frame, m/s.
    private(set) var forceX = 0.0
    private(set) var forceY = 0.0
    /// The sensor's axes in the earth frame, integrated: rows x and y of the matrix, s.
    private(set) var rowX = Vector3.zero
    private(set) var rowY = Vector3.zero
    /// Variance of turns that were not seen, rad² for each axis.
    var unseenTurn = 0.0
    /// Variance of changes of velocity that were not seen, (m/s)² for each axis.
    var unseenVelocity = 0.0
    /// True where some of the time had no specific force.
    var isBlind = false
    /// True where the correction is not to wait: something was not seen.
    var isUrgent = false

    @_noLocks
    init() {}

    @_noLocks @inline(__always)
    mutating func add(rows: RotationRows, forceX fx: Double, forceY fy: Double, elapsed: Double) {
        duration += elapsed
        forceX += fx * elapsed
        forceY += fy * elapsed
        rowX = Vector3(
            rowX.x + rows.x.x * elapsed, rowX.y + rows.x.y * elapsed, rowX.z + rows.x.z * elapsed)
        rowY = Vector3(
            rowY.x + rows.y.x * elapsed, rowY.y + rows.y.y * elapsed, rowY.z + rows.y.z * elapsed)
    }
}

@_noLocks @inline(__always)
func clamp(_ value: Double, _ limit: Double) -> Double { min(max(value, -limit), limit) }
