// `rehabctl test`: a guided run on a played person, its kept result, and what is refused.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

@Suite(.scene()) struct TestBatteryTests {
    /// 4 s of quiet, then 13 s on the right leg: the free side is 6° up from 0.5 s on, and sinks at 8 s.
    private static let lifted = Scenario.toml(
        """
        [[task]]
        kind = "quiet-stand"
        name = "quiet"
        seconds = 4
        [[task]]
        kind = "one-leg-stand"
        name = "stand-right"
        side = "right"
        seconds = 13
        profile = [{ kind = "hike", at = 0.5, degrees = 6, rise_s = 0.6, hold_s = 7 }]
        [[task]]
        kind = "quiet-stand"
        name = "after"
        seconds = 60
        """)

    private func value(_ id: String, _ result: Rehab1.TestResult) -> Double? {
        result.measures.first { $0.id == id }?.value
    }

    /// Whoever presses Enter to begin does not end the run before it has begun.
    @Test func enterBeforeGoEndsNothing() throws {
        let scenario = try Scenario(TestBatteryTests.lifted)
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        defer { player.stop() }
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        let terminal = try Pseudoterminal()
        let run = try terminal.start(
            Products.rehabctl,
            [
                "test", "T1", "--side", "right", "--lead-in", "1.5", "--pain", "1", "--fingertip",
                "no",
            ],
            environment: Program.environment(["REHABD_SOCKET": daemon.socket]))
        try waitUntil("the lead-in") { terminal.drawn().contains("get ready") }
        terminal.type("\n\n")
        #expect(try run.wait(within: 60) == .exited(0))
        let result = try #require(try daemon.call(Rehab1.ListTestResults()).results.first)
        let hold = try #require(value("hold-s", result), "\(terminal.drawn())")
        #expect((12.5...13.5).contains(hold), "\(hold)")
    }

    @Test func aRunIsScoredKeptAndAnswered() throws {
        let scenario = try Scenario(TestBatteryTests.lifted)
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        defer { player.stop() }
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }

        let run = try daemon.rehabctl([
            "test", "T1", "--side", "right", "--lead-in", "0", "--json", "--pain", "2.5",
        ])
        #expect(run.code == 0, "\(run)")
        let results = try JSONDecoder().decode(
            [Rehab1.TestResult].self, from: Data(run.output.utf8))
        let result = try #require(results.first)
        #expect(results.count == 1)
        // On one leg for 13 s; the foot's way up and down is no hold.
        let hold = try #require(value("hold-s", result))
        #expect((12.5...13.5).contains(hold), "\(hold)")
        // Down again between 8.1 and 8.7 s after lift-off; seconds are whole.
        let fall = try #require(value("fall-s", result))
        #expect((6...9).contains(fall), "\(fall)")
        let lift = try #require(value("lift-deg", result))
        #expect(abs(lift - 6) < 1, "\(lift)")
        // In band all along, as well as the angle is known; 5 s of the hold are what counts.
        let band = try #require(result.measures.first { $0.id == "in-band" })
        #expect(band.value == 100 && band.uncertainty != nil, "\(band)")
        #expect(band.counts.map { (100 * 5 / 13.5...100).contains($0) } == true, "\(band)")
        #expect(value("pain", result) == 2.5)
        #expect(result.measures.first { $0.id == "fingertip" }?.source == "not-measured")
        #expect(result.curve.count >= 11)
        #expect(result.earlierDate == nil && result.sensors == ["pelvis"])

        // Kept as one file of version 1, and found again.
        let file = daemon.state + "/tests/\(result.name).json"
        let kept = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
                as? [String: Any])
        #expect(kept["version"] as? Int == 1 && kept["test"] as? String == "T1")
        #expect((kept["thresholds"] as? [Any])?.isEmpty == false)
        let listed = try daemon.rehabctl(["test", "results", "--json"])
        #expect(
            try JSONDecoder().decode([Rehab1.TestResult].self, from: Data(listed.output.utf8))
                == results)

        // Two-legged standing for some seconds, as people read it.
        let sway = try daemon.rehabctl(["test", "T3", "--lead-in", "0", "--seconds", "12"])
        #expect(sway.code == 0, "\(sway)")
        #expect(sway.output.contains("sway sideways, RMS") && sway.output.contains("m/s2"))
        #expect(sway.output.contains("both legs: get ready"))
        #expect(sway.lines.contains { $0.contains("jerk") && $0.contains("measured") })
        // A longer stand has a longer path: that is no change of the person's.
        let longer = try daemon.rehabctl(["test", "T3", "--lead-in", "0", "--seconds", "18"])
        print(longer.output)
        let path = try #require(longer.lines.first { $0.contains("sway path  ") })
        #expect(path.contains("counts") || path.hasSuffix("-"), "\(longer)")
        #expect(
            longer.output.contains(
                /sway path; jerk: not compared with [0-9TZ:-]+: 1[0-9.]+ s here/),
            "\(longer)")
    }

    @Test func whatCannotBeRunIsRefusedWithACure() throws {
        let daemon = try RunningDaemon()
        let unknown = try daemon.rehabctl(["test", "T12"])
        #expect(unknown.code == 64 && unknown.errors.contains("Use one of T1, T2"), "\(unknown)")
        let sideless = try daemon.rehabctl(["test", "T4"])
        #expect(sideless.code == 64 && sideless.errors.contains("--side left"), "\(sideless)")
        let sided = try daemon.rehabctl(["test", "T6", "--side", "left"])
        #expect(sided.code == 64, "\(sided)")
        let bare = try daemon.rehabctl(["test", "T1", "--side", "left", "--lead-in", "0"])
        #expect(bare.code == 65 && bare.errors.contains("pelvis"), "\(bare)")
        let empty = try daemon.rehabctl(["test", "results"])
        #expect(empty.code == 0 && empty.output.contains("no results yet"), "\(empty)")
        let list = try daemon.rehabctl(["test", "list"])
        #expect((1...8).allSatisfy { list.output.contains("T\($0)  ") }, "\(list)")
    }

    @Test func aFileThatIsNoResultIsSaidAndLeftAlone() throws {
        let daemon = try RunningDaemon()
        let folder = daemon.state + "/tests"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try "{\"version\": 9".write(
            toFile: folder + "/broken.json", atomically: false, encoding: .utf8)
        let results = try daemon.rehabctl(["test", "results"])
        #expect(results.code == 0 && results.output.contains("no results yet"), "\(results)")
        let warnings = try daemon.call(Rehab1.GetStatus()).status.warnings
        #expect(warnings.contains { $0.contains("broken.json is no test result") }, "\(warnings)")
        #expect(FileManager.default.fileExists(atPath: folder + "/broken.json"))
    }
}
