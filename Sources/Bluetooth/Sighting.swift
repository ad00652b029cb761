// A device that advertises, as a person choosing a sensor needs to see it.

package import Wearables

/// One look at an advertising device.
package struct Sighting: Sendable, Equatable {
    package var address: DeviceAddress
    package var addressKind: AddressKind
    /// Printable: what a device calls itself is a stranger's text (`printableName`).
    ///
    /// Nil without one.
    package var name: String?
    /// Strength of the last advertisement, dBm; nil where the device is only remembered.
    package var rssi: Int?
    /// The family that recognises it, or nil.
    package var family: String?
    package var recognition: Recognition?
    /// True where `add` was called for this address.
    package var isKnown: Bool
    package var isConnected: Bool
    /// True where the address will be another one tomorrow: such a sensor cannot be found again by its
    /// address unless it is paired.
    package var hasPrivateAddress: Bool
    /// Host time, ns.
    package var seenAt: Int64
}
