// The exercises as text: a list, one in full, and the verdict on a file.

package import Kinematics
import Movement
import TomlReading

/// What `rehabctl exercises list`, `show` and `check` print.
package enum ExerciseText {
    /// One line an exercise: id, number, stages, sensors, title.
    package static func list(_ exercises: [Exercise]) -> String {
        let width = exercises.map(\.id.count).max() ?? 0
        return exercises.map { exercise in
            let number = exercise.number < 10 ? "0\(exercise.number)" : "\(exercise.number)"
            return "\(padded(exercise.id, width))  EX\(number)  stage \(stages(exercise))  "
                + exercise.title
        }.joined(separator: "\n") + (exercises.isEmpty ? "" : "\n")
    }

    /// Everything about one exercise.
    ///
    /// `worn`: segments with a sensor; what they cannot see is named. Where none is worn, or that is not
    /// known, it is said which sensors each rule needs.
    package static func show(_ exercise: Exercise, worn: Set<Segment>? = nil) -> String {
        var lines = [
            exercise.title,
            "  \(exercise.id), version \(exercise.version), from \(exercise.file)",
            "", exercise.instruction, "",
        ]
        func add(_ name: String, _ text: String) {
            guard !text.isEmpty else { return }
            lines.append("\(padded(name + ":", 12)) \(text)")
        }
        add("stage", stages(exercise))
        add(
            "posture",
            exercise.postures.map { $0.name.replacing("-", with: " ") }.joined(separator: " or "))
        add("sensors", exercise.sensorsNeeded.joined(separator: ", "))
        add("better with", exercise.sensorsBetter.joined(separator: ", "))
        add("measured", exercise.measure.joined(separator: "; "))
        if exercise.task == .repetitions {
            var text = exercise.repetitionSignal.name
            if exercise.repetitionFallback != .none {
                text += ", else \(exercise.repetitionFallback.name)"
            }
            add("counted by", text)
        }
        if exercise.tempo != .none { add("tempo", tempo(exercise.tempo)) }
        if let side = exercise.side {
            add("side", "the \(side == .stance ? "standing" : "moving") leg")
        }
        add("dose", exercise.dose.text.isEmpty ? "\(exercise.sets) sets" : exercise.dose.text)
        add("effort", exercise.dose.effort)
        if !exercise.dose.heightsCentimetres.isEmpty {
            add(
                "height",
                exercise.dose.heightsCentimetres.map { "\(Int($0)) cm" }.joined(separator: ", "))
        }
        add("cue", exercise.cues.joined(separator: " / "))
        add("easier", joined(exercise.easier, exercise.easierExercise))
        add("harder", joined(exercise.harder, exercise.harderExercise))
        add("go up", exercise.goUp.isEmpty ? ExerciseDefaults.goUp : exercise.goUp)
        add("go down", exercise.goDown.isEmpty ? ExerciseDefaults.goDown : exercise.goDown)
        add("entry", exercise.entry)
        add("caution", exercise.caution)
        add("stop", ExerciseDefaults.stop)
        add("note", exercise.note)
        add("source", exercise.source)
        let worn = worn ?? []
        lines += [
            "",
            worn.isEmpty
                ? "rules (degrees from neutral, seconds), each with the sensors that show it:"
                : "rules (degrees from neutral, seconds):",
        ]
        lines += exercise.rules.map { rule(_: $0, worn: worn) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The verdict on a file: "ok" with what it holds, or the fault.
    ///
    /// `isRight` gives the exit code. `beside`: the directory's other files, over `base`: two files may
    /// name each other. `isDraft`: it is not among them yet, and may take the place of one.
    package static func check(
        _ text: String, file: String, in set: ExerciseSet, over base: ExerciseSet? = nil,
        beside files: [(name: String, text: String)] = [], isDraft: Bool = false
    ) -> (text: String, isRight: Bool) {
        var over = base ?? set
        let own = try? ExerciseFile.parse(text, file: file).id
        let replaced = files.first {
            isDraft && own != nil && own == (try? ExerciseFile.parse($0.text, file: $0.name).id)
        }
        let others = files.filter { $0.name != replaced?.name }
        over.overlay(others + [(name: file, text: text)])
        // Faults of the directory's other files are theirs: only what this file adds counts.
        let added = over.faults.filter { !set.faults.contains($0) }
        let ring = added.first { $0.message.hasPrefix("goes round") }
        if let fault = ring ?? added.first(where: { $0.file == file }) ?? added.first {
            return (fault.description + "\n", false)
        }
        guard let exercise = over.exercises.first(where: { $0.file == file }) else {
            return ("\(file): holds no exercise\n", false)
        }
        let known = set.exercise(exercise.id)
        let verb =
            replaced != nil && known?.file == replaced?.name ? "takes the place of" : "overrides"
        var lines = [
            "\(file): ok: \(exercise.id), version \(exercise.version), \(exercise.rules.count) rules, "
                + (known.map { "\(verb) version \($0.version) of \($0.file)" } ?? "new")
        ]
        lines += over.changes.filter { $0.file == file }.map { "  " + $0.text }
        lines += exercise.unheeded.map { "  warning: " + $0 }
        return (lines.joined(separator: "\n") + "\n", true)
    }

    private static func rule(_ rule: Rule, worn: Set<Segment>) -> String {
        let unit = rule.signal.isAngle ? degreesPerRadian : 1
        func number(_ value: Double) -> String { OfflineBodyText.fixed(value * unit, places: 2) }
        var text = "  \(rule.id.name) \(padded(rule.signal.plainWords, 40))"
        text += " on \(number(rule.on)), off \(number(rule.off))"
        if rule.minimumOn > 0 {
            text += ", for \(OfflineBodyText.fixed(rule.minimumOn, places: 1)) s"
        }
        if rule.reportOnly { text += ", report only" }
        if worn.isEmpty {
            text += " (\(sensors(for: rule.signal)))"
        } else if !rule.signal.isMeasurable(with: worn) {
            text += " (not measured)"
        }
        return text
    }

    /// The fewest sensors that show a signal, in words.
    private static func sensors(for signal: Signal) -> String {
        let sets: [(Set<Segment>, String)] = [
            ([.pelvis], "pelvis"), ([.pelvis, .trunk], "pelvis and trunk"),
            ([.pelvis, .leftThigh, .rightThigh], "pelvis and thigh"),
            ([.pelvis, .leftShank, .rightShank], "pelvis and shank"),
        ]
        return sets.first { signal.isMeasurable(with: $0.0) }?.1 ?? "pelvis, thigh and shank"
    }

    private static func tempo(_ tempo: Tempo) -> String {
        [tempo.raise, tempo.hold, tempo.lower, tempo.rest].map {
            OfflineBodyText.fixed($0, places: $0 == $0.rounded() ? 0 : 1)
        }.joined(separator: "-") + " s (raise, hold, lower, rest)"
    }

    private static func stages(_ exercise: Exercise) -> String {
        let (first, last) = (exercise.stages.lowerBound, exercise.stages.upperBound)
        return first == last ? "\(first)" : "\(first)-\(last)"
    }

    private static func joined(_ text: String, _ link: ExerciseLink?) -> String {
        guard let link else { return text }
        return text.isEmpty ? link.id : "\(text) (\(link.id))"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
