// Reads an exercise from its TOML file; every fault names file, line and field.

import Kinematics
import Movement
package import TomlReading

/// The reader of exercise files, format 1.
package enum ExerciseFile {
    /// The exercise in `text`; `file` is what errors call it.
    package static func parse(_ text: String, file: String) throws(TomlError) -> Exercise {
        let root = try TomlDocument(text: text, file: file).root
        _ = try root.int("format", in: 1...1)
        let id = try root.string("id", length: 40)
        guard !id.isEmpty, id.allSatisfy({ ("a"..."z").contains($0) || $0 == "-" }) else {
            throw root.fault("id", "must be of small letters and hyphens")
        }
        let stage = try root.doubles("stage", in: 1...5, count: 1...2)
        let first = Int(stage.first ?? 1)
        let last = Int(stage.last ?? 1)
        guard first <= last else { throw root.fault("stage", "must rise") }
        guard let posture = Posture(name: try root.string("posture")), posture != .unknown else {
            throw root.fault(
                "posture", "must be upright, supine, prone, left-side or right-side")
        }
        guard let task = TaskKind(name: try root.string("task")) else {
            let known = TaskKind.allCases.map(\.name).joined(separator: ", ")
            throw root.fault("task", "must be one of \(known)")
        }
        guard let dose = try root.section("dose") else { throw root.missing("dose") }
        let sets = try dose.int("sets", in: 1...20)
        _ = try dose.doubles("hold-seconds", in: 1...600, count: 0...2)
        let target = try dose.double("target-seconds", in: 1...600)
        try dose.finish()
        let exercise = Exercise(
            id: id, number: try root.int("number", in: 1...999),
            version: try root.int("version", in: 1...1_000_000),
            title: try root.string("title", length: 80), stages: first...last, posture: posture,
            task: task, sensorsNeeded: try root.strings("sensors-needed", count: 1...7),
            sensorsBetter: try root.strings("sensors-better"),
            measure: try root.strings("measure"),
            instruction: try root.string("instruction"), cue: try root.string("cue", length: 60),
            easier: try root.optionalString("easier") ?? "",
            harder: try root.optionalString("harder") ?? "",
            goUp: try root.optionalString("go-up") ?? "",
            caution: try root.optionalString("caution") ?? "",
            source: try root.string("source"), sets: sets, targetHold: target,
            rules: try rules(root))
        try root.finish()
        return exercise
    }

    private static func rules(_ root: TomlSection) throws(TomlError) -> [Rule] {
        let sections = try root.sections("rule", limit: 32)
        guard !sections.isEmpty else {
            throw root.fault("rule", "has no entry; an exercise needs at least one [[rule]]")
        }
        var rules: [Rule] = []
        for section in sections {
            let rule = try rule(section)
            if rules.contains(where: { $0.id == rule.id && $0.signal == rule.signal }) {
                throw section.fault("id", "\(rule.id.name) on \(rule.signal.name) is there twice")
            }
            rules.append(rule)
        }
        return rules
    }

    private static func rule(_ section: TomlSection) throws(TomlError) -> Rule {
        guard let id = RuleID(name: try section.string("id")) else {
            throw section.fault("id", "must be a rule from C01 to C20")
        }
        guard let signal = Signal(name: try section.string("signal")) else {
            let known = Signal.allCases.map(\.name).joined(separator: ", ")
            throw section.fault("signal", "must be one of \(known)")
        }
        let on = try section.double("on", in: 0...180)
        let off = try section.double("off", in: 0...180)
        guard off < on else {
            throw section.fault(
                "off", "must be smaller than on (\(on)); else the cue would flicker")
        }
        if signal.isAngle, on < angleFloorDegrees {
            throw section.fault(
                "on",
                "must be at least \(angleFloorDegrees) degrees: below it the sensor's own "
                    + "error would be cued")
        }
        let unit = signal.isAngle ? radiansPerDegree : 1
        let rule = Rule(
            id: id, signal: signal, on: on * unit, off: off * unit,
            minimumOn: try section.double("min-on-seconds", in: 0...60),
            minimumOff: try section.optionalDouble("min-off-seconds", in: 0...60) ?? 0.3,
            refractory: try section.optionalDouble("refractory-seconds", in: 0.5...600) ?? 4,
            reportOnly: try section.bool("report-only", default: false))
        try section.finish()
        return rule
    }
}
