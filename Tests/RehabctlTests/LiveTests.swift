// `rehabctl live`: lines where nobody draws, a picture on a terminal, and the terminal put back.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing

/// A daemon with a pelvis sensor that streams, calibrated or not.
private struct Streaming {
    let daemon: RunningDaemon
    let player: PacketPlayer
    let sensor: AttachedSensor

    init(_ toml: String, calibrated: Bool) throws {
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

@Suite(.scene()) struct LiveTextTests {
    @Test(arguments: [["--plain"], []])
    func withoutATerminalThereIsALineASecond(_ options: [String]) throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: false)
        let result = try streaming.daemon.rehabctl(["live", "--seconds", "3.5"] + options)
        #expect(result.code == 0, "\(result)")
        #expect(result.errors.isEmpty)
        let lines = result.lines.filter { $0 != "no pelvis data" && !$0.hasPrefix("sensor ") }
        #expect((2...5).contains(lines.count), "\(result)")
        for line in lines {
            #expect(line.contains("obliquity not measured"))
            #expect(line.contains("not judged: not calibrated"))
        }
        #expect(!result.output.contains("\u{1B}"))
        streaming.player.stop()
    }

    @Test func aCueIsALineAsItComes() throws {
        let streaming = try Streaming(Scenario.oneDrop, calibrated: true)
        try streaming.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        let result = try streaming.daemon.rehabctl(["live", "--plain", "--seconds", "14"])
        let cues = result.lines.filter { $0.hasPrefix("cue ") }
        #expect(cues.count == 1, "\(result)")
        #expect(cues.first?.hasPrefix("cue C01 drop ") == true)
        #expect(cues.first?.contains(" deg, right stance: ") == true)
        #expect(cues.first?.hasSuffix("(not heard)") == true)
        #expect(result.lines.contains { $0.contains("stance right") && $0.contains("hold ") })
        #expect(result.lines.contains { $0.contains("active C01") })
        streaming.player.stop()
    }

    @Test func eventsAreJSONLines() throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: false)
        let result = try streaming.daemon.rehabctl(["live", "--json", "--seconds", "2"])
        #expect(result.code == 0)
        let events = try result.lines.map {
            try JSONDecoder().decode(Rehab1.Event.self, from: Data($0.utf8))
        }
        #expect(events.first?.kind == .status)
        #expect(events.count { $0.kind == .frame } > 10)
        #expect(events.allSatisfy { $0.payload != nil })
        streaming.player.stop()
    }

    @Test func theEndOfTheDaemonIsSaid() throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: false)
        let folder = try TemporaryFolder()
        let live = try ChildProcess(
            Products.rehabctl, ["live", "--plain"],
            environment: Program.environment(["REHABD_SOCKET": streaming.daemon.socket]),
            streams: .files(output: folder.path + "/out", errors: folder.path + "/err"))
        try waitUntil("the first line") {
            (FileStore.attributes(folder.path + "/out")?.bytes ?? 0) > 0
        }
        streaming.daemon.signal(SIGKILL)
        #expect(try live.wait(within: 20) == .exited(69))
        let errors = try String(contentsOfFile: folder.path + "/err", encoding: .utf8)
        #expect(errors.contains("rehabd closed the connection"))
        streaming.player.stop()
    }
}

@Suite(.scene()) struct LiveScreenTests {
    /// What a terminal without colour may show of each frame.
    private static let alternateScreen = "\u{1B}[?1049h"
    private static let normalScreen = "\u{1B}[?1049l"
    private static let hiddenCursor = "\u{1B}[?25l"
    private static let shownCursor = "\u{1B}[?25h"

    private func environment(_ daemon: RunningDaemon, _ more: [String: String] = [:])
        -> [String: String]
    {
        Program.environment(["REHABD_SOCKET": daemon.socket].merging(more) { $1 })
    }

    @Test(arguments: [UInt8(ascii: "q"), UInt8(ascii: "Q"), 3])
    func aKeyEndsItAndTheTerminalIsAsBefore(_ key: UInt8) throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: true)
        let terminal = try Pseudoterminal()
        let before = terminal.modes
        #expect(before.isLineByLine && before.echoes && before.hasSignalKeys)
        let live = try terminal.start(
            Products.rehabctl, ["live"], environment: environment(streaming.daemon))
        let words = [
            "obliquity", "left", "right", "=====", "tilt", "each ±", "belt (pelvis)", "60.",
            "cues: none",
        ]
        // A picture may come in pieces.
        try waitUntil("a picture") { words.allSatisfy(terminal.drawn().contains) }
        let picture = terminal.drawn()
        #expect(picture.hasPrefix(LiveScreenTests.alternateScreen + LiveScreenTests.hiddenCursor))
        #expect(!terminal.modes.isLineByLine && !terminal.modes.echoes)
        // It goes on drawing.
        let length = picture.utf8.count
        try waitUntil("more pictures") { terminal.drawn().utf8.count > length + 1_000 }
        terminal.press(key)
        #expect(try live.wait(within: 10) == .exited(0))
        #expect(terminal.modes == before)
        let all = terminal.drawn()
        #expect(all.hasSuffix(LiveScreenTests.shownCursor + LiveScreenTests.normalScreen))
        // No line is wider than the terminal: it would wrap and tear the picture.
        for line in all.split(separator: "\r\n") {
            let shown = line.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
            #expect(shown.count <= 80, "\(shown)")
        }
        streaming.player.stop()
    }

    @Test func theEndOfTheDaemonPutsTheTerminalBack() throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: true)
        let terminal = try Pseudoterminal()
        let before = terminal.modes
        let live = try terminal.start(
            Products.rehabctl, ["live"], environment: environment(streaming.daemon))
        try waitUntil("a picture") { terminal.drawn().contains("obliquity") }
        streaming.daemon.signal(SIGKILL)
        #expect(try live.wait(within: 20) == .exited(69))
        #expect(terminal.modes == before)
        let all = terminal.drawn()
        let restored = try #require(all.range(of: LiveScreenTests.normalScreen))
        // The message comes after, where it stays visible.
        #expect(all[restored.upperBound...].contains("rehabd closed the connection"))
        streaming.player.stop()
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"], [:]])
    func colourIsLeftOutWhereItIsNotWanted(_ setting: [String: String]) throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: true)
        let terminal = try Pseudoterminal()
        let status = try terminal.start(
            Products.rehabctl, ["status"], environment: environment(streaming.daemon, setting))
        #expect(try status.wait(within: 10) == .exited(0))
        try waitUntil("the status") { terminal.drawn().contains("belt") }
        #expect(terminal.drawn().contains("\u{1B}[") == setting.isEmpty)
        streaming.player.stop()
    }

    /// Colour and the bell are for terminals; `live --plain` on one prints lines.
    @Test func plainOnATerminalDrawsNothing() throws {
        let streaming = try Streaming(Scenario.quiet(seconds: 30), calibrated: true)
        let terminal = try Pseudoterminal()
        let live = try terminal.start(
            Products.rehabctl, ["live", "--plain", "--seconds", "2"],
            environment: environment(streaming.daemon))
        #expect(try live.wait(within: 10) == .exited(0))
        #expect(!terminal.drawn().contains("\u{1B}"))
        #expect(terminal.drawn().contains("obliquity"))
        streaming.player.stop()
    }
}
