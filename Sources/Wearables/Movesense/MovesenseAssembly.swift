// Puts Movesense's long packets together again: `2 reference …`, then `3 …` and `4 …` where the MTU is
// too small for one.

import Kinematics

/// A packet of the six-axis stream in the making: u32 milliseconds, n forces, then n rates.
///
/// Nothing says whether more parts follow, so that is learned: packets count only when two in a row came
/// without a further part, or when the further part has come. Half a packet could pass for a whole one,
/// with forces for rates.
struct MovesenseAssembly: Sendable, BitwiseCopyable {
    /// 32 samples of 24 bytes and the time.
    private static var room: Int { @_noLocks get { 772 } }

    private var bytes: InlineArray<772, UInt8>
    private var filled = 0
    private(set) var isOpen = false
    /// Parts of a packet: 0 not known yet.
    private var parts = 0
    private var taken = 0
    /// Packets in a row that nothing followed, while `parts` is not known.
    private var lonely = 0

    @_noLocks
    init() { bytes = InlineArray(repeating: 0) }

    @_noLocks
    mutating func begin(_ packet: Span<UInt8>) throws(DecodeError) {
        if isOpen, parts == 0 {
            lonely += 1
            if lonely == 2 { parts = 1 }
        }
        filled = 0
        taken = 0
        isOpen = false
        guard packet.count >= 2 + 4 else { throw .tooShort }
        try take(packet)
    }

    @_noLocks
    mutating func append(_ packet: Span<UInt8>) throws(DecodeError) {
        // 3 is a second part, 4 a third.
        let place = Int(try packet.uint8(at: 0)) - 1
        if place > parts { parts = place }
        if isOpen {
            try take(packet)
            return
        }
        // Its first part is lost, or was taken for a whole packet.
        throw .malformed
    }

    @_noLocks
    private mutating func take(_ packet: Span<UInt8>) throws(DecodeError) {
        guard filled + packet.count - 2 <= Self.room else {
            isOpen = false
            throw .malformed
        }
        var index = 2
        while index < packet.count {
            bytes[filled] = packet[index]
            filled += 1
            index += 1
        }
        isOpen = true
        taken += 1
    }

    @_noLocks
    mutating func close() { isOpen = false }

    var isComplete: Bool { @_noLocks get { isOpen && parts > 0 && taken == parts } }

    /// 0 where the bytes are not a whole number of samples.
    var sampleCount: Int {
        @_noLocks get { filled > 4 && (filled - 4) % 24 == 0 ? (filled - 4) / 24 : 0 }
    }

    var milliseconds: UInt32 { @_noLocks get { word(0) } }

    /// Vector `place` of the forces and rates, as sent; NaN passes through.
    @_noLocks
    func vector(_ place: Int) -> Vector3 {
        Vector3(number(3 * place), number(3 * place + 1), number(3 * place + 2))
    }

    @_noLocks
    private func number(_ place: Int) -> Double {
        Double(Float(bitPattern: word(4 + 4 * place)))
    }

    @_noLocks
    private func word(_ place: Int) -> UInt32 {
        guard place >= 0, place + 4 <= filled else { return 0 }
        return UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
            | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24
    }
}
