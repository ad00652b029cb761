// Which movements of a workout may be cued when only a share of them is.

/// Spreads the cued movements evenly: at 67 % two of three, at 10 % the first of ten.
package enum CueShare {
    /// Whether movement `number` of a workout, from 0, is among the `percent` that may be cued.
    ///
    /// It is where the count of cued ones, rounded up, grows with it.
    @_noLocks
    package static func isCued(_ number: UInt32, percent: UInt32) -> Bool {
        if percent >= 100 { return true }
        if percent == 0 { return false }
        let place = UInt64(number)
        let share = UInt64(percent)
        return ((place + 1) * share + 99) / 100 > (place * share + 99) / 100
    }
}
