// What a person's own file changes of an exercise, value by value: every override is logged.

import Kinematics
package import Movement

/// The changed values of one rule, of the tempo or of the dose.
package struct ExerciseChange: Sendable, Equatable {
    /// A value by its name in the file; nil where it was not, or is not any more.
    package struct Value: Sendable, Equatable {
        package var name: String
        package var before: String?
        package var after: String?

        package var text: String { "\(name) \(before ?? "none") is \(after ?? "none")" }
    }

    package var exercise: String
    package var file: String
    package var version: Int
    /// Nil: the values are of the exercise.
    package var rule: RuleID?
    /// "C01 drop", "tempo", "dose".
    package var subject: String
    /// That a rule was added or removed; else empty.
    package var event: String
    package var values: [Value]

    /// One line for the log.
    package var text: String {
        let parts = (event.isEmpty ? [] : [event]) + values.map(\.text)
        return
            "\(exercise) \(subject): \(parts.joined(separator: ", ")) by \(file), version \(version)"
    }

    /// What `new` does differently from `old`, a subject an entry; empty where nothing that is logged differs.
    package static func all(from old: Exercise, to new: Exercise) -> [ExerciseChange] {
        var changes: [ExerciseChange] = []
        func add(
            _ subject: String, rule: RuleID? = nil, event: String = "", _ before: [Named],
            _ after: [Named]
        ) {
            let names = (before + after).map(\.name)
            var values: [Value] = []
            for name in names where !values.contains(where: { $0.name == name }) {
                let then = before.first { $0.name == name }?.value
                let now = after.first { $0.name == name }?.value
                if then != now { values.append(Value(name: name, before: then, after: now)) }
            }
            guard !values.isEmpty || !event.isEmpty else { return }
            changes.append(
                ExerciseChange(
                    exercise: new.id, file: new.file, version: new.version, rule: rule,
                    subject: subject, event: event, values: values))
        }
        var done: [(RuleID, Signal)] = []
        for rule in old.rules + new.rules
        where !done.contains(where: { $0.0 == rule.id && $0.1 == rule.signal }) {
            done.append((rule.id, rule.signal))
            let before = old.rules.first { $0.id == rule.id && $0.signal == rule.signal }
            let after = new.rules.first { $0.id == rule.id && $0.signal == rule.signal }
            add(
                "\(rule.id.name) \(rule.signal.name)", rule: rule.id,
                event: before == nil ? "added" : after == nil ? "removed" : "",
                before.map(named) ?? [], after.map(named) ?? [])
        }
        add("tempo", named(old.tempo), named(new.tempo))
        add("dose", named(old.dose), named(new.dose))
        return changes
    }

    private typealias Named = (name: String, value: String)

    /// To the thousandth, as it was written: angles come back from radians.
    private static func written(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

    private static func named(_ rule: Rule) -> [Named] {
        let unit = rule.signal.isAngle ? degreesPerRadian : 1
        return [
            ("on", written(rule.on * unit)), ("off", written(rule.off * unit)),
            ("min-on-seconds", written(rule.minimumOn)),
            ("min-off-seconds", written(rule.minimumOff)),
            ("refractory-seconds", written(rule.refractory)),
            ("report-only", "\(rule.reportOnly)"),
        ]
    }

    private static func named(_ tempo: Tempo) -> [Named] {
        guard tempo != .none else { return [] }
        return [
            ("raise", written(tempo.raise)), ("hold", written(tempo.hold)),
            ("lower", written(tempo.lower)), ("rest", written(tempo.rest)),
        ]
    }

    private static func named(_ dose: Dose) -> [Named] {
        func list(_ name: String, _ values: [Double]) -> [Named] {
            values.isEmpty ? [] : [(name, values.map(written).joined(separator: " to "))]
        }
        return [("sets", "\(dose.sets)")]
            + (dose.repetitions > 0 ? [("repetitions", "\(dose.repetitions)")] : [])
            + list("target-seconds", dose.targetSeconds > 0 ? [dose.targetSeconds] : [])
            + list("hold-seconds", dose.holdSeconds)
            + list("cued-seconds", dose.alternation.prefix(1).map(Double.init))
            + list("silent-seconds", dose.alternation.suffix(1).map(Double.init)) + [
                ("per-day", "\(dose.perDay)")
            ]
            + list("heights-cm", dose.heightsCentimetres)
    }
}

extension Exercise {
    /// What a file sets and nothing heeds, in words with the cure.
    ///
    /// In repetitions a rule rests for one, in gait for 20 steps (compensations 4): fewer seconds than usual would
    /// be over before that.
    package var unheeded: [String] {
        guard task == .repetitions || task == .steps && repetitionSignal == .walking else {
            return []
        }
        let rest = task == .repetitions ? "one repetition" : "20 steps"
        return rules.filter { $0.refractory < Rule.usualRefractory }.map {
            "\($0.id.name) \($0.signal.name): refractory-seconds below \(Int(Rule.usualRefractory)) "
                + "have no effect here, the rule rests for \(rest) after a cue; leave them out"
        }
    }
}
