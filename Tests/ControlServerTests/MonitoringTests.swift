// Events: the first ones, their form, their pace, and what is dropped from a full queue.

import Foundation
import Testing
import Varlink

@testable import Control
@testable import ControlServer
@testable import EventLoop

@Suite struct MonitoringTests {
    private static let monitor =
        #"{"method":"org.rehabd.rehab1.Monitor","parameters":{"interval_ms":50},"more":true}"#
        + "\0"

    @Test func aMonitorGetsThePresentStateAndThenEveryChange() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let watched = try daemon.onLoop { [daemon] in daemon.server.isWatched }
        #expect(!watched)
        try client.send(MonitoringTests.monitor)
        let first = try client.event()
        #expect(first.kind == .status && first.sequence == 1 && first.dropped == 0)
        #expect(first.time == daemon.clock.now)
        try daemon.onLoop { [daemon] in
            #expect(daemon.server.isWatched)
            daemon.server.broadcast(.cue(Fixture.cue(time: 9)), time: 77)
            daemon.server.broadcast(.warning("a \"quoted\" warning"))
        }
        let second = try client.event()
        #expect(second.payload == .cue(Fixture.cue(time: 9)))
        #expect(second.time == 77)
        #expect(try client.event().payload == .warning("a \"quoted\" warning"))
    }

    @Test func everyEventIsAsTheInterfaceDeclares() throws {
        let text = try InterfaceText(parsing: Rehab1.text)
        let declared = try #require(text.methods["Monitor"]).result
        let status = TestHandler.status(sensors: [])
        let summary = Rehab1.Summary(
            exercise: "e", title: "t", durationSeconds: 1, holds: [], rules: [], cues: 0,
            notHeard: 0, packets: 0, gaps: 0, lostSamples: 0, unknownShare: 0, notMeasured: [])
        let sensor = Rehab1.Sensor(
            name: "n", kind: "k", state: .lost, nominalRateHertz: 60, packets: 0, samples: 0,
            decodeErrors: 0, gaps: 0, lostSamples: 0, duplicates: 0, refused: 0, flags: [])
        let payloads: [Rehab1.Event.Payload] = [
            .status(status), .frame(Fixture.frame(time: 1)), .cue(Fixture.cue(time: 2)),
            .sensor(sensor), .set(summary), .warning("w"),
        ]
        for payload in payloads {
            let message = EventBody(payload, time: 5).message(sequence: 3, dropped: 4)
            let reply = try VarlinkReply(message: Array(message.dropLast()))
            #expect(reply.continues && reply.error == nil)
            #expect(text.mismatch(in: reply.parameters, declared) == nil)
            let event = try ControlCoding.decode(
                Rehab1.Monitor.Reply.self, from: reply.parameters
            ).event
            #expect(event.payload == payload)
            #expect(event.sequence == 3 && event.dropped == 4 && event.time == 5)
        }
    }

    @Test func anImpossibleIntervalIsRefused() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        for interval in [-1, 3_600_001] {
            try client.send(
                #"{"method":"org.rehabd.rehab1.Monitor","more":true,"#
                    + #""parameters":{"interval_ms":\#(interval)}}"# + "\0")
            #expect(try client.reply() == VarlinkService.invalidParameter("interval_ms"))
        }
    }

    @Test func aFrameThatWasHeldBackComesWhenItsTimeHasCome() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(MonitoringTests.monitor)
        #expect(try client.event().kind == .status)
        try daemon.onLoop { [daemon] in
            for number in 1...3 {
                daemon.server.broadcast(.frame(Fixture.frame(time: Int64(number))))
            }
        }
        #expect(try client.event().frame?.time == 1)
        daemon.clock.advance(by: 50_000_000)
        let held = try client.event()
        #expect(held.frame?.time == 3)
        // Passing over a frame is the agreed pace, not a loss.
        #expect(held.dropped == 0 && held.sequence == 3)
    }

    @Test func aMonitorThatLeavesIsForgotten() throws {
        let daemon = try TestDaemon()
        do {
            var client = try daemon.connect()
            try client.send(MonitoringTests.monitor)
            #expect(try client.event().kind == .status)
        }
        try daemon.until { [daemon] in !daemon.server.isWatched }
        try daemon.onLoop { [daemon] in daemon.server.broadcast(.warning("to nobody")) }
        #expect(try daemon.connectionCount() == 0)
    }

    @Test func theClientsStreamReadsEvents() throws {
        let daemon = try TestDaemon()
        var events = try ControlClient(socket: daemon.path, environment: [:])
            .stream(Rehab1.Monitor(intervalMilliseconds: 0))
        let first = try events.next()
        #expect(first?.event.kind == .status)
        try daemon.onLoop { [daemon] in daemon.server.broadcast(.warning("hello")) }
        guard case .reply(let second) = try events.next(within: 10_000) else {
            Issue.record("no event")
            return
        }
        #expect(second.event.warning == "hello")
        try daemon.onLoop { [daemon] in daemon.server.stop() }
        do throws(ControlError) {
            _ = try events.next()
            Issue.record("an event from a server that stopped")
        } catch {
            #expect(error == .disconnected(method: "Monitor"))
        }
    }
}

@Suite struct SubscriberTests {
    private let frame = EventBody(.frame(Fixture.frame(time: 0)), time: 0)
    private static let millisecond: Int64 = 1_000_000

    @Test(arguments: [(50, 20), (20, 50), (0, 60), (1_000, 1)])
    func framesGoOutAtTheAgreedPace(interval: Int64, expected: Int) {
        // Ten seconds of 60 frames a second.
        var subscriber = Subscriber(interval: interval * SubscriberTests.millisecond)
        var sent = 0
        for number in 0..<600 {
            let now = Int64(number) * 1_000_000_000 / 60
            if subscriber.admit(frame, at: now) != nil { sent += 1 }
        }
        #expect(abs(sent - expected * 10) <= 1)
    }

    @Test func theNewestHeldFrameIsKept() {
        var subscriber = Subscriber(interval: 100)
        #expect(subscriber.admit(frame, at: 0) != nil)
        #expect(subscriber.heldUntil == nil)
        #expect(subscriber.admit(frame, at: 10) == nil)
        let newest = EventBody(.frame(Fixture.frame(time: 7)), time: 7)
        #expect(subscriber.admit(newest, at: 20) == nil)
        #expect(subscriber.heldUntil == 100)
        #expect(subscriber.takeHeld(at: 99) == nil)
        #expect(subscriber.takeHeld(at: 100)?.members == newest.members)
        #expect(subscriber.takeHeld(at: 100) == nil)
    }
}

@Suite struct OutputQueueTests {
    private func event(_ payload: Rehab1.Event.Payload) -> EventBody { EventBody(payload, time: 0) }

    /// Writes everything and returns the messages.
    private func drain(_ queue: inout OutputQueue) throws -> [VarlinkReply] {
        var bytes: [UInt8] = []
        _ = queue.flush { message, offset in
            bytes += message[offset...]
            return message.count - offset
        }
        return try bytes.split(separator: 0).map { try VarlinkReply(message: Array($0)) }
    }

    private func numbers(_ replies: [VarlinkReply]) -> [[Int64?]] {
        replies.map {
            let event = $0.parameters["event"]
            return [event?["seq"]?.integerValue, event?["dropped"]?.integerValue]
        }
    }

    @Test func theLeastImportantAndOldestGoesFirst() throws {
        var queue = OutputQueue()
        let sensor = Rehab1.Sensor(
            name: "n", kind: "k", state: .lost, nominalRateHertz: 60, packets: 0, samples: 0,
            decodeErrors: 0, gaps: 0, lostSamples: 0, duplicates: 0, refused: 0, flags: [])
        queue.append(event(.warning("one")), limit: .max)
        queue.append(event(.sensor(sensor)), limit: .max)
        queue.append(event(.frame(Fixture.frame(time: 1))), limit: .max)
        queue.append(event(.frame(Fixture.frame(time: 2))), limit: .max)
        // Each time there is no room for one more.
        var kinds: [[String?]] = []
        for round in 0..<4 {
            var copy = queue
            let replies = try drain(&copy)
            kinds.append(replies.map { $0.parameters["event"]?["kind"]?.stringValue })
            if round == 1 {
                #expect(replies[2].parameters["event"]?["frame"]?["time"] == 2)
            }
            queue.append(event(.warning("x")), limit: queue.count)
        }
        #expect(kinds[0] == ["warning", "sensor", "frame", "frame"])
        #expect(kinds[1] == ["warning", "sensor", "frame", "warning"])
        #expect(kinds[2] == ["warning", "sensor", "warning", "warning"])
        #expect(kinds[3] == ["warning", "warning", "warning", "warning"])
    }

    @Test func numbersHaveNoGapAndTheLossIsToldOnce() throws {
        var queue = OutputQueue()
        queue.append(event(.warning("first")), limit: .max)
        #expect(numbers(try drain(&queue)) == [[1, 0]])
        for time in 0..<5 {
            queue.append(event(.frame(Fixture.frame(time: Int64(time)))), limit: .max)
        }
        // Room for the new warning only.
        queue.append(event(.warning("second")), limit: 200)
        queue.append(event(.warning("third")), limit: .max)
        #expect(numbers(try drain(&queue)) == [[2, 5], [3, 0]])
    }

    @Test func aNewFrameIsDroppedWhereOnlyLastingEventsWait() throws {
        var queue = OutputQueue()
        queue.append(event(.warning(String(repeating: "w", count: 500))), limit: .max)
        queue.append(event(.frame(Fixture.frame(time: 1))), limit: queue.count)
        queue.append(event(.warning("end")), limit: .max)
        #expect(numbers(try drain(&queue)) == [[1, 1], [2, 0]])
    }

    @Test func repliesAreNeverDropped() throws {
        var queue = OutputQueue()
        queue.append(VarlinkReply(parameters: ["a": 1]).message)
        queue.append(event(.warning("gone")), limit: 1)
        #expect(try drain(&queue) == [VarlinkReply(parameters: ["a": 1])])
        #expect(queue.isEmpty && queue.count == 0)
    }

    @Test func aMessageIsWrittenInAsManyPiecesAsTheSocketWants() throws {
        var queue = OutputQueue()
        let message = VarlinkReply(parameters: ["text": "abcdefgh"]).message
        queue.append(message)
        queue.append(message)
        var written: [UInt8] = []
        var allowance = 0
        for _ in 0..<message.count * 2 {
            allowance = 1
            _ = queue.flush { bytes, offset in
                guard allowance > 0 else { return 0 }
                allowance -= 1
                written.append(bytes[offset])
                return 1
            }
        }
        #expect(written == message + message)
        #expect(queue.isEmpty)
    }
}
