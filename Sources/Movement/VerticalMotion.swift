// The pelvis' up and down from its levelled acceleration: squats and steps without a leg sensor.

package import Kinematics

/// Vertical velocity and height of the pelvis by integration, brought back to zero where it is still.
///
/// A slow squat accelerates by 0.2 m/s², as much as an uncalibrated accelerometer is off, so what the
/// sensor reads at rest is learnt whenever the acceleration stays even and nothing turns.
package struct VerticalMotion: BitwiseCopyable, Sendable {
    /// m/s upward, and m from where the last reset was.
    package private(set) var velocity = 0.0
    package private(set) var height = 0.0
    /// m/s² upward, gravity and the sensor's offset taken off.
    package private(set) var acceleration = 0.0
    /// True while the pelvis neither turns nor is accelerated.
    package private(set) var isStill = false
    /// m/s that had piled up when stillness was found.
    ///
    /// The velocities of the `residualSpan` s before are to be corrected by it, growing with time. Set at
    /// that sample only.
    package private(set) var residual = 0.0
    package private(set) var residualSpan = 0.0
    private var offset = 0.0
    private var knowsOffset = false
    private var learnt = 0.3
    private var stillFor = 0.0
    private var smooth = 0.0
    private var lowest = 0.0
    private var highest = 0.0
    private var evenFor = 0.0
    private var evenSum = 0.0
    /// Up where the evenness began, in the sensor's axes.
    private var evenUp = Vector3(0, 0, 0)
    /// The offset is that of a whole repetition, which is nearer the truth than that of standing still.
    private var isMeasured = false
    /// s since the speed was last known: by stillness, or by the end of a repetition.
    private var sinceKnown = 0.0
    /// s since stillness or the end of a repetition.
    private var sinceSeen = 0.0
    /// Up as it was at the newest stillness, in the sensor's axes, and how far from it the pelvis has turned, sine.
    private var restUp = Vector3(0, 0, 0)
    private var mostTurned = 0.0
    /// m/s that piled up in the newest part of a stillness.
    private var soft = 0.0

    /// s of even acceleration that count as still; its span, m/s²; the rate of turn that ends it, rad/s.
    ///
    /// In the middle of a squat of 14 cm in 3 s the acceleration changes by 0.11 m/s² in 0.4 s
    /// [engineering defaults].
    private static var stillAfter: Double { @_noLocks get { 0.4 } }
    private static var span: Double { @_noLocks get { 0.07 } }
    private static var turning: Double { @_noLocks get { 5 * radiansPerDegree } }
    /// m/s: at a higher integrated speed stillness must last longer to be believed, s; for `doubt` s.
    private static var moving: Double { @_noLocks get { 0.05 } }
    private static var movingAfter: Double { @_noLocks get { 0.8 } }
    private static var doubt: Double { @_noLocks get { 10.0 } }
    /// s of evenness that are a rest where the tempo has none: the middle of a slow movement is even for less than
    /// one; and the shares of `moving` and `drift` that hold where repetitions have shown the offset [engineering
    /// defaults].
    private static var betweenKnown: Double { @_noLocks get { 1.5 } }
    private static var movingOnceMeasured: Double { @_noLocks get { 0.6 } }
    private static var driftOnceMeasured: Double { @_noLocks get { 0.33 } }
    /// m/s²: no known offset is further off [engineering default].
    private static var drift: Double { @_noLocks get { 0.03 } }
    /// m/s²: the same where the pelvis is held as at rest, and what the sine of its turn since then adds: across, the
    /// sensor is off by 0.05 m/s² [engineering defaults].
    private static var upright: Double { @_noLocks get { 0.012 } }
    private static var turned: Double { @_noLocks get { 0.05 } }
    /// s without a rest or a repetition after which the speed fades, and the time constant of that, s: by then an offset
    /// of `drift` has piled up a quarter of a metre per second, as fast as a squat [engineering defaults].
    private static var forgetting: Double { @_noLocks get { 8.0 } }
    private static var leak: Double { @_noLocks get { 3.0 } }
    /// s of drift that the beginning of a movement adds.
    private static var drifted: Double { @_noLocks get { 0.7 } }
    /// Sine of what a body turns by in a movement that is even, and not while it stands: 2° [engineering default].
    private static var leaning: Double { @_noLocks get { 0.035 } }
    /// s at the end of a stillness in which a soft movement may have begun [engineering default].
    private static var softStart: Double { @_noLocks get { 0.6 } }
    /// m/s in it that are a movement: a squat of 14 cm in 3 s reaches four times that, a breath half of it
    /// [engineering default].
    private static var softSpeed: Double { @_noLocks get { 0.02 } }
    /// s of the low-pass in front of the test of evenness.
    private static var smoothing: Double { @_noLocks get { 0.12 } }
    /// s of stillness over which the offset is averaged.
    private static var memory: Double { @_noLocks get { 5.0 } }
    /// m/s²: an even acceleration further from the known offset than this is a movement: a squat of 14 cm
    /// in 3 s reaches 0.09 to 0.12, and stays at half of it for half a second.
    private static var nearOffset: Double { @_noLocks get { 0.03 } }
    /// The same while the offset is known from less than 2 s of rest.
    private static var unlearnt: Double { @_noLocks get { 0.1 } }

    @_noLocks
    package init() {}

    /// Takes one pelvis sample: `up` and `specificForce` in the same axes, rates in rad/s.
    ///
    /// `isContinuous`: a set runs whose tempo has neither a hold nor a rest; `isUnderWay`: in a repetition.
    @_noLocks
    package mutating func step(
        up: Vector3, specificForce: Vector3, rate: Double, interval: Double,
        isContinuous: Bool = false, isUnderWay: Bool = false
    ) {
        residualSpan = 0
        guard interval > 0, interval < 0.5, specificForce.squaredNorm < 9.7e7 else {
            let known = (offset, knowsOffset)
            self = VerticalMotion()
            (offset, knowsOffset) = known
            return
        }
        let raw = specificForce.dot(up) - standardGravity
        let wasEven = evenFor
        smooth += (raw - smooth) * min(1, interval / VerticalMotion.smoothing)
        lowest = min(lowest, smooth)
        highest = max(highest, smooth)
        let isLeaning = !isStill && up.cross(evenUp).norm > VerticalMotion.leaning
        if highest - lowest > VerticalMotion.span || rate > VerticalMotion.turning || wasEven == 0
            || isLeaning
        {
            lowest = smooth
            highest = smooth
            evenUp = up
            evenFor = 0
            evenSum = 0
        }
        evenFor += interval
        evenSum += smooth * interval
        acceleration = raw - offset
        velocity += acceleration * interval
        height += velocity * interval
        sinceKnown += interval
        sinceSeen += interval
        if sinceSeen > VerticalMotion.forgetting {
            // What neither a rest nor a repetition has confirmed is mostly drift; movement goes to and fro around
            // nothing.
            velocity -= velocity * interval / VerticalMotion.leak
            height -= height * interval / VerticalMotion.leak
        }
        mostTurned = max(mostTurned, up.cross(restUp).norm)
        let limit = learnt >= 2 ? VerticalMotion.nearOffset : VerticalMotion.unlearnt
        // The mean, not the moment: a slow movement hovers about the limit.
        let near = abs(evenSum / evenFor - offset) < limit
        // Two seconds of evenness are no movement, whatever was known before.
        var wanted = near || !knowsOffset ? VerticalMotion.stillAfter : 2
        let isSure = isContinuous && isMeasured
        let moving = (isSure ? VerticalMotion.movingOnceMeasured : 1) * VerticalMotion.moving
        let piled = mostDrift(isSure: isSure) * (sinceKnown + VerticalMotion.drifted)
        if knowsOffset, abs(velocity) > min(moving, piled), sinceSeen < VerticalMotion.doubt {
            let isClose = abs(smooth - offset) < VerticalMotion.nearOffset
            // Half-way the speed is even too; so much of it is no drift.
            if isClose, !isUnderWay, abs(velocity) < max(moving, piled) {
                // Between repetitions there is no half-way.
                wanted = VerticalMotion.stillAfter
            } else if isClose, abs(velocity) < piled {
                wanted = VerticalMotion.movingAfter
            } else {
                wanted = abs(velocity) > moving ? 3 : VerticalMotion.betweenKnown
            }
        }
        // Where nobody rests, the slow middle of a movement is not to be taken for a rest.
        if isContinuous, isMeasured || isUnderWay {
            wanted = max(wanted, VerticalMotion.betweenKnown)
        }
        if isStill { soft += (acceleration - soft / VerticalMotion.softStart) * interval }
        if isStill, abs(soft) > VerticalMotion.softSpeed {
            // Even, but for long enough in one direction: a slow movement has begun, and what was learnt from its
            // beginning is not the sensor's.
            offset -= soft / learnt
            evenFor = 0
            evenSum = 0
        }
        let longEnough = evenFor >= wanted
        if longEnough {
            settle(interval, up: up)
        } else if isStill {
            // A movement begins too softly to be told from stillness: what it had by then is its own.
            velocity += soft
            isStill = false
        }
    }

    /// Takes off what turned out to be drift, m/s and m, and to be the sensor's, m/s².
    ///
    /// `isKnown`: what is left is the person's speed.
    @_noLocks
    package mutating func takeOff(
        speed: Double, way: Double, offset: Double = 0, isKnown: Bool = false
    ) {
        guard !isStill else { return }
        self.offset += max(
            -VerticalMotion.nearOffset, min(VerticalMotion.nearOffset, offset))
        sinceSeen = 0
        velocity -= speed
        height -= way
        if isKnown {
            sinceKnown = 0
            isMeasured = true
        }
    }

    /// m/s² by which the known offset may be off since.
    @_noLocks
    private func mostDrift(isSure: Bool) -> Double {
        let unturned = (isSure ? VerticalMotion.driftOnceMeasured : 1) * VerticalMotion.drift
        guard learnt >= 2 else { return unturned }
        return min(unturned, VerticalMotion.upright + VerticalMotion.turned * mostTurned)
    }

    @_noLocks
    private mutating func settle(_ interval: Double, up: Vector3) {
        if !isStill {
            residual = velocity
            residualSpan = sinceKnown
            height -= 0.5 * velocity * sinceKnown
        }
        if !isStill {
            stillFor = 0
            soft = 0
        }
        isStill = true
        sinceKnown = 0
        sinceSeen = 0
        restUp = up
        mostTurned = 0
        velocity = 0
        // Slowly once known: the end of a movement still rings in the smoothed reading.
        learnt = min(learnt + interval, VerticalMotion.memory)
        let weight = knowsOffset ? min(1, interval / learnt) : 1
        // Not at the very start of a stillness, nor at once: a movement begins and ends softly.
        if !knowsOffset || stillFor > 0.3 { offset += (smooth - offset) * weight }
        stillFor += interval
        knowsOffset = true
    }
}
