// Pelvis, trunk, thigh and shank sensors, worn askew: aligned in one guided calibration, or refused.

import Control
import DaemonTestKit
import Foundation
import Kinematics
import Synthetic
import Testing

/// One guided calibration with legs, told once: it takes a minute.
private struct Guided: Sendable {
    let state: TemporaryFolder
    var steps: [Rehab1.CalibrationStep] = []
    var sensors: [Rehab1.Sensor] = []
    var restored: [Rehab1.Sensor] = []
    var files: [String: String] = [:]

    static let told = Task(executorPreference: SceneThreads.shared) { try Guided() }

    private init() throws {
        state = try TemporaryFolder()
        let path = state.path + "/state"
        let daemon = try RunningDaemon { $0.state = path }
        let person = try Performer(LegScripts.script, for: daemon)
        steps = try person.calibrate(
            leadIn: 1, [.bow: ["bows"], .lift: ["lift-left"], .march: ["march"]])
        sensors = try daemon.status().sensors
        for sensor in sensors {
            files[sensor.name] = try? String(
                contentsOfFile: path + "/calibrations/\(sensor.name).json", encoding: .utf8)
        }
        _ = person.wearable.finish()
        try daemon.terminate()
        let again = try RunningDaemon { $0.state = path }
        var attached: [AttachedSensor] = []
        for sensor in sensors {
            attached.append(try AttachedSensor(sensor.name, segment: sensor.segment, to: again))
        }
        restored = try again.status().sensors
    }
}

private enum LegScripts {
    /// Yaw, roll and pitch of each mounting, degrees.
    static let mountings: [(segment: String, yaw: Double, roll: Double, pitch: Double)] = [
        ("pelvis", 15, -10, 9), ("trunk", -10, 5, -12), ("left-thigh", 80, 6, 20),
        ("right-thigh", -70, -6, 170), ("left-shank", 100, 10, 5),
    ]

    static let script = text(mountings.map { $0 })

    static func text(
        _ mountings: [(segment: String, yaw: Double, roll: Double, pitch: Double)]
    ) -> String {
        let sensors = mountings.map {
            """
            [[sensor]]
            segment = "\($0.segment)"
            yaw_degrees = \($0.yaw)
            roll_degrees = \($0.roll)
            pitch_degrees = \($0.pitch)
            gyroscope_bias_deg_s = [0.3, -0.2, 0.25]
            clock_percent = 0.2
            link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }
            """
        }
        return """
            seed = 20
            [person]
            neutral_tilt_degrees = 8
            neutral_obliquity_degrees = 0.6
            heading_degrees = 35
            reaction_s = 0.8
            \(sensors.joined(separator: "\n"))
            [[task]]
            kind = "bow"
            name = "bows"
            [[task]]
            kind = "foot-lift"
            name = "lift-left"
            side = "left"
            [[task]]
            kind = "exercise"
            exercise = "march"
            name = "march"
            count = 8
            """
    }
}

@Suite(.scene(weight: 0)) struct LegCalibrationTests {
    private struct Stored: Decodable {
        let segment: String
        let alignment: [Double]
    }

    @Test func theGuideNamesEveryStep() async throws {
        let steps = try await Guided.told.value.steps
        var order: [Rehab1.CalibrationStep.Step] = []
        for step in steps where step.step != order.last { order.append(step.step) }
        #expect(
            order == [.getReady, .stand, .bow, .lift, .getReady, .stand, .march, .done],
            "\(steps.last?.reason ?? "-")")
        let march = steps.filter { $0.step == .march }
        #expect(march.first?.instruction == "March slowly on the spot, knees up.")
        #expect(Set(march.map(\.liftsSeen)).isSuperset(of: [0, 1, 2]))
    }

    /// The stored rotation takes the person's right, as the sensor is truly mounted, to right, and up
    /// to up but for the lean of the stand.
    @Test func everySensorIsAlignedAsItIsMounted() async throws {
        let guided = try await Guided.told.value
        #expect(guided.files.count == 5)
        for mounting in LegScripts.mountings {
            let text = try #require(guided.files[mounting.segment], "\(mounting.segment)")
            let stored = try JSONDecoder().decode(Stored.self, from: Data(text.utf8))
            #expect(stored.segment == mounting.segment)
            let parts = stored.alignment
            try #require(parts.count == 4)
            let alignment = Rotation(w: parts[0], x: parts[1], y: parts[2], z: parts[3])
            let truth = SensorModel.mounting(
                yaw: mounting.yaw * radiansPerDegree, roll: mounting.roll * radiansPerDegree,
                pitch: mounting.pitch * radiansPerDegree)
            let right = alignment.apply(truth.apply(Vector3(0, 0, 1)))
            let off = atan2(right.cross(Vector3(0, 0, 1)).norm, right.z) * degreesPerRadian
            print("\(mounting.segment): left-right axis off by \(off) degrees")
            // A yaw of 4 degrees leaks a seventh of a degree for each 2 of tilt.
            #expect(off < 4, "\(mounting.segment)")
        }
    }

    @Test func theResultNamesEverySensorItsQualityAndProof() async throws {
        let guided = try await Guided.told.value
        let told = try #require(guided.steps.last?.sensors)
        #expect(told.map(\.segment) == LegScripts.mountings.map(\.segment))
        for sensor in told {
            let calibration = try #require(sensor.calibration)
            #expect(calibration.axisVarianceExplained > 0.9)
            #expect(calibration.signProof.contains("agreed"))
            #expect(!calibration.restored)
        }
        #expect(told.last?.calibration?.signProof == "agreed with the shift of weight")
        #expect(guided.steps.last?.result == told.first?.calibration)
    }

    @Test func theCalibrationsSurviveARestart() async throws {
        let guided = try await Guided.told.value
        #expect(guided.restored.count == 5)
        for sensor in guided.restored {
            let before = try #require(guided.sensors.first { $0.name == sensor.name }?.calibration)
            let after = try #require(sensor.calibration, "\(sensor.name)")
            #expect(after.restored)
            #expect(after.date == before.date)
            #expect(after.axisVarianceExplained == before.axisVarianceExplained)
        }
    }

    /// The pelvis is kept; the legs are not.
    @Test func sensorsOnEachOthersLegAreRefused() throws {
        let daemon = try RunningDaemon()
        let person = try Performer(
            LegScripts.text(LegScripts.mountings.filter { $0.segment != "left-shank" }),
            claims: ["left-thigh": "right-thigh", "right-thigh": "left-thigh"], for: daemon)
        let steps = try person.calibrate(
            [.bow: ["bows"], .lift: ["lift-left"], .march: ["march"]])
        let last = try #require(steps.last)
        #expect(last.step == .refused)
        #expect(last.reason?.contains("on each other's leg") == true, "\(last.reason ?? "-")")
        #expect(last.reason?.contains("Swap them") == true)
        #expect(last.reason?.contains("pelvis and trunk: calibrated") == true)
        #expect(last.reason?.contains("rehabctl calibrate --legs") == true)
        #expect(last.sensors.map(\.segment) == ["pelvis", "trunk"])
        #expect(try daemon.sensor("pelvis")?.calibration != nil)
        #expect(try daemon.sensor("left-thigh")?.calibration == nil)
        let folder = daemon.state + "/calibrations/"
        #expect(FileManager.default.fileExists(atPath: folder + "pelvis.json"))
        #expect(!FileManager.default.fileExists(atPath: folder + "left-thigh.json"))
    }

    @Test func legsAloneNeedACalibratedPelvisAndALegSensor() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        func refusal(_ what: String) throws -> String {
            var replies = try daemon.connect().stream(Rehab1.Calibrate(what: what))
            do {
                _ = try replies.next()
                return "none"
            } catch ControlError.refused(let refusal) {
                return refusal.description
            }
        }
        #expect(try refusal("legs").contains("the pelvis sensor is not calibrated"))
        #expect(try refusal("arms").contains("what"))
        #expect(try daemon.status().activity == .idle)
        player.stop()
    }
}
