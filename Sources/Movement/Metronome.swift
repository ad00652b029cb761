// Repetitions by the clock, for movements that the worn sensors do not show.

import Kinematics

/// The clock of a tempo: phases and count from the moment the person was ready.
package struct Metronome: BitwiseCopyable, Sendable {
    package private(set) var phase = RepetitionPhase.none
    private var start: Int64 = 0
    private var count = 0

    @_noLocks
    package init() {}

    /// Takes the time; true where a repetition ended by the clock.
    @_noLocks
    package mutating func step(_ tempo: Tempo, wanted: Int = 0, time: Int64) -> Bool {
        guard tempo.total > 0.5, wanted == 0 || count < wanted else {
            phase = .none
            return false
        }
        if start == 0 { start = time }
        let elapsed = seconds(fromNanoseconds: time &- start)
        guard elapsed >= 0, elapsed < 86_400 else { return false }
        let turns = Int(elapsed / tempo.total)
        let into = elapsed - Double(turns) * tempo.total
        if into < tempo.raise {
            phase = .raise
        } else if into < tempo.raise + tempo.hold {
            phase = .hold
        } else if into < tempo.raise + tempo.hold + tempo.lower {
            phase = .lower
        } else {
            phase = .rest
        }
        // With a rest, the repetition ends where that begins.
        let ended = turns + (phase == .rest ? 1 : 0)
        guard ended > count else { return false }
        count = ended
        return true
    }
}
