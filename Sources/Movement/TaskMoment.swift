// What the trackers of a set take at one sample, and what may end at it.

import Kinematics

/// The pelvis at one moment, as the trackers need it.
struct PelvisMoment: BitwiseCopyable {
    /// Up and specific force in pelvis axes.
    var up: Vector3
    var force: Vector3
    /// rad/s about any axis, and about the vertical; NaN without a gyroscope.
    var rate: Double
    var verticalRate: Double
    var interval: Double
    var time: Int64
    /// The exercise's posture, at rest once where it is a lying one.
    var isReady: Bool
    var shift: ShiftEvent
    /// m/s² of the hips' middle to the right.
    var sideways: Double

    @_noLocks
    init(
        up: Vector3, force: Vector3, rate: Double, verticalRate: Double, interval: Double,
        time: Int64, isReady: Bool, shift: ShiftEvent, sideways: Double
    ) {
        self.up = up
        self.force = force
        self.rate = rate
        self.verticalRate = verticalRate
        self.interval = interval
        self.time = time
        self.isReady = isReady
        self.shift = shift
        self.sideways = sideways
    }
}

/// What ended at a sample.
struct TaskEvents: BitwiseCopyable {
    var repetition: Repetition?
    var step: Step?
    var landing: Landing?

    /// Something came to its end.
    var isAny: Bool {
        @_noLocks get {
            if let _ = repetition { return true }
            if let _ = step { return true }
            if let _ = landing { return true }
            return false
        }
    }

    @_noLocks
    init() {}
}
