// Reads an exercise from its TOML file; every fault names file, line and field.

import Kinematics
import Movement
package import TomlReading

/// The reader of exercise files, format 1.
package enum ExerciseFile {
    /// Numbers of the clinical catalogue: pain rules, gates and tests go by them.
    package static let catalogueNumbers = 1...22

    /// Every field of a file, sections included.
    static let fields = [
        "format", "id", "number", "version", "title", "stage", "posture", "task",
        "sensors-needed", "sensors-better", "measure", "repetition-signal",
        "repetition-fallback", "tempo", "lowers-first", "rests-upright", "judges-rest", "bends",
        "side", "instruction", "cue", "easier", "harder", "easier-exercise", "harder-exercise",
        "go-up", "go-down", "caution", "note", "entry", "source", "dose", "rule",
    ]

    /// The exercise in `text`; `file` is what errors call it.
    ///
    /// `builtIn`: what the file lies over; a number of theirs is kept by the same id alone.
    package static func parse(
        _ text: String, file: String, over builtIn: [Exercise]? = nil
    ) throws(TomlError) -> Exercise {
        let root = try TomlDocument(text: text, file: file).root
        root.expect(fields)
        _ = try root.int("format", in: 1...1)
        let id = try root.string("id", length: 40)
        guard !id.isEmpty, id.allSatisfy({ ("a"..."z").contains($0) || $0 == "-" }) else {
            throw root.fault("id", "must be of small letters and hyphens")
        }
        let stages = try stages(root)
        let postures = try postures(root)
        guard let task = TaskKind(name: try root.string("task")) else {
            let known = TaskKind.allCases.map(\.name).joined(separator: ", ")
            throw root.fault("task", "must be one of \(known)")
        }
        let dose = try dose(root, task: task)
        let tempo = try tempo(root, task: task)
        let exercise = Exercise(
            id: id, number: try root.int("number", in: 1...999),
            version: try root.int("version", in: 1...1_000_000),
            title: try words(root, "title", length: 80), stages: stages,
            posture: postures.first ?? .upright, postures: postures, task: task,
            sensorsNeeded: try sensors(root, "sensors-needed", count: 1...7),
            sensorsBetter: try sensors(root, "sensors-better", count: 0...7),
            measure: try root.strings("measure"),
            repetitionSignal: try source(root, "repetition-signal", task: task),
            repetitionFallback: try source(root, "repetition-fallback", task: task), tempo: tempo,
            lowersFirst: try root.bool("lowers-first", default: false),
            restsUpright: try root.bool("rests-upright", default: true),
            judgesRest: try root.bool("judges-rest", default: false),
            bends: try root.bool("bends", default: false), side: try side(root),
            instruction: try words(root, "instruction"), cues: try cues(root),
            easier: try optionalWords(root, "easier"), harder: try optionalWords(root, "harder"),
            easierExercise: try link(root, "easier-exercise"),
            harderExercise: try link(root, "harder-exercise"),
            goUp: try optionalWords(root, "go-up"), goDown: try optionalWords(root, "go-down"),
            caution: try optionalWords(root, "caution"), note: try optionalWords(root, "note"),
            entry: try optionalWords(root, "entry"), source: try root.string("source"), dose: dose,
            rules: try RuleFile.rules(root), file: file)
        try root.finish()
        try check(exercise, root)
        if let builtIn { try checkNumber(exercise, builtIn, root) }
        return exercise
    }

    /// Another exercise under a number of the catalogue would be taken for that one.
    private static func checkNumber(
        _ exercise: Exercise, _ builtIn: [Exercise], _ root: TomlSection
    ) throws(TomlError) {
        if let own = builtIn.first(where: { $0.id == exercise.id }) {
            guard catalogueNumbers.contains(own.number), exercise.number != own.number else {
                return
            }
            throw root.fault(
                "number",
                "must stay \(own.number), by which the pain rules and gates know \(own.id); "
                    + "or give the exercise an id of its own")
        }
        guard catalogueNumbers.contains(exercise.number) else { return }
        let holder = builtIn.first { $0.number == exercise.number }?.id ?? "the catalogue"
        throw root.fault(
            "number",
            "\(exercise.number) is that of \(holder) in the pain rules and gates; a new exercise "
                + "takes \(catalogueNumbers.upperBound + 1) or more")
    }

    /// What only fits together or not.
    private static func check(_ exercise: Exercise, _ root: TomlSection) throws(TomlError) {
        guard exercise.task == .repetitions || exercise.task == .steps else { return }
        if exercise.repetitionSignal == .none {
            throw root.missing("repetition-signal")
        }
        let clocked = [exercise.repetitionSignal, exercise.repetitionFallback].contains(.metronome)
        if clocked, !(exercise.tempo.total > 0.5) {
            throw root.fault("tempo", "is needed: the metronome counts by it")
        }
        let needsSide = [exercise.repetitionSignal, exercise.repetitionFallback].contains {
            $0 == .movingThigh || $0 == .stanceThigh || $0 == .hike
        }
        if needsSide, exercise.side == nil {
            throw root.fault(
                "side", "must be stance or moving: \(exercise.repetitionSignal.name) is of one leg")
        }
    }

    private static func stages(_ root: TomlSection) throws(TomlError) -> ClosedRange<Int> {
        var whole: [Int] = []
        for stage in try root.doubles("stage", in: 1...5, count: 1...2) {
            guard let number = Int(exactly: stage) else {
                throw root.fault("stage", "must hold whole numbers")
            }
            whole.append(number)
        }
        let first = whole.first ?? 1
        let last = whole.last ?? 1
        guard first <= last else { throw root.fault("stage", "must rise") }
        return first...last
    }

    private static func postures(_ root: TomlSection) throws(TomlError) -> [Posture] {
        var found: [Posture] = []
        for name in try oneOrMore(root, "posture") {
            guard let posture = Posture(name: name), posture != .unknown else {
                throw root.fault(
                    "posture", "must be upright, supine, prone, left-side or right-side")
            }
            if found.contains(posture) { throw root.fault("posture", "names \(name) twice") }
            found.append(posture)
        }
        return found
    }

    private static func tempo(
        _ root: TomlSection, task: TaskKind
    ) throws(TomlError) -> Tempo {
        guard root.has("tempo") else {
            // Asked for all the same, so that a misspelt field gets the suggestion.
            _ = try root.doubles("tempo", in: 0...60)
            return .none
        }
        let numbers = try root.doubles("tempo", in: 0...60, count: 4...4)
        guard numbers.count == 4 else { return .none }
        let tempo = Tempo(
            raise: numbers[0], hold: numbers[1], lower: numbers[2], rest: numbers[3])
        guard tempo.total > 0 else {
            throw root.fault(
                "tempo", "has no time in it; leave it out where no tempo is kept, as in a hold")
        }
        guard task != .repetitions || tempo.raise > 0 && tempo.lower > 0 else {
            throw root.fault(
                "tempo",
                "needs more than 0 s to raise and lower: it is [raise, hold, lower, rest]; leave it "
                    + "out where no tempo is kept")
        }
        return tempo
    }

    private static func source(
        _ root: TomlSection, _ key: String, task: TaskKind
    ) throws(TomlError) -> RepetitionSource {
        guard let name = try root.optionalString(key) else { return .none }
        guard let source = RepetitionSource(name: name), source != .none else {
            let known = RepetitionSource.allCases.dropFirst().map(\.name).joined(separator: ", ")
            throw root.fault(key, "must be one of \(known)")
        }
        let isOfSteps = [.eitherThigh, .sideways, .walking].contains(source)
        let isOfRepetitions = source != .sideways && source != .walking
        guard task == .repetitions && isOfRepetitions || task == .steps && isOfSteps else {
            throw root.fault(key, "\(name) does not show the task \(task.name)")
        }
        return source
    }

    private static func side(_ root: TomlSection) throws(TomlError) -> SideMeaning? {
        guard let name = try root.optionalString("side") else { return nil }
        guard let side = SideMeaning(rawValue: name) else {
            throw root.fault("side", "must be stance or moving; leave it out for both legs")
        }
        return side
    }

    private static func link(
        _ root: TomlSection, _ key: String
    ) throws(TomlError) -> ExerciseLink? {
        guard let id = try root.optionalString(key, length: 40) else { return nil }
        return ExerciseLink(id: id, line: root.fault(key, "").line)
    }

    /// `cued-seconds` and `silent-seconds`: both or neither.
    private static func alternation(_ dose: TomlSection) throws(TomlError) -> [Int] {
        let cued = try dose.optionalInt("cued-seconds", in: 5...3600)
        let silent = try dose.optionalInt("silent-seconds", in: 5...3600)
        switch (cued, silent) {
        case (let cued?, let silent?): return [cued, silent]
        case (.none, .none): return []
        case (.some, .none): throw dose.missing("silent-seconds")
        case (.none, .some): throw dose.missing("cued-seconds")
        }
    }

    private static func dose(_ root: TomlSection, task: TaskKind) throws(TomlError) -> Dose {
        guard let dose = try root.section("dose") else { throw root.missing("dose") }
        let sets = try dose.int("sets", in: 1...20)
        let repetitions = try dose.optionalInt("repetitions", in: 1...200) ?? 0
        let holds = try dose.doubles("hold-seconds", in: 1...3600, count: 0...2)
        let target =
            task == .singleLegHold
            ? try dose.double("target-seconds", in: 1...600)
            : try dose.optionalDouble("target-seconds", in: 1...3600) ?? 0
        let result = Dose(
            sets: sets, repetitions: repetitions, targetSeconds: target, holdSeconds: holds,
            alternation: try alternation(dose),
            perDay: try dose.optionalInt("per-day", in: 1...10) ?? 1,
            effort: try dose.optionalString("effort", length: 40) ?? "",
            heightsCentimetres: try dose.doubles("heights-cm", in: 1...60),
            text: try optionalWords(dose, "text"))
        try dose.finish()
        return result
    }

    private static func sensors(
        _ root: TomlSection, _ key: String, count: ClosedRange<Int>
    ) throws(TomlError) -> [String] {
        let known =
            Segment.allCases.map(\.name) + ["stance-thigh", "moving-thigh", "stance-shank"]
        let names = try root.strings(key, count: count)
        for name in names where !known.contains(name) {
            throw root.fault(key, "\"\(name)\" is none of \(known.joined(separator: ", "))")
        }
        return names
    }

    private static func cues(_ root: TomlSection) throws(TomlError) -> [String] {
        let cues = try oneOrMore(root, "cue")
        for cue in cues {
            try refuseForbidden(cue, root, "cue")
            guard !cue.isEmpty, cue.count <= 60 else {
                throw root.fault("cue", "must have 1 to 60 characters")
            }
            guard Wording.longestSentence(cue) <= Wording.cueWords else {
                throw root.fault(
                    "cue", "\"\(cue)\" has more than \(Wording.cueWords) words; say it shorter")
            }
        }
        return cues
    }

    /// A text, or a list of one to eight.
    private static func oneOrMore(
        _ root: TomlSection, _ key: String
    ) throws(TomlError) -> [String] {
        guard root.has(key) else { throw root.missing(key) }
        do throws(TomlError) {
            return [try root.string(key)]
        } catch {
            // Not a text: a list says its own faults, anything else is told what a text is.
            guard let list = try? root.strings(key, count: 1...8) else { throw error }
            return list
        }
    }

    private static func words(
        _ root: TomlSection, _ key: String, length: Int = 500
    ) throws(TomlError) -> String {
        let text = try root.string(key, length: length)
        try refuseForbidden(text, root, key)
        return text
    }

    private static func optionalWords(
        _ root: TomlSection, _ key: String
    ) throws(TomlError) -> String {
        let text = try root.optionalString(key) ?? ""
        try refuseForbidden(text, root, key)
        return text
    }

    private static func refuseForbidden(
        _ text: String, _ root: TomlSection, _ key: String
    ) throws(TomlError) {
        guard let word = Wording.forbiddenWord(in: text) else { return }
        throw root.fault(key, "says \"\(word)\", a word that is not used; say what to do instead")
    }
}
