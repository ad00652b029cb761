// One sensor's gyroscope and accelerometer become its orientation against the vertical.

package import Kinematics

/// The tilt of one sensor, sample by sample, with what a radio link and real sensors add: gaps,
/// restarts, biases, readings at the range limit or not there.
///
/// The gyroscope turns the orientation with every sample, and the specific force, seen in the earth
/// frame, is summed up. Every `correctionPeriod` a Kalman filter compares that sum with the
/// velocities that bodies have and turns the orientation back to the vertical (`TiltKalman`).
///
/// A plain value owned by whoever steps it. A step allocates nothing, takes no lock and calls no
/// mathematics that differs between machines: the same samples give the same bits.
package struct TiltFilter: BitwiseCopyable, Sendable {
    private enum Stage: UInt8, BitwiseCopyable {
        case empty
        /// The first samples' mean is taken for the vertical.
        case aligning
        /// The same after an interruption.
        case aligningAgain
        case tracking
    }

    private let samplePeriod: Double
    private let longestStep: Double
    private let parameters: TiltParameters
    private let inverseWatchTime: Double

    private var worldFromSensor: Rotation
    private var kalman: TiltKalman
    private var window: MotionWindow
    private var meter: MotionMeter
    private var rest: RestDetector
    private var gyroscopeRail: RailDetector
    private var accelerometerRail: RailDetector
    private var gravity: GravityOnly
    private var stage: Stage

    /// Specific force since the start, summed in the earth frame, m/s, and for how long, s.
    private var startForce: Vector3
    private var startTime: Double
    /// Low-passed specific force in the earth frame, m/s².
    private var watchedForce: Vector3
    /// The rate of the last sample taken in, rad/s.
    private var lastRate: Vector3
    /// The specific force of the last sample, less its bias, m/s².
    private var lastForce: Vector3
    /// Time that refused samples stood for, s.
    private var lostTime: Double
    /// How long estimates still carry `afterGap`, s.
    private var gapFlagLeft: Double

    /// A filter that has seen nothing.
    ///
    /// - Parameter samplePeriod: the nominal time between samples, 0.00001 to 1 s; anything else
    ///   counts as 0.01 s.
    @_noLocks
    package init(samplePeriod: Double, parameters: TiltParameters = TiltParameters()) {
        let period = samplePeriod >= 1e-5 && samplePeriod <= 1 ? samplePeriod : 0.01
        self.samplePeriod = period
        longestStep = period * parameters.gapPeriods
        self.parameters = parameters
        inverseWatchTime = 1 / parameters.watchTime
        worldFromSensor = .identity
        kalman = TiltKalman(parameters: parameters)
        window = MotionWindow()
        meter = MotionMeter(parameters: parameters)
        rest = RestDetector(samplePeriod: period, parameters: parameters)
        gyroscopeRail = RailDetector(gyroscopeRange: parameters.gyroscopeRange)
        accelerometerRail = RailDetector(accelerometerRange: parameters.accelerometerRange)
        gravity = GravityOnly()
        stage = .empty
        startForce = .zero
        startTime = 0
        watchedForce = .zero
        lastRate = .zero
        lastForce = .zero
        lostTime = 0
        gapFlagLeft = 0
    }

    /// Length of the mean specific force at the last rest, m/s²; 0 before the first.
    package var restingForce: Double { @_noLocks get { rest.restingForce } }

    /// Takes one sample in and says where up is now.
    ///
    /// A sample that is not a number, or that no sensor reads, is not taken in: the last estimate
    /// is given again as `unknown`, and the next sample counts as coming after a gap.
    @_noLocks
    package mutating func step(_ sample: ImuSample) -> TiltEstimate {
        guard isPossible(sample) else {
            lostTime = min(lostTime + samplePeriod, 2 * parameters.longestGap)
            return estimate(remarks: .unknown)
        }
        var elapsed = (sample.interval > 0 ? sample.interval : samplePeriod) + lostTime
        var follows = elapsed <= longestStep && !sample.flags.has(.afterGap)
        lostTime = 0
        if stage == .empty || elapsed > parameters.longestGap || sample.flags.has(.newEpoch) {
            restart(after: elapsed, force: sample.specificForce)
            lastRate = sample.angularRate
            lastForce = sample.specificForce - parameters.accelerometerBias
            elapsed = samplePeriod
            follows = true
        }
        let hasForce = inner(sample.specificForce, sample.specificForce) > 0
        if sample.flags.has(.withoutAngularRate) {
            return estimateByGravity(sample, elapsed: elapsed, hasForce: hasForce)
        }
        let rateRail = gyroscopeRail.isAtRail(sample.angularRate)
        let forceRail = accelerometerRail.isAtRail(sample.specificForce)
        let rateIsClipped = rateRail || sample.flags.has(.gyroscopeClipped)
        let forceIsClipped = forceRail || sample.flags.has(.accelerometerClipped)
        let isClipped = rateIsClipped || forceIsClipped
        let force = sample.specificForce - parameters.accelerometerBias
        if isClipped || !hasForce {
            rest.interrupt()
        } else {
            rest.step(
                rate: sample.angularRate, force: force, bias: kalman.bias, elapsed: elapsed,
                follows: follows)
        }

        let halfway = turn(
            sample.angularRate, elapsed: elapsed, follows: follows, isClipped: rateIsClipped)
        if hasForce {
            fall(
                force, halfway: halfway, elapsed: elapsed, follows: follows,
                isClipped: forceIsClipped)
        } else {
            window.add(rows: RotationRows(halfway), forceX: 0, forceY: 0, elapsed: elapsed)
            window.isBlind = true
            window.unseenTurn += parameters.blindDrift * parameters.blindDrift * elapsed
        }
        switch stage {
        case .tracking:
            let period =
                gapFlagLeft > 0 ? parameters.hastyCorrectionPeriod : parameters.correctionPeriod
            if window.isUrgent || window.duration > period - 1e-9 { correct() }
        default: if hasForce { align() }
        }
        return estimate(
            remarks: TiltFlags.none.with(.saturated, if: isClipped).with(.unknown, if: !hasForce))
    }

    /// A sensor without a gyroscope: the low-passed force is the vertical, and nothing else is known.
    @_noLocks
    private mutating func estimateByGravity(
        _ sample: ImuSample, elapsed: Double, hasForce: Bool
    ) -> TiltEstimate {
        if sample.flags.has(.newEpoch) || elapsed > parameters.longestGap {
            gravity = GravityOnly()
        }
        if hasForce {
            gravity.step(sample.specificForce - parameters.accelerometerBias, elapsed: elapsed)
            worldFromSensor =
                worldFromSensor.levelled(vertical: worldFromSensor.apply(gravity.mean)).rotation
        }
        let isClipped =
            accelerometerRail.isAtRail(sample.specificForce)
            || sample.flags.has(.accelerometerClipped)
        var result = TiltEstimate(
            worldFromSensor: worldFromSensor, sigma: Double.pi / 2, gyroscopeBias: .zero,
            flags: .none)
        let variance = gravity.tiltVariance + parameters.floor * parameters.floor
        result.sigma = min(squareRoot(variance), Double.pi / 2)
        let isKnown = hasForce && result.sigma < parameters.largestSigma
        result.flags = TiltFlags.none
            .with(.saturated, if: isClipped)
            .with(.settling, if: gravity.isSettling)
            .with(.unknown, if: !isKnown)
        return result
    }

    /// The gyroscope's part: turns the sensor in the earth frame.
    ///
    /// Returns the orientation in the middle of the sample's period, which is where a reading of
    /// the accelerometer belongs, be it a mean over the period or a moment of it.
    @_noLocks @inline(__always)
    private mutating func turn(
        _ measured: Vector3, elapsed: Double, follows: Bool, isClipped: Bool
    ) -> Rotation {
        let bias = kalman.bias
        let before = Vector3(lastRate.x - bias.x, lastRate.y - bias.y, lastRate.z - bias.z)
        let rate = Vector3(measured.x - bias.x, measured.y - bias.y, measured.z - bias.z)
        lastRate = measured
        gapFlagLeft = max(0, gapFlagLeft - elapsed)
        let angle: Vector3
        if follows {
            meter.turned(rate, elapsed: elapsed)
            angle = coningTurn(rate: rate, before: before, elapsed: elapsed)
        } else {
            angle = bridge(from: before, to: rate, elapsed: elapsed)
        }
        if isClipped {
            let missing = parameters.clippedTurnShare
            window.unseenTurn += missing * missing * inner(angle, angle)
            window.isUrgent = true
        }
        let start = worldFromSensor
        worldFromSensor = start.turned(by: angle)
        return start.halfway(to: worldFromSensor)
    }

    /// The turn across a gap: a straight line between the rates at its ends.
    @_noLocks
    private mutating func bridge(from: Vector3, to: Vector3, elapsed: Double) -> Vector3 {
        let still = radiansPerDegree * radiansPerDegree
        let share = parameters.gapShare * min(1, elapsed * 10)
        window.unseenTurn += share * share * (meter.squaredRate + still) * elapsed * elapsed
        window.unseenVelocity += parameters.gapForceShare * meter.squaredAcceleration * elapsed
        window.isUrgent = true
        gapFlagLeft = parameters.gapFlagTime
        let half = elapsed * 0.5
        return Vector3((from.x + to.x) * half, (from.y + to.y) * half, (from.z + to.z) * half)
    }

    /// The accelerometer's part: adds the specific force up in the earth frame.
    @_noLocks @inline(__always)
    private mutating func fall(
        _ force: Vector3, halfway: Rotation, elapsed: Double, follows: Bool, isClipped: Bool
    ) {
        let rows = RotationRows(halfway)
        let jump = force - lastForce
        lastForce = force
        guard follows else {
            // Nothing is known of the force inside a gap, and one reading at its end is no mean.
            window.add(rows: rows, forceX: 0, forceY: 0, elapsed: elapsed)
            return
        }
        let earth = rows.apply(force)
        window.add(rows: rows, forceX: earth.x, forceY: earth.y, elapsed: elapsed)
        let length = squareRoot(inner(force, force))
        let impact = abs(length - standardGravity) - 0.3 * standardGravity
        if impact > 0 {
            let share = parameters.impactShare * impact
            window.unseenVelocity += share * share * elapsed
        }
        let missed = parameters.jumpShare * elapsed
        window.unseenVelocity += missed * missed * inner(jump, jump)
        if isClipped {
            let missing = parameters.clippedForceShare * length * elapsed
            window.unseenVelocity += missing * missing
            // What is missing may have been read as lean before its counterpart came.
            let lean = missing / (standardGravity * parameters.gapFlagTime)
            window.unseenTurn += lean * lean
            window.isUrgent = true
        }
        if stage == .tracking {
            meter.shook(earth.x * earth.x + earth.y * earth.y, elapsed: elapsed)
            let weight = min(1, elapsed * inverseWatchTime)
            watchedForce = Vector3(
                watchedForce.x + (earth.x - watchedForce.x) * weight,
                watchedForce.y + (earth.y - watchedForce.y) * weight,
                watchedForce.z + (earth.z - watchedForce.z) * weight)
        } else {
            // Levelled to the first forces, they show no acceleration but in their length.
            let rise = earth.z - standardGravity
            meter.shook(
                earth.x * earth.x + earth.y * earth.y + rise * rise, elapsed: elapsed)
            startForce = Vector3(
                startForce.x + earth.x * elapsed, startForce.y + earth.y * elapsed,
                startForce.z + earth.z * elapsed)
            startTime += elapsed
        }
    }

    /// At a start: the mean of the forces so far is the vertical.
    @_noLocks
    private mutating func align() {
        let length = startForce.norm
        worldFromSensor = worldFromSensor.levelled(vertical: startForce).rotation
        startForce = Vector3(0, 0, length)
        let acceleration = squareRoot(meter.squaredAcceleration)
        kalman.align(
            speed: parameters.startShare * acceleration + 0.02, acceleration: acceleration,
            duration: startTime, travelVariance: meter.travelVariance)
        window = MotionWindow()
        if startTime >= parameters.alignmentTime || rest.isRest {
            stage = .tracking
            watchedForce = Vector3(0, 0, standardGravity)
        }
    }

    /// The Kalman filter's turn.
    @_noLocks
    private mutating func correct() {
        kalman.predict(window, meter)
        if !window.isBlind {
            let turn = kalman.correct(
                duration: window.duration, swayDensity: meter.swayDensity,
                rest: rest.isRest ? rest.reading : nil)
            worldFromSensor = worldFromSensor.corrected(x: turn.x, y: turn.y)
        }
        window = MotionWindow()
        // Seconds of force that lean by more than 30 degrees are no movement: the estimate has
        // tipped over (a long gap in a fast turn) and would come back slowly, or hang upside down.
        let force = watchedForce
        let lean = force.x * force.x + force.y * force.y
        guard force.z < 0 || lean > 0.36 * force.z * force.z else { return }
        worldFromSensor = worldFromSensor.levelled(vertical: force).rotation
        kalman.loseTilt(angle: 0.2, travelVariance: meter.travelVariance)
        watchedForce = Vector3(0, 0, standardGravity)
    }

    /// Starts, or starts again after an interruption too long to bridge.
    ///
    /// The orientation is kept but for what the first force levels, so the heading does not jump.
    @_noLocks
    private mutating func restart(after elapsed: Double, force: Vector3) {
        if stage == .empty {
            stage = .aligning
        } else {
            stage = .aligningAgain
            kalman.restart(time: min(max(elapsed, 10), 1000))
        }
        worldFromSensor =
            worldFromSensor.levelled(vertical: worldFromSensor.apply(force)).rotation
        window = MotionWindow()
        meter.restart()
        rest.restart()
        startForce = .zero
        startTime = 0
        gapFlagLeft = 0
    }

    /// What the state says, with the given remarks and those that follow from the state.
    @_noLocks @inline(__always)
    private func estimate(remarks: TiltFlags) -> TiltEstimate {
        var result = TiltEstimate(
            worldFromSensor: worldFromSensor, sigma: Double.pi / 2, gyroscopeBias: kalman.bias,
            flags: .none)
        let biasVariance = kalman.horizontalBiasVariance(up: result.up)
        var isKnown = stage == .tracking || startTime > 0
        if isKnown {
            let variance =
                parameters.sigmaShare * kalman.tiltVariance + meter.tiltVariance
                + parameters.floor * parameters.floor + accelerometerVariance
            result.sigma = min(squareRoot(variance), Double.pi / 2)
            isKnown = result.sigma < parameters.largestSigma
        }
        // The variance is that of two axes together.
        let learntVariance = 2 * parameters.biasLearntSigma * parameters.biasLearntSigma
        result.flags =
            remarks
            .with(.settling, if: stage != .tracking)
            .with(.rest, if: rest.isRest)
            .with(.afterGap, if: gapFlagLeft > 0)
            .with(.unknown, if: !isKnown || stage == .aligningAgain)
            .with(.biasUnlearnt, if: biasVariance > learntVariance)
        return result
    }

    /// Variance of the tilt that an accelerometer shows which is off by what its length at rest is:
    /// an error in an arbitrary direction is √2 times as large across the force as along it.
    private var accelerometerVariance: Double {
        @_noLocks @inline(__always) get {
            let length = rest.restingForce
            guard length > 0 else { return 0 }
            let off = abs(length * (1 / standardGravity) - 1) - parameters.gravityTolerance
            return 2 * max(0, off) * max(0, off)
        }
    }

    /// False for what no sensor reads: not a number, or beyond 10,000 deg/s or 1,000 g, ranges that
    /// none is sold with.
    @_noLocks @inline(__always)
    private func isPossible(_ sample: ImuSample) -> Bool {
        inner(sample.angularRate, sample.angularRate) < 3.1e4
            && inner(sample.specificForce, sample.specificForce) < 9.7e7
            && sample.interval.isFinite
    }
}
