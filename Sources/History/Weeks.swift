// Load and consistency by the week (programme 4): a bigger week than usual, and weeks done as planned.

/// What a week held.
package struct WeekLoad: Sendable, Equatable {
    /// Sum of repetitions times effort over the last seven days, of sets with an answer.
    package let now: Double
    /// Mean of the four weeks before, of those that have any.
    package let usual: Double?
    /// Sets without an answer for effort, which are in no sum.
    package let unknown: Int

    /// Above this share of usual a week is called bigger (engineering default).
    private static let flagged = 1.3

    package var isBigger: Bool { usual.map { now > WeekLoad.flagged * $0 } ?? false }
}

package enum Weeks {
    /// Share of the planned workouts that makes a week count (programme 4).
    private static let planned = 0.7

    private static func load(_ set: SetEntry) -> Double? {
        guard let effort = set.effort else { return nil }
        // A hold counts for as many repetitions as it has fives of seconds.
        let held = set.holds.reduce(0) { $0 + $1 / 5 }
        let count = Double(max(set.repetitions, set.steps, set.landings)) + held
        return count * Double(effort)
    }

    package static func load(_ log: WorkoutLog, on day: Day) -> WeekLoad? {
        func sum(_ week: Int) -> (load: Double, known: Int, unknown: Int) {
            let sets = log.sets.filter { (7 * week..<7 * week + 7).contains(day - $0.day) }
            let loads = sets.compactMap { load($0.set) }
            return (loads.reduce(0, +), loads.count, sets.count - loads.count)
        }
        let now = sum(0)
        guard now.known > 0 else { return nil }
        let before = (1...4).map(sum).filter { $0.known > 0 }
        return WeekLoad(
            now: now.load,
            usual: before.isEmpty
                ? nil : before.reduce(0) { $0 + $1.load } / Double(before.count),
            unknown: now.unknown)
    }

    /// Weeks in a row, the present one aside, with at least 70 % of the stage's workouts.
    ///
    /// A week without any set at all is a rest week, which breaks nothing and counts for nothing; two in
    /// a row end the count.
    package static func streak(_ log: WorkoutLog, on day: Day) -> Int? {
        guard let stage = log.stage?.entry.stage, let plan = Programme.stage(stage) else {
            return nil
        }
        var count = 0
        var resting = 0
        for week in 1...520 {
            let workouts = Set(
                log.sets.filter { (7 * week..<7 * week + 7).contains(day - $0.day) }
                    .map(\.set.workout))
            if workouts.isEmpty {
                resting += 1
                if resting > 1 { break }
                continue
            }
            resting = 0
            guard Double(workouts.count) >= planned * Double(plan.workoutsAWeek) else { break }
            count += 1
        }
        return count
    }
}
