// Load and consistency by the week, by hand-made logs.

import Testing

@testable import History

@Suite struct WeekTests {
    private func set(_ daysAgo: Int, _ repetitions: Int, effort: Int?, workout: String? = nil)
        -> LogEntry
    {
        LogEntry(
            day: Logs.today + -daysAgo,
            .set(
                Logs.set(workout: workout ?? "\(daysAgo)") {
                    $0.repetitions = repetitions
                    $0.effort = effort
                }))
    }

    @Test func loadIsRepetitionsTimesEffort() throws {
        let log = try Logs.log([
            set(20, 10, effort: 2), set(10, 10, effort: 4), set(8, 10, effort: 2),
            set(3, 10, effort: 3), set(0, 10, effort: 3), set(0, 10, effort: nil),
        ])
        let load = try #require(Weeks.load(log, on: Logs.today))
        // 60 now; 60 a week ago, 20 two weeks ago, so 40 on the mean: half as much again.
        #expect(load == WeekLoad(now: 60, usual: 40, unknown: 1))
        #expect(load.isBigger)
        #expect(!WeekLoad(now: 52, usual: 40, unknown: 0).isBigger)
        #expect(!WeekLoad(now: 52, usual: nil, unknown: 0).isBigger)
    }

    @Test func withoutAnAnswerThereIsNoLoad() throws {
        #expect(Weeks.load(try Logs.log([set(0, 10, effort: nil)]), on: Logs.today) == nil)
    }

    @Test func weeksCountAndOneRestWeekBreaksNothing() throws {
        let stage = LogEntry(day: Logs.today + -90, .stage(StageEntry(stage: 3, why: "test")))
        // Stage 3 plans four a week; three are 75 %.
        func week(_ number: Int, _ workouts: Int) -> [LogEntry] {
            (0..<workouts).map { set(7 * number + $0, 5, effort: 1) }
        }
        func streak(_ weeks: [Int]) throws -> Int? {
            var entries = [stage]
            for (index, count) in weeks.enumerated() { entries += week(index + 1, count) }
            return Weeks.streak(try Logs.log(entries), on: Logs.today)
        }
        #expect(try streak([3, 4, 3]) == 3)
        #expect(try streak([3, 0, 3]) == 2)
        #expect(try streak([3, 0, 0, 3]) == 1)
        #expect(try streak([3, 2, 3]) == 1)
        #expect(try streak([]) == 0)
        #expect(Weeks.streak(try Logs.log([set(8, 5, effort: 1)]), on: Logs.today) == nil)
    }
}
