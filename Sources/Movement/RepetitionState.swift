// The four states of the machine that counts repetitions.

/// Where a repetition is.
enum RepetitionState: UInt8, BitwiseCopyable {
    case rest, out, far, back

    @_noLocks
    static func == (left: RepetitionState, right: RepetitionState) -> Bool {
        left.rawValue == right.rawValue
    }
}
