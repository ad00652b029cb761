// Stand-ins for the wearables that vibrate.

extension FakeDevice {
    /// A Myo that lies still, as its header describes it.
    package static func myo(_ address: String) -> FakeDevice {
        func uuid(_ short: String) -> String { "d506\(short)-a904-deb9-4748-2c7f4a124842" }
        var device = FakeDevice(
            address: address, name: "My Myo", service: uuid("0001"),
            characteristics: [
                FakeCharacteristic(
                    uuid("0101"), ["read"], value: [UInt8](repeating: 1, count: 20)),
                FakeCharacteristic(uuid("0401"), ["write"]),
                FakeCharacteristic(uuid("0402"), ["notify"]),
                FakeCharacteristic(uuid("0502"), ["indicate"]),
            ])
        device.advertisedServices = [uuid("0001")]
        let still: [UInt8] = [0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 1, 0, 2, 0, 1, 0]
        device.reaction = .exchanges([
            FakeExchange(
                uuid("0401"), prefix: [1, 3, 0, 1], stream: (uuid("0402"), [still], 50))
        ])
        return device
    }

    /// A MetaMotion with a motor that lies still: it answers as the vendor's tests do and sends fused
    /// packets at 50 Hz, z up, ±4 g and ±1000 °/s, ticks of 1.46 ms.
    package static func metaMotion(_ address: String) -> FakeDevice {
        let command = "326a9001-85cb-9195-d9dd-464cfbbae75a"
        let notify = "326a9006-85cb-9195-d9dd-464cfbbae75a"
        let model = "00002a24-0000-1000-8000-00805f9b34fb"
        var device = FakeDevice(
            address: address, name: "MetaWear", service: "326a9000-85cb-9195-d9dd-464cfbbae75a",
            characteristics: [
                FakeCharacteristic(command, ["write", "write-without-response"]),
                FakeCharacteristic(notify, ["notify"]),
                FakeCharacteristic(model, ["read"], value: Array("5".utf8)),
            ])
        device.advertisedServices = [device.service]
        func answer(_ prefix: [UInt8], _ reply: [UInt8]) -> FakeExchange {
            FakeExchange(command, prefix: prefix, replies: [(notify, reply)])
        }
        let packets = (0..<4_000).map { index -> [UInt8] in
            let tick = UInt32(Double(index) * 20 / 1.46484375)
            let ticks = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: tick >> UInt32($0)) }
            // 32768 counts are 4 g: 8192 are one.
            return [0x09, 0x03, 0x02] + ticks + [0, 0, 0, 0, 0, 0x20, 1, 0, 2, 0, 1, 0]
        }
        device.reaction = .exchanges([
            answer([0x02, 0x80], [0x02, 0x80, 0x00, 0x01, 0x03, 0x00]),
            answer([0x08, 0x80], [0x08, 0x80, 0x00, 0x00]),
            answer([0x09, 0x80], [0x09, 0x80, 0x00, 0x01, 0x1C]),
            answer([0x03, 0x80], [0x03, 0x80, 0x01, 0x02]),
            answer([0x13, 0x80], [0x13, 0x80, 0x00, 0x01]),
            answer([0x11, 0x8C], [0x11, 0x8C, 0x63, 0x34, 0x10]),
            answer([0x09, 0x02, 0x13], [0x09, 0x02, 0x00]),
            answer([0x09, 0x02, 0x03], [0x09, 0x02, 0x01]),
            answer([0x09, 0x02, 0x09], [0x09, 0x02, 0x02]),
            FakeExchange(command, prefix: [0x03, 0x01, 0x01], stream: (notify, packets, 50)),
        ])
        return device
    }
}
