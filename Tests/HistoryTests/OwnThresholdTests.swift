// A person's own thresholds by the log: where they begin, shrink, widen, and what a hand sets.

import Testing

@testable import History

@Suite struct OwnThresholdTests {
    private let standard = StandardThreshold(
        exercise: "one-leg-stand", rule: "C01", signal: "drop", on: 4, floor: 3)

    private func set(
        _ workout: String, typical: Double? = nil, clean: Double? = nil, day: Int = 0
    ) -> LogEntry {
        LogEntry(
            day: Logs.today + day,
            .set(
                Logs.set("one-leg-stand", number: 9, workout: workout) {
                    if let typical { $0.typicalDegrees = ["C01 drop": typical] }
                    $0.repetitions = clean == nil ? 0 : 10
                    $0.cleanShare = clean
                }))
    }

    private func hand(_ value: Double?, _ by: String = "the physiotherapist") -> LogEntry {
        LogEntry(
            day: Logs.today,
            .threshold(
                ThresholdEntry(exercise: "one-leg-stand", rule: "C01", onDegrees: value, by: by)))
    }

    private func threshold(_ entries: [LogEntry]) throws -> OwnThreshold {
        OwnThresholds.threshold(standard, log: try Logs.log(entries))
    }

    @Test func itIsTheExercisesOwnUntilThreeSetsAreThere() throws {
        #expect(try threshold([set("a", typical: 9)]).on == 4)
        let two = try threshold([set("a", typical: 9), set("b", typical: 9)])
        #expect(two.on == 4 && two.baseline == 2 && !two.differs)
    }

    /// Median 6, median absolute deviation 1: 6 + 1.4826.
    @Test func itBeginsAboveWhatThePersonUsuallyDoes() throws {
        let own = try threshold([
            set("a", typical: 5), set("a", typical: 6), set("a", typical: 8),
        ])
        #expect(abs(own.on - 7.4826) < 1e-9)
        #expect(own.differs && own.history.count == 1)
        // A level person keeps the exercise's own.
        let level = try threshold([
            set("a", typical: 0.5), set("a", typical: 1), set("a", typical: 1.5),
        ])
        #expect(level.on == 4 && level.history.isEmpty)
    }

    @Test func itShrinksWithSuccessToTheTargetAndWidensWithout() throws {
        let baseline = [set("a", typical: 6), set("a", typical: 6), set("a", typical: 6)]
        func after(_ shares: [Double]) throws -> Double {
            try threshold(
                baseline + shares.enumerated().map { set("w\($0)", typical: 6, clean: $1) }
            ).on
        }
        #expect(try after([0.9]) == 6)
        #expect(try after([0.9, 0.8]) == 5)
        #expect(try after([0.9, 0.79, 0.9]) == 6)
        #expect(try after([0.9, 0.9, 0.9, 0.9]) == 4)
        #expect(try after(.init(repeating: 1, count: 20)) == 4)
        #expect(try after([0.9, 0.9, 0.4, 0.4]) == 6)
        #expect(try after(.init(repeating: 0.1, count: 20)) == 6)
        #expect(try after([0.5, 0.5, 0.5]) == 6)
    }

    /// Two sets of one workout are one workout.
    @Test func workoutsCountAndNotSets() throws {
        let baseline = [set("a", typical: 6), set("a", typical: 6), set("a", typical: 6)]
        #expect(try threshold(baseline + [set("b", clean: 1), set("b", clean: 1)]).on == 6)
        #expect(try threshold(baseline + [set("b", clean: 1), set("c", clean: 1)]).on == 5)
    }

    @Test func aHandSetsItAtOnceAndTakesItBack() throws {
        let set8 = try threshold([hand(8)])
        #expect(set8.on == 8 && set8.by == "the physiotherapist")
        #expect(try threshold([hand(8), hand(nil)]).on == 4)
        // Never below the floor.
        #expect(try threshold([hand(1)]).on == 3)
        // Success brings it no lower than what was set.
        let baseline = [set("a", typical: 1), set("a", typical: 1), set("a", typical: 1)]
        let wins = (0..<6).map { set("w\($0)", clean: 1) }
        #expect(try threshold(baseline + [hand(3.5)] + wins).on == 3.5)
        #expect(try threshold(baseline + [hand(8)] + wins).on == 8)
    }

    @Test func everyChangeIsALine() throws {
        let own = try threshold([hand(8), hand(6, "Dr. Roe"), hand(nil, "Dr. Roe")])
        #expect(
            own.history == [
                "2026-11-26 set to 8.0 by the physiotherapist", "2026-11-26 set to 6.0 by Dr. Roe",
                "2026-11-26 taken back by Dr. Roe",
            ])
    }

    @Test func otherExercisesAndRulesAreNobodysBusiness() throws {
        let other = LogEntry(
            day: Logs.today,
            .threshold(ThresholdEntry(exercise: "squat", rule: "C01", onDegrees: 9, by: "x")))
        let rule = LogEntry(
            day: Logs.today,
            .threshold(
                ThresholdEntry(exercise: "one-leg-stand", rule: "C04", onDegrees: 9, by: "x")))
        #expect(try threshold([other, rule]).on == 4)
    }
}

@Suite struct ProgressTests {
    private func set(_ day: Int, drop: Double?, holds: [Double]) -> LogEntry {
        LogEntry(
            day: Logs.today + day,
            .set(
                Logs.set("one-leg-stand", number: 9, workout: "\(day)") {
                    $0.side = "left"
                    $0.meanDropDegrees = drop
                    $0.holds = holds
                }))
    }

    private func verdicts(_ entries: [LogEntry]) throws -> [String: String] {
        let line = try #require(Progress.lines(try Logs.log(entries)).first)
        return Dictionary(uniqueKeysWithValues: line.trends.map { ($0.name, $0.verdict) })
    }

    @Test func aChangeIsOneOnlyAboveTheSizeThatCounts() throws {
        let holds = [10.0, 10, 10, 10, 10]
        let small = try verdicts([
            set(-20, drop: 6, holds: holds), set(0, drop: 2.5, holds: holds),
        ])
        #expect(small["mean drop"] == "no measurable change (4.0 deg counts)")
        #expect(small["longest hold"] == "no measurable change (5.0 s counts)")
        let large = try verdicts([
            set(-20, drop: 6, holds: holds), set(0, drop: 1.5, holds: [15, 9, 8, 8, 8]),
        ])
        #expect(large["mean drop"] == "less by 4.5 deg")
        #expect(large["longest hold"] == "more by 5.0 s")
    }

    @Test func fewHoldsAreNoMean() throws {
        let thin = try verdicts([
            set(-20, drop: 9, holds: [10, 10]), set(0, drop: 1, holds: [10, 10]),
        ])
        #expect(thin["mean drop"]?.hasPrefix("too few") == true)
        #expect(try verdicts([set(0, drop: 1, holds: [10])])["mean drop"] == "one day so far")
    }

    @Test func whatWasNotMeasuredIsNotShown() throws {
        #expect(try verdicts([set(0, drop: nil, holds: [10])])["mean drop"] == nil)
    }

    @Test func painIsComparedByWeeks() throws {
        let fell = [Int](repeating: 5, count: 7) + [Int](repeating: 3, count: 7)
        let trend = try #require(
            Progress.pain(try Logs.log(Logs.mornings(fell)), on: Logs.today))
        #expect(trend.first.value == 5 && trend.now.value == 3)
        #expect(trend.verdict == "less by 2.0")
        #expect(Progress.pain(try Logs.log(Logs.mornings([1, 2])), on: Logs.today) == nil)
    }
}
