// Scan, connect, configure, stream, show, leave: against the stand-in BlueZ, by both paths.

import Bluetooth
import FakeBlueZ
import Plumbing
import Testing
import Wearables

/// All tests with a bus, one after the other: they measure time.
@Suite(
    "Central on a bus", .serialized, .timeLimit(.minutes(2)),
    .enabled(if: Rig.hasBus, "dbus-daemon is not installed"))
struct CentralTests {}

extension CentralTests {
    @Suite("Happy path")
    struct HappyPathTests {}
}

extension CentralTests.HappyPathTests {
    @Test(
        "a sensor that was added streams, in order and without loss",
        arguments: [
            NotifyPath.signals, .descriptor,
        ])
    func streams(_ path: NotifyPath) async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        let before = MonotonicClock.now()
        let start = try await rig.addDot(1, path)
        await rig.pause(1)
        let counters = try rig.counters(1)
        #expect(counters.count >= 20)
        for (earlier, later) in zip(counters, counters.dropFirst()) {
            #expect(later == earlier + 16_666)
        }
        let report = try #require(await rig.central.report(of: Rig.device(1)))
        #expect(report.state == .streaming)
        #expect(report.notifyPath == path)
        #expect(report.battery == 80)
        #expect(report.reason.isEmpty)
        print("connect to stream \(path): \(Int(seconds(before, start) * 1000)) ms")
        await rig.central.stop()
        // Left quiet and disconnected.
        #expect(await rig.fake.isConnected(Rig.address(1)) == false)
        let writes = await rig.fake.calls.filter { $0.member == "WriteValue" }
        #expect(writes.last?.bytes == [1, 0, 0])
        await rig.end()
    }

    @Test("scanning tells names, families and what is known, and hides nothing hostile")
    func scans() async throws {
        let rig = try await Rig()
        var unknown = FakeDevice.dot(Rig.address(2))
        unknown.isKnown = false
        var hostile = FakeDevice(
            address: "5A:11:22:33:44:55", name: "\u{1b}[2J\u{202e}evil", service: "x",
            characteristics: [])
        hostile.isKnown = false
        try await rig.start([FakeDevice.dot(Rig.address(1)), unknown, hostile])
        try await rig.addDot(1)
        await rig.central.startScanning()
        let device = try Rig.device(2)
        _ = try await rig.tale.first("sighting", on: rig.loop) {
            if case .sighting(let sighting) = $0 {
                sighting.address == device && sighting.family == "movella-dot"
                    && !sighting.isKnown && sighting.rssi == -50
            } else {
                false
            }
        }
        let stranger = try #require(DeviceAddress("5A:11:22:33:44:55"))
        _ = try await rig.tale.first("hostile name", on: rig.loop) {
            if case .sighting(let sighting) = $0 {
                sighting.address == stranger && sighting.name == "\\u{1b}[2J\\u{202e}evil"
                    && sighting.family == nil && sighting.hasPrivateAddress
            } else {
                false
            }
        }
        await rig.central.stopScanning()
        await rig.central.stop()
        let calls = await rig.fake.calls.map(\.member)
        #expect(calls.contains("StartDiscovery"))
        #expect(calls.contains("StopDiscovery"))
        await rig.end()
    }

    @Test("a sensor that BlueZ does not know is found by scanning, then connected")
    func found() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(3))
        device.isKnown = false
        try await rig.start([device])
        try await rig.addDot(3)
        let calls = await rig.fake.calls.map(\.member)
        let start = try #require(calls.firstIndex(of: "StartDiscovery"))
        let stop = try #require(calls.firstIndex(of: "StopDiscovery"))
        let connect = try #require(calls.firstIndex(of: "Connect"))
        #expect(start < stop && stop < connect)
        await rig.end()
    }

    @Test("identify writes the driver's bytes while the stream goes on")
    func identifies() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        await rig.fake.clearCalls()
        try await rig.central.identify(Rig.device(1))
        let writes = await rig.fake.calls.filter { $0.member == "WriteValue" }
        #expect(writes.count == 1)
        #expect(writes.first?.characteristic?.hasPrefix("15171002") == true)
        #expect(writes.first?.bytes?.prefix(2) == [1, 1])
        await #expect(throws: BluetoothError.self) {
            try await rig.central.buzz(Rig.device(1), milliseconds: 100)
        }
        await rig.end()
    }

    @Test("disconnect and connect on request; forget lets go")
    func onRequest() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        var now = MonotonicClock.now()
        try await rig.central.disconnect(Rig.device(1))
        _ = try await rig.report(1, "idle", from: now) { $0.reason == "disconnected on request" }
        #expect(await rig.fake.isConnected(Rig.address(1)) == false)
        #expect(try rig.losses(1).isEmpty)
        now = MonotonicClock.now()
        try await rig.central.connect(Rig.device(1))
        _ = try await rig.streaming(1, from: now)
        try await rig.central.forget(Rig.device(1))
        #expect(await rig.central.reports.isEmpty)
        await rig.pause(0.3)
        #expect(await rig.fake.isConnected(Rig.address(1)) == false)
        // Added again: bluetoothd still holds our subscriptions, and refuses to be asked for them twice.
        now = MonotonicClock.now()
        try await rig.add(1)
        _ = try await rig.streaming(1, from: now)
        await rig.end()
    }

    @Test("six sensors switched on together stream, one connection at a time")
    func six() async throws {
        let rig = try await Rig()
        try await rig.start((1...6).map { FakeDevice.dot(Rig.address($0)) })
        let start = MonotonicClock.now()
        for number in 1...6 { try await rig.add(number) }
        var last: Int64 = 0
        for number in 1...6 { last = max(last, try await rig.streaming(number, from: start)) }
        var figures = Figures(row: "12 six together")
        figures.note("all streaming", seconds: seconds(start, last))
        figures.tell()
        #expect(seconds(start, last) < 12)
        let calls = await rig.fake.calls
        let order = calls.filter { $0.member == "Connect" }.map(\.path)
        #expect(order.count == 6)
        #expect(Set(order).count == 6)
        await rig.end()
    }
}
