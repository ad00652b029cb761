// Cues that wait for the end of the movement: what was active in it, and how far it went.

/// Rules that became active in the present repetition, step, landing or hold.
///
/// Used where samples come too late for a cue in the movement (compensations 5 and 7: output or data
/// later than 150 ms).
struct EndCues: BitwiseCopyable, Sendable {
    /// Bit i: rule i of the plan.
    private(set) var waiting: UInt32 = 0
    private var largest: InlineArray<32, Double>

    @_noLocks
    init() { largest = InlineArray(repeating: 0) }

    /// Keeps that rule `index` is active, with its signal.
    @_noLocks
    mutating func note(_ index: Int, value: Double?) {
        guard index >= 0, index < 32 else { return }
        let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: index)
        if waiting & bit == 0 { largest[index] = 0 }
        waiting |= bit
        if let value, value.isFinite { largest[index] = max(largest[index], value) }
    }

    @_noLocks
    func isWaiting(_ index: Int) -> Bool {
        waiting & (1 << UInt32(truncatingIfNeeded: index)) != 0
    }

    /// The largest value of a rule's signal in the movement.
    @_noLocks
    func largest(_ index: Int) -> Double { index >= 0 && index < 32 ? largest[index] : 0 }

    /// The next movement begins.
    @_noLocks
    mutating func clear() { waiting = 0 }
}
