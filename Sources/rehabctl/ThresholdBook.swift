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
