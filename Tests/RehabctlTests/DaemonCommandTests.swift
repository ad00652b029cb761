// rehabctl with a daemon: what each command prints, as text and as JSON, and how it ends.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing
import Varlink

@Suite(.scene()) struct DaemonCommandTests {
    /// A daemon with one calibrated sensor that streams.
    private struct Ready {
        let daemon: RunningDaemon
        let player: PacketPlayer
        let sensor: AttachedSensor

        init(_ toml: String = Scenario.quiet(seconds: 60), calibrated: Bool = true) throws {
            let scenario = try Scenario(toml)
            daemon = try RunningDaemon()
            if calibrated { try scenario.storeCalibration(of: "belt", in: daemon.state) }
            sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
            player = PacketPlayer(scenario.packets, into: sensor)
            try waitUntil("the sensor to stream") { [daemon] in
                try daemon.sensor("belt")?.state == .streaming
            }
        }
    }

    /// Text of a command as JSON, checked against a type of the interface text.
    private func json(
        _ result: ProgramResult, is method: String, under name: String,
        _ comment: Comment? = nil
    ) throws -> JSONValue {
        #expect(result.code == 0, "\(result)")
        #expect(result.lines.count == 1, "one document on one line")
        let value = try JSONReader.read(Array(result.output.utf8.dropLast()))
        let text = try InterfaceText(parsing: Rehab1.text)
        let declared = try #require(text.methods[method])
        #expect(text.mismatch(in: [name: value], declared.result) == nil, comment)
        return value
    }

    /// Every `--json` is what the interface documents for the method behind it.
    @Test func jsonIsWhatTheInterfaceDocuments() throws {
        let ready = try Ready()
        let daemon = ready.daemon
        let status = try json(
            daemon.rehabctl(["status", "--json"]), is: "GetStatus", under: "status")
        #expect(status["pid"]?.integerValue == Int64(daemon.process.id))
        #expect(status["sensors"]?.arrayValue?.count == 1)
        let sensors = try daemon.rehabctl(["sensors", "list", "--json"])
        let listed = try JSONReader.read(Array(sensors.output.utf8.dropLast()))
        #expect(listed.arrayValue?.first?["name"] == "belt")
        #expect(listed.arrayValue?.first?["calibration"]?["restored"] == true)
        let started = try json(
            daemon.rehabctl(["start", "one-leg-stand", "--side", "left", "--json"]),
            is: "StartExercise", under: "exercise")
        #expect(started["id"] == "one-leg-stand")
        let summary = try json(
            daemon.rehabctl(["stop", "--json"]), is: "StopExercise", under: "summary")
        #expect(summary["side"] == "left")
        for command in [["sensors", "assign", "belt", "trunk"], ["sensors", "detach", "belt"]] {
            let result = try daemon.rehabctl(command + ["--json"])
            #expect(result.output == "{}\n", "\(result)")
        }
        ready.player.stop()
        let recordings = try json(
            daemon.rehabctl(["recordings", "list", "--json"]), is: "ListRecordings",
            under: "recordings")
        let name = try #require(recordings.arrayValue?.first?["name"]?.stringValue)
        #expect(try daemon.rehabctl(["recordings", "remove", name, "--json"]).output == "{}\n")
        #expect(try daemon.rehabctl(["recordings", "--json"]).output == "[]\n")
        let version = try daemon.rehabctl(["version", "--json"])
        let told = try JSONReader.read(Array(version.output.utf8.dropLast()))
        #expect(told["rehabd"] == told["rehabctl"])
    }

    @Test func textIsAlignedAndWithoutColourInAPipe() throws {
        let ready = try Ready()
        let daemon = ready.daemon
        let status = try daemon.rehabctl(["status"])
        #expect(status.code == 0)
        #expect(!status.output.contains("\u{1B}"))
        let lines = status.lines
        for (label, content) in [
            ("rehabd", "process \(daemon.process.id)"), ("activity", "idle"),
            ("real time", "estimator "), ("uses", " MB"), ("recording", " packets"),
        ] {
            let line = try #require(lines.first { $0.hasPrefix(label) })
            // One column of labels, one of facts.
            #expect(line.dropFirst(11).first?.isWhitespace == false, "\(line)")
            #expect(line.dropFirst(9).prefix(2) == "  ", "\(line)")
            #expect(line.contains(content), "\(line)")
        }
        let head = try #require(lines.first { $0.hasPrefix("sensor ") })
        let row = try #require(lines.first { $0.hasPrefix("belt") })
        for column in ["worn", "state", "rate", "age", "packets", "calibrated"] {
            let place = try #require(head.range(of: column)).lowerBound
            let offset = head.distance(from: head.startIndex, to: place)
            // A column begins where its heading begins.
            #expect(
                row.dropFirst(offset).first?.isWhitespace == false, "\(column)\n\(head)\n\(row)")
            #expect(row.dropFirst(offset - 1).first == " ", "\(column)\n\(head)\n\(row)")
        }
        #expect(row.contains(#/restored \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/#), "\(row)")
        ready.player.stop()
    }

    @Test func anExerciseIsStartedAndStoppedInWords() throws {
        let ready = try Ready()
        let daemon = ready.daemon
        let started = try daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        #expect(started.code == 0)
        for words in [
            "One-leg stand: started", "Stand on the right leg.", "End it with: rehabctl stop",
            "not measured with the sensors worn: trunk lean to the stance side, trunk lean away from",
        ] {
            #expect(started.output.contains(words), "\(started)")
        }
        // 75: busy, with what to do.
        let busy = try daemon.rehabctl(["start", "one-leg-stand"])
        #expect(busy.code == 75, "\(busy)")
        #expect(busy.errors.contains("rehabd is busy: an exercise is running"))
        #expect(busy.errors.contains("Stop it with: rehabctl stop"))
        #expect(busy.output.isEmpty)
        #expect(try daemon.rehabctl(["calibrate"]).code == 75)
        #expect(try daemon.rehabctl(["sensors", "assign", "belt", "trunk"]).code == 75)
        let name = try #require(try daemon.status().recording)
        #expect(try daemon.rehabctl(["recordings", "remove", name]).code == 75)
        let stopped = try daemon.rehabctl(["stop"])
        #expect(stopped.code == 0)
        for words in [
            "One-leg stand: summary", "no hold seen", "recording", "not measured: trunk lean",
        ] {
            #expect(stopped.output.contains(words), "\(stopped)")
        }
        // 65: everything else that is refused.
        let again = try daemon.rehabctl(["stop"])
        #expect(again.code == 65)
        #expect(again.errors.contains("no exercise is running"))
        #expect(again.errors.contains("Start one with: rehabctl start one-leg-stand"))
        let unknown = try daemon.rehabctl(["start", "swim"])
        #expect(unknown.code == 65)
        #expect(unknown.errors.contains("no exercise is called \"swim\""))
        #expect(unknown.errors.contains("Known are: "))
        for (arguments, words) in [
            (["sensors", "detach", "none"], "no sensor is called \"none\""),
            (["sensors", "assign", "belt", "tail"], "no body segment is called \"tail\""),
        ] {
            let refused = try daemon.rehabctl(arguments)
            #expect(refused.code == 65)
            #expect(refused.errors.contains(words), "\(refused)")
        }
        ready.player.stop()
    }

    @Test func anUncalibratedStartNamesTheCure() throws {
        let ready = try Ready(calibrated: false)
        let result = try ready.daemon.rehabctl(["start", "one-leg-stand"])
        #expect(result.code == 65)
        #expect(
            result.errors
                == "rehabctl: the pelvis sensor is not calibrated.\n"
                + "          Calibrate with: rehabctl calibrate.\n")
        ready.player.stop()
    }

    /// Nobody bows: the steps are told one a line, and the refusal ends with 65.
    ///
    /// The person walks, so that it does not take a minute.
    @Test func aRefusedCalibrationIsToldStepByStep() throws {
        let ready = try Ready(
            Scenario.toml("[[task]]\nkind = \"walk-on-spot\"\nseconds = 60\n"), calibrated: false)
        func calibrate(_ options: String...) throws -> ProgramResult {
            var result: ProgramResult
            var attempts = 0
            repeat {
                result = try ready.daemon.rehabctl(["calibrate", "--lead-in", "0.5"] + options)
                attempts += 1
                // A machine that stands still for a fifth of a second has a reason of its own.
            } while result.output.contains("were lost during") && attempts < 3
            return result
        }
        let text = try calibrate()
        #expect(text.code == 65, "\(text)")
        #expect(text.lines.count == 3, "\(text)")
        #expect(text.lines.first == "Stand with both feet down, hip-wide, looking ahead.")
        #expect(text.lines.dropFirst().first == "Stand still.")
        #expect(text.lines.last?.hasPrefix("Not calibrated: the stand was not quiet") == true)
        #expect(!text.output.contains("\u{7}"), "the bell is for terminals")
        let json = try calibrate("--json")
        #expect(json.code == 65)
        let steps = try json.lines.map {
            try JSONDecoder().decode(Rehab1.CalibrationStep.self, from: Data($0.utf8))
        }
        #expect(steps.first?.step == .getReady)
        #expect(steps.last?.step == .refused)
        #expect(steps.last?.reason?.contains("not quiet") == true)
        ready.player.stop()
    }

    /// `simulate` plays a script into the daemon and says what it sent.
    @Test func aSimulatedPersonIsASensorLikeAnyOther() throws {
        let daemon = try RunningDaemon()
        let folder = try TemporaryFolder()
        let script = try folder.write("script.toml", Scenario.quiet(seconds: 3))
        let result = try daemon.rehabctl(["simulate", "--script", script])
        #expect(result.code == 0, "\(result)")
        #expect(result.lines.first?.hasPrefix("simulating sim-pelvis: ") == true)
        #expect(result.lines.last?.contains("sim-pelvis: 18") == true, "\(result)")
        try waitUntil("the sensor to leave") { try daemon.status().sensors.isEmpty }
        let twice = try AttachedSensor("sim-pelvis", to: daemon)
        let refused = try daemon.rehabctl(["simulate", "--script", script])
        #expect(refused.code == 65)
        #expect(refused.errors.contains("\"sim-pelvis\" is attached already"), "\(refused)")
        #expect(twice.unread == 0)
    }

    /// 77: not allowed.
    ///
    /// Another account may look, where the socket lets it, but not remove.
    @Test(.enabled(if: Products.asAnotherAccount != nil, "needs root, to become another account"))
    func anotherAccountIsToldWhatItMayNotDo() throws {
        let daemon = try RunningDaemon()
        let start = try #require(Products.asAnotherAccount)
        func asNobody(_ arguments: [String]) throws -> ProgramResult {
            try Program.run(
                "/usr/bin/env", start + [Products.rehabctl] + arguments,
                environment: Program.environment(["REHABD_SOCKET": daemon.socket]))
        }
        let shut = try asNobody(["status"])
        #expect(shut.code == 77, "\(shut)")
        #expect(shut.errors.contains("this account may not use the socket \(daemon.socket)"))
        #expect(shut.errors.contains("usermod -aG rehab"))
        #expect(chmod(daemon.socket, 0o666) == 0)
        #expect(try asNobody(["status"]).code == 0)
        let denied = try asNobody(["recordings", "remove", "x"])
        #expect(denied.code == 77, "\(denied)")
        #expect(denied.errors.contains("only the user rehabd runs as, and root, may do this"))
        #expect(denied.errors.contains("sudo"))
    }

    /// Names from a recording or a sensor cannot move the cursor or recolour the screen.
    @Test func namesFromOutsideAreMadeVisible() throws {
        let daemon = try RunningDaemon()
        let folder = daemon.recordingsFolder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let text =
            "# rehabd-recording: 1\n# date: \u{1B}[31mred\na 0 \u{1B}[2Jx movella-dot - 60.0\n"
        try text.write(
            toFile: folder + "/evil.recording", atomically: false, encoding: .utf8)
        for arguments in [["recordings"], ["recordings", "show", "evil"]] {
            let result = try daemon.rehabctl(arguments)
            #expect(result.code == 0, "\(result)")
            #expect(!result.output.contains("\u{1B}"), "\(result)")
            #expect(result.output.contains("[2Jx"))
        }
    }
}
