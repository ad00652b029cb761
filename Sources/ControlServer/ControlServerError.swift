// Why the daemon cannot take calls, said with the cure.

package import EventLoop

/// What kept the control socket from being opened.
package enum ControlServerError: Error, Equatable, Sendable, CustomStringConvertible {
    case listening(ListenError)

    /// What happened, in one sentence without a full stop.
    package var sentence: String {
        switch self {
        case .listening(.inUse(let path)): "another rehabd listens on \(path)"
        case .listening(.occupied(let path)):
            "the control socket \(path) cannot be made: a file that is no socket is there"
        case .listening(.pathTooLong(let path, let limit)):
            "the control socket's path is \(path.utf8.count) bytes long where the system takes "
                + "\(limit): \(path)"
        case .listening(.refused(let error)): "\(error)"
        }
    }

    /// What to do about it, in one sentence without a full stop.
    package var cure: String {
        switch self {
        case .listening(.inUse):
            "stop that one first (systemctl --user stop rehabd), or give this one another socket"
        case .listening(.occupied): "move that file away, or choose another path for the socket"
        case .listening(.pathTooLong): "choose a shorter path for the socket"
        case .listening(.refused): "see that the directory exists and belongs to this user"
        }
    }

    package var description: String { "\(sentence); \(cure)" }
}
