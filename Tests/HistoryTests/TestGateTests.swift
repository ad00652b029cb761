// What kept tests say to the gates (programme 2 and 5): the painful leg, the fingertip, open points, the height.

import Testing

@testable import History

@Suite struct TestGateTests {
    private static let today = Logs.today

    private static func stage(_ number: Int) -> LogEntry {
        LogEntry(day: today + -40, .stage(StageEntry(stage: number, why: "test")))
    }

    private static func painful(_ side: String) -> LogEntry {
        LogEntry(day: today, .person(PersonEntry(painfulSide: side)))
    }

    private static func run(
        _ test: String, _ side: String?, daysAgo: Int = 1,
        _ change: (inout TestEvidence) -> Void = { _ in }
    ) -> TestEvidence {
        var run = TestEvidence(test: test, day: today + -daysAgo, side: side)
        change(&run)
        return run
    }

    private static func stand(
        _ side: String, _ seconds: Double, daysAgo: Int = 1, touched: Bool? = false,
        inBand: Double? = 1
    ) -> TestEvidence {
        run("T1", side, daysAgo: daysAgo) {
            $0.hold = seconds
            $0.fingertip = touched
            $0.shareInBand = inBand
        }
    }

    private func line(
        _ name: String, _ entries: [LogEntry], _ tests: [TestEvidence]?
    ) throws -> GateLine {
        let log = try Logs.log(entries)
        let lines = try #require(Gate.lines(log, tests: tests, on: TestGateTests.today))
        return try #require(lines.first { $0.name == name })
    }

    private func standing(
        stage: Int, painful: String?, _ tests: [TestEvidence]?
    ) throws -> GateLine {
        try line(
            "one-leg stand",
            [TestGateTests.stage(stage)] + (painful.map { [TestGateTests.painful($0)] } ?? []),
            tests
        )
    }

    @Test func withoutTestsNothingIsKnownAndTheWayIsSaid() throws {
        let silent = try standing(stage: 1, painful: "left", nil)
        #expect(silent.state == .notKnown && silent.text.contains("rehabd keeps the tests"))
        let none = try standing(stage: 1, painful: "left", [])
        #expect(none.state == .notKnown && none.text.contains("rehabctl test T1 --side both"))
    }

    /// Programme 2: 10 s with a fingertip; 20 s without touch; 30 s with drop in band ≥ 90 %.
    @Test func thePainfulLegIsJudgedByItsNewestRun() throws {
        typealias Own = TestGateTests
        let touched = Own.stand("left", 11, touched: true)
        #expect(try standing(stage: 1, painful: "left", [touched]).state == .met)
        #expect(try standing(stage: 1, painful: "left", [Own.stand("left", 9)]).state == .notMet)
        // The other leg says nothing of it.
        #expect(
            try standing(stage: 1, painful: "left", [Own.stand("right", 30)]).state == .notKnown)
        // An older run gives way, and one of last week counts no more.
        let older = Own.stand("left", 30, daysAgo: 3)
        #expect(
            try standing(stage: 1, painful: "left", [older, Own.stand("left", 4)]).state == .notMet)
        let old = Own.stand("left", 30, daysAgo: 7)
        #expect(try standing(stage: 1, painful: "left", [old]).state == .notKnown)

        let free = Own.stand("left", 20.1)
        #expect(try standing(stage: 2, painful: "left", [free]).state == .met)
        #expect(try standing(stage: 2, painful: "left", [touched]).state == .notMet)
        let long = Own.stand("left", 30, touched: true)
        #expect(try standing(stage: 2, painful: "left", [long]).state == .notMet)
        let unanswered = Own.stand("left", 30, touched: nil)
        let asked = try standing(stage: 2, painful: "left", [unanswered])
        #expect(asked.state == .notKnown && asked.text.contains("fingertip"))

        #expect(
            try standing(stage: 3, painful: "left", [Own.stand("left", 30, inBand: 0.91)]).state
                == .met)
        #expect(
            try standing(stage: 3, painful: "left", [Own.stand("left", 30, inBand: 0.89)]).state
                == .notMet)
        #expect(
            try standing(stage: 3, painful: "left", [Own.stand("left", 30, inBand: nil)]).state
                == .notKnown)
    }

    @Test func wherePainIsNotSaidBothLegsMustMeetIt() throws {
        typealias Own = TestGateTests
        let both = [Own.stand("left", 12), Own.stand("right", 12)]
        #expect(try standing(stage: 1, painful: nil, both).state == .met)
        let one = [Own.stand("left", 12), Own.stand("right", 5)]
        let open = try standing(stage: 1, painful: nil, one)
        #expect(open.state == .notKnown && open.text.contains("rehabctl programme painful"))
        #expect(try standing(stage: 1, painful: "both", one).state == .notMet)
        #expect(try standing(stage: 1, painful: "left", one).state == .met)
        #expect(
            try standing(stage: 1, painful: nil, [Own.stand("left", 2), Own.stand("right", 3)])
                .state == .notMet)
    }

    /// Stage 4 to 5: sway within 25 % of the other side, from T3 of both legs.
    @Test func swayIsHeldAgainstTheOtherLeg() throws {
        typealias Own = TestGateTests
        func sway(_ side: String, _ value: Double) -> TestEvidence {
            Own.run("T3", side) { $0.sway = value }
        }
        let stand = Own.stand("left", 30)
        #expect(try standing(stage: 4, painful: "left", [stand]).state == .notKnown)
        let even = [stand, sway("left", 0.10), sway("right", 0.08)]
        #expect(try standing(stage: 4, painful: "left", even).state == .met)
        let more = [stand, sway("left", 0.11), sway("right", 0.08)]
        let told = try standing(stage: 4, painful: "left", more)
        #expect(told.state == .notMet && told.text.contains("138 % of the other side"), "\(told)")
    }

    /// Stage 3 to 4: at most 3 points at 15 cm; open parts could still be points.
    @Test(
        arguments: [
            (2, 0, 15, .met), (3, 0, 20, .met), (3, 1, 15, .notKnown), (2, 1, 15, .met),
            (4, 0, 15, .notMet), (4, 0, 20, .notKnown), (4, 0, 10, .notMet), (1, 0, 10, .notKnown),
            (1, 0, nil, .notKnown),
        ] as [(Double, Double, Double?, GateLine.State)])
    func theStepDownCountsItsOpenParts(
        _ score: Double, _ open: Double, _ height: Double?, _ state: GateLine.State
    ) throws {
        let run = TestGateTests.run("T4", "right") {
            $0.score = score
            $0.openPoints = open
            $0.stepHeight = height
        }
        let line = try line(
            "step-down", [TestGateTests.stage(3), TestGateTests.painful("right")], [run])
        #expect(line.state == state, "\(line)")
    }

    @Test func theOwnBestIsKeptByNineTenths() throws {
        func entries(_ now: (inout SetEntry) -> Void) -> [LogEntry] {
            var squatNow = Logs.set()
            now(&squatNow)
            let stand = Logs.set("one-leg-stand", number: 9) {
                $0.side = "left"
                $0.holds = [30, 12]
            }
            let squat = Logs.set {
                $0.repetitions = 10
                $0.loadKilograms = 10
            }
            return [
                TestGateTests.stage(4), LogEntry(day: TestGateTests.today + -30, .set(stand)),
                LogEntry(day: TestGateTests.today + -30, .set(squat)),
                LogEntry(
                    day: TestGateTests.today + -1,
                    .set(
                        Logs.set("one-leg-stand", number: 9) {
                            $0.side = "left"
                            $0.holds = [28]
                        })),
                LogEntry(day: TestGateTests.today, .set(squatNow)),
            ]
        }
        let kept = try line("own best kept", entries { $0.repetitions = 9 }, [])
        #expect(kept.state == .met && kept.text.contains("hold 93 %"), "\(kept)")
        #expect(kept.text.contains("load not recorded"))
        let lower = try line(
            "own best kept",
            entries {
                $0.repetitions = 10
                $0.loadKilograms = 8
            }, [])
        #expect(lower.state == .notMet && lower.text.contains("load 80 %"), "\(lower)")
        #expect(try line("own best kept", [TestGateTests.stage(4)], []).state == .notKnown)
    }

    /// Programme 5, readiness: every line of it, and none below stage 4.
    @Test func readinessForHopsLooksAtTests() throws {
        typealias Own = TestGateTests
        #expect(
            Readiness.lines(try Logs.log([Own.stage(3)]), tests: [], on: Own.today) == nil)
        func stop(_ leg: String, _ seconds: Double, pace: String? = "walk") -> TestEvidence {
            Own.run("T7", leg) {
                $0.steady = seconds
                $0.pace = pace
            }
        }
        var entries = [Own.stage(5), Own.painful("right")]
        entries += Logs.mornings([Int](repeating: 1, count: 20))
        entries.append(
            LogEntry(
                day: Own.today + -2,
                .set(Logs.set("gait", number: 19) { $0.seconds = 1_900 })))
        let tests = [
            Own.stand("right", 30),
            Own.run("T4", "right") {
                $0.score = 1
                $0.openPoints = 0
                $0.stepHeight = 20
            },
            Own.run("T5", "right") {
                $0.clean = 5
                $0.repetitions = 5
            },
            stop("left", 1.0), stop("right", 1.08),
        ]
        func states(_ tests: [TestEvidence]?) throws -> [GateLine.State] {
            try #require(Readiness.lines(try Logs.log(entries), tests: tests, on: Own.today))
                .map(\.state)
        }
        #expect(try states(tests) == [GateLine.State](repeating: .met, count: 6))
        let slower = tests.dropLast() + [stop("right", 1.2)]
        #expect(try states(Array(slower)).last == .notMet)
        // A later jog is another test, and a run of unknown pace may be one.
        #expect(try states(tests + [stop("right", 2, pace: "jog")]).last == .met)
        #expect(try states(tests.dropLast() + [stop("right", 1, pace: "jog")]).last == .notKnown)
        #expect(try states(tests.dropLast() + [stop("right", 1, pace: nil)]).last == .notKnown)
        #expect(try states(nil).count(where: { $0 == .notKnown }) == 4)
    }
}

@Suite struct TestScheduleTests {
    private func due(
        _ entries: [LogEntry], _ done: [(String, Int)]
    ) throws -> [String] {
        let tests = done.map { TestEvidence(test: $0.0, day: Logs.today + -$0.1) }
        return TestSchedule.due(try Logs.log(entries), tests: tests, on: Logs.today)
    }

    private func stage(_ number: Int, daysAgo: Int) -> LogEntry {
        LogEntry(day: Logs.today + -daysAgo, .stage(StageEntry(stage: number, why: "test")))
    }

    /// Programme 5: day 0 T1, T3, T6 (T4 if pain ≤ 3); weekly T1; weeks 4, 8, 12 … T1 to T6, in stage 5
    /// T7 and T8 too; upkeep T1 and T4 monthly.
    @Test func theScheduleIsTheProgrammes() throws {
        let first = [stage(1, daysAgo: 0)]
        #expect(try due(first, []) == ["T1", "T3", "T6"])
        let calm = first + [LogEntry(day: Logs.today, .morning(MorningEntry(pain: 3)))]
        #expect(try due(calm, [("T1", 0)]) == ["T3", "T4", "T6"])
        let done = [("T1", 10), ("T3", 10), ("T6", 10)]
        #expect(try due([stage(1, daysAgo: 10)], done) == ["T1"])
        #expect(try due([stage(1, daysAgo: 10)], done + [("T1", 6)]).isEmpty)
        let fourth = [stage(3, daysAgo: 29)]
        #expect(
            try due(fourth, [("T1", 0), ("T3", 1), ("T2", 2)]) == ["T2", "T4", "T5", "T6"])
        let last = [stage(5, daysAgo: 100)]
        let all = (1...8).map { ("T\($0)", 20) }
        #expect(try due(last, all) == ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"])
        let recent = (1...8).map { ("T\($0)", 16) }
        #expect(try due(last, recent) == ["T1"])
        #expect(try due([], []).isEmpty)
        #expect(
            TestSchedule.due(try Logs.log(first), tests: nil, on: Logs.today).isEmpty)
    }
}

@Suite struct DependenceLogTests {
    private func probe(_ workout: String, _ dependence: Double?) -> SetEntry {
        Logs.set("one-leg-stand", number: 9, workout: workout) {
            $0.probe = true
            $0.dependence = dependence
        }
    }

    /// The last set without cues of a workout tells all of it; 1 − dependence was kept.
    @Test func whatStayedWithoutCuesIsToldByWorkout() throws {
        let log = try Logs.log([
            LogEntry(day: Logs.today + -9, .set(probe("a", 0.9))),
            LogEntry(day: Logs.today + -9, .set(probe("a", 0.6))),
            LogEntry(day: Logs.today + -5, .set(probe("b", nil))),
            LogEntry(day: Logs.today, .set(probe("c", -0.2))),
        ])
        let kept = Progress.withoutCues(log)
        #expect(kept.count == 1 && kept.first?.workouts == 2)
        let trend = try #require(kept.first?.trend)
        #expect(kept.first?.withoutError == 0)
        #expect(abs(trend.first.value - 40) < 1e-9 && trend.now.value == 100)
        #expect(trend.first.day == Logs.today + -9 && trend.now.day == Logs.today)
        #expect(Progress.withoutCues(try Logs.log([])).isEmpty)
    }

    /// Where no angle left its band, nothing was improved, and no share of it was kept.
    @Test func noShareIsToldWhereThereWasNoError() throws {
        func clean(_ workout: String) -> SetEntry {
            var set = probe(workout, 0)
            set.cuedErrorDegrees = 0
            set.uncuedErrorDegrees = 0.04
            return set
        }
        var faulty = probe("b", 0.5)
        faulty.cuedErrorDegrees = 2
        faulty.uncuedErrorDegrees = 3
        let kept = try #require(
            Progress.withoutCues(try Logs.log([LogEntry(day: Logs.today, .set(clean("a")))])).first)
        #expect(kept.workouts == 1 && kept.withoutError == 1 && kept.trend == nil)
        let both = try #require(
            Progress.withoutCues(
                try Logs.log([
                    LogEntry(day: Logs.today + -2, .set(faulty)),
                    LogEntry(day: Logs.today, .set(clean("c"))),
                ])
            ).first)
        #expect(both.workouts == 2 && both.withoutError == 1)
        // Nor where sound brought nothing: an error that is no larger without it.
        var needless = probe("a", -0.25)
        needless.cuedErrorDegrees = 2
        needless.uncuedErrorDegrees = 1.5
        let first = try #require(
            Progress.withoutCues(
                try Logs.log([LogEntry(day: Logs.today, .set(needless))])
            ).first)
        #expect(first.trend == nil && first.withoutError == 0 && first.workouts == 1)
        #expect(both.trend?.now.value == 50 && both.trend?.now.day == Logs.today + -2)
    }
}
