// What a device says of itself before anyone connects, and how surely that names its family.

/// What is known of a device from its advertising.
package struct Advertisement: Sendable, Equatable {
    /// The local name, as sent.
    package var localName: String?
    /// 128-bit UUIDs, lower case with hyphens; 16-bit ones in their 128-bit form.
    package var services: [String]
    /// Manufacturer data by company identifier, in the order sent.
    package var manufacturerData: [ManufacturerData]
    /// `AA:BB:CC:DD:EE:FF`, where known.
    package var address: String?
    /// dBm at which the device says it sends.
    package var transmitPower: Int8?

    package struct ManufacturerData: Sendable, Equatable {
        /// Assigned by the Bluetooth SIG.
        package var company: UInt16
        /// What follows the company identifier.
        package var bytes: [UInt8]

        package init(company: UInt16, bytes: [UInt8]) {
            self.company = company
            self.bytes = bytes
        }
    }

    package init(
        localName: String? = nil, services: [String] = [],
        manufacturerData: [ManufacturerData] = [], address: String? = nil
    ) {
        self.localName = localName
        self.services = services
        self.manufacturerData = manufacturerData
        self.address = address
    }

    /// Reads raw advertising data: structures of length, type and content one after another
    /// (Bluetooth Core Specification, volume 3, part C, 11).
    ///
    /// A length of zero ends the data early.
    package init(advertisingData bytes: [UInt8]) throws(DecodeError) {
        self.init()
        var rest = bytes[...]
        while let length = rest.popFirst(), length > 0 {
            guard rest.count >= Int(length) else { throw .tooShort }
            let structure = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
            take(type: structure[structure.startIndex], content: Array(structure.dropFirst()))
        }
    }

    /// One structure; types are from the SIG's assigned numbers, others are passed over.
    private mutating func take(type: UInt8, content: [UInt8]) {
        switch type {
        case 0x08, 0x09:
            localName = String(decoding: content, as: UTF8.self)
        case 0x02, 0x03:
            for group in groups(of: 2, in: content) {
                services.append("0000\(hexadecimal(group))-0000-1000-8000-00805f9b34fb")
            }
        case 0x06, 0x07:
            for group in groups(of: 16, in: content) { services.append(uuid(of: group)) }
        case 0x0A where content.count == 1:
            transmitPower = Int8(bitPattern: content[0])
        case 0xFF where content.count >= 2:
            let company = UInt16(content[0]) | UInt16(content[1]) << 8
            manufacturerData.append(.init(company: company, bytes: Array(content.dropFirst(2))))
        default:
            break
        }
    }

    /// Little-endian groups of `size` bytes, each turned most significant byte first; a rest is
    /// dropped.
    private func groups(of size: Int, in content: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: content.count - content.count % size, by: size).map { start in
            content[start..<start + size].reversed()
        }
    }

    private func uuid(of bytes: [UInt8]) -> String {
        [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
            .map { hexadecimal(Array($0)) }.joined(separator: "-")
    }
}

/// How surely a family knows a device as its own.
package struct Recognition: Sendable, Equatable {
    package enum Strength: UInt8, Sendable, Comparable {
        /// Only a connection (its services, a model number) can tell.
        case needsConnection
        /// Everything seen fits, but another maker's device could look the same.
        case likely
        /// No other device is known to advertise like this.
        case certain

        package static func < (left: Strength, right: Strength) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    package var strength: Strength
    /// The model, where the advertisement names it.
    package var model: String?

    package init(_ strength: Strength, model: String? = nil) {
        self.strength = strength
        self.model = model
    }
}

/// Two lower-case digits a byte, without separators.
package func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0\(digits)" : digits
    }.joined()
}
