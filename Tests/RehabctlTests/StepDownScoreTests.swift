// T4 with a compensation the other way: the score gives its point for a lean away and a lifted side too.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

@Suite(.scene()) struct StepDownScoreTests {
    /// Six step-downs on the right leg, every one with the pattern at its bottom, seen by pelvis and trunk.
    private static func script(_ pattern: String, _ degrees: Double) -> String {
        Scenario.toml(
            """
            [[sensor]]
            segment = "trunk"
            name = "trunk"
            rate_hz = 60
            gyroscope_noise_deg_s = 0.1
            accelerometer_noise_m_s2 = 0.03
            clock_start_us = 1023964
            link = \(Scenario.ordinaryLink)

            [[task]]
            kind = "quiet-stand"
            name = "quiet"
            seconds = 6
            [[task]]
            kind = "exercise"
            name = "set"
            exercise = "side-step-down"
            side = "right"
            pattern = "\(pattern)"
            degrees = \(degrees)
            clean = 0
            count = 6
            [[task]]
            kind = "quiet-stand"
            name = "after"
            seconds = 60
            """)
    }

    /// A step-down test of a person who wears both sensors, as the person answers it.
    private func run(_ pattern: String, _ degrees: Double) throws -> Rehab1.TestResult {
        let scenario = try Scenario(StepDownScoreTests.script(pattern, degrees))
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        try scenario.storeCalibration(of: "back", worn: .trunk, in: daemon.state)
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let back = try AttachedSensor("back", segment: "trunk", to: daemon)
        let players = [
            PacketPlayer(scenario.packets, into: belt),
            PacketPlayer(scenario.packets(of: .trunk), into: back),
        ]
        defer { players.forEach { $0.stop() } }
        try waitUntil("both to stream") {
            let sensors = try daemon.status().sensors
            return sensors.count == 2
                && sensors.allSatisfy { $0.state == .streaming && $0.calibration != nil }
        }
        let home = try TemporaryFolder()
        let told = try daemon.rehabctl(
            [
                "test", "T4", "--side", "right", "--step-height", "20", "--hands", "no",
                "--stepped", "no", "--knee", "0", "--lead-in", "0", "--seconds", "60",
            ], environment: ["XDG_STATE_HOME": home.path], within: 120)
        #expect(told.code == 0, "\(told)")
        print(told.output)
        return try #require(try daemon.call(Rehab1.ListTestResults()).results.first)
    }

    private func value(_ id: String, _ result: Rehab1.TestResult) throws -> Double {
        let measure = try #require(result.measures.first { $0.id == id }, "\(id)")
        return try #require(measure.value, "\(id)")
    }

    private func points(_ part: String, _ result: Rehab1.TestResult) -> String {
        result.notes.first { $0.hasPrefix(part) } ?? "nothing of \(part): \(result.notes)"
    }

    @Test func aLeanAwayIsALean() throws {
        let result = try run("lean-away", 18)
        #expect(points("trunk leant", result) == "trunk leant: 1 of 1 (measured)")
        #expect(points("pelvis off", result) == "pelvis off level: 0 of 1 (measured)")
        #expect(try value("score", result) >= 1)
        #expect(abs(try value("lean-away-deg", result) - 18) < 3)
    }

    @Test func aLiftedSideIsOffLevel() throws {
        let result = try run("hike", 12)
        #expect(points("pelvis off", result) == "pelvis off level: 1 of 1 (measured)")
        #expect(points("trunk leant", result) == "trunk leant: 0 of 1 (measured)")
        #expect(try value("score", result) >= 1)
        #expect(abs(try value("hike-deg", result) - 12) < 2.5)
    }

    @Test func aLevelOneIsNeither() throws {
        let result = try run("level", 0)
        #expect(points("pelvis off", result) == "pelvis off level: 0 of 1 (measured)")
        #expect(points("trunk leant", result) == "trunk leant: 0 of 1 (measured)")
    }
}
