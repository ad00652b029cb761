// `rehabctl thresholds`: when a cue begins for this person, why, and setting it by hand.

import ArgumentParser
import Control
import History
import Plumbing

struct ThresholdsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thresholds", abstract: "Your own thresholds: show, set, reset.",
        discussion: """
            A threshold begins at the exercise's own, or above it where your first three sets lie there, \
            so that the first cue is not constant. Two workouts with 80 % clean bring it down by 1 degree, \
            two under 50 % up, never below 3 degrees nor below what was set. Every one in force that is \
            not the exercise's own is said in the recording and in the summary.
            """, subcommands: [Show.self, Set.self, Reset.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Those that are your own, or all.")

        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var logging: LogOptions

        @Argument(help: "Only this exercise, with all its rules.")
        var exercise: String?

        func run() throws {
            let log = try logging.open()
            let all = try Catalogue.exercises(daemon)
            let chosen = try exercise.map { [try Catalogue.find($0, among: all)] } ?? all
            let found = chosen.flatMap { ThresholdBook.all($0, log: log) }
                .filter { exercise != nil || $0.differs || !$0.history.isEmpty }
            if daemon.json {
                return try printJSON(
                    found.map { own in
                        Rehab1.Threshold(
                            rule: own.standard.rule, signal: own.standard.signal,
                            onDegrees: own.on, by: own.differs ? own.by : "the exercise",
                            standardDegrees: own.standard.on)
                    })
            }
            guard !found.isEmpty else {
                print("All thresholds are the exercises' own.")
                return
            }
            var columns = Columns()
            columns.add("exercise", "rule", "signal", "in force", "exercise's own", "by")
            for own in found {
                let unit = ThresholdBook.isAngle(own.standard.signal) ? " deg" : ""
                columns.add(
                    own.standard.exercise, own.standard.rule, own.standard.signal,
                    decimal(own.on, 1, unit: unit), decimal(own.standard.on, 1, unit: unit),
                    own.differs ? visible(own.by) : "the exercise")
            }
            columns.lines().forEach { print($0) }
            for own in found where !own.history.isEmpty {
                print("\(own.standard.exercise) \(own.standard.rule) \(own.standard.signal):")
                own.history.forEach { print("  \(visible($0))") }
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a threshold from the next set on.")

        @OptionGroup var daemon: DaemonOptions
        @OptionGroup var logging: LogOptions

        @Argument(help: "The exercise.")
        var exercise: String

        @Argument(help: "The rule, for example C01.")
        var rule: String

        @Argument(help: "Degrees (a ratio where the rule watches one).")
        var value: Double

        @Option(name: .long, help: ArgumentHelp("Who says so, and why.", valueName: "text"))
        var by = "the person"

        @Flag(
            name: .long, help: "It is meant, though it is out of proportion to the exercise's own.")
        var sure = false

        func validate() throws {
            guard value > 0, value <= 1000 else {
                throw ValidationError("the threshold must be above 0, up to 1000.")
            }
            guard (1...100).contains(by.count) else {
                throw ValidationError("--by takes 1 to 100 characters.")
            }
        }

        func run() throws {
            var log = try logging.open()
            let all = try Catalogue.exercises(daemon)
            let found = try Catalogue.find(exercise, among: all)
            let rules = found.rules.filter { $0.id == rule.uppercased() }
            guard !rules.isEmpty else {
                complain(
                    "\(found.title) has no rule \(visible(rule))",
                    cure: "its rules are \(found.rules.map(\.id).joined(separator: ", ")); see: "
                        + "rehabctl exercises show \(found.id)")
                throw ExitCode(64)
            }
            let floor = rules.map { ThresholdBook.standard($0, of: found).floor }.max() ?? 0
            guard value >= floor else {
                complain(
                    "\(decimal(value, 1)) degrees is below \(decimal(floor, 0)): a cue would follow "
                        + "the sensor's error",
                    cure: "set \(decimal(floor, 0)) or more")
                throw ExitCode(65)
            }
            try refuseWhatIsHardlyMeant(rules, of: found)
            let entry = ThresholdEntry(
                exercise: found.id, rule: rule.uppercased(), onDegrees: value, by: visible(by),
                time: nowText(), fromDegrees: ThresholdBook.inForce(rules, of: found, log: log))
            try logging.append([LogEntry(day: today(), .threshold(entry))], to: &log)
            if daemon.json { return try printJSON(entry.printed) }
            print("\(found.title) \(entry.rule): \(entry.change), from the next set on.")
        }

        private func refuseWhatIsHardlyMeant(
            _ rules: [Rehab1.Rule], of exercise: Rehab1.Exercise
        ) throws {
            if let (text, cure) = ThresholdBook.obstacle(value, to: rules) {
                complain(text, cure: cure)
                throw ExitCode(65)
            }
            guard !sure,
                let doubt = rules.lazy.compactMap({
                    ThresholdBook.doubt(value, of: exercise, $0)
                }).first
            else { return }
            complain(
                doubt,
                cure:
                    "set another; see what is usual with: rehabctl exercises show \(exercise.id). If "
                    + "it is meant, add --sure")
            throw ExitCode(65)
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back what was set by hand.")

        @OptionGroup var logging: LogOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        @Argument(help: "The exercise.")
        var exercise: String

        @Argument(help: "The rule; all of the exercise's where it is left out.")
        var rule: String?

        @Option(name: .long, help: ArgumentHelp("Who says so, and why.", valueName: "text"))
        var by = "the person"

        func run() throws {
            var log = try logging.open()
            var isSet: [String: Bool] = [:]
            for entry in log.entries {
                guard case .threshold(let change) = entry.content, change.exercise == exercise
                else { continue }
                isSet[change.rule] = change.onDegrees != nil
            }
            let rules = isSet.filter(\.value).keys.sorted()
                .filter { rule == nil || $0 == rule?.uppercased() }
            if json, rules.isEmpty { return try printJSON(rules) }
            guard !rules.isEmpty else {
                print("Nothing of \(visible(exercise)) was set by hand.")
                return
            }
            let known = Reset.exercise(exercise)
            let entries = rules.map { rule in
                var entry = ThresholdEntry(
                    exercise: exercise, rule: rule, onDegrees: nil, by: visible(by),
                    time: nowText())
                if let known {
                    let watched = known.rules.filter { $0.id == rule }
                    entry.fromDegrees = ThresholdBook.inForce(watched, of: known, log: log)
                    entry.backToDegrees = ThresholdBook.inForce(
                        watched, of: known, log: log.with(LogEntry(day: today(), .threshold(entry)))
                    )
                }
                return entry
            }
            try logging.append(
                entries.map { LogEntry(day: today(), .threshold($0)) }, to: &log)
            if json { return try printJSON(rules) }
            entries.forEach { print("\(visible(exercise)) \($0.rule): \($0.change).") }
        }

        /// Without a daemon nobody knows the exercise's own: the log then says who and when.
        private static func exercise(_ id: String) -> Rehab1.Exercise? {
            guard var client = try? ControlClient(socket: nil, limit: 5_000) else { return nil }
            return (try? client.call(Rehab1.ListExercises()))?.exercises.first { $0.id == id }
        }
    }
}
