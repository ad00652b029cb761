// Pain rules by hand-made logs: caps, verdicts, mornings, and when nothing is known.

import Testing

@testable import History

/// Logs written by hand.
enum Logs {
    static let today = Day(number: 20_783)

    static func mornings(_ pains: [Int?], endingOn day: Day = today) -> [LogEntry] {
        pains.enumerated().compactMap { index, pain in
            pain.map {
                LogEntry(day: day + (index - pains.count + 1), .morning(MorningEntry(pain: $0)))
            }
        }
    }

    static func set(
        _ exercise: String = "squat", number: Int = 11, workout: String = "w",
        _ change: (inout SetEntry) -> Void = { _ in }
    ) -> SetEntry {
        var set = SetEntry(
            time: "2026-11-26T08:00:00Z", workout: workout, exercise: exercise, number: number)
        change(&set)
        return set
    }

    static func log(_ entries: [LogEntry]) throws -> WorkoutLog {
        let path =
            try Folder.shared.path + "/\(entries.count)-\(UInt64.random(in: 0 ... .max)).jsonl"
        var log = try WorkoutLog(path: path)
        try log.append(entries)
        return log
    }
}

@Suite struct PainRuleTests {
    /// Programme 3: people arrive with pain, so the cap works from where they are.
    @Test(
        arguments: [
            (1, 11, 0, 2), (1, 11, 2, 2), (1, 11, 3, 4), (1, 11, 5, 5), (2, 11, nil, 3),
            (3, 11, 4, 5),
            (4, 11, 5, 5), (5, 21, 0, 3), (5, 21, 4, 5), (5, 20, 0, 5),
        ] as [(Int, Int, Int?, Int)])
    func theCapWorksFromWhereThePersonIs(_ stage: Int, _ exercise: Int, _ before: Int?, _ cap: Int)
    {
        #expect(PainRules.cap(stage: stage, exercise: exercise, before: before) == .upTo(cap))
    }

    @Test func abovePainFiveOnlyGentleOnesRemain() {
        for exercise in [4, 9, 11, 21] {
            #expect(PainRules.cap(stage: 3, exercise: exercise, before: 6) == .gentleOnly)
        }
        for exercise in [1, 2, 3, 22] {
            #expect(PainRules.cap(stage: 3, exercise: exercise, before: 6) != .gentleOnly)
        }
    }

    @Test func withoutAStageThereIsNoCap() {
        #expect(PainRules.cap(stage: nil, exercise: 9, before: 2) == .notKnown)
    }

    @Test(
        arguments: [
            (2, 2, 3, .goOn), (2, 4, 3, .endExercise), (2, 5, 5, .endWorkout),
            (1, 4, 5, .endWorkout),
            (4, 6, 5, .endWorkout), (nil, 6, 3, .endWorkout), (nil, 5, nil, .goOn),
            (2, nil, 2, .goOn), (6, 6, 6, .goOn), (6, 7, 6, .endWorkout), (3, 4, 4, .goOn),
        ] as [(Int?, Int?, Int?, PainVerdict)])
    func painInASet(_ before: Int?, _ during: Int?, _ cap: Int?, _ verdict: PainVerdict) {
        #expect(PainRules.verdict(before: before, during: during, cap: cap) == verdict)
    }

    @Test func usualIsTheMedianOfTheWeekBefore() throws {
        // Today's 9 does not count for today's usual; 8 days ago does not either.
        let log = try Logs.log(Logs.mornings([9, 1, nil, 2, 2, nil, 3, 4, 9]))
        #expect(PainRules.usual(log.mornings, before: Logs.today) == 2)
        let even = try Logs.log(Logs.mornings([1, 2, 3, 4, 0]))
        #expect(PainRules.usual(even.mornings, before: Logs.today) == 2.5)
        let few = try Logs.log(Logs.mornings([1, 2, 5]))
        #expect(PainRules.usual(few.mornings, before: Logs.today) == nil)
    }

    private func rules(_ entries: [LogEntry], on day: Day = Logs.today) throws -> [String] {
        PainRules.advice(try Logs.log(entries), on: day).map(\.rule)
    }

    @Test func aMorningTwoAboveUsualIsP3AndTwiceIsP4() throws {
        #expect(try rules(Logs.mornings([2, 2, 2, 2, 3])) == [])
        #expect(try rules(Logs.mornings([2, 2, 2, 2, 4])) == ["P3"])
        #expect(try rules(Logs.mornings([2, 2, 2, 2, 4, 2, 4])) == ["P4"])
        // Woken by the hip counts without any number.
        let woken = [LogEntry(day: Logs.today, .morning(MorningEntry(woken: true)))]
        #expect(try rules(woken) == ["P3"])
    }

    @Test func threeInAFortnightIsP5() throws {
        #expect(try rules(Logs.mornings([2, 2, 2, 4, 2, 2, 2, 4, 2, 2, 2, 4])) == ["P5"])
    }

    @Test func twoRisingWeeksAreP5() throws {
        let rising =
            [Int](repeating: 1, count: 7) + [Int](repeating: 3, count: 7)
            + [Int](repeating: 5, count: 7)
        #expect(try rules(Logs.mornings(rising)).contains("P5"))
        let level = [Int](repeating: 1, count: 21)
        #expect(try !rules(Logs.mornings(level)).contains("P5"))
    }

    @Test func fourWeeksWithoutAChangeIsP6() throws {
        #expect(try rules(Logs.mornings([Int](repeating: 4, count: 35))) == ["P6"])
        let fell = [Int](repeating: 4, count: 28) + [Int](repeating: 2, count: 7)
        #expect(try rules(Logs.mornings(fell)) == [])
    }

    @Test func aFortnightWithoutPainIsP7() throws {
        #expect(try rules(Logs.mornings([Int](repeating: 0, count: 14))) == ["P7"])
        #expect(try rules(Logs.mornings([0, 0, 0])) == [])
    }

    @Test func missingAnswersHoldProgress() throws {
        let old = [LogEntry(day: Logs.today + -5, .set(Logs.set()))]
        #expect(try rules(old) == ["P8"])
        #expect(try rules(old + Logs.mornings([3])) == [])
        #expect(try rules([LogEntry(day: Logs.today, .set(Logs.set()))]) == [])
    }

    @Test func p4TakesOneStageDownForSevenDays() throws {
        let stage = LogEntry(day: Logs.today + -30, .stage(StageEntry(stage: 3, why: "test")))
        let log = try Logs.log([stage] + Logs.mornings([2, 2, 2, 2, 4, 2, 4]))
        let now = try #require(PainRules.stageNow(log, on: Logs.today))
        #expect(now.stage == 2)
        #expect(now.reason?.contains("P4") == true)
        #expect(PainRules.stageNow(log, on: Logs.today + 20)?.stage == 3)
        let first = try Logs.log(
            [LogEntry(day: Logs.today + -30, .stage(StageEntry(stage: 1, why: "test")))]
                + Logs.mornings([2, 2, 2, 2, 4, 2, 4]))
        #expect(PainRules.stageNow(first, on: Logs.today)?.stage == 1)
    }
}

@Suite struct GateTests {
    private func states(_ entries: [LogEntry]) throws -> [String: GateLine.State] {
        let lines = try #require(Gate.lines(try Logs.log(entries), on: Logs.today))
        return Dictionary(uniqueKeysWithValues: lines.map { ($0.name, $0.state) })
    }

    private let stage1 = LogEntry(
        day: Logs.today + -20, .stage(StageEntry(stage: 1, why: "test")))

    @Test func anEmptyLogMeetsNothingAndClaimsNothing() throws {
        let states = try states([stage1])
        #expect(states["time in the stage"] == .met)
        #expect(states["workouts"] == .notMet)
        for name in [
            "pain in sets", "mornings", "nights", "weekly mean", "clean repetitions",
            "one-leg stand",
        ] {
            #expect(states[name] == .notKnown, "\(name)")
        }
    }

    @Test func aGoodWeekMeetsWhatTheLogShows() throws {
        var entries = [stage1]
        for day in 0..<5 {
            entries.append(
                LogEntry(
                    day: Logs.today + -day,
                    .set(
                        Logs.set("bridge", number: 6, workout: "w\(day)") {
                            $0.during = 1
                            $0.repetitions = 10
                            $0.cleanShare = 0.9
                        })))
        }
        for day in 0..<14 {
            entries.append(
                LogEntry(
                    day: Logs.today + -day, .morning(MorningEntry(pain: 1, night: 2))))
        }
        let states = try states(entries)
        for name in [
            "workouts", "pain in sets", "mornings", "nights", "weekly mean",
            "clean repetitions",
        ] {
            #expect(states[name] == .met, "\(name)")
        }
        // 5 of 7 is 71 %.
        #expect(states["one-leg stand"] == .notKnown)
    }

    /// The gate uses the stage's plain cap, not the one that pain before raised.
    @Test func theGateUsesThePlainCap() throws {
        let sets = (0..<10).map { index in
            LogEntry(
                day: Logs.today,
                .set(
                    Logs.set(workout: "\(index)") {
                        $0.cap = 4
                        $0.during = index < 2 ? 3 : 1
                    }))
        }
        #expect(try states([stage1] + sets)["pain in sets"] == .notMet)
        #expect(try states([stage1] + sets.dropFirst())["pain in sets"] == .notMet)
        #expect(try states([stage1] + sets.dropFirst(2))["pain in sets"] == .met)
    }
}
