// Settings: faults with place and suggestion, the environment before the file, reload in mid-exercise.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing
import TomlReading

@testable import Daemon

@Suite struct ConfigurationTests {
    @Test func theCommentedDefaultIsTheDefault() throws {
        let text = Configuration.commentedDefault
        #expect(try Configuration(text: text, file: "x") == Configuration())
        // Every commented setting, taken alone, is one that is known and says the default.
        let uncommented = text.split(separator: "\n").map { line in
            line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
        }.joined(separator: "\n")
        #expect(uncommented != text)
        #expect(try Configuration(text: uncommented, file: "x") == Configuration())
        // And none is left out.
        for value in Configuration().values {
            let name = value.key.split(separator: ".").last ?? ""
            #expect(text.contains("#\(name) = \(value.value)"), "\(value.key)")
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var text: String
        var says: [String]
        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Fault(text: "[sound]\ndevise = \"x\"\n", says: ["f:2", "sound.devise", "\"device\""]),
        Fault(text: "[sond]\n", says: ["f", "sond", "\"sound\""]),
        Fault(text: "format = 2\n", says: ["f:1", "format"]),
        Fault(text: "[sound]\ndevice = \"\"\n", says: ["f:2", "\"none\""]),
        Fault(text: "[bluetooth]\nadapter = \"hci0\"\n", says: ["f:2", "address"]),
        Fault(text: "[bluetooth]\nenabled = \"no\"\n", says: ["f:2", "true or false"]),
        Fault(text: "[bluetooth]\nnotify-path = \"fd\"\n", says: ["f:2", "descriptor"]),
        Fault(text: "[bluetooth]\nlink-helper = \"run\"\n", says: ["f:2", "path"]),
        Fault(text: "[breaks]\nquiet-from = 24\n", says: ["f:2", "quiet-from", "0 to 23"]),
        Fault(text: "[breaks]\nquiet-til = 6\n", says: ["f:2", "\"quiet-until\""]),
        Fault(text: "[fading]\nshares = [100, 67]\n", says: ["f:2", "shares", "5"]),
        Fault(
            text: "[fading]\nshares = [100, 50, 67, 33, 10]\n",
            says: ["f:2", "not rise", "[100, 67, 50, 33, 10]"]),
        Fault(text: "[fading]\nshares = [100, 67, 50, 33, 0.5]\n", says: ["f:2", "whole"]),
        Fault(text: "[fading]\nblocks = [5, 5, 9]\n", says: ["f:2", "must rise", "[5, 7, 9]"]),
        Fault(text: "[fading]\nblocks = [2, 5, 9]\n", says: ["f:2", "blocks", "3"]),
        Fault(
            text: "[fading]\n\nstep-back = 0.1\n", says: ["f:3", "step-forward (0.1)", "smaller"]),
        Fault(text: "[patterns]\nleast-share = 5\n", says: ["f:2", "least-share", "to 1"]),
        Fault(text: "[gates]\ngap-seconds = 2\n", says: ["f:2", "gap-seconds", "to 1"]),
        Fault(text: "[gates]\nslip = 2\n", says: ["f:2", "slip", "slipped-degrees"]),
        Fault(text: "[log\n", says: ["f:1", "TOML"]),
        Fault(text: "sound = 3\n", says: ["f:1", "section"]),
    ])
    func aFaultNamesItsPlaceAndTheCure(_ fault: Fault) throws {
        let error = try #require(throws: TomlError.self) {
            try Configuration(text: fault.text, file: "f")
        }
        for part in fault.says { #expect("\(error)".contains(part), "\(error)") }
    }

    @Test func theEnvironmentGoesBeforeTheFile() throws {
        let file = try Configuration(
            text: "[sound]\ndevice = \"hw:1\"\n[bluetooth]\nenabled = false\n", file: "f")
        let plain = DaemonSettings(environment: [:], configuration: file)
        #expect(plain.audioDevice == "hw:1")
        #expect(plain.bluetooth == nil)
        let chosen = DaemonSettings(
            environment: [
                "REHABD_AUDIO": "none", "REHABD_BLUETOOTH": "yes",
                "REHABD_ADAPTER": "00:1A:7D:DA:71:13",
            ], configuration: file)
        #expect(chosen.audioDevice == nil)
        #expect(chosen.bluetooth?.adapter?.text == "00:1A:7D:DA:71:13")
    }
}

@Suite(.scene()) struct ReloadTests {
    /// A file that the test changes, and a daemon that reads it.
    private static func start(_ text: String) throws -> (TemporaryFolder, String, RunningDaemon) {
        let folder = try TemporaryFolder()
        let path = folder.path + "/rehabd.toml"
        try FileStore.replace(path, with: Array(text.utf8))
        let daemon = try RunningDaemon { $0.environment = ["REHABD_CONFIG": path] }
        return (folder, path, daemon)
    }

    @Test func aReloadChangesSettingsAndNoWorkout() throws {
        let (folder, path, daemon) = try Self.start("[log]\nnames = false\n")
        _ = folder
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        let before = try #require(try daemon.sensor("belt"))

        try FileStore.replace(
            path,
            with: Array(
                "[log]\nnames = true\n[bluetooth]\nadapter = \"\"\n[realtime]\nenabled = false\n"
                    .utf8))
        let reply = try daemon.call(Rehab1.Reload())
        #expect(reply.changed == ["log.names"])
        #expect(reply.atNextSession == ["realtime.enabled"])
        #expect(reply.atNextStart == [])

        // A fault changes nothing, is said with its place, and the workout goes on.
        try FileStore.replace(path, with: Array("[log]\nnmes = true\n".utf8))
        let refusal = try #require(try daemon.refusal(of: Rehab1.Reload()))
        guard case .notReady(let reason, _) = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(reason.contains("rehabd.toml:2"))
        #expect(reason.contains("\"names\""))
        daemon.signal(SIGHUP)
        try waitUntil("the fault in the log") { daemon.log.contains("nmes") }

        try waitUntil("more samples") {
            try daemon.sensor("belt").map { $0.samples > before.samples + 30 } ?? false
        }
        let status = try daemon.status()
        #expect(status.activity == .exercising)
        #expect(status.sensors.first?.gaps == before.gaps)
        player.stop()
        _ = try daemon.call(Rehab1.StopExercise())
    }

    @Test func aDaemonDoesNotStartWithAFaultyFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/rehabd.toml"
        try FileStore.replace(path, with: Array("[sound]\nvolume = 3\n".utf8))
        let daemon = try RunningDaemon.launch { $0.environment = ["REHABD_CONFIG": path] }
        #expect(try daemon.process.wait(within: 10) == .exited(78))
        #expect(daemon.log.contains("rehabd.toml:2: sound.volume"))
        #expect(daemon.log.contains("config check"))
    }
}

@Suite struct LogTests {
    @Test func namesAndAddressesDoNotReachTheLog() {
        let hidden = ["Annas-DOT": "pelvis", "left.leg": "left-thigh"]
        func clean(_ text: String) -> String { Anonymity.remove(from: text, hidden: hidden) }
        #expect(clean("Annas-DOT streams, left.leg: lost.") == "pelvis streams, left-thigh: lost.")
        #expect(clean("at D4:22:CD:00:00:01.") == "at (address).")
        #expect(
            clean("/org/bluez/hci0/dev_d4_22_cd_00_00_01/x") == "/org/bluez/hci0/dev_(address)/x")
        #expect(clean("(D4-22-CD-00-00-01)") == "((address))")
        #expect(
            clean("not Annas-DOTs, 12:34:56, 2026-11-26T05:00:00Z")
                == "not Annas-DOTs, 12:34:56, 2026-11-26T05:00:00Z")
        #expect(clean("two\nlines  and  blanks ") == "two\nlines  and  blanks ")
        #expect(
            clean("a table\tAnnas-DOT\tD4:22:CD:00:00:01\r\n") == "a table\tpelvis\t(address)\r\n")
    }

    /// A mark that combines with the blank before it, or with the name's last letter, hides nothing.
    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{93E}"])
    func marksDoNotShieldNames(_ mark: String) {
        func clean(_ text: String) -> String {
            Anonymity.remove(from: text, hidden: ["Annas-DOT": "pelvis"])
        }
        #expect(clean("at Annas-DOT \(mark) now") == "at pelvis \(mark) now")
        #expect(clean("\(mark) Annas-DOT \(mark)x") == "\(mark) pelvis \(mark)x")
        #expect(clean("D4:22:CD:00:00:01 \(mark)") == "(address) \(mark)")
    }

    @Test func aFloodLeavesTenLinesAndOneInTenSeconds() {
        var limit = LogLimit()
        var written = 0
        for step in 0..<60_000 {
            // A thousand a second for a minute.
            if case .write = limit.take("flood", at: Int64(step) * 1_000_000) { written += 1 }
        }
        #expect(written == 15)
        // Another kind is not held up by it, and what was left out is told.
        #expect(limit.take("other", at: 60_000_000_000) == .write(before: 0))
        guard case .write(let before) = limit.take("flood", at: 80_000_000_000) else {
            Issue.record("left out")
            return
        }
        #expect(before > 5_000)
    }

    @Test func everyEventHasItsTextInTheCatalogue() throws {
        let path = Products.repository + "/systemd/rehabd.catalog"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var ids: Set<String> = []
        for event in JournalEvent.allCases {
            #expect(event.messageID.count == 32 && event.messageID.allSatisfy(\.isHexDigit))
            #expect(ids.insert(event.messageID).inserted, "\(event) shares its id")
            #expect(text.contains("-- \(event.messageID)\nSubject: "), "\(event)")
        }
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("-- ") }.count == ids.count)
    }
}
