// How it goes: then and now, side by side, and a change is called one only above the size that counts.

import Movement

/// One quantity then and now.
package struct Trend: Sendable, Equatable {
    package let name: String
    package let unit: String
    /// The first and the newest day it was measured on, with how much it rests on.
    package let first: (day: Day, value: Double, count: Int)
    package let now: (day: Day, value: Double, count: Int)
    /// Size of change that counts; nil where none is known.
    package let counts: Double?
    /// What the figure rests on is too little for a mean.
    package let isThin: Bool
    /// Of an angle as it was told with the newest set; nil for what is none, and in logs of before.
    package var uncertainty: Double?

    package var days: Int { now.day - first.day }

    /// In words; never better or worse, which the person knows.
    package var verdict: String {
        guard days > 0 else { return "one day so far" }
        if isThin { return "too few to compare (5 a day are needed)" }
        guard let counts else { return "no size of change is known for this" }
        let change = now.value - first.value
        guard change.magnitude >= counts else {
            return "no measurable change (\(fixed(counts))\(unit) counts)"
        }
        return "\(change > 0 ? "more" : "less") by \(fixed(change.magnitude))\(unit)"
    }

    /// More, less or none; nil where the two cannot be compared.
    package var change: String? {
        guard days > 0, !isThin, let counts else { return nil }
        let change = now.value - first.value
        return change.magnitude < counts ? "none" : change > 0 ? "more" : "less"
    }

    package static func == (a: Trend, b: Trend) -> Bool {
        a.name == b.name && a.unit == b.unit && a.first == b.first && a.now == b.now
            && a.counts == b.counts && a.isThin == b.isThin
    }
}

package enum Progress {
    /// Pelvic angle between dates (Youdas 2007), hold (programme 5, T1), pain (programme 5, Q).
    private static let angleCounts = 4.0
    private static let holdCounts = 5.0
    private static let painCounts = 2.0

    /// One exercise, side and kind of set (cued or not).
    package struct Line: Sendable, Equatable {
        package let exercise: String
        package let side: String?
        package let probe: Bool
        package let sets: Int
        package let trends: [Trend]
        /// Of the newest set.
        package let notMeasured: [String]
    }

    package static func lines(_ log: WorkoutLog) -> [Line] {
        struct Key: Hashable, Comparable {
            let number: Int
            let exercise: String
            let side: String
            let probe: Bool

            static func < (a: Key, b: Key) -> Bool {
                (a.number, a.exercise, a.side, a.probe ? 1 : 0)
                    < (b.number, b.exercise, b.side, b.probe ? 1 : 0)
            }
        }
        var groups: [Key: [(day: Day, set: SetEntry)]] = [:]
        for one in log.sets {
            let key = Key(
                number: one.set.number, exercise: one.set.exercise, side: one.set.side ?? "",
                probe: one.set.probe)
            groups[key, default: []].append(one)
        }
        return groups.keys.sorted().map { key in
            let sets = groups[key] ?? []
            let trends = [
                trend("mean drop", " deg", sets, counts: angleCounts) { $0.meanDropDegrees }
                    .map { angle($0, sets) },
                trend("longest hold", " s", sets, counts: holdCounts, isMean: false) {
                    $0.holds.max()
                },
                trend("in band", " %", sets, counts: nil) { $0.shareInBand.map { $0 * 100 } },
                trend("clean", " %", sets, counts: nil) { $0.cleanShare.map { $0 * 100 } },
            ].compactMap(\.self)
            return Line(
                exercise: key.exercise, side: key.side.isEmpty ? nil : key.side, probe: key.probe,
                sets: sets.count, trends: trends, notMeasured: sets.last?.set.notMeasured ?? [])
        }
    }

    /// What an exercise keeps without cues, by its workouts.
    package struct WithoutCues: Sendable, Equatable {
        package let exercise: String
        package let workouts: Int
        /// Those of them in which no angle left its band: there was no improvement to keep.
        package let withoutError: Int
        /// Percent of the improvement by cues that stayed without them; nil where there was none.
        package let trend: Trend?
    }

    /// Exercises with a set without cues in a workout that had some with them (compensations 5.1).
    package static func withoutCues(_ log: WorkoutLog) -> [WithoutCues] {
        struct Workout {
            let day: Day
            let dependence: Double
            let isThereError: Bool
        }
        // The daemon counts over the workout: its last set without cues tells all of them.
        var found: [Int: (exercise: String, workouts: [String: Workout])] = [:]
        for (day, set) in log.sets {
            guard let dependence = set.dependence else { continue }
            // Logs of before the errors were kept say the dependence alone.
            let isThereError =
                set.uncuedErrorDegrees.map {
                    CueDependence.isThereError(cued: set.cuedErrorDegrees ?? 0, uncued: $0)
                } ?? true
            found[set.number, default: (set.exercise, [:])].workouts[set.workout] = Workout(
                day: day, dependence: dependence, isThereError: isThereError)
        }
        return found.sorted { $0.key < $1.key }.compactMap { _, one in
            let inOrder = one.workouts.sorted { ($0.value.day, $0.key) < ($1.value.day, $1.key) }
            guard !inOrder.isEmpty else { return nil }
            // All of an improvement can have stayed only where one was seen, in that workout or before.
            let told = inOrder.map(\.value).filter(\.isThereError).drop { $0.dependence <= 0 }
            func point(_ workout: Workout) -> (day: Day, value: Double, count: Int) {
                (workout.day, 100 * (1 - max(0, min(1, workout.dependence))), 1)
            }
            var trend: Trend?
            if let first = told.first, let last = told.last {
                trend = Trend(
                    name: "kept without cues: \(one.exercise)", unit: " %", first: point(first),
                    now: point(last), counts: nil, isThin: false)
            }
            return WithoutCues(
                exercise: one.exercise, workouts: inOrder.count,
                withoutError: inOrder.count { !$0.value.isThereError }, trend: trend)
        }
    }

    /// Mornings: the first week with enough answers against the newest.
    package static func pain(_ log: WorkoutLog, on day: Day) -> Trend? {
        let mornings = log.mornings
        guard let first = mornings.keys.min(), let last = mornings.keys.max() else { return nil }
        var found: [(day: Day, value: Double, count: Int)] = []
        for end in stride(
            from: first.number + 6, through: max(first.number + 6, last.number), by: 1)
        {
            guard let mean = PainRules.weekMean(mornings, endingOn: Day(number: end)) else {
                continue
            }
            let count = (0...6).count { mornings[Day(number: end - $0)]?.pain != nil }
            found.append((Day(number: end), mean, count))
        }
        guard let then = found.first, let now = found.last else { return nil }
        return Trend(
            name: "morning pain, week's mean", unit: "", first: then, now: now, counts: painCounts,
            isThin: false)
    }

    /// The angle with its uncertainty.
    private static func angle(_ trend: Trend, _ sets: [(day: Day, set: SetEntry)]) -> Trend {
        var trend = trend
        trend.uncertainty = sets.last { $0.set.meanDropDegrees != nil }?.set.uncertaintyDegrees
        return trend
    }

    /// The first day's value against the newest day's, each over all sets of the day.
    private static func trend(
        _ name: String, _ unit: String, _ sets: [(day: Day, set: SetEntry)], counts: Double?,
        isMean: Bool = true, _ value: (SetEntry) -> Double?
    ) -> Trend? {
        let known = sets.filter { value($0.set) != nil }
        guard let first = known.first?.day, let last = known.last?.day else { return nil }
        func sum(_ day: Day) -> (day: Day, value: Double, count: Int) {
            let of = known.filter { $0.day == day }.map(\.set)
            let count = of.reduce(0) { $0 + $1.count }
            guard isMean else { return (day, of.compactMap(value).max() ?? 0, count) }
            let weight = of.reduce(0.0) { $0 + Double(max(1, $1.count)) }
            let total = of.reduce(0.0) { $0 + (value($1) ?? 0) * Double(max(1, $1.count)) }
            return (day, total / weight, count)
        }
        let then = sum(first)
        let now = sum(last)
        return Trend(
            name: name, unit: unit, first: then, now: now, counts: counts,
            isThin: isMean && min(then.count, now.count) < ReportedMean.leastRepetitions)
    }
}
