// What can keep a program from getting its answer from the daemon, said with the cure.

import Varlink

/// Why a call had no result.
package enum ControlError: Error, Equatable, Sendable {
    /// The daemon answered with an error.
    case refused(ControlRefusal)
    /// Nothing listens at any of the paths.
    case notRunning(tried: [String])
    /// A socket is there and this account may not use it.
    case notPermitted(path: String)
    case pathTooLong(path: String, limit: Int)
    /// The daemon is there and did not answer.
    case timedOut(method: String, milliseconds: Int)
    /// The daemon closed the connection before it answered.
    case disconnected(method: String)
    /// The daemon ended in the midst of what it was telling: a set.
    case stopped
    /// The answer is not what the interface declares.
    case notUnderstood(method: String, reason: String)
    /// The kernel refused something else.
    case socket(action: String, reason: String)
}

extension ControlError: CustomStringConvertible {
    /// What happened, in one sentence without a full stop.
    package var sentence: String {
        switch self {
        case .refused(let refusal): refusal.sentence
        case .notRunning(let tried):
            "rehabd is not running: nothing listens at \(tried.joined(separator: " or "))"
        case .notPermitted(let path): "this account may not use the socket \(path)"
        case .pathTooLong(let path, let limit):
            "the socket path is \(path.utf8.count) bytes long where the system takes \(limit): "
                + path
        case .timedOut(let method, let milliseconds):
            "rehabd did not answer \(method) within \(Double(milliseconds) / 1000) s"
        case .disconnected(let method):
            "rehabd closed the connection before it answered \(method)"
        case .stopped: "rehabd stopped in the midst of the set, so there is no summary of it"
        case .notUnderstood(let method, let reason):
            "rehabd's answer to \(method) is not what the interface declares: \(reason)"
        case .socket(let action, let reason): "cannot \(action): \(reason)"
        }
    }

    /// What to do about it, in one sentence without a full stop.
    package var cure: String? {
        switch self {
        case .refused(let refusal): refusal.cure
        case .notRunning:
            "start it with: systemctl --user start rehabd; or name the socket of a running one "
                + "with --socket or REHABD_SOCKET"
        case .notPermitted:
            "become a member of the socket's group (sudo usermod -aG rehab NAME) and log in again"
        case .pathTooLong: "choose a shorter one with --socket or REHABD_SOCKET"
        case .timedOut: "see what it is doing with: journalctl --user -u rehabd"
        case .disconnected:
            "it takes 8 connections of one user and 32 in all: close other rehabctl commands; or "
                + "see why it stopped with: journalctl --user -u rehabd"
        case .stopped:
            "what was recorded is kept (rehabctl recordings); see why it stopped with: journalctl "
                + "--user -u rehabd"
        case .notUnderstood: "install rehabctl and rehabd of one version"
        case .socket: nil
        }
    }

    package var description: String { sentence + (cure.map { "; \($0)" } ?? "") }
}
