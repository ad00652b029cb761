// Reads the rules of an exercise file.

import Kinematics
package import Movement
package import TomlReading

/// The reader of `[[rule]]` sections.
package enum RuleFile {
    package static func rules(_ root: TomlSection) throws(TomlError) -> [Rule] {
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
        section.expect([
            "id", "signal", "on", "off", "min-on-seconds", "min-off-seconds",
            "refractory-seconds", "report-only",
        ])
        guard let id = RuleID(name: try section.string("id")) else {
            throw section.fault("id", "must be a rule from C01 to C20")
        }
        guard let signal = Signal(name: try section.string("signal")) else {
            let known = Signal.allCases.map(\.name).joined(separator: ", ")
            throw section.fault("signal", "must be one of \(known)")
        }
        if let fault = RuleMeaning.fault(id, on: signal) { throw section.fault("signal", fault) }
        // Times run to hours, everything else to half a turn.
        let largest = signal == .sittingTime ? 86_400.0 : 180
        let on = try section.double("on", in: 0...largest)
        // Before `off`: who took radians is not to make `off` smaller still.
        if signal.isBoundByFloor, on < angleFloorDegrees {
            throw section.fault(
                "on",
                "must be at least \(angleFloorDegrees) degrees: below it the sensor's own "
                    + "error would be cued")
        }
        let off = try section.double("off", in: 0...largest)
        guard off < on else {
            throw section.fault(
                "off", "must be smaller than on (\(on)); else the cue would flicker")
        }
        let unit = signal.isAngle ? radiansPerDegree : 1
        let minimumOn = try section.double("min-on-seconds", in: 0...60)
        if signal.isEvent, minimumOn > 0 {
            throw section.fault(
                "min-on-seconds",
                "must be 0: \(signal.name) exists at one moment only, the end of a repetition or step"
            )
        }
        let rule = Rule(
            id: id, signal: signal, on: on * unit, off: off * unit, minimumOn: minimumOn,
            minimumOff: try section.optionalDouble("min-off-seconds", in: 0...60) ?? 0.3,
            refractory: try section.optionalDouble("refractory-seconds", in: 0.5...86_400)
                ?? Rule.usualRefractory,
            reportOnly: try section.bool("report-only", default: false))
        try section.finish()
        return rule
    }
}
