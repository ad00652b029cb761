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
        // Back from radians: to the thousandth, as it was written.
        func said(_ value: Double?) -> String {
            value.map { "\(($0 * 1000).rounded() / 1000)" } ?? "none"
        }
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
        var usable: [Exercise] = []
        for file in files.sorted(by: { $0.name < $1.name }) {
            do throws(TomlError) {
                let exercise = try ExerciseFile.parse(
                    file.text, file: file.name, over: exercises)
                if let other = seen[exercise.id] {
                    throw TomlError(
                        file: file.name, line: nil, field: "id",
                        message: "\(exercise.id) is in \(other) already; give each its own id")
                }
                usable.append(exercise)
                seen[exercise.id] = file.name
            } catch {
                faults.append(error)
            }
        }
        take(linked: usable)
        faults.sort { ($0.file, $0.line ?? 0) < ($1.file, $1.line ?? 0) }
    }

    /// Takes those whose links hold, together: two files may name each other.
    ///
    /// Of a ring the last file is left out; what named a file that was left out goes with it.
    private mutating func take(linked all: [Exercise]) {
        var usable = all
        while true {
            var next = self
            for exercise in usable { next.take(exercise) }
            next.exercises.sort(by: ExerciseSet.precedes)
            var refused: Set<String> = []
            for exercise in usable {
                guard let fault = next.unknownName(in: exercise) else { continue }
                refused.insert(exercise.id)
                faults.append(fault)
            }
            if refused.isEmpty {
                for exercise in usable.reversed() {
                    guard let fault = next.linkFault(for: exercise) else { continue }
                    refused.insert(exercise.id)
                    faults.append(fault)
                    break
                }
            }
            guard !refused.isEmpty else {
                exercises = next.exercises
                changes = next.changes
                return
            }
            usable.removeAll { refused.contains($0.id) }
        }
    }

    private mutating func take(_ exercise: Exercise) {
        if let index = exercises.firstIndex(where: { $0.id == exercise.id }) {
            note(exercises[index], exercise)
            exercises[index] = exercise
        } else {
            exercises.append(exercise)
        }
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
        if let fault = unknownName(in: exercise) { return fault }
        guard let (field, link) = links(of: exercise).first,
            let ring = ring(through: exercise.id)
        else { return nil }
        return TomlError(
            file: exercise.file, line: link.line, field: field,
            message: "goes round in a ring: " + ring.joined(separator: " → ")
                + "; each must be harder than the one before")
    }

    private func links(of exercise: Exercise) -> [(field: String, link: ExerciseLink)] {
        [
            ("easier-exercise", exercise.easierExercise),
            ("harder-exercise", exercise.harderExercise),
        ].compactMap { field, link in link.map { (field, $0) } }
    }

    private func unknownName(in exercise: Exercise) -> TomlError? {
        for (field, link) in links(of: exercise) where self.exercise(link.id) == nil {
            let near = exercises.filter { $0.id != exercise.id }.map {
                ($0.id, editDistance($0.id, link.id))
            }
            .min { $0.1 < $1.1 }.flatMap { $0.1 <= max(2, link.id.count / 3) ? $0.0 : nil }
            return TomlError(
                file: exercise.file, line: link.line, field: field,
                message: "\"\(link.id)\" is not an exercise"
                    + (near.map { "; did you mean \"\($0)\"?" }
                        ?? "; see them with: rehabctl exercises list"))
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
