// The exercises of a person: the built-in ones, overridden and added to by files of their own.

import Kinematics
package import Movement
package import TomlReading

/// A change that a file makes to a built-in threshold: every override is logged.
package struct ThresholdChange: Sendable, Equatable {
    package var exercise: String
    package var file: String
    package var version: Int
    package var rule: RuleID
    package var signal: Signal
    /// Before and after, degrees or ratio; nil where the rule was not there.
    package var before: Double?
    package var after: Double?

    /// One line for the log.
    package var text: String {
        func said(_ value: Double?) -> String { value.map { "\($0)" } ?? "none" }
        return "\(exercise) \(rule.name) \(signal.name): on \(said(before)) is \(said(after)) by "
            + "\(file), version \(version)"
    }
}

/// A catalogue with its overlays.
package struct ExerciseSet: Sendable {
    /// In order of number, then name.
    package private(set) var exercises: [Exercise]
    package private(set) var changes: [ThresholdChange] = []
    /// What could not be used, one fault a file.
    package private(set) var faults: [TomlError] = []

    /// The built-in exercises.
    package init(builtIn: [Exercise]) { exercises = builtIn.sorted(by: ExerciseSet.precedes) }

    package func exercise(_ id: String) -> Exercise? { exercises.first { $0.id == id } }

    /// Takes files over the present ones, by name order: the same id overrides, a new one adds.
    ///
    /// A file with a fault changes nothing and is listed; the others still count.
    package mutating func overlay(_ files: [(name: String, text: String)]) {
        var seen: [String: String] = [:]
        for file in files.sorted(by: { $0.name < $1.name }) {
            do throws(TomlError) {
                let exercise = try ExerciseFile.parse(file.text, file: file.name)
                if let other = seen[exercise.id] {
                    throw TomlError(
                        file: file.name, line: nil, field: "id",
                        message: "\(exercise.id) is in \(other) already; give each its own id")
                }
                var next = self
                next.take(exercise)
                if let fault = next.linkFault(for: exercise) { throw fault }
                self = next
                seen[exercise.id] = file.name
            } catch {
                faults.append(error)
            }
        }
    }

    private mutating func take(_ exercise: Exercise) {
        if let index = exercises.firstIndex(where: { $0.id == exercise.id }) {
            note(exercises[index], exercise)
            exercises[index] = exercise
        } else {
            exercises.append(exercise)
        }
        exercises.sort(by: ExerciseSet.precedes)
    }

    private mutating func note(_ old: Exercise, _ new: Exercise) {
        func value(_ rule: Rule?) -> Double? {
            rule.map { $0.on * ($0.signal.isAngle ? degreesPerRadian : 1) }
        }
        let all = old.rules + new.rules
        var done: [(RuleID, Signal)] = []
        for rule in all where !done.contains(where: { $0.0 == rule.id && $0.1 == rule.signal }) {
            done.append((rule.id, rule.signal))
            let before = old.rules.first { $0.id == rule.id && $0.signal == rule.signal }
            let after = new.rules.first { $0.id == rule.id && $0.signal == rule.signal }
            guard before != after else { continue }
            changes.append(
                ThresholdChange(
                    exercise: new.id, file: new.file, version: new.version, rule: rule.id,
                    signal: rule.signal, before: value(before), after: value(after)))
        }
    }

    /// The fault of an exercise's easier and harder links: unknown names and rings.
    package func linkFault(for exercise: Exercise) -> TomlError? {
        let links = [
            ("easier-exercise", exercise.easierExercise),
            ("harder-exercise", exercise.harderExercise),
        ]
        for (field, link) in links {
            guard let link else { continue }
            guard self.exercise(link.id) != nil else {
                let near = exercises.map(\.id).min {
                    editDistance($0, link.id) < editDistance($1, link.id)
                }
                return TomlError(
                    file: exercise.file, line: link.line, field: field,
                    message: "\"\(link.id)\" is not an exercise"
                        + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
            if let ring = ring(through: exercise.id) {
                return TomlError(
                    file: exercise.file, line: link.line, field: field,
                    message: "goes round in a ring: " + ring.joined(separator: " → ")
                        + "; each must be harder than the one before")
            }
        }
        return nil
    }

    /// From an exercise over ever harder ones back to itself; nil where that does not happen.
    private func ring(through id: String) -> [String]? {
        var paths = [[id]]
        var visited: Set<String> = []
        while let path = paths.popLast() {
            guard let last = path.last else { continue }
            for next in harder(than: last) {
                if next == id { return path + [next] }
                if visited.insert(next).inserted { paths.append(path + [next]) }
            }
        }
        return nil
    }

    /// Directly harder ones: said by either end.
    private func harder(than id: String) -> [String] {
        var found = exercises.filter { $0.easierExercise?.id == id }.map(\.id)
        if let link = exercise(id)?.harderExercise { found.append(link.id) }
        return found
    }

    private static func precedes(_ a: Exercise, _ b: Exercise) -> Bool {
        (a.number, a.id) < (b.number, b.id)
    }
}
