// A person's own thresholds, told by the log alone: what it was set to, how it shrank and widened.

import Movement

/// One rule of one exercise, as the exercise has it.
package struct StandardThreshold: Sendable, Hashable {
    package var exercise: String
    package var rule: String
    package var signal: String
    /// Degrees.
    package var on: Double
    /// Smallest that may be set: 3 for angles from neutral, 0 for others.
    package var floor: Double

    package init(exercise: String, rule: String, signal: String, on: Double, floor: Double) {
        self.exercise = exercise
        self.rule = rule
        self.signal = signal
        self.on = on
        self.floor = floor
    }
}

/// A threshold in force for a person, and how it came about.
package struct OwnThreshold: Sendable, Equatable {
    package var standard: StandardThreshold
    package var on: Double
    /// Where it shrinks to.
    package var target: Double
    /// Who set it last; nil: nobody, it follows the person's own sets.
    package var setBy: String?
    /// Sets that make the beginning, of three.
    package var baseline: Int
    package var history: [String]

    package var differs: Bool { abs(on - standard.on) > 1e-9 }

    /// Why, for the recording and the summary.
    package var by: String {
        if let setBy, on == target { return setBy }
        return history.last.map { "own sets: \($0)" } ?? "own first sets"
    }
}

package enum OwnThresholds {
    /// Sets whose values make the beginning (compensations 4.2).
    private static let baselineSets = 3
    /// Share in band from which a hold counts as clean, as in the gates.
    private static let cleanHold = 0.9

    /// The threshold of one rule after everything in the log.
    ///
    /// Nothing is kept beside the log, so what is in force can always be explained by it.
    package static func threshold(_ standard: StandardThreshold, log: WorkoutLog) -> OwnThreshold {
        let key = "\(standard.rule) \(standard.signal)"
        var state = PersonalThreshold(
            standard: standard.on, clinician: nil, floor: standard.floor, baseline: [])
        var baseline: [Double] = []
        var setBy: String?
        var history: [String] = []
        for part in parts(standard.exercise, log: log) {
            switch part {
            case .workout(let day, let sets):
                let wasComplete = baseline.count >= baselineSets
                for set in sets where baseline.count < baselineSets {
                    if let typical = set.typicalDegrees[key] { baseline.append(typical) }
                }
                if !wasComplete, baseline.count >= baselineSets {
                    let clinician = state.clinician
                    state = PersonalThreshold(
                        standard: standard.on, clinician: nil, floor: standard.floor,
                        baseline: baseline)
                    if let clinician { state.prescribe(clinician) }
                    if clinician == nil, state.on != standard.on {
                        history.append(
                            "\(day.text) begins at \(fixed(state.on)): the first three sets")
                    }
                } else if wasComplete, let share = cleanShare(sets),
                    let line = state.take(cleanShare: share, rule: standard.rule, date: day.text)
                {
                    history.append(line)
                }
            case .set(let day, let entry):
                state.prescribe(entry.onDegrees)
                setBy = entry.onDegrees == nil ? nil : entry.by
                let verb = entry.onDegrees == nil ? "" : "set "
                history.append("\(entry.time ?? day.text) \(verb)\(entry.change)")
            }
        }
        return OwnThreshold(
            standard: standard, on: state.on, target: state.target, setBy: setBy,
            baseline: baseline.count, history: history)

        enum Part {
            case workout(Day, [SetEntry])
            case set(Day, ThresholdEntry)
        }

        /// The exercise's workouts and the changes by hand, in the log's order.
        func parts(_ exercise: String, log: WorkoutLog) -> [Part] {
            var parts: [Part] = []
            for entry in log.entries {
                switch entry.content {
                case .set(let set) where set.exercise == exercise:
                    if case .workout(let day, let sets) = parts.last,
                        sets.first?.workout == set.workout
                    {
                        parts[parts.count - 1] = .workout(day, sets + [set])
                    } else {
                        parts.append(.workout(entry.day, [set]))
                    }
                case .threshold(let change)
                where change.exercise == exercise && change.rule == standard.rule:
                    parts.append(.set(entry.day, change))
                default: continue
                }
            }
            return parts
        }
    }

    /// Share of clean repetitions, or of holds in band, over a workout; nil without any.
    private static func cleanShare(_ sets: [SetEntry]) -> Double? {
        var clean = 0.0
        var count = 0.0
        for set in sets {
            if let share = set.cleanShare, set.repetitions > 0 {
                clean += share * Double(set.repetitions)
                count += Double(set.repetitions)
            } else if let share = set.shareInBand, !set.holds.isEmpty {
                clean += share >= cleanHold ? Double(set.holds.count) : 0
                count += Double(set.holds.count)
            }
        }
        return count > 0 ? clean / count : nil
    }
}
