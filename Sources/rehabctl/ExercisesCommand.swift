// `rehabctl exercises`: the catalogue with the person's own files, one exercise in full, a file checked.

import ArgumentParser
import Control
import Daemon
import FoundationEssentials
import Plumbing

struct ExercisesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercises", abstract: "The exercises: list them, read one, check a file.",
        discussion: """
            Files in the directory exercises of rehabd's configuration (/etc/rehabd/exercises, or \
            ~/.config/rehabd/exercises for a daemon of your own) add exercises, or take the place of a \
            built-in one with the same id. They count from the next rehabctl start on.
            """,
        subcommands: [List.self, Show.self, Check.self], defaultSubcommand: List.self)

    /// What the running daemon has; without one, what it would have here.
    private static func exercises(_ daemon: DaemonOptions) throws -> [Rehab1.Exercise] {
        if var client = try? ControlClient(socket: daemon.socket) {
            return try withDaemon { () throws(ControlError) in
                try client.call(Rehab1.ListExercises()).exercises
            }
        }
        if daemon.socket != nil { _ = try daemon.connect() }
        let own = try local()
        own.complaints.forEach { complain($0) }
        return own.told()
    }

    private static func local(except: String? = nil) throws -> OwnExercises {
        do {
            return try OwnExercises.local(
                environment: ProcessInfo.processInfo.environment, except: except)
        } catch {
            complain(
                "the built-in exercises cannot be read: \(error)", cure: "install rehabd again")
            throw ExitCode(70)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One line an exercise.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            let exercises = try ExercisesCommand.exercises(daemon)
            guard !daemon.json else { return try printJSON(exercises) }
            var columns = Columns()
            columns.add("name", "number", "stage", "sensors needed", "title")
            for one in exercises {
                let (first, last) = (one.stages.first ?? 0, one.stages.last ?? 0)
                columns.add(
                    one.id, "EX" + (one.number < 10 ? "0" : "") + "\(one.number)",
                    first == last ? "\(first)" : "\(first)-\(last)",
                    one.sensorsNeeded.joined(separator: ", "),
                    // Which file it is, `show` says: a path would be torn into pieces here.
                    one.title + (one.file.hasPrefix("/") ? " (own)" : ""))
            }
            columns.lines(width: tableWidth()).forEach { print($0) }
            for fault in Catalogue.leftOut(daemon) { complain("left out: " + visible(fault)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Everything about one exercise.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The exercise's name, for example side-lift.")
        var name: String

        @Flag(name: .long, help: "Its file as it is: the model for one of your own.")
        var toml = false

        func run() throws {
            let exercises = try ExercisesCommand.exercises(daemon)
            guard let one = exercises.first(where: { $0.id == name }) else {
                throw complaint(
                    .refused(.noSuchExercise(exercise: name, known: exercises.map(\.id))))
            }
            if toml { return try ExercisesCommand.printFile(of: one) }
            if daemon.json { return try printJSON(one) }
            print(one.text, terminator: "")
        }
    }

    /// The file that an exercise comes from: a person's own, or one of the built-in.
    private static func printFile(of exercise: Rehab1.Exercise) throws {
        do throws(PlumbingError) {
            var text = OwnExercises.builtInText(exercise.file)
            if text == nil { text = try OwnExercises.text(exercise.file) }
            print(text ?? "", terminator: "")
        } catch {
            complain(error.description, cure: "name an exercise whose file can be read")
            throw ExitCode(66)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether a file of your own can be used, and what it changes.")

        private struct Verdict: Encodable {
            let file: String
            let ok: Bool
            let text: String
        }

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        @Argument(help: "The file.", completion: .file(extensions: ["toml"]))
        var file: String

        func run() throws {
            let own = try ExercisesCommand.local(except: try? OwnExercises.text(file))
            let verdict: (text: String, isRight: Bool)
            do throws(PlumbingError) {
                verdict = try own.verdict(on: file)
            } catch {
                complain(error.description, cure: "name a file that can be read")
                throw ExitCode(66)
            }
            if json {
                try printJSON(Verdict(file: file, ok: verdict.isRight, text: verdict.text))
            } else {
                print(verdict.text, terminator: "")
            }
            if !verdict.isRight { throw ExitCode(65) }
        }
    }
}
