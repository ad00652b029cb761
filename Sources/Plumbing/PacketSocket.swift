// The one door: a sequential-packet socket that keeps packet boundaries and carries kernel stamps.

import CLinux
import Glibc

/// What came out of a packet socket.
package enum PacketRead: Sendable, Equatable {
    /// `count` bytes; `realtimeStamp` is the kernel's CLOCK_REALTIME nanoseconds, where it gave one.
    case packet(count: Int, realtimeStamp: Int64?)
    /// Longer than any wearable's packet: refused.
    case oversized
    case empty
    /// No bytes: the end of the stream, or a packet of length zero (`hasHungUp` tells).
    case ended
}

/// Making and using packet sockets.
///
/// Stateless: the descriptor is the state.
package enum PacketSocket {
    /// The longest packet a wearable sends over BLE (ATT's limit is 512), with room for a replay head.
    package static let maximumBytes = 544

    /// A connected pair: one end for the source, one for intake.
    package static func pair() throws(PlumbingError) -> PacketSocketPair {
        var ends: [Int32] = [-1, -1]
        let status = unsafe rehab_packet_pair(&ends)
        try checked(status, "create a packet socket pair")
        return PacketSocketPair(
            source: Descriptor(owning: ends[0]), sink: Descriptor(owning: ends[1]))
    }

    /// Asks for kernel stamps on what arrives at `descriptor`.
    package static func requestStamps(_ descriptor: Int32) throws(PlumbingError) {
        try checked(rehab_stamp_packets(descriptor), "ask for packet time stamps")
    }

    /// Reads one packet without waiting, without allocating.
    ///
    /// Descriptors that a stranger attached are closed.
    package static func receive(
        from descriptor: Int32, into buffer: inout MutableSpan<UInt8>
    ) -> PacketRead {
        let message = unsafe buffer.withUnsafeMutableBytes { space in
            unsafe rehab_receive(descriptor, space.baseAddress, space.count)
        }
        if message.descriptor_count > 0 { closeAll(message) }
        if message.size < 0 { return message.size == -11 /* EAGAIN */ ? .empty : .ended }
        if message.truncated { return .oversized }
        if message.size == 0 { return .ended }
        return .packet(
            count: message.size, realtimeStamp: message.has_stamp ? message.stamp_ns : nil)
    }

    /// Sends one packet; waits while the other end's queue is full.
    ///
    /// False once the other end is gone.
    package static func send(_ packet: [UInt8], to descriptor: borrowing Descriptor) -> Bool {
        send(packet, toRaw: descriptor.rawValue)
    }

    package static func send(_ packet: [UInt8], to descriptor: SharedDescriptor) -> Bool {
        send(packet, toRaw: descriptor.rawValue)
    }

    private static func send(_ packet: [UInt8], toRaw descriptor: Int32) -> Bool {
        let sent = unsafe packet.withUnsafeBytes { bytes in
            unsafe rehab_send(descriptor, bytes.baseAddress, bytes.count, nil, 0)
        }
        return sent == packet.count
    }

    /// True once the other end is closed, or has stopped writing, and all it sent was read: tells the
    /// end of the stream from a packet of length zero.
    package static func hasHungUp(_ descriptor: Int32) -> Bool {
        let stoppedWriting: Int16 = 0x2000  // POLLRDHUP
        var entry = pollfd(fd: descriptor, events: stoppedWriting, revents: 0)
        guard unsafe poll(&entry, 1, 0) > 0,
            entry.revents & (Int16(POLLHUP | POLLERR | POLLNVAL) | stoppedWriting) != 0
        else { return false }
        var waiting: Int32 = 0
        return unsafe ioctl(descriptor, UInt(FIONREAD), &waiting) != 0 || waiting == 0
    }

    private static func closeAll(_ message: rehab_message) {
        for descriptor in message.ownedDescriptors() { _ = Descriptor(owning: descriptor) }
    }
}

/// The two ends of a packet socket pair.
package struct PacketSocketPair: ~Copyable, Sendable {
    package let source: Descriptor
    package let sink: Descriptor

    /// Takes the pair apart.
    package consuming func split() -> (source: Int32, sink: Int32) {
        (source.release(), sink.release())
    }
}

extension rehab_message {
    /// The received descriptors; the caller owns them.
    func ownedDescriptors() -> [Int32] {
        var copy = self
        let count = max(0, min(Int(descriptor_count), Int(REHAB_MAX_DESCRIPTORS)))
        return unsafe withUnsafeBytes(of: &copy.descriptors) { bytes in
            unsafe Array(bytes.bindMemory(to: Int32.self).prefix(count))
        }
    }
}
