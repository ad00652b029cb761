// Stretches of a set with cues and without, in turn.

import Kinematics

/// So many seconds that may be cued, then so many that may not, from the beginning of the set on.
///
/// The gait drill's dose is "5 × 1 min cued, 1 min silent" (exercises, EX19): what stays in the silent minute is
/// what was learnt. A loss of balance is not held back by it.
package struct CueAlternation: BitwiseCopyable, Sendable, Equatable {
    /// s; `silent` 0: no silent stretch.
    package var cued: UInt16
    package var silent: UInt16
    /// s of the set that were done before its beginning, where it goes on after a pause.
    package var done: UInt16

    @_noLocks
    package init(cued: UInt16 = 0, silent: UInt16 = 0, done: UInt16 = 0) {
        self.cued = cued
        self.silent = silent
        self.done = done
    }

    /// Whether a moment so many ns after the set's beginning may be cued.
    @_noLocks
    package func isCued(after elapsed: Int64) -> Bool {
        guard silent > 0, elapsed >= 0 else { return true }
        let round = (Int64(cued) + Int64(silent)) * 1_000_000_000
        return (elapsed + Int64(done) * 1_000_000_000) % round < Int64(cued) * 1_000_000_000
    }
}
