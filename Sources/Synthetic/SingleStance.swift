// The common course of everything done on one leg: shift over the foot, lift, stand, touch down,
// return.

import Kinematics

/// Times of a single-leg stance, s from the start of its task, and the movement that belongs to it.
struct SingleStance: Sendable {
    /// Quiet stance before and after.
    static let margin = 0.3
    /// Time for the weight to move over the foot and back; chosen, in the range of the unloading
    /// phase before a slow leg lift.
    static let shiftLength = 0.8
    /// The weight starts back this long after touch-down.
    static let returnDelay = 0.1
    /// Half the length of the touch-down pulse.
    static let impactHalfWidth = 0.06

    let stance: Side
    let liftOff = margin + shiftLength
    let touchDown: Double
    /// Lengths of the free leg's way up and down.
    let rise: Double
    let lower: Double
    /// Angles of the free leg at the top, rad.
    let hipFlexion: Double
    let kneeFlexion: Double

    private init(
        stance: Side, seconds: Double, lower: Double? = nil, hipDegrees: Double,
        kneeDegrees: Double
    ) {
        self.stance = stance
        touchDown = liftOff + seconds
        rise = min(0.5, seconds / 2)
        self.lower = lower ?? rise
        hipFlexion = hipDegrees * radiansPerDegree
        kneeFlexion = kneeDegrees * radiansPerDegree
    }

    /// A small lift: the toes leave the floor by a hand's breadth.
    init(_ lift: FootLift) {
        self.init(
            stance: lift.lifted.opposite, seconds: lift.seconds, hipDegrees: 15, kneeDegrees: 30)
    }

    init(_ stand: OneLegStand) {
        self.init(stance: stand.stance, seconds: stand.seconds, hipDegrees: 20, kneeDegrees: 50)
    }

    /// The foot is still on its way down as the jerk begins, and lands `reaction` later.
    init(_ loss: BalanceLoss) {
        self.init(
            stance: loss.stance, seconds: loss.seconds + BalanceLossMotion.reaction,
            lower: BalanceLossMotion.reaction, hipDegrees: 20, kneeDegrees: 50)
    }

    /// End of the task.
    var end: Double { touchDown + Self.returnDelay + Self.shiftLength + Self.margin }

    /// Stance at a moment of the task.
    func stance(at time: Double) -> Stance {
        if time < Self.margin { return Stance(.both) }
        if time < liftOff { return Stance(.shifting) }
        if time < touchDown { return Stance(.single, side: stance) }
        if time < end - Self.margin { return Stance(.returning) }
        return Stance(.both)
    }

    /// Shift, load, free leg and touch-down pulse.
    func add(to pose: inout PoseOffsets, at time: Double, person: Person) {
        let over =
            SmoothCurve.step(time, start: Self.margin, length: Self.shiftLength)
            - SmoothCurve.step(
                time, start: touchDown + Self.returnDelay, length: Self.shiftLength)
        pose.right += over * (person.shift * stance.sign)
        pose.load += over * stance.sign
        let lifted = liftedShare(at: time)
        pose.lift(stance.opposite, hip: lifted * hipFlexion, knee: lifted * kneeFlexion)
        pose.up -= Self.impact(person.impact, at: time, touchDown: touchDown)
    }

    /// 0 with the foot down, 1 with the leg up.
    func liftedShare(at time: Double) -> Jet {
        SmoothCurve.step(time, start: liftOff, length: rise)
            - SmoothCurve.step(time, start: touchDown - lower, length: lower)
    }

    /// How far the pelvis sinks and recovers as the foot lands: a pulse whose peak upward
    /// acceleration is `peak` m/s².
    ///
    /// 3 m/s² moves the pelvis by 1.4 mm.
    static func impact(_ peak: Double, at time: Double, touchDown: Double) -> Jet {
        SmoothCurve.pulse(
            time, centre: touchDown + impactHalfWidth, halfWidth: impactHalfWidth)
            * (peak * impactHalfWidth * impactHalfWidth / 8)
    }
}
