// What counts only three times in a row.

/// The least of the three newest values in succession: beyond a threshold only where all three are, whatever the
/// threshold is (C14, C20).
struct ThreeInARow: BitwiseCopyable {
    private var last = 0.0
    private var before = 0.0

    @_noLocks
    init() {}

    /// The row has been broken: the next value is the first of another.
    @_noLocks
    mutating func breakOff() {
        last = 0
        before = 0
    }

    @_noLocks
    mutating func least(with newest: Double) -> Double {
        let least = min(newest, min(last, before))
        (before, last) = (last, newest)
        return least
    }
}
