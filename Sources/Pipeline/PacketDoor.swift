// The one door: a packet descriptor of one (sensor, characteristic), and how its packets are stamped.

package import Plumbing
package import Wearables

/// Where the arrival time of a packet comes from.
package enum StampSource: Sendable, Equatable {
    /// The kernel's stamp of the moment the packet was queued.
    case kernel
    /// The packet's first 16 bytes: host time in ns and the packet's place in its session, both
    /// little-endian. A replay uses it, so that the recorded times and order decide, not today's.
    case inBand
}

/// A packet source handed to the pipeline.
package struct PacketSource: Sendable {
    package let descriptor: SharedDescriptor
    package let characteristic: CharacteristicIndex

    package init(descriptor: SharedDescriptor, characteristic: CharacteristicIndex) {
        self.descriptor = descriptor
        self.characteristic = characteristic
    }
}

/// Bytes before each packet of a door with stamps in band.
package let inBandHeadBytes = 16

/// One open door.
///
/// Owned by intake's thread.
final class PacketDoor {
    let descriptor: SharedDescriptor
    let characteristic: CharacteristicIndex
    var isOpen = true
    /// A packet read ahead of its turn (stamps in band only).
    var heldOrder: UInt64?
    var heldStamp: Int64 = 0
    var heldCount = 0
    private var held: [UInt8]

    init(_ source: PacketSource, stamps: StampSource) {
        descriptor = source.descriptor
        characteristic = source.characteristic
        held = [UInt8](repeating: 0, count: stamps == .inBand ? PacketSocket.maximumBytes : 0)
    }

    /// Lends the held packet's bytes without their head.
    func withHeldPacket<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let bytes = held
        return body(bytes.span.extracting(inBandHeadBytes..<max(inBandHeadBytes, heldCount)))
    }

    /// Reads the next packet into `held`, unless one waits already.
    ///
    /// False where a packet was refused: without a head there is no place for it in the session.
    func readAhead() -> Bool {
        guard isOpen, heldOrder == nil else { return true }
        var span = held.mutableSpan
        switch PacketSocket.receive(from: descriptor.rawValue, into: &span) {
        case .packet(let count, _) where count >= inBandHeadBytes:
            heldStamp = Int64(bitPattern: littleEndian(held, at: 0))
            heldOrder = littleEndian(held, at: 8)
            heldCount = count
        case .packet, .oversized: return false
        case .empty: break
        case .ended:
            guard PacketSocket.hasHungUp(descriptor.rawValue) else { return false }
            isOpen = false
        }
        return true
    }
}

private func littleEndian(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<8 { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    return value
}
