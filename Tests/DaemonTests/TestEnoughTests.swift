// A mean of few steps or repetitions is not told, and a change of a walk needs many.

import Assessment
import Control
import Kinematics
import Testing

@testable import Daemon

@Suite struct TestEnoughTests {
    private func walk(day: Int, left: Int, right: Int, drop: Double = 5) throws -> StoredTest {
        var measures: [TestMeasure] = []
        for (side, count) in [("left", left), ("right", right)] {
            measures.append(
                TestMeasure(
                    "drop-\(side)-deg", "mean drop, \(side) stance", .degrees,
                    mean: [Double](repeating: drop * radiansPerDegree, count: count),
                    counts: .size(2 * radiansPerDegree)))
            measures.append(
                TestMeasure(
                    "step-\(side)-s", "step time, \(side) stance", .seconds,
                    mean: [Double](repeating: 0.6, count: count), counts: .share(0.1)))
        }
        measures.append(
            TestMeasure(
                "asymmetry", "left-right difference of step times", .percent, 0.02,
                count: left + right, counts: .size(0.1)))
        return try kept("T6", day: day, side: nil, measures)
    }

    /// Compensations 2: at least 20 steps for any mean that is told.
    @Test func aMeanOfFewStepsIsNotTold() throws {
        let one = try walk(day: 1, left: 12, right: 20)
        let told = one.told(among: [one])
        for id in ["drop-left-deg", "step-left-s", "asymmetry"] {
            let measure = try told.measure(id)
            #expect(measure.value == nil && measure.source == "not-measured", "\(id)")
        }
        #expect(
            told.notes.contains(
                "mean drop, left stance; step time, left stance; left-right difference of step "
                    + "times: not measured: 12 steps, 20 are needed"), "\(told.notes)")
        #expect(try told.measure("drop-right-deg").value.map { abs($0 - 5) < 1e-9 } == true)
    }

    /// Programme 5, T6: 50 steps a side; a mean of fewer is told, a change of it is not.
    @Test func aChangeOfAWalkNeedsFiftyStepsASide() throws {
        let before = try walk(day: 1, left: 60, right: 60)
        let now = try walk(day: 2, left: 49, right: 50, drop: 8)
        let told = now.told(among: [before, now])
        #expect(try told.measure("drop-left-deg").value.map { abs($0 - 8) < 1e-9 } == true)
        #expect(try told.measure("drop-left-deg").change == nil)
        #expect(try told.measure("drop-right-deg").change == "more")
        #expect(try told.measure("asymmetry").change == nil)
        #expect(
            told.notes.contains {
                $0.hasPrefix("mean drop, left stance; ")
                    && $0.hasSuffix("49 steps a side here, 60 before, a change is told from 50 on")
            }, "\(told.notes)")
        // A short walk in the past is no better.
        let long = try walk(day: 3, left: 80, right: 80)
        #expect(try long.told(among: [now, long]).measure("drop-left-deg").change == nil)
    }

    /// The first walk has none to be held against: the next will be, and from where on is told.
    @Test func aFirstWalkTellsFromWhereAChangeCounts() throws {
        let first = try walk(day: 1, left: 60, right: 60)
        let told = first.told(among: [first])
        #expect(try told.measure("step-left-s").counts.map { abs($0 - 0.06) < 1e-9 } == true)
        #expect(try told.measure("asymmetry").counts.map { abs($0 - 10) < 1e-9 } == true)
        #expect(try told.measure("step-left-s").change == nil)
        // Of a number that is not told there is no size either.
        let few = try walk(day: 2, left: 3, right: 3)
        #expect(try few.told(among: [few]).measure("step-left-s").counts == nil)
    }

    /// A drop of a walk is known to 3 degrees: 2 more are no change, whatever the programme counts.
    @Test func aChangeThatIsNotResolvedIsNone() throws {
        func walk(day: Int, drop: Double) throws -> StoredTest {
            var stored = try self.walk(day: day, left: 60, right: 60, drop: drop)
            for index in stored.measures.indices where stored.measures[index].unit == "deg" {
                stored.measures[index].uncertainty = TestMeasure.gaitUncertainty
            }
            return stored
        }
        let before = try walk(day: 1, drop: 5)
        let now = try walk(day: 2, drop: 7.5)
        let told = try now.told(among: [before, now]).measure("drop-left-deg")
        #expect(told.change == "none" && told.counts.map { abs($0 - 3) < 1e-9 } == true, "\(told)")
        let far = try walk(day: 3, drop: 8.1)
        #expect(try far.told(among: [before, far]).measure("drop-left-deg").change == "more")
    }

    @Test(arguments: ["T4", "T5", "T7", "T8"])
    func aMeanOfFewRepetitionsIsNotTold(_ test: String) throws {
        func run(_ count: Int) throws -> Rehab1.TestResult {
            let one = try kept(
                test, day: count,
                [
                    TestMeasure(
                        "drop-deg", "drop", .degrees,
                        mean: [Double](repeating: 0.1, count: count), counts: .size(0.07))
                ])
            return one.told(among: [one])
        }
        #expect(try run(5).measure("drop-deg").value != nil)
        let few = try run(4)
        #expect(try few.measure("drop-deg").value == nil)
        #expect(try few.measure("drop-deg").count == 4)
        #expect(
            few.notes.contains {
                $0.hasPrefix("drop: not measured: 4 ") && $0.hasSuffix("s, 5 are needed")
            },
            "\(few.notes)")
    }
}
