// The calling end of a connection: blocking, one call at a time, with limits of time.

package import Plumbing

/// A connection to a Varlink service.
///
/// Owned by one thread; closes when it goes.
package struct VarlinkConnection: ~Copyable {
    /// The longest reply taken, bytes: systemd's limit.
    package static let maximumReply = 16 << 20

    private let descriptor: Descriptor
    private var framing: VarlinkFraming
    private var buffer: [UInt8]

    /// Connects to the service that listens at `path`.
    package init(path: String) throws(VarlinkError) {
        do throws(PlumbingError) {
            self.init(over: try UnixSocket.connect(path: path))
        } catch {
            throw .socket(action: error.action, code: error.code, reason: error.reason)
        }
    }

    /// Speaks over a connected stream socket.
    package init(over descriptor: consuming Descriptor) {
        // On a socket that refused the mode, sends would wait without a limit of time: no more.
        try? descriptor.setNonblocking(true)
        self.descriptor = descriptor
        framing = VarlinkFraming(limit: VarlinkConnection.maximumReply)
        buffer = [UInt8](repeating: 0, count: 1 << 16)
    }

    /// For waiting on several things at once; readable when a reply may have come.
    package var rawValue: Int32 { descriptor.rawValue }

    /// Sends bytes, with descriptors that travel with the first of them.
    package func send(
        _ message: [UInt8], descriptors: [Int32] = [], within milliseconds: Int
    ) throws(VarlinkError) {
        let deadline = VarlinkConnection.deadline(milliseconds)
        var offset = 0
        while offset < message.count {
            let sent = UnixSocket.send(
                message, from: offset, descriptors: offset == 0 ? descriptors : [],
                to: descriptor.rawValue)
            switch sent {
            case .wrote(let count): offset += count
            case .ended: throw .disconnected
            case .full:
                guard let left = VarlinkConnection.left(until: deadline) else {
                    throw .timedOut(milliseconds: milliseconds)
                }
                _ = UnixSocket.waitWritable(descriptor.rawValue, milliseconds: left)
            }
        }
    }

    /// The next message without its NUL.
    ///
    /// Waits without limit where `milliseconds` is nil; returns nil when the time is up.
    package mutating func receive(
        within milliseconds: Int?
    ) throws(VarlinkError) -> [UInt8]? {
        let deadline = VarlinkConnection.deadline(milliseconds)
        while true {
            if let (message, _) = try framing.next() { return message }
            switch UnixSocket.receive(from: descriptor.rawValue, into: &buffer) {
            case .bytes(let count, _): framing.append(buffer[..<count])
            case .ended, .failed: throw .disconnected
            case .empty:
                guard let left = VarlinkConnection.left(until: deadline) else { return nil }
                _ = UnixSocket.waitReadable(descriptor.rawValue, milliseconds: left)
            }
        }
    }

    private static func deadline(_ milliseconds: Int?) -> Int64? {
        guard let milliseconds else { return nil }
        let span = Int64(max(0, min(milliseconds, 1 << 40))) &* 1_000_000
        return MonotonicClock.now() &+ span
    }

    /// Milliseconds to hand to the kernel: -1 without a deadline; nil once it has passed.
    private static func left(until deadline: Int64?) -> Int32? {
        guard let deadline else { return -1 }
        let left = deadline &- MonotonicClock.now()
        return left > 0 ? Int32(clamping: left / 1_000_000 &+ 1) : nil
    }
}
