// What a decoder must know of a connection besides its packets, in a packet's own form.

package import Wearables

/// A connection that began, or a reply that its driver learned from while the sensor was configured.
///
/// It goes through intake like a packet, under a characteristic number that no family uses, so a
/// recording holds it in its place and a replay decodes as the session did.
enum ConnectionNews {
    /// A new link: the driver knows nothing yet, the sensor may have restarted its counters.
    case began
    /// A reply from the characteristic with this number.
    case reply(UInt8, [UInt8])

    /// No bytes: a connection began; else the characteristic's number and the reply.
    init(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else {
            self = .began
            return
        }
        var reply: [UInt8] = []
        for index in 1..<bytes.count { reply.append(bytes[index]) }
        self = .reply(bytes[0], reply)
    }

    /// The packets that tell a decoder of a new connection and what was learned while it was set up.
    static func packets(_ replies: [DriverReply]) -> [[UInt8]] {
        [[]] + replies.map { [$0.characteristic.rawValue] + $0.bytes }
    }
}

extension CharacteristicIndex {
    /// Not of a device: what follows is `ConnectionNews`.
    package static let connectionNews = CharacteristicIndex(rawValue: 255)
}
