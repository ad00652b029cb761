// rehabctl without a daemon: arguments, files that are not what they should be, exit codes, messages.

import DaemonTestKit
import Foundation
import Testing

private func rehabctl(_ arguments: String...) throws -> ProgramResult {
    try Program.run(
        Products.rehabctl, arguments,
        environment: Program.environment(["REHABD_SOCKET": "/nonexistent/control"]))
}

@Suite(.scene()) struct ArgumentTests {
    /// sysexits.h: 64 for arguments; the message says what is known and how to get help.
    @Test(arguments: [
        ["dance"], ["status", "--nope"], ["start", "one-leg-stand", "--side", "both"],
        ["calibrate", "--lead-in", "-1"], ["calibrate", "--lead-in", "many"], ["replay"],
        ["replay", "x", "--speed", "0"], ["replay", "x", "--speed", "fast"],
        ["live", "--seconds", "0"], ["estimate", "x.csv"], ["estimate", "x.csv", "--rate", "0"],
        ["estimate", "x.csv", "--rate", "-5"], ["estimate", "x.csv", "--rate", "nan"],
        ["recordings", "remove"], ["sensors", "assign", "belt"], ["decode"],
        ["demo", "--rate", "100"],
    ])
    func whatIsNoCommandIsRefusedWithTheUsage(_ arguments: [String]) throws {
        let result = try Program.run(Products.rehabctl, arguments)
        #expect(result.code == 64, "\(result)")
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.errors.contains("Usage: rehabctl"))
        #expect(result.errors.contains("--help"))
    }

    @Test func everyCommandHasHelp() throws {
        let help = try rehabctl("--help")
        #expect(help.code == 0)
        let commands = [
            "status", "sensors", "live", "calibrate", "start", "stop", "recordings", "replay",
            "simulate", "demo", "estimate", "decode", "version",
        ]
        for command in commands {
            #expect(help.output.contains("\n  \(command) "), "\(command)")
            let own = try rehabctl("help", command)
            #expect(own.code == 0)
            #expect(own.output.contains("USAGE: rehabctl \(command)"))
        }
        // What the issue promises of every command.
        for command in [
            "status", "sensors list", "live", "calibrate", "start", "stop",
            "recordings list", "replay", "estimate", "decode", "version",
        ] {
            let own = try Program.run(
                Products.rehabctl, ["help"] + command.split(separator: " ").map(String.init))
            #expect(own.output.contains("--json"), "\(command)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsAreMadeForShells(_ shell: String) throws {
        let result = try rehabctl("--generate-completion-script", shell)
        #expect(result.code == 0)
        #expect(result.output.contains("calibrate"))
        #expect(result.output.contains("one-leg") || result.output.contains("side"))
        guard shell == "bash" else { return }
        let folder = try TemporaryFolder()
        let script = try folder.write("completions", result.output)
        #expect(try Program.run("/bin/bash", ["-n", script]).code == 0)
    }

    /// 69: the daemon is not there; where it was looked for, and how to start it.
    @Test(arguments: [
        ["status"], ["sensors"], ["live"], ["calibrate"], ["start", "one-leg-stand"], ["stop"],
        ["recordings"], ["recordings", "remove", "x"], ["simulate"],
    ])
    func withoutADaemonTheCureIsNamed(_ arguments: [String]) throws {
        let result = try Program.run(
            Products.rehabctl, arguments,
            environment: Program.environment(["REHABD_SOCKET": "/nonexistent/control"]))
        #expect(result.code == 69, "\(result)")
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("nothing listens at /nonexistent/control"))
        #expect(result.errors.contains("systemctl --user start rehabd"))
    }

    @Test func theSocketIsLookedForInOrder() throws {
        let folder = try TemporaryFolder()
        func asked(_ environment: [String: String], _ options: [String] = []) throws -> String {
            try Program.run(
                Products.rehabctl, ["status"] + options,
                environment: Program.environment(environment)
            ).errors
        }
        #expect(
            try asked(["REHABD_SOCKET": "/one"], ["--socket", "/two"]).contains("listens at /two"))
        #expect(try asked(["REHABD_SOCKET": "/one"]).contains("listens at /one"))
        let paths = try asked(["XDG_RUNTIME_DIR": folder.path])
        // A daemon of the system may run on this machine; the user's comes first in any case.
        #expect(
            paths.isEmpty
                || paths.contains("\(folder.path)/rehabd/control or /run/rehabd/control"))
        let long = "/" + String(repeating: "x", count: 200)
        #expect(try asked([:], ["--socket", long]).contains("201 bytes long"))
    }

    @Test func theVersionNeedsNoDaemon() throws {
        let text = try rehabctl("version")
        #expect(text.code == 0)
        #expect(text.lines.count == 2)
        #expect(text.lines.last == "rehabd   not running")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(rehabctl("version", "--json").output.utf8))
                as? [String: Any])
        #expect(json["rehabctl"] is String)
        #expect(!(json["rehabd"] is String))
        let short = try rehabctl("--version")
        #expect(short.output == "rehabctl \(json["rehabctl"] ?? "")\n")
    }
}

@Suite(.scene()) struct MalformedFileTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        /// The place in the message: a line, a column, a field.
        let place: String
        var testDescription: String { name }
    }

    private static let tables = [
        Case(name: "empty", text: "", place: "the file is empty"),
        Case(name: "no such columns", text: "a,b,c\n1,2,3\n", place: "line 1"),
        Case(name: "a column missing", text: "gx,gy,gz,ax,ay\n0,0,0,0,0\n", place: "az"),
        Case(name: "a column twice", text: "gx,gy,gz,ax,ay,az,gx\n0,0,0,0,0,0,0\n", place: "gx"),
        Case(
            name: "a word", text: "gx,gy,gz,ax,ay,az\n0,0,0,0,0,9.8\n0,0,x,0,0,9.8\n",
            place: "line 3, column gz"),
        Case(
            name: "not a number", text: "gx,gy,gz,ax,ay,az\n0,nan,0,0,0,9.8\n",
            place: "line 2, column gy"),
        Case(
            name: "infinite", text: "gx,gy,gz,ax,ay,az\n0,0,0,0,0,inf\n", place: "line 2, column az"
        ),
        Case(name: "short row", text: "gx,gy,gz,ax,ay,az\n0,0,0,0,0,9.8\n0,0,0\n", place: "line 3"),
        Case(name: "long row", text: "gx,gy,gz,ax,ay,az\n0,0,0,0,0,9.8,7\n", place: "line 2"),
        Case(name: "decimal commas", text: "gx;gy;gz;ax;ay;az\n0;0;0;0;0;9,8\n", place: "line 1"),
    ]

    @Test(arguments: tables) private func tablesAreRefusedWithTheirPlace(_ bad: Case) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("readings.csv", bad.text)
        let result = try rehabctl("estimate", file, "--rate", "100")
        #expect(result.code == 65, "\(result)")
        // Nothing half done.
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(file))
        #expect(result.errors.contains(bad.place), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    private static let scripts = [
        Case(name: "empty", text: "", place: "task"),
        Case(name: "not TOML", text: "title = \n", place: "line 1"),
        Case(
            name: "unknown kind", text: "[[task]]\nkind = \"dance\"\n",
            place: "line 2, task[1].kind"),
        Case(
            name: "unknown field", text: "[[task]]\nkind = \"bow\"\ndepht_degrees = 40\n",
            place: "depht_degrees"),
        Case(name: "out of range", text: "[[task]]\nkind = \"bow\"\ncount = 0\n", place: "line 3"),
        Case(
            name: "a name twice",
            text:
                "[[task]]\nkind = \"bow\"\nname = \"a\"\n[[task]]\nkind = \"bow\"\nname = \"a\"\n",
            place: "line 6"),
        Case(name: "binary", text: "\u{0}\u{1}\u{2}", place: "holds a NUL byte"),
    ]

    @Test(arguments: scripts) private func scriptsAreRefusedWithTheirPlace(_ bad: Case) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("script.toml", bad.text)
        let result = try rehabctl("simulate", "--script", file)
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains(file))
        #expect(result.errors.contains(bad.place), "\(result.errors)")
    }

    private static let head = "# rehabd-recording: 1\na 0 belt movella-dot pelvis 60.0\n"

    private static let recordings = [
        Case(name: "empty", text: "", place: "empty or cut in its head"),
        Case(name: "something else", text: "gx,gy\n1,2\n", place: ":1"),
        Case(name: "newer", text: "# rehabd-recording: 99\n", place: ":1"),
        Case(name: "odd hexadecimal", text: head + "p 1 0 0 abc\n", place: ":3"),
        Case(name: "capital hexadecimal", text: head + "p 1 0 0 AB\n", place: ":3"),
        Case(name: "stamp too large", text: head + "p 99999999999999999999 0 0 ab\n", place: ":3"),
        Case(name: "channel too large", text: head + "p 1 256 0 ab\n", place: ":3"),
        Case(
            name: "sensor without a rate", text: "# rehabd-recording: 1\na 0 belt movella-dot -\n",
            place: ":2"),
        Case(
            name: "unknown driver", text: "# rehabd-recording: 1\na 0 belt acme - 60.0\n",
            place: "acme"),
        Case(name: "unknown command", text: head + "c 0 dance 7\n", place: "dance 7"),
    ]

    @Test(arguments: recordings) private func recordingsAreRefusedWithTheirPlace(_ bad: Case) throws
    {
        let folder = try TemporaryFolder()
        let file = try folder.write("bad.recording", bad.text)
        let result = try rehabctl("replay", file, "--offline")
        #expect(result.code == 65, "\(result)")
        #expect(
            result.errors.contains(bad.place.hasPrefix(":") ? file + bad.place : bad.place),
            "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    /// Lines that nobody can read are left out on request, and lines of a later version always.
    @Test func lenientReadingLeavesLinesOut() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "odd.recording",
            MalformedFileTests.head + "Q future line\n# future: key\np 1 0 0 zz\np 5 0 0 ab\n")
        #expect(try rehabctl("replay", file, "--offline").code == 65)
        let lenient = try rehabctl("replay", file, "--offline", "--lenient")
        #expect(lenient.code == 0, "\(lenient)")
        let shown = try rehabctl("recordings", "show", file)
        #expect(shown.code == 0)
        #expect(shown.output.contains(/packets +1\n/), "\(shown)")
    }

    private static let vectors = [
        Case(name: "empty", text: "", place: "JSON"),
        Case(name: "not JSON", text: "{\"schema\": ", place: "JSON"),
        Case(name: "another schema", text: "{\"schema\":\"x\"}", place: "'schema'"),
        Case(
            name: "no device", text: "{\"schema\":\"wearable-vectors/1\",\"vectors\":[]}",
            place: "'device'"),
        Case(
            name: "vectors missing", text: "{\"schema\":\"wearable-vectors/1\",\"device\":\"x\"}",
            place: "'vectors'"),
        Case(
            name: "bad hexadecimal",
            text: "{\"schema\":\"wearable-vectors/1\",\"device\":\"movella-dot\",\"vectors\":"
                + "[{\"id\":\"a\",\"kind\":\"notification\",\"hex\":\"0g\"}]}",
            place: "vector 'a': field 'hex'"),
    ]

    @Test(arguments: vectors) private func vectorFilesAreRefusedWithTheirPlace(_ bad: Case) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("vectors.json", bad.text)
        let result = try rehabctl("decode", "--vectors", file, "--json")
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains(file))
        #expect(result.errors.contains(bad.place), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    /// 66: what is not there cannot be malformed. (`estimate` says 65 for both, as its help states.)
    @Test func missingFilesAreNamed() throws {
        for arguments in [
            ["decode", "--vectors", "/nonexistent/file"],
            ["simulate", "--script", "/nonexistent/file"],
            ["replay", "/nonexistent/file", "--offline"],
            ["recordings", "show", "/nonexistent/file"],
        ] {
            let result = try Program.run(Products.rehabctl, arguments)
            #expect(result.code == 66, "\(result)")
            #expect(result.errors.contains("/nonexistent/file"))
        }
        let estimate = try rehabctl("estimate", "/nonexistent/file", "--rate", "60")
        #expect(estimate.code == 65)
        #expect(estimate.errors.contains("/nonexistent/file"))
        // A folder is no file either.
        #expect(try rehabctl("replay", "/tmp/", "--offline").code == 66)
    }

    /// 73 and 74: what cannot be written.
    @Test func outputsThatCannotBeWrittenAreNamed() throws {
        let folder = try TemporaryFolder()
        let recording = try folder.write("one.recording", MalformedFileTests.head + "p 5 0 0 ab\n")
        let replay = try rehabctl(
            "replay", recording, "--offline", "--output", folder.path + "/none/out")
        #expect(replay.code == 73, "\(replay)")
        #expect(replay.errors.contains(folder.path + "/none/out"))
        let table = try folder.write("readings.csv", "gx,gy,gz,ax,ay,az\n0,0,0,0,0,9.8\n")
        let estimate = try rehabctl(
            "estimate", table, "--rate", "60", "--output", folder.path + "/none/out")
        #expect(estimate.code == 74, "\(estimate)")
        #expect(estimate.errors.contains(folder.path + "/none/out"))
        let itself = try rehabctl("estimate", table, "--rate", "60", "--output", table)
        #expect(itself.code == 64)
        #expect(try String(contentsOfFile: table, encoding: .utf8).hasPrefix("gx,gy"))
    }
}
