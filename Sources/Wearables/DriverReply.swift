// What a device answered while it was configured, kept so that its packets can be decoded again.

/// A reply that a driver learned from.
package struct DriverReply: Sendable, Equatable {
    package let characteristic: CharacteristicIndex
    package let bytes: [UInt8]

    package init(characteristic: CharacteristicIndex, bytes: [UInt8]) {
        self.characteristic = characteristic
        self.bytes = bytes
    }
}
