// Vibration over a stand-in BlueZ and reminders on a stand-in desktop: what arrives after a cue.

import Control
import DaemonTestKit
import FakeBlueZ
import Foundation
import Plumbing
import Testing

@Suite(.scene(weight: 1))
struct FeedbackOutputTests {
    // MARK: vibration

    private static let myo = "D0:01:02:03:04:05"

    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func aCueVibratesTheWornSensorAndWhatDidNotArriveIsSaid() async throws {
        let bus = try TestBus()
        let fake = try FakeBlueZ(at: bus.address)
        await fake.add(FakeDevice.myo(FeedbackOutputTests.myo))
        await fake.start()
        let scene = try FeedbackScene(
            FeedbackTests.threeStands,
            environment: ["REHABD_BLUETOOTH": "yes", "DBUS_SYSTEM_BUS_ADDRESS": bus.address]
        ) { daemon in
            let told = try daemon.rehabctl(["sound", "vibration", "on"])
            #expect(told.code == 0)
            try waitUntil("Bluetooth to be ready") {
                try daemon.call(Rehab1.GetBluetooth()).bluetooth.condition == .ready
            }
            try daemon.call(
                Rehab1.AddSensor(
                    address: FeedbackOutputTests.myo, addressKind: "random", kind: "myo",
                    name: "arm",
                    segment: "left-thigh"))
            try waitUntil("the Myo to stream") {
                try daemon.sensor("arm")?.state == .streaming
            }
        }
        let log = try EventLog(scene.daemon)
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        let cue = try log.wait(for: "the cue") { $0.cue }
        try waitUntil("the vibration to be delivered") {
            try scene.output("vibration")?.presented == 1
        }
        // The header's `myohw_command_vibrate_t`: command 3, one byte, short = 1.
        let writes = await fake.calls.filter { $0.bytes == [3, 1, 1] }
        #expect(writes.count == 1)
        let after = Double((writes.first?.time ?? 0) - cue.time) * 1e-6
        print("cue's sample to the write of the vibration: \(after) ms")
        #expect((0...1000).contains(after))
        // The link is lost: the next cue cannot arrive.
        await fake.change(FeedbackOutputTests.myo) { $0.isInRange = false }
        await fake.dropLink(FeedbackOutputTests.myo)
        let count = log.cues.count
        try waitUntil("another cue") { log.cues.count > count }
        try waitUntil("the loss to be told") { try scene.output("vibration")?.notHeard == 1 }
        let output = try #require(try scene.output("vibration"))
        #expect(output.state == .failing)
        #expect(output.reason?.contains("rehabctl sensors buzz arm") == true, "\(output)")
        // Said in the set, by the name that the person gave, and once.
        let told = try scene.daemon.status().warnings.filter { $0.hasPrefix("cues are not felt") }
        #expect(
            told.count == 1 && told.first?.contains("arm did not vibrate (arm ") == true, "\(told)")
        // The tones did not suffer.
        #expect(try scene.output("tone")?.presented == Int64(log.cues.count))
        scene.player.stop()
        log.stop()
    }

    private static let board = "E5:01:02:03:04:05"

    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func aCueVibratesAWornMetaMotion() async throws {
        let bus = try TestBus()
        let fake = try FakeBlueZ(at: bus.address)
        await fake.add(FakeDevice.metaMotion(FeedbackOutputTests.board))
        await fake.start()
        let scene = try FeedbackScene(
            FeedbackTests.threeStands,
            environment: ["REHABD_BLUETOOTH": "yes", "DBUS_SYSTEM_BUS_ADDRESS": bus.address]
        ) { daemon in
            #expect(try daemon.rehabctl(["sound", "vibration", "on"]).code == 0)
            try waitUntil("Bluetooth to be ready") {
                try daemon.call(Rehab1.GetBluetooth()).bluetooth.condition == .ready
            }
            try daemon.call(
                Rehab1.AddSensor(
                    address: FeedbackOutputTests.board, addressKind: "random", kind: "metawear",
                    name: "board", segment: "left-thigh"))
            try waitUntil("the MetaMotion to stream", within: 30) {
                try daemon.sensor("board")?.state == .streaming
            }
        }
        let log = try EventLog(scene.daemon)
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        let cue = try log.wait(for: "the cue") { $0.cue }
        try waitUntil("the vibration to be delivered") {
            try scene.output("vibration")?.presented == 1
        }
        // P, haptic module: 08 01, strength 248 of 248, milliseconds, 0.
        let writes = await fake.calls.filter { $0.bytes?.starts(with: [0x08, 0x01]) == true }
        #expect(writes.count == 1)
        let bytes = try #require(writes.first?.bytes)
        #expect(bytes.count == 6 && bytes[2] == 0xF8 && bytes[5] == 0)
        let length = Int(bytes[3]) | Int(bytes[4]) << 8
        let after = Double((writes.first?.time ?? 0) - cue.time) * 1e-6
        print("cue's sample to the write of \(length) ms of vibration: \(after) ms")
        #expect((50...1000).contains(length) && (0...1000).contains(after))
        // By hand as well.
        let buzz = try scene.daemon.rehabctl(["sensors", "buzz", "board"])
        #expect(buzz.code == 0, "\(buzz)")
        let all = await fake.calls.filter { $0.bytes?.starts(with: [0x08, 0x01]) == true }
        #expect(all.count == 2)
        scene.player.stop()
        log.stop()
    }

    // MARK: reminders

    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func hangingOnOneHipIsShownOnTheDesktopWithoutASound() async throws {
        let bus = try TestBus()
        let desktop = try FakeDesktop(at: bus.address)
        await desktop.start()
        let catalogue = Products.repository + "/Sources/Exercises/Catalogue/habits.toml"
        let habits = try String(contentsOfFile: catalogue, encoding: .utf8)
            .replacing("min-on-seconds = 30.0", with: "min-on-seconds = 2.0")
        // Noon, wherever the test runs: at night nothing is shown.
        let hour = Int(Date().timeIntervalSince1970 / 3600) % 24
        let scene = try FeedbackScene(
            Scenario.tilted(after: 6, for: 90),
            environment: ["DBUS_SESSION_BUS_ADDRESS": bus.address, "TZ": "NOON\(hour - 12)"],
            exercises: ["habits.toml": habits])
        let told = try scene.daemon.rehabctl(["breaks", "on"])
        #expect(
            told.output == "break reminders: on\n"
                + "  sitting: not measured, no calibrated sensor on a thigh; say it: rehabctl breaks sit\n",
            "\(told)")
        try waitUntil("the reminder", within: 60) { !desktop.shown.isEmpty }
        #expect(desktop.shown == ["Share the weight"])
        try waitUntil("the reminder to be counted") {
            try scene.output("notification")?.presented == 1
        }
        // The tones rest, and are not blamed.
        #expect(try scene.output("tone")?.notHeard == 0)
        #expect(!FileManager.default.fileExists(atPath: scene.sound))
        // A set takes the sensors over, and the reminders come back after it.
        #expect(try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "left"]).code == 0)
        #expect(try scene.daemon.rehabctl(["stop"]).code == 0)
        // They see the same hip again, and ten minutes are not over.
        let moment = MonotonicClock.now()
        try waitUntil("12 s to go by", within: 30) {
            MonotonicClock.now() - moment > 12_000_000_000
        }
        #expect(desktop.shown == ["Share the weight"])
        #expect(try scene.daemon.rehabctl(["breaks", "off"]).output == "break reminders: off\n")
        scene.player.stop()
        #expect(try scene.daemon.terminate() == .exited(0))
        let recordings = try scene.daemon.recordingFiles().map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        #expect(recordings.contains { $0.contains("reminder C17: too soon after the last") })
        await desktop.end()
    }
}
