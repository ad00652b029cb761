// The running daemon as another project's client sees it: the Python package "varlink" (PyPI, 31.0.0).

import Control
import DaemonTestKit
import Foundation
import Testing

@Suite(
    .scene(),
    .enabled(
        if: Products.pythonWithVarlink != nil,
        "needs the Python package varlink: python3 -m pip install varlink==31.0.0"))
struct PythonVarlinkTests {
    private func python(_ arguments: [String]) throws -> ProgramResult {
        let program = try #require(Products.pythonWithVarlink)
        return try Program.run(
            program, (program.hasSuffix("/env") ? ["python3"] : []) + arguments,
            environment: ProcessInfo.processInfo.environment)
    }

    private func client(
        _ daemon: RunningDaemon, _ command: [String], _ place: String = "",
        _ rest: [String] = []
    ) throws -> ProgramResult {
        try python(["-m", "varlink.cli"] + command + ["unix:\(daemon.socket)\(place)"] + rest)
    }

    @Test func infoAndHelp() throws {
        let daemon = try RunningDaemon()
        let info = try client(daemon, ["info"])
        for word in [
            "rehabd", try daemon.status().version, "org.rehabd.rehab1", "org.varlink.service",
        ] {
            #expect(info.output.contains(word), "\(info)")
        }
        let help = try client(daemon, ["help"], "/org.rehabd.rehab1")
        #expect(help.code == 0)
        #expect(
            help.output.trimmingCharacters(in: .whitespacesAndNewlines)
                == Rehab1.text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test func theDescriptionIsTheTextInTheRepository() throws {
        let daemon = try RunningDaemon()
        let result = try client(
            daemon, ["call"], "/org.varlink.service.GetInterfaceDescription",
            ["{\"interface\":\"org.rehabd.rehab1\"}"])
        let reply = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let text = try String(
            contentsOfFile: Products.repository
                + "/Sources/Control/org.rehabd.rehab1.varlink", encoding: .utf8)
        #expect(reply["description"] as? String == text)
    }

    @Test func theStatusIsTheDaemons() throws {
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let result = try client(daemon, ["call"], "/org.rehabd.rehab1.GetStatus")
        let reply = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let status = try #require(reply["status"] as? [String: Any])
        #expect(status["pid"] as? Int == Int(daemon.process.id))
        #expect(status["activity"] as? String == "idle")
        let sensors = try #require(status["sensors"] as? [[String: Any]])
        #expect(sensors.map { $0["name"] as? String } == [sensor.name])
        #expect(sensors.first?["state"] as? String == "waiting")
    }

    /// The first events of a monitoring stream, taken by Python objects made from our description.
    @Test func aStreamCanBeFollowed() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        let program = """
            import sys, varlink
            with varlink.Client.new_with_address(sys.argv[1]) as client, \\
                    client.open("org.rehabd.rehab1") as daemon:
                kinds, numbers = [], []
                for reply in daemon.Monitor(interval_ms=50, _more=True):
                    event = reply["event"]
                    kinds.append(event["kind"])
                    numbers.append(event["seq"])
                    if kinds.count("frame") == 3:
                        print(event["frame"]["posture"], *event["frame"]["gates"])
                        break
                print(*kinds)
                print(*numbers)
            """
        let result = try python(["-c", program, "unix:\(daemon.socket)"])
        player.stop()
        try #require(result.lines.count == 3, "\(result)")
        #expect(result.lines[0].contains("uncalibrated"))
        let kinds = result.lines[1].split(separator: " ")
        #expect(kinds.first == "status")
        let numbers = result.lines[2].split(separator: " ").compactMap { Int($0) }
        #expect(numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + kinds.count))
        // The client left in the middle of the stream; the daemon does not mind.
        #expect(try daemon.status().activity == .idle)
    }

    @Test func refusalsKeepTheirNames() throws {
        let daemon = try RunningDaemon()
        let result = try client(
            daemon, ["call"], "/org.rehabd.rehab1.StartExercise", ["{\"exercise\":\"swim\"}"])
        #expect((result.output + result.errors).contains("org.rehabd.rehab1.NoSuchExercise"))
    }
}
