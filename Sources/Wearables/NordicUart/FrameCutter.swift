// Cuts a byte stream into frames as a description says.

/// Bytes that wait to become a frame, at most `limit`.
struct FrameCutter: Sendable, BitwiseCopyable {
    static var limit: Int { @_noLocks get { 512 } }

    /// The description's framing without arrays.
    private enum Kind: UInt8, BitwiseCopyable { case line, fixed, header, notification }
    private let kind: Kind
    private let separator: UInt8
    private let length: Int
    private var sync: InlineArray<4, UInt8>
    private let syncCount: Int
    private let checksum: StreamDescription.Checksum
    private let checksumStart: Int

    private var bytes: FrameBytes
    private var filled = 0
    /// Bytes of the frame found last, which stay until the next search.
    private(set) var frameLength = 0
    /// How much to drop before the next search.
    private var spent = 0
    /// A line longer than the buffer is passed over up to its end.
    private var isSkipping = false
    /// Bytes or lines were passed over since this was last cleared.
    var hasDropped = false

    init(_ framing: StreamDescription.Framing) {
        bytes = InlineArray(repeating: 0)
        sync = InlineArray(repeating: 0)
        var start = 0
        var width = 0
        var end: UInt8 = 0
        var check = StreamDescription.Checksum.none
        var from = 0
        switch framing {
        case .line(let byte):
            kind = .line
            end = byte
        case .fixed(let size):
            kind = .fixed
            width = size
        case .header(let pattern, let size, let sum, let first):
            kind = .header
            width = size
            check = sum
            from = first
            for byte in pattern.prefix(4) {
                sync[start] = byte
                start += 1
            }
        case .notification: kind = .notification
        }
        separator = end
        length = width
        syncCount = start
        checksum = check
        checksumStart = from
    }

    /// Every byte so far belongs to a frame that was found.
    var isSpent: Bool { @_noLocks get { spent == filled } }

    /// What the description checks of a frame is not its content.
    var contentLength: Int { @_noLocks get { frameLength - checksum.width } }

    @_noLocks
    func byte(_ place: Int) -> UInt8 {
        place >= 0 && place < frameLength ? bytes[place] : 0
    }

    /// Lends the frame's content.
    @_noLocks
    func text() -> FrameBytes { bytes }

    @_noLocks
    mutating func put(_ byte: UInt8) {
        drop(spent)
        spent = 0
        if filled == Self.limit {
            hasDropped = true
            filled = 0
            isSkipping = true
        }
        bytes[filled] = byte
        filled += 1
    }

    @_noLocks
    private mutating func drop(_ count: Int) {
        if count == 0 { return }
        var index = count
        while index < filled {
            bytes[index - count] = bytes[index]
            index += 1
        }
        filled = filled > count ? filled - count : 0
    }

    /// True where the byte just put completes a frame; `isLast`: it ends its notification.
    @_noLocks
    mutating func hasFrame(isLast: Bool) -> Bool {
        drop(spent)
        spent = 0
        if filled == 0 { return false }
        switch kind {
        case .line:
            if bytes[filled - 1] != separator { return false }
            frameLength = filled - 1
            spent = filled
            if isSkipping {
                isSkipping = false
                return false
            }
            return frameLength > 0
        case .fixed:
            if filled < length { return false }
            return frame(length)
        case .header:
            isSkipping = false
            return findHeader()
        case .notification:
            if !isLast { return false }
            if isSkipping {
                isSkipping = false
                spent = filled
                return false
            }
            return frame(filled)
        }
    }

    @_noLocks
    private mutating func frame(_ count: Int) -> Bool {
        frameLength = count
        spent = count
        return true
    }

    @_noLocks
    private mutating func findHeader() -> Bool {
        while filled > 0 {
            var index = 0
            while index < syncCount, index < filled, bytes[index] == sync[index] { index += 1 }
            if index < syncCount && index < filled {
                hasDropped = true
                drop(1)
                continue
            }
            if filled < length { return false }
            if isSound { return frame(length) }
            hasDropped = true
            drop(1)
        }
        return false
    }

    private var isSound: Bool {
        @_noLocks get {
            let end = length - checksum.width
            switch checksum {
            case .none: return true
            case .sum8:
                var sum: UInt8 = 0
                for index in checksumStart..<end { sum &+= bytes[index] }
                return sum == bytes[end]
            case .xor8:
                var sum: UInt8 = 0
                for index in checksumStart..<end { sum ^= bytes[index] }
                return sum == bytes[end]
            case .crc16:
                var crc: UInt16 = 0xFFFF
                for index in checksumStart..<end {
                    crc ^= UInt16(bytes[index]) << 8
                    for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
                }
                return UInt16(bytes[end]) | UInt16(bytes[end + 1]) << 8 == crc
            }
        }
    }
}
