// A file descriptor that is closed exactly once, at the end of its life.

import CLinux
import Glibc

/// An open file descriptor, owned.
///
/// Handing it over is `consuming`; the last owner closes it.
package struct Descriptor: ~Copyable, Sendable {
    /// The kernel's number; valid while this value lives.
    package let rawValue: Int32

    /// Takes ownership of an open descriptor.
    package init(owning rawValue: Int32) { self.rawValue = rawValue }

    deinit { _ = close(rawValue) }

    /// Gives the number away without closing it.
    package consuming func release() -> Int32 {
        let value = rawValue
        discard self
        return value
    }

    /// A second descriptor of the same open file.
    package func duplicate() throws(PlumbingError) -> Descriptor {
        Descriptor(owning: try checked(duplicated(rawValue), "duplicate a descriptor"))
    }

    /// Makes reads and writes return at once instead of waiting.
    package func setNonblocking(_ on: Bool) throws(PlumbingError) {
        try checked(rehab_set_nonblocking(rawValue, on), "change the mode of a descriptor")
    }

    /// True for a sequential-packet socket: the only kind that may be a packet source.
    package var isPacketSocket: Bool {
        var type: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let status = unsafe getsockopt(rawValue, SOL_SOCKET, SO_TYPE, &type, &size)
        return status == 0 && type == Int32(SOCK_SEQPACKET.rawValue)
    }
}

private func duplicated(_ descriptor: Int32) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    return copy < 0 ? -errno : copy
}

/// A shared handle of a descriptor for owners that need reference semantics (an actor's table, a queue).
package final class SharedDescriptor: Sendable {
    package let rawValue: Int32

    package init(_ descriptor: consuming Descriptor) { rawValue = descriptor.release() }

    deinit { _ = close(rawValue) }

    /// A descriptor of its own for a new owner.
    package func duplicate() throws(PlumbingError) -> Descriptor {
        Descriptor(owning: try checked(duplicated(rawValue), "duplicate a descriptor"))
    }

    /// Makes reads, writes and accepts return at once instead of waiting.
    package func setNonblocking(_ on: Bool) throws(PlumbingError) {
        try checked(rehab_set_nonblocking(rawValue, on), "change the mode of a descriptor")
    }

    package var isPacketSocket: Bool {
        let borrowed = Descriptor(owning: rawValue)
        let answer = borrowed.isPacketSocket
        _ = borrowed.release()
        return answer
    }
}
