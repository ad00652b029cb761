// A wearable as the stand-in BlueZ knows it: what it advertises, offers and does.

/// One characteristic of a fake device.
package struct FakeCharacteristic: Sendable {
    package var uuid: String
    package var flags: [String]
    package var value: [UInt8]

    package init(_ uuid: String, _ flags: [String], value: [UInt8] = []) {
        self.uuid = uuid
        self.flags = flags
        self.value = value
    }
}

/// What a device does when bytes that begin with `prefix` are written to a characteristic.
package struct FakeExchange: Sendable {
    package var characteristic: String
    package var prefix: [UInt8]
    /// Notifications that follow at once: characteristic and bytes.
    package var replies: [(characteristic: String, bytes: [UInt8])] = []
    /// A stream that begins, as packets sent over and over; an empty one ends the stream.
    package var stream: (characteristic: String, packets: [[UInt8]], rateHertz: Double)?

    package init(
        _ characteristic: String, prefix: [UInt8],
        replies: [(characteristic: String, bytes: [UInt8])] = [],
        stream: (characteristic: String, packets: [[UInt8]], rateHertz: Double)? = nil
    ) {
        self.characteristic = characteristic
        self.prefix = prefix
        self.replies = replies
        self.stream = stream
    }
}

/// What a fake device is and how it behaves; changed by a test while it runs.
package struct FakeDevice: Sendable {
    package var address: String
    package var addressType = "random"
    package var name: String?
    package var advertisedServices: [String] = []
    package var manufacturerData: [UInt16: [UInt8]] = [:]
    package var rssi: Int16 = -50
    package var service: String
    package var characteristics: [FakeCharacteristic]
    package var battery: UInt8?
    package var isBonded = false
    /// BlueZ has an object for it from the start.
    package var isKnown = true
    package var isInRange = true
    /// ns from `Connect` to the link, and from there to `ServicesResolved`.
    package var connectTime: Int64 = 30_000_000
    package var resolveTime: Int64 = 20_000_000
    /// ns by which the objects come after `ServicesResolved`.
    package var objectDelay: Int64 = 0
    package var neverResolves = false
    /// `Connect` answers success and connects nothing, so often.
    package var lyingConnects = 0
    /// `Connect` connects, and `Connected` changes without being told, so often.
    package var untoldConnects = 0
    /// Without a bond writes hang: BlueZ pairs by itself and has no agent to ask (seen with Linux 6.12).
    package var demandsBond = false
    /// `Connect` answers "in progress" until: nothing, `Disconnect`, `RemoveDevice`.
    package var stuck = Stuck.no
    /// `Disconnect` answers success and changes nothing, so often.
    package var ignoredDisconnects = 0
    /// ns of silence until the link is taken for lost.
    package var supervisionTimeout: Int64 = 420_000_000
    /// How many signals one notification makes: one for each subscriber where others listen too.
    package var copies = 1
    /// What a write does.
    package var reaction: Reaction = .none

    package enum Stuck: Sendable, Equatable {
        case no, untilDisconnect, untilRemove
    }

    /// The wearable's own behaviour.
    package enum Reaction: Sendable {
        case none
        /// A Movella DOT: start and stop on the measurement characteristic, packets at a rate.
        case dot(rateHertz: Double)
        /// Any other protocol, as far as a test needs it: the first exchange that fits answers.
        case exchanges([FakeExchange])
    }

    /// What a DOT sends in place of lying still, in this order; after the last it lies still.
    package var packets: [[UInt8]] = []

    package init(
        address: String, name: String?, service: String, characteristics: [FakeCharacteristic]
    ) {
        self.address = address
        self.name = name
        self.service = service
        self.characteristics = characteristics
    }

    /// A Movella DOT, from its sheet (XD0506P: characteristics and their operations).
    package static func dot(_ address: String, rateHertz: Double = 60) -> FakeDevice {
        func uuid(_ short: String) -> String { "1517\(short)-4947-11e9-8646-d663bd873d93" }
        var device = FakeDevice(
            address: address, name: "Movella DOT", service: uuid("2000"),
            characteristics: [
                FakeCharacteristic(uuid("2001"), ["read", "write"], value: [1, 0, 0]),
                FakeCharacteristic(uuid("2002"), ["notify"]),
                FakeCharacteristic(uuid("2003"), ["notify"]),
                FakeCharacteristic(uuid("2004"), ["notify"]),
                // XD0506P table 6: address, firmware, date, radio, serial number, product code.
                FakeCharacteristic(
                    uuid("1001"), ["read"],
                    value: [0, 0, 0, 0xCD, 0x22, 0xD4, 3, 0, 0, 0xE7, 0x07, 7, 1, 12, 0, 0]
                        + [UInt8](repeating: 1, count: 12) + Array("XS-T01".utf8)),
                FakeCharacteristic(
                    uuid("1002"), ["read", "write"], value: [UInt8](repeating: 0, count: 32)),
                FakeCharacteristic(uuid("1004"), ["notify"]),
                FakeCharacteristic(uuid("2006"), ["read", "write"]),
                FakeCharacteristic(uuid("2007"), ["read"]),
                FakeCharacteristic(uuid("3001"), ["read", "notify"], value: [80, 0]),
                FakeCharacteristic(uuid("7001"), ["write"]),
                FakeCharacteristic(uuid("7002"), ["read"]),
                FakeCharacteristic(uuid("7003"), ["notify"]),
            ])
        device.manufacturerData = [0x0886: []]
        device.reaction = .dot(rateHertz: rateHertz)
        return device
    }
}

/// Packets of a DOT at rest in custom mode 5, from the sheet (XD0506P table 17): u32 µs, quaternion,
/// specific force in m/s², angular rate in °/s, little-endian.
package enum FakeDotPacket {
    package static let mode: UInt8 = 26

    package static func still(microseconds: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        append(microseconds, to: &bytes)
        for value: Float in [1, 0, 0, 0, 0, 0, 9.81, 0.1, 0.1, 0.1] {
            append(value.bitPattern, to: &bytes)
        }
        return bytes
    }

    /// The counter of a packet, or nil.
    package static func microseconds(_ packet: [UInt8]) -> UInt32? {
        guard packet.count >= 4 else { return nil }
        return packet.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(word >> shift & 0xff)) }
    }
}
