// The exercises of a person: the built-in ones, overridden and added to by files of their own.

package import TomlReading

/// A catalogue with its overlays.
package struct ExerciseSet: Sendable {
    /// In order of number, then name.
    package private(set) var exercises: [Exercise]
    package private(set) var changes: [ExerciseChange] = []
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
            changes += ExerciseChange.all(from: exercises[index], to: exercise)
            exercises[index] = exercise
        } else {
            exercises.append(exercise)
        }
    }

    /// The fault of an exercise's easier and harder links: unknown names and rings.
    package func linkFault(for exercise: Exercise) -> TomlError? {
        if let fault = unknownName(in: exercise) { return fault }
        guard let ring = ring(through: exercise.id),
            let (field, link) = closing(ring, among: links(of: exercise))
        else { return nil }
        return TomlError(
            file: exercise.file, line: link.line, field: field,
            message: "goes round in a ring: " + ring.joined(separator: " → ")
                + "; each must be harder than the one before")
    }

    /// The link by which a ring leaves its exercise or comes back to it; the first where others close it.
    private func closing(
        _ ring: [String], among links: [(field: String, link: ExerciseLink)]
    ) -> (field: String, link: ExerciseLink)? {
        let (next, last) = (ring.dropFirst().first, ring.dropLast().last)
        return links.first { $0.link.id == ($0.field == "harder-exercise" ? next : last) }
            ?? links.first
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
