// Long sitting (C18): a played person with a sensor on a thigh, the desktop's reminder, and its snooze.

import Control
import DaemonTestKit
import FakeBlueZ
import Foundation
import Plumbing
import Synthetic
import Testing

@Suite(.scene(weight: 1))
struct ReminderTests {
    /// Stands, sits down and rests there for half a minute at a time.
    private static let sitting = """
        seed = 20
        [person]
        neutral_tilt_degrees = 8
        neutral_obliquity_degrees = 0.6
        [[sensor]]
        segment = "pelvis"
        link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }
        [[sensor]]
        segment = "left-thigh"
        yaw_degrees = 80
        link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }
        [[task]]
        kind = "quiet-stand"
        seconds = 5
        [[task]]
        kind = "exercise"
        exercise = "sit-stand"
        tempo = [2, 0, 3, 30]
        count = 4
        """

    /// The catalogue's file with seconds in place of half hours.
    private static func habits(sitting seconds: Double) throws -> String {
        let path = Products.repository + "/Sources/Exercises/Catalogue/habits.toml"
        return try String(contentsOfFile: path, encoding: .utf8)
            .replacing("on = 1800.0\noff = 60.0", with: "on = \(seconds)\noff = 4.0")
            .replacing("refractory-seconds = 600", with: "refractory-seconds = 5")
    }

    /// A daemon at noon, wherever the test runs: at night nothing is shown.
    private func daemon(
        _ bus: TestBus, _ folder: TemporaryFolder, sitting seconds: Double, _ scenario: Scenario
    ) throws -> RunningDaemon {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/exercises", withIntermediateDirectories: true)
        try folder.write("exercises/habits.toml", try ReminderTests.habits(sitting: seconds))
        let hour = Int(Date().timeIntervalSince1970 / 3600) % 24
        let daemon = try RunningDaemon {
            $0.environment = [
                "CONFIGURATION_DIRECTORY": folder.path, "DBUS_SESSION_BUS_ADDRESS": bus.address,
                "TZ": "NOON\(hour - 12)",
            ]
        }
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        try storeThigh(scenario, in: daemon.state)
        #expect(try daemon.rehabctl(["breaks", "on"]).code == 0)
        return daemon
    }

    /// Plays both sensors to a daemon; `change` is done to the packets of each.
    private func play(
        _ scenario: Scenario, to daemon: RunningDaemon,
        _ change: ([TimedPacket]) -> [TimedPacket] = { $0 }
    ) throws -> [PacketPlayer] {
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let thigh = try AttachedSensor("thigh", segment: "left-thigh", to: daemon)
        let thighPackets = (scenario.run.track(.leftThigh)?.deliveries ?? []).filter { !$0.lost }
            .map { TimedPacket(time: $0.arrival, bytes: $0.packet) }
        return [
            PacketPlayer(change(scenario.packets), into: belt),
            PacketPlayer(change(thighPackets), into: thigh),
        ]
    }

    /// Out of range for a while is neither a break nor the end of the sitting.
    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func aSittingGoesOnWhereTheLinkWasLostForAWhile() async throws {
        let bus = try TestBus()
        let desktop = try FakeDesktop(at: bus.address)
        await desktop.start()
        let folder = try TemporaryFolder()
        let scenario = try Scenario(
            ReminderTests.sitting.replacing("tempo = [2, 0, 3, 30]", with: "tempo = [2, 0, 3, 60]"))
        let daemon = try daemon(bus, folder, sitting: 30, scenario)
        // They sit from second 15 on, for a minute; for 9 s of it nothing arrives.
        let players = try play(scenario, to: daemon) { $0.silent(from: 33, to: 42) }
        let origin = MonotonicClock.now()
        try waitUntil("the reminder", within: 75) { !desktop.shown.isEmpty }
        let seconds = Double(MonotonicClock.now() - origin) * 1e-9
        // Some 5 s of the first seat, 18 and 7 of the second, and up to 15 s in which the tilt after the silence
        // is uncertain; counted anew it would be 42 + 30 at the earliest.
        #expect((45...68).contains(seconds), "\(seconds) s")
        players.forEach { $0.stop() }
        #expect(try daemon.terminate() == .exited(0))
        await desktop.end()
    }

    /// C18 by the person's own marks: no sensor is worn at all.
    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func aSittingMarkedByHandIsRemindedOf() async throws {
        let bus = try TestBus()
        let desktop = try FakeDesktop(at: bus.address)
        await desktop.start()
        let folder = try TemporaryFolder()
        let scenario = try Scenario(ReminderTests.sitting)
        let daemon = try daemon(bus, folder, sitting: 5, scenario)
        let origin = MonotonicClock.now()
        let told = try daemon.rehabctl(["breaks", "sit"])
        #expect(
            told.output == "break reminders: on\n"
                + "  sitting by your own mark, for 0 min; ends with: rehabctl breaks stand\n"
                + "  standing on one hip: not measured, no calibrated sensor on the pelvis\n",
            "\(told)")
        try waitUntil("two reminders", within: 30) { desktop.shown.count >= 2 }
        // After 5 s, and 5 more, as the file says.
        let seconds = Double(MonotonicClock.now() - origin) * 1e-9
        #expect((10...18).contains(seconds), "\(seconds) s")
        #expect(Set(desktop.shown) == ["Time to stand a minute"])
        #expect(try daemon.rehabctl(["breaks", "stand"]).code == 0)
        let sound = try daemon.call(Rehab1.GetSound()).sound
        #expect(sound.sittingMarkedSeconds == nil)
        let habits = try #require(sound.habits)
        #expect(habits.breaks == 1)
        #expect(abs((habits.longestSittingSeconds ?? 0) - seconds) < 5)
        // Neither after standing up nor without reminders is anything due.
        let moment = MonotonicClock.now()
        try waitUntil("6 s to go by", within: 20) { MonotonicClock.now() - moment > 6_000_000_000 }
        #expect(desktop.shown.count == 2)
        #expect(try daemon.rehabctl(["breaks", "off"]).code == 0)
        let refused = try daemon.rehabctl(["breaks", "sit"])
        #expect(refused.code != 0)
        #expect(refused.errors.contains("rehabctl breaks on"), "\(refused)")
        #expect(try daemon.terminate() == .exited(0))
        await desktop.end()
    }

    /// A bus on which nobody shows notifications: said when reminders are turned on, and not with every one.
    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func withoutADesktopItIsSaidOnceAndCounted() throws {
        let bus = try TestBus()
        let folder = try TemporaryFolder()
        let scenario = try Scenario(ReminderTests.sitting)
        let daemon = try daemon(bus, folder, sitting: 8, scenario)
        let players = try play(scenario, to: daemon)
        try waitUntil("two reminders", within: 60) {
            try daemon.status().outputs.contains { $0.name == "notification" && $0.notHeard >= 2 }
        }
        let words = "no program shows notifications in this session"
        #expect(try daemon.status().warnings.count { $0.contains(words) } == 1)
        #expect(daemon.log.components(separatedBy: words).count == 2, "\(daemon.log)")
        for arguments in [["breaks"], ["breaks", "on"]] {
            let told = try daemon.rehabctl(arguments)
            #expect(
                told.output.contains("no reminder can be shown: \(words). Start the"), "\(told)")
        }
        // What the day was like so far: a sitting that is long enough for the rule of 8 s.
        let habits = try #require(try daemon.call(Rehab1.GetSound()).sound.habits)
        let longest = try #require(habits.longestSittingSeconds)
        #expect((8...40).contains(longest), "\(habits)")
        #expect(habits.watchedSittingSeconds >= longest && habits.breaks == 0, "\(habits)")
        let today = try daemon.rehabctl(["breaks"])
        #expect(today.output.contains("today: longest sitting 0."), "\(today)")
        #expect(try daemon.rehabctl(["breaks", "--json"]).output.contains("longest_sitting_s"))
        let status = try daemon.rehabctl(["status"]).output
        #expect(
            status.contains(/notification: failing, 0 reminders, [0-9]+ not shown/), "\(status)")
        #expect(try daemon.rehabctl(["start", "one-leg-stand", "--side", "left"]).code == 0)
        #expect(try daemon.rehabctl(["stop"]).code == 0)
        players.forEach { $0.stop() }
        #expect(try daemon.terminate() == .exited(0))
    }

    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func longSittingIsShownPutOffByItsButtonAndComesBack() async throws {
        let bus = try TestBus()
        let desktop = try FakeDesktop(at: bus.address)
        await desktop.start()
        let folder = try TemporaryFolder()
        let scenario = try Scenario(ReminderTests.sitting)
        let daemon = try daemon(bus, folder, sitting: 8, scenario)
        let players = try play(scenario, to: daemon)
        try waitUntil("the reminder", within: 60) { !desktop.shown.isEmpty }
        #expect(desktop.shown == ["Time to stand a minute"])
        #expect(desktop.actions == ["snooze", "Snooze 1 h"])
        // A button of somebody else's text is none of ours.
        await desktop.press("snooze", of: 77)
        #expect(try daemon.call(Rehab1.GetSound()).sound.breaksSnoozedSeconds == nil)
        await desktop.press("snooze", of: 1)
        try waitUntil("the reminders to be put off") {
            try daemon.call(Rehab1.GetSound()).sound.breaksSnoozedSeconds != nil
        }
        let left = try #require(try daemon.call(Rehab1.GetSound()).sound.breaksSnoozedSeconds)
        #expect((3_590...3_600).contains(left))
        let told = try daemon.rehabctl(["breaks"])
        #expect(told.output.contains("on, put off for 60 more minutes"), "\(told)")
        // The rule goes on seeing it; the person is left alone: two more cues' time.
        let count = desktop.shown.count
        let moment = MonotonicClock.now()
        try waitUntil("12 s to go by", within: 30) {
            MonotonicClock.now() - moment > 12_000_000_000
        }
        #expect(desktop.shown.count == count)
        #expect(try daemon.rehabctl(["breaks", "wake"]).output == "break reminders: on\n")
        try waitUntil("another reminder", within: 60) { desktop.shown.count > count }
        players.forEach { $0.stop() }
        #expect(try daemon.terminate() == .exited(0))
        await desktop.end()
    }

    /// The thigh's own calibration: its true mounting, upright in the stand.
    private func storeThigh(_ scenario: Scenario, in state: String) throws {
        let rotation = scenario.script.sensors[1].sensor.sensorFromSegment.inverse
        let text = """
            {
              "version": 1, "sensor": "thigh", "segment": "left-thigh",
              "date": "\(isoTime())",
              "alignment": [\(rotation.w), \(rotation.x), \(rotation.y), \(rotation.z)],
              "neutral_obliquity_rad": 0, "neutral_anterior_tilt_rad": 0,
              "calm_jerk_m_s3": 2.0, "stand_sigma_rad": 0.004,
              "axis_variance_explained": 0.99, "force_norm_m_s2": 9.81, "sign_proof": "agreed"
            }
            """
        try text.write(
            toFile: state + "/calibrations/thigh.json", atomically: false, encoding: .utf8)
    }
}
