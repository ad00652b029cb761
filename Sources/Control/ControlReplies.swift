// The replies to one streaming call, as they come.

import Varlink

/// What came of waiting for the next reply.
package enum NextReply<Reply: Sendable>: Sendable {
    case reply(Reply)
    /// The time was up; the stream goes on.
    case nothing
    /// The last reply was taken before.
    case end
}

/// The replies to a streaming call.
///
/// Owned by one thread; the call ends when this value goes.
package struct ControlReplies<Method: ControlMethod>: ~Copyable {
    private var connection: VarlinkConnection
    private var ended = false

    init(over connection: consuming VarlinkConnection) { self.connection = connection }

    /// For waiting on the keyboard and the daemon at once: after it becomes readable, call
    /// `next(within: 0)` until it returns `.nothing`.
    package var rawValue: Int32 { connection.rawValue }

    /// Waits for the next reply; nil after the last.
    ///
    /// An error of the daemon is thrown, once.
    package mutating func next() throws(ControlError) -> Method.Reply? {
        switch try next(within: nil) {
        case .reply(let reply): reply
        case .nothing, .end: nil
        }
    }

    /// Waits up to `milliseconds` for the next reply (nil: without limit).
    package mutating func next(
        within milliseconds: Int?
    ) throws(ControlError) -> NextReply<Method.Reply> {
        if ended { return .end }
        let reply: VarlinkReply
        do throws(VarlinkError) {
            guard let message = try connection.receive(within: milliseconds) else {
                return .nothing
            }
            reply = try VarlinkReply(message: message)
        } catch {
            ended = true
            throw ControlClient.outcome(error, method: Method.method.rawValue)
        }
        ended = !reply.continues
        do throws(ControlError) {
            return .reply(try ControlClient.result(reply, of: Method.self))
        } catch {
            ended = true
            throw error
        }
    }
}
