// A whole set as a new user does it: questions, countdown, the live view, the summary, the log.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing

@testable import rehabctl

/// A daemon with a pelvis sensor that streams, and a home of the person's own.
struct Practice {
    let daemon: RunningDaemon
    let player: PacketPlayer
    let sensor: AttachedSensor
    let home: TemporaryFolder

    init(
        _ toml: String = Practice.oneStand, calibrated: Bool = true,
        _ change: ([TimedPacket]) -> [TimedPacket] = { $0 }
    ) throws {
        let scenario = try Scenario(toml)
        daemon = try RunningDaemon()
        home = try TemporaryFolder()
        if calibrated { try scenario.storeCalibration(of: "belt", in: daemon.state) }
        sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        player = PacketPlayer(change(scenario.packets), into: sensor)
        try waitUntil("the sensor to stream") { [daemon] in
            try daemon.sensor("belt")?.state == .streaming
        }
    }

    /// 9 s to get ready, then 8 s on the right leg.
    static let oneStand = Scenario.toml(
        """
        [[task]]
        kind = "quiet-stand"
        seconds = 9
        [[task]]
        kind = "one-leg-stand"
        side = "right"
        seconds = 8
        [[task]]
        kind = "quiet-stand"
        seconds = 60
        """)

    var environment: [String: String] {
        Program.environment(["REHABD_SOCKET": daemon.socket, "XDG_STATE_HOME": home.path])
    }

    var logPath: String { home.path + "/rehabd/log.jsonl" }

    func rehabctl(_ arguments: [String], within seconds: Double = 60) throws -> ProgramResult {
        try daemon.rehabctl(arguments, environment: ["XDG_STATE_HOME": home.path], within: seconds)
    }

    func logText() -> String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// What a terminal shows without its codes.
    static func plain(_ text: String) -> String {
        // By scalars: a return and a line feed make one character.
        let text = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
        return text.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
    }
}

@Suite(.scene()) struct GuidedSetTests {
    private func answer(
        _ terminal: Pseudoterminal, _ question: String, _ text: String, within seconds: Double = 30
    ) throws {
        try waitUntil(question, within: seconds) { terminal.drawn().contains(question) }
        terminal.type(text + "\n")
    }

    @Test func aSetFromTheFirstQuestionToTheLog() throws {
        let practice = try Practice()
        let terminal = try Pseudoterminal()
        let before = terminal.modes
        let set = try terminal.start(
            Products.rehabctl, ["start", "one-leg-stand", "--side", "right"],
            environment: practice.environment)
        try answer(terminal, "Any of them?", "n")
        // Nonsense is asked again, and the second answer counts.
        try answer(terminal, "Pain now,", "twelve")
        try waitUntil("the question again") { terminal.drawn().contains("from 0 to 10, please") }
        terminal.type("2\n")
        try waitUntil("the countdown") { terminal.drawn().contains("Get ready, right leg") }
        try waitUntil("what is waited for") {
            terminal.drawn().contains("waiting for you to lift the foot")
        }
        #expect(!terminal.modes.isLineByLine)
        try waitUntil("the hold") { terminal.drawn().contains("holding 3.") }
        try answer(terminal, "Highest pain in this set,", "3", within: 40)
        #expect(terminal.modes.isLineByLine)
        try answer(terminal, "Effort,", "")
        #expect(try set.wait(within: 20) == .exited(0))
        #expect(terminal.modes == before)
        let shown = Practice.plain(terminal.drawn())
        for words in [
            "One-leg stand: summary", "not measured: trunk lean", "Kept in the log",
            "Tomorrow morning: rehabctl pain", "of 10 s",
        ] {
            #expect(shown.contains(words), "\(words)")
        }
        let log = practice.logText()
        for words in [
            #""before":2"#, #""during":3"#, #""side":"right""#, #""endedBy":"reached""#,
            #""applies":false"#,
        ] {
            #expect(log.contains(words), "\(words)\n\(log)")
        }
        // Skipped is unknown.
        #expect(!log.contains(#""effort""#))
        let mode = try FileManager.default.attributesOfItem(atPath: practice.logPath)
        #expect((mode[.posixPermissions] as? Int) == 0o600)
        practice.player.stop()
    }

    @Test func keysPauseMarkAndEnd() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        let terminal = try Pseudoterminal()
        let set = try terminal.start(
            Products.rehabctl,
            ["start", "one-leg-stand", "--side", "right", "--no-questions", "--countdown", "1"],
            environment: practice.environment)
        try waitUntil("the set") { terminal.drawn().contains("right leg (given)") }
        terminal.press(UInt8(ascii: " "))
        try waitUntil("the pause") { terminal.drawn().contains("PAUSED (space goes on)") }
        #expect(try practice.daemon.status().set?.paused == "asked")
        terminal.press(UInt8(ascii: "p"))
        try waitUntil("the set to go on") { try practice.daemon.status().set?.paused == nil }
        terminal.press(UInt8(ascii: "m"))
        try waitUntil("the mark") { terminal.drawn().contains("marked in the recording") }
        terminal.press(UInt8(ascii: "s"))
        try waitUntil("the other side") { try practice.daemon.status().set?.side == nil }
        #expect(terminal.drawn().contains("+/- volume"))
        terminal.press(UInt8(ascii: "-"))
        try waitUntil("the volume") { terminal.drawn().contains("volume 90") }
        terminal.press(UInt8(ascii: "_"))
        try waitUntil("less of it") { terminal.drawn().contains("volume 80") }
        terminal.press(UInt8(ascii: "="))
        try waitUntil("more of it") {
            try practice.daemon.call(Rehab1.GetSound()).sound.volumePercent == 90
        }
        terminal.press(UInt8(ascii: "x"))
        #expect(try set.wait(within: 20) == .exited(0))
        let shown = Practice.plain(terminal.drawn())
        #expect(shown.contains("paused once") && shown.contains("side changed once"))
        #expect(practice.logText().contains(#""endedBy":"asked""#))
        #expect(try practice.daemon.status().activity == .idle)
        practice.player.stop()
    }

    @Test func theViewFollowsTheWindow() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        let terminal = try Pseudoterminal()
        let live = try terminal.start(
            Products.rehabctl, ["live"], environment: practice.environment)
        try waitUntil("a picture") { terminal.drawn().contains("obliquity") }
        terminal.resize(columns: 40, rows: 10)
        live.signal(SIGWINCH)
        let length = terminal.drawn().utf8.count
        try waitUntil("more pictures") { terminal.drawn().utf8.count > length + 2_000 }
        let last = try #require(
            terminal.drawn().components(separatedBy: "\u{1B}[H").dropLast().last)
        let lines = Practice.plain(last).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 10)
        #expect(lines.allSatisfy { $0.count <= 39 }, "\(lines)")
        terminal.press(UInt8(ascii: "q"))
        #expect(try live.wait(within: 10) == .exited(0))
        practice.player.stop()
    }

    /// Signals from outside, and crashes: the terminal is as before, and the program ends by them.
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT])
    func theTerminalIsPutBackWhateverEndsIt(_ signal: Int32) throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        let terminal = try Pseudoterminal()
        let before = terminal.modes
        let live = try terminal.start(
            Products.rehabctl, ["live"], environment: practice.environment)
        try waitUntil("a picture") { terminal.drawn().contains("obliquity") }
        #expect(!terminal.modes.isLineByLine)
        live.signal(signal)
        let end = try live.wait(within: 20)
        // A core file adds a bit to the status.
        switch end {
        case .killed(let number): #expect(number == signal)
        case .exited: Issue.record("\(end)")
        }
        #expect(terminal.modes == before)
        #expect(terminal.drawn().hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
        practice.player.stop()
    }

    /// A set that is ended from outside is summed up and kept all the same.
    @Test func aSignalInASetLosesNothing() throws {
        let practice = try Practice()
        let set = try ChildProcess(
            Products.rehabctl,
            ["start", "one-leg-stand", "--side", "right", "--guided", "--countdown", "1"],
            environment: practice.environment,
            streams: .files(
                output: practice.home.path + "/out", errors: practice.home.path + "/err"))
        func output() -> String {
            (try? String(contentsOfFile: practice.home.path + "/out", encoding: .utf8)) ?? ""
        }
        try waitUntil("the hold", within: 30) { output().contains("holding on the right leg") }
        set.signal(SIGTERM)
        #expect(try set.wait(within: 20) == .killed(bySignal: SIGTERM))
        #expect(output().contains("Ended from outside; what was done is kept."))
        #expect(output().contains("One-leg stand: summary"))
        #expect(practice.logText().contains(#""endedBy":"signal""#))
        #expect(try practice.daemon.status().activity == .idle)
        practice.player.stop()
    }

    /// For a screen reader on a terminal: no drawing, the same keys, each with Enter.
    @Test func plainLinesHaveTheKeysToo() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        let terminal = try Pseudoterminal()
        let set = try terminal.start(
            Products.rehabctl,
            [
                "start", "one-leg-stand", "--side", "right", "--plain", "--no-questions",
                "--countdown", "1",
            ], environment: practice.environment)
        try waitUntil("the keys") { terminal.drawn().contains("Keys, each with Enter") }
        try waitUntil("the set") { terminal.drawn().contains("go\r\n") }
        terminal.type("p\n")
        try waitUntil("the pause") { terminal.drawn().contains("paused: asked") }
        terminal.type("p\n")
        try waitUntil("the set to go on") { terminal.drawn().contains("the set goes on") }
        terminal.type("m\n")
        try waitUntil("the mark") { terminal.drawn().contains("marked in the recording") }
        #expect(terminal.drawn().contains("+ louder, - quieter"))
        terminal.type("-\n")
        try waitUntil("the volume") { terminal.drawn().contains("volume 90") }
        terminal.type("x\n")
        #expect(try set.wait(within: 20) == .exited(0))
        #expect(!terminal.drawn().contains("\u{1B}[?1049h"))
        #expect(terminal.drawn().contains("paused once"))
        practice.player.stop()
    }

    /// Two sets of an exercise: the last is without cues, and the workout is summed up.
    @Test func aWorkoutEndsWithAProbeAndASummary() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        #expect(try practice.rehabctl(["programme", "stage", "2"]).code == 0)
        let list = try practice.rehabctl(["workout", "--list"])
        #expect(list.output.contains("Squat") && list.output.contains("One-leg stand"), "\(list)")
        #expect(
            list.output.contains("Hip hinge") && !list.output.contains("left out"), "\(list)")
        let result = try practice.rehabctl([
            "workout", "squat", "--sets", "2", "--seconds", "3", "--rest", "1", "--countdown", "0",
        ])
        #expect(result.code == 0, "\(result)")
        for words in [
            "Keep pain at 3 or below", "set 1 of 2", "set 2 of 2, without cues", "Rest 1 s",
            "This set is without cues", "a set without cues", "Workout: 2 sets", "not measured",
        ] {
            #expect(result.output.contains(words), "\(words)\n\(result)")
        }
        let log = practice.logText()
        #expect(log.contains(#""probe":true"#) && log.contains(#""stage":2"#))
        practice.player.stop()
    }

    /// Exercises 0: the pelvis alone always gives something useful, and the rest is told as not measured.
    @Test(arguments: [
        ("hinge", []), ("stand-abd", ["--side", "left"]), ("sl-squat", ["--side", "left"]),
        ("carry", []), ("decelerate", ["--side", "left"]),
    ])
    func thePelvisAloneIsEnough(_ exercise: String, _ side: [String]) throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        let result = try practice.rehabctl(
            [
                "start", exercise, "--guided", "--seconds", "3", "--countdown", "0",
                "--no-questions",
            ] + side)
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("made for a sensor on the trunk"), "\(result)")
        #expect(result.output.contains("not measured: "), "\(result)")
        #expect(!result.output.contains("paused"), "\(result)")
        practice.player.stop()
    }

    /// Without a terminal nothing is asked; lines say how it goes.
    @Test func withoutATerminalASetIsGuidedInLines() throws {
        let practice = try Practice()
        let result = try practice.rehabctl(
            ["start", "one-leg-stand", "--side", "right", "--guided", "--countdown", "3"])
        #expect(result.code == 0, "\(result)")
        for words in [
            "One-leg stand, right leg", "get ready: 3", "holding on the right leg", "5 s",
            "the hold is over, in band", "One-leg stand: summary", "Kept in the log",
        ] {
            #expect(result.output.contains(words), "\(words)\n\(result)")
        }
        #expect(!result.output.contains("\u{1B}"))
        #expect(!result.output.contains("Pain now"))
        let log = try practice.rehabctl(["log"])
        #expect(log.output.contains("pain before unknown, highest unknown, effort unknown"))
        practice.player.stop()
    }

    @Test func aPersonWhoStopsEndsTheSet() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        let result = try practice.rehabctl([
            "start", "squat", "--guided", "--countdown", "0", "--still", "25",
        ])
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("Nothing moved for 25 s: the set was closed"), "\(result)")
        #expect(practice.logText().contains(#""endedBy":"still""#))
        practice.player.stop()
    }

    /// The sensor falls silent in the hold and comes back: the set is paused, goes on, and says so.
    @Test func aLostSensorInAGuidedSetIsSaidAndGoesOn() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60)) { $0.silent(from: 6, to: 11) }
        let result = try practice.rehabctl([
            "start", "squat", "--guided", "--countdown", "0", "--seconds", "8",
        ])
        #expect(result.code == 0, "\(result)")
        for words in [
            "sensor belt: lost", "paused: the sensor on the pelvis sends nothing",
            "the set goes on", "paused once", "Squat",
        ] {
            #expect(result.output.contains(words), "\(words)\n\(result)")
        }
        practice.player.stop()
    }

    @Test func withoutACalibrationTheCureIsSaid() throws {
        let practice = try Practice(Scenario.quiet(seconds: 40), calibrated: false)
        let result = try practice.rehabctl(["start", "squat", "--guided"])
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains("the pelvis sensor is not calibrated"))
        #expect(result.errors.contains("rehabctl calibrate"))
        #expect(practice.logText().isEmpty)
        practice.player.stop()
    }

    /// What contradicts itself, or is not there: a message, what to do, and a code; nothing is started.
    @Test(
        arguments: [
            (
                ["start", "squat", "--side", "left", "--guided"], 64, "has no side",
                "Leave out --side"
            ),
            (["start", "squat", "--side", "up"], 64, "left, right, both or detect", ""),
            (["start", "squatt", "--guided"], 65, "squatt", "squat"),
            (["start", "squat", "--guided", "--detach"], 64, "exclude each other", ""),
            (["start", "squat", "--detach", "--sets", "3"], 64, "need --guided", ""),
            (
                ["start", "squat", "--guided", "--probe", "--sets", "3"], 64,
                "the last one is anyway", ""
            ),
            (["start", "squat", "--json", "--sets", "3"], 64, "need --guided", ""),
            (["start"], 64, "no exercise is named", "rehabctl exercises list"),
            (["test"], 64, "no test is named", "rehabctl test list"),
            (["workout"], 64, "no stage is known", "rehabctl programme stage 1"),
            (["workout", "squat", "--stage", "2"], 64, "not both", ""),
            (["workout", "--stage", "9"], 64, "from 1 to 5", ""),
            (["start", "squat", "--count", "0"], 64, "from 1 to 1000", ""),
            (["pain", "11"], 64, "from 0 to 10", ""),
            (["pain"], 64, "nothing was answered", "rehabctl pain 2"),
            (["pain", "2", "--date", "2031-01-01"], 64, "of the last fortnight", ""),
            (["thresholds", "set", "squat", "C77", "5"], 64, "has no rule C77", "C01"),
            (["thresholds", "set", "one-leg-stand", "C01", "2"], 65, "below 3", "Set 3 or more"),
            (["programme", "stage", "7"], 64, "1 to 5", ""),
        ] as [([String], Int32, String, String)])
    func contradictionsAreSaidWithTheirCure(
        _ arguments: [String], _ code: Int32, _ message: String, _ cure: String
    ) throws {
        let practice = try Practice(Scenario.quiet(seconds: 30))
        let result = try practice.rehabctl(arguments)
        #expect(result.code == code, "\(result)")
        #expect(result.errors.contains(message), "\(result)")
        #expect(cure.isEmpty || result.errors.contains(cure), "\(result)")
        #expect(try practice.daemon.status().activity == .idle)
        #expect(practice.logText().isEmpty)
        practice.player.stop()
    }
}
