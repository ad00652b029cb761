// What sensors show of themselves: an accelerometer off gravity, a slipped sensor, swapped thighs.

import Control
import DaemonTestKit
import Foundation
import Kinematics
import Synthetic
import Testing

@testable import Daemon

@Suite(.scene(weight: 0)) struct SensorWatchTests {
    private func store(_ text: String, of name: String, in state: String) throws {
        let folder = state + "/calibrations"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/\(name).json", atomically: false, encoding: .utf8)
    }

    /// 2.5 % too much: √2 · 0.025 rad are 2.0 degrees.
    @Test func anAccelerometerOffGravityIsToldWithTheTiltItMayCost() throws {
        let daemon = try RunningDaemon()
        let toml = Scenario.quiet(seconds: 30).replacingOccurrences(
            of: "wobble_degrees_per_m_s2 = 0.1",
            with: "accelerometer_scale = [1.025, 1.025, 1.025]")
        let scenario = try Scenario(toml)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        let warning = try eventually("a warning of the accelerometer") {
            try daemon.status().warnings.first { $0.contains("belt sensor's accelerometer") }
        }
        #expect(warning.contains("+2.5 % off gravity"), "\(warning)")
        #expect(warning.contains("about 2.0 degrees"), "\(warning)")
        #expect(warning.contains("rehabctl calibrate --turn-round"))
        let shown = try daemon.rehabctl(["status"])
        #expect(shown.output.contains("off gravity"))
        player.stop()
    }

    @Test func aTrueAccelerometerIsNotToldOf() throws {
        let daemon = try RunningDaemon()
        let scenario = try Scenario(Scenario.quiet(seconds: 9))
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        var hasRested = false
        while !player.now.isOver {
            if try daemon.sensor("belt")?.flags.contains("rest") == true { hasRested = true }
        }
        #expect(hasRested)
        #expect(try daemon.status().warnings.isEmpty)
    }

    @Test func aStoredNormIsToldInTheCalibration() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 9))
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let file = scenario.calibrationFile(of: "belt").replacingOccurrences(
            of: "\"force_norm_m_s2\": 9.81", with: "\"force_norm_m_s2\": 9.61")
        try store(file, of: "belt", in: state)
        let daemon = try RunningDaemon { $0.state = state }
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let notes = try #require(try daemon.sensor(sensor.name)?.calibration?.notes)
        // 9.61 / 9.80665 is 0.9799; √2 · 0.0201 rad are 1.6 degrees.
        #expect(notes.contains { $0.contains("-2.0 % off gravity") }, "\(notes)")
        #expect(notes.contains { $0.contains("about 1.6 degrees") }, "\(notes)")
    }

    /// 8 degrees off its calibration for 8 s, then straightened.
    @Test func aSlippedSensorIsToldAndTakenBack() throws {
        var person = TurningSensor()
        person.turn = 0
        person.accelerometerBias = .zero
        person.turnStart = 9
        person.turnLength = 1.5
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try store(person.calibrationFile(of: "belt"), of: "belt", in: state)
        person.tilt += 8 * radiansPerDegree
        person.tiltChange = -8 * radiansPerDegree
        let daemon = try RunningDaemon { $0.state = state }
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(person.packets(), into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        #expect(try daemon.status().warnings.isEmpty)
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand"))
        let warning = try log.wait(for: "a warning") { $0.warning }
        #expect(warning.contains("belt sensor reads more than 5 degrees off"), "\(warning)")
        #expect(warning.contains("rehabctl calibrate"))
        #expect(try daemon.status().warnings == [warning])
        try log.wait(for: "a frame with the gate") { event in
            event.frame.flatMap { $0.gates.contains("slipped") ? true : nil }
        }
        let shown = try daemon.rehabctl(["status"])
        #expect(shown.output.contains("it has slipped, or you lean"))
        try waitUntil("the warning to go", within: 30) { try daemon.status().warnings.isEmpty }
        let newest = try log.wait(for: "a frame without the gate", from: log.entries.count) {
            event in
            event.frame.flatMap { $0.gates.contains("slipped") ? nil : $0 }
        }
        // Straight from 10.5 s on, and quiet for five more.
        #expect(newest.time - player.origin > 15_000_000_000)
        player.stop()
    }

    /// The limits of compensations 7; nobody's knees and hips are as straight each time.
    @Test func theSlipsTextTellsTheLimitThatHolds() {
        let pelvis = SensorWatch.slip(of: .pelvis, sensor: "belt")
        #expect(pelvis.contains("the belt sensor reads more than 5 degrees off its calibration"))
        for segment in Segment.allCases where segment != .pelvis {
            let text = SensorWatch.slip(of: segment, sensor: "other")
            #expect(
                text.contains("more than 5 degrees sideways or 12 forward or back off"), "\(text)")
            #expect(text.contains("counts as not measured"))
        }
    }

    private static let thighs = """
        seed = 20
        [[sensor]]
        segment = "pelvis"
        [[sensor]]
        segment = "left-thigh"
        [[sensor]]
        segment = "right-thigh"
        [[task]]
        kind = "exercise"
        exercise = "march"
        name = "march"
        count = 10
        """

    /// A calibration of a sensor mounted along its segment, on a person with no lean.
    private func plainCalibration(_ name: String, _ segment: String) -> String {
        """
        {
          "version": 1, "sensor": "\(name)", "segment": "\(segment)", "date": "\(isoTime())",
          "alignment": [1, 0, 0, 0], "neutral_obliquity_rad": 0,
          "neutral_anterior_tilt_rad": \(segment == "pelvis" ? Person().neutralTilt : 0),
          "calm_jerk_m_s3": 2, "stand_sigma_rad": 0.004, "axis_variance_explained": 0.99,
          "force_norm_m_s2": 9.81, "sign_proof": "agreed"
        }
        """
    }

    @Test(arguments: [true, false])
    func thighsOnEachOthersLegAreToldDuringTheWorkout(_ swapped: Bool) throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let claims =
            swapped ? ["left-thigh": "right-thigh", "right-thigh": "left-thigh"] : [:]
        for name in ["pelvis", "left-thigh", "right-thigh"] {
            try store(plainCalibration(name, claims[name] ?? name), of: name, in: state)
        }
        let daemon = try RunningDaemon { $0.state = state }
        let log = try EventLog(daemon)
        let person = try Performer(SensorWatchTests.thighs, claims: claims, for: daemon)
        try daemon.call(Rehab1.StartExercise(exercise: "march"))
        let task = try person.perform("march")
        try waitUntil("the march to end", within: 90) {
            (log.frames.last?.time ?? 0) > task.end
                || swapped && !log.warnings.isEmpty
        }
        guard swapped else {
            #expect(log.warnings.isEmpty)
            #expect(log.frames.allSatisfy { !$0.gates.contains("swapped") })
            return
        }
        let warning = try #require(log.warnings.first)
        #expect(warning.contains("each were on the other leg"), "\(warning)")
        #expect(warning.contains("rehabctl sensors assign"))
        #expect(try daemon.status().warnings == [warning])
    }
}
