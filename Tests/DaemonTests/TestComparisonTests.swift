// What is held against what: a run of a test against an earlier one that was done alike, or not at all.

import Assessment
import Control
import Kinematics
import Testing

@testable import Daemon

/// Kept runs, one a day.
func kept(
    _ test: String, day: Int, side: Side? = .left, _ measures: [TestMeasure],
    seen: StepDownScore.Seen? = nil, _ change: (inout StoredTest) -> Void = { _ in }
) throws -> StoredTest {
    var outcome = TestOutcome()
    outcome.measures = measures
    outcome.stepDown = seen
    var stored = StoredTest(
        name: "\(test)-\(day)-\(side?.name ?? "both")", test: try #require(TestBattery.test(test)),
        date: "2026-01-0\(day)T08:00:00Z", side: side, sensors: ["pelvis"], outcome: outcome)
    change(&stored)
    return stored
}

extension Rehab1.TestResult {
    func measure(_ id: String) throws -> Rehab1.TestMeasure {
        try #require(measures.first { $0.id == id })
    }
}

@Suite struct TestComparisonTests {
    // MARK: T3

    /// Path and jerk are sums over the time stood (compensations 6): twice the time is twice the path.
    private func sway(day: Int, seconds: Double, path: Double, side: Side? = nil) throws
        -> StoredTest
    {
        try kept(
            "T3", day: day, side: side,
            [
                TestMeasure("seconds", "standing", .seconds, seconds),
                TestMeasure(
                    "sway-both", "sway, RMS", .acceleration, path / 100, counts: .share(0.3)),
                TestMeasure("sway-path", "sway path", .acceleration, path, counts: .share(0.3)),
                TestMeasure("sway-jerk", "jerk", .jerk, path / 10, counts: .share(0.3)),
            ])
    }

    @Test func pathsOfUnlikeDurationAreNotCompared() throws {
        let before = try sway(day: 1, seconds: 30, path: 10)
        let now = try sway(day: 2, seconds: 14, path: 4.6)
        let told = now.told(among: [before, now])
        #expect(try told.measure("sway-path").change == nil)
        #expect(try told.measure("sway-path").earlier == nil)
        #expect(try told.measure("sway-jerk").change == nil)
        #expect(
            told.notes.contains(
                "sway path; jerk: not compared with \(before.date): 14.0 s here, 30.0 s before"),
            "\(told.notes)")
        // A mean over the time is what it is, however long.
        #expect(try told.measure("sway-both").change == "less")
    }

    @Test(arguments: [(28.6, "more"), (31.4, "more"), (28.4, nil), (31.6, nil)])
    func aTwentiethOfTheTimeIsAlike(_ seconds: Double, _ change: String?) throws {
        let before = try sway(day: 1, seconds: 30, path: 10)
        let now = try sway(day: 2, seconds: seconds, path: 14)
        #expect(try now.told(among: [before, now]).measure("sway-path").change == change)
    }

    /// One leg for 12 s and the other for 30 s: no index of their paths.
    @Test func theOtherSideIsHeldAgainstAlikeTimeToo() throws {
        let right = try sway(day: 1, seconds: 30, path: 10, side: .right)
        let left = try sway(day: 1, seconds: 12, path: 5, side: .left)
        let told = left.told(among: [left, right])
        #expect(told.symmetry.map(\.id) == ["sway-both"])
        #expect(
            told.notes.contains(
                "sway path; jerk: not held against the other side (\(right.date)): 12.0 s here, "
                    + "30.0 s there"), "\(told.notes)")
    }

    // MARK: T4

    private func stepDown(
        day: Int, height: Double?, knee: Int? = 0, _ degrees: Double = 6, leant: Bool? = nil
    ) throws -> StoredTest {
        var seen = StepDownScore.Seen()
        seen.pelvisOffLevel = degrees > 7
        seen.wavered = false
        seen.trunkLeant = leant
        return try kept(
            "T4", day: day,
            [
                TestMeasure(
                    "drop-deg", "drop", .degrees, degrees * radiansPerDegree, count: 5,
                    counts: .size(TestMeasure.angleChange))
            ], seen: seen
        ) {
            $0.answers.stepHeightCentimetres = height
            $0.answers.knee = knee.map { Int64($0) }
            $0.answers.handsLeftWaist = false
            $0.answers.steppedDown = false
        }
    }

    @Test func stepDownsAreComparedAtOneHeight() throws {
        let low = try stepDown(day: 1, height: 15)
        let high = try stepDown(day: 2, height: 20, 12)
        let told = high.told(among: [low, high])
        #expect(told.earlierDate == nil)
        #expect(try told.measure("score").change == nil)
        #expect(try told.measure("drop-deg").change == nil)
        #expect(
            told.notes.contains("not compared with \(low.date): a step of 20 cm here, 15 cm before")
        )
        // The one before it was at this height: that is the one to look at.
        let again = try stepDown(day: 3, height: 15, 11)
        let compared = again.told(among: [low, high, again])
        #expect(compared.earlierDate == low.date)
        #expect(try compared.measure("score").change == "more")
        #expect(try compared.measure("drop-deg").change == "more")
        #expect(
            compared.notes.contains(
                "not compared with \(high.date): a step of 15 cm here, 20 cm before"))
        let unknown = try stepDown(day: 4, height: nil)
        #expect(
            unknown.told(among: [low, unknown]).notes.contains(
                "not compared with \(low.date): the height of the step is not answered"))
    }

    /// A point in a part that was open before is no change of the person's.
    @Test func scoresOfUnlikePartsAreNotCompared() throws {
        let before = try stepDown(day: 1, height: 20, knee: nil)
        let now = try stepDown(day: 2, height: 20, knee: 2)
        let told = now.told(among: [before, now])
        #expect(try told.measure("score").value == 2)
        #expect(try told.measure("score").change == nil)
        #expect(try told.measure("drop-deg").change == "none")
        #expect(
            told.notes.contains {
                $0.hasSuffix("not compared with \(before.date): other parts were measured or asked")
            }, "\(told.notes)")
        // Measured in one and asked in the other is unlike as well.
        let worn = try stepDown(day: 3, height: 20, knee: 2, leant: false)
        #expect(try worn.told(among: [now, worn]).measure("score").change == nil)
    }

    // MARK: T2

    private func tries(day: Int, _ seconds: [Double]) throws -> StoredTest {
        var outcome = TestOutcome()
        TestScoring.addTries(seconds, to: &outcome)
        return try kept("T2", day: day, outcome.measures)
    }

    /// Programme 5, T2: a change beyond the own spread of three tries counts, of the best as of the mean.
    @Test func theBestOfThreeTriesChangesBeyondTheirSpread() throws {
        // Spread of 18, 20, 22: 2 s.
        let before = try tries(day: 1, [18, 20, 22])
        let same = try tries(day: 2, [20, 22, 24])
        let best = try same.told(among: [before, same]).measure("hold-best-s")
        #expect(best.change == "none" && best.spread.map { abs($0 - 2) < 1e-9 } == true)
        #expect(best.counts.map { abs($0 - 2) < 1e-9 } == true)
        let longer = try tries(day: 3, [23, 25, 27])
        let told = longer.told(among: [before, longer])
        #expect(try told.measure("hold-best-s").change == "more")
        #expect(try told.measure("hold-mean-s").change == "more")
        // The larger of the two spreads counts: 5 s here.
        let scattered = try tries(day: 4, [17, 22, 27])
        let counted = try scattered.told(among: [before, scattered]).measure("hold-best-s")
        #expect(counted.change == "none" && counted.counts.map { abs($0 - 5) < 1e-9 } == true)
    }

    /// Three tries of the whole time have no spread: the ends of a hold are seen to 0.2 s all the same.
    @Test func aSpreadOfNothingIsStillAsCoarseAsTheClock() throws {
        let before = try tries(day: 1, [45, 45, 45])
        let now = try tries(day: 2, [44.9, 44.9, 44.9])
        let told = now.told(among: [before, now])
        #expect(try told.measure("hold-best-s").change == "none")
        #expect(try told.measure("hold-mean-s").change == "none")
    }

    @Test func fewerTriesAreNotHeldAgainstThree() throws {
        let before = try tries(day: 1, [18, 20, 22])
        let now = try tries(day: 2, [40])
        let told = now.told(among: [before, now])
        #expect(try told.measure("hold-best-s").change == nil)
        #expect(
            told.notes.contains {
                $0.hasSuffix("not compared with \(before.date): 1 of 3 tries here, 3 before")
            }, "\(told.notes)")
    }

    // MARK: T7

    private func stop(day: Int, pace: String?, seconds: Double = 1) throws -> StoredTest {
        try kept(
            "T7", day: day,
            [
                TestMeasure(
                    "steady-s", "time to steady", .seconds, seconds, count: 5, counts: .share(0.1))
            ]
        ) { $0.answers.pace = pace }
    }

    @Test func walksAreComparedWithWalksAndJogsWithJogs() throws {
        let walk = try stop(day: 1, pace: "walk")
        let jog = try stop(day: 2, pace: "jog", seconds: 2)
        let told = jog.told(among: [walk, jog])
        #expect(told.earlierDate == nil)
        #expect(
            told.notes.contains(
                "not compared with \(walk.date): from a jog here, from a walk before"))
        let again = try stop(day: 3, pace: "walk", seconds: 1.2)
        let compared = again.told(among: [walk, jog, again])
        #expect(compared.earlierDate == walk.date)
        #expect(try compared.measure("steady-s").change == "more")
        let unknown = try stop(day: 4, pace: nil)
        #expect(
            unknown.told(among: [walk, unknown]).notes.contains(
                "not compared with \(walk.date): whether from a walk or a jog is not answered"))
    }
}
