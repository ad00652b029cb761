// What is particular about the tier-2 families: packets in parts, coarse clocks, streams of their own.

import Kinematics
import Testing
import Wearables

struct SmallFamilyTests {
    /// Eight samples whose force and rate are numbered.
    private func movesense(_ milliseconds: UInt32) -> [UInt8] {
        SoundStream.word32(milliseconds)
            + (0..<8).flatMap { SoundStream.singles(1, [Float($0), 0, 9.8125]) }
            + (0..<8).flatMap { SoundStream.singles(1, [Float($0) * 8, 0, 0]) }
    }

    @Test(
        "Movesense: long packets in parts, wherever the MTU cuts them",
        arguments: [70, 100, 158, 198])
    func parts(_ size: Int) {
        var driver: any Wearable = Movesense(StreamRequest(rateHertz: 104))
        var samples: [ImuSample] = []
        for n in 0..<6 {
            var rest = movesense(UInt32(n) * 77)[...]
            var kind: UInt8 = 2
            while !rest.isEmpty {
                let part = rest.prefix(size - 2)
                rest = rest.dropFirst(part.count)
                // A third part tells its number only when the first packet is spoilt.
                let found = try? decode(
                    [kind, 1] + part, from: Movesense.notify, with: &driver, room: 32)
                samples += found ?? []
                kind = min(4, kind + 1)
            }
        }
        // Where nothing follows the first part, two packets must say so before one is believed.
        #expect(samples.count == (size == 198 ? 32 : size == 70 ? 40 : 48))
        for (index, sample) in samples.suffix(8).enumerated() {
            #expect(sample.specificForce.x == Double(index))
            #expect(abs(sample.angularRate.x - Double(index) * 8 * radiansPerDegree) < 1e-12)
        }
        let steps = zip(samples, samples.dropFirst()).map { $1.deviceTime - $0.deviceTime }
        #expect(steps.allSatisfy { abs($0 - 9_615_384) < 1_000_000 })
    }

    @Test("Movesense: a lost part costs its packet only")
    func lostPart() throws {
        var driver: any Wearable = Movesense(StreamRequest(rateHertz: 104))
        func send(_ n: Int, _ parts: [Int]) throws -> Int {
            let whole = movesense(UInt32(n) * 77)
            let halves = [Array(whole.prefix(100)), Array(whole.dropFirst(100))]
            var count = 0
            for part in parts {
                let packet = [UInt8(2 + part), 1] + halves[part]
                count +=
                    (try? decode(packet, from: Movesense.notify, with: &driver, room: 32))?.count
                    ?? 0
            }
            return count
        }
        #expect(try send(0, [0, 1]) == 8)
        #expect(try send(1, [0, 1]) == 8)
        #expect(try send(2, [0]) == 0)
        #expect(try send(3, [0, 1]) == 8)
        #expect(try send(4, [1]) == 0)
        #expect(try send(5, [0, 1]) == 8)
    }

    @Test("Movesense: stock firmware is refused with the cure, a bad status with its number")
    func stockFirmware() {
        var stock = ScriptedSensor { _, _, _ in }
        stock.lacking = ["0002"]
        var driver: any Wearable = Movesense(StreamRequest())
        #expect(!stock.run(driver.plan(), &driver))
        #expect(stock.refusal?.contains("gatt_sensordata_app") == true)
        #expect(stock.written.isEmpty)

        var sensor = ScriptedSensor { sensor, _, bytes in
            if bytes.first == 1 { sensor.replies["0002"] = [[1, 1, 0x94, 0x01]] }
        }
        var second: any Wearable = Movesense(StreamRequest(rateHertz: 104))
        #expect(!sensor.run(second.plan(), &second))
        // 404.
        #expect(sensor.refusal?.contains("404") == true)
        #expect(sensor.written.last == "01012f4d6561732f494d55362f31303400")
    }

    @Test("BlueST: ticks of 8 ms wrap after 524 s; six axes alone, and acceleration and rate apart")
    func blueST() throws {
        var driver: any Wearable = BlueST(StreamRequest())
        func packet(_ tick: Int16) -> [UInt8] {
            SoundStream.words([tick, 0, 0, 1000, 100, 0, 0, 0, 0, 0])
        }
        let first = try decode(packet(-3), from: BlueST.nineAxes, with: &driver)
        let second = try decode(packet(2), from: BlueST.nineAxes, with: &driver)
        #expect(second[0].deviceTime - first[0].deviceTime == 40_000_000)
        // 100 tenths of a degree per second.
        #expect(abs(second[0].angularRate.x - 10 * radiansPerDegree) < 1e-12)
        #expect(refusal(packet(2), from: BlueST.nineAxes, with: &driver) == .duplicate)

        var apart: any Wearable = BlueST(StreamRequest())
        let rate = SoundStream.words([7, 100, 0, 0])
        let force = SoundStream.words([7, 0, 0, 1000])
        #expect(try decode(rate, from: BlueST.rate, with: &apart).isEmpty)
        #expect(try decode(force, from: BlueST.force, with: &apart).count == 1)
    }

    @Test("BlueST: a refused packet does not take the mark of a restart with it")
    func blueSTRestart() throws {
        var driver: any Wearable = BlueST(StreamRequest())
        func packet(_ tick: Int16, _ force: Int16) -> [UInt8] {
            SoundStream.words([tick, 0, 0, force, 0, 0, 0, 0, 0, 0])
        }
        _ = try decode(packet(20_000, 1000), from: BlueST.nineAxes, with: &driver)
        // 32.7 g is beyond twice the range; the board has restarted.
        let absurd = refusal(packet(3, 32_767), from: BlueST.nineAxes, with: &driver)
        #expect(absurd == .outOfRange)
        let after = try decode(packet(8, 1000), from: BlueST.nineAxes, with: &driver)
        #expect(after.map { $0.flags.has(.newEpoch) } == [true])
    }

    @Test("BlueST: nothing is ever written, and the characteristic that is there is taken")
    func blueSTPlan() {
        for (lacking, taken) in [
            ([], "on 0000-nine"), (["0000"], "refused"),
        ] as [([String], String)] {
            var board = ScriptedSensor { _, _, _ in }
            board.lacking = Set(lacking)
            board.yieldsSamples = true
            var driver: any Wearable = BlueST(StreamRequest())
            let isDone = board.run(driver.plan(), &driver)
            #expect(isDone == (taken != "refused"))
            #expect(board.written.isEmpty)
        }
    }

    @Test("Muse: three samples a packet from both streams, the counter wraps")
    func muse() throws {
        var driver: any Wearable = Muse(StreamRequest())
        var samples: [ImuSample] = []
        for n in [65_535, 65_536, 65_537] {
            for (index, bytes) in SoundStream.packets(of: "muse", n) ?? [] {
                samples += try decode(bytes, from: index, with: &driver)
            }
        }
        #expect(samples.count == 9)
        let steps = zip(samples, samples.dropFirst()).map { $1.deviceTime - $0.deviceTime }
        #expect(steps.allSatisfy { abs($0 - 19_230_769) < 10 })
        // M: 52 Hz; telemetry of 40960/512 = 80 %.
        _ = try decode([0, 1, 0xA0, 0x00, 0x07, 0x00], from: Muse.telemetry, with: &driver)
        let event = driver.takeEvent()
        #expect(event == .battery(BatteryLevel(percent: 80)))
    }

    @Test("Thingy:52: its settings in flash are written only where the rate differs")
    func thingy() {
        let settings: [UInt8] = [0xE8, 0x03, 0xF4, 0x01, 0xF4, 0x01, 10, 0, 1]
        var thingy = ScriptedSensor(values: ["0401": settings]) { _, _, _ in }
        thingy.yieldsSamples = true
        var driver: any Wearable = Thingy52(StreamRequest())
        #expect(thingy.run(driver.plan(), &driver))
        #expect(thingy.written == ["e803f401f401320001"])
        var ready = ScriptedSensor(values: ["0401": settings.prefix(6) + [50, 0, 1]]) { _, _, _ in }
        ready.yieldsSamples = true
        var second: any Wearable = Thingy52(StreamRequest())
        #expect(ready.run(second.plan(), &second))
        #expect(ready.written.isEmpty)
    }

    @Test("Myo: vibrates in three lengths, taps are events, deep sleep is never sent")
    func myo() throws {
        var driver: any Wearable = Myo(StreamRequest())
        let lengths = [100, 500, 2000].map { driver.buzz(milliseconds: $0) ?? [] }
        #expect(
            lengths == [1, 2, 3].map { [.write(Myo.command, [3, 1, $0], .withResponse)] })
        // Vector myo-tap-000402.
        _ = try decode([0, 4, 2], from: Myo.motion, with: &driver)
        let event = driver.takeEvent()
        #expect(event == .buttonPressed(clicks: 2))
        for step in driver.plan() + driver.stop() {
            if case .write(_, let bytes, _) = step { #expect(bytes.first != 4) }
        }
    }

    @Test("Adafruit: the period is written in both services, in the place that the identity names")
    func adafruit() {
        let identity = Adafruit.identity
        #expect(identity.uuid(of: Adafruit.forcePeriod) == identity.uuid(of: Adafruit.ratePeriod))
        #expect(identity.service(of: Adafruit.forcePeriod)?.hasPrefix("adaf0200") == true)
        #expect(identity.service(of: Adafruit.ratePeriod)?.hasPrefix("adaf0400") == true)
        var board = ScriptedSensor(values: ["0001": [0xE8, 0x03, 0, 0]]) { _, _, _ in }
        board.yieldsSamples = true
        var driver: any Wearable = Adafruit(StreamRequest())
        #expect(board.run(driver.plan(), &driver))
        #expect(board.written == ["ffffffff", "ffffffff", "14000000", "14000000"])
    }

    @Test("Espruino: the script goes out line by line in pieces of 20 bytes")
    func espruino() {
        let driver = Espruino(StreamRequest())
        var bytes: [UInt8] = []
        for step in driver.plan() {
            guard case .write(_, let piece, _) = step else { continue }
            #expect(piece.count <= 20)
            bytes += piece
        }
        let lines = bytes.dropFirst().split(separator: 0x0A)
        #expect(bytes.first == 0x03)
        #expect(lines.allSatisfy { $0.first == 0x10 })
        #expect(lines.count == 5)
    }

    @Test("how far live cues may lean on each family")
    func cueFitness() {
        let fitness = Dictionary(
            uniqueKeysWithValues: wearableRegistry.map {
                ($0.identity.name, $0.capabilities.cueFitness)
            })
        for name in ["movella-dot", "metawear", "witmotion", "movesense", "st-bluest", "myo"] {
            #expect(fitness[name] == .live, "\(name)")
        }
        #expect(fitness["polar-h10"] == .softened)
        #expect(fitness["polar"] == .refused)
    }
}
