// Fault rows of the link itself: range, absence, battery, interruption, descriptors that end.

import Bluetooth
import FakeBlueZ
import Foundation
import Plumbing
import Testing
import Wearables

extension CentralTests {
    @Suite("Faults of the link")
    struct RangeFaultTests {}
}

extension CentralTests.RangeFaultTests {
    /// All hundred cycles of the table where the environment asks for them.
    static var cycles: Int {
        ProcessInfo.processInfo.environment["REHABD_LONG_TESTS"] == nil ? 15 : 100
    }

    @Test("1, 49: out of range and back, again and again, without a leak")
    func outAndBack() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1)), FakeDevice.dot(Rig.address(2))])
        try await rig.addDot(1)
        try await rig.addDot(2)
        var (detect, recover): ([Double], [Double]) = ([], [])
        var descriptors = 0
        var names: Set<String> = []
        var (memory, rules) = (0, 0)
        for cycle in 0..<CentralTests.RangeFaultTests.cycles {
            await rig.pause(0.1)
            if cycle == 2 {
                // Asking the bus begins a run loop, whose three descriptors its thread keeps: before the count.
                rules = try matchRules(at: rig.bus.address)
                descriptors = openDescriptors()
                names = descriptorNames()
                memory = residentBytes()
            }
            var start = MonotonicClock.now()
            await rig.fake.change(Rig.address(1)) { $0.isInRange = false }
            let lost = try await rig.lost(1, from: start)
            detect.append(seconds(start, lost))
            _ = try await rig.report(1, "link ended", from: start) { $0.state == .connecting }
            start = MonotonicClock.now()
            await rig.fake.change(Rig.address(1)) { $0.isInRange = true }
            recover.append(seconds(start, try await rig.packet(1, from: start)))
        }
        let grown = openDescriptors() - descriptors
        let swollen = Double(residentBytes() - memory) / 1_048_576
        let newRules = try matchRules(at: rig.bus.address) - rules
        await rig.pause(0.1)
        let received = try rig.counters(1)
        let missing = try rig.silentlyLost(1)
        let copies = received.count - Set(received).count
        let other = await rig.fake.sentCounters(Rig.address(2))
        await rig.pause(0.1)
        let otherMissing = Set(other).subtracting(try rig.counters(2)).count
        var figures = Figures(row: "1/49 out of range x\(detect.count)")
        figures.note("T_detect max", seconds: detect.max() ?? 0)
        figures.note("T_recover p95", seconds: percentile(recover, 0.95))
        figures.note("N_silent", missing)
        figures.note("N_dup", copies)
        figures.note("X lost", otherMissing)
        figures.note("descriptors grown", grown)
        figures.note("match rules grown", newRules)
        figures.note("RSS grown by 1/100 MiB, with the test's own log", Int(swollen * 100))
        figures.tell()
        #expect((detect.max() ?? 9) <= 0.3)
        #expect(percentile(recover, 0.95) <= 0.3)
        #expect(missing == 0)
        #expect(copies == 0)
        #expect(otherMissing == 0)
        #expect(grown == 0, "\(descriptorNames().subtracting(names).sorted())")
        #expect(rules > 0 && newRules == 0)
        #expect(swollen <= 1)
        #expect(try rig.losses(1).count == detect.count)
        #expect(try rig.losses(1).allSatisfy { $0 == .range })
        await rig.end()
    }

    @Test("2: one away, the other unhurt; a request searches at once")
    func oneAway() async throws {
        let rig = try await Rig()
        var absent = FakeDevice.dot(Rig.address(1))
        absent.isInRange = false
        try await rig.start([absent, FakeDevice.dot(Rig.address(2))])
        try await rig.addDot(2)
        try await rig.add(1)
        // Its first slice lasts ten seconds; then it pauses, while the other streams.
        let told = try await rig.report(1, "not seen", within: 15) {
            $0.state == .searching && $0.reason.hasPrefix("not seen")
        }
        #expect(told > 0)
        let sent = await rig.fake.sentCounters(Rig.address(2))
        await rig.pause(0.1)
        let missing = Set(sent).subtracting(try rig.counters(2)).count
        let start = MonotonicClock.now()
        await rig.fake.change(Rig.address(1)) { $0.isInRange = true }
        try await rig.central.connect(Rig.device(1))
        let back = try await rig.packet(1, from: start)
        var figures = Figures(row: "2/23 one away, then asked for")
        figures.note("X lost", missing)
        figures.note("T_recover", seconds: seconds(start, back))
        figures.tell()
        #expect(missing == 0)
        #expect(try rig.losses(2).isEmpty)
        #expect(seconds(start, back) <= 2)
        await rig.end()
    }

    @Test("3: the battery warns before it is empty, and the loss says so")
    func battery() async throws {
        let rig = try await Rig()
        var device = FakeDevice.dot(Rig.address(1))
        device.battery = 40
        try await rig.start([device])
        try await rig.addDot(1)
        let start = MonotonicClock.now()
        for percent: UInt8 in [20, 15, 9, 5, 3] {
            await rig.fake.setBattery(Rig.address(1), percent)
        }
        await rig.pause(0.05)
        let warned = rig.tale.entries.compactMap { timed in
            if case .event(.batteryLow(_, let percent)) = timed.entry { percent } else { nil }
        }
        #expect(warned == [15, 5])
        await rig.fake.change(Rig.address(1)) { $0.isInRange = false }
        let lost = try await rig.lost(1, from: start)
        #expect(try rig.losses(1) == [.battery])
        var figures = Figures(row: "3 battery")
        figures.note("T_detect", seconds: seconds(start, lost))
        figures.tell()
        await rig.end()
    }

    @Test(
        "22: a descriptor that ends, or a link that ends: one loss each, and back",
        arguments: [
            NotifyPath.signals, .descriptor,
        ])
    func ends(_ path: NotifyPath) async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1, path)
        await rig.pause(0.2)
        let start = MonotonicClock.now()
        if path == .descriptor {
            await rig.fake.dropDescriptors(Rig.address(1))
        } else {
            await rig.fake.dropLink(Rig.address(1))
        }
        let lost = try await rig.lost(1, from: start)
        let back = try await rig.packet(1, from: lost)
        await rig.pause(0.3)
        var figures = Figures(row: "22 \(path) ends")
        figures.note("T_detect", seconds: seconds(start, lost))
        figures.note("T_recover", seconds: seconds(start, back))
        figures.note("events", try rig.losses(1, from: start).count)
        figures.tell()
        #expect(try rig.losses(1, from: start).count == 1)
        #expect(seconds(start, lost) <= 0.3)
        #expect(seconds(start, back) <= 0.6)
        await rig.end()
    }

    @Test("24: a burst that comes late is late and not lost")
    func lateBurst() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        await rig.pause(0.2)
        let start = MonotonicClock.now()
        for _ in 0..<5 {
            await rig.fake.freeze(true)
            await rig.pause(0.15)
            await rig.fake.freeze(false)
            await rig.pause(0.1)
        }
        let sent = await rig.fake.sentCounters(Rig.address(1))
        await rig.pause(0.1)
        let received = try rig.counters(1)
        let missing = Set(sent).subtracting(received).count
        var figures = Figures(row: "24 bursts 150 ms late")
        figures.note("N_lost", missing)
        figures.note("false losses", try rig.losses(1, from: start).count)
        figures.tell()
        #expect(missing == 0)
        #expect(received == received.sorted())
        #expect(try rig.losses(1, from: start).isEmpty)
        await rig.end()
    }

    @Test("32: a sensor that restarts is configured anew and its counter begins anew")
    func reboot() async throws {
        let rig = try await Rig()
        try await rig.start([FakeDevice.dot(Rig.address(1))])
        try await rig.addDot(1)
        await rig.pause(0.2)
        let start = MonotonicClock.now()
        await rig.fake.reboot(Rig.address(1))
        let again = try await rig.streaming(1, from: start)
        let back = try await rig.packet(1, from: again)
        await rig.pause(0.1)
        let counters = try rig.counters(1, from: back)
        var figures = Figures(row: "32 sensor restarts")
        figures.note("T_recover", seconds: seconds(start, back))
        figures.note("N_dup", counters.count - Set(counters).count)
        figures.tell()
        #expect(counters.first == 16_666)
        #expect(try rig.losses(1) == [.interrupted])
        #expect(seconds(start, back) <= 0.5)
        await rig.end()
    }
}

func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
}

func openDescriptors() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
}

/// Each with what it is, for reading.
private func descriptorNames() -> Set<String> {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return Set(
        numbers.map {
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/" + $0)
            return "\($0) \(target ?? "-")"
        })
}

/// Bytes of this process in memory: the central, the stand-in and the test's log together.
private func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
        return 0
    }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
}

/// Match rules that the bus keeps for all its clients, by its own count.
private func matchRules(at address: String) throws -> Int {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/dbus-send")
    process.arguments = [
        "--bus=\(address)", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus.Debug.Stats.GetStats",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    let place = try #require(lines.firstIndex { $0.contains("\"MatchRules\"") })
    let number = try #require(lines[place + 1].split(separator: " ").last)
    return try #require(Int(number))
}
