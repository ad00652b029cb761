// Why a call over the bus brought no answer that can be used.

/// What went amiss with a bus or a call.
package enum BusError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no connection, or it ended while the answer was awaited.
    case notConnected
    /// The answer did not come within the caller's own limit.
    case timedOut(member: String)
    /// The other side answered with an error.
    case remote(name: String, message: String)
    /// An answer of another shape than the interface promises.
    case malformed(member: String)
    /// A value cannot be sent: a path, name or signature that D-Bus does not allow.
    case unsendable(member: String)
    /// The connection or the library refused (positive error number).
    case system(action: String, code: Int32)

    package var description: String {
        switch self {
        case .notConnected: "the bus is not connected"
        case .timedOut(let member): "\(member) was not answered in time"
        case .remote(let name, let message): message.isEmpty ? name : "\(name): \(message)"
        case .malformed(let member): "the answer to \(member) has another shape than expected"
        case .unsendable(let member): "\(member) has arguments that D-Bus does not allow"
        case .system(let action, let code): "cannot \(action): error \(code)"
        }
    }

    /// The error name that the other side gave, or nil.
    package var remoteName: String? {
        if case .remote(let name, _) = self { name } else { nil }
    }
}

/// Where a bus is.
package enum BusAddress: Sendable, Equatable {
    /// `DBUS_SYSTEM_BUS_ADDRESS`, or the machine's system bus.
    case system
    /// A D-Bus address: `unix:path=/run/…`.
    case at(String)
}
