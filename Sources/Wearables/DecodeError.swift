// The reasons for which a packet yields no sample.

/// Why a decoder refused a packet.
///
/// A plain enum: throwing it allocates nothing, so a stream of hostile packets costs intake no more
/// than a good one. Intake counts the cases; `message` words them for people.
package enum DecodeError: UInt8, Error, Sendable, BitwiseCopyable, CaseIterable {
    /// The packet ends before the last field it must hold (also: cut by a small MTU).
    case tooShort
    /// A length inside the packet contradicts the packet.
    case malformed
    /// A floating-point field is NaN or infinite.
    case notFinite
    /// A value that the sensor cannot produce, far outside its range.
    case outOfRange
    /// The check bytes do not fit the content.
    case checksum
    /// The packet repeats the time of the one before.
    case duplicate
    /// The packet is older than one already taken.
    case stale
    /// The packet came from a characteristic that carries no stream in this configuration.
    case unexpectedCharacteristic
    /// The configured payload lacks acceleration or angular rate.
    case noInertialData
    /// The caller's buffer has no room for the samples of this packet.
    case noRoom

    /// What happened, in words.
    package var message: String {
        switch self {
        case .tooShort: "too short: the packet ends inside a field (is the MTU too small?)"
        case .malformed: "malformed: a length in the packet contradicts the packet"
        case .notFinite: "not finite: a field holds NaN or infinity"
        case .outOfRange: "out of range: a value far beyond what the sensor can measure"
        case .checksum: "checksum: the bytes of the message must sum to 0 modulo 256"
        case .duplicate: "duplicate: the packet repeats the time of the one before"
        case .stale: "stale: the packet is older than one already taken"
        case .unexpectedCharacteristic:
            "unexpected characteristic: it carries no such data in this configuration"
        case .noInertialData: "no inertial data: the payload lacks acceleration or angular rate"
        case .noRoom: "no room: the caller's buffer cannot take the samples of one packet"
        }
    }

    /// True for packets that are well formed but come again or too late: counted as duplicates,
    /// not as decode errors.
    package var isRepetition: Bool {
        @_noLocks get { self == .duplicate || self == .stale }
    }
}
