// Stream sockets in the file system: listen, accept, connect, and descriptors that travel along.

import CLinux
import Glibc

/// Who is at the other end of a connection, as the kernel recorded it at connect time.
package struct PeerCredentials: Sendable, Equatable {
    /// For people only: process ids are re-used, so nothing is decided by it.
    package let processID: Int32
    package let userID: UInt32
    package let groupID: UInt32

    package init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }
}

/// What came out of a stream socket.
package enum StreamRead: Sendable {
    case bytes(count: Int, descriptors: [SharedDescriptor])
    case empty
    case ended
    case failed(Int32)
}

/// What became of bytes given to a stream socket.
package enum StreamWrite: Sendable, Equatable {
    case wrote(Int)
    case full
    case ended
}

/// Unix stream sockets.
///
/// Stateless.
package enum UnixSocket {
    /// The longest path the kernel takes, bytes.
    package static var pathLimit: Int { Int(rehab_unix_path_limit()) }

    /// Listens at `path` with the given file mode.
    ///
    /// Throws EADDRINUSE where a file is in the way.
    package static func listen(
        path: String, mode: UInt32, backlog: Int32 = 64
    ) throws(PlumbingError) -> Descriptor {
        let status = unsafe rehab_unix_listen(path, mode, backlog)
        return Descriptor(owning: try checked(status, "listen on \(path)"))
    }

    /// Connects; the descriptor is blocking.
    package static func connect(path: String) throws(PlumbingError) -> Descriptor {
        let status = unsafe rehab_unix_connect(path)
        return Descriptor(owning: try checked(status, "connect to \(path)"))
    }

    /// The next waiting connection (non-blocking descriptor), or nil.
    package static func accept(from listener: Int32) -> Descriptor? {
        let status = rehab_unix_accept(listener)
        return status < 0 ? nil : Descriptor(owning: status)
    }

    package static func peer(of descriptor: Int32) throws(PlumbingError) -> PeerCredentials {
        var peer = rehab_peer()
        let status = unsafe rehab_unix_peer(descriptor, &peer)
        try checked(status, "ask who is connected")
        return PeerCredentials(processID: peer.pid, userID: peer.uid, groupID: peer.gid)
    }

    /// Reads what waits, without blocking, with any descriptors sent along.
    package static func receive(from descriptor: Int32, into buffer: inout [UInt8]) -> StreamRead {
        let message = unsafe buffer.withUnsafeMutableBytes { space in
            unsafe rehab_receive(descriptor, space.baseAddress, space.count)
        }
        let descriptors = message.ownedDescriptors().map {
            SharedDescriptor(Descriptor(owning: $0))
        }
        if message.size == 0 { return .ended }
        if message.size > 0 { return .bytes(count: message.size, descriptors: descriptors) }
        let code = Int32(-message.size)
        return code == EAGAIN || code == EWOULDBLOCK ? .empty : .failed(code)
    }

    /// Waits until `descriptor` is readable; false at the timeout.
    package static func waitReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Waits until `descriptor` is writable; false at the timeout.
    package static func waitWritable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Writes from `offset` on, with descriptors on the first byte.
    package static func send(
        _ bytes: [UInt8], from offset: Int = 0, descriptors: [Int32] = [], to descriptor: Int32
    ) -> StreamWrite {
        guard offset >= 0, offset < bytes.count else { return .wrote(0) }
        let sent = unsafe bytes.withUnsafeBytes { space -> Int in
            guard let base = space.baseAddress else { return 0 }
            return unsafe rehab_send(
                descriptor, base + offset, space.count - offset, descriptors,
                Int32(descriptors.count))
        }
        if sent >= 0 { return .wrote(sent) }
        return sent == -Int(EAGAIN) || sent == -Int(EWOULDBLOCK) ? .full : .ended
    }
}
