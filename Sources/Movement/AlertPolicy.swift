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
    /// The repetition or step of each rule's last cue.
    private var lastTick: InlineArray<32, UInt32>
    private var lastAny: Int64 = 0
    private var bestIndex = -1
    private var bestPriority: UInt8 = 255
    private var bestIsStop = false
    private var tick: UInt32 = 0
    private var rest = CueRest.seconds

    /// s between any two cues, so that one is over before the next begins (spoken cues last 0.7-1.1 s).
    private static var spacing: Double { @_noLocks get { 1.2 } }

    @_noLocks
    package init() {
        lastCue = InlineArray(repeating: 0)
        lastTick = InlineArray(repeating: 0)
    }

    /// Begins a new moment; `tick` counts repetitions or steps.
    @_noLocks
    package mutating func open(tick: UInt32 = 0, rest: CueRest = .seconds) {
        bestIndex = -1
        bestPriority = 255
        bestIsStop = false
        self.tick = tick
        self.rest = rest
    }

    /// A rule that is active at this moment asks to be cued.
    @_noLocks
    package mutating func offer(_ rule: Rule, at index: Int, time: Int64) {
        guard index >= 0, index < 32, !rule.reportOnly else { return }
        let last = lastCue[index]
        if last != 0 {
            if tick &- lastTick[index] < rest.ticks(of: rule.signal) { return }
            // Between repetitions the usual seconds say nothing; longer ones were asked for.
            if rest.countsSeconds || rule.refractory > Rule.usualRefractory,
                seconds(fromNanoseconds: time - last) < rule.refractory
            {
                return
            }
        }
        if rule.id.priority < bestPriority {
            bestPriority = rule.id.priority
            bestIndex = index
            bestIsStop = rule.signal == .fatigue
        }
    }

    /// True where a loss of balance or tiredness (C16) asks to be cued.
    ///
    /// Neither says how to move, so neither fading nor the silent part of a set holds it back.
    package var isUrgent: Bool {
        @_noLocks get { bestIndex >= 0 && (bestPriority == 0 || bestIsStop) }
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
        lastTick[bestIndex] = tick
        lastAny = time
        return bestIndex
    }
}
