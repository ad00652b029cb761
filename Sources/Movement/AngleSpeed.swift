// How fast an angle changes, without its noise.

import Kinematics

/// An angle and its speed behind two low-passes of first order, rad and rad/s.
struct AngleSpeed: BitwiseCopyable, Sendable {
    private(set) var value = 0.0
    private(set) var speed = 0.0

    /// s of each: they widen a movement of 1 s by 2 %.
    private static var smoothing: Double { @_noLocks get { 0.025 } }

    @_noLocks
    init(at angle: Double = 0) { value = angle }

    @_noLocks
    mutating func step(_ angle: Double, interval: Double) {
        let part = interval / (interval + AngleSpeed.smoothing)
        let before = value
        value += (angle - value) * part
        speed += ((value - before) / interval - speed) * part
    }
}
