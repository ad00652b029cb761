// One sensor's gyroscope and accelerometer become its orientation against the vertical.

package import Kinematics

/// The six-axis form of VQF, sample by sample, with what a radio link adds: gaps, restarts, and
/// readings at the range limit or not there.
///
/// `TiltParameters` names the source.
///
/// The orientation has two parts. `inertialFromSensor` is the gyroscope alone, so its frame turns
/// only as slowly as the remaining bias. In that frame gravity stands still and the accelerations
/// of a body that comes back average to zero: there the specific force is low-passed, and
/// `worldFromInertial` turns the result to the vertical.
///
/// A plain value owned by whoever steps it. A step allocates nothing, takes no lock and calls no
/// mathematics that differs between machines: the same samples give the same bits.
package struct TiltFilter: BitwiseCopyable, Sendable {
    private enum Stage: UInt8, BitwiseCopyable {
        case empty
        case settling
        case settlingAgain
        case settled
    }

    private let samplePeriod: Double
    private let longestStep: Double
    private let parameters: TiltParameters

    private var inertialFromSensor: Rotation
    private var worldFromInertial: Rotation
    private var worldFromSensor: Rotation
    private var clock: LowPassClock
    private var force: LowPass
    private var rest: RestDetector
    private var bias: GyroscopeBias
    private var uncertainty: TiltUncertainty
    private var stage: Stage

    /// The rate of the last sample taken in, rad/s.
    private var lastRate: Vector3
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
        inertialFromSensor = .identity
        worldFromInertial = .identity
        worldFromSensor = .identity
        clock = LowPassClock(
            timeConstant: parameters.accelerometerTimeConstant, samplePeriod: period)
        force = LowPass()
        rest = RestDetector(samplePeriod: period, parameters: parameters)
        bias = GyroscopeBias(samplePeriod: period, parameters: parameters)
        uncertainty = TiltUncertainty(
            timeConstant: parameters.accelerometerTimeConstant, parameters: parameters.uncertainty)
        stage = .empty
        lastRate = .zero
        lostTime = 0
        gapFlagLeft = 0
    }

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
        if stage == .empty {
            stage = .settling
            elapsed = samplePeriod
            follows = true
        } else if elapsed > parameters.longestGap || sample.flags.has(.newEpoch) {
            restart()
            elapsed = samplePeriod
            follows = true
        }
        let forceIsClipped = sample.flags.has(.accelerometerClipped)
        let isClipped = forceIsClipped || sample.flags.has(.gyroscopeClipped)
        let hasForce = inner(sample.specificForce, sample.specificForce) > 0
        if follows && !isClipped && hasForce { uncertainty.endEvent() }

        if isClipped || !hasForce {
            rest.interrupt()
        } else {
            rest.step(rate: sample.angularRate, force: sample.specificForce, follows: follows)
        }
        let rate = turn(sample, elapsed: elapsed, follows: follows)
        if hasForce && !(isClipped && parameters.skipsClippedForce) {
            level(sample.specificForce, rate: rate, elapsed: elapsed)
            if forceIsClipped {
                uncertainty.addClippedForce(length: sample.specificForce.norm, elapsed: elapsed)
            }
        } else {
            worldFromSensor = worldFromInertial * inertialFromSensor
            uncertainty.addBlindTime(elapsed: elapsed)
        }
        return estimate(
            remarks: TiltFlags.none.with(.saturated, if: isClipped).with(.unknown, if: !hasForce))
    }

    /// The gyroscope's part: turns the sensor in the almost-inertial frame.
    ///
    /// Returns the rate less the bias.
    @_noLocks @inline(__always)
    private mutating func turn(_ sample: ImuSample, elapsed: Double, follows: Bool) -> Vector3 {
        var rate = sample.angularRate
        if !follows { rate = (rate + lastRate) * 0.5 }
        lastRate = sample.angularRate
        rate = Vector3(rate.x - bias.value.x, rate.y - bias.value.y, rate.z - bias.value.z)
        let angle = Vector3(rate.x * elapsed, rate.y * elapsed, rate.z * elapsed)
        inertialFromSensor = inertialFromSensor.turned(by: angle)

        gapFlagLeft = max(0, gapFlagLeft - elapsed)
        if !follows {
            gapFlagLeft = parameters.gapFlagTime
            uncertainty.addGap(elapsed: elapsed)
        }
        if sample.flags.has(.gyroscopeClipped) { uncertainty.addClippedTurn(angle: angle.norm) }
        return rate
    }

    /// The accelerometer's part: turns the almost-inertial frame to the vertical, and learns the
    /// gyroscope's bias from how much that took.
    @_noLocks @inline(__always)
    private mutating func level(_ specificForce: Vector3, rate: Vector3, elapsed: Double) {
        clock.advance()
        let inertialForce = RotationRows(inertialFromSensor).apply(specificForce)
        force.step(inertialForce, clock: clock)
        let mean = force.vector
        let rows = RotationRows(worldFromInertial)
        let levelled = worldFromInertial.levelled(vertical: rows.apply(mean))
        worldFromInertial = levelled.rotation
        worldFromSensor = worldFromInertial * inertialFromSensor
        bias.learn(
            worldFromSensor: worldFromSensor, leanX: levelled.leanX, leanY: levelled.leanY,
            clock: clock, isRest: rest.isRest, meanRate: rest.meanRate)
        uncertainty.step(
            rate: rate,
            acceleration: Vector3(
                inertialForce.x - mean.x, inertialForce.y - mean.y, inertialForce.z - mean.z),
            up: rows.z, elapsed: elapsed)
        if rest.isRest || !clock.isAveraging { stage = .settled }
    }

    /// Starts again after an interruption too long to bridge.
    ///
    /// The orientation is kept until the first sample corrects it, so the heading does not jump.
    @_noLocks
    private mutating func restart() {
        clock.restart()
        rest.restart()
        bias.restart()
        uncertainty.restart()
        gapFlagLeft = 0
        stage = .settlingAgain
    }

    /// What the state says, with the given remarks and those that follow from the state.
    @_noLocks @inline(__always)
    private func estimate(remarks: TiltFlags) -> TiltEstimate {
        var result = TiltEstimate(
            worldFromSensor: worldFromSensor, sigma: Double.pi / 2, gyroscopeBias: bias.value,
            flags: .none)
        let biasVariance = bias.horizontalVariance(up: result.up)
        let squaredForce = inner(force.vector, force.vector)
        // Below a tenth of gravity (1 m/s²) the mean force has no direction worth the name.
        let isKnown = clock.count > 0 && squaredForce > 1
        if isKnown {
            result.sigma = uncertainty.sigma(
                biasVariance: biasVariance, squaredForce: squaredForce)
        }
        // The variance is that of two axes together.
        let learntVariance = 2 * parameters.biasLearntSigma * parameters.biasLearntSigma
        result.flags =
            remarks
            .with(.settling, if: stage != .settled)
            .with(.rest, if: rest.isRest)
            .with(.afterGap, if: gapFlagLeft > 0)
            .with(.unknown, if: !isKnown || stage == .settlingAgain)
            .with(.biasUnlearnt, if: biasVariance > learntVariance)
        return result
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
