// `rehabctl start` and `rehabctl stop`: a set with everything around it, or just its beginning.

import ArgumentParser
import Control
import History
import Plumbing

/// Options of the commands that run sets.
struct SetOptions: ParsableArguments {
    @Flag(name: .long, help: "Print lines in place of the drawing (for screen readers).")
    var plain = false

    @Flag(name: .long, help: "Ask nothing: pain and effort stay unknown.")
    var noQuestions = false

    @Option(
        name: .long, help: ArgumentHelp("Time to get ready before a set.", valueName: "s"))
    var countdown = 5.0

    @Option(name: .long, help: ArgumentHelp("Rest between sets.", valueName: "s"))
    var rest = 45.0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "End a set after this many repetitions, holds, steps or landings.", valueName: "n"))
    var count: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Hold this long in place of the exercise's time.", valueName: "s"))
    var hold: Double?

    @Option(
        name: .long, help: ArgumentHelp("End a set after this long.", valueName: "s"))
    var seconds: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Close a set in which nothing moves for this long, and for four repetitions at their tempo.",
            valueName: "s"))
    var still = 60.0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What you hold or wear, for the log: 5 (kg), \"red band\".", valueName: "load"))
    var load: String?

    @Option(
        name: .long, help: ArgumentHelp("The step's height, for the log.", valueName: "cm"))
    var step: Double?

    @Flag(name: .long, help: "Keep no recording of this session.")
    var noRecording = false

    @Flag(name: .long, help: "Keep nothing in the workout log.")
    var noLog = false

    func validate() throws {
        guard (0...60).contains(countdown) else {
            throw ValidationError("--countdown must be from 0 to 60.")
        }
        guard (0...600).contains(rest) else {
            throw ValidationError("--rest must be from 0 to 600.")
        }
        if let count, !(1...1000).contains(count) {
            throw ValidationError("--count must be from 1 to 1000.")
        }
        if let hold, !(1...600).contains(hold) {
            throw ValidationError("--hold must be from 1 to 600.")
        }
        if let seconds, !(1...7200).contains(seconds) {
            throw ValidationError("--seconds must be from 1 to 7200.")
        }
        if let load, !(1...40).contains(load.count) {
            throw ValidationError("--load takes 1 to 40 characters.")
        }
        if let step, !(1...60).contains(step) {
            throw ValidationError("--step must be from 1 to 60 (cm).")
        }
        guard (5...3600).contains(still) else {
            throw ValidationError("--still must be from 5 to 3600.")
        }
    }

    /// `json`: a program listens; nothing is asked, and sets come out as lines of JSON.
    func console(json: Bool) -> ConsoleSettings {
        ConsoleSettings(isPlain: plain, asksQuestions: !noQuestions && !json, isSilent: json)
    }

    /// The plan of these parts.
    func plan(_ parts: [WorkoutPlan.Part]) -> WorkoutPlan {
        var plan = WorkoutPlan(parts: parts)
        plan.rest = rest
        plan.leadIn = countdown
        plan.keepsRecording = !noRecording
        plan.count = count
        plan.hold = hold
        plan.seconds = seconds
        plan.stillAfter = still
        plan.load = load
        plan.step = step
        return plan
    }

    /// The log, where it is to be kept.
    func open(_ options: LogOptions) throws -> WorkoutLog? { noLog ? nil : try options.open() }
}

struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Do a set of an exercise.",
        discussion: """
            On a terminal the whole set is guided: pain before, a countdown, the live view, the end at \
            the exercise's dose, the summary, highest pain and effort. With --sets 3 there are rests, and \
            the last set is without cues. Keys: space pauses, s changes the side, m marks the moment, + \
            and - turn the volume, x ends the set, q ends it and leaves.

            Elsewhere the set is started and rehabctl returns: see it with rehabctl live, end it with \
            rehabctl stop. --guided guides there too, in lines and without questions, and with --json in \
            one line of JSON a set; --detach returns on a terminal too. The exercises: rehabctl exercises list.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var options: SetOptions
    @OptionGroup var logging: LogOptions

    @Argument(help: "The exercise, for example one-leg-stand; all: rehabctl exercises list.")
    var exercise: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The leg that stands, or that moves where the exercise says so: left, right, both, or "
                + "detect.",
            valueName: "side"))
    var side: String?

    @Option(name: .long, help: ArgumentHelp("How many sets.", valueName: "n"))
    var sets = 1

    @Flag(
        inversion: .prefixedNo,
        help:
            "A set without cues, to see what stays without them (usual for an exercise's last set)."
    )
    var probe: Bool?

    @Flag(name: .long, help: "Guide the whole set also without a terminal.")
    var guided = false

    @Flag(name: .long, help: "Start the set and return at once.")
    var detach = false

    func validate() throws {
        if let side, !["left", "right", "both", "detect"].contains(side) {
            throw ValidationError("--side must be left, right, both or detect.")
        }
        guard (1...20).contains(sets) else { throw ValidationError("--sets must be from 1 to 20.") }
        if guided, detach { throw ValidationError("--guided and --detach exclude each other.") }
        if probe == true, sets > 1 {
            throw ValidationError(
                "--probe makes every set one without cues; with --sets the last one is anyway.")
        }
        if isDetached, sets > 1 || side == "both" {
            throw ValidationError(
                "several sets or both sides need --guided, or a terminal: they are guided.")
        }
    }

    private var isDetached: Bool {
        if detach { return true }
        return !guided && (daemon.json || !(Terminal.outputIsTerminal && Terminal.inputIsTerminal))
    }

    func run() throws {
        guard let exercise else {
            complain(
                "no exercise is named",
                cure: "the first one for most: rehabctl start one-leg-stand; all of them: rehabctl "
                    + "exercises list; your stage's one after the other: rehabctl workout")
            throw ExitCode(64)
        }
        if isDetached { return try startOnly(exercise) }
        Terminal.bufferByLine()
        let console = Console(options.console(json: daemon.json))
        let log = try options.open(logging)
        let exercises = try Catalogue.exercises(daemon)
        let found = try Catalogue.find(exercise, among: exercises, daemon: daemon)
        let readiness = SetReadiness(daemon: daemon, console: console)
        try readiness.demand()
        try HealthCheck(console: console, options: logging).pass(log)
        let sides = try Catalogue.sides(side, of: found, console)
        var plan = options.plan([WorkoutPlan.Part(exercise: found, sides: sides, sets: sets)])
        plan.isProbe = probe == true
        plan.isCued = probe == false
        readiness.sayHops(found, log)
        readiness.sayWhatIsMissing(for: [found])
        let runner = SetRunner(daemon: daemon, console: console, exercises: exercises)
        try WorkoutRun(runner: runner, console: console, options: logging, log: log).run(plan)
    }

    private func startOnly(_ exercise: String) throws {
        var client = try daemon.connect()
        let started: Rehab1.Exercise
        let own = try thresholds(&client, of: exercise)
        if !daemon.json { warnOfHops(exercise, &client) }
        do throws(ControlError) {
            started = try client.call(
                Rehab1.StartExercise(
                    exercise: exercise, side: side == "detect" ? nil : side,
                    record: options.noRecording ? false : nil, probe: probe,
                    thresholds: own.isEmpty ? nil : own, count: options.count.map(Int64.init),
                    holdSeconds: options.hold)
            ).exercise
        } catch {
            if case .refused(.noSuchExercise) = error {
                for fault in Catalogue.leftOut(daemon) { complain("left out: " + visible(fault)) }
            }
            throw complaint(error)
        }
        if daemon.json {
            try printJSON(started)
        } else {
            tell(ExerciseText(style: .standardOutput()).started(started, side: side ?? "detect"))
        }
    }

    /// EX21 asks for rest: what the log says against it is said before it.
    private func warnOfHops(_ id: String, _ client: inout ControlClient) {
        guard let log = try? WorkoutLog(path: logging.path), !log.entries.isEmpty,
            let exercises = try? client.call(Rehab1.ListExercises()).exercises,
            let found = exercises.first(where: { $0.id == id }),
            Int(found.number) == Programme.hops
        else { return }
        tell(
            HopsDose.warnings(
                log, on: today(), now: nowSeconds(),
                wanted: options.count ?? Int(found.dose?.repetitions ?? 0)
            ).map { "Caution: \($0)" })
    }

    /// The person's own; none where no log is kept.
    private func thresholds(
        _ client: inout ControlClient, of exercise: String
    ) throws -> [Rehab1.Threshold] {
        guard let log = try? WorkoutLog(path: logging.path), !log.entries.isEmpty else { return [] }
        let exercises = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.ListExercises()).exercises
        }
        guard let found = exercises.first(where: { $0.id == exercise }) else { return [] }
        return ThresholdBook.inForce(found, log: log).map {
            Rehab1.Threshold(rule: $0.rule, signal: $0.signal, onDegrees: $0.onDegrees, by: $0.by)
        }
    }
}

/// The daemon's exercises, for commands that choose among them.
enum Catalogue {
    static func exercises(_ daemon: DaemonOptions) throws -> [Rehab1.Exercise] {
        var client = try daemon.connect()
        return try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.ListExercises()).exercises
        }
    }

    /// `daemon`: asked for the files that were left out, where the name is not known.
    static func find(
        _ id: String, among exercises: [Rehab1.Exercise], daemon: DaemonOptions? = nil
    ) throws -> Rehab1.Exercise {
        guard let found = exercises.first(where: { $0.id == id }) else {
            for fault in leftOut(daemon) { complain("left out: " + visible(fault)) }
            throw complaint(.refused(.noSuchExercise(exercise: id, known: exercises.map(\.id))))
        }
        return found
    }

    /// What is amiss with the person's own files.
    static func leftOut(_ daemon: DaemonOptions?) -> [String] {
        guard let daemon, var client = try? ControlClient(socket: daemon.socket),
            let status = try? client.call(Rehab1.GetStatus()).status
        else { return [] }
        return status.warnings.filter { $0.contains("/exercises/") }
    }

    /// The sides of a set: as named, or as the person says; nil where the exercise has none or finds it.
    static func sides(
        _ named: String?, of exercise: Rehab1.Exercise, _ console: Console
    ) throws -> [String?] {
        guard let meaning = exercise.side else {
            guard named == nil || named == "detect" else {
                complain(
                    "\(exercise.title) has no side: both legs work",
                    cure: "leave out --side")
                throw ExitCode(64)
            }
            return [nil]
        }
        switch named {
        case "both": return ["left", "right"]
        case "left", "right": return [named]
        case "detect": return [nil]
        default: break
        }
        guard console.isAsking else { return [nil] }
        let leg = meaning == "moving" ? "leg moves" : "leg stands"
        let asked = exercise.dose?.asksForSide == true
        let answer = console.ask(
            "Which \(leg): left, right, both" + (asked ? "? [both]" : ", or Enter to detect it?"))
        switch answer?.lowercased().first {
        case "l": return ["left"]
        case "r": return ["right"]
        case "b": return ["left", "right"]
        default: return asked ? ["left", "right"] : [nil]
        }
    }
}

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End the exercise and print its summary; a running test is given up.")

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        var client = try daemon.connect()
        if let given = try? client.call(Rehab1.GiveUpTest()) {
            if daemon.json { return try printJSON(given) }
            return print("The test \(given.test) was given up: nothing of it was kept.")
        }
        let summary: Rehab1.Summary
        do throws(ControlError) {
            summary = try client.call(Rehab1.StopExercise()).summary
        } catch {
            throw complaint(error)
        }
        if daemon.json {
            try printJSON(summary)
        } else {
            tell(ExerciseText(style: .standardOutput()).summary(summary))
        }
    }
}
