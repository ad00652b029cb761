// What can be chosen about the central.

package import DBus
package import Wearables

/// Settings of the central; the defaults suit everyone.
package struct CentralSettings: Sendable {
    /// The bus with `org.bluez`: `DBUS_SYSTEM_BUS_ADDRESS` or the machine's.
    package var bus: BusAddress = .system
    /// The adapter to use, by address; nil: the first powered one.
    package var adapter: DeviceAddress?
    /// What is recognised while scanning: the registry, and a person's own descriptions.
    package var kinds = WearableKinds()
    /// Nil: by BlueZ's version.
    package var notifyPath: NotifyPath?
    /// BlueZ's version where the caller knows it (`bluetoothd -v`); nil: judged by what it exports.
    package var blueZVersion: BlueZVersion?
    /// The link helper's socket; nil: do without.
    package var linkHelper: String? = "/run/rehab-link/socket"
    /// Whether to hold a delay inhibitor of logind, so that a recording ends well before sleep.
    package var inhibitsSleep = true

    package init() {}
}

/// BlueZ's version: 5.66, 5.86.
package struct BlueZVersion: Sendable, Equatable, Comparable {
    package let major: Int
    package let minor: Int

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `5.66` (as `bluetoothd -v` prints it, with a line end); nil for anything else.
    package init?(_ text: String) {
        let parts = text.split { $0.isWhitespace }.first?.split(separator: ".") ?? []
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]) else {
            return nil
        }
        self.init(major, minor)
    }

    package static func < (left: BlueZVersion, right: BlueZVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
