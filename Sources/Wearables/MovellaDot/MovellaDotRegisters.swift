// Values read from a Movella DOT besides measurements: information, settings, battery, reports.

/// The device information characteristic 1001, 34 bytes (R table 6).
package struct MovellaDotInformation: Sendable, Equatable {
    package var address: DeviceAddress
    /// Major, minor, revision.
    package var firmware: [UInt8]
    /// `2021-10-28 09:30:05`, the sensor's own clock does not enter.
    package var firmwareBuilt: String
    package var radioStack: UInt32
    package var serialNumber: UInt64
    /// `XS-T01` for the first generation, `XS-T02` for the second.
    package var productCode: String

    package init(_ value: Span<UInt8>) throws(DecodeError) {
        var address: [UInt8] = []
        for offset in 0..<6 { address.append(try value.uint8(at: offset)) }
        // Least significant byte first (njanssen/node-movella-dot `MovellaDot.js`).
        guard let known = DeviceAddress(leastSignificantFirst: address) else { throw .malformed }
        self.address = known
        firmware = [try value.uint8(at: 6), try value.uint8(at: 7), try value.uint8(at: 8)]
        var stamp: [String] = ["\(try value.uint16(at: 9))"]
        for offset in 11..<16 {
            let number = try value.uint8(at: offset)
            stamp.append(number < 10 ? "0\(number)" : "\(number)")
        }
        firmwareBuilt =
            stamp[0...2].joined(separator: "-") + " " + stamp[3...5].joined(separator: ":")
        radioStack = try value.uint32(at: 16)
        serialNumber = try value.uint64(at: 20)
        var code: [UInt8] = []
        for offset in 28..<34 { code.append(try value.uint8(at: offset)) }
        guard code.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { throw .malformed }
        productCode = String(decoding: code, as: UTF8.self)
    }
}

/// The device control characteristic 1002, 32 bytes (R table 7), as read.
package struct MovellaDotSettings: Sendable, Equatable {
    /// Seconds without a connection before the sensor sleeps; zero for never.
    package var advertisingTimeout: Int
    /// Seconds connected without measuring before the sensor sleeps; zero for never.
    package var connectedTimeout: Int
    /// The name a person gave it.
    package var tag: String
    package var outputRateHertz: UInt16
    /// 0 general, 1 dynamic: the sensor's own filter, which we do not use.
    package var filterProfile: UInt8

    package init(_ value: Span<UInt8>) throws(DecodeError) {
        guard value.count >= MovellaDotControl.length else { throw .tooShort }
        advertisingTimeout = Int(try value.uint8(at: 3)) * 60 + Int(try value.uint8(at: 4))
        connectedTimeout = Int(try value.uint8(at: 5)) * 60 + Int(try value.uint8(at: 6))
        let length = Int(try value.uint8(at: 7))
        // The field is 16 bytes whatever the length says (adamkewley/xdc#1).
        guard length <= 16 else { throw .malformed }
        var tag: [UInt8] = []
        for offset in 8..<8 + length { tag.append(try value.uint8(at: offset)) }
        self.tag = String(decoding: tag, as: UTF8.self)
        outputRateHertz = try value.uint16(at: 24)
        filterProfile = try value.uint8(at: 26)
    }
}

/// A device report of characteristic 1004 (R 2.3).
package struct MovellaDotReport: Sendable, BitwiseCopyable, Equatable {
    package var event: WearableEvent
    /// For a click: when the button went down, on the sensor's own clock.
    package var milliseconds: UInt32?

    @_noLocks
    package init(_ packet: borrowing Span<UInt8>) throws(DecodeError) {
        let type = try packet.uint8(at: 0)
        switch type {
        case 1: event = .poweredOff
        case 4: event = .powerSaving
        case 5, 6, 7:
            guard try packet.uint8(at: 1) == 4 else { throw .malformed }
            milliseconds = try packet.uint32(at: 2)
            event = .buttonPressed(clicks: type - 4)
        default: throw .malformed
        }
    }

    /// The battery characteristic 3001, two bytes (R table 21).
    @_noLocks
    package static func battery(_ packet: Span<UInt8>) throws(DecodeError) -> BatteryLevel {
        let percent = try packet.uint8(at: 0)
        let charging = try packet.uint8(at: 1)
        guard percent <= 100, charging <= 1 else { throw .outOfRange }
        return BatteryLevel(percent: percent, isCharging: charging == 1)
    }
}
