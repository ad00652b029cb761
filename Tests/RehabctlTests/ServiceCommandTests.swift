// rehabctl as an administrator meets it: config, doctor, report-bug, manual, completions, one program in two.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

@Suite(.scene()) struct ConfigCommandTests {
    private static func rehabctl(
        _ arguments: [String], _ folder: TemporaryFolder, _ more: [String: String] = [:]
    ) throws -> ProgramResult {
        try Program.run(
            Products.rehabctl, ["config"] + arguments,
            environment: Program.environment(
                [
                    "XDG_CONFIG_HOME": folder.path, "REHABD_SOCKET": "/nonexistent/control",
                    "TMPDIR": folder.path,
                ].merging(more) { $1 }))
    }

    @Test func showTellsEveryValueAndWhereItComesFrom() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/rehabd", withIntermediateDirectories: true)
        try folder.write("rehabd/rehabd.toml", "[sound]\ndevice = \"hw:1\"\n")
        let shown = try Self.rehabctl(["show"], folder, ["REHABD_REALTIME": "no"])
        #expect(shown.code == 0)
        func line(_ key: String) -> String { shown.lines.first { $0.contains(key) } ?? "" }
        #expect(line("sound.device").contains("\"hw:1\""))
        #expect(line("sound.device").contains("rehabd.toml"))
        #expect(line("log.names").contains("default"))
        #expect(line("realtime.enabled").contains("REHABD_REALTIME"))
        // What holds is the variable's, not the file's.
        #expect(line("realtime.enabled").contains("false"), "\(shown)")
        let json = try Self.rehabctl(["show", "--json"], folder)
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: String]])
        #expect(rows.count == 21)
    }

    @Test func checkSaysLineFieldAndSuggestion() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("mine.toml", "format = 1\n\n[realtim]\nenabled = true\n")
        let faulty = try Self.rehabctl(["check", path], folder)
        #expect(faulty.code == 65)
        #expect(faulty.errors.contains("mine.toml"))
        #expect(faulty.errors.contains("did you mean \"realtime\"?"))
        let right = try folder.write("right.toml", "[realtime]\nenabled = true\n")
        #expect(try Self.rehabctl(["check", right], folder).code == 0)
        #expect(try Self.rehabctl(["check", folder.path + "/none.toml"], folder).code == 66)
        // What is offered as the default has no fault.
        let offered = try folder.write("default.toml", Self.rehabctl(["default"], folder).output)
        #expect(try Self.rehabctl(["check", offered], folder).code == 0)
    }

    @Test func editTakesEffectOnlyWithoutFaults() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/rehabd/rehabd.toml"
        // An editor that turns names on.
        let good = try Self.rehabctl(
            ["edit"], folder, ["EDITOR": "sed -i 's/^#names = false/names = true/'"])
        #expect(good.code == 0, "\(good)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("\nnames = true"))
        #expect(text.contains("# True lets the journal hold names"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect((mode as? Int ?? 0) & 0o137 == 0)
        // One that writes nonsense: refused, the file stays, nothing lies around.
        let bad = try Self.rehabctl(["edit"], folder, ["EDITOR": "sed -i 's/^names/nmes/'"])
        #expect(bad.code == 65, "\(bad)")
        #expect(bad.errors.contains("\"names\""))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/rehabd")
        #expect(left == ["rehabd.toml"])
    }
}

@Suite(.scene()) struct DoctorTests {
    @Test func everyFindingThatIsNotFineHasItsCure() throws {
        let daemon = try RunningDaemon()
        let told = try daemon.rehabctl(["doctor", "--json", "--silent"])
        let checks = try #require(
            try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [[String: Any]])
        var names: Set<String> = []
        for check in checks {
            let state = check["state"] as? String
            names.insert(check["name"] as? String ?? "")
            #expect(["ok", "warning", "failure"].contains(state))
            if state != "ok" { #expect((check["cure"] as? String)?.isEmpty == false, "\(check)") }
        }
        let wanted = [
            "versions", "settings", "units", "sandbox", "real time", "memory lock", "disk", "clock",
            "BlueZ", "rehabd",
        ]
        for name in wanted { #expect(names.contains(name), "\(name)") }
        let fails = checks.contains { $0["state"] as? String == "failure" }
        #expect(told.code == (fails ? 1 : 0))
        // The same for people.
        let text = try daemon.rehabctl(["doctor", "--silent"])
        for name in wanted { #expect(text.output.contains(name)) }
    }

    private static func soundDelay(
        _ environment: [String: String]
    ) throws -> (code: Int32?, check: [String: Any]) {
        let told = try Program.run(
            Products.rehabctl, ["doctor", "--json"],
            environment: Program.environment(
                ["REHABD_SOCKET": "/nonexistent/control"].merging(environment) { $1 }))
        let checks = try #require(
            try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [[String: Any]])
        return (
            told.code, try #require(checks.first { $0["name"] as? String == "sound delay" })
        )
    }

    /// A real PipeWire whose graph works in steps of 128 frames as it is asked to, then of 1024 at least, as it
    /// does in a virtual machine: 2.7 and 21.3 ms by arithmetic, and what lies behind it.
    @Test(
        .enabled(if: SoundServer.missing.isEmpty, "PipeWire is not installed"),
        arguments: [(16, 2.6...15), (1024, 21.3...45)])
    func aWorkingDevicesDelayIsMeasured(_ quantum: Int, _ range: ClosedRange<Double>) throws {
        let server = try SoundServer(quantum: quantum)
        defer { server.end() }
        try server.start()
        let sound = try Self.soundDelay(server.environment).check
        let finding = sound["finding"] as? String ?? ""
        print("steps of \(quantum) frames and more: \(finding)")
        let delay = try #require(finding.split(separator: " ").first.flatMap { Double($0) })
        #expect(range.contains(delay))
        #expect(sound["state"] as? String == "ok")
    }

    /// Frames are accepted and never taken: there is no delay to tell.
    @Test(.enabled(if: SoundServer.missing.isEmpty, "PipeWire is not installed"))
    func aDeviceThatPlaysNothingIsAFailure() throws {
        let server = try SoundServer(links: false)
        defer { server.end() }
        try server.start()
        let (code, sound) = try Self.soundDelay(server.environment)
        #expect(code == 1)
        #expect(sound["state"] as? String == "failure")
        let finding = sound["finding"] as? String ?? ""
        #expect(finding.contains("takes no sound"), "\(finding)")
    }

    @Test func aDeviceThatIsNotThereIsAFailureWithTheCure() throws {
        let (code, sound) = try Self.soundDelay(["REHABD_AUDIO": "hw:99"])
        #expect(code == 1)
        #expect(sound["state"] as? String == "failure")
        #expect((sound["cure"] as? String)?.contains("aplay -L") == true)
    }
}

@Suite(.scene()) struct ReportTests {
    @Test func theReportHoldsNoAddressAndNoNameAndIsShownFirst() throws {
        let daemon = try RunningDaemon()
        let folder = try TemporaryFolder()
        let address = "D4:22:CD:00:A1:B2"
        _ = try daemon.call(
            Rehab1.AddSensor(
                address: address, addressKind: "random", kind: "movella-dot", name: "Annas-DOT",
                segment: "pelvis"))
        // Without an answer nothing is written.
        let path = folder.path + "/report.txt"
        let shown = try daemon.rehabctl(["report-bug", "--output", path])
        #expect(shown.output.contains("Nothing was written"))
        #expect(!FileManager.default.fileExists(atPath: path))
        let written = try daemon.rehabctl(["report-bug", "--output", path, "--yes"])
        #expect(written.code == 0, "\(written)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for part in ["versions", "status", "checks", "settings", "log"] {
            #expect(text.contains("=== \(part)"))
            #expect(shown.output.contains(part))
        }
        #expect(text.contains("\"pelvis\""))
        for secret in [address, address.lowercased(), "Annas-DOT", "D4_22_CD_00_A1_B2"] {
            #expect(!text.contains(secret), "\(secret)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func aRecordingInItCanBeReadBack() throws {
        let daemon = try RunningDaemon()
        let folder = try TemporaryFolder()
        let source =
            Products.repository + "/Tests/ReplayTests/Recordings/one-leg-stand-fault.recording"
        let path = folder.path + "/report.txt"
        let written = try daemon.rehabctl(
            ["report-bug", "--output", path, "--yes", "--recording", source])
        #expect(written.code == 0, "\(written)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let start = try #require(text.range(of: "# rehabd-recording: 1"))
        let copy = try folder.write(
            "copy.recording",
            String(text[start.lowerBound...]).trimmingCharacters(in: .newlines) + "\n")
        let shown = try daemon.rehabctl(["recordings", "show", copy, "--json"])
        let told = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        let original = try String(contentsOfFile: source, encoding: .utf8)
        let count = original.split(separator: "\n").count { $0.hasPrefix("p ") }
        #expect(told["packets"] as? Int == count)
        #expect(told["sensors"] as? [String] == ["pelvis"])
    }
}

@Suite(.scene()) struct InstalledTests {
    static func has(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: program)
    }

    /// rehabctl under the name rehabd is the daemon: one file is installed for both.
    @Test func underTheDaemonsNameItIsTheDaemon() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/rehabd"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: Products.rehabctl)
        let told = try Program.run(link, ["--version"])
        #expect(told.output.hasPrefix("rehabd "))
        #expect(try Program.run(link, ["status"]).code == 64)
        #expect(try Program.run(Products.rehabctl, ["--version"]).output.hasPrefix("rehabctl "))
    }

    /// The manual: every command has a page, and man and mandoc find nothing amiss in any.
    @Test(.enabled(if: InstalledTests.has("/usr/bin/python3"), "python3 is not installed"))
    func theManualIsWholeAndClean() throws {
        let folder = try TemporaryFolder()
        let made = try Program.run(
            "/usr/bin/python3",
            [Products.repository + "/Scripts/manual", Products.rehabctl, folder.path + "/man"])
        #expect(made.code == 0, "\(made)")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/man")
        let help = try Program.run(Products.rehabctl, ["--help"])
        // Two blanks before each command's name in the help.
        for line in help.lines where line.hasPrefix("  ") && !line.hasPrefix("   ") {
            let name = line.dropFirst(2).prefix { $0 != " " }
            guard name.first?.isLowercase == true else { continue }
            #expect(pages.contains("rehabctl-\(name).1"), "\(name)")
        }
        for page in [
            "rehabctl.1", "rehabd.8", "rehab-link.8", "rehabd.toml.5", "rehabd-recording.5",
            "rehabd-exercise.5", "rehabd-wearable.5",
        ] {
            #expect(pages.contains(page), "\(page)")
        }
        for page in pages {
            let path = folder.path + "/man/" + page
            if Self.has("/usr/bin/man") {
                let told = try Program.run(
                    "/usr/bin/man", ["--warnings", "-l", path],
                    environment: Program.environment(["LC_ALL": "C.UTF-8", "MANWIDTH": "80"]))
                #expect(told.errors.isEmpty, "\(page): \(told.errors)")
                #expect(told.output.count > 300)
            }
            if Self.has("/usr/bin/mandoc") {
                let told = try Program.run(
                    "/usr/bin/mandoc", ["-T", "lint", "-W", "warning", path])
                #expect(told.output.isEmpty, "\(page): \(told.output)")
            }
        }
    }

    /// The examples in the manual are files that work.
    @Test func theManualsExamplesAreSound() throws {
        let exercise = Products.repository + "/packaging/man/example-exercise.toml"
        let told = try Program.run(Products.rehabctl, ["exercises", "check", exercise])
        #expect(told.code == 0, "\(told)")
    }

    @Test(arguments: [("bash", "/bin/bash"), ("zsh", "/usr/bin/zsh"), ("fish", "/usr/bin/fish")])
    func completionsAreReadByTheirShell(_ shell: String, _ program: String) throws {
        guard Self.has(program) else { return }
        let folder = try TemporaryFolder()
        let script = try folder.write(
            "completion",
            Program.run(Products.rehabctl, ["--generate-completion-script", shell]).output)
        let told = try Program.run(program, ["-n", script])
        #expect(told.code == 0, "\(told)")
    }
}
