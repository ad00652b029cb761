// A Bluetooth device address, in the byte orders that devices and people use.

/// Six bytes that name a Bluetooth device.
package struct DeviceAddress: Sendable, Hashable {
    /// Most significant byte first, as written by people.
    private let bytes: [UInt8]

    /// Six bytes, most significant first; nil for another number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 6 else { return nil }
        self.bytes = bytes
    }

    /// Six bytes, least significant first, as most devices send them.
    package init?(leastSignificantFirst bytes: [UInt8]) {
        self.init(bytes: bytes.reversed())
    }

    /// `D4:CA:6E:F1:69:3D`, any case; nil for anything else.
    package init?(_ text: String) {
        var bytes: [UInt8] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard part.count == 2, part.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self.init(bytes: bytes)
    }

    package var leastSignificantFirst: [UInt8] { bytes.reversed() }

    /// As people write it: `D4:CA:6E:F1:69:3D`.
    package var text: String {
        bytes.map { hexadecimal([$0]).uppercased() }.joined(separator: ":")
    }
}
