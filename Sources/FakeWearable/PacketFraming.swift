// The bytes of one message on a packet descriptor, with or without its stamp in front.

/// Who says when a packet arrived.
package enum StampMode: Sendable, Equatable {
    /// The message is the packet; the kernel stamps it as it is queued.
    case kernel
    /// The message is an Int64 stamp (CLOCK_MONOTONIC ns), a UInt64 order counter shared by all
    /// channels of the session, counted from 0, and the packet; both numbers little-endian.
    case inBand
}

/// Builds messages.
///
/// Stateless.
package enum PacketFraming {
    /// Bytes in front of the packet with stamps in band.
    package static let headBytes = 16

    package static func message(
        _ packet: [UInt8], stamp: Int64, order: UInt64, mode: StampMode
    ) -> [UInt8] {
        guard mode == .inBand else { return packet }
        var message: [UInt8] = []
        message.reserveCapacity(headBytes + packet.count)
        append(UInt64(bitPattern: stamp), to: &message)
        append(order, to: &message)
        message += packet
        return message
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift: UInt64 in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(word >> shift & 0xff))
        }
    }
}
