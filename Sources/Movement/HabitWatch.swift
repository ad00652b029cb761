// Daily habits: hanging on one hip while standing, and sitting long (C17, C18).

import Kinematics

/// Follows standing and sitting at a slow pace.
package struct HabitWatch: BitwiseCopyable, Sendable {
    /// s of the present sitting.
    private var sitting = 0.0
    private var movement = 0.0
    private var upFor = 0.0

    /// rad beyond which the pelvis counts as hung (C17), rad/s below which the person stands still, rad of
    /// thigh beyond which they sit [engineering defaults].
    static var hangAngle: Double { @_noLocks get { 4 * radiansPerDegree } }
    private static var stillRate: Double { @_noLocks get { 8 * radiansPerDegree } }
    private static var sittingThigh: Double { @_noLocks get { 55 * radiansPerDegree } }
    /// s of standing that end a sitting: shifting in the chair is no break.
    private static var leastBreak: Double { @_noLocks get { 10 } }

    @_noLocks
    package init() {}

    /// Takes a pelvis sample; adds what can be judged to `signals`.
    @_noLocks
    package mutating func step(
        angles: BodyAngles, rate: Double, interval: Double, signals: inout SignalValues
    ) {
        guard interval > 0, interval < 2, let pelvis = angles.pelvis else { return }
        movement += (rate - movement) * min(1, interval / 2)
        var thigh = Double.nan
        if let left = angles.leftThigh { thigh = abs(left.anteriorTilt) }
        if let right = angles.rightThigh { thigh = abs(right.anteriorTilt) }
        if thigh.isFinite {
            if thigh > HabitWatch.sittingThigh {
                sitting += interval
                upFor = 0
            } else {
                upFor += interval
                if upFor >= HabitWatch.leastBreak { sitting = 0 }
            }
            signals.set(.sittingTime, sitting)
            if thigh > HabitWatch.sittingThigh { return }
        }
        guard movement < HabitWatch.stillRate else { return }
        var hang = abs(pelvis.obliquity)
        // With thighs: how far the pelvis is carried over either foot.
        if let left = angles.leftThigh { hang = max(hang, -left.obliquity) }
        if let right = angles.rightThigh { hang = max(hang, right.obliquity) }
        signals.set(.hang, hang)
    }
}
