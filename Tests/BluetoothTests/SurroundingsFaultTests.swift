// Fault rows of adapter, bluetoothd, bus and sleep.

import Bluetooth
import EventLoop
import FakeBlueZ
import Plumbing
import Testing
import Wearables

extension CentralTests {
    @Suite("Faults of the surroundings")
    struct SurroundingsFaultTests {}
}

extension CentralTests.SurroundingsFaultTests {
    /// Waits until each of the sensors has sent a packet after `start`; the last one's time.
    private func allBack(_ rig: Rig, _ numbers: ClosedRange<Int>, from start: Int64) async throws
        -> Int64
    {
        var last: Int64 = 0
        for number in numbers { last = max(last, try await rig.packet(number, from: start)) }
        return last
    }

    @Test("4: the adapter is pulled and comes back under another number")
    func adapterMoves() async throws {
        let rig = try await Rig()
        try await rig.start((1...4).map { FakeDevice.dot(Rig.address($0)) })
        for number in 1...4 { try await rig.addDot(number) }
        var start = MonotonicClock.now()
        await rig.fake.removeAdapter()
        var lost: Int64 = 0
        for number in 1...4 { lost = max(lost, try await rig.lost(number, from: start)) }
        let detect = seconds(start, lost)
        await rig.pause(0.5)
        start = MonotonicClock.now()
        await rig.fake.addAdapter(number: 2)
        let back = try await allBack(rig, 1...4, from: start)
        var figures = Figures(row: "4 adapter back as hci2, 4 sensors")
        figures.note("T_detect", seconds: detect)
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(detect <= 0.3)
        #expect(seconds(start, back) <= 4)
        // The first that is seen of it may be that the services go.
        #expect(try rig.losses(1).count == 1)
        await rig.end()
    }

    @Test("5: an adapter that goes without its devices leaves no object in use")
    func adapterGoesQuietly() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        let start = MonotonicClock.now()
        await rig.fake.removeAdapter(quietly: true)
        let lost = try await rig.lost(1, from: start)
        await rig.pause(0.1)
        let before = await rig.fake.deadCalls
        await rig.pause(1)
        let after = await rig.fake.deadCalls
        var figures = Figures(row: "5 adapter gone without removals")
        figures.note("T_detect", seconds: seconds(start, lost))
        figures.note("calls to dead paths", after - before)
        figures.tell()
        #expect(after == before)
        #expect(seconds(start, lost) <= 0.3)
        await rig.end()
    }

    @Test("6: adapter off, by a person or rfkill: said at once, not fought, and back")
    func adapterOff() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        for blocked in [false, true] {
            await rig.fake.clearCalls()
            var start = MonotonicClock.now()
            await rig.fake.setPowered(false, blocked: blocked)
            let told = try await rig.condition(.adapterOff(isBlocked: blocked), from: start)
            let detect = seconds(start, told)
            // The link's end is told before the adapter's: one try may be on its way when the adapter's is heard.
            await rig.pause(0.2)
            let underWay = await rig.fake.calls.filter { $0.member == "Connect" }.count
            await rig.fake.clearCalls()
            await rig.pause(0.5)
            let members = Set(await rig.fake.calls.map(\.member))
            start = MonotonicClock.now()
            await rig.fake.setPowered(true)
            let back = try await rig.packet(1, from: start)
            var figures = Figures(row: "6 adapter off, blocked \(blocked)")
            figures.note("T_state", seconds: detect)
            figures.note("T_recover", seconds: seconds(start, back))
            figures.tell()
            #expect(detect <= 0.1)
            #expect(underWay <= 1)
            #expect(members.isSubset(of: ["Ping"]))
            #expect(seconds(start, back) <= 4)
        }
        await rig.end()
    }

    @Test("7: bluetoothd restarts")
    func restart() async throws {
        let rig = try await Rig()
        try await rig.start((1...3).map { FakeDevice.dot(Rig.address($0)) })
        for number in 1...3 { try await rig.addDot(number) }
        var start = MonotonicClock.now()
        await rig.fake.crash()
        let lost = try await rig.lost(1, from: start)
        let detect = seconds(start, lost)
        await rig.pause(0.3)
        start = MonotonicClock.now()
        await rig.fake.restart()
        let back = try await allBack(rig, 1...3, from: start)
        var figures = Figures(row: "7 bluetoothd restarted, 3 sensors")
        figures.note("T_detect", seconds: detect)
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(detect <= 0.3)
        #expect(seconds(start, back) <= 3)
        #expect(try rig.losses(1) == [.bluetoothd])
        await rig.end()
    }

    @Test("8: bluetoothd crashes and nobody restarts it: the bus is asked to")
    func activation() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        try await rig.fake.restartWhenActivated(rig.bus.activationPipe)
        let start = MonotonicClock.now()
        await rig.fake.crash()
        let again = try await rig.streaming(1, from: start)
        let back = try await rig.packet(1, from: again)
        var figures = Figures(row: "8 bluetoothd dead, activated")
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(seconds(start, back) >= 1)
        #expect(seconds(start, back) <= 4.5)
        #expect(await rig.fake.activations >= 1)
        await rig.end()
    }

    @Test("9: bluetoothd hangs: said within five seconds, status answers, old data is not taken")
    func hang() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        await rig.pause(0.2)
        let start = MonotonicClock.now()
        await rig.fake.freeze(true)
        let lost = try await rig.lost(1, from: start)
        var answers: [Double] = []
        for _ in 0..<50 {
            let asked = MonotonicClock.now()
            _ = await rig.central.reports
            answers.append(seconds(asked, MonotonicClock.now()))
        }
        let told = try await rig.condition(.bluetoothdHangs, from: start)
        let oldest = await rig.fake.sentCounters(Rig.address(1)).last ?? 0
        let again = MonotonicClock.now()
        await rig.fake.freeze(false)
        let back = try await rig.packet(1, from: again)
        let first = try rig.counters(1, from: again).first ?? 0
        var figures = Figures(row: "9 bluetoothd hangs")
        figures.note("T_detect", seconds: seconds(start, lost))
        figures.note("T_status", seconds: seconds(start, told))
        figures.note("API p99", seconds: percentile(answers, 0.99))
        figures.note("T_recover", seconds: seconds(again, back))
        figures.tell()
        #expect(seconds(start, lost) <= 0.3)
        #expect(seconds(start, told) <= 5)
        #expect(percentile(answers, 0.99) <= 0.05)
        #expect(seconds(again, back) <= 2)
        #expect(first >= oldest, "a packet of the backlog came out")
        await rig.end()
    }

    @Test("10: the bus daemon dies and comes back")
    func busDies() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        var start = MonotonicClock.now()
        rig.bus.kill()
        let lost = try await rig.lost(1, from: start)
        let detect = seconds(start, lost)
        // Without its bus bluetoothd ends too.
        await rig.fake.crash()
        await rig.pause(0.3)
        start = MonotonicClock.now()
        try rig.bus.start()
        await rig.fake.restart()
        let back = try await rig.packet(1, from: start)
        var figures = Figures(row: "10 bus daemon restarted")
        figures.note("T_detect", seconds: detect)
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(detect <= 0.3)
        #expect(seconds(start, back) <= 3)
        await rig.end()
    }

    @Test("11: sleep is delayed until the recording has ended, and all comes back after it")
    func sleep() async throws {
        let rig = try await Rig { $0.inhibitsSleep = true }
        let logind = FakeLogind(on: rig.loop, address: rig.bus.address)
        await logind.start()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        await rig.pause(0.1)
        #expect(await logind.held == 1)
        var start = MonotonicClock.now()
        await logind.prepareForSleep(true)
        _ = try await rig.event("sleeping", from: start) {
            if case .sleeping = $0 { true } else { false }
        }
        #expect(await logind.held == 1)
        await rig.central.readyForSleep()
        #expect(await logind.held == 0)
        #expect(try rig.losses(1) == [.suspend])
        await rig.fake.dropLink(Rig.address(1))
        await rig.pause(0.1)
        start = MonotonicClock.now()
        await logind.prepareForSleep(false)
        let back = try await rig.packet(1, from: start)
        await rig.pause(0.1)
        #expect(await logind.held == 1)
        var figures = Figures(row: "11 suspend and resume")
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(seconds(start, back) <= 5)
        await logind.end()
        await rig.end()
    }

    @Test("11: after a sleep for which the recording ended at once, the next one is delayed too")
    func sleepTwice() async throws {
        let rig = try await Rig(isReadyAtOnce: true) { $0.inhibitsSleep = true }
        let logind = FakeLogind(on: rig.loop, address: rig.bus.address)
        await logind.start()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        await rig.pause(0.1)
        #expect(await logind.held == 1)
        await logind.prepareForSleep(true)
        await rig.pause(0.1)
        #expect(await logind.held == 0)
        await logind.prepareForSleep(false)
        // Longer than the owner's time for the sleep before.
        await rig.pause(1.3)
        #expect(await logind.held == 1)
        await logind.end()
        await rig.end()
    }
}
