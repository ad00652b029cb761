// `rehabctl workout`: the exercises of the person's stage, or a list of them, one after the other.

import ArgumentParser
import Control
import History
import Plumbing

struct WorkoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workout", abstract: "Do a whole workout, guided.",
        discussion: """
            Without names: the exercises of your stage (rehabctl programme) that the sensors you wear \
            allow, after one set of the gentle buttock squeeze to warm up (--no-warm-up leaves it out). \
            Each is done for the sets of its dose, both legs where it has a side; the last of \
            several sets is without cues. Pain is asked before and after, effort after each set; Enter \
            skips, and a skipped answer is unknown, never 0. Ctrl-C ends the set and the workout with \
            their summaries. With --json nothing is asked, and each set is one line of JSON.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var options: SetOptions
    @OptionGroup var logging: LogOptions

    @Argument(help: "The exercises, in order.")
    var exercises: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("This stage in place of your own.", valueName: "1-5"))
    var stage: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Sets of each exercise, in place of its dose.", valueName: "n"))
    var sets: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Only this leg: left, right, both, or detect.", valueName: "side"))
    var side: String?

    @Flag(name: .long, help: "Leave out the set that warms up.")
    var noWarmUp = false

    @Flag(name: .long, help: "Only say what the workout would be.")
    var list = false

    func validate() throws {
        if let stage, !(1...5).contains(stage) {
            throw ValidationError("--stage must be from 1 to 5.")
        }
        if stage != nil, !exercises.isEmpty {
            throw ValidationError("name exercises, or a stage; not both.")
        }
        if let sets, !(1...20).contains(sets) {
            throw ValidationError("--sets must be from 1 to 20.")
        }
        if let side, !["left", "right", "both", "detect"].contains(side) {
            throw ValidationError("--side must be left, right, both or detect.")
        }
    }

    func run() throws {
        Terminal.bufferByLine()
        let console = Console(options.console(json: daemon.json))
        let log = try options.open(logging)
        let all = try Catalogue.exercises(daemon)
        let advice = log.map { PainRules.advice($0, on: today()) } ?? []
        advice.forEach { console.say("\($0.rule): \($0.text)") }
        let isEased = advice.contains { $0.rule == "P3" }
        let readiness = SetReadiness(daemon: daemon, console: console)
        let chosen = try choose(all, log, isEased: isEased, console)
        let parts =
            warmUp(all, before: chosen, console) + chosen.map { part(for: $0, isEased: isEased) }
        say(parts, console)
        if list {
            if daemon.json { try printJSON(parts.map { PartReply($0) }) }
            return
        }
        try readiness.demand()
        try HealthCheck(console: console, options: logging).pass(log)
        if exercises.isEmpty == false { chosen.forEach { readiness.sayHops($0, log) } }
        readiness.sayWhatIsMissing(for: chosen)
        if console.isAsking, !console.agrees("Begin?", isYes: true) { return }
        let runner = SetRunner(daemon: daemon, console: console, exercises: all)
        try WorkoutRun(runner: runner, console: console, options: logging, log: log)
            .run(options.plan(parts))
    }

    /// One exercise of the workout as a program gets it.
    private struct PartReply: Encodable {
        let exercise: String
        let title: String
        /// Empty: it has none, or it is detected.
        let sides: [String]
        let sets: Int
        let dose: String?

        init(_ part: WorkoutPlan.Part) {
            exercise = part.exercise.id
            title = part.exercise.title
            sides = part.sides.compactMap(\.self)
            sets = part.sets
            dose = part.exercise.dose?.text
        }
    }

    /// Named ones, or the stage's.
    private func choose(
        _ all: [Rehab1.Exercise], _ log: WorkoutLog?, isEased: Bool, _ console: Console
    ) throws -> [Rehab1.Exercise] {
        if !exercises.isEmpty {
            return try exercises.map { try Catalogue.find($0, among: all, daemon: daemon) }
        }
        let now = log.flatMap { PainRules.stageNow($0, on: today()) }
        guard let number = stage ?? now?.stage else {
            complain(
                "no stage is known",
                cure: "say where you are: rehabctl programme stage 1; or name exercises: rehabctl "
                    + "workout one-leg-stand squat")
            throw ExitCode(64)
        }
        if stage == nil, let reason = now?.reason { console.say("Today \(reason).") }
        let staged = all.filter { exercise in
            guard let first = exercise.stages.first, let last = exercise.stages.last else {
                return false
            }
            // P3: EX01 to EX03 come first, whatever the stage.
            if isEased, exercise.number <= 3 { return true }
            return first <= number && number <= last && exercise.task != "habits"
        }
        let offered = staged.filter { isOffered($0, log, console) }
        guard !offered.isEmpty else {
            complain(
                "no exercise of stage \(number) is left",
                cure: "name exercises: rehabctl workout one-leg-stand squat")
            throw ExitCode(69)
        }
        return offered
    }

    /// One set of EX01 goes before the exercises of any stage, where neither EX01 nor EX02 is among them.
    ///
    /// What was named is done as it was named.
    private func warmUp(
        _ all: [Rehab1.Exercise], before chosen: [Rehab1.Exercise], _ console: Console
    ) -> [WorkoutPlan.Part] {
        guard !noWarmUp, !chosen.contains(where: { $0.number <= 2 }),
            let gentle = all.first(where: { $0.number == 1 })
        else { return [] }
        guard exercises.isEmpty else {
            console.say("Warm up first: one set of \(gentle.title) (\(gentle.id)).")
            return []
        }
        return [WorkoutPlan.Part(exercise: gentle, sides: [nil], sets: 1)]
    }

    /// Hops are offered once the readiness for them is met in full (programme 5), never urged.
    private func isOffered(
        _ exercise: Rehab1.Exercise, _ log: WorkoutLog?, _ console: Console
    ) -> Bool {
        let open = SetReadiness(daemon: daemon, console: console).openForHops(exercise, log)
        guard !open.isEmpty else { return true }
        console.say(
            "\(exercise.title): left out, readiness is not met or not known: "
                + "\(open.joined(separator: ", ")). See: rehabctl programme")
        return false
    }

    /// `isEased`: a third of the sets is left out (P3).
    private func part(for exercise: Rehab1.Exercise, isEased: Bool) -> WorkoutPlan.Part {
        let dose = max(1, sets ?? Int(exercise.dose?.sets ?? 1))
        let count = isEased ? max(1, dose * 2 / 3) : dose
        var sides: [String?] = [nil]
        if exercise.side != nil {
            switch side {
            case "left", "right": sides = [side]
            case "detect": sides = [nil]
            default: sides = ["left", "right"]
            }
        }
        return WorkoutPlan.Part(exercise: exercise, sides: sides, sets: count)
    }

    private func say(_ parts: [WorkoutPlan.Part], _ console: Console) {
        for (index, part) in parts.enumerated() {
            let sides = part.sides.compactMap(\.self).joined(separator: " and ")
            console.say(
                "  \(index + 1)  \(part.exercise.title): \(counted(part.sets, "set"))"
                    + (sides.isEmpty ? "" : ", " + sides))
            // Some doses are whole programmes: beside the names there is no room for them.
            if let dose = part.exercise.dose?.text, !dose.isEmpty {
                console.say("     \(dose)")
            }
        }
    }
}
