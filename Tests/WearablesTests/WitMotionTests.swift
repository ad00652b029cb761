// WitMotion: frames out of a byte stream however it is cut, the time of day of some models, settings.

import Kinematics
import Testing
import Wearables

struct WitMotionTests {
    private static let one: [UInt8] =
        [0x55, 0x61] + SoundStream.words([1, 2, 2048, 4, 5, 6, 7, 8, 9])
    private static let two: [UInt8] =
        [0x55, 0x61] + SoundStream.words([11, 2, 2048, 4, 5, 6, 7, 8, 9])

    private func axes(_ samples: [ImuSample]) -> [Int] {
        samples.map { Int(($0.specificForce.x / (16 * standardGravity) * 32768).rounded()) }
    }

    @Test("two frames split at any place, or in one notification, give the same two samples")
    func splits() throws {
        let stream = Self.one + Self.two
        for cut in 0...stream.count {
            var driver: any Wearable = WitMotion(StreamRequest())
            var samples: [ImuSample] = []
            for part in [stream.prefix(cut), stream.dropFirst(cut)] where !part.isEmpty {
                samples += try decode(
                    Array(part), from: WitMotion.notify, with: &driver, room: 16)
            }
            #expect(axes(samples) == [1, 11], "cut at \(cut)")
        }
    }

    @Test(
        "a stray 55 in front does not eat the frame; the register's answer in between is no sample")
    func strayAndRegister() throws {
        var driver: any Wearable = WitMotion(StreamRequest())
        // Vector wit-batt-387: 3.87 V is 75 %.
        let battery = VectorFixture.bytes("5571640083010000000000000000000000000000")
        var samples: [ImuSample] = []
        for packet in [[0x55], Self.one, battery + Self.two] as [[UInt8]] {
            // The stray byte is told as malformed; the samples stand.
            var failure: DecodeError?
            samples += [ImuSample](capacity: 16) { output in
                do throws(DecodeError) {
                    try driver.decode(packet.span, from: WitMotion.notify, into: &output)
                } catch {
                    failure = error
                }
            }
            #expect(failure == (packet == Self.one ? .malformed : nil))
        }
        #expect(axes(samples) == [1, 11])
        let event = driver.takeEvent()
        #expect(event == .battery(BatteryLevel(percent: 75, millivolts: 3870)))
    }

    /// A frame of 28 bytes: the same, then year−2000, month, day, hour, minute, second, ms.
    private func timed(
        _ frame: [UInt8], second: UInt8, milliseconds: UInt16, minute: UInt8 = 45
    ) -> [UInt8] {
        frame + [24, 5, 17, 13, minute, second] + SoundStream.words([Int16(milliseconds)])
    }

    @Test("frames of 28 bytes carry time; what was sent before is refused")
    func longFrames() throws {
        var driver: any Wearable = WitMotion(StreamRequest())
        let first = try decode(
            timed(Self.one, second: 59, milliseconds: 995), from: WitMotion.notify, with: &driver,
            room: 16)
        #expect(first.map(\.flags) == [SampleFlags.hasDeviceTime.with(.newEpoch)])
        let next = try decode(
            timed(Self.two, second: 0, milliseconds: 5, minute: 46), from: WitMotion.notify,
            with: &driver, room: 16)
        #expect(axes(next) == [11])
        #expect(next[0].deviceTime - first[0].deviceTime == 10_000_000)
        let again = timed(Self.one, second: 59, milliseconds: 995)
        #expect(refusal(again, from: WitMotion.notify, with: &driver, room: 16) == .stale)
    }

    @Test(
        "28 bytes in packets of 20 and 8, as a small MTU cuts them: samples without time, no error")
    func cutLongFrames() throws {
        var driver: any Wearable = WitMotion(StreamRequest())
        var samples: [ImuSample] = []
        for n in 0..<5 {
            let frame = timed(
                n % 2 == 0 ? Self.one : Self.two, second: 1, milliseconds: UInt16(n * 20))
            for part in [frame.prefix(20), frame.dropFirst(20)] {
                samples += try decode(Array(part), from: WitMotion.notify, with: &driver, room: 16)
            }
        }
        #expect(axes(samples) == [1, 11, 1, 11, 1])
        #expect(samples.allSatisfy { !$0.flags.has(.hasDeviceTime) })
    }

    @Test("a still gyroscope reads exactly zero: a sample like any other")
    func zeroRate() throws {
        var driver: any Wearable = WitMotion(StreamRequest())
        // Vector wit-capture-1 with its last four bytes as zeros.
        let packet = VectorFixture.bytes("556135ff59ff0a08000000000000b9fc00000000")
        let samples = try decode(packet, from: WitMotion.notify, with: &driver, room: 16)
        #expect(samples.map(\.angularRate) == [.zero])
        #expect(abs((samples.first?.specificForce.z ?? 0) - 9.85453403) < 1e-8)
    }

    @Test(
        "the plan looks, unlocks, sets 50 Hz and the 6-axis filter, asks for the battery, saves nothing"
    )
    func plan() {
        var sensor = ScriptedSensor { _, _, _ in }
        sensor.replies["ffe4"] = [Self.one]
        sensor.yieldsSamples = true
        var driver: any Wearable = WitMotion(StreamRequest())
        #expect(sensor.run(driver.plan(), &driver))
        #expect(
            sensor.log == [
                "on ffe4", "write ffe9 ffaa6988b5", "pause 100", "write ffe9 ffaa030800",
                "pause 100", "write ffe9 ffaa240100", "pause 100", "write ffe9 ffaa276400",
            ])
        #expect(WitMotionCommand.save == [0xFF, 0xAA, 0x00, 0x00, 0x00])
    }
}
