// Raw packets of any length on their way from intake to the recorder: one producer, one consumer.

import Synchronization

/// What travels with each packet's bytes.
package struct PacketHead: BitwiseCopyable, Sendable, Equatable {
    /// Host time at which the packet arrived, ns.
    package var stamp: Int64
    package var channel: UInt8
    package var characteristic: UInt8

    @_noLocks
    package init(stamp: Int64, channel: UInt8, characteristic: UInt8) {
        self.stamp = stamp
        self.channel = channel
        self.characteristic = characteristic
    }
}

/// A bounded ring of bytes that keeps packet boundaries; refuses and counts when full.
///
/// Domains: `tail` and `refusals` belong to the producer, `head` to the consumer. Memory is taken and
/// touched at the start, as that of the other rings: intake meets no page fault, and a daemon that runs
/// for days has the size it had after its first second.
@safe
package final class PacketRing: @unchecked Sendable {
    private static let headBytes = 12
    private let capacity: Int
    private let storage: UnsafeMutablePointer<UInt8>
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)
    private let refusals = Atomic<Int>(0)

    /// `capacity` bytes: packets with 12 bytes of head each.
    package init(capacity: Int) {
        self.capacity = max(capacity, 4096)
        unsafe storage = UnsafeMutablePointer<UInt8>.allocate(capacity: self.capacity)
        // Not zero: the allocator's fresh pages are, and storing that again could be left out.
        unsafe storage.initialize(repeating: 0xFF, count: self.capacity)
    }

    deinit { unsafe storage.deallocate() }

    /// Producer only.
    ///
    /// False, and counted, where there is no room.
    package func push(_ packet: Span<UInt8>, _ info: PacketHead) -> Bool {
        let size = PacketRing.headBytes + packet.count
        let place = tail.load(ordering: .relaxed)
        guard packet.count <= Int(UInt16.max),
            place - head.load(ordering: .acquiring) + size <= capacity
        else {
            refusals.store(refusals.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            return false
        }
        var at = place
        put(UInt64(bitPattern: info.stamp), bytes: 8, &at)
        put(UInt64(info.channel), bytes: 1, &at)
        put(UInt64(info.characteristic), bytes: 1, &at)
        put(UInt64(packet.count), bytes: 2, &at)
        for index in 0..<packet.count {
            unsafe storage[at % capacity] = packet[index]
            at &+= 1
        }
        tail.store(at, ordering: .releasing)
        return true
    }

    /// Consumer only.
    ///
    /// The oldest packet, appended to `bytes`; nil where the ring is empty.
    package func pop(appendingTo bytes: inout [UInt8]) -> PacketHead? {
        var at = head.load(ordering: .relaxed)
        guard at < tail.load(ordering: .acquiring) else { return nil }
        let stamp = Int64(bitPattern: take(bytes: 8, &at))
        let channel = UInt8(truncatingIfNeeded: take(bytes: 1, &at))
        let characteristic = UInt8(truncatingIfNeeded: take(bytes: 1, &at))
        let count = Int(take(bytes: 2, &at))
        for _ in 0..<count {
            bytes.append(unsafe storage[at % capacity])
            at &+= 1
        }
        head.store(at, ordering: .releasing)
        return PacketHead(stamp: stamp, channel: channel, characteristic: characteristic)
    }

    /// Packets refused so far.
    ///
    /// Any thread.
    package var refused: Int { refusals.load(ordering: .relaxed) }

    private func put(_ value: UInt64, bytes count: Int, _ at: inout Int) {
        for shift in 0..<count {
            unsafe storage[at % capacity] = UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))
            at &+= 1
        }
    }

    private func take(bytes count: Int, _ at: inout Int) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<count {
            value |= UInt64(unsafe storage[at % capacity]) << UInt64(8 * shift)
            at &+= 1
        }
        return value
    }
}
