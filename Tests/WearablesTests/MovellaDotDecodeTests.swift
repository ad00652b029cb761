// The live decoder of Movella DOT: samples, clock, flags, and what it refuses.

import Kinematics
import Testing
import Wearables

struct MovellaDotDecodeTests {
    /// A packet of a live sensor and the one after it (vectors dot-cm5-65980806 and -65997473).
    private static let live = [
        "86c9ee03491f713f6456bbbbf44223b9daf9ab3eb6af2fbd92efe1bd560f1e417bf78a3f4ea6ef3ef100333f",
        "a10aef038682713fdc1abebb24528fb928c9a93ec1a65bbff4a0b6be971a2241328c29bf3cd07cbf353500c2",
    ].map(VectorFixture.bytes)

    private func dot() -> any Wearable { MovellaDot(StreamRequest()) }

    @Test("a live packet of mode 26 gives force, rate and the sensor's time")
    func livePacket() throws {
        var driver = dot()
        let sample = try #require(
            try decode(Self.live[0], from: MovellaDot.longPayload, with: &driver).first)
        // The vector's expectation, from the log of the sensor.
        #expect(sample.deviceTime == 65_980_806_000)
        #expect(abs(sample.specificForce.x - -0.0428921804) < 1e-9)
        #expect(abs(sample.specificForce.z - 9.87874413) < 1e-7)
        #expect(abs(sample.angularRate.x - 0.0189486471) < 1e-9)
        #expect(abs(sample.angularRate.z - 0.0122039201) < 1e-9)
        #expect(sample.interval == 0)
        #expect(sample.hostTime == 0)
        #expect(sample.flags == SampleFlags.hasDeviceTime.with(.newEpoch))
        let next = try decode(Self.live[1], from: MovellaDot.longPayload, with: &driver)
        #expect(next.map(\.deviceTime) == [65_997_473_000])
        #expect(next.map(\.flags) == [.hasDeviceTime])
    }

    @Test("after the fallback the medium characteristic carries mode 21")
    func fallbackNeedsNoHandOver() throws {
        var driver = dot()
        let packet = VectorFixture.bytes(
            "86c9ee03b6af2fbd92efe1bd560f1e417bf78a3f4ea6ef3ef100333f")
        let sample = try #require(
            try decode(packet, from: MovellaDot.mediumPayload, with: &driver).first)
        #expect(abs(sample.specificForce.z - 9.87874413) < 1e-7)
    }

    @Test("only modes with acceleration and rate yield samples", arguments: MovellaDotMode.allCases)
    func onlyInertialModesYield(_ mode: MovellaDotMode) throws {
        var driver: any Wearable = MovellaDot(StreamRequest(), mode: mode)
        let hex = try #require(MovellaDotPayloadTests.packets[mode]?.hex)
        let packet = VectorFixture.bytes(hex)
        let refused = refusal(packet, from: mode.characteristic, with: &driver)
        let isInertial = [20, 21, 26].contains(mode.rawValue)
        #expect(refused == (isInertial ? nil : .noInertialData))
    }

    @Test("the first packet's zeros give no sample, no error, and do not start the clock")
    func firstZerosAreDropped() throws {
        var driver = dot()
        // dot-cm5-65964139: first packet of the live log.
        let first = VectorFixture.bytes(
            "6b88ee032828713f8abfbebbacef91b9d0c7ab3e000000000000000000000000000000000000000000000000"
        )
        #expect(try decode(first, from: MovellaDot.longPayload, with: &driver).isEmpty)
        let second = try decode(Self.live[0], from: MovellaDot.longPayload, with: &driver)
        #expect(second.map { $0.flags.has(.newEpoch) } == [true])
    }

    @Test(
        "every truncation of a packet is refused and the next packet is taken",
        arguments: [(true, 44), (false, 28)])
    func truncationsAreRefused(isLong: Bool, size: Int) throws {
        let whole =
            isLong
            ? DotPacket.custom5(microseconds: 7) : DotPacket.rateQuantities(microseconds: 7)
        #expect(whole.count == size)
        let source = isLong ? MovellaDot.longPayload : MovellaDot.mediumPayload
        var driver = dot()
        for length in 0..<size {
            let cut = Array(whole.prefix(length))
            #expect(refusal(cut, from: source, with: &driver) == .tooShort, "\(length) bytes")
        }
        #expect(try decode(whole, from: source, with: &driver).count == 1)
    }

    @Test("zero padding up to the characteristic's length is accepted")
    func paddingIsAccepted() throws {
        var driver = dot()
        let padded = Self.live[0] + [UInt8](repeating: 0, count: 19)
        #expect(padded.count == 63)
        #expect(try decode(padded, from: MovellaDot.longPayload, with: &driver).count == 1)
    }

    @Test(
        "NaN or infinity in any field is refused and leaves no trace",
        arguments: 0..<10, [Float.nan, .signalingNaN, .infinity, -.infinity])
    func notFiniteIsRefused(field: Int, value: Float) throws {
        var driver = dot()
        var numbers: [Float] = [1, 0, 0, 0, 0, 0, 9.8125, 1, -2, 4]
        numbers[field] = value
        let packet = DotPacket.custom5(
            microseconds: 1000, quaternion: Array(numbers[0..<4]),
            acceleration: Array(numbers[4..<7]), degreesPerSecond: Array(numbers[7..<10]))
        #expect(refusal(packet, from: MovellaDot.longPayload, with: &driver) == .notFinite)
        let good = DotPacket.custom5(microseconds: 1000)
        let samples = try decode(good, from: MovellaDot.longPayload, with: &driver)
        #expect(samples.map(\.deviceTime) == [1_000_000])
    }

    @Test("values at full scale set the clip flag of their sensor, values below do not")
    func fullScaleIsFlagged() throws {
        // ±16 g = 156.9064 m/s², ±2000 °/s (manual 5.3); 32767/32768 of it is a 16-bit end.
        let cases: [([Float], [Float], Bool, Bool)] = [
            ([156.9064, 0, 0], [0, 0, 1], true, false),
            ([0, -156.9016, 0], [0, 0, 1], true, false),
            ([0, 0, 156.0], [0, 0, 1999.0], false, false),
            ([0, 0, 9.8], [0, -2000, 0], false, true),
            ([0, 0, 9.8], [1999.939, 0, 0], false, true),
            ([170, 0, 0], [0, 0, 2100], true, true),
        ]
        for (acceleration, rate, clipsForce, clipsRate) in cases {
            var driver = dot()
            let packet = DotPacket.rateQuantities(
                microseconds: 5, acceleration: acceleration, degreesPerSecond: rate)
            let sample = try #require(
                try decode(packet, from: MovellaDot.mediumPayload, with: &driver).first)
            #expect(sample.flags.has(.accelerometerClipped) == clipsForce, "\(acceleration)")
            #expect(sample.flags.has(.gyroscopeClipped) == clipsRate, "\(rate)")
        }
    }

    @Test("numbers that no such sensor can measure are refused")
    func absurdNumbersAreRefused() {
        for (acceleration, rate) in [
            ([Float(320), 0, 0], [Float(0), 0, 0]), ([0, 0, 9.8], [-4001, 0, 0]),
        ] {
            var driver = dot()
            let packet = DotPacket.rateQuantities(
                microseconds: 5, acceleration: acceleration, degreesPerSecond: rate)
            #expect(refusal(packet, from: MovellaDot.mediumPayload, with: &driver) == .outOfRange)
        }
    }

    @Test("a full buffer is an error, not a trap, and the packet can be tried again")
    func noRoom() throws {
        var driver = dot()
        let packet = DotPacket.custom5(microseconds: 5)
        #expect(refusal(packet, from: MovellaDot.longPayload, with: &driver, room: 0) == .noRoom)
        #expect(try decode(packet, from: MovellaDot.longPayload, with: &driver, room: 1).count == 1)
    }

    @Test("time runs on across the wrap of the 32-bit counter")
    func counterWraps() throws {
        var driver = dot()
        var times: [Int64] = []
        var flags: [Bool] = []
        // Steps of 16667 µs from 2^32 − 33334: the third falls on 2^32.
        for microseconds: UInt32 in [4_294_933_962, 4_294_950_629, 0, 16_667] {
            for sample in try decode(
                DotPacket.custom5(microseconds: microseconds), from: MovellaDot.longPayload,
                with: &driver)
            {
                times.append(sample.deviceTime)
                flags.append(sample.flags.has(.newEpoch))
            }
        }
        #expect(
            times == [
                4_294_933_962_000, 4_294_950_629_000, 4_294_967_296_000, 4_294_983_963_000,
            ])
        #expect(flags == [true, false, false, false])
    }

    @Test("repeated and late packets are thrown out, restarts and jumps begin an epoch")
    func repetitionsAndRestarts() throws {
        var driver = dot()
        func outcome(_ microseconds: UInt32) -> String {
            do throws(DecodeError) {
                let samples = try decode(
                    DotPacket.custom5(microseconds: microseconds), from: MovellaDot.longPayload,
                    with: &driver)
                return samples.map { $0.flags.has(.newEpoch) ? "epoch" : "next" }.joined()
            } catch {
                return "\(error)"
            }
        }
        #expect(outcome(600_000_000) == "epoch")
        #expect(outcome(600_016_667) == "next")
        #expect(outcome(600_016_667) == "duplicate")
        #expect(outcome(600_000_000) == "stale")
        #expect(outcome(600_033_334) == "next")
        // A gap of 9.9 s continues, one of 10.1 s does not.
        #expect(outcome(609_933_334) == "next")
        #expect(outcome(620_033_334) == "epoch")
        #expect(outcome(620_050_001) == "next")
        // The sensor was switched off and on.
        #expect(outcome(1_200_000) == "epoch")
        #expect(outcome(1_216_667) == "next")
    }

    @Test("battery and report packets become events, handed out once")
    func events() throws {
        var driver = dot()
        #expect(try decode([83, 1], from: MovellaDot.battery, with: &driver).isEmpty)
        #expect(
            driver.takeEvent() == .battery(BatteryLevel(percent: 83, isCharging: true)))
        #expect(driver.takeEvent() == nil)
        // The level read once at the start comes out the same way.
        #expect(driver.take(reply: [12, 0], from: MovellaDot.battery).isEmpty)
        #expect(
            driver.takeEvent() == .battery(BatteryLevel(percent: 12, isCharging: false)))
        #expect(driver.take(reply: [], from: MovellaDot.battery).isEmpty)
        #expect(driver.takeEvent() == nil)
        // Table 11: type 6 is a double click, length 4, milliseconds.
        let click: [UInt8] = [6, 4, 0x10, 0x27, 0, 0] + [UInt8](repeating: 0, count: 30)
        #expect(try decode(click, from: MovellaDot.deviceReport, with: &driver).isEmpty)
        #expect(driver.takeEvent() == .buttonPressed(clicks: 2))
        _ = try decode([1], from: MovellaDot.deviceReport, with: &driver)
        #expect(driver.takeEvent() == .poweredOff)
        #expect(refusal([101, 0], from: MovellaDot.battery, with: &driver) == .outOfRange)
        #expect(refusal([50], from: MovellaDot.battery, with: &driver) == .tooShort)
        #expect(refusal([6, 4, 0], from: MovellaDot.deviceReport, with: &driver) == .tooShort)
        #expect(driver.takeEvent() == nil)
    }

    @Test("a characteristic without a stream is refused")
    func otherCharacteristics() {
        var driver = dot()
        for index in [3, 4, 5, 7, 8, 10, 11, 12, 13, 255] as [UInt8] {
            let source = CharacteristicIndex(rawValue: index)
            #expect(
                refusal(Self.live[0], from: source, with: &driver) == .unexpectedCharacteristic)
        }
    }
}
