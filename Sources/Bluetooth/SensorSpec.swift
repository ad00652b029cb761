// Which sensor is meant, and what is asked of it.

package import Wearables

/// Whether an address was bought, or made up by the device.
package enum AddressKind: String, Sendable, Equatable {
    case publicAddress = "public"
    case random

    /// False for an address that its owner changes by itself.
    ///
    /// A random address whose two top bits are set is static; all others are private (Bluetooth Core
    /// Specification, volume 6, part B, 1.3.2). BlueZ keeps a device with a private address for half a
    /// minute only, and tomorrow it has another.
    package func isLasting(_ address: DeviceAddress) -> Bool {
        switch self {
        case .publicAddress: true
        case .random: (address.leastSignificantFirst.last ?? 0) & 0xC0 == 0xC0
        }
    }
}

/// A sensor that a person has added.
package struct SensorSpec: Sendable {
    /// The identity: object paths and names are none (paths change when a dongle is put back).
    package let address: DeviceAddress
    package let addressKind: AddressKind
    package let kind: WearableKind
    package let request: StreamRequest
    /// Where known, a device that answers with another serial number is refused before it streams.
    package let serialNumber: String?
    /// Nil: by BlueZ's version and the sensor's needs.
    package let notifyPath: NotifyPath?

    package init(
        address: DeviceAddress, addressKind: AddressKind, kind: WearableKind,
        request: StreamRequest = StreamRequest(), serialNumber: String? = nil,
        notifyPath: NotifyPath? = nil
    ) {
        self.address = address
        self.addressKind = addressKind
        self.kind = kind
        self.request = request
        self.serialNumber = serialNumber
        self.notifyPath = notifyPath
    }
}

/// How a sensor's notifications reach us.
package enum NotifyPath: String, Sendable, Equatable {
    /// StartNotify: D-Bus signals, forwarded into a packet socket by this room.
    case signals
    /// AcquireNotify: bluetoothd's own packet socket.
    case descriptor
}
