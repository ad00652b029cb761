// Polar: the talk with the control point, frames of two streams made into samples, and their age.

import Kinematics
import Testing
import Wearables

struct PolarTests {
    /// A Verity Sense: offers acceleration, rate and SDK mode, answers commands by indication.
    private static func verity(
        sdk: UInt8 = 0, starts: [UInt8: [UInt8]] = [:], features: [UInt8] = [0x0F, 0x6E, 0x02]
    ) -> ScriptedSensor {
        ScriptedSensor(values: ["5c81": features]) { sensor, name, bytes in
            guard name == "5c81", bytes.count >= 2 else { return }
            var answer: [UInt8] = [0xF0, bytes[0], bytes[1]]
            switch (bytes[0], bytes[1]) {
            case (2, 9): answer += [sdk, 0]
            case (2, let type):
                // Statuses wait in order; 0 with a factor at the end.
                let times = sensor.written.filter { $0.hasPrefix(hexadecimal([2, type])) }.count
                let statuses = starts[type] ?? [0]
                let status = statuses[min(times, statuses.count) - 1]
                // 0.000244, as in the document's example.
                answer += status == 0 ? [0, 0, 5, 1, 0x40, 0xDA, 0x7F, 0x39] : [status]
                if status == 0, type == 5 { sensor.yieldsSamples = true }
            default: answer += [0, 0]
            }
            sensor.replies["5c81", default: []].append(answer)
        }
    }

    @Test("read, listen, stop, SDK mode, acceleration, rate: one after the other")
    func start() {
        var sensor = Self.verity()
        var driver: any Wearable = PolarVerity(StreamRequest())
        #expect(sensor.run(driver.plan(), &driver))
        #expect(
            sensor.acts == [
                "read 5c81", "on 5c81", "on 5c82", "write 5c81 0302", "write 5c81 0305",
                "write 5c81 0309", "write 5c81 0209",
                // 208 Hz, 16 bit, ±8 g, 3 channels; ±1000 °/s.
                "write 5c81 02020001d0000101100002010800040103",
                "write 5c81 02050001d000010110000201e803040103",
            ])
        #expect(driver.nominalRateHertz == 52)
        #expect(driver.capabilities.cueFitness == .refused)
    }

    @Test(
        "the factors of the start answers count: a fresh driver with the same replies decodes alike"
    )
    func factors() throws {
        var sensor = Self.verity()
        var connected: any Wearable = PolarVerity(StreamRequest())
        #expect(sensor.run(connected.plan(), &connected))
        var fresh: any Wearable = PolarVerity(StreamRequest())
        let answer: [UInt8] = [0, 0, 5, 1, 0x40, 0xDA, 0x7F, 0x39]
        for head in [[0xF0, 2, 9, 0, 0], [0xF0, 2, 2] + answer, [0xF0, 2, 5] + answer]
            as [[UInt8]]
        {
            _ = fresh.take(reply: head, from: PolarVerity.control)
        }
        func first(_ driver: inout any Wearable) throws -> ImuSample? {
            var found: [ImuSample] = []
            // Raw counts times the factor in g: type 0.
            for type: UInt8 in [2, 5] {
                var frame = SoundStream.polarDelta(type: type, 3, [0, 0, 4098])
                frame[9] = 0x80
                found += try decode(frame, from: PolarVerity.data, with: &driver, room: 256)
            }
            return found.first
        }
        let sample = try #require(try first(&connected))
        // 0.000244 as a single times 4098 counts.
        #expect(abs(sample.specificForce.z - 0.000_244_0 * 4098 * standardGravity) < 1e-4)
        #expect(abs(sample.angularRate.z - 0.000_244_0 * 4098 * radiansPerDegree) < 1e-4)
        #expect(try first(&fresh) == sample)
    }

    @Test("without SDK mode the settings of normal operation, and a longer delay")
    func withoutSdkMode() {
        var sensor = Self.verity(sdk: 3)
        var driver: any Wearable = PolarVerity(StreamRequest())
        #expect(sensor.run(driver.plan(), &driver))
        // The document's example for Verity Sense, and the sheet's for its gyroscope.
        #expect(
            sensor.written.suffix(2) == [
                "0202000134000101100002010800040103", "02050001340001011000" + "0201d007040103",
            ])
        #expect(driver.capabilities.batchDelay == 2.4)
    }

    @Test("a stream that runs already is stopped and started once; other errors are told")
    func errors() {
        var running = Self.verity(starts: [2: [6, 0]])
        var driver: any Wearable = PolarVerity(StreamRequest())
        #expect(running.run(driver.plan(), &driver))
        #expect(running.written.filter { $0 == "0302" }.count == 2)

        var charging = Self.verity(starts: [2: [13]])
        var second: any Wearable = PolarVerity(StreamRequest())
        #expect(!charging.run(second.plan(), &second))
        #expect(charging.refusal?.contains("charger") == true)

        var chest = Self.verity(features: [0x0F, 0x05, 0x00])
        var third: any Wearable = PolarVerity(StreamRequest())
        #expect(!chest.run(third.plan(), &third))
        #expect(chest.refusal?.contains("polar-h10") == true)
        #expect(chest.written.isEmpty)
    }

    @Test("H10 starts with the document's bytes; OH1 falls back to its 50 Hz")
    func chestStrap() {
        var strap = Self.verity(features: [0x0F, 0x05, 0x00])
        strap.yieldsSamples = true
        var driver: any Wearable = PolarH10(StreamRequest())
        #expect(strap.run(driver.plan(), &driver))
        #expect(strap.written == ["0302", "0202020108000001c80001011000"])
        #expect(driver.capabilities.cueFitness == .softened)
        #expect(!driver.capabilities.streams.contains(.angularRate))

        var optical = Self.verity(starts: [2: [8, 0]], features: [0x0F, 0x04, 0x00])
        optical.yieldsSamples = true
        var second: any Wearable = PolarH10(StreamRequest())
        #expect(optical.run(second.plan(), &second))
        #expect(optical.written.last == "0202000132000101100002010800040103")
        #expect(second.capabilities.cueFitness == .refused)
    }

    // MARK: Samples

    /// Frames of a device that turns: rate rises by one count a sample, force in z as well.
    private func ramp(_ type: UInt8, time: UInt64, first: Int16, count: UInt8) -> [UInt8] {
        // Deltas of 1 in 2 bits, three channels: bits 01 01 01 … make bytes of 0x55.
        [type] + SoundStream.word64(time) + [type == 2 ? 0x81 : 0x80]
            + SoundStream.words([first, first, first]) + [2, count - 1]
            + [UInt8](repeating: 0x55, count: (Int(count - 1) * 6 + 7) / 8)
    }

    @Test("two streams meet at the device's time, and the mean of four readings is a sample")
    func pairs() throws {
        var driver: any Wearable = PolarVerity(StreamRequest())
        let period = 1e9 / 208
        // The rate's readings lie a quarter period before the force's: a straight line between two of
        // them is 0.25 counts higher at the force's time.
        let forceTime: UInt64 = 5_000_000_000
        let rateTime = forceTime - UInt64(period / 4)
        var samples = try decode(
            ramp(2, time: forceTime, first: 100, count: 53), from: PolarVerity.data, with: &driver,
            room: 256)
        #expect(samples.isEmpty)
        samples = try decode(
            ramp(5, time: rateTime, first: 200, count: 53), from: PolarVerity.data, with: &driver,
            room: 256)
        // The last force waits: no rate lies behind it yet. 52 of 53 make 13.
        #expect(samples.count == 13)
        let scale = 1000.0 / 32768 * radiansPerDegree
        for (index, sample) in samples.enumerated() {
            // Mean of readings 4i … 4i+3.
            let mean = Double(4 * index) + 1.5
            #expect(abs(sample.specificForce.z - (100 + mean) * standardGravity / 1000) < 1e-6)
            #expect(abs(sample.angularRate.x - (200.25 + mean) * scale) < 1e-6)
            let time = Double(forceTime) - (52 - mean) * period
            #expect(abs(Double(sample.deviceTime) - time) < 3)
        }
        // 0.1 s before the newest: batched; the last five are younger.
        #expect(samples.filter { !$0.flags.has(.batched) }.count == 5)
    }

    @Test("repeated and old frames are refused; a lost frame leaves a hole and makes nothing up")
    func frames() throws {
        var driver: any Wearable = PolarVerity(StreamRequest())
        func pair(_ n: Int) throws -> [ImuSample] {
            var found: [ImuSample] = []
            for (index, bytes) in SoundStream.packets(of: "polar", n) ?? [] {
                found += try decode(bytes, from: index, with: &driver, room: 256)
            }
            return found
        }
        _ = try pair(0)
        _ = try pair(1)
        let again = SoundStream.packets(of: "polar", 1)?[0].bytes ?? []
        #expect(refusal(again, from: PolarVerity.data, with: &driver, room: 256) == .duplicate)
        let old = SoundStream.packets(of: "polar", 0)?[0].bytes ?? []
        #expect(refusal(old, from: PolarVerity.data, with: &driver, room: 256) == .stale)
        // Frames 2 and 3 are lost: 52 readings of 208 Hz are in frame 4, and no more.
        let after = try pair(4)
        #expect(after.count == 13)
        let steps = zip(after, after.dropFirst()).map { $1.deviceTime - $0.deviceTime }
        #expect(steps.allSatisfy { abs($0 - 19_230_769) < 10 })
    }

    @Test("every cut of a delta frame is refused, but for cuts between blocks")
    func cuts() throws {
        let whole = ramp(2, time: 5_000_000_000, first: 100, count: 53)
        for length in 0..<whole.count {
            var driver: any Wearable = PolarH10(StreamRequest())
            let cut = Array(whole.prefix(length))
            let error = refusal(cut, from: PolarH10.data, with: &driver, room: 256)
            // 16 bytes are the reference sample alone: a frame of one.
            #expect(error == (length == 16 ? nil : .tooShort), "\(length)")
        }
    }

    @Test("a float pattern that is no number refuses the frame")
    func floats() {
        var driver: any Wearable = PolarVerity(StreamRequest())
        let frame =
            [5] + SoundStream.word64(5_000_000_000) + [0x81]
            + SoundStream.singles(1, [.nan, 0, 0])
        #expect(refusal(frame, from: PolarVerity.data, with: &driver, room: 256) == .notFinite)
    }
}
