// A client of the control socket without manners: sends any bytes, and says what comes back.

import Plumbing
import Varlink

/// A raw connection.
///
/// Owned by one thread.
package final class RawClient {
    private let descriptor: SharedDescriptor
    private var framing = VarlinkFraming(limit: 16 << 20)
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// What came of waiting for a message.
    package enum Answer: Equatable {
        case reply(VarlinkReply)
        case closed
        case nothing
    }

    package init(_ daemon: RunningDaemon) throws {
        let connected = try UnixSocket.connect(path: daemon.socket)
        try connected.setNonblocking(true)
        descriptor = SharedDescriptor(connected)
    }

    package var rawValue: Int32 { descriptor.rawValue }

    /// Sends all bytes; false where the other end closed or took none for five seconds.
    @discardableResult
    package func send(_ bytes: [UInt8], descriptors: [Int32] = []) -> Bool {
        var offset = 0
        while offset < bytes.count {
            switch UnixSocket.send(
                bytes, from: offset, descriptors: offset == 0 ? descriptors : [],
                to: descriptor.rawValue)
            {
            case .wrote(let count): offset += count
            case .ended: return false
            case .full:
                guard UnixSocket.waitWritable(descriptor.rawValue, milliseconds: 5_000) else {
                    return false
                }
            }
        }
        return true
    }

    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// A whole call with its NUL.
    @discardableResult
    package func call(
        _ method: String, _ parameters: String = "{}", flags: String = ""
    ) -> Bool {
        send("{\"method\":\"\(method)\",\"parameters\":\(parameters)\(flags)}\0")
    }

    /// The next message within `seconds`.
    package func answer(within seconds: Double = 10) throws -> Answer {
        let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
        while true {
            if let (message, _) = try framing.next() {
                return .reply(try VarlinkReply(message: message))
            }
            switch UnixSocket.receive(from: descriptor.rawValue, into: &buffer) {
            case .bytes(let count, _): framing.append(buffer[..<count])
            case .ended, .failed: return .closed
            case .empty:
                let left = deadline - MonotonicClock.now()
                guard left > 0 else { return .nothing }
                _ = UnixSocket.waitReadable(
                    descriptor.rawValue, milliseconds: Int32(clamping: left / 1_000_000 + 1))
            }
        }
    }

    /// The next message, which must be a reply.
    package func reply(within seconds: Double = 10) throws -> VarlinkReply {
        switch try answer(within: seconds) {
        case .reply(let reply): return reply
        case .closed: throw Overdue("a reply; the connection was closed", seconds: 0)
        case .nothing: throw Overdue("a reply", seconds: seconds)
        }
    }
}
