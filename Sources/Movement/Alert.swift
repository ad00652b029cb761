// A decision to cue, as a plain value on its way to the outputs.

package import Kinematics

/// One cue, decided on the real-time thread.
package struct Alert: BitwiseCopyable, Sendable, Equatable {
    /// Counts alerts of a session from 1.
    package var number: UInt32
    /// Place of the deciding sample in the session.
    package var sequence: UInt64
    /// When the deciding sample was taken, host ns.
    package var time: Int64
    /// When the signal crossed the on-threshold in this episode, host ns.
    package var crossed: Int64
    package var rule: RuleID
    package var signal: Signal
    /// The signal at the decision, rad or ratio.
    package var value: Double
    package var stanceSide: Side?
    /// The pelvis' lower side, where both legs stand and it is not level; a recording has it in the frame.
    package var lowerSide: Side?

    @_noLocks
    package init(
        number: UInt32 = 0, sequence: UInt64 = 0, time: Int64 = 0, crossed: Int64 = 0,
        rule: RuleID = RuleID(number: 0), signal: Signal = .drop, value: Double = 0,
        stanceSide: Side? = nil
    ) {
        self.number = number
        self.sequence = sequence
        self.time = time
        self.crossed = crossed
        self.rule = rule
        self.signal = signal
        self.value = value
        self.stanceSide = stanceSide
    }
}
