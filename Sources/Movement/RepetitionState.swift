// The four states of the machine that counts repetitions.

/// Where a repetition is.
enum RepetitionState: UInt8, BitwiseCopyable {
    case rest, out, far, back

    @_noLocks
    static func == (left: RepetitionState, right: RepetitionState) -> Bool {
        left.rawValue == right.rawValue
    }
}

extension RepetitionState {
    /// True outside the rest between repetitions.
    var isMoving: Bool {
        @_noLocks get {
            switch self {
            case .rest: false
            default: true
            }
        }
    }

    /// Gone out, and not on the way back yet.
    var isOut: Bool {
        @_noLocks get {
            switch self {
            case .out, .far: true
            default: false
            }
        }
    }

    @_noLocks
    func phase(lowersFirst: Bool) -> RepetitionPhase {
        switch self {
        case .rest: .rest
        case .out: lowersFirst ? .lower : .raise
        case .far: .hold
        case .back: lowersFirst ? .raise : .lower
        }
    }
}
