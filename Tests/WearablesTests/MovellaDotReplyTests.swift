// Messages and registers read from a Movella DOT.

import Testing
import Wearables

struct MovellaDotReplyTests {
    private func acknowledge(_ hex: String) throws(DecodeError) -> MovellaDotReply {
        let bytes = VectorFixture.bytes(hex)
        return try MovellaDotReply(acknowledge: try MovellaDotMessage(bytes.span))
    }

    private func notice(_ hex: String) throws(DecodeError) -> MovellaDotReply {
        let bytes = VectorFixture.bytes(hex)
        return try MovellaDotReply(notice: try MovellaDotMessage(bytes.span))
    }

    @Test("replies of the specification's examples, padded or not")
    func examples() throws {
        // XD0506P revision C, 5.2.1 and 5.3.1.
        #expect(
            try acknowledge("01040100600199")
                == .recordingAcknowledge(result: 0, command: 0x60))
        #expect(try notice("02025104a7") == .syncStatus(isSynchronized: true))
        #expect(
            try notice("02025109a2" + String(repeating: "00", count: 155))
                == .syncStatus(isSynchronized: false))
        #expect(try notice("0101629c") == .recordingNotice(.exportFileInfoDone))
        #expect(
            try acknowledge("03080001000000000000f4")
                == .factoryReset(settings: true, magneticMap: false))
    }

    @Test(
        "every truncation of a message is refused",
        arguments: ["0103010602f3", "02020300f9", "03080000000000000000f5", "02025109a2"])
    func truncations(_ hex: String) {
        let whole = VectorFixture.bytes(hex)
        for length in 0..<whole.count {
            let cut = Array(whole.prefix(length))
            #expect(throws: DecodeError.self, "\(length) bytes") { try MovellaDotMessage(cut.span) }
        }
    }

    @Test("a flipped bit anywhere in a message is found by the checksum or by its length")
    func flippedBits() {
        let whole = VectorFixture.bytes("0207013d69f16ecad453")
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                #expect(throws: DecodeError.self) { try MovellaDotMessage(bytes.span) }
            }
        }
    }

    @Test("messages of unknown kind or content are refused")
    func unknownMessages() {
        // Sums of zero, so that only the content is at fault.
        #expect(throws: DecodeError.malformed) { try self.acknowledge("040101fa") }
        #expect(throws: DecodeError.malformed) {
            try self.notice("0202515556")
        }
        #expect(throws: DecodeError.malformed) { try self.notice("01017787") }
        #expect(throws: DecodeError.tooShort) { try self.acknowledge("0100ff") }
        #expect(throws: DecodeError.malformed) { try self.notice("030101fb") }
    }

    @Test("device information is read field by field")
    func information() throws {
        // Laid out by table 6: address D4:22:CD:00:12:34, firmware 3.0.0 of 2023-07-05 08:09:10, radio
        // stack 7, serial 0x0102030405060708, second generation.
        let bytes = VectorFixture.bytes(
            "341200cd22d4030000e707070508090a07000000080706050403020158532d543032")
        #expect(bytes.count == 34)
        let value = try MovellaDotInformation(bytes.span)
        #expect(value.address.text == "D4:22:CD:00:12:34")
        #expect(value.firmware == [3, 0, 0])
        #expect(value.firmwareBuilt == "2023-07-05 08:09:10")
        #expect(value.radioStack == 7)
        #expect(value.serialNumber == 0x0102_0304_0506_0708)
        #expect(value.productCode == "XS-T02")
        for length in 0..<34 {
            let cut = Array(bytes.prefix(length))
            #expect(throws: DecodeError.tooShort) { try MovellaDotInformation(cut.span) }
        }
    }

    @Test("settings are read field by field, with a tag of at most sixteen bytes")
    func settings() throws {
        // Laid out by table 7: timeouts 10 min and 30 min 5 s, tag "hip1", 60 Hz, dynamic filter.
        var bytes = VectorFixture.bytes(
            "0000000a001e0504686970310000000000000000000000003c00010000000000"
        )
        #expect(bytes.count == 32)
        let value = try MovellaDotSettings(bytes.span)
        #expect(value.advertisingTimeout == 600)
        #expect(value.connectedTimeout == 1805)
        #expect(value.tag == "hip1")
        #expect(value.outputRateHertz == 60)
        #expect(value.filterProfile == 1)
        bytes[7] = 17
        #expect(throws: DecodeError.malformed) { try MovellaDotSettings(bytes.span) }
    }
}
