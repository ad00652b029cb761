// Live doors: kernel stamps, counts, floods, sensors that come and go.

import Glibc
import Kinematics
import Movement
import Plumbing
import Synchronization
import Testing
import Wearables

@testable import Pipeline

private func packet(_ index: Int) -> [UInt8] {
    DotPacket.mode26(
        microseconds: UInt32(1000 + index * 16_667), force: Vector3(0, 9.8, 0.1), rateDegrees: .zero
    )
}

@Suite(.serialized) struct LiveTests {
    private func running(sensors: Int = 1) throws -> Running {
        let running = try Running(stamps: .kernel)
        running.pipelineStampsAreLive = true
        for channel in 0..<sensors {
            let sent = running.pipeline.send(
                .attach(
                    channel: UInt8(channel), samplePeriod: 1 / 60.0,
                    segment: channel == 0 ? .pelvis : nil))
            #expect(sent != nil)
            _ = try running.attach()
        }
        return running
    }

    @Test func arrivalsAreTheKernelsStampsInHostTime() throws {
        let running = try running()
        for index in 0..<50 {
            let before = MonotonicClock.now()
            #expect(running.doors[0].send(packet(index)))
            let after = MonotonicClock.now()
            #expect(eventually { running.pipeline.processed == UInt64(index + 1) })
            running.consume()
            let frame = try #require(running.frames.last)
            // The wall clock may be slewed a little between stamp and reading.
            #expect(frame.arrival > before - 100_000 && frame.arrival < after + 100_000)
            #expect(frame.time <= frame.arrival)
            #expect(running.counters[0].lastArrival.load(ordering: .relaxed) == frame.arrival)
        }
    }

    @Test func everythingIsCounted() throws {
        let running = try running()
        let door = running.doors[0]
        #expect(door.send(packet(0)))
        #expect(door.send(packet(1)))
        #expect(door.send(packet(1)))  // the same again
        #expect(door.send(packet(0)))  // an old one
        #expect(door.send(packet(5)))  // three lost
        #expect(door.send([]))
        #expect(door.send([1, 2, 3]))
        #expect(door.send([UInt8](repeating: 0, count: 545)))
        #expect(door.send(packet(6)))
        let counters = running.counters[0]
        #expect(eventually { counters.packets.value == 9 })
        #expect(eventually { running.pipeline.processed == 4 })
        #expect(counters.samples.value == 4)
        #expect(counters.duplicates.value == 2)
        #expect(counters.decodeErrors.value == 3)
        #expect(counters.gaps.value == 1 && counters.lost.value == 3)
        #expect(counters.refused.value == 0 && counters.openDoors.value == 1)
        #expect(counters.lastError.load(ordering: .relaxed) == DecodeError.tooShort.rawValue + 1)
        door.close()
        #expect(eventually { counters.openDoors.value == 0 })
    }

    @Test func rawPacketsGoToTheRecorderOnlyWhenAsked() throws {
        let running = try running()
        #expect(running.doors[0].send(packet(0)))
        #expect(eventually { running.counters[0].packets.value == 1 })
        var bytes: [UInt8] = []
        #expect(running.pipeline.popPacket(appendingTo: &bytes) == nil)
        running.pipeline.setRecording(true)
        for bad in [packet(1), [1, 2, 3], packet(2)] { #expect(running.doors[0].send(bad)) }
        #expect(eventually { running.counters[0].packets.value == 4 })
        var all: [[UInt8]] = []
        while true {
            bytes.removeAll()
            guard let head = running.pipeline.popPacket(appendingTo: &bytes) else { break }
            #expect(head.channel == 0 && head.characteristic == 0)
            all.append(bytes)
        }
        // Raw first: what cannot be decoded is recorded too.
        #expect(all == [packet(1), [1, 2, 3], packet(2)])
    }

    /// Ten thousand packets as fast as they go: all are counted, none is lost without a trace.
    @Test func aFloodIsCountedToTheLastPacket() throws {
        let running = try running(sensors: 2)
        let total = 10_000
        let doors = running.doors
        let sender = RealtimeThreadBox(
            try RealtimeThread(name: "sender") {
                for index in 0..<total { _ = doors[index % 2].send(packet(index / 2)) }
            })
        #expect(
            eventually {
                running.consume()
                return running.counters.reduce(0) { $0 + $1.packets.value } == total
            })
        sender.join()
        #expect(eventually { running.pipeline.processed == running.pipeline.accepted })
        running.consume()
        let samples = running.counters.reduce(0) { $0 + $1.samples.value }
        let refused = running.counters.reduce(0) { $0 + $1.refused.value }
        #expect(samples + refused == total)
        #expect(running.pipeline.accepted == UInt64(samples))
        let frames = running.frames.filter { $0.command == 0 }.count
        #expect(frames + running.pipeline.framesRefused >= samples)
        // Numbers are given without holes.
        let numbers = running.frames.filter { $0.command == 0 }.map(\.sequence)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    }

    /// Samples that the full ring refused are missing: the next one says so and spans their time.
    @Test func refusedSamplesLeaveAGap() throws {
        let running = try running()
        #expect(eventually { running.pipeline.commandsTaken })
        running.pipeline.setGate(0)
        for index in 0..<300 { #expect(running.doors[0].send(packet(index))) }
        #expect(eventually { running.counters[0].packets.value == 300 })
        #expect(running.counters[0].samples.value == 256)
        #expect(running.counters[0].refused.value == 44)
        running.pipeline.setGate(.max)
        #expect(eventually { running.pipeline.processed == 256 })
        #expect(running.doors[0].send(packet(300)))
        #expect(running.doors[0].send(packet(301)))
        #expect(eventually { running.pipeline.processed == 258 })
        running.consume()
        let after = running.frames.filter { $0.command == 0 }.suffix(2).map(\.sample)
        #expect(after.count == 2)
        #expect(after[0].flags.has(.afterGap))
        #expect(abs(after[0].interval - 45 * 0.016667) < 0.05, "\(after[0].interval)")
        #expect(!after[1].flags.has(.afterGap))
        #expect(abs(after[1].interval - 0.016667) < 0.001)
    }

    @Test func aSourceThatOnlyStopsWritingIsClosedAndCostsNothing() throws {
        let running = try running()
        #expect(running.doors[0].send(packet(0)))
        running.doors[0].shutDownWriting()
        #expect(eventually { running.counters[0].openDoors.value == 0 })
        #expect(running.counters[0].packets.value == 1)
        #expect(running.counters[0].decodeErrors.value == 0)
        // The loop sleeps: another sensor's packet is one turn, not thousands.
        _ = try running.attach()
        #expect(eventually { running.counters[1].openDoors.value == 1 })
        #expect(running.doors[1].send(packet(0)))
        #expect(eventually { running.counters[1].packets.value == 1 })
        #expect(running.pipeline.turns.intake < 20)
    }

    @Test func packetsBehindAnEmptyOneAreReadBeforeTheEnd() throws {
        let running = try running()
        for bytes in [packet(0), [], packet(1), [], packet(2)] {
            #expect(running.doors[0].send(bytes))
        }
        running.doors[0].close()
        #expect(eventually { running.counters[0].openDoors.value == 0 })
        #expect(running.counters[0].samples.value == 3)
    }

    @Test func sensorsComeAndGo() throws {
        let running = try running(sensors: 3)
        for index in 0..<10 {
            for door in running.doors { #expect(door.send(packet(index))) }
        }
        #expect(eventually { running.pipeline.processed == 30 })
        running.pipeline.detach(1)
        #expect(eventually { running.counters[1].openDoors.value == 0 })
        // The door is closed on this side: sending says so in the end.
        #expect(eventually { !running.doors[1].send(packet(11)) })
        let before = running.counters[1].packets.value
        for index in 10..<20 {
            #expect(running.doors[0].send(packet(index)))
            #expect(running.doors[2].send(packet(index)))
        }
        #expect(eventually { running.pipeline.processed >= 50 })
        #expect(running.counters[1].packets.value == before)
        // A new sensor gets a new place.
        #expect(try running.attach() == 3)
        running.pipeline.detach(1)
        running.pipeline.detach(200)
        #expect(running.doors[3].send(packet(0)))
        #expect(eventually { running.counters[3].packets.value == 1 })
    }

    @Test func aSessionHolds32Sensors() throws {
        let running = try running()
        for channel in 1..<32 { #expect(try running.attach() == UInt8(channel)) }
        #expect(throws: PlumbingError.self) { _ = try running.attach() }
        #expect(running.pipeline.channelCount == 32)
        for (channel, door) in running.doors.enumerated().dropLast() {
            #expect(door.send(packet(channel)))
        }
        #expect(eventually { running.counters.allSatisfy { $0.packets.value == 1 } })
    }

    @Test func commandsBeyondTheRingAreRefused() throws {
        let running = try running()
        #expect(eventually { running.pipeline.commandsTaken })
        var sent = 0
        while running.pipeline.send(.end, after: .max) != nil { sent += 1 }
        #expect(sent == 64)
        #expect(running.pipeline.nextCommandNumber == 66)
    }

    /// Stopped in full flow: whatever intake queued is processed, so that a recording has the frames
    /// of all its packets.
    @Test(arguments: 1...25)
    func afterTheStopNothingIsHalfDone(_ round: Int) throws {
        let running = try running()
        let door = running.doors[0]
        let sender = RealtimeThreadBox(
            try RealtimeThread(name: "sender") {
                for index in 0..<3000 where !door.send(packet(index)) { break }
            })
        #expect(
            eventually {
                running.consume()
                return running.counters[0].packets.value >= 100 * (round % 10 + 1)
            })
        running.pipeline.stop()
        #expect(running.pipeline.processed == running.pipeline.accepted)
        #expect(running.pipeline.accepted == UInt64(running.counters[0].samples.value))
        running.pipeline.stop()
        door.abandon()
        sender.join()
    }

    @Test func theGrantsAreSaid() throws {
        let pipeline = try Pipeline(stamps: .kernel, realtime: false)
        #expect(pipeline.schedulingGrants.intake == .plain)
        #expect(pipeline.schedulingGrants.estimator == .plain)
        pipeline.stop()
        #expect(pipeline.isStopping)
    }
}
