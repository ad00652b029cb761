// What a device family is called and which characteristics it speaks through.

/// The place of a characteristic in its family's list.
///
/// Recordings and descriptors carry this number instead of the UUID: the list of a family may grow at
/// its end, but an entry never changes place.
package struct CharacteristicIndex: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    package let rawValue: UInt8

    @_noLocks
    package init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// A device family's name, services and characteristics.
package struct WearableIdentity: Sendable, Equatable {
    /// Lower case with hyphens; the name of the vector file, and of the family on the command line,
    /// in configuration and in recordings.
    package let name: String
    /// 128-bit UUIDs, lower case with hyphens.
    package let services: [String]
    /// 128-bit UUIDs, lower case with hyphens, in the order of `CharacteristicIndex`.
    package let characteristics: [String]
    /// The service by place in `characteristics`, for UUIDs that stand in several services of one
    /// device; the others have a UUID that says enough.
    package let serviceByCharacteristic: [Int: String]
    /// The sample rates the family can stream at, Hz, ascending.
    package let nominalRatesHertz: [Double]

    package init(
        name: String, services: [String], characteristics: [String], nominalRatesHertz: [Double],
        serviceByCharacteristic: [Int: String] = [:]
    ) {
        self.name = name
        self.services = services
        self.characteristics = characteristics
        self.nominalRatesHertz = nominalRatesHertz
        self.serviceByCharacteristic = serviceByCharacteristic
    }

    /// The index of a characteristic given by its UUID (any case), or nil.
    package func index(of uuid: String) -> CharacteristicIndex? {
        let wanted = uuid.lowercased()
        guard let place = characteristics.firstIndex(of: wanted), place <= Int(UInt8.max) else {
            return nil
        }
        return CharacteristicIndex(rawValue: UInt8(place))
    }

    /// The UUID at an index, or nil.
    package func uuid(of index: CharacteristicIndex) -> String? {
        let place = Int(index.rawValue)
        return place < characteristics.count ? characteristics[place] : nil
    }

    /// The service in which the characteristic must lie, where its UUID does not tell.
    package func service(of index: CharacteristicIndex) -> String? {
        serviceByCharacteristic[Int(index.rawValue)]
    }
}

/// Completes a 16-bit UUID of the Bluetooth SIG (Core Specification, volume 3, part B, 2.5.1).
package func standardUUID(_ short: String) -> String {
    "0000\(short)-0000-1000-8000-00805f9b34fb"
}
