// A calibration holds for one wear: put on again, the sensor sits otherwise (compensations 7).

import Control
import DaemonTestKit
import Foundation
import Testing

@testable import Daemon

@Suite struct WearTests {
    @Test func aCalibrationOfAnEarlierWearIsNotTaken() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let daemon = try RunningDaemon()
        let before = isoTime(hoursAgo: 13)
        try scenario.storeCalibration(of: "belt", in: daemon.state, made: before)
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: belt)
        defer { player.stop() }
        try waitUntil("it to stream") { try daemon.sensor("belt")?.state == .streaming }
        let sensor = try #require(try daemon.sensor("belt"))
        #expect(sensor.calibration == nil)
        #expect(sensor.calibratedBefore == before)

        func refusal(_ call: some ControlMethod) throws -> (reason: String, cure: String)? {
            guard case .notReady(let reason, let cure)? = try daemon.refusal(of: call) else {
                return nil
            }
            return (reason, cure)
        }
        let start = Rehab1.StartExercise(exercise: "one-leg-stand", side: "left")
        for told in [
            try #require(try refusal(start)),
            // One that is an exercise, and one that is not.
            try #require(try refusal(Rehab1.StartTest(test: "T1", side: "left"))),
            try #require(try refusal(Rehab1.StartTest(test: "T3"))),
        ] {
            #expect(told.reason.contains(before), "\(told)")
            #expect(told.cure.contains("rehabctl calibrate"))
            #expect(told.cure.contains("[calibration]"))
        }
        let shown = try daemon.rehabctl(["status"])
        #expect(shown.output.contains("no, of an earlier wear: \(before)"), "\(shown)")
        let asked = try daemon.rehabctl(["start", "squat", "--no-questions"])
        #expect(asked.code != 0)
        #expect(asked.errors.contains(before), "\(asked)")
    }

    /// The daemon runs on from one day to the next, and the person says how long a wear may be.
    @Test func hoursAreThePersonsToSet() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let folder = try TemporaryFolder()
        let settings = folder.path + "/rehabd.toml"
        try "[calibration]\nhours = 24\n".write(
            toFile: settings, atomically: true, encoding: .utf8)
        let daemon = try RunningDaemon { $0.environment["REHABD_CONFIG"] = settings }
        let date = isoTime(hoursAgo: 13)
        try scenario.storeCalibration(of: "belt", in: daemon.state, made: date)
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: belt)
        defer { player.stop() }
        try waitUntil("it to stream") { try daemon.sensor("belt")?.state == .streaming }
        #expect(try daemon.sensor("belt")?.calibration?.date == date)

        // Shortened while it is worn: the next set is refused, not the present one spoilt.
        try "[calibration]\nhours = 1\n".write(
            toFile: settings, atomically: true, encoding: .utf8)
        #expect(try daemon.call(Rehab1.Reload()).changed == ["calibration.hours"])
        let start = Rehab1.StartExercise(exercise: "one-leg-stand", side: "left")
        guard case .notReady(let reason, _)? = try daemon.refusal(of: start) else {
            Issue.record("a set began on a calibration of another wear")
            return
        }
        #expect(reason.contains(date))
        #expect(try daemon.sensor("belt")?.calibration == nil)
    }

    /// Reminders say nothing on it either, and that they rest is said.
    @Test func remindersRestUntilTheNextCalibration() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let folder = try TemporaryFolder()
        let settings = folder.path + "/rehabd.toml"
        try "".write(toFile: settings, atomically: true, encoding: .utf8)
        let daemon = try RunningDaemon { $0.environment["REHABD_CONFIG"] = settings }
        let log = try EventLog(daemon)
        try daemon.call(Rehab1.SetSound(breaks: true))
        let date = isoTime(hoursAgo: 13)
        try scenario.storeCalibration(of: "belt", in: daemon.state, made: date)
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: belt)
        defer { player.stop() }
        try waitUntil("the warning") {
            try daemon.status().warnings.contains {
                $0.contains("reminders rest") && $0.contains(date)
                    && $0.contains("rehabctl calibrate")
            }
        }
        // Said once, and gone when they run: this sensor was worn all the time.
        #expect(log.warnings.count { $0.contains("reminders rest") } == 1)
        try "[calibration]\nhours = 24\n".write(
            toFile: settings, atomically: true, encoding: .utf8)
        try daemon.call(Rehab1.Reload())
        try daemon.call(Rehab1.AssignSegment(name: "belt", segment: "pelvis"))
        try waitUntil("the warning to go") {
            try !daemon.status().warnings.contains { $0.contains("reminders rest") }
        }
    }

    @Test(arguments: [
        (0.0, true), (11.9, true), (12.1, false), (400, false),
        // A machine whose clock began behind.
        (-5, true),
    ])
    func itsAgeDecides(_ hours: Double, _ holds: Bool) throws {
        let text = try Scenario(Scenario.quiet(seconds: 1))
            .calibrationFile(of: "belt", made: isoTime(hoursAgo: hours))
        var stored = try JSONDecoder().decode(StoredCalibration.self, from: Data(text.utf8))
        #expect(stored.holds(hours: 12, at: Date.now.timeIntervalSince1970) == holds)
        stored.date = "yesterday"
        #expect(!stored.holds(hours: 12, at: Date.now.timeIntervalSince1970))
    }
}
