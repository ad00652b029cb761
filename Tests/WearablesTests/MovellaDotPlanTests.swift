// What is written to a Movella DOT, in which order, and what happens when it does not answer.

import Testing
import Wearables

struct MovellaDotPlanTests {
    /// Device information of the second generation, built as table 6 lays it out.
    private static let information =
        "3d69f16ecad4020000e607010c0a1e00000000000000000000000000" + "58532d543032"

    /// Settings as a sensor shows them: output rate 60 at 24 and 25 (table 7).
    private static func settings(rate: UInt8) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: 32)
        value.replaceSubrange(3..<7, with: [10, 0, 30, 0])
        value[7] = 4
        value.replaceSubrange(8..<12, with: Array("hip1".utf8))
        value[24] = rate
        return value
    }

    private static func sensor(
        rate: UInt8 = 60, accepts modes: Set<UInt8>, streams: Set<UInt8>
    ) -> ScriptedSensor {
        ScriptedSensor(
            values: [
                "1001": VectorFixture.bytes(information), "1002": settings(rate: rate),
                "2001": [1, 0, 5],
            ],
            reaction: { sensor, characteristic, bytes in
                guard characteristic == "2001" else { return }
                let isKnown = bytes[1] == 0 || modes.contains(bytes[2])
                sensor.values["2001"] = isKnown ? bytes : [1, 0, 5]
                sensor.yieldsSamples = bytes[1] == 1 && streams.contains(bytes[2])
            })
    }

    @Test("new firmware: stop, then mode 26 with its notification on first")
    func newFirmware() {
        var sensor = Self.sensor(accepts: [21, 26], streams: [21, 26])
        let isDone = sensor.run(MovellaDot(StreamRequest()))
        #expect(isDone)
        #expect(
            sensor.log == [
                "read 1001", "write 2001 010000", "off 2002", "off 2003", "off 2004", "read 1002",
                "read 3001", "on 3001", "on 1004", "on 2002", "write 2001 01011a", "read 2001",
            ])
    }

    @Test("firmware without mode 26: what is read back differs, so mode 21 on its characteristic")
    func oldFirmware() {
        var sensor = Self.sensor(accepts: [21], streams: [21])
        let isDone = sensor.run(MovellaDot(StreamRequest()))
        #expect(isDone)
        #expect(
            sensor.log.suffix(7) == [
                "write 2001 010000", "off 2002", "off 2003", "off 2004",
                "on 2003", "write 2001 010115", "read 2001",
            ])
    }

    @Test("mode 26 taken but silent, as with a small MTU: mode 21 after two seconds")
    func silentMode() {
        var sensor = Self.sensor(accepts: [21, 26], streams: [21])
        let isDone = sensor.run(MovellaDot(StreamRequest()))
        #expect(isDone)
        #expect(sensor.log.last == "read 2001")
        #expect(sensor.values["2001"] == [1, 1, 21])
        #expect(sensor.waited == 2000)
    }

    @Test("a sensor that stays silent in both modes is given up")
    func silentSensor() {
        var sensor = Self.sensor(accepts: [21, 26], streams: [])
        let isDone = sensor.run(MovellaDot(StreamRequest()))
        #expect(!isDone)
        #expect(sensor.waited == 4000)
    }

    @Test("another output rate is written once, with only its visit bit set and the rest kept")
    func outputRate() {
        var sensor = Self.sensor(rate: 60, accepts: [26], streams: [26])
        let isDone = sensor.run(MovellaDot(StreamRequest(rateHertz: 31)))
        #expect(isDone)
        var expected = Self.settings(rate: 30)
        expected[0] = 0x10
        #expect(
            sensor.log.filter { $0.hasPrefix("write 1002") } == [
                "write 1002 " + hexadecimal(expected)
            ])
    }

    @Test("identify sets its bit and its byte and keeps the rest")
    func identify() throws {
        var sensor = Self.sensor(accepts: [], streams: [])
        let steps = try #require(MovellaDot(StreamRequest()).identify())
        var driver: any Wearable = MovellaDot(StreamRequest())
        let isDone = sensor.run(steps, &driver)
        #expect(isDone)
        var expected = Self.settings(rate: 60)
        expected[0] = 0x01
        expected[1] = 0x01
        #expect(sensor.log == ["read 1002", "write 1002 " + hexadecimal(expected)])
    }

    @Test("a chosen mode is asked for without a fallback")
    func chosenMode() {
        var sensor = Self.sensor(accepts: [20], streams: [20])
        let isDone = sensor.run(
            MovellaDot(StreamRequest(), mode: .rateQuantitiesWithMagnetometer))
        #expect(isDone)
        #expect(sensor.log.suffix(3) == ["on 2003", "write 2001 010114", "read 2001"])
    }

    @Test("another product with the DOT's services gets no write")
    func otherProduct() {
        var sensor = Self.sensor(accepts: [26], streams: [26])
        sensor.values["1001"] = Array("Not a DOT, thirty-four bytes long.".utf8)
        let isDone = sensor.run(MovellaDot(StreamRequest()))
        #expect(!isDone)
        #expect(sensor.refusal?.contains("Movella DOT") == true)
        #expect(sensor.log == ["read 1001"])
    }

    @Test("stop is the first thing after the proof, and ends with notifications off")
    func stop() {
        let driver = MovellaDot(StreamRequest())
        let stop = driver.stop()
        #expect(driver.plan().dropFirst().prefix(stop.count).elementsEqual(stop))
        #expect(stop.first == .write(MovellaDot.measurement, [1, 0, 0], .withResponse))
        #expect(stop.contains(.unsubscribe(MovellaDot.longPayload)))
        #expect(stop.contains(.unsubscribe(MovellaDot.mediumPayload)))
        #expect(driver.buzz(milliseconds: 100) == nil)
    }

    @Test(
        "the rate is the nearest the sensor offers",
        arguments: [(60.0, 60.0), (100, 60), (25, 30), (18, 20), (0.1, 1), (.nan, 60), (-5, 1)])
    func nearestRate(asked: Double, taken: Double) {
        let rate = MovellaDot(StreamRequest(rateHertz: asked)).nominalRateHertz
        #expect(
            rate == taken || (asked.isNaN && MovellaDot.identity.nominalRatesHertz.contains(rate)))
    }

    @Test("messages and heading commands are the bytes of the specification's examples")
    func commandBytes() throws {
        // XD0506P revision C: 5.2.1, 5.3.1 (the root of the example is D4:22:CD:AA:BB:CC), 5.4.1,
        // table 18.
        let root = try #require(DeviceAddress("d4:22:cd:aa:bb:cc"))
        let examples: [(MovellaDotCommand, String)] = [
            (.getRecordingState, "010102fc"), (.stopRecording, "010141bd"),
            (.startSync(root: root), "020701ccbbaacd22d402"), (.stopSync, "020102fb"),
            (.getSyncStatus, "020108f5"), (.revertToFactorySettings, "030104f8"),
            (.requestFileInfo(file: 1), "010260019c"), (.requestFileData(file: 7), "0102700786"),
            (.resetHeading, "0100"), (.revertHeading, "0700"),
        ]
        for (command, hex) in examples { #expect(hexadecimal(command.bytes) == hex, "\(command)") }
    }
}
