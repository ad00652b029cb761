// What a call to BlueZ came to, reduced to what a decision can rest on.

package import DBus

/// The outcome of a call; BlueZ's error names say little, so no more is read into them.
package enum CallOutcome: Sendable, Equatable {
    case success
    /// Our own limit.
    case timedOut
    /// The sensor refused, with ATT's error code.
    case refusedByPeer(code: UInt8)
    /// Something of the same kind is under way, perhaps a dead program's.
    case inProgress
    /// Held by another program, or left over from one.
    case notPermitted
    case notConnected
    case notReady
    /// The object is not there (any more).
    case unknownObject
    /// bluetoothd or the bus went away.
    case noService
    /// Anything else, an abort of the connection among it.
    case other(String)

    package init(_ error: BusError) {
        switch error {
        case .notConnected: self = .noService
        case .timedOut: self = .timedOut
        case .malformed, .unsendable, .system: self = .other(error.description)
        case .remote(let name, let message): self.init(name: name, message: message)
        }
    }

    /// Sorts an error by its name and, where BlueZ has only "Failed", by its text
    /// (BlueZ 5.66 to 5.87).
    private init(name: String, message: String) {
        switch name {
        case "org.bluez.Error.InProgress": self = .inProgress
        // The sensor demands an encrypted link, under a name that else means a holder (seen on 5.66).
        case "org.bluez.Error.NotPermitted" where message == "Not paired":
            self = .refusedByPeer(code: 0x05)
        case "org.bluez.Error.NotPermitted", "org.bluez.Error.NotAuthorized": self = .notPermitted
        case "org.bluez.Error.NotConnected": self = .notConnected
        case "org.bluez.Error.NotReady": self = .notReady
        case "org.bluez.Error.DoesNotExist": self = .unknownObject
        case "org.freedesktop.DBus.Error.UnknownObject",
            "org.freedesktop.DBus.Error.UnknownMethod",
            "org.freedesktop.DBus.Error.UnknownInterface":
            self = .unknownObject
        case "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.NameHasNoOwner",
            "org.freedesktop.DBus.Error.ServiceUnknown",
            "org.freedesktop.DBus.Error.Disconnected":
            self = .noService
        default:
            if let code = CallOutcome.attCode(message) {
                self = .refusedByPeer(code: code)
            } else if message == "Not connected" {
                self = .notConnected
            } else {
                self = .other(message.isEmpty ? name : message)
            }
        }
    }

    /// The code in `Operation failed with ATT error: 0x0e`.
    private static func attCode(_ message: String) -> UInt8? {
        guard let place = message.firstRange(of: "ATT error: 0x") else { return nil }
        return UInt8(message[place.upperBound...].prefix(2), radix: 16)
    }

    /// True where BlueZ's remembered services do not fit the sensor's: invalid handle, attribute not
    /// found (Core Specification, volume 3, part F, 3.4.1.1), or an object that is not there.
    var meansStaleCache: Bool {
        switch self {
        case .refusedByPeer(code: 0x01), .refusedByPeer(code: 0x0A), .unknownObject: true
        default: false
        }
    }

    /// True where the sensor wants to be paired first: insufficient authentication or encryption.
    var meansPairing: Bool {
        switch self {
        case .refusedByPeer(code: 0x05), .refusedByPeer(code: 0x0F): true
        default: false
        }
    }

    /// A few words for a person.
    var words: String {
        switch self {
        case .success: "done"
        case .timedOut: "no answer"
        case .refusedByPeer(let code): "the sensor refused (ATT error \(code))"
        case .inProgress: "another request is pending"
        case .notPermitted: "held by another program"
        case .notConnected: "not connected"
        case .notReady: "the adapter is off"
        case .unknownObject: "BlueZ does not know it any more"
        case .noService: "bluetoothd is not there"
        case .other(let text): printableName(text)
        }
    }
}
