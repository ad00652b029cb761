// The guided turn-round: what the accelerometer reads too much is found, taken off, kept and replayed.

import Control
import DaemonTestKit
import Foundation
import Kinematics
import Testing

@Suite(.scene(weight: 0)) struct TurnRoundTests {
    /// Writes a calibration file as an earlier session would have left it.
    private func store(_ text: String, of name: String, in state: String) throws {
        let folder = state + "/calibrations"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/\(name).json", atomically: false, encoding: .utf8)
    }

    /// Angle between the told and the true up in sensor axes, degrees.
    private func error(_ frame: Rehab1.Frame, _ up: Vector3) -> Double {
        let q = frame.quaternion
        guard q.count == 4 else { return .infinity }
        let told = Rotation(w: q[0], x: q[1], y: q[2], z: q[3]).inverse.apply(Vector3(0, 0, 1))
        return atan2(told.cross(up).norm, told.dot(up)) * degreesPerRadian
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(max(values.count, 1))
    }

    @Test func theBiasIsFoundTakenOffKeptAndReplayed() throws {
        let person = TurningSensor()
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try store(person.calibrationFile(of: "belt"), of: "belt", in: state)
        let daemon = try RunningDaemon { $0.state = state }
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(person.packets(), into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        let before = try #require(try daemon.sensor("belt")?.calibration)

        // The turn begins 8 s after the first packet: the guide asks for it after 6.
        var replies = try daemon.connect().stream(
            Rehab1.Calibrate(leadInSeconds: 1, what: "turn-round"))
        var steps: [Rehab1.CalibrationStep] = []
        while let reply = try replies.next() { steps.append(reply.step) }
        let turnEnd = log.entries.count
        var order: [Rehab1.CalibrationStep.Step] = []
        for step in steps where step.step != order.last { order.append(step.step) }
        #expect(order == [.getReady, .stand, .turn, .stand, .done])
        let last = try #require(steps.last)
        let turnRound = try #require(last.sensors.first?.turnRound, "\(last.reason ?? "-")")
        #expect(last.sensors.map(\.sensor) == ["belt"])
        #expect(abs(turnRound.turnDegrees - 180) < 3)
        // By construction the part across the vertical can be seen, and no other.
        let found = turnRound.accelerometerBias
        try #require(found.count == 3)
        let off = (Vector3(found[0], found[1], found[2]) - person.horizontalBias).norm
        print("accelerometer bias off by \(off) m/s², said ± \(turnRound.sigma)")
        #expect(off < 0.05)
        #expect(off < 3 * turnRound.sigma)

        // Taken off: up was told wrong by atan(b/g), and is right once the filter has settled.
        try log.wait(for: "frames of 5 s later", from: turnEnd) { event in
            event.frame.flatMap { $0.time > player.origin + 25_000_000_000 ? true : nil }
        }
        let origin = player.origin
        func errors(_ from: Double, _ to: Double) -> [Double] {
            log.frames.filter {
                $0.time > origin + Int64(from * 1e9) && $0.time < origin + Int64(to * 1e9)
            }.map { error($0, person.up) }
        }
        let planted = atan2(person.horizontalBias.norm, standardGravity) * degreesPerRadian
        print("up off by \(mean(errors(4, 7))) degrees before, \(mean(errors(21, 25))) after")
        #expect(abs(mean(errors(4, 7)) - planted) < 0.4)
        #expect(mean(errors(21, 25)) < 0.4)
        #expect(abs(planted - 1.945) < 0.001)

        // The neutral of the earlier calibration is what a true accelerometer would have read.
        let after = try #require(try daemon.sensor("belt")?.calibration)
        let truth = person.angles(biased: false)
        #expect(after.date == before.date)
        #expect(
            abs(after.neutralObliquityRawDegrees - truth.obliquity * degreesPerRadian) < 0.35)
        #expect(
            abs(after.neutralTiltRawDegrees - truth.anteriorTilt * degreesPerRadian) < 0.35)
        #expect(
            abs(before.neutralTiltRawDegrees - truth.anteriorTilt * degreesPerRadian) > 0.5
                || abs(before.neutralObliquityRawDegrees - truth.obliquity * degreesPerRadian)
                    > 0.5
        )

        // The same decisions from the recording, with the command in it.
        player.stop()
        try daemon.call(Rehab1.DetachSensor(name: "belt"))
        let path = try #require(daemon.recordingFiles().first)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains(" correct 0 "))
        for options in [["--offline"], []] {
            let again = try daemon.rehabctl(["replay", path, "--json"] + options, within: 120)
            #expect(again.code == 0, "\(again)")
        }

        // After a restart it is taken off from the first packet on.
        #expect(try daemon.terminate() == .exited(0))
        try afterARestart(person, state: state, turnRound: turnRound, neutral: after)
    }

    private func afterARestart(
        _ person: TurningSensor, state: String, turnRound: Rehab1.TurnRound,
        neutral: Rehab1.Calibration
    ) throws {
        let daemon = try RunningDaemon { $0.state = state }
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let restored = try #require(try daemon.sensor("belt"))
        #expect(restored.turnRound == turnRound)
        #expect(
            abs(
                (restored.calibration?.neutralTiltRawDegrees ?? 99)
                    - neutral.neutralTiltRawDegrees) < 1e-6)
        let player = PacketPlayer(person.packets(), into: sensor)
        try log.wait(for: "frames after 5 s") { event in
            event.frame.flatMap { $0.time > player.origin + 5_000_000_000 ? true : nil }
        }
        let late = log.frames.filter { $0.time > player.origin + 3_000_000_000 }
        #expect(mean(late.map { error($0, person.up) }) < 0.4)
        player.stop()
    }

    /// As a person sees it, without an earlier calibration.
    @Test func theCommandGuidesAndShowsWhatWasFound() throws {
        let person = TurningSensor()
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(person.packets(), into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        let result = try daemon.rehabctl(
            ["calibrate", "--turn-round", "--lead-in", "1"], within: 60)
        #expect(result.code == 0, "\(result)")
        let said = result.lines.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            said.prefix(4) == [
                "Stand with both feet down, hip-wide, looking ahead.", "Stand still.",
                "Turn half round on the spot, to face the other way, and stop.",
                "Stand still again.",
            ], "\(result)")
        #expect(said.contains("Accelerometers measured."))
        // By NumPy from the mounting, the lean and the bias: 0.3331 m/s² across the vertical are
        // 1.945 degrees.
        #expect(abs(person.horizontalBias.norm - 0.3331) < 0.0002)
        let line = try #require(said.first { $0.hasPrefix("accelerometer") }, "\(result)")
        #expect(line.contains("m/s² too much") && line.contains("taken off"))
        #expect(["1.8 deg", "1.9 deg", "2.0 deg"].contains { line.contains($0) }, "\(line)")
        #expect(try daemon.sensor("belt")?.turnRound != nil)
        #expect(try daemon.sensor("belt")?.calibration == nil)
        player.stop()
    }

    /// 5 s of standing, then 30 s in which nobody turns.
    @Test func whoDoesNotTurnIsToldAndNothingIsStored() throws {
        var person = TurningSensor()
        person.turn = 40 * radiansPerDegree
        person.length = 45
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(person.packets(), into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        let result = try daemon.rehabctl(
            ["calibrate", "--turn-round", "--lead-in", "0"], within: 60)
        #expect(result.code == 65)
        #expect(result.output.contains("Turn half round on the spot"))
        #expect(result.output.contains("the half turn was not seen in time"))
        #expect(try daemon.sensor("belt")?.turnRound == nil)
        #expect(
            !FileManager.default.fileExists(
                atPath: daemon.state + "/calibrations/turn-round/belt.json"))
        player.stop()
    }

    @Test func aFileThatHoldsNoBiasIsToldAndNotApplied() throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let directory = state + "/calibrations/turn-round"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let texts = [
            "belt": "{\"version\": 1",
            "chest": """
            {"version": 1, "sensor": "chest", "date": "-", "sigma_m_s2": 0.02, "turn_rad": 3.1,
             "accelerometer_bias_m_s2": [0.1, 50, 0]}
            """,
            "knee": """
            {"version": 2, "sensor": "knee", "date": "-", "sigma_m_s2": 0.02, "turn_rad": 3.1,
             "accelerometer_bias_m_s2": [0.1, 0, 0]}
            """,
        ]
        for (name, text) in texts {
            try text.write(
                toFile: directory + "/\(name).json", atomically: false, encoding: .utf8)
        }
        let daemon = try RunningDaemon { $0.state = state }
        var attached: [AttachedSensor] = []
        for (name, segment) in [("belt", "pelvis"), ("chest", "trunk"), ("knee", "left-thigh")] {
            attached.append(try AttachedSensor(name, segment: segment, to: daemon))
            #expect(try daemon.sensor(name)?.turnRound == nil)
        }
        let warnings = try daemon.status().warnings
        #expect(warnings.contains { $0.contains("belt.json is no turn-round file") })
        #expect(warnings.contains { $0.contains("chest.json holds numbers that are no bias") })
        #expect(warnings.contains { $0.contains("knee.json is of version 2") })
        #expect(warnings.count { $0.contains("--turn-round") } == 3)
    }
}
