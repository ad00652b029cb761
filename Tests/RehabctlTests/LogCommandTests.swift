// The log's commands through the real program: pain, programme, thresholds, progress.

import DaemonTestKit
import Foundation
import Plumbing
import Testing

@Suite(.scene()) struct LogCommandTests {
    /// A home without a daemon.
    private struct Home {
        let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        func rehabctl(_ arguments: [String]) throws -> ProgramResult {
            try Program.run(
                Products.rehabctl, arguments,
                environment: Program.environment([
                    "XDG_STATE_HOME": folder.path, "REHABD_SOCKET": folder.path + "/none",
                ]))
        }

        var log: String { folder.path + "/rehabd/log.jsonl" }
    }

    private func day(_ offset: Int) -> String {
        let date = Date(timeIntervalSinceNow: Double(offset) * 86_400)
        let parts = Calendar.current.dateComponents([.year, .month, .day], from: date)
        func two(_ value: Int?) -> String { String(format: "%02d", value ?? 0) }
        return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
    }

    @Test func morningsAreKeptAndRead() throws {
        let home = try Home()
        for offset in [-4, -3, -2, -1] {
            let result = try home.rehabctl(["pain", "2", "--date", day(offset)])
            #expect(result.code == 0, "\(result)")
        }
        let today = try home.rehabctl([
            "pain", "4", "--where", "outer hip, right", "--night", "3", "--no-woken",
        ])
        #expect(today.code == 0)
        #expect(today.output.contains("pain 4, outer hip, right; usual 2.0"), "\(today)")
        #expect(today.output.contains("P3: A morning was well above usual"), "\(today)")
        let log = try home.rehabctl(["log"])
        #expect(log.output.contains("morning: pain 4, outer hip, right, night 3"), "\(log)")
        let json = try home.rehabctl(["log", "--json"])
        #expect(json.lines.count == 5)
        for line in json.lines {
            _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
        }
        // A second answer on one day takes the first one's place.
        #expect(try home.rehabctl(["pain", "2"]).output.contains("P3") == false)
        #expect(try home.rehabctl(["pain", "2", "--date", day(-3)]).code == 0)
        // Day by day, each once; what no longer counts says so.
        let lines = try home.rehabctl(["log"]).lines
        #expect(lines.filter { !$0.hasPrefix(" ") } == [-4, -3, -2, -1, 0].map(day))
        #expect(
            lines.filter { $0.contains("answered again later") } == [
                "  morning: pain 2, night unknown (answered again later)",
                "  morning: pain 4, outer hip, right, night 3 (answered again later)",
            ])
        let progress = try home.rehabctl(["progress"])
        #expect(progress.output.contains("morning pain, week's mean: 2.0"), "\(progress)")
    }

    @Test func theProgrammeOffersAndNeverMoves() throws {
        let home = try Home()
        let none = try home.rehabctl(["programme"])
        #expect(none.output.contains("No stage yet") && none.output.contains("Settle and find"))
        #expect(try home.rehabctl(["programme", "stage", "1"]).code == 0)
        let show = try home.rehabctl(["programme", "show"])
        for words in [
            "Stage 1, Settle and find", "Gate into stage 2", "not met", "not known",
            "pain in a set  at most 2",
        ] {
            #expect(show.output.contains(words), "\(words)\n\(show)")
        }
        // Up needs a yes; nobody is there to give it.
        let up = try home.rehabctl(["programme", "stage", "2"])
        #expect(up.code == 65, "\(up)")
        #expect(up.errors.contains("the stage stays as it is"))
        let over = try home.rehabctl(["programme", "stage", "2", "--yes", "--by", "Dr. Roe"])
        #expect(over.code == 0)
        // What was passed over is said, and kept with who and when.
        #expect(
            over.output.contains("passed over time in the stage: not met, workouts: not met"),
            "\(over)")
        let entry =
            try String(contentsOfFile: home.log, encoding: .utf8)
            .split(separator: "\n").last.map(String.init) ?? ""
        for words in [
            #""from":1"#, #""stage":2"#, #""why":"by Dr. Roe""#, #""time":"20"#,
            #""passedOver":["time in the stage: not met","workouts: not met""#,
        ] {
            #expect(entry.contains(words), "\(words)\n\(entry)")
        }
        #expect(
            try home.rehabctl(["log"]).output.contains("stage 2 after 1: by Dr. Roe; passed over"))
        // A clinician may hold it.
        let hold = ["programme", "stage", "2", "--hold", "--by", "the physiotherapist"]
        #expect(try home.rehabctl(hold).code == 0)
        let refused = try home.rehabctl(["programme", "stage", "3", "--yes"])
        #expect(refused.code == 77, "\(refused)")
        #expect(try home.rehabctl(["programme"]).output.contains("A clinician holds this stage"))
        // Down is always open.
        #expect(try home.rehabctl(["programme", "stage", "1"]).code == 0)
    }

    @Test func aLogThatIsNoneIsRefusedAndLeftAlone() throws {
        let home = try Home()
        try FileManager.default.createDirectory(
            atPath: home.folder.path + "/rehabd", withIntermediateDirectories: true)
        try "my diary\n".write(toFile: home.log, atomically: true, encoding: .utf8)
        for command in [["pain", "2"], ["log"], ["progress"], ["programme"]] {
            let result = try home.rehabctl(command)
            #expect(result.code == 74, "\(result)")
            #expect(result.errors.contains("is not a workout log"))
            #expect(result.errors.contains("Move it away"))
        }
        #expect(try String(contentsOfFile: home.log, encoding: .utf8) == "my diary\n")
    }

    @Test func aHomeThatCannotBeWrittenIsSaid() throws {
        let home = try Home()
        // A file where the folder would be.
        try home.folder.write("rehabd", "")
        let result = try home.rehabctl(["pain", "2"])
        #expect(result.code == 73, "\(result)")
        #expect(result.errors.contains("the workout log cannot be written"))
    }

    @Test func aRedFlagStandsInTheWayUntilSomebodyHasLooked() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        let terminal = try Pseudoterminal()
        let first = try terminal.start(
            Products.rehabctl, ["start", "squat"], environment: practice.environment)
        try waitUntil("the questions") { terminal.drawn().contains("Any of them?") }
        // What is neither yes nor no is asked again.
        terminal.type("fever\n")
        try waitUntil("the question again") { terminal.drawn().contains("y or n, please") }
        terminal.type("y\n")
        #expect(try first.wait(within: 20) == .exited(77))
        #expect(Practice.plain(terminal.drawn()).contains("This needs a professional."))
        let again = try practice.rehabctl(["start", "squat", "--guided"])
        #expect(again.code == 77, "\(again)")
        #expect(again.errors.contains("This needs a professional"))
        #expect(again.errors.contains("rehabctl programme seen"))
        #expect(try practice.rehabctl(["programme", "seen"]).code == 0)
        let after = try practice.rehabctl([
            "start", "squat", "--guided", "--countdown", "0", "--seconds", "2",
        ])
        #expect(after.code == 0, "\(after)")
        practice.player.stop()
    }

    @Test func anOwnThresholdIsSetUsedSaidAndTakenBack() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        let none = try practice.rehabctl(["thresholds"])
        #expect(none.output == "All thresholds are the exercises' own.\n", "\(none)")
        let set = try practice.rehabctl([
            "thresholds", "set", "one-leg-stand", "C01", "6.5", "--by", "the physiotherapist",
        ])
        #expect(set.code == 0, "\(set)")
        let shown = try practice.rehabctl(["thresholds"])
        #expect(
            shown.output.contains("6.5 deg") && shown.output.contains("4.0 deg")
                && shown.output.contains("the physiotherapist"), "\(shown)")
        let done = try practice.rehabctl([
            "start", "one-leg-stand", "--side", "right", "--guided", "--countdown", "0",
            "--seconds", "2",
        ])
        #expect(done.code == 0, "\(done)")
        #expect(
            done.output.contains(
                "own threshold C01 drop: 6.5 deg in place of 4.0 deg, by the physiotherapist"),
            "\(done)")
        #expect(practice.logText().contains("C01 drop: 6.5 in place of 4.0"))
        // Also a set that is only started gets it.
        #expect(try practice.rehabctl(["start", "one-leg-stand"]).code == 0)
        #expect(try practice.daemon.status().set?.thresholds.first?.onDegrees == 6.5)
        _ = try practice.rehabctl(["stop"])
        #expect(try practice.rehabctl(["thresholds", "reset", "one-leg-stand"]).code == 0)
        let after = try practice.rehabctl(["thresholds", "show", "one-leg-stand"])
        #expect(after.output.contains("taken back from 6.5 to 4.0 by the person"), "\(after)")
        // The ledger: who, what, from, to, when.
        let ledger = practice.logText()
        #expect(
            ledger.contains(#""fromDegrees":4,"onDegrees":6.5,"rule":"C01","time":"20"#),
            "\(ledger)")
        #expect(ledger.contains(#""backToDegrees":4,"by":"the person""#), "\(ledger)")
        let log = try practice.rehabctl(["log"]).output
        #expect(
            log.contains(
                /threshold one-leg-stand C01: from 4\.0 to 6\.5 by the physiotherapist; \d\d:\d\d UTC/
            ),
            "\(log)")
        #expect(try practice.rehabctl(["start", "one-leg-stand"]).code == 0)
        #expect(try practice.daemon.status().set?.thresholds == [])
        practice.player.stop()
    }

    // MARK: for programs

    /// One document of JSON, and nothing else on standard output.
    private func object(_ result: ProgramResult) throws -> [String: Any] {
        #expect(result.code == 0, "\(result)")
        #expect(result.lines.count == 1, "\(result)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func painProgrammeAndProgressSpeakJSON() throws {
        let home = try Home()
        for offset in [-4, -3, -2, -1] {
            #expect(try home.rehabctl(["pain", "2", "--date", day(offset)]).code == 0)
        }
        let pain = try object(
            try home.rehabctl(["pain", "4", "--where", "outer hip", "--json"]))
        #expect(pain["pain"] as? Int == 4 && pain["usual"] as? Double == 2)
        #expect(pain["day"] as? String == day(0) && pain["place"] as? String == "outer hip")
        // Not answered is absent, never 0.
        #expect(pain["night"] == nil && pain["woken"] == nil)
        let advice = try #require(pain["advice"] as? [[String: String]])
        #expect(advice.map { $0["rule"] } == ["P3"])

        let none = try object(try home.rehabctl(["programme", "--json"]))
        #expect(none["stage"] == nil && none["gate"] == nil)
        let first = try object(try home.rehabctl(["programme", "stage", "1", "--json"]))
        #expect(first["stage"] as? Int == 1)
        #expect(
            try object(try home.rehabctl(["programme", "painful", "right", "--json"]))[
                "painful_side"] as? String == "right")
        let shown = try object(try home.rehabctl(["programme", "show", "--json"]))
        #expect(shown["name"] as? String == "Settle and find")
        #expect(shown["pain_cap"] as? Int == 2 && shown["painful_side"] as? String == "right")
        let gate = try #require(shown["gate"] as? [[String: String]])
        #expect(gate.count == 8)
        #expect(Set(gate.compactMap { $0["state"] }).isSubset(of: ["met", "not met", "not known"]))
        #expect((shown["offer"] as? String)?.hasPrefix("Not met yet") == true)
        #expect(
            try object(try home.rehabctl(["programme", "seen", "--json"]))["noted"] as? Bool
                == false)
        // Up without a yes stays refused, and standard output stays empty.
        let up = try home.rehabctl(["programme", "stage", "2", "--json"])
        #expect(up.code == 65 && up.output.isEmpty, "\(up)")

        let progress = try object(try home.rehabctl(["progress", "--json"]))
        let mornings = try #require(progress["pain"] as? [String: Any])
        #expect(mornings["verdict"] as? String == "one day so far")
        #expect((mornings["now"] as? [String: Any])?["count"] as? Int == 5)
        #expect((progress["lines"] as? [Any])?.isEmpty == true)
    }

    @Test func otherCommandsSpeakJSONToo() throws {
        let home = try Home()
        let file = home.folder.path + "/rehabd.toml"
        try "[sound]\nenabled = true\n".write(toFile: file, atomically: true, encoding: .utf8)
        let standard = try object(try home.rehabctl(["config", "default", "--json"]))
        #expect(standard["bluetooth.enabled"] as? String != nil, "\(standard)")
        let missing = try home.rehabctl(["config", "check", "/nonexistent.toml", "--json"])
        #expect(missing.code == 66 && missing.output.isEmpty, "\(missing)")
        let taken = try home.rehabctl(["thresholds", "reset", "squat", "--json"])
        #expect(taken.output == "[]\n", "\(taken)")
        let report = try object(try home.rehabctl(["report-bug", "--json"]))
        #expect((report["parts"] as? [[String: Any]])?.first?["title"] as? String == "versions")
        #expect(report["path"] == nil)
    }

    /// A guided set for a program: one line of JSON a set, and no questions.
    @Test func aGuidedSetSpeaksJSON() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        let set = try practice.rehabctl([
            "start", "squat", "--guided", "--json", "--countdown", "0", "--seconds", "2",
            "--load", "5 kg", "--step", "15",
        ])
        let told = try object(set)
        let kept = try #require(told["set"] as? [String: Any])
        #expect(kept["exercise"] as? String == "squat" && kept["loadKilograms"] as? Double == 5)
        #expect(kept["stepCentimetres"] as? Double == 15)
        #expect(
            (told["summary"] as? [String: Any])?["title"] as? String == "Squat, then offset squat")
        #expect(practice.logText().contains(#""loadKilograms":5"#))
        #expect(try practice.rehabctl(["log"]).output.contains("5 kg, step 15 cm"))
        let list = try practice.rehabctl(["workout", "squat", "--list", "--json"])
        let parts = try #require(
            try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
        #expect(parts.first?["exercise"] as? String == "squat", "\(list)")
        practice.player.stop()
    }

    // MARK: tests and cues in the programme

    /// T1 on a played person, then the programme: the line of the gate is met on the painful leg.
    @Test func aTestCountsInTheGate() throws {
        let practice = try Practice(
            Scenario.toml(
                """
                [[task]]
                kind = "quiet-stand"
                name = "quiet"
                seconds = 5
                [[task]]
                kind = "one-leg-stand"
                name = "stand"
                side = "right"
                seconds = 12
                [[task]]
                kind = "quiet-stand"
                name = "after"
                seconds = 30
                """))
        #expect(try practice.rehabctl(["programme", "stage", "1"]).code == 0)
        #expect(try practice.rehabctl(["programme", "painful", "right"]).code == 0)
        let before = try practice.rehabctl(["programme"])
        #expect(before.output.contains("no run in seven days"), "\(before)")
        let run = try practice.rehabctl([
            "test", "T1", "--side", "right", "--lead-in", "0", "--fingertip", "yes",
        ])
        #expect(run.code == 0, "\(run)")
        let after = try practice.rehabctl(["programme"])
        let line = try #require(after.lines.first { $0.contains("one-leg stand") })
        #expect(line.contains("  met") && line.contains("right held 1"), "\(after)")
        practice.player.stop()
        // Without the daemon the rest is still shown, and the reason said.
        try practice.daemon.terminate()
        let alone = try practice.rehabctl(["programme"])
        #expect(alone.code == 0 && alone.output.contains("rehabd keeps the tests"), "\(alone)")
    }

    /// A set with cues and one without: what stays is said, kept and shown.
    @Test func whatStaysWithoutCuesIsSaidKeptAndShown() throws {
        let stands = (1...2).map { number in
            """
            [[task]]
            kind = "quiet-stand"
            name = "quiet-\(number)"
            seconds = 5
            [[task]]
            kind = "one-leg-stand"
            name = "stand-\(number)"
            side = "right"
            seconds = 8
            profile = [{ kind = "drop", at = 1.5, degrees = \(number == 1 ? 6 : 7), rise_s = 0.6, hold_s = 2.5 }]

            """
        }.joined()
        let practice = try Practice(
            Scenario.toml(stands + "[[task]]\nkind = \"quiet-stand\"\nseconds = 30\n"))
        let workout = try practice.rehabctl([
            "workout", "one-leg-stand", "--side", "right", "--sets", "2", "--countdown", "0",
            "--rest", "0",
        ])
        #expect(workout.code == 0, "\(workout)")
        #expect(workout.output.contains("This set is without cues"), "\(workout)")
        // Of the whole workout, in plain words.
        let summed = try #require(workout.output.components(separatedBy: "Workout: 2 sets").last)
        #expect(
            summed.contains("One-leg stand: You kept ")
                && summed.contains("% of the improvement without sound."), "\(workout)")
        let log = practice.logText()
        #expect(
            log.contains(#""dependence":"#) && log.contains(#""uncuedErrorDegrees":"#), "\(log)")
        // Only the set without cues tells it.
        #expect(log.split(separator: "\n").count { $0.contains(#""dependence":"#) } == 1)
        let progress = try practice.rehabctl(["progress"])
        #expect(
            progress.output.contains("kept without cues")
                && progress.lines.contains {
                    $0.contains("one-leg-stand") && $0.contains("1 workout")
                },
            "\(progress)")
        print(workout.lines.suffix(8).joined(separator: "\n"))
        print(progress.output)
        practice.player.stop()
    }
}
