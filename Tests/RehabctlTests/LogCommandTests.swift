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
        #expect(try home.rehabctl(["programme", "stage", "2", "--yes"]).code == 0)
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
                "own threshold C01 drop: 6.5 in place of 4.0, by the physiotherapist"), "\(done)")
        #expect(practice.logText().contains("C01 drop: 6.5 in place of 4.0"))
        // Also a set that is only started gets it.
        #expect(try practice.rehabctl(["start", "one-leg-stand"]).code == 0)
        #expect(try practice.daemon.status().set?.thresholds.first?.onDegrees == 6.5)
        _ = try practice.rehabctl(["stop"])
        #expect(try practice.rehabctl(["thresholds", "reset", "one-leg-stand"]).code == 0)
        let after = try practice.rehabctl(["thresholds", "show", "one-leg-stand"])
        #expect(after.output.contains("taken back by the person"), "\(after)")
        #expect(try practice.rehabctl(["start", "one-leg-stand"]).code == 0)
        #expect(try practice.daemon.status().set?.thresholds == [])
        practice.player.stop()
    }
}
