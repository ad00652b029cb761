// Everything this room refuses, said so that a person can find the place and act.

/// Why bytes, a text or a connection were not accepted.
package enum VarlinkError: Error, Equatable, Sendable {
    /// Not JSON of the kind that is taken here; `offset` counts bytes from the start of the message.
    case notJSON(offset: Int, reason: String)
    /// A message without its terminating NUL grew beyond the limit.
    case tooLong(limit: Int)
    /// JSON, but not a call or a reply.
    case notAMessage(reason: String)
    /// An interface text that does not follow the language.
    case notAnInterface(line: Int, column: Int, reason: String)
    /// The other end did not answer in time.
    case timedOut(milliseconds: Int)
    /// The other end closed the connection.
    case disconnected
    /// The socket could not be opened or used; `code` is the kernel's error number.
    case socket(action: String, code: Int32, reason: String)
}

extension VarlinkError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let offset, let reason): "not JSON at byte \(offset): \(reason)"
        case .tooLong(let limit): "a message is longer than \(limit) bytes"
        case .notAMessage(let reason): "not a Varlink message: \(reason)"
        case .notAnInterface(let line, let column, let reason):
            "interface text, line \(line), column \(column): \(reason)"
        case .timedOut(let milliseconds): "no answer within \(milliseconds) ms"
        case .disconnected: "the connection was closed by the other end"
        case .socket(let action, _, let reason): "cannot \(action): \(reason)"
        }
    }
}
