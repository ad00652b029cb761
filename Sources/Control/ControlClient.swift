// The calling end for programs: finds the daemon, calls it, and turns every outcome into a value.

import FoundationEssentials
import Glibc
import Plumbing
package import Varlink

/// A blocking connection to rehabd for one thread.
///
/// ```swift
/// var client = try ControlClient(socket: options.socket)
/// let status = try client.call(Rehab1.GetStatus()).status
///
/// var events = try ControlClient().stream(Rehab1.Monitor(intervalMilliseconds: 100))
/// while let reply = try events.next() { show(reply.event) }
/// ```
package struct ControlClient: ~Copyable {
    /// How long a call may take, milliseconds: systemd's tools wait as long.
    package static let defaultLimit = 45_000

    private var connection: VarlinkConnection
    private let limit: Int

    /// Connects to the socket named by the argument, else by `REHABD_SOCKET`, else to the user's
    /// daemon, else to the system's.
    package init(
        socket: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        limit: Int = defaultLimit
    ) throws(ControlError) {
        var reasons: [ControlError] = []
        let paths = ControlClient.paths(socket: socket, environment: environment)
        for path in paths {
            do throws(VarlinkError) {
                self.init(over: try VarlinkConnection(path: path), limit: limit)
                return
            } catch {
                reasons.append(ControlClient.reason(error, path: path, tried: paths))
            }
        }
        // A socket that exists and refuses tells more than one that is not there.
        let telling = reasons.first { reason in
            if case .notRunning = reason { false } else { true }
        }
        throw telling ?? .notRunning(tried: paths)
    }

    /// Speaks over a connection that exists already.
    package init(over connection: consuming VarlinkConnection, limit: Int = defaultLimit) {
        self.connection = connection
        self.limit = limit
    }

    /// Where to look, in order.
    package static func paths(socket: String?, environment: [String: String]) -> [String] {
        func named(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let socket { return [socket] }
        if let socket = named("REHABD_SOCKET") { return [socket] }
        let user = named("XDG_RUNTIME_DIR").map { ["\($0)/rehabd/control"] } ?? []
        return user + [systemPath]
    }

    /// The socket of the system's daemon.
    package static let systemPath = "/run/rehabd/control"

    private static func reason(
        _ error: VarlinkError, path: String, tried: [String]
    ) -> ControlError {
        guard case .socket(let action, let code, let reason) = error else {
            return .socket(action: "connect to \(path)", reason: "\(error)")
        }
        switch code {
        case ENOENT, ENOTDIR, ECONNREFUSED: return .notRunning(tried: tried)
        case EPERM, EACCES: return .notPermitted(path: path)
        case ENAMETOOLONG: return .pathTooLong(path: path, limit: UnixSocket.pathLimit)
        default: return .socket(action: action, reason: reason)
        }
    }

    // MARK: Calls

    /// Calls a method and waits for its result.
    ///
    /// `descriptors` travel with the call; the caller keeps its own copies of them.
    package mutating func call<Method: ControlMethod>(
        _ parameters: Method, descriptors: [Int32] = []
    ) throws(ControlError) -> Method.Reply {
        let reply = try exchange(
            VarlinkCall(
                method: Method.method.fullName, parameters: ControlCoding.value(of: parameters)),
            descriptors: descriptors)
        return try ControlClient.result(reply, of: Method.self)
    }

    /// Calls a method that answers many times.
    ///
    /// The connection serves this call alone from now on; letting go of the stream ends it.
    package consuming func stream<Method: ControlMethod>(
        _ parameters: Method, descriptors: [Int32] = []
    ) throws(ControlError) -> ControlReplies<Method> {
        let call = VarlinkCall(
            method: Method.method.fullName, parameters: ControlCoding.value(of: parameters),
            more: true)
        try send(call, descriptors: descriptors)
        return ControlReplies(over: connection)
    }

    /// Asks the service what it is (`org.varlink.service.GetInfo`).
    package mutating func serviceInfo() throws(ControlError) -> ServiceInfo {
        let method = "\(VarlinkService.interface).GetInfo"
        let reply = try exchange(VarlinkCall(method: method), descriptors: [])
        return try ControlClient.decode(ServiceInfo.self, reply, method: method)
    }

    private borrowing func send(
        _ call: VarlinkCall, descriptors: [Int32]
    ) throws(ControlError) {
        do throws(VarlinkError) {
            try connection.send(call.message, descriptors: descriptors, within: limit)
        } catch {
            throw ControlClient.outcome(error, method: call.member)
        }
    }

    private mutating func exchange(
        _ call: VarlinkCall, descriptors: [Int32]
    ) throws(ControlError) -> VarlinkReply {
        try send(call, descriptors: descriptors)
        do throws(VarlinkError) {
            guard let message = try connection.receive(within: limit) else {
                throw .timedOut(milliseconds: limit)
            }
            return try VarlinkReply(message: message)
        } catch {
            throw ControlClient.outcome(error, method: call.member)
        }
    }

    static func outcome(_ error: VarlinkError, method: String) -> ControlError {
        switch error {
        case .timedOut(let milliseconds): .timedOut(method: method, milliseconds: milliseconds)
        case .disconnected: .disconnected(method: method)
        case .socket(let action, _, let reason): .socket(action: action, reason: reason)
        case .notJSON, .tooLong, .notAMessage, .notAnInterface:
            .notUnderstood(method: method, reason: "\(error)")
        }
    }

    static func result<Method: ControlMethod>(
        _ reply: VarlinkReply, of type: Method.Type
    ) throws(ControlError) -> Method.Reply {
        try decode(Method.Reply.self, reply, method: Method.method.rawValue)
    }

    private static func decode<Result: Decodable>(
        _ type: Result.Type, _ reply: VarlinkReply, method: String
    ) throws(ControlError) -> Result {
        if let error = reply.error {
            throw .refused(ControlRefusal(name: error, parameters: reply.parameters))
        }
        do throws(CodingMismatch) {
            return try ControlCoding.decode(type, from: reply.parameters)
        } catch {
            throw .notUnderstood(
                method: method, reason: "the field \(error.field.debugDescription) does not fit")
        }
    }
}

/// What a service says about itself.
package struct ServiceInfo: Codable, Sendable, Equatable {
    package let vendor: String
    package let product: String
    package let version: String
    package let url: String
    package let interfaces: [String]
}
