// Packets come out of the descriptors as the motion says, in both stamp modes and at both paces.

import FakeWearable
import Kinematics
import Plumbing
import Synchronization
import Synthetic
import Testing

/// Everything that comes out of the sinks until their ends, read in turn so that none blocks
/// another.
private func drain(_ sinks: [SharedDescriptor]) -> [[[UInt8]]] {
    var messages = [[[UInt8]]](repeating: [], count: sinks.count)
    var open = Set(sinks.indices)
    var buffer = [UInt8](repeating: 0, count: PacketSocket.maximumBytes)
    var quiet = 0
    while !open.isEmpty, quiet < 2_000 {
        var readSomething = false
        for index in open {
            var span = buffer.mutableSpan
            switch PacketSocket.receive(from: sinks[index].rawValue, into: &span) {
            case .packet(let count, _):
                messages[index].append(Array(buffer.prefix(count)))
                readSomething = true
            case .oversized:
                messages[index].append([])
                readSomething = true
            case .empty: continue
            case .ended:
                open.remove(index)
                readSomething = true
            }
        }
        if !readSomething, let any = open.first {
            _ = UnixSocket.waitReadable(sinks[any].rawValue, milliseconds: 5)
            quiet += 1
        } else {
            quiet = 0
        }
    }
    return messages
}

private func littleEndian(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
}

/// Two sensors with ordinary links: 3 s of standing and a foot lift.
private let twoSensors = """
    seed = 4
    [[sensor]]
    segment = "pelvis"
    link = { interval_ms = 15, jitter_ms = 4, loss_percent = 5, late_percent = 2 }
    [[sensor]]
    segment = "trunk"
    mode = "rate-quantities"
    clock_percent = 1
    link = { latency_ms = 3, jitter_ms = 10 }
    [[task]]
    kind = "quiet-stand"
    name = "stand"
    seconds = 3
    [[task]]
    kind = "foot-lift"
    name = "lift"
    side = "left"
    """

@Suite struct PlayTests {
    /// The player and the offline run are the same motion: packets and their order must agree.
    @Test func inBandMessagesCarryStampOrderAndThePacketsOfTheOfflineRun() throws {
        let script = try Script(toml: twoSensors)
        let run = try SyntheticRun(script)
        let wearable = try FakeWearable(playing: script, pace: .asFastAsItGoes, stamps: .inBand)
        let sinks = try (0..<2).map { try #require(wearable.takeSink($0)) }
        #expect(wearable.takeSink(0) == nil)
        #expect(wearable.takeSink(7) == nil)
        let origin: Int64 = 1_000_000_000_000
        try wearable.start(origin: origin)
        let received = drain(sinks)
        let report = wearable.wait()
        var orders: Set<UInt64> = []
        for (channel, messages) in received.enumerated() {
            let expected = run.tracks[channel].deliveries.filter { !$0.lost }
            #expect(messages.count == expected.count)
            for (message, delivery) in zip(messages, expected) {
                #expect(littleEndian(message, 0, 8) == UInt64(origin + delivery.arrival))
                orders.insert(littleEndian(message, 8, 8))
                #expect(Array(message.dropFirst(16)) == delivery.packet)
            }
            #expect(report.channels[channel].sent == expected.count)
            let lost = run.tracks[channel].deliveries.count { $0.lost }
            #expect(report.channels[channel].lost == lost)
        }
        // One counter for the session: every number once, from zero.
        let total = received.map(\.count).reduce(0, +)
        #expect(orders == Set(0..<UInt64(total)))
        #expect(report.truth[0] == run.tracks[0].truth)
        #expect(report.events == run.events)
        // Stamps follow the order across channels.
        let all = received.joined().map { (littleEndian($0, 8, 8), littleEndian($0, 0, 8)) }
            .sorted { $0.0 < $1.0 }
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.1 <= $1.1 })
    }

    @Test func kernelMessagesAreThePacketsThemselves() throws {
        let script = try Script(toml: twoSensors)
        let run = try SyntheticRun(script)
        let wearable = try FakeWearable(playing: script, pace: .asFastAsItGoes)
        let sinks = try (0..<2).map { try #require(wearable.takeSink($0)) }
        try wearable.start()
        for (channel, messages) in drain(sinks).enumerated() {
            let packets = run.tracks[channel].deliveries.filter { !$0.lost }.map(\.packet)
            #expect(messages == packets)
        }
        #expect(wearable.channels.map(\.segment) == [.pelvis, .trunk])
        #expect(
            wearable.channels.map(\.characteristic) == [
                "15172002-4947-11e9-8646-d663bd873d93", "15172003-4947-11e9-8646-d663bd873d93",
            ])
    }

    @Test func aRecordingComesOutOnItsGridAsFastAsItIsRead() throws {
        let count = 5_000
        let stream = try RecordedStream(
            angularRate: (0..<count).map { Vector3(Double($0) * 1e-3, 0, 0) },
            specificForce: Array(repeating: Vector3(0, 0, 9.81), count: count), rate: 100)
        let wearable = try FakeWearable(
            playing: [RecordedSensor(name: "hip", segment: .pelvis, stream: stream)],
            pace: .asFastAsItGoes, stamps: .inBand)
        let sink = try #require(wearable.takeSink(0))
        try wearable.start(origin: 0)
        let messages = drain([sink])[0]
        #expect(messages.count == count)
        for (index, message) in messages.enumerated() {
            #expect(message.count == 16 + 28)
            #expect(littleEndian(message, 0, 8) == UInt64(index) * 10_000_000)
            #expect(littleEndian(message, 16, 4) == UInt64(index) * 10_000)
        }
        #expect(wearable.wait().channels[0].sent == count)
    }

    @Test func aReaderThatLeavesEndsItsChannelOnly() throws {
        let wearable = try FakeWearable(
            playing: Script(toml: twoSensors), pace: .asFastAsItGoes)
        let first = try #require(wearable.takeSink(1))
        // The pelvis' reader goes away before the start.
        _ = wearable.takeSink(0)
        try wearable.start()
        #expect(drain([first])[0].count > 300)
        let report = wearable.wait()
        #expect(report.channels[0].closed)
        #expect(report.channels[0].sent == 0)
        #expect(!report.channels[1].closed)
    }

    @Test func stoppingAPlayerWhoseReaderDoesNotReadDoesNotHang() throws {
        let day = "[[task]]\nkind = \"pause\"\nseconds = 86400\n"
        let wearable = try FakeWearable(playing: Script(toml: day), pace: .asFastAsItGoes)
        let sink = try #require(wearable.takeSink(0))
        try wearable.start()
        // The first packets are there: it runs, and will soon find the queue full.
        #expect(UnixSocket.waitReadable(sink.rawValue, milliseconds: 5_000))
        let report = wearable.finish()
        #expect(report.channels[0].sent > 0)
        #expect(throws: FakeWearableError.self) { try wearable.start() }
    }
}

@Suite struct PerformanceTests {
    /// A person who stands until told to do something, in real time: the calls wait for packets,
    /// not for the clock.
    @Test func tasksAreDoneWhenAskedForAndTheirTimesAreTrue() throws {
        let text = """
            [person]
            reaction_s = 0.2
            [[sensor]]
            segment = "pelvis"
            rate_hz = 100
            [[task]]
            kind = "quiet-stand"
            name = "stand"
            seconds = 0.1
            [[task]]
            kind = "bow"
            name = "bow"
            count = 1
            period_s = 1
            """
        let wearable = try FakeWearable(performing: Script(toml: text))
        #expect(throws: FakeWearableError.self) { try wearable.perform("bow") }
        let sink = try #require(wearable.takeSink(0))
        try wearable.start()
        let before = MonotonicClock.now()
        let bow = try wearable.perform("bow")
        #expect(bow.start >= before + 200_000_000)
        #expect(bow.start <= MonotonicClock.now() + 220_000_000)
        #expect(bow.end - bow.start == 1_000_000_000)
        // A second task waits for its turn.
        let stand = try wearable.perform("stand")
        #expect(stand.start == bow.end)
        #expect(throws: FakeWearableError.noSuchTask(name: "dance", known: ["stand", "bow"])) {
            try wearable.perform("dance")
        }
        var packets = 0
        var buffer = [UInt8](repeating: 0, count: PacketSocket.maximumBytes)
        while MonotonicClock.now() < stand.end,
            UnixSocket.waitReadable(sink.rawValue, milliseconds: 2_000)
        {
            var span = buffer.mutableSpan
            if case .packet(44, _) = PacketSocket.receive(from: sink.rawValue, into: &span) {
                packets += 1
            }
        }
        let report = wearable.finish()
        // 1.3 s at 100 Hz; the machine may be busy, so only the lower end is loose.
        #expect(packets > 80)
        #expect(packets <= 145)
        let events = report.events.filter { $0.taskName == "bow" }
        #expect(events.map(\.kind) == [.taskStart, .bow, .taskEnd])
        let first = try #require(events.first)
        #expect(abs(report.origin + first.time - bow.start) <= 1)
        // Truth: the pelvis went down by 40° in the bow and nowhere else.
        let deepest = report.truth[0].max { $0.body.anteriorTilt < $1.body.anteriorTilt }
        let row = try #require(deepest)
        #expect(abs(row.body.anteriorTilt * degreesPerRadian - 48) < 1)
        #expect(report.origin + row.time > bow.start)
        #expect(report.origin + row.time < bow.end)
    }

    @Test func aReaderThatDoesNotReadLosesPacketsInRealTime() throws {
        let framing = PacketFraming.message([7], stamp: -2, order: 258, mode: .inBand)
        #expect(
            framing == [
                254, 255, 255, 255, 255, 255, 255, 255, 2, 1, 0, 0, 0, 0, 0, 0, 7,
            ])
        #expect(PacketFraming.message([7], stamp: 1, order: 1, mode: .kernel) == [7])
        // 1000 Hz from eight sensors: a socket's queue is full within a second.
        let sensors = (0..<8).map { index in
            "[[sensor]]\nsegment = \"pelvis\"\nname = \"p\(index)\"\nrate_hz = 1000\n"
        }.joined()
        let script = try Script(
            toml: sensors + "[[task]]\nkind = \"pause\"\nseconds = 0.5\n")
        let wearable = try FakeWearable(playing: script, pace: .realTime)
        let sinks = (0..<8).compactMap { wearable.takeSink($0) }
        try wearable.start()
        let report = wearable.wait()
        #expect(sinks.count == 8)
        for channel in report.channels {
            #expect(channel.sent > 0)
            #expect(channel.refused > 0)
            #expect(channel.sent + channel.refused == 500)
        }
    }
}
