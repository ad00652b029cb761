// The threads and the offline form give the same bits, whatever the timing.

import Glibc
import Kinematics
import Movement
import Plumbing
import Testing
import Wearables

@testable import Pipeline

private let threeSensors = [
    SessionSensor(segment: .pelvis),
    SessionSensor(segment: .trunk, clockError: 0.02, mode26: false),
    SessionSensor(segment: .leftThigh, rate: 30, clockError: -0.03),
]

@Suite(.serialized) struct ReplayTests {
    /// The session itself must be worth comparing: it has holds, cues, gaps and closed gates.
    @Test func theSessionHasAllThatMatters() {
        let outcome = runOffline(MadeUpSession(threeSensors, seconds: 18, seed: 1))
        #expect(outcome.alerts.contains { $0.rule == .pelvicDrop })
        #expect(outcome.alerts.contains { $0.rule == .hipHike })
        #expect(outcome.lines.contains { $0.contains(" holding ") })
        #expect(outcome.lines.contains { $0.contains(" lost-data ") })
        #expect(outcome.lines.count > 2500)
    }

    @Test(arguments: 1...20)
    func threadsAndOfflineGiveTheSameBits(_ round: Int) throws {
        let session = MadeUpSession(threeSensors, seconds: 18, seed: UInt64(round % 3 + 1))
        let offline = runOffline(session)
        let threaded = try #require(try runThreaded(session, pace: UInt64(round)))
        #expect(threaded.lines.count == offline.lines.count)
        if let place = zip(threaded.lines, offline.lines).enumerated().first(where: {
            $0.element.0 != $0.element.1
        }) {
            Issue.record("line \(place.offset): \(place.element.0) | \(place.element.1)")
        }
        #expect(threaded.alerts == offline.alerts)
    }

    /// More commands than the estimator's ring holds, at places all over the session and many at one.
    @Test func manyCommandsTakeEffectAtTheirPlaces() throws {
        var session = MadeUpSession(threeSensors, seconds: 12, seed: 2)
        for index in 0..<150 {
            let turned = SensorAlignment(
                segmentFromSensor: Rotation(
                    axis: Vector3(0, 1, 0), angle: Double(index) * 0.001),
                neutral: SegmentAngles(obliquity: 0, anteriorTilt: Double(index) * 1e-4),
                calmJerk: 1)
            let place: UInt64 = index < 80 ? 100 : 100 + UInt64(index - 80) * 7
            session.commands.append((place, .align(channel: 0, alignment: turned)))
        }
        session.commands.append((700, .end))
        session.commands.append((700, .begin(plan: MadeUpSession.plan)))
        session.commands.append((UInt64(session.packets.count), .end))
        let offline = runOffline(session)
        #expect(offline.lines.count { $0.hasPrefix("command ") } == session.commands.count)
        #expect(try runThreaded(session, pace: 5) == offline)
    }

    /// A door that is open and says nothing does not hold up the others, nor does one that is closed.
    @Test func aSilentDoorDoesNotHoldUpTheOthers() throws {
        let session = MadeUpSession(Array(threeSensors.prefix(2)), seconds: 6, seed: 3)
        let offline = runOffline(session)
        #expect(try runThreaded(session, silentDoors: 2) == offline)
    }

    @Test func aSessionOfManySensorsKeepsItsOrder() throws {
        let many = (0..<12).map {
            SessionSensor(
                segment: Segment(index: $0), rate: [60, 30, 20][$0 % 3], mode26: $0 % 2 == 0)
        }
        let session = MadeUpSession(many, seconds: 4, seed: 4)
        #expect(try runThreaded(session, pace: 9) == runOffline(session))
    }

    /// Recordings may hold any stamp; the estimator must survive them all, with the same bits.
    @Test func hostileStampsAreSurvived() throws {
        var session = MadeUpSession(Array(threeSensors.prefix(2)), seconds: 8, seed: 5)
        var random = SeededRandom(seed: 8)
        let stamps: [Int64] = [.min, -1, 0, 1, 1 << 62, .max - 1, .max]
        for index in session.packets.indices where index % 5 == 0 {
            session.packets[index].arrival = stamps.randomElement(using: &random) ?? 0
        }
        let offline = runOffline(session)
        #expect(offline.lines.count > 500)
        #expect(try runThreaded(session) == offline)
    }

    /// Frames flushed to zero on the estimator's thread are the same numbers elsewhere: a sensor that
    /// reports exactly nothing for minutes lets every average decay towards zero.
    @Test func aFrozenSensorGivesTheSameBits() throws {
        var session = MadeUpSession([SessionSensor(segment: .pelvis)], seconds: 0, seed: 6)
        for index in 0..<60 * 600 {
            session.packets.append(
                Sent(
                    channel: 0, characteristic: DotPacket.long,
                    arrival: 7_000_000_000 + Int64(index) * 16_666_667,
                    bytes: DotPacket.mode26(
                        microseconds: UInt32(truncatingIfNeeded: index * 16_667),
                        force: index < 60 ? Vector3(1e-30, 9.8, 1) : Vector3(1e-38, 9.8, 1e-40),
                        rateDegrees: index < 60 ? Vector3(5, 1, 2) : .zero)))
        }
        let offline = runOffline(session)
        let threaded = try #require(try runThreaded(session))
        let different = zip(threaded.lines, offline.lines).count { $0 != $1 }
        #expect(different == 0)
        #expect(threaded.lines.count == offline.lines.count)
    }
}

/// A packet of the replay door with a chosen head.
private func packet(_ index: Int, order: UInt64, arrival: Int64? = nil) -> [UInt8] {
    Sent(
        channel: 0, characteristic: DotPacket.long,
        arrival: arrival ?? 5_000_000_000 + Int64(index) * 16_666_667,
        bytes: DotPacket.mode26(
            microseconds: UInt32(1000 + index * 16_667), force: Vector3(0, 9.8, 0.1),
            rateDegrees: .zero)
    ).withHead(order: order)
}

@Suite(.serialized) struct ReplayDoorTests {
    private func running(doors: Int = 1) throws -> Running {
        let running = try Running(stamps: .inBand)
        running.plan([(0, .attach(channel: 0, samplePeriod: 1 / 60.0, segment: .pelvis))])
        for _ in 0..<doors { _ = try running.attach() }
        running.queueCommands()
        return running
    }

    /// Packets too short for a head, or too long for any, have no place in the session: counted, and
    /// the others go on.
    @Test func packetsWithoutAHeadAreCountedAndPassedOver() throws {
        let running = try running()
        let door = running.doors[0]
        #expect(door.send(packet(0, order: 0)))
        for size in [1, 8, 15, 545, 2000] {
            #expect(door.send([UInt8](repeating: 7, count: size)))
        }
        #expect(door.send(packet(1, order: 1)))
        // A head without a packet has a place and is no sample.
        #expect(door.send(Array(packet(2, order: 2).prefix(16))))
        #expect(door.send(packet(3, order: 3)))
        door.close()
        #expect(running.runToTheEnd())
        #expect(running.counters[0].samples.value == 3)
        #expect(running.counters[0].packets.value == 9)
        #expect(running.counters[0].decodeErrors.value == 6)
    }

    /// Orders that repeat, fall, jump, or are the largest there is.
    @Test func ordersOfAnySortAreSurvived() throws {
        let running = try running()
        let door = running.doors[0]
        let orders: [UInt64] = [0, 1, 1, 0, 900, 5, .max, 3, .max, 0, .max - 1]
        for (index, order) in orders.enumerated() {
            #expect(door.send(packet(index, order: order)))
        }
        door.close()
        #expect(running.runToTheEnd())
        #expect(running.counters[0].samples.value == orders.count)
    }

    /// A number is missing (its packet was lost with a cut line): once every open door shows a packet
    /// or is closed, the earliest goes on.
    @Test func aMissingNumberWaitsForTheOtherDoorsOnly() throws {
        let running = try running(doors: 2)
        #expect(running.doors[0].send(packet(0, order: 0)))
        #expect(running.doors[0].send(packet(1, order: 2)))
        #expect(eventually { running.counters[0].samples.value == 1 })
        running.doors[1].close()
        #expect(eventually { running.counters[0].samples.value == 2 })
        running.doors[0].close()
        #expect(running.runToTheEnd())
    }

    @Test func aGateHoldsBackWhatComesAfterIt() throws {
        let running = try running()
        #expect(eventually { running.pipeline.commandsTaken })
        running.pipeline.setGate(3)
        for index in 0..<10 {
            #expect(running.doors[0].send(packet(index, order: UInt64(index))))
        }
        #expect(eventually { running.pipeline.processed == 3 })
        running.consume()
        #expect(running.counters[0].samples.value == 3)
        running.pipeline.setGate(7)
        #expect(eventually { running.pipeline.processed == 7 })
        running.doors[0].close()
        #expect(running.runToTheEnd())
        #expect(running.pipeline.processed == 10)
    }

    /// A replay never runs more than its window ahead of the recorder.
    @Test func aReplayWaitsForItsRecorder() throws {
        let running = try running()
        running.pipeline.setGate(.max)
        for index in 0..<250 {
            #expect(running.doors[0].send(packet(index, order: UInt64(index))))
        }
        running.doors[0].close()
        #expect(eventually { running.pipeline.processed == 128 })
        var taken = 0
        while running.pipeline.popFrame() != nil { taken += 1 }
        #expect(taken == 129)  // and the notice of the attachment
        #expect(running.pipeline.processed == 128)
        running.pipeline.noteConsumed(128)
        #expect(running.runToTheEnd())
        #expect(running.pipeline.framesRefused == 0)
    }

    @Test func aDoorWhoseSourceStopsWritingIsClosed() throws {
        let running = try running()
        #expect(running.doors[0].send(packet(0, order: 0)))
        running.doors[0].shutDownWriting()
        #expect(running.runToTheEnd())
        #expect(running.counters[0].samples.value == 1)
    }
}
