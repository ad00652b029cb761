// Fault rows of connecting and configuring: answers that lie, that never come, that come too early.

import Bluetooth
import FakeBlueZ
import Plumbing
import Testing
import Wearables

extension CentralTests {
    @Suite("Faults of connecting")
    struct ConnectFaultTests {}
}

extension CentralTests.ConnectFaultTests {
    static let payload = "15172002-4947-11e9-8646-d663bd873d93"

    /// Adds a sensor that behaves as `prepare` says; seconds until its first packet.
    private func timeToStream(
        _ rig: Rig, within limit: Double, _ path: NotifyPath? = nil,
        _ prepare: @Sendable (inout FakeDevice) -> Void = { _ in }
    ) async throws -> Double {
        var device = FakeDevice.dot(Rig.address(1))
        prepare(&device)
        try await rig.start([device])
        let start = MonotonicClock.now()
        try await rig.add(1, path)
        return seconds(start, try await rig.packet(1, from: start, within: limit + 5))
    }

    private func tell(_ row: String, _ recover: Double) {
        var figures = Figures(row: row)
        figures.note("T_recover", seconds: recover)
        figures.tell()
    }

    @Test("13: Connect answers success and nothing is connected")
    func lies() async throws {
        let rig = try await Rig()
        let time = try await timeToStream(rig, within: 5) { $0.lyingConnects = 2 }
        tell("13 lying Connect, twice", time)
        #expect(time <= 5)
        await rig.end()
    }

    @Test("13: the other way round: a link stands, and nothing tells it")
    func untold() async throws {
        let rig = try await Rig()
        let time = try await timeToStream(rig, within: 1) { $0.untoldConnects = 1 }
        tell("13 Connected never told", time)
        #expect(time <= 1)
        let calls = await rig.fake.calls
        #expect(calls.filter { $0.member == "Connect" }.count == 1)
        #expect(calls.filter { $0.member == "Disconnect" }.isEmpty)
        await rig.end()
    }

    @Test("14: aborts in a row cost a second each at most", arguments: [1, 3, 8])
    func aborts(_ count: Int) async throws {
        let rig = try await Rig()
        await rig.fake.fail(
            "Connect", times: count,
            .error(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local"))
        let time = try await timeToStream(rig, within: Double(count))
        tell("14 abort x\(count)", time)
        #expect(time <= Double(count))
        let connects = await rig.fake.calls.filter { $0.member == "Connect" }.count
        #expect(connects == count + 1)
        await rig.end()
    }

    @Test(
        "15: a dead program's attempt is ended, then the device removed",
        arguments: [
            FakeDevice.Stuck.untilDisconnect, .untilRemove,
        ])
    func inProgress(_ stuck: FakeDevice.Stuck) async throws {
        let rig = try await Rig()
        let time = try await timeToStream(rig, within: 5) { $0.stuck = stuck }
        tell("15 InProgress, \(stuck)", time)
        #expect(time <= 5)
        let removals = await rig.fake.calls.filter { $0.member == "RemoveDevice" }.count
        #expect(removals == (stuck == .untilRemove ? 1 : 0))
        await rig.end()
    }

    @Test("16: calls hang on a phantom connection", arguments: [0, 1])
    func phantom(_ ignoredDisconnects: Int) async throws {
        let rig = try await Rig()
        await rig.fake.fail("ReadValue", times: 1, .silence)
        let time = try await timeToStream(rig, within: 10) {
            $0.ignoredDisconnects = ignoredDisconnects
        }
        tell("16 phantom, Disconnect ignored x\(ignoredDisconnects)", time)
        #expect(time <= 10)
        let removals = await rig.fake.calls.filter { $0.member == "RemoveDevice" }.count
        #expect(removals == ignoredDisconnects)
        await rig.end()
    }

    @Test(
        "a sensor that demands a bond hangs at its settings; pairing while it is tried again works")
    func demandsBond() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(1))
        device.demandsBond = true
        try await rig.start([device])
        try await rig.add(1)
        _ = try await rig.report(1, "what may be wanted", within: 20) {
            $0.reason.contains("paired first")
        }
        let asked = MonotonicClock.now()
        try await rig.central.pair(Rig.device(1))
        let time = seconds(asked, try await rig.packet(1, from: asked))
        tell("paired in the midst of attempts, to the first packet", time)
        #expect(time <= 5)
        await rig.end()
    }

    @Test("17: services are resolved before their objects are there, or never")
    func resolving() async throws {
        var rig = try await Rig()
        var time = try await timeToStream(rig, within: 5) { $0.objectDelay = 1_500_000_000 }
        tell("17 objects 1.5 s late", time)
        #expect(time <= 3)
        var removals = await rig.fake.calls.filter { $0.member == "RemoveDevice" }.count
        #expect(removals == 0)
        await rig.end()

        rig = try await Rig()
        let fake = rig.fake
        let cure = Task {
            await rig.pause(3)
            await fake.change(Rig.address(1)) { $0.neverResolves = false }
        }
        time = try await timeToStream(rig, within: 15) { $0.neverResolves = true }
        await cure.value
        tell("17 never resolved", time)
        #expect(time >= 9)
        #expect(time <= 12)
        removals = await rig.fake.calls.filter { $0.member == "RemoveDevice" }.count
        #expect(removals == 0)
        await rig.end()
    }

    @Test("18: a stale cache is dropped once; a bond is kept", arguments: [false, true])
    func staleCache(_ isBonded: Bool) async throws {
        let rig = try await Rig()
        await rig.fake.fail(
            "StartNotify", on: CentralTests.ConnectFaultTests.payload, times: 1,
            .error(
                name: "org.bluez.Error.Failed", message: "Operation failed with ATT error: 0x01"))
        let time = try await timeToStream(rig, within: 10) { $0.isBonded = isBonded }
        tell("18 stale cache, bonded \(isBonded)", time)
        #expect(time <= 10)
        let removals = await rig.fake.calls.filter { $0.member == "RemoveDevice" }.count
        #expect(removals == (isBonded ? 0 : 1))
        await rig.end()
    }

    @Test("19: a notification before the answer to the subscription is not lost")
    func early() async throws {
        let rig = try await Rig()
        await rig.fake.setEarlyPacket(FakeDotPacket.still(microseconds: 7))
        let time = try await timeToStream(rig, within: 5)
        await rig.pause(0.1)
        var figures = Figures(row: "19 notification before the answer")
        figures.note("N_lost", try rig.counters(1).contains(7) ? 0 : 1)
        figures.tell()
        #expect(time <= 2)
        #expect(try rig.counters(1).contains(7))
        await rig.end()
    }

    @Test("20: a subscription that is never answered: five seconds each, three times, then said")
    func subscriptionUnanswered() async throws {
        let rig = try await Rig()
        await rig.fake.fail("StartNotify", on: CentralTests.ConnectFaultTests.payload, .silence)
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        let start = MonotonicClock.now()
        try await rig.add(1)
        let told = try await rig.report(1, "unusable", from: start, within: 30) {
            $0.state == .unusable && $0.reason.contains("does not answer")
        }
        tell("20 CCC never answered x3", seconds(start, told))
        #expect(seconds(start, told) >= 15)
        #expect(seconds(start, told) <= 20)
        // A person asks again, and the sensor has come to its senses.
        await rig.fake.clearFaults()
        try await rig.central.connect(Rig.device(1))
        _ = try await rig.packet(1, from: told)
        await rig.end()
    }

    @Test("21: the link ends while AcquireNotify is pending: signals from then on, no StopNotify")
    func acquireAstray() async throws {
        let rig = try await Rig()
        await rig.fake.setLosesAcquire(true)
        let time = try await timeToStream(rig, within: 15, .descriptor)
        tell("21 AcquireNotify astray", time)
        let calls = await rig.fake.calls
        #expect(calls.filter { $0.member == "AcquireNotify" }.count == 1)
        #expect(calls.filter { $0.member == "StopNotify" }.isEmpty)
        let report = await rig.central.report(of: try Rig.device(1))
        #expect(report?.notifyPath == .signals)
        await rig.end()
    }

    @Test("28: another maker's device with the same service is refused, and nothing is written")
    func anotherKind() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(1))
        device.characteristics.removeAll { $0.uuid.hasPrefix("15171") }
        try await rig.start([device])
        try await rig.add(1)
        _ = try await rig.report(1, "refused", within: 20) {
            $0.state == .unusable && $0.reason.contains("nothing was written")
        }
        let writes = await rig.fake.calls.filter { $0.member == "WriteValue" }.count
        var figures = Figures(row: "28 wrong driver")
        figures.note("writes", writes)
        figures.tell()
        #expect(writes == 0)
        await rig.end()
    }

    @Test("27: another device at the address (serial number) is refused before it streams")
    func anotherSerialNumber() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(1))
        device.characteristics.append(
            FakeCharacteristic(
                "00002a25-0000-1000-8000-00805f9b34fb", ["read"], value: Array("B-2".utf8)))
        try await rig.start([device])
        try await rig.add(1, serial: "A-1")
        _ = try await rig.report(1, "refused", within: 10) {
            $0.state == .unusable && $0.serialNumber == "B-2"
        }
        let writes = await rig.fake.calls.filter { $0.member == "WriteValue" }.count
        #expect(writes == 0)
        var figures = Figures(row: "27 another serial number")
        figures.note("accepted", 0)
        figures.tell()
        await rig.end()
    }
}
