// Which leg takes over in walking: from the pelvis' swing, better from the thighs.

import Kinematics

/// Which way the walking person's pelvis is pushed.
///
/// The pelvis swings over each foot in turn like the bob of a pendulum, so where it is furthest to the
/// right it is accelerated to the left: while the right leg stands the low-passed sideways acceleration of the
/// hips is to the left. With both thighs: the foot that meets the floor is that of the thigh in front.
struct SwingSide: BitwiseCopyable {
    /// Sideways acceleration to the right as a multiple of its own RMS, within ±1.5; 0 where there is no swing.
    private(set) var push = 0.0
    /// The leg in front, where both thighs are worn and apart.
    private(set) var leading: Side?
    /// True while both thighs are seen.
    private(set) var seesThighs = false
    private var first = 0.0
    private var second = 0.0
    private var mean = 0.0
    private var power = 0.0

    /// s of two low-passes in a row: what is left lies below some 2 Hz, the pace of strides.
    private static var smoothing: Double { @_noLocks get { 0.09 } }
    private static var meanTime: Double { @_noLocks get { 4.0 } }
    private static var powerTime: Double { @_noLocks get { 2.0 } }
    /// m/s²: less swing than this is no walk; rad: thighs that are closer say nothing.
    private static var leastSwing: Double { @_noLocks get { 0.15 } }
    private static var apart: Double { @_noLocks get { 6 * radiansPerDegree } }

    @_noLocks
    init() {}

    @_noLocks
    mutating func step(_ moment: PelvisMoment, angles: BodyAngles) {
        leading = nil
        seesThighs = false
        if let left = angles.leftThigh, let right = angles.rightThigh {
            seesThighs = true
            // Knee forward is a negative tilt.
            let ahead = left.anteriorTilt - right.anteriorTilt
            if abs(ahead) > SwingSide.apart { leading = ahead > 0 ? .right : .left }
        }
        let interval = moment.interval
        guard interval > 0, interval < 0.5, moment.force.squaredNorm < 9.7e7 else { return }
        let part = interval / (interval + SwingSide.smoothing)
        first += (moment.sideways - first) * part
        second += (first - second) * part
        mean += (second - mean) * min(1, interval / SwingSide.meanTime)
        let swing = second - mean
        power += (swing * swing - power) * min(1, interval / SwingSide.powerTime)
        let size = squareRoot(power)
        push = size < SwingSide.leastSwing ? 0 : max(-1.5, min(1.5, swing / size))
    }
}
