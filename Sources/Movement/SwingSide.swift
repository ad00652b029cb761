// Which leg stands in walking: from the pelvis' swing, better from the thighs'.

import Kinematics

/// The side of the walking person's stance leg.
///
/// The pelvis swings over each foot in turn like the bob of a pendulum, so where it is furthest to the
/// right it is accelerated to the left: the stance is on the side away from the low-passed sideways
/// acceleration of the hips, and the steps change where that passes zero. With both thighs: the stance thigh goes
/// back while the other comes forward.
struct SwingSide: BitwiseCopyable {
    private(set) var side: Side?
    private(set) var seesThighs = false
    private var first = 0.0
    private var second = 0.0
    private var mean = 0.0
    private var power = 0.0
    private var ahead = 0.0
    private var aheadRate = 0.0
    private var hasAhead = false

    /// s of two low-passes in a row: what is left lies below some 2 Hz, the pace of strides.
    private static var smoothing: Double { @_noLocks get { 0.09 } }
    private static var meanTime: Double { @_noLocks get { 4.0 } }
    private static var powerTime: Double { @_noLocks get { 2.0 } }
    /// m/s²: less swing than this is no walk; rad/s: thighs that move less stand.
    private static var leastSwing: Double { @_noLocks get { 0.15 } }
    private static var leastRate: Double { @_noLocks get { 25 * radiansPerDegree } }

    @_noLocks
    init() {}

    @_noLocks
    mutating func step(_ moment: PelvisMoment, angles: BodyAngles) {
        let interval = moment.interval
        guard interval > 0, interval < 0.5, moment.force.squaredNorm < 9.7e7 else { return }
        let part = interval / (interval + SwingSide.smoothing)
        first += (moment.sideways - first) * part
        second += (first - second) * part
        mean += (second - mean) * min(1, interval / SwingSide.meanTime)
        let swing = second - mean
        power += (swing * swing - power) * min(1, interval / SwingSide.powerTime)
        let size = squareRoot(power)
        if size < SwingSide.leastSwing {
            side = nil
        } else if swing < -0.2 * size {
            side = .right
        } else if swing > 0.2 * size {
            side = .left
        }
        stepThighs(angles, interval: interval)
    }

    @_noLocks
    private mutating func stepThighs(_ angles: BodyAngles, interval: Double) {
        seesThighs = false
        guard let left = angles.leftThigh, let right = angles.rightThigh else {
            hasAhead = false
            return
        }
        // Growing where the left knee comes forward: the right leg stands.
        let now = right.anteriorTilt - left.anteriorTilt
        if hasAhead {
            let rate = (now - ahead) / interval
            aheadRate += (rate - aheadRate) * interval / (interval + 0.05)
        }
        ahead = now
        hasAhead = true
        guard case .some = side else { return }
        seesThighs = true
        if aheadRate > SwingSide.leastRate { side = .right }
        if aheadRate < -SwingSide.leastRate { side = .left }
    }
}
