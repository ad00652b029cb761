// Repetitions and holds of one set that are not the exercise's: done, said, and refused where they mean nothing.

import Control
import DaemonTestKit
import Exercises
import Foundation
import Plumbing
import Recording
import Testing

@testable import Daemon

@Suite struct SetDoseTests {
    private func exercise(_ id: String) throws -> Exercise {
        try #require(try Catalogue.load().first { $0.id == id })
    }

    @Test func whatIsAskedForIsWhatThePlanHas() throws {
        var squat = try exercise("sl-squat")
        #expect(squat.dose.repetitions == 5)
        #expect(
            try squat.apply(count: 8, hold: 2) == ["repetitions 5 is 8", "hold 1.0 s is 2.0 s"])
        let plan = squat.plan(side: .left)
        #expect(plan.repetitions == 8)
        #expect(plan.tempo.hold == 2)
        // One leg: the hold that is asked for, below which a jerk is a lost balance.
        var stand = try exercise("one-leg-stand")
        #expect(try stand.apply(count: 3, hold: 30) == ["hold 10.0 s is 30.0 s"])
        #expect(stand.plan(side: .left).targetHold == 30)
        #expect(try stand.apply(count: nil, hold: 30) == [])
    }

    @Test func whatMeansNothingIsRefused() throws {
        var march = try exercise("gait")
        #expect(try march.apply(count: 40, hold: nil) == [])
        #expect(throws: ControlRefusal.self) { try march.apply(count: nil, hold: 10) }
        for bad in [0.0, -1, 601, .nan, .infinity] {
            #expect(throws: ControlRefusal.invalidParameter("hold_s")) {
                var stand = try exercise("one-leg-stand")
                _ = try stand.apply(count: nil, hold: bad)
            }
        }
        for bad in [0, -1, 1001, Int64.min] {
            #expect(throws: ControlRefusal.invalidParameter("count")) {
                var stand = try exercise("one-leg-stand")
                _ = try stand.apply(count: bad, hold: nil)
            }
        }
    }

    /// EX02 goes up to five holds of ten seconds; the clock of the tempo had ended the set at the dose's.
    @Test func aLongerHoldIsDoneAndSaid() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: belt)
        try waitUntil("it to stream") { try daemon.sensor("belt")?.state == .streaming }
        let ran = try daemon.rehabctl(
            [
                "start", "static-abd-stand", "--guided", "--no-questions", "--plain", "--countdown",
                "0", "--count", "2", "--hold", "7",
            ], environment: ["XDG_STATE_HOME": daemon.state + "/home"])
        #expect(ran.code == 0, "\(ran)")
        player.stop()
        try daemon.call(Rehab1.DetachSensor(name: "belt"))
        let path = try #require(daemon.recordingFiles().first)
        let marks = try RecordingReader.parse(FileStore.read(path, limit: 1 << 28), file: path)
            .marks
        #expect(marks.contains { $0.hasPrefix("dose static-abd-stand repetitions ") })
        #expect(marks.contains("dose static-abd-stand hold 5.0 s is 7.0 s"), "\(marks)")
        #expect(daemon.log.contains("dose of this set: static-abd-stand hold 5.0 s is 7.0 s"))
        #expect(ran.output.contains("repetition 2 of 2, by the clock"), "\(ran.output)")
    }
}
