// Fault rows of other programs and of hostile data: forged, doubled, malformed, too much.

import Bluetooth
import FakeBlueZ
import Plumbing
import Testing
import Wearables

extension CentralTests {
    @Suite("Faults by strangers")
    struct StrangerFaultTests {}
}

extension CentralTests.StrangerFaultTests {
    static let payload = "15172002-4947-11e9-8646-d663bd873d93"

    @Test("34: forged notifications, to all and past every rule, are dropped and counted")
    func forged() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        let stranger = Stranger(on: rig.fake.loop, address: rig.bus.address)
        await stranger.start()
        let path = "/org/bluez/hci0/dev_D4_22_CD_00_00_01/service000a/char000d"
        let receiver = await rig.fake.calls.last?.sender
        let forgery = FakeDotPacket.still(microseconds: 4_000_000_000)
        for _ in 0..<100 {
            await stranger.forge(path: path, forgery)
            await stranger.forge(path: path, forgery, to: receiver)
        }
        await rig.pause(0.3)
        let fakes = try rig.counters(1).count { $0 == 4_000_000_000 }
        let counted = await rig.central.forgedSignals
        let warnings = rig.tale.entries.count { timed in
            if case .event(.warning(let text)) = timed.entry {
                text.contains("BlueZ's name")
            } else {
                false
            }
        }
        var figures = Figures(row: "34 forged x200")
        figures.note("N_fake", fakes)
        figures.note("reached us and counted", counted)
        figures.note("warnings", warnings)
        figures.tell()
        #expect(fakes == 0)
        // Those to all do not even reach us: the bus daemon looks at the sender that our rule names.
        #expect(counted == 100)
        #expect(warnings == 1)
        // The path forged is the true one: the same bytes from BlueZ itself do come out.
        await rig.fake.notify(Rig.address(1), CentralTests.StrangerFaultTests.payload, forgery)
        await rig.pause(0.1)
        #expect(try rig.counters(1).contains(4_000_000_000))
        await stranger.end()
        await rig.end()
    }

    @Test("copies of a notification, where other programs listen, are told apart")
    func copies() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(1))
        device.copies = 3
        try await rig.start([device])
        try await rig.addDot(1)
        await rig.pause(1)
        let received = try rig.counters(1)
        let report = try #require(await rig.central.report(of: Rig.device(1)))
        var figures = Figures(row: "copies x3")
        figures.note("N_dup", received.count - Set(received).count)
        figures.note("told apart", report.counts.duplicates)
        figures.tell()
        #expect(received.count == Set(received).count)
        #expect(received.count >= 50)
        #expect(report.counts.duplicates >= 100)
        await rig.end()
    }

    @Test("35: another program disconnects again and again: no fight")
    func foreignDisconnects() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        await rig.pause(0.2)
        await rig.fake.clearCalls()
        let start = MonotonicClock.now()
        await rig.fake.dropLink(Rig.address(1))
        _ = try await rig.packet(1, from: try await rig.streaming(1, from: start))
        await rig.pause(0.2)
        let second = MonotonicClock.now()
        await rig.fake.dropLink(Rig.address(1))
        let back = try await rig.packet(1, from: try await rig.streaming(1, from: second))
        let connects = await rig.fake.calls.filter { $0.member == "Connect" }
        var figures = Figures(row: "35 disconnected by another, twice")
        figures.note("T_recover 2nd", seconds: seconds(second, back))
        figures.note("Connect calls", connects.count)
        figures.tell()
        #expect(connects.count == 2)
        #expect(seconds(start, back) >= 5)
        #expect(try rig.losses(1) == [.interrupted, .interrupted])
        await rig.end()
    }

    @Test("35: a characteristic that another program holds is asked for again, every five seconds")
    func foreignHold() async throws {
        let rig = try await Rig()
        await rig.fake.fail(
            "StartNotify", on: CentralTests.StrangerFaultTests.payload, times: 2,
            .error(name: "org.bluez.Error.NotPermitted", message: "Notify acquired"))
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        let start = MonotonicClock.now()
        try await rig.add(1)
        _ = try await rig.report(1, "held", from: start) { $0.reason == "held by another program" }
        let back = try await rig.packet(1, from: start)
        var figures = Figures(row: "35 held by another x2")
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(seconds(start, back) >= 5)
        #expect(seconds(start, back) <= 12)
        await rig.end()
    }

    @Test("29: malformed notifications go through the door as they are, and nothing falls over")
    func malformed() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(1))
        device.reaction = .dot(rateHertz: 200)
        try await rig.start([device])
        try await rig.addDot(1)
        var random = SeededRandom(29)
        let count = 10_000
        for number in 0..<count {
            let length = number % 7 == 0 ? [0, 1, 43, 45, 512][number / 7 % 5] : random.below(513)
            let bytes = (0..<length).map { _ in UInt8(random.below(256)) }
            await rig.fake.notify(Rig.address(1), CentralTests.StrangerFaultTests.payload, bytes)
        }
        await rig.pause(0.3)
        let sent = await rig.fake.sentCounters(Rig.address(1))
        await rig.pause(0.1)
        let received = Set(try rig.counters(1))
        let missing = Set(sent).subtracting(received).count
        let report = try #require(await rig.central.report(of: Rig.device(1)))
        var figures = Figures(row: "29 malformed x\(count)")
        figures.note("passed", report.counts.packets)
        figures.note("overflows", report.counts.overflows)
        figures.note("good samples lost", missing)
        figures.tell()
        #expect(report.counts.packets >= count)
        #expect(missing <= report.counts.overflows)
        #expect(report.state == .streaming)
        await rig.end()
    }

    @Test("30: a flood from one sensor leaves the other's data whole and in time")
    func flood() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1)), FakeDevice.dot(Rig.address(2))])
        try await rig.addDot(1)
        try await rig.addDot(2)
        await rig.pause(1)
        let calm = try delays(rig)
        let before = openDescriptors()
        await rig.fake.flood(
            Rig.address(1), CentralTests.StrangerFaultTests.payload, perSecond: 10_000,
            seconds: 2)
        let start = MonotonicClock.now()
        await rig.pause(2.2)
        let sent = await rig.fake.sentCounters(Rig.address(2))
        await rig.pause(0.2)
        let missing = Set(sent).subtracting(try rig.counters(2)).count
        let busy = try delays(rig, from: start)
        let report = try #require(await rig.central.report(of: Rig.device(1)))
        var figures = Figures(row: "30 flood 10 000/s")
        figures.note("flood packets", report.counts.packets)
        figures.note("overflows", report.counts.overflows)
        figures.note("X lost", missing)
        figures.note("X spacing p99 calm", seconds: percentile(calm, 0.99))
        figures.note("X spacing p99 flood", seconds: percentile(busy, 0.99))
        figures.tell()
        #expect(missing == 0)
        #expect(openDescriptors() == before)
        #expect(try rig.losses(2).isEmpty)
        await rig.end()
    }

    /// How far each packet of sensor 2 came from its place in the rhythm, s.
    private func delays(_ rig: Rig, from start: Int64 = 0) throws -> [Double] {
        let device = try Rig.device(2)
        let times = rig.tale.entries.compactMap { timed -> Int64? in
            guard timed.time >= start, case .packet(device, _) = timed.entry else { return nil }
            return timed.time
        }
        return zip(times, times.dropFirst()).map { abs(seconds($0, $1) - 1.0 / 60) }
    }

    @Test("26: two sensors with one name are never mixed up")
    func sameName() async throws {
        let rig = try await Rig()
        var second = FakeDevice.dot(Rig.address(2))
        second.name = "Movella DOT\u{0000}".replacing("\u{0000}", with: "\u{200b}")
        try await rig.start([FakeDevice.dot(Rig.address(1)), second])
        try await rig.addDot(1)
        try await rig.addDot(2)
        await rig.fake.notify(
            Rig.address(2), CentralTests.StrangerFaultTests.payload,
            FakeDotPacket.still(microseconds: 2_222))
        await rig.pause(0.1)
        #expect(try !rig.counters(1).contains(2_222))
        #expect(try rig.counters(2).contains(2_222))
        await rig.end()
    }
}

/// Repeatable numbers (SplitMix64).
struct SeededRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
