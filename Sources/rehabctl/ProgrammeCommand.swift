// `rehabctl programme`: the stage, its gate line by line, and the person's yes to another one.

import ArgumentParser
import History
import Plumbing

struct ProgrammeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Your stage, its gate, and going up or down.",
        discussion: """
            Five stages with cautious defaults; a plan of your physiotherapist replaces any part of it. \
            The program shows which lines of the gate are met and asks; it never moves you up by itself. \
            Runs of the test battery (rehabctl test) that a running rehabd keeps are part of the gate.
            """, subcommands: [Show.self, SetStage.self, Painful.self, Seen.self],
        defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The present stage and the gate into the next.")

        @OptionGroup var logging: LogOptions
        @OptionGroup var tests: TestOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() throws {
            let log = try logging.open()
            let day = today()
            let kept = tests.kept()
            if json { return try printJSON(ProgrammeReply(log, tests: kept, on: day)) }
            PainRules.advice(log, on: day).forEach { print("\($0.rule): \($0.text)") }
            guard let (since, entry) = log.stage, let stage = Programme.stage(entry.stage) else {
                print("No stage yet. The stages:")
                Programme.stages.forEach { print("  \($0.number)  \($0.name): \($0.goal)") }
                print("Begin with: rehabctl programme stage 1")
                return
            }
            print("Stage \(stage.number), \(stage.name), since \(since.text): \(stage.goal)")
            if let reason = PainRules.stageNow(log, on: day)?.reason { print("For now \(reason).") }
            var columns = Columns()
            columns.add("workouts", stage.workouts)
            columns.add("effort", stage.effort)
            columns.add("tempo", stage.tempo)
            columns.add("cues", stage.cues)
            columns.add("pain in a set", "at most \(stage.cap)")
            if let side = log.painfulSide { columns.add("painful side", side) }
            columns.lines(indent: "  ").forEach { print($0) }
            if let lines = Gate.lines(log, tests: kept, on: day) {
                ProgrammeCommand.show("Gate into stage \(stage.number + 1):", lines)
                print(ProgrammeCommand.offer(lines, entry))
            } else {
                print("The last stage: it stays open.")
            }
            let due = TestSchedule.due(log, tests: kept, on: day)
            if !due.isEmpty {
                print("Tests due: \(due.joined(separator: ", ")). See: rehabctl test list")
            }
            if let lines = Readiness.lines(log, tests: kept, on: day) {
                ProgrammeCommand.show("Readiness for stops at a jog and for hops:", lines)
            }
        }
    }

    private static func show(_ title: String, _ lines: [GateLine]) {
        print(title)
        var gate = Columns()
        for line in lines { gate.add(line.state.rawValue, line.name, line.text) }
        gate.lines(indent: "  ").forEach { print($0) }
    }

    /// What the lines together say.
    static func offer(_ lines: [GateLine], _ entry: StageEntry) -> String {
        if entry.locked { return "A clinician holds this stage: going up is theirs to offer." }
        let open = lines.filter { $0.state == .notMet }.map(\.name)
        guard open.isEmpty else { return "Not met yet: \(open.joined(separator: ", "))." }
        let unknown = lines.filter { $0.state == .notKnown }.map(\.name)
        let next = "rehabctl programme stage \(entry.stage + 1)"
        guard unknown.isEmpty else {
            return
                "What this log shows is met. Not known here: \(unknown.joined(separator: ", ")). "
                + "If these hold too, it is yours to say: \(next)"
        }
        return "The gate is met. Do you want to go on? Say so with: \(next)"
    }

    struct SetStage: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stage", abstract: "Go to a stage.")

        @OptionGroup var logging: LogOptions

        @OptionGroup var tests: TestOptions

        @Argument(help: "1 to 5.")
        var stage: Int

        @Flag(name: .long, help: "Print JSON, and ask nothing.")
        var json = false

        @Flag(name: .long, help: "Say yes beforehand, where the gate is not met.")
        var yes = false

        @Flag(name: .long, help: "Hold this stage: going up is not offered (for a clinician).")
        var hold = false

        @Option(name: .long, help: ArgumentHelp("Who says so, and why.", valueName: "text"))
        var by = "the person"

        func validate() throws {
            guard (1...5).contains(stage) else { throw ValidationError("the stage is 1 to 5.") }
            guard by.count <= 100 else {
                throw ValidationError("--by takes at most 100 characters.")
            }
        }

        func run() throws {
            var log = try logging.open()
            let day = today()
            let now = log.stage?.entry
            if let now, now.locked, stage > now.stage, by == "the person" {
                complain(
                    "a clinician holds stage \(now.stage)",
                    cure: "talk to them; they say who they are with --by")
                throw ExitCode(77)
            }
            var passedOver: [String] = []
            if let now, stage > now.stage {
                passedOver = (Gate.lines(log, tests: tests.kept(), on: day) ?? [])
                    .filter { $0.state != .met }.map { "\($0.name): \($0.state.rawValue)" }
                if stage > now.stage + 1 { passedOver.insert("a stage is left out", at: 0) }
                if !passedOver.isEmpty { try confirm(passedOver) }
            }
            let entry = StageEntry(
                stage: stage, why: "by \(visible(by))", locked: hold, time: nowText(),
                from: now?.stage, passedOver: passedOver.isEmpty ? nil : passedOver)
            try logging.append([LogEntry(day: day, .stage(entry))], to: &log)
            if json {
                return try printJSON(ProgrammeReply(log, tests: tests.kept(), on: day))
            }
            guard let found = Programme.stage(stage) else { return }
            print("Stage \(stage), \(found.name), from today on: \(found.goal).")
            print("Pain in a set at most \(found.cap); workouts \(found.workouts).")
            if !passedOver.isEmpty {
                tell(["Kept in the log: passed over \(passedOver.joined(separator: ", "))."])
            }
        }

        private func confirm(_ open: [String]) throws {
            guard !yes else { return }
            let console = Console(
                ConsoleSettings(isPlain: true, asksQuestions: !json, isSilent: json))
            console.say("The gate is not met in full:")
            open.forEach { console.say("  \($0)") }
            guard console.agrees("Go to stage \(stage) all the same?", isYes: false) else {
                complain(
                    "the stage stays as it is", cure: "say yes where it is asked, or give --yes")
                throw ExitCode(65)
            }
        }
    }

    struct Seen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a professional has looked at what the questions found.")

        @OptionGroup var logging: LogOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() throws {
            var log = try logging.open()
            let isInTheWay = log.health.map { $0.entry.applies && !$0.entry.seen } ?? false
            if isInTheWay {
                try logging.append(
                    [LogEntry(day: today(), .health(HealthEntry(applies: true, seen: true)))],
                    to: &log)
            }
            if json { return try printJSON(["noted": isInTheWay]) }
            print(
                isInTheWay
                    ? "Noted. Exercise may go on as they said." : "Nothing stands in the way.")
        }
    }

    struct Painful: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which side is painful: the gates look at that one.")

        @OptionGroup var logging: LogOptions

        @Argument(help: "left, right or both.")
        var side: String

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func validate() throws {
            guard ["left", "right", "both"].contains(side) else {
                throw ValidationError("the painful side is left, right or both.")
            }
        }

        func run() throws {
            var log = try logging.open()
            try logging.append(
                [LogEntry(day: today(), .person(PersonEntry(painfulSide: side)))], to: &log)
            if json { return try printJSON(["painful_side": side]) }
            print("Painful side: \(side). The gates of the programme look at it.")
        }
    }
}
