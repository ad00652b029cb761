// `rehabctl programme`: the stage, its gate line by line, and the person's yes to another one.

import ArgumentParser
import History
import Plumbing

struct ProgrammeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Your stage, its gate, and going up or down.",
        discussion: """
            Five stages with cautious defaults; a plan of your physiotherapist replaces any part of it. \
            The program shows which lines of the gate are met and asks; it never moves you up by itself.
            """, subcommands: [Show.self, SetStage.self, Seen.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The present stage and the gate into the next.")

        @OptionGroup var logging: LogOptions

        func run() throws {
            let log = try logging.open()
            let day = today()
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
            columns.lines(indent: "  ").forEach { print($0) }
            guard let lines = Gate.lines(log, on: day) else {
                print("The last stage: it stays open.")
                return
            }
            print("Gate into stage \(stage.number + 1):")
            var gate = Columns()
            for line in lines { gate.add(line.state.rawValue, line.name, line.text) }
            gate.lines(indent: "  ").forEach { print($0) }
            print(ProgrammeCommand.offer(lines, entry))
        }
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

        @Argument(help: "1 to 5.")
        var stage: Int

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
            if let now, stage > now.stage {
                let open =
                    stage > now.stage + 1
                    ? ["a stage is left out"]
                    : (Gate.lines(log, on: day) ?? []).filter { $0.state != .met }
                        .map { "\($0.name): \($0.state.rawValue)" }
                if !open.isEmpty { try confirm(open) }
            }
            let entry = StageEntry(stage: stage, why: "by \(visible(by))", locked: hold)
            try logging.append([LogEntry(day: day, .stage(entry))], to: &log)
            guard let found = Programme.stage(stage) else { return }
            print("Stage \(stage), \(found.name), from today on: \(found.goal).")
            print("Pain in a set at most \(found.cap); workouts \(found.workouts).")
        }

        private func confirm(_ open: [String]) throws {
            guard !yes else { return }
            let console = Console(ConsoleSettings(isPlain: true))
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

        func run() throws {
            var log = try logging.open()
            guard let health = log.health, health.entry.applies, !health.entry.seen else {
                print("Nothing stands in the way.")
                return
            }
            try logging.append(
                [LogEntry(day: today(), .health(HealthEntry(applies: true, seen: true)))], to: &log)
            print("Noted. Exercise may go on as they said.")
        }
    }
}
