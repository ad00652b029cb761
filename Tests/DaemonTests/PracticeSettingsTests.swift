// Engineering defaults are a person's to set: each holds at once, and each override is in the log.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

@testable import Daemon

@Suite struct QuietHourTests {
    @Test func reminderRestAtNightOnly() throws {
        func quiet(_ text: String) throws -> [Int] {
            let practice = try Configuration(text: text, file: "f").practice
            return (0..<24).filter { practice.isQuiet(at: $0) }
        }
        #expect(try quiet("") == [0, 1, 2, 3, 4, 5, 6, 22, 23])
        #expect(try quiet("[breaks]\nquiet-from = 1\nquiet-until = 4\n") == [1, 2, 3])
        #expect(try quiet("[breaks]\nquiet-from = 7\n") == [])
    }
}

@Suite(.scene()) struct PracticeSettingsTests {
    private static let own = """
        [breaks]
        quiet-from = 23
        [fading]
        shares = [90, 60, 40, 20, 0]
        blocks = [4, 6, 8]
        [patterns]
        least-share = 0.2
        [gates]
        gap-seconds = 0.2
        slipped-degrees = 8
        """

    @Test func everyOverrideHoldsAndIsLogged() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/rehabd.toml"
        try FileStore.replace(path, with: Array(Self.own.utf8))
        let daemon = try RunningDaemon { $0.environment = ["REHABD_CONFIG": path] }
        let overrides = [
            "breaks.quiet-from 22 is 23",
            "fading.shares [100, 67, 50, 33, 10] is [90, 60, 40, 20, 0]",
            "fading.blocks [5, 7, 9] is [4, 6, 8]", "patterns.least-share 0.05 is 0.2",
            "gates.gap-seconds 0.15 is 0.2", "gates.slipped-degrees 5.0 is 8.0",
        ]
        for text in overrides {
            try waitUntil(text) { daemon.log.contains("of the person's own: \(text) by \(path)") }
        }
        #expect(!daemon.log.contains("fading.step-back"))

        // The schedule is the one of the file.
        for (workout, share) in [(1, 0.9), (3, 0.6), (4, 0.4), (6, 0.2), (8, 0)] {
            let told = try daemon.call(
                Rehab1.SetFading(exercise: "one-leg-stand", workout: Int64(workout)))
            #expect(told.fading.cuedShare == share, "workout \(workout)")
        }
        _ = try daemon.call(Rehab1.SetFading(exercise: "one-leg-stand", workout: 4))

        // A set is done by them, and its recording says so.
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        _ = try daemon.call(Rehab1.StopExercise())
        player.stop()
        try daemon.call(Rehab1.DetachSensor(name: "belt"))
        let file = try #require(daemon.recordingFiles().first)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for override in overrides { #expect(text.contains("override \(override)"), "\(override)") }
        #expect(text.contains("cued-percent=40") && text.contains("pattern-share=0.2"))
        // ns without a sample; half a g, and 8 degrees in rad.
        #expect(text.contains("gates=200000000,500000000,4.903325,300000000,0.1,0.139626"))

        // Taken back: said again, and the schedule is the usual one at once.
        try FileStore.replace(path, with: Array("".utf8))
        #expect(
            try daemon.call(Rehab1.Reload()).changed == [
                "breaks.quiet-from", "fading.shares", "fading.blocks", "patterns.least-share",
                "gates.gap-seconds", "gates.slipped-degrees",
            ])
        try waitUntil("the log") {
            daemon.log.contains("patterns.least-share 0.2 is 0.05 by \(path)")
        }
        let fading = try daemon.call(Rehab1.ListFading()).fading
        #expect(fading.map(\.cuedShare) == [0.67])
    }
}
