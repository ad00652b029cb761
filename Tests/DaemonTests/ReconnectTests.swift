// Links that break again and again (row 49 of the fault table): nothing is left over from any of them.

import Control
import DaemonTestKit
import FakeBlueZ
import Foundation
import Plumbing
import Testing

@Suite(
    .scene(weight: 2), .timeLimit(.minutes(60)),
    .enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
struct ReconnectTests {
    /// `REHAB_RECONNECTS` sets the number of cycles: 1 000 for the table's row, fewer in the ordinary tests.
    ///
    /// One takes five seconds: a link that never lasts is not made again at once, so that two programs do not
    /// fight over a sensor (row 35).
    private static let cycles =
        ProcessInfo.processInfo.environment["REHAB_RECONNECTS"].flatMap { Int($0) } ?? 9

    /// The fewest descriptors of a second: a question that was just answered still has its own.
    private static func figures(_ id: Int32) throws -> ProcessFigures {
        var figures = try ProcessFigures(id)
        for _ in 0..<20 {
            MonotonicClock.sleep(until: MonotonicClock.now() + 50_000_000)
            let now = try ProcessFigures(id)
            figures.residentBytes = now.residentBytes
            figures.descriptors = min(figures.descriptors, now.descriptors)
        }
        return figures
    }

    @Test(arguments: [1, 7])
    func nothingIsLeftOverFromLinks(_ count: Int) async throws {
        let addresses = (1...count).map { "D4:22:CD:00:00:0\($0)" }
        let bus = try TestBus()
        let fake = try FakeBlueZ(at: bus.address)
        for address in addresses { await fake.add(FakeDevice.dot(address)) }
        await fake.start()
        let daemon = try RunningDaemon {
            $0.environment = ["REHABD_BLUETOOTH": "yes", "DBUS_SYSTEM_BUS_ADDRESS": bus.address]
        }
        for address in addresses {
            _ = try daemon.call(
                Rehab1.AddSensor(
                    address: address, addressKind: "random", kind: "movella-dot",
                    name: "s\(address.suffix(1))", segment: address == addresses[0] ? "pelvis" : nil
                ))
        }
        func streaming(after losses: Int64) throws -> Bool {
            let sensors = try daemon.status().sensors
            return sensors.count == count
                && sensors.allSatisfy {
                    $0.state == .streaming && $0.link?.losses ?? 0 >= losses
                }
        }
        try waitUntil("\(count) sensors", within: 60) { try streaming(after: 0) }
        let rounds = max(6, Self.cycles / count)
        var before: ProcessFigures?
        var times: [Double] = []
        for round in 1...rounds {
            let start = MonotonicClock.now()
            for address in addresses { await fake.dropLink(address) }
            try waitUntil("round \(round)", within: 60) { try streaming(after: Int64(round)) }
            times.append(milliseconds(MonotonicClock.now() - start))
            // The first third fills pools and caches.
            if round == rounds / 3 { before = try Self.figures(daemon.process.id) }
        }
        let after = try Self.figures(daemon.process.id)
        let start = try #require(before)
        let grown = Double(after.residentBytes - start.residentBytes) / 1_048_576
        times.sort()
        print(
            "reconnects of \(count): \(rounds) rounds, back after p50 \(Int(times[rounds / 2])) ms, "
                + "longest \(Int(times[rounds - 1])) ms, memory "
                + "\(String(format: "%+.2f", grown)) MiB, descriptors \(start.descriptors) -> "
                + "\(after.descriptors)")
        #expect(after.descriptors == start.descriptors)
        #expect(grown <= 1)
        #expect(try daemon.terminate() == .exited(0))
        await fake.end()
    }
}
