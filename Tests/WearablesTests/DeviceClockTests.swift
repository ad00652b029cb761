// The unwrapped clocks of all planned families: widths, ticks, wraps and refusals.

import Testing
import Wearables

struct DeviceClockTests {
    @Test(
        "widths and ticks of the wearables sheet wrap where it says",
        arguments: [
            (32, UInt64(1000), UInt64(1), 4294.967296),  // Movella DOT, µs
            (32, 5_859_375, 4, 6_291_456.0),  // MetaMotion, 48/32768 s: 72.8 days
            (16, 8_000_000, 1, 524.288),  // ST, 8 ms
            (32, 1_000_000, 1, 4_294_967.296),  // Movesense, ms: 49.7 days
        ])
    func wraps(bits: Int, numerator: UInt64, denominator: UInt64, period: Double) throws {
        var clock = DeviceClock(bits: bits, nanosecondsPerTick: numerator, over: denominator)
        let range = UInt64(1) << UInt64(bits)
        let before = try clock.advance(to: range - 2)
        let after = try clock.advance(to: 3)
        #expect(before.startsEpoch)
        #expect(!after.startsEpoch)
        let tick = Double(numerator) / Double(denominator) * 1e-9
        #expect(abs(Double(after.nanoseconds) * 1e-9 - (period + 3 * tick)) < 1e-6)
        // Five ticks, each cut to whole nanoseconds.
        let step = after.nanoseconds - before.nanoseconds
        #expect(abs(Double(step) - 5 * Double(numerator) / Double(denominator)) <= 1)
    }

    @Test("MetaMotion's captured ticks give 1.46484375 ms each")
    func metaMotionTicks() throws {
        // Vector mw-accounter-seq: ticks 865190, 865197, 865204, 865210 and their spacing.
        var clock = DeviceClock(bits: 32, nanosecondsPerTick: 5_859_375, over: 4)
        var times: [Int64] = []
        for tick in [865_190, 865_197, 865_204, 865_210] as [UInt64] {
            times.append(try clock.advance(to: tick).nanoseconds)
        }
        #expect(abs(times[1] - times[0] - 10_253_906) <= 1)
        #expect(abs(times[3] - times[2] - 8_789_062) <= 1)
    }

    @Test("64-bit nanoseconds (Polar) up to the largest signed number, and a refusal beyond")
    func wideClock() throws {
        var clock = DeviceClock(bits: 64, nanosecondsPerTick: 1)
        #expect(try clock.advance(to: 9_223_372_036_854_775_807).nanoseconds == .max)
        #expect(throws: DecodeError.outOfRange) { try clock.advance(to: 1 << 63) }
        #expect(throws: DecodeError.duplicate) { try clock.advance(to: (1 << 63) - 1) }
        #expect(try clock.advance(to: 599_618_164_814_402_794).startsEpoch)
    }

    @Test("a late packet from before the wrap is late, not a jump")
    func lateAcrossWrap() throws {
        var clock = DeviceClock(bits: 32, nanosecondsPerTick: 1000)
        _ = try clock.advance(to: 4_294_960_000)
        let after = try clock.advance(to: 5_000)
        #expect(after.nanoseconds == 4_294_972_296_000)
        #expect(throws: DecodeError.stale) { try clock.advance(to: 4_294_960_000) }
        #expect(try clock.advance(to: 21_667).nanoseconds == 4_294_988_963_000)
    }

    @Test("within ten seconds of power-on, more than a second back is a restart, less is late")
    func earlyRestart() throws {
        var clock = DeviceClock(bits: 32, nanosecondsPerTick: 1000)
        _ = try clock.advance(to: 8_000_000)
        #expect(throws: DecodeError.stale) { try clock.advance(to: 7_500_000) }
        let restart = try clock.advance(to: 3_000_000)
        #expect(restart == .init(nanoseconds: 3_000_000_000, startsEpoch: true))
    }

    @Test("any sequence of raw values keeps time forward inside an epoch")
    func anySequence() {
        for (bits, numerator) in [
            (8, UInt64(1_000_000)), (16, 8_000_000), (24, 30_518), (32, 1000), (64, 1),
        ] {
            var random = SeededBytes(seed: UInt64(bits))
            var clock = DeviceClock(bits: bits, nanosecondsPerTick: numerator)
            var last: Int64 = .min
            for _ in 0..<5_000 {
                let raw = random.next() % 3 == 0 ? random.next() : random.next() % 100_000
                guard let reading = try? clock.advance(to: raw) else { continue }
                if !reading.startsEpoch { #expect(reading.nanoseconds > last) }
                last = reading.nanoseconds
            }
        }
    }
}
