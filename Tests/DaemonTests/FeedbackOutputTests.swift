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

    /// A Myo that lies still, as its header describes it.
    private static func fakeMyo() -> FakeDevice {
        func uuid(_ short: String) -> String { "d506\(short)-a904-deb9-4748-2c7f4a124842" }
        var device = FakeDevice(
            address: myo, name: "My Myo", service: uuid("0001"),
            characteristics: [
                FakeCharacteristic(
                    uuid("0101"), ["read"], value: [UInt8](repeating: 1, count: 20)),
                FakeCharacteristic(uuid("0401"), ["write"]),
                FakeCharacteristic(uuid("0402"), ["notify"]),
                FakeCharacteristic(uuid("0502"), ["indicate"]),
            ])
        device.advertisedServices = [uuid("0001")]
        let still: [UInt8] = [0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 1, 0, 2, 0, 1, 0]
        device.reaction = .exchanges([
            FakeExchange(
                uuid("0401"), prefix: [1, 3, 0, 1], stream: (uuid("0402"), [still], 50))
        ])
        return device
    }

    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func aCueVibratesTheWornSensorAndWhatDidNotArriveIsSaid() async throws {
        let bus = try TestBus()
        let fake = try FakeBlueZ(at: bus.address)
        await fake.add(FeedbackOutputTests.fakeMyo())
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
        // The tones did not suffer.
        #expect(try scene.output("tone")?.presented == Int64(log.cues.count))
        scene.player.stop()
        log.stop()
    }

    private static let board = "E5:01:02:03:04:05"

    /// A MetaMotion with a motor that lies still: it answers as the vendor's tests do and sends fused
    /// packets at 50 Hz, z up, ±4 g and ±1000 °/s, ticks of 1.46 ms.
    private static func fakeMetaMotion() -> FakeDevice {
        let command = "326a9001-85cb-9195-d9dd-464cfbbae75a"
        let notify = "326a9006-85cb-9195-d9dd-464cfbbae75a"
        let model = "00002a24-0000-1000-8000-00805f9b34fb"
        var device = FakeDevice(
            address: board, name: "MetaWear", service: "326a9000-85cb-9195-d9dd-464cfbbae75a",
            characteristics: [
                FakeCharacteristic(command, ["write", "write-without-response"]),
                FakeCharacteristic(notify, ["notify"]),
                FakeCharacteristic(model, ["read"], value: Array("5".utf8)),
            ])
        device.advertisedServices = [device.service]
        func answer(_ prefix: [UInt8], _ reply: [UInt8]) -> FakeExchange {
            FakeExchange(command, prefix: prefix, replies: [(notify, reply)])
        }
        let packets = (0..<4_000).map { index -> [UInt8] in
            let tick = UInt32(Double(index) * 20 / 1.46484375)
            let ticks = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: tick >> UInt32($0)) }
            // 32768 counts are 4 g: 8192 are one.
            return [0x09, 0x03, 0x02] + ticks + [0, 0, 0, 0, 0, 0x20, 1, 0, 2, 0, 1, 0]
        }
        device.reaction = .exchanges([
            answer([0x02, 0x80], [0x02, 0x80, 0x00, 0x01, 0x03, 0x00]),
            answer([0x08, 0x80], [0x08, 0x80, 0x00, 0x00]),
            answer([0x09, 0x80], [0x09, 0x80, 0x00, 0x01, 0x1C]),
            answer([0x03, 0x80], [0x03, 0x80, 0x01, 0x02]),
            answer([0x13, 0x80], [0x13, 0x80, 0x00, 0x01]),
            answer([0x11, 0x8C], [0x11, 0x8C, 0x63, 0x34, 0x10]),
            answer([0x09, 0x02, 0x13], [0x09, 0x02, 0x00]),
            answer([0x09, 0x02, 0x03], [0x09, 0x02, 0x01]),
            answer([0x09, 0x02, 0x09], [0x09, 0x02, 0x02]),
            FakeExchange(command, prefix: [0x03, 0x01, 0x01], stream: (notify, packets, 50)),
        ])
        return device
    }

    @Test(.enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
    func aCueVibratesAWornMetaMotion() async throws {
        let bus = try TestBus()
        let fake = try FakeBlueZ(at: bus.address)
        await fake.add(FeedbackOutputTests.fakeMetaMotion())
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
            Scenario.toml(
                """
                [[task]]
                kind = "quiet-stand"
                name = "stand"
                seconds = 6
                [[task]]
                kind = "exercise"
                name = "set"
                exercise = "habits"
                side = "right"
                pattern = "drop"
                degrees = 7
                clean = 0
                count = 1
                """),
            environment: ["DBUS_SESSION_BUS_ADDRESS": bus.address, "TZ": "NOON\(hour - 12)"],
            exercises: ["habits.toml": habits])
        let told = try scene.daemon.rehabctl(["breaks", "on"])
        #expect(
            told.output == "break reminders: on\n"
                + "  sitting: not measured, no calibrated sensor on a thigh\n", "\(told)")
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
        #expect(try scene.daemon.rehabctl(["breaks", "off"]).output == "break reminders: off\n")
        scene.player.stop()
        await desktop.end()
    }
}
