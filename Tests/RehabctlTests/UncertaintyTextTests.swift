// Angles with their uncertainty, means only of enough, and what the log keeps of a set (compensations 2, exercises 0).

import Control
import History
import Testing

@testable import rehabctl

@Suite struct UncertaintyTextTests {
    private func summary(
        holds: [Rehab1.Hold] = [], repetitions: [Rehab1.Repetition] = [],
        steps: Rehab1.Steps? = nil, rules: [Rehab1.RuleResult] = []
    ) -> Rehab1.Summary {
        Rehab1.Summary(
            exercise: "squat", title: "Squat", durationSeconds: 60, holds: holds, rules: rules,
            cues: 0, notHeard: 0, packets: 0, gaps: 0, lostSamples: 0, unknownShare: 0,
            notMeasured: [], repetitions: repetitions, steps: steps)
    }

    private func lines(_ summary: Rehab1.Summary) -> [String] {
        ExerciseText(style: Style(isColourful: false)).summary(summary)
    }

    private func repetition(
        _ number: Int, seen: Bool = true, range: Double? = 35, drop: Double? = 4
    ) -> Rehab1.Repetition {
        Rehab1.Repetition(
            number: Int64(number), seen: seen, raiseSeconds: 2.004, holdSeconds: 1,
            lowerSeconds: 3, restSeconds: 1.5, range: range,
            rangeUnit: range == nil ? nil : "degrees", meanDropDegrees: drop, label: "level?",
            clean: true, uncertaintyDegrees: 4.5)
    }

    @Test func theHeadsOfAnglesTellTheirUncertainty() {
        let hold = Rehab1.Hold(
            side: "left", startSeconds: 0, durationSeconds: 10, meanDropDegrees: 2,
            maxDropDegrees: 4, maxHikeDegrees: 1, endedBy: "lowered", uncertaintyDegrees: 3)
        let held = lines(summary(holds: [hold]))
        #expect(
            held.contains {
                $0.contains("mean drop ± 3.0") && $0.contains("most drop ± 3.0")
                    && $0.contains("most hike ± 3.0")
            }, "\(held)")
        let rule = Rehab1.RuleResult(
            id: "C01", signal: "drop", measured: true, cues: 0, episodes: 0)
        let moved = lines(summary(repetitions: [repetition(1)], rules: [rule]))
        #expect(
            moved.contains { $0.contains("range ± 4.5") && $0.contains("most drop ± 4.5") },
            "\(moved)")
        // Centimetres of height have another error.
        var high = repetition(1)
        high.rangeUnit = "cm"
        #expect(!lines(summary(repetitions: [high])).contains { $0.contains("range ±") })
    }

    @Test func meansOfFewStepsAreNotMeasured() {
        func side(_ count: Int64) -> Rehab1.StepSide {
            Rehab1.StepSide(
                count: count, meanSeconds: 0.5, meanDropDegrees: 6.4, meanLeanDegrees: 1)
        }
        let told = lines(
            summary(
                steps: Rehab1.Steps(left: side(4), right: side(20), uncertaintyDegrees: 3)))
        #expect(told.contains { $0.contains("mean drop ± 3.0") && $0.contains("mean lean ± 3.0") })
        let left = told.first { $0.hasPrefix("  left ") && $0.contains("not measured") }
        #expect(left?.contains("6.4") == false && left?.contains(" 4 ") == true, "\(told)")
        #expect(told.contains { $0.hasPrefix("  right ") && $0.contains("6.4 deg") })
        #expect(
            told.contains(
                "  means of the left leg's steps: not measured (20 steps are needed)"), "\(told)")
        #expect(
            told.contains { $0.contains("cadence") && $0.contains("(20 steps are needed)") })
    }

    @Test func theLogKeepsWhatIsAlwaysRecorded() {
        let rules = [
            Rehab1.RuleResult(
                id: "C01", signal: "drop", measured: true, cues: 1, episodes: 2, activeShare: 0.25),
            Rehab1.RuleResult(
                id: "C02", signal: "lean-ipsilateral", measured: false, cues: 0, episodes: 0),
        ]
        var cut = repetition(3, range: 20)
        cut.judged = false
        let entry = SetEntry(
            time: "", workout: "w", exercise: "squat", number: 11,
            summary: summary(
                repetitions: [repetition(1), repetition(2, range: 33.333), cut], rules: rules))
        #expect(entry.ranges == [35, 33.33] && entry.rangeUnit == "degrees")
        #expect(
            entry.tempo
                == PhaseTimes(raise: [2, 2], hold: [1, 1], lower: [3, 3], rest: [1.5]))
        #expect(entry.activeShares == ["C01 drop": 0.25])
        #expect(entry.uncertaintyDegrees == 4.5 && entry.unseenHolds == nil)
        // Three repetitions have no mean; five have.
        #expect(entry.meanDropDegrees == nil)
        let five = SetEntry(
            time: "", workout: "w", exercise: "squat", number: 11,
            summary: summary(repetitions: (1...5).map { repetition($0) }))
        #expect(five.meanDropDegrees == 4)
    }

    @Test func holdsByTheClockAreKeptAsSuch() {
        let entry = SetEntry(
            time: "", workout: "w", exercise: "static-abd-stand", number: 3,
            summary: summary(
                repetitions: (1...2).map { repetition($0, seen: false, range: nil, drop: nil) }))
        #expect(entry.unseenHolds == [1, 1] && entry.holds.isEmpty)
        #expect(entry.tempo == nil && entry.ranges == nil)
        #expect(WorkoutText.amount(entry) == "2 repetitions by the clock, held 1.0 s each")
        // On one leg, where no shift of weight was seen before the hold.
        let stood = SetEntry(
            time: "", workout: "w", exercise: "one-leg-stand", number: 9,
            summary: summary(holds: [
                Rehab1.Hold(
                    side: "left", startSeconds: 0, durationSeconds: 12.345, endedBy: "lowered",
                    seen: false)
            ]))
        #expect(stood.unseenHolds == [12.35] && stood.holds.isEmpty)
    }
}
