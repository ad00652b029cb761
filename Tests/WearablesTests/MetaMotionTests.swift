// MetaMotion: the set-up that its answers steer, the fused packets and the streams without a fuser.

import Kinematics
import Testing
import Wearables

struct MetaMotionTests {
    /// A board that answers as the vendor's tests do (`test/common.py`, `test_dataprocessor.py`).
    private static func board(
        accelerometer: UInt8 = 1, gyroscope: UInt8 = 0, processor: UInt8? = 1, haptic: Bool = true,
        answersProcessors: Bool = true, model: String = "5"
    ) -> ScriptedSensor {
        var board = ScriptedSensor(values: ["2a24": Array(model.utf8)]) { sensor, _, bytes in
            var answers: [[UInt8]] = []
            switch bytes {
            case [0x02, 0x80]: answers = [[0x02, 0x80, 0x00, 0x01, 0x03, 0x00]]
            case [0x08, 0x80]: answers = [haptic ? [0x08, 0x80, 0x00, 0x00] : [0x08, 0x80]]
            case [0x09, 0x80]:
                answers = [processor.map { [0x09, 0x80, 0x00, $0, 0x1C] } ?? [0x09, 0x80]]
            case [0x03, 0x80]: answers = [[0x03, 0x80, accelerometer, 0x02]]
            case [0x13, 0x80]: answers = [[0x13, 0x80, gyroscope, 0x01]]
            case [0x11, 0x8C]: answers = [[0x11, 0x8C, 0x63, 0x34, 0x10]]
            case _ where bytes.starts(with: [0x09, 0x02]) && answersProcessors:
                let made = sensor.written.filter { $0.hasPrefix("0902") }.count
                answers = [[0x09, 0x02, UInt8(made - 1)]]
            case [0x03, 0x01, 0x01]: sensor.yieldsSamples = true
            default: break
            }
            sensor.replies["9006", default: []] += answers
        }
        board.yieldsSamples = false
        return board
    }

    @Test("BMI160: stop, ask, configure, build the chain with the ids that the board gives, start")
    func chain() {
        var board = Self.board()
        var driver: any Wearable = MetaMotion(StreamRequest())
        let isDone = board.run(driver.plan(), &driver)
        #expect(isDone)
        #expect(board.acts.prefix(2) == ["read 2a24", "on 9006"])
        #expect(
            board.written == [
                // Tear down, stop fusion, sensors and light.
                "0908", "0a05", "0b0a", "190100", "1903007f", "030100", "130100", "03020001",
                "13020001", "020201",
                // Ask.
                "0280", "0880", "0980", "0380", "1380",
                // 7.5 to 15 ms, no latency, 2 s; 50 Hz ±4 g; 50 Hz ±1000 °/s; battery.
                "110906000c000000c800", "03032705", "13032701", "118c",
                // The vendor's chain (vector mw-fuser-setup) without its limiter.
                "09021305ffa00f05", "09020304ffa01b01000000000000000000000000",
                "090209030160113103", "09070201", "090301",
                "13020100", "03020100", "130101", "030101",
            ])
        let event = driver.takeEvent()
        #expect(event == .battery(BatteryLevel(percent: 99, millivolts: 4148)))
    }

    @Test("BMI270: other bytes for the accelerometer and the gyroscope's register")
    func otherChip() {
        var board = Self.board(accelerometer: 4, gyroscope: 1, model: "8")
        var driver: any Wearable = MetaMotion(StreamRequest(rateHertz: 100))
        let isDone = board.run(driver.plan(), &driver)
        #expect(isDone)
        #expect(board.written.contains("0303a801"))
        #expect(board.written.contains("13032801"))
        #expect(board.written.contains("09021304ffa00f05"))
    }

    @Test("without a fuser, or without its answer: plain streams", arguments: [true, false])
    func plainStreams(isOld: Bool) {
        var board =
            isOld ? Self.board(processor: 0) : Self.board(answersProcessors: false)
        var driver: any Wearable = MetaMotion(StreamRequest())
        let isDone = board.run(driver.plan(), &driver)
        #expect(isDone)
        #expect(
            board.written.suffix(6) == [
                "030401", "130501", "13020100", "03020100", "130101", "030101",
            ])
        #expect(driver.capabilities.hasDeviceTime == !isOld)
    }

    @Test("unknown chips and older boards are refused")
    func unknown() {
        var board = Self.board(accelerometer: 3)
        var driver: any Wearable = MetaMotion(StreamRequest())
        #expect(!board.run(driver.plan(), &driver))
        #expect(board.refusal?.contains("BMI160") == true)
        var old = Self.board(model: "2")
        var other: any Wearable = MetaMotion(StreamRequest())
        #expect(!old.run(other.plan(), &other))
        #expect(old.refusal?.contains("older") == true)
        #expect(old.written.isEmpty)
    }

    @Test("light, motor, and leaving: everything off, then the board lets go itself")
    func manners() throws {
        var board = Self.board(haptic: false)
        var driver: any Wearable = MetaMotion(StreamRequest())
        // A motor is tried as long as nobody knows better.
        #expect(
            driver.buzz(milliseconds: 5000)?.first
                == .write(
                    MetaMotion.command, [0x08, 0x01, 0xF8, 0x88, 0x13, 0x00], .withoutResponse))
        #expect(board.run(driver.plan(), &driver))
        #expect(driver.buzz(milliseconds: 300) == nil)
        #expect(!driver.capabilities.canBuzz)
        #expect(driver.buzz(milliseconds: -1) == nil)
        var idle = ScriptedSensor { _, _, _ in }
        let identify = try #require(driver.identify())
        #expect(idle.run(identify, &driver))
        #expect(
            // As vector mw-led-blink-r0, in blue.
            idle.written == ["020201", "020302021f00000032000000f40100000a", "020101"])
        var leaving = ScriptedSensor { _, _, _ in }
        #expect(leaving.run(driver.stop(), &driver))
        #expect(leaving.written.last == "fe06")
        #expect(leaving.acts.last == "off 9006")
    }

    @Test(
        "fused packets: ticks as time, across the wrap, repeated ones and other processors refused")
    func fused() throws {
        var driver: any Wearable = MetaMotion(StreamRequest())
        // The third processor made is the accounter: 2.
        for reply in [[0x09, 0x80, 0, 1], [0x09, 0x02, 0], [0x09, 0x02, 1], [0x09, 0x02, 2]]
            as [[UInt8]]
        {
            _ = driver.take(reply: reply, from: MetaMotion.notify)
        }
        func packet(_ tick: UInt32, processor: UInt8 = 2) -> [UInt8] {
            [0x09, 0x03, processor] + SoundStream.word32(tick)
                + SoundStream.words([0, 0, 8192, 0, 0, 32767])
        }
        let first = try decode(packet(.max - 6), from: MetaMotion.notify, with: &driver)
        let second = try decode(packet(7), from: MetaMotion.notify, with: &driver)
        let step = try #require(second.first).deviceTime - (try #require(first.first)).deviceTime
        // 14 ticks of 48/32768 s.
        #expect(abs(step - 20_507_812) <= 1)
        #expect(first.map { $0.flags.has(.newEpoch) } == [true])
        #expect(second.map { $0.flags.has(.newEpoch) } == [false])
        #expect(second.map { $0.flags.has(.gyroscopeClipped) } == [true])
        #expect(refusal(packet(7), from: MetaMotion.notify, with: &driver) == .duplicate)
        #expect(refusal(packet(2), from: MetaMotion.notify, with: &driver) == .stale)
        #expect(
            refusal(packet(30, processor: 5), from: MetaMotion.notify, with: &driver)
                == .unexpectedCharacteristic)
        for length in 0..<19 {
            let cut = Array(packet(40).prefix(length))
            #expect(refusal(cut, from: MetaMotion.notify, with: &driver) == .tooShort)
        }
        #expect(refusal(packet(40) + [0], from: MetaMotion.notify, with: &driver) == .malformed)
    }

    @Test("plain streams pair each rate with one force; what comes twice counts once")
    func plainPairs() throws {
        var driver: any Wearable = MetaMotion(StreamRequest())
        let force: [UInt8] = [0x03, 0x04] + SoundStream.words([0, 0, 8192])
        let rate: [UInt8] = [0x13, 0x05] + SoundStream.words([100, 0, 0])
        var counts: [Int] = []
        for packet in [force, rate, rate, force, force, rate] {
            counts.append(try decode(packet, from: MetaMotion.notify, with: &driver).count)
        }
        #expect(counts == [0, 1, 0, 1, 0, 1])
    }

    @Test("plain readings that an earlier host left running are not mixed with timed ones")
    func noMixing() throws {
        var driver: any Wearable = MetaMotion(StreamRequest())
        let timed = try #require(SoundStream.packets(of: "metawear", 1)?.first)
        #expect(try decode(timed.bytes, from: MetaMotion.notify, with: &driver).count == 1)
        for packet in [
            [0x03, 0x04] + SoundStream.words([0, 0, 8192]),
            [0x13, 0x05] + SoundStream.words([1, 2, 3]),
        ] as [[UInt8]] {
            #expect(try decode(packet, from: MetaMotion.notify, with: &driver).isEmpty)
        }
    }
}
