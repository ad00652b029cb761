// Which advertisements the families take for their own, and how surely.

import Testing
import Wearables

struct RecognitionTests {
    @Test(
        "the DOT's fixed names, old and new, in any case",
        arguments: ["Movella DOT", "Movella Dot", "Xsens DOT", "XSENS DOT", "movella dot"])
    func names(_ name: String) {
        let found = wearable(recognising: Advertisement(localName: name))
        #expect(found?.family.identity.name == "movella-dot")
        #expect(found?.recognition.strength == .certain)
    }

    @Test(
        "other names are nobody's",
        arguments: [
            "Movella", "DOT", "Movella DOT 2", "Polar", "Some Polar 12345678", "WTVB01-BT50",
            "Nordic_UART", "OpenEarable-1234", "muse", "",
        ])
    func otherNames(_ name: String) {
        #expect(wearable(recognising: Advertisement(localName: name)) == nil)
    }

    @Test(
        "the vendor's company identifier alone is likely, the address range alone needs a connection"
    )
    func weakerSigns() {
        let company = Advertisement(manufacturerData: [.init(company: 0x0886, bytes: [1, 2])])
        #expect(MovellaDot.recognise(company)?.strength == .likely)
        let other = Advertisement(manufacturerData: [.init(company: 0x006B, bytes: [])])
        #expect(MovellaDot.recognise(other) == nil)
        let address = Advertisement(address: "d4:22:cd:00:11:22")
        #expect(MovellaDot.recognise(address)?.strength == .needsConnection)
        // The same range with another product's name.
        let named = Advertisement(localName: "Xsens Awinda", address: "D4:22:CD:00:11:22")
        #expect(MovellaDot.recognise(named) == nil)
        #expect(Recognition.Strength.needsConnection < .likely)
        #expect(Recognition.Strength.likely < .certain)
    }

    @Test(
        "each family's usual advertisement goes to its driver, as surely as it can be",
        arguments: [
            ("MetaWear", "metawear", Recognition.Strength.likely),
            ("WT901BLE68", "witmotion", .certain), ("BWT901BLE5.0", "witmotion", .certain),
            ("WTSDCL", "witmotion", .certain), ("WT61", "witmotion", .likely),
            ("Polar Sense 12345678", "polar", .certain),
            ("Polar H10 12345678", "polar-h10", .certain),
            ("Polar OH1 1234ABCD", "polar-h10", .certain),
            ("Polar Unheard 12345678", "polar", .needsConnection),
            ("Movesense 174630000123", "movesense", .needsConnection),
            ("Thingy", "thingy52", .likely), ("Puck.js a1b2", "espruino", .certain),
            ("Bangle.js 1234", "espruino", .certain), ("NICLA", "nicla-bhy2", .likely),
            ("Muse-1A2B", "muse", .likely),
        ])
    func familyNames(_ name: String, family: String, strength: Recognition.Strength) {
        let found = wearable(recognising: Advertisement(localName: name))
        #expect(found?.family.identity.name == family)
        #expect(found?.recognition.strength == strength)
    }

    @Test("a look-alike with the same service never reads as certain")
    func lookAlikes() {
        let wit = Advertisement(
            localName: "WTVB01-BT50", services: WitMotion.identity.services)
        #expect(wearable(recognising: wit) == nil)
        let unnamed = Advertisement(services: WitMotion.identity.services)
        #expect(wearable(recognising: unnamed)?.recognition.strength == .likely)
        let earable = Advertisement(
            localName: "OpenEarable-1234", services: NiclaSense.identity.services)
        #expect(wearable(recognising: earable) == nil)
        // Half the world's boards speak through the Nordic UART Service.
        let uart = Advertisement(localName: "MyLamp", services: [NordicUart.serviceUUID])
        #expect(wearable(recognising: uart)?.recognition.strength == .needsConnection)
    }

    @Test("raw advertising data: name, company, services in both lengths")
    func rawData() throws {
        // Flags; complete name "Movella DOT"; company 0x0886 with two bytes; 16-bit service 0xFEEE.
        let bytes: [UInt8] =
            [2, 0x01, 0x06, 12, 0x09] + Array("Movella DOT".utf8)
            + [5, 0xFF, 0x86, 0x08, 0xAB, 0xCD, 3, 0x03, 0xEE, 0xFE]
        let read = try Advertisement(advertisingData: bytes)
        #expect(read.localName == "Movella DOT")
        #expect(read.manufacturerData == [.init(company: 0x0886, bytes: [0xAB, 0xCD])])
        #expect(read.services == ["0000feee-0000-1000-8000-00805f9b34fb"])
        // The UUID of the measurement service, least significant byte first as on the air.
        let service = VectorFixture.bytes("15172000494711e98646d663bd873d93").reversed()
        let long = try Advertisement(advertisingData: [17, 0x07] + service)
        #expect(long.services == ["15172000-4947-11e9-8646-d663bd873d93"])
        #expect(MovellaDot.recognise(long)?.strength == .certain)
        for length in 1..<12 {
            #expect(throws: DecodeError.tooShort) {
                try Advertisement(advertisingData: Array(bytes.dropFirst(3).prefix(length)))
            }
        }
    }

    @Test("a family is found by its name, and characteristics by UUID in any case")
    func lookUp() throws {
        #expect(wearable(named: "movella-dot")?.identity == MovellaDot.identity)
        #expect(wearable(named: "Movella-DOT") == nil)
        let identity = MovellaDot.identity
        let long = "15172002-4947-11E9-8646-D663BD873D93"
        #expect(identity.index(of: long) == MovellaDot.longPayload)
        #expect(identity.uuid(of: MovellaDot.battery) == "15173001-4947-11e9-8646-d663bd873d93")
        #expect(
            identity.uuid(of: MovellaDot.messageNotice) == "15177003-4947-11e9-8646-d663bd873d93")
        #expect(identity.index(of: "2002") == nil)
        #expect(identity.uuid(of: CharacteristicIndex(rawValue: 13)) == nil)
        #expect(Set(identity.characteristics).count == identity.characteristics.count)
    }

    @Test("addresses: text and both byte orders, nothing else")
    func addresses() throws {
        // The root of the specification's StartSync example is sent least significant byte first.
        let address = try #require(DeviceAddress("D4:CA:6E:F1:69:3D"))
        #expect(address.leastSignificantFirst == [0x3D, 0x69, 0xF1, 0x6E, 0xCA, 0xD4])
        #expect(DeviceAddress(leastSignificantFirst: address.leastSignificantFirst) == address)
        #expect(address.text == "D4:CA:6E:F1:69:3D")
        for text in [
            "", "D4:CA:6E:F1:69", "D4:CA:6E:F1:69:3D:00", "D4-CA-6E-F1-69-3D", "+4:CA:6E:F1:69:3D",
            "D4:CA:6E:F1:69:G0",
        ] {
            #expect(DeviceAddress(text) == nil, "\(text)")
        }
    }
}
