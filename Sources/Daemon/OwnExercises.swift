// The catalogue with a person's own exercise files over it, read anew whenever it is asked for.

package import Control
package import Exercises
package import Plumbing
package import TomlReading

/// The exercises of a configuration directory.
///
/// A physiotherapist may edit a file while the daemon runs, so nothing is kept between two readings.
package struct OwnExercises {
    package private(set) var set: ExerciseSet
    /// The built-in ones alone, and what lies over them.
    private let base: ExerciseSet
    private var files: [(name: String, text: String)] = []
    /// The text that was left out is one of the directory's.
    private var hasLeftOut = false
    /// What could not be read, each with file, line, field and cure.
    package private(set) var complaints: [String] = []

    private static let sizeLimit = 256 * 1024
    private static let countLimit = 200

    /// Reads every `.toml` of the directory; one that cannot be read leaves the others alone.
    ///
    /// `except`: a text that is left out, so that a file in the directory is not checked against itself.
    package init(builtIn: [Exercise], directory: String, except: String? = nil) {
        set = ExerciseSet(builtIn: builtIn)
        base = set
        guard FileStore.attributes(directory) != nil else { return }
        let names: [String]
        do throws(PlumbingError) {
            names = try FileStore.list(directory)
        } catch {
            complaints.append("exercises: \(error.description)")
            return
        }
        var files: [(name: String, text: String)] = []
        for name in names.sorted().filter({ $0.hasSuffix(".toml") }).prefix(OwnExercises.countLimit)
        {
            let path = "\(directory)/\(name)"
            do throws(PlumbingError) {
                let text = try OwnExercises.text(path)
                if text == except { hasLeftOut = true } else { files.append((path, text)) }
            } catch {
                complaints.append(error.description)
            }
        }
        set.overlay(files)
        self.files = files
        complaints += set.faults.map { "\($0)" }
    }

    /// The text of an exercise file.
    package static func text(_ path: String) throws(PlumbingError) -> String {
        String(decoding: try FileStore.read(path, limit: sizeLimit), as: UTF8.self)
    }

    /// The text of a built-in exercise's file; nil where none has that name.
    package static func builtInText(_ file: String) -> String? { Catalogue.text(file) }

    /// The exercises that this machine's person has, without a daemon.
    package static func local(
        environment: [String: String], except: String? = nil
    ) throws(TomlError) -> OwnExercises {
        OwnExercises(
            builtIn: try Catalogue.load(),
            directory: StatePaths(environment: environment).exercises, except: except)
    }

    /// The exercises for clients; nothing is known of the sensors.
    package func told() -> [Rehab1.Exercise] { set.exercises.map { $0.told(worn: nil) } }

    /// What `rehabctl exercises check` says of a file, and whether it can be used.
    package func verdict(on path: String) throws(PlumbingError) -> (text: String, isRight: Bool) {
        ExerciseText.check(
            try OwnExercises.text(path), file: path, in: set, over: base, beside: files,
            isDraft: !hasLeftOut)
    }
}

extension StatePaths {
    /// The person's own exercises.
    package var exercises: String { configuration + "/exercises" }
}

extension Supervisor {
    /// The exercises as they are now; faults are said once.
    func presentExercises() -> [Exercise] {
        let own = OwnExercises(builtIn: catalogue, directory: settings.paths.exercises)
        // What was mended meanwhile is no longer said.
        let mended = exerciseComplaints.filter { !own.complaints.contains($0) }
        warnings.removeAll { mended.contains($0) }
        let known = exerciseComplaints
        exerciseComplaints = own.complaints
        own.complaints.filter { !known.contains($0) }.forEach { warn($0) }
        return own.set.exercises
    }

    /// Looks at files with a fault again, so that the status does not tell of one that was mended.
    func lookAtFaultyExercises() {
        if !exerciseComplaints.isEmpty { _ = presentExercises() }
    }

    /// The log's lines on an exercise that is about to be done: every value that is not the catalogue's.
    func noteChanges(of exercise: Exercise) {
        let own = OwnExercises(builtIn: catalogue, directory: settings.paths.exercises)
        for change in own.set.changes where change.exercise == exercise.id {
            DaemonLog.override(
                "of the person's own: \(change.text)", of: "\(exercise.id) \(change.subject)")
            session.mark("override \(change.text)")
        }
        // In the journal they stand since the daemon read them.
        for override in settings.configuration.overrides { session.mark("override \(override)") }
    }
}
