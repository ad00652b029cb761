// The list of added sensors: kept by address, whole after every change, never lost to a damaged file.

import Control
import DaemonTestKit
import Foundation
import Testing

@Suite(.scene()) struct SensorBookTests {
    private static func add(
        _ daemon: RunningDaemon, _ address: String, name: String? = nil, segment: String? = nil
    ) throws -> Rehab1.Sensor {
        try daemon.call(
            Rehab1.AddSensor(
                address: address, addressKind: "random", kind: "movella-dot", name: name,
                segment: segment)
        ).sensor
    }

    @Test func whatWasAddedIsThereAfterARestartUnderItsAddress() throws {
        let folder = try TemporaryFolder()
        var daemon = try RunningDaemon { $0.state = folder.path + "/state" }
        let first = try Self.add(daemon, "D4:22:CD:00:00:01", segment: "pelvis")
        let second = try Self.add(daemon, "d4:22:cd:00:00:02", name: "left.leg")
        #expect(first.name == "movella-dot-1")
        #expect(first.state == .idle)
        #expect(second.link?.address == "D4:22:CD:00:00:02")
        try daemon.call(Rehab1.AssignSegment(name: "D4:22:CD:00:00:02", segment: "left-thigh"))
        try daemon.terminate()

        daemon = try RunningDaemon { $0.state = folder.path + "/state" }
        let sensors = try daemon.status().sensors
        #expect(sensors.map(\.name) == ["movella-dot-1", "left.leg"])
        #expect(sensors.map(\.segment) == ["pelvis", "left-thigh"])
        #expect(sensors.allSatisfy { $0.link?.reason?.contains("without Bluetooth") == true })
        try daemon.call(Rehab1.ForgetSensor(name: "d4:22:cd:00:00:01"))
        #expect(try daemon.status().sensors.map(\.name) == ["left.leg"])
        // The number is free again; a name in use is not.
        #expect(try Self.add(daemon, "D4:22:CD:00:00:03").name == "movella-dot-1")
        let mode =
            try FileManager.default.attributesOfItem(
                atPath: folder.path + "/state/sensors.json")[.posixPermissions] as? Int
        #expect(mode.map { $0 & 0o007 } == 0)
    }

    @Test func whatCannotBeAddedIsRefusedWithTheReason() throws {
        let daemon = try RunningDaemon()
        _ = try Self.add(daemon, "D4:22:CD:00:00:01", name: "a", segment: "pelvis")
        func refusal(_ call: Rehab1.AddSensor) throws -> ControlRefusal? {
            try daemon.refusal(of: call)
        }
        #expect(
            try refusal(Rehab1.AddSensor(address: "D4:22:CD:00:00:01"))
                == .sensorExists(name: "a"))
        #expect(
            try refusal(Rehab1.AddSensor(address: "D4:22:CD:00:00")) == .invalidParameter("address")
        )
        #expect(
            try refusal(
                Rehab1.AddSensor(
                    address: "D4:22:CD:00:00:02", addressKind: "static", kind: "movella-dot"))
                == .invalidParameter("address_kind"))
        #expect(
            try refusal(
                Rehab1.AddSensor(
                    address: "D4:22:CD:00:00:02", addressKind: "random", kind: "movella-dot",
                    name: "../x")) == .invalidParameter("name"))
        guard
            case .notReady(let reason, let cure) = try refusal(
                Rehab1.AddSensor(address: "D4:22:CD:00:00:02"))
        else { return #expect(Bool(false), "an unseen device of unknown kind") }
        #expect(reason.contains("has been seen"))
        #expect(cure.contains("rehabctl scan"))
        guard
            case .busy = try refusal(
                Rehab1.AddSensor(
                    address: "D4:22:CD:00:00:02", addressKind: "random", kind: "movella-dot",
                    segment: "pelvis"))
        else { return #expect(Bool(false), "the pelvis carries one already") }
        #expect(try daemon.status().sensors.count == 1)
        #expect(try daemon.refusal(of: Rehab1.ForgetSensor(name: "b")) == .noSuchSensor(name: "b"))
    }

    @Test(arguments: ["", "{", "{\"version\":2,\"sensors\":[]}", "[1]"])
    func aFileThatCannotBeReadIsPutAsideAndNamed(_ text: String) throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true)
        try text.write(toFile: state + "/sensors.json", atomically: true, encoding: .utf8)
        let daemon = try RunningDaemon { $0.state = state }
        let status = try daemon.status()
        #expect(status.sensors.isEmpty)
        // What a newer rehabd wrote is kept under its version.
        let aside = text.contains("version") ? "sensors.json.version-2" : "sensors.json.unreadable"
        #expect(
            status.warnings.contains { $0.contains(aside) && $0.contains("rehabctl setup") })
        let kept = try String(contentsOfFile: state + "/" + aside, encoding: .utf8)
        #expect(kept == text)
        _ = try Self.add(daemon, "D4:22:CD:00:00:01")
        #expect(try daemon.status().sensors.count == 1)
    }

    @Test func aPersonsOwnBoardIsAKindAndABadDescriptionIsNamedWithItsLine() throws {
        let folder = try TemporaryFolder()
        let wearables = folder.path + "/config/wearables"
        try FileManager.default.createDirectory(
            atPath: wearables, withIntermediateDirectories: true)
        try """
        name = "hip-board"
        rate_hz = 100
        format = "csv"
        framing = "line"
        fields = ["t", "ax", "ay", "az", "gx", "gy", "gz"]
        [match]
        name = "HipBoard*"
        [units]
        acceleration = "m/s2"
        rate = "deg/s"
        time = "us"
        """.write(toFile: wearables + "/hip.toml", atomically: true, encoding: .utf8)
        try "name = 7\n".write(
            toFile: wearables + "/other.toml", atomically: true, encoding: .utf8)
        let daemon = try RunningDaemon {
            $0.environment = ["CONFIGURATION_DIRECTORY": folder.path + "/config"]
        }
        let added = try daemon.call(
            Rehab1.AddSensor(
                address: "D4:22:CD:00:00:09", addressKind: "public", kind: "hip-board"))
        #expect(added.sensor.kind == "hip-board")
        #expect(added.sensor.nominalRateHertz == 100)
        let warnings = try daemon.status().warnings
        #expect(warnings.contains { $0.contains("other.toml: format: is missing") }, "\(warnings)")
    }
}
