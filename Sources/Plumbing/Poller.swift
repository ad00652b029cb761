// Waits on many descriptors at once (epoll).

import CLinux

/// An epoll set.
///
/// Owned by one thread.
package struct Poller: ~Copyable, Sendable {
    /// What to wait for, and what happened.
    package struct Events: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Events(rawValue: 0x001)  // EPOLLIN
        package static let writable = Events(rawValue: 0x004)  // EPOLLOUT
        package static let error = Events(rawValue: 0x008)  // EPOLLERR, always reported
        package static let hangup = Events(rawValue: 0x010)  // EPOLLHUP, always reported
        package static let peerClosed = Events(rawValue: 0x2000)  // EPOLLRDHUP
    }

    private let descriptor: Descriptor
    private var ready: [rehab_ready]

    package init(capacity: Int = 64) throws(PlumbingError) {
        descriptor = Descriptor(owning: try checked(rehab_epoll_create(), "create a poll set"))
        ready = Array(repeating: rehab_ready(), count: min(max(capacity, 1), 64))
    }

    /// The set's own descriptor, which is readable when a member is ready.
    package var rawValue: Int32 { descriptor.rawValue }

    package func add(_ member: Int32, _ events: Events, token: UInt64) throws(PlumbingError) {
        try checked(
            rehab_epoll_add(descriptor.rawValue, member, events.rawValue, token),
            "watch a descriptor")
    }

    package func modify(_ member: Int32, _ events: Events, token: UInt64) throws(PlumbingError) {
        try checked(
            rehab_epoll_modify(descriptor.rawValue, member, events.rawValue, token),
            "change what is watched on a descriptor")
    }

    package func remove(_ member: Int32) {
        _ = rehab_epoll_remove(descriptor.rawValue, member)
    }

    /// Waits up to `milliseconds` (nil: without limit) and returns how many members are ready.
    ///
    /// Read them with `token(at:)` and `events(at:)`. An interrupted wait returns 0.
    package mutating func wait(milliseconds: Int32? = nil) -> Int {
        let count = unsafe ready.withUnsafeMutableBufferPointer { space in
            unsafe rehab_epoll_wait(
                descriptor.rawValue, space.baseAddress, Int32(space.count), milliseconds ?? -1)
        }
        return max(0, Int(count))
    }

    package func token(at index: Int) -> UInt64 { ready[index].token }

    package func events(at index: Int) -> Events { Events(rawValue: ready[index].events) }
}
