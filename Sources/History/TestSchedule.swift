// Which tests of the battery are due (programme 5, schedule): at first, weekly, and at fixed weeks.

package enum TestSchedule {
    /// Weeks since the first day of the log at which the battery is done.
    private static let milestones = [0, 4, 8, 12, 26, 52]
    private static let atFirst = ["T1", "T3", "T6"]
    private static let later = ["T1", "T2", "T3", "T4", "T5", "T6"]
    private static let ofReturn = ["T7", "T8"]
    /// Days between the weekly T1, and between the T1 and T4 of upkeep.
    private static let week = 7
    private static let month = 30
    /// Pain up to which the step-down belongs to the first day.
    private static let stepDownPain = 3

    /// Due today, in order; empty without a stage, and where nobody could be asked for kept runs.
    package static func due(
        _ log: WorkoutLog, tests: [TestEvidence]?, on day: Day
    ) -> [String] {
        guard let tests, let stage = log.stage?.entry.stage,
            let first = log.entries.map(\.day).min(), day >= first
        else { return [] }
        func isDone(_ test: String, since start: Day) -> Bool {
            tests.contains { $0.test == test && $0.day >= start && $0.day <= day }
        }
        let reached = milestones.last { first + week * $0 <= day } ?? 0
        var wanted = reached == 0 ? atFirst : later
        if reached == 0, (log.mornings[day]?.pain).map({ $0 <= stepDownPain }) == true {
            wanted.append("T4")
        }
        if reached > 0, stage == 5 { wanted += ofReturn }
        var due = Set(wanted.filter { !isDone($0, since: first + week * reached) })
        if !isDone("T1", since: day + (1 - week)) { due.insert("T1") }
        if stage == 5, !isDone("T4", since: day + (1 - month)) { due.insert("T4") }
        return due.sorted()
    }
}
