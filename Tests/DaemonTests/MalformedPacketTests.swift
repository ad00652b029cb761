// Everything a radio could deliver that is no sample, into one sensor while another one streams.

import Control
import DaemonTestKit
import Plumbing
import Testing

/// One good sensor, whose packets must all arrive, and one that sends anything.
private struct Pair {
    let daemon: RunningDaemon
    let good: AttachedSensor
    let rogue: AttachedSensor
    let player: PacketPlayer

    init() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        daemon = try RunningDaemon()
        good = try AttachedSensor("good", segment: "pelvis", to: daemon)
        rogue = try AttachedSensor("rogue", segment: "trunk", to: daemon)
        player = PacketPlayer(scenario.packets, into: good)
    }

    /// Sends `packets` to the rogue sensor and returns its counters once all are counted.
    func send(_ packets: [[UInt8]]) throws -> Rehab1.Sensor {
        let before = try #require(try daemon.sensor("rogue")).packets
        for packet in packets { #expect(rogue.send(packet)) }
        let expected = before + Int64(packets.count)
        return try eventually("\(packets.count) packets to be counted") {
            let sensor = try daemon.sensor("rogue")
            return sensor?.packets == expected ? sensor : nil
        }
    }

    /// The other sensor lost nothing, and the daemon lives.
    func expectGoodUnhurt() throws {
        let progress = player.stop()
        #expect(progress.refused == 0)
        let sensor = try eventually("all good packets to be counted") {
            let sensor = try daemon.sensor("good")
            return sensor?.packets == Int64(progress.sent) ? sensor : nil
        }
        #expect(sensor.samples == sensor.packets)
        #expect(sensor.decodeErrors == 0)
        #expect(sensor.gaps == 0)
        #expect(sensor.lostSamples == 0)
        #expect(sensor.refused == 0)
        // Counted, not logged: a radio full of noise does not fill the journal.
        #expect(daemon.log.split(separator: "\n").count < 10)
        #expect(try daemon.terminate() == .exited(0))
    }
}

@Suite(.scene()) struct MalformedPacketTests {
    /// Custom mode 5 has 44 bytes (XD0506P table 17): less is refused, a zero-length packet too, and
    /// what is longer than any characteristic (512 bytes, with room for a head) as well.
    @Test func everyLengthIsRefusedOrTaken() throws {
        let pair = try Pair()
        var expectedErrors: Int64 = 0
        var packets: [[UInt8]] = []
        for length in 0...544 {
            let still = DotPacket.still(microseconds: UInt32(1_000 * (length + 1)))
            packets.append(
                Array(still.prefix(length))
                    + [UInt8](repeating: 0xA5, count: max(0, length - DotPacket.size)))
            if length < DotPacket.size { expectedErrors += 1 }
        }
        let counted = try pair.send(packets)
        #expect(counted.decodeErrors == expectedErrors)
        #expect(counted.samples == 545 - expectedErrors)
        let oversized = try pair.send(
            [545, 600, 4_096, 65_536].map { [UInt8](repeating: 1, count: $0) })
        #expect(oversized.decodeErrors == expectedErrors + 4)
        #expect(oversized.samples == counted.samples)
        try pair.expectGoodUnhurt()
    }

    @Test func randomBytesGiveNoWildAngle() throws {
        let pair = try Pair()
        let log = try EventLog(pair.daemon)
        var random = SystemRandomNumberGenerator()
        let packets = (0..<2_000).map { _ in
            (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255) }
        }
        let counted = try pair.send(packets)
        #expect(counted.samples + counted.decodeErrors + counted.duplicates == counted.packets)
        #expect(counted.decodeErrors > 1_000)
        // What is told stays finite numbers, or null.
        #expect(counted.sigmaDegrees.map { $0.isFinite } ?? true)
        #expect(log.ending == nil)
        try pair.expectGoodUnhurt()
    }

    /// One field at a time is not a number, infinite, or beyond what the sensor can measure.
    @Test func impossibleNumbersAreRefused() throws {
        let pair = try Pair()
        var packets: [[UInt8]] = []
        var microseconds: UInt32 = 1_000
        for offset in stride(from: DotPacket.acceleration, to: DotPacket.size, by: 4) {
            for value in [Float.nan, .infinity, -.infinity, .signalingNaN, 1e9, -3e38] {
                microseconds += 16_667
                packets.append(
                    DotPacket.replacing(
                        DotPacket.still(microseconds: microseconds), at: offset, with: value))
            }
        }
        let counted = try pair.send(packets)
        #expect(counted.decodeErrors == Int64(packets.count))
        #expect(counted.samples == 0)
        // A good one after all that is taken.
        let good = try pair.send([DotPacket.still(microseconds: microseconds + 16_667)])
        #expect(good.samples == 1)
        try pair.expectGoodUnhurt()
    }

    /// The same packet for ever: time stands still, so it is one sample and many repetitions.
    ///
    /// The same values with time going on are samples; a sensor may lie on a table.
    @Test func frozenPacketsAreRepetitions() throws {
        let pair = try Pair()
        let frozen = try pair.send(
            Array(repeating: DotPacket.still(microseconds: 500_000), count: 300))
        #expect(frozen.samples == 1)
        #expect(frozen.duplicates == 299)
        #expect(frozen.decodeErrors == 0)
        let late = try pair.send([DotPacket.still(microseconds: 400_000)])
        #expect(late.duplicates == 300)
        let still = try pair.send(
            (1...200).map { DotPacket.still(microseconds: 500_000 + UInt32($0) * 16_667) })
        #expect(still.samples == 201)
        #expect(still.lostSamples == 0)
        try pair.expectGoodUnhurt()
    }

    @Test func saturatedReadingsAreFlagged() throws {
        let pair = try Pair()
        let packets = (1...120).map { number in
            var packet = DotPacket.still(microseconds: UInt32(number) * 16_667)
            for axis in 0..<3 {
                packet = DotPacket.replacing(
                    packet, at: DotPacket.acceleration + 4 * axis, with: 16 * 9.80665)
                packet = DotPacket.replacing(packet, at: DotPacket.rate + 4 * axis, with: 2_000)
            }
            return packet
        }
        let counted = try pair.send(packets)
        #expect(counted.samples == 120)
        let told = try eventually("the flag") {
            let sensor = try pair.daemon.sensor("rogue")
            return sensor?.flags.contains("saturated") == true ? sensor : nil
        }
        #expect(told.sigmaDegrees.map { $0 > 5 } ?? true)
        try pair.expectGoodUnhurt()
    }

    /// A counter that restarts begins a new epoch; the daemon neither stops nor counts a hole of hours.
    @Test func aRestartedSensorBeginsAnew() throws {
        let pair = try Pair()
        let first = try pair.send(
            (0..<60).map { DotPacket.still(microseconds: 3_000_000_000 + UInt32($0) * 16_667) })
        #expect(first.samples == 60)
        let second = try pair.send(
            (1...60).map { DotPacket.still(microseconds: UInt32($0) * 16_667) })
        #expect(second.samples == 120)
        #expect(second.decodeErrors == 0)
        #expect(second.duplicates == 0)
        try pair.expectGoodUnhurt()
    }

    /// The counter has 32 bits of microseconds and passes zero every 71.6 minutes.
    @Test func aCounterThatWrapsGoesOn() throws {
        let pair = try Pair()
        let counted = try pair.send(
            (0..<60).map { DotPacket.still(microseconds: 0 &- 500_000 &+ UInt32($0) * 16_667) })
        #expect(counted.samples == 60)
        #expect(counted.lostSamples == 0)
        #expect(counted.gaps == 0)
        #expect(counted.duplicates == 0)
        try pair.expectGoodUnhurt()
    }
}

@Suite(.scene(weight: 2)) struct FloodTests {
    /// Fault 30: 10,000 packets a second for three seconds, from a sensor that was to send 60.
    @Test func aFloodHurtsOnlyItsOwnSensor() throws {
        let pair = try Pair()
        let before = try pair.daemon.status()
        var latencies: [Int64] = []
        var client = try pair.daemon.connect()
        let began = MonotonicClock.now()
        let total = 30_000
        var sent = 0
        var nextQuestion = began
        while sent < total {
            let due = Int(Double(MonotonicClock.now() - began) * 1e-9 * 10_000)
            while sent < min(due, total) {
                pair.rogue.send(DotPacket.still(microseconds: UInt32(sent + 1) * 100))
                sent += 1
            }
            if MonotonicClock.now() >= nextQuestion {
                let asked = MonotonicClock.now()
                _ = try client.call(Rehab1.GetStatus())
                latencies.append(MonotonicClock.now() - asked)
                nextQuestion += 50_000_000
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 1_000_000)
        }
        let seconds = Double(MonotonicClock.now() - began) * 1e-9
        let counted = try eventually("the flood to be counted") {
            let sensor = try pair.daemon.sensor("rogue")
            return sensor?.packets == Int64(total) ? sensor : nil
        }
        let after = try pair.daemon.status()
        let sorted = latencies.sorted()
        let grown = Double(after.residentBytes - before.residentBytes) / 1_048_576
        print(
            "flood: \(Int(Double(total) / seconds)) packets/s; GetStatus p50 "
                + "\(milliseconds(sorted[sorted.count / 2])) ms, max "
                + "\(milliseconds(sorted.last ?? 0)) ms; memory +\(grown) MiB; "
                + "\(counted.samples) taken, \(counted.refused) refused")
        // Everything is accounted for: taken, or refused by a full ring.
        #expect(counted.samples + counted.refused == Int64(total))
        #expect(milliseconds(sorted[sorted.count / 2]) < 50)
        // Bounded queues: the rings exist from the start. The debug build's allocator keeps a little.
        #expect(grown < 16)
        try pair.expectGoodUnhurt()
    }
}
