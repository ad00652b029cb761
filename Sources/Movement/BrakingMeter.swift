// How hard a walk or a jog is stopped (EX20).

import Kinematics

/// The largest deceleration of the last second, half a second exactly and up to as much before it.
struct BrakingMeter: BitwiseCopyable, Sendable {
    private var smooth = 0.0
    private var present = 0.0
    private var before = 0.0
    private var elapsed = 0.0

    /// s: what is shorter is the shock of the foot, not the braking [engineering default].
    private static var smoothing: Double { @_noLocks get { 0.03 } }
    /// s of each of the two stretches [engineering default].
    private static var stretch: Double { @_noLocks get { 0.5 } }

    @_noLocks
    init() {}

    /// m/s² at this moment; below 0 while it goes faster.
    var deceleration: Double { @_noLocks get { -smooth } }

    /// m/s², 0 where nothing was braked.
    var largest: Double { @_noLocks get { max(present, before) } }

    /// Takes the forward acceleration, m/s².
    @_noLocks
    mutating func step(forward: Double, interval: Double) {
        guard forward.isFinite else { return }
        smooth += (forward - smooth) * min(1, interval / BrakingMeter.smoothing)
        elapsed += interval
        if elapsed > BrakingMeter.stretch {
            before = present
            present = 0
            elapsed = 0
        }
        present = max(present, -smooth)
    }
}
