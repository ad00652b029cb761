// Chooses at most one cue at a time, by priority, with rests between.

import Kinematics

/// Which of the rules that want to speak may.
///
/// Silence is success: without an active rule there is none.
package struct AlertPolicy: BitwiseCopyable, Sendable {
    /// Host ns of each rule's last cue; 0: none yet.
    ///
    /// Indexed as the plan's rules.
    private var lastCue: InlineArray<32, Int64>
    private var lastAny: Int64 = 0
    private var bestIndex = -1
    private var bestPriority: UInt8 = 255

    /// s between any two cues, so that one is over before the next begins (spoken cues last 0.7-1.1 s).
    private static var spacing: Double { @_noLocks get { 1.2 } }

    @_noLocks
    package init() { lastCue = InlineArray(repeating: 0) }

    /// Begins a new moment.
    @_noLocks
    package mutating func open() {
        bestIndex = -1
        bestPriority = 255
    }

    /// A rule that is active at this moment asks to be cued.
    @_noLocks
    package mutating func offer(_ rule: Rule, at index: Int, time: Int64) {
        guard index >= 0, index < 32, !rule.reportOnly else { return }
        let last = lastCue[index]
        if last != 0, seconds(fromNanoseconds: time - last) < rule.refractory { return }
        if rule.id.priority < bestPriority {
            bestPriority = rule.id.priority
            bestIndex = index
        }
    }

    /// The index of the rule to cue now, or nil.
    ///
    /// C19 does not wait for another cue to end.
    @_noLocks
    package mutating func choose(time: Int64) -> Int? {
        guard bestIndex >= 0 else { return nil }
        let urgent = bestPriority == 0
        if !urgent, lastAny != 0, seconds(fromNanoseconds: time - lastAny) < AlertPolicy.spacing {
            return nil
        }
        lastCue[bestIndex] = time
        lastAny = time
        return bestIndex
    }
}
