// `rehabctl fading`: how far the cues of each exercise have stepped back, and putting them elsewhere.

import ArgumentParser
import Control

struct FadingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fading",
        abstract: "See how the cues of your exercises step back from workout to workout.",
        discussion: """
            All movements may be cued in the first workout, two of three up to the fourth, half in the \
            fifth and sixth, a third in the seventh and eighth, then one in ten. The last set of an \
            exercise has no cues: what changes without them moves the schedule faster, or back. Other shares, blocks and steps: \
            [fading] in rehabd.toml(5).
            """,
        subcommands: [List.self, Set.self, Reset.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the exercises done so far.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            var client = try daemon.connect()
            let fading = try withDaemon { () throws(ControlError) in
                try client.call(Rehab1.ListFading()).fading
            }
            if daemon.json { return try printJSON(fading) }
            guard !fading.isEmpty else { return print("No exercise was done yet.") }
            var columns = Columns()
            columns.add("exercise", "workout", "cued", "sets", "error with", "without", "depends")
            for one in fading {
                columns.add(
                    one.exercise, "\(one.workout)", percent(one.cuedShare), "\(one.sets)",
                    decimal(one.cuedErrorDegrees, 1, unit: " deg"),
                    decimal(one.uncuedErrorDegrees, 1, unit: " deg"),
                    one.dependence.map { decimal($0, 2) } ?? "not measured")
            }
            columns.lines().forEach { print($0) }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an exercise at a workout of the schedule.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The exercise, for example one-leg-stand.")
        var exercise: String

        @Option(
            name: .long,
            help: ArgumentHelp(
                "1: all cued; 2 to 4: 67 %; 5, 6: 50 %; 7, 8: 33 %; 9: 10 %, where [fading] sets no others."
            ))
        var workout: Int

        func validate() throws {
            guard (1...10_000).contains(workout) else {
                throw ValidationError("--workout must be 1 or more.")
            }
        }

        func run() throws { try FadingCommand.put(exercise, workout, daemon) }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cue all movements of an exercise again, as in the first workout.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The exercise, for example one-leg-stand.")
        var exercise: String

        func run() throws { try FadingCommand.put(exercise, 1, daemon) }
    }

    private static func put(_ exercise: String, _ workout: Int, _ daemon: DaemonOptions) throws {
        var client = try daemon.connect()
        let fading = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.SetFading(exercise: exercise, workout: Int64(workout))).fading
        }
        if daemon.json { return try printJSON(fading) }
        print("\(fading.exercise): \(fading.text)")
    }
}
