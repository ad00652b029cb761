// How level the pelvis is, moment by moment, for outputs that sound it continuously.

/// A plain value on its way to the alert thread.
package struct BodyLevel: BitwiseCopyable, Sendable {
    /// When the sample was taken, host ns.
    package var time: Int64
    /// rad from neutral, positive: right side lower; NaN where not measured.
    package var obliquity: Double
    /// All gates are open and the task is being done: the value may be sounded.
    package var isJudged: Bool

    @_noLocks
    package init(time: Int64 = 0, obliquity: Double = .nan, isJudged: Bool = false) {
        self.time = time
        self.obliquity = obliquity
        self.isJudged = isJudged
    }

    @_noLocks
    package init(_ frame: MotionFrame) {
        self.init(
            time: frame.time, obliquity: frame.obliquity,
            isJudged: frame.gates.isOpen && frame.phase == .holding && !frame.isSilentPart)
    }
}
