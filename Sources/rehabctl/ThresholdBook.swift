// A person's own thresholds beside the exercises' own: what is in force, and why.

import Control
import History

/// Meets the catalogue (through the daemon) with the log.
enum ThresholdBook {
    /// Smallest threshold of an angle from neutral, degrees: below it a cue would follow the sensor's
    /// error (compensations 2).
    static let floorDegrees = 3.0

    /// Signals measured from the person's own mean of many steps, or in no degrees: they have no floor
    /// and follow the person already.
    private static let ratios: Set<String> = [
        "jerk-ratio", "sway-ratio", "lowering-shortfall", "range-shortfall", "hold-loss",
        "strike-excess", "step-asymmetry", "fatigue", "sitting-seconds", "tempo-imbalance",
    ]
    private static let excesses: Set<String> = [
        "step-drop-excess", "step-lean-excess", "step-lean-away-excess",
    ]

    static func isAngle(_ signal: String) -> Bool { !ratios.contains(signal) }

    /// "4.0 deg", or a number without a unit where the signal is a share, a ratio or a time.
    static func amount(_ value: Double?, of signal: String) -> String {
        isAngle(signal) ? decimal(value, 1, unit: " deg") : decimal(value, 2)
    }

    /// How many times the exercise's own threshold somebody can mean without being asked back, and the
    /// part of it where there is no floor [engineering default].
    private static let proportion = 3.0
    /// Half a turn: no angle is larger; the same bound as in an exercise's file.
    private static let largest = 180.0

    /// Why no rule can have this threshold; nil where one can.
    static func obstacle(_ value: Double, to rules: [Rehab1.Rule]) -> (text: String, cure: String)?
    {
        guard let angle = rules.first(where: { isAngle($0.signal) }), value > largest else {
            return nil
        }
        return (
            "\(amount(value, of: angle.signal)) is above \(decimal(largest, 0, unit: " deg")): half a "
                + "turn is the largest angle there is",
            "set \(decimal(largest, 0)) or less"
        )
    }

    /// What makes a threshold look like a slip of the pen; nil where it is in proportion.
    static func doubt(_ value: Double, of exercise: Rehab1.Exercise, _ rule: Rehab1.Rule) -> String?
    {
        let own = rule.onDegrees
        guard own > 0 else { return nil }
        let (said, usual) = (amount(value, of: rule.signal), amount(own, of: rule.signal))
        if value > proportion * own {
            return
                "\(said) is \(decimal(value / own, 1)) times the exercise's own \(usual): there would be "
                + "no cue"
        }
        if standard(rule, of: exercise).floor == 0, value < own / proportion {
            return
                "\(said) is less than a third of \(usual), the exercise's own: there would nearly always "
                + "be a cue"
        }
        return nil
    }

    static func standard(_ rule: Rehab1.Rule, of exercise: Rehab1.Exercise) -> StandardThreshold {
        let hasFloor = isAngle(rule.signal) && !excesses.contains(rule.signal)
        return StandardThreshold(
            exercise: exercise.id, rule: rule.id, signal: rule.signal, on: rule.onDegrees,
            floor: hasFloor ? floorDegrees : 0)
    }

    /// Every rule of an exercise with the person's threshold.
    static func all(_ exercise: Rehab1.Exercise, log: WorkoutLog) -> [OwnThreshold] {
        exercise.rules.map { OwnThresholds.threshold(standard($0, of: exercise), log: log) }
    }

    /// What is in force of one rule; nil where the signals that it watches differ.
    static func inForce(
        _ rules: [Rehab1.Rule], of exercise: Rehab1.Exercise, log: WorkoutLog
    ) -> Double? {
        let values = Set(
            rules.map { OwnThresholds.threshold(standard($0, of: exercise), log: log).on })
        return values.count == 1 ? values.first : nil
    }

    /// Those that are not the exercise's own.
    static func inForce(_ exercise: Rehab1.Exercise, log: WorkoutLog) -> [Rehab1.Threshold] {
        all(exercise, log: log).filter(\.differs).map { own in
            Rehab1.Threshold(
                rule: own.standard.rule, signal: own.standard.signal, onDegrees: own.on,
                by: String(own.by.prefix(200)), standardDegrees: own.standard.on)
        }
    }
}
