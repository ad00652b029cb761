// The mix of patterns, the drift inside a set, left against right: from summaries written by hand.

import Control
import History
import Testing

@testable import rehabctl

@Suite struct SetPatternTests {
    private func repetition(
        _ number: Int, lower: Double = 3, drop: Double? = 1, label: String = "level?",
        seen: Bool = true
    ) -> Rehab1.Repetition {
        Rehab1.Repetition(
            number: Int64(number), seen: seen, raiseSeconds: 2, holdSeconds: 1,
            lowerSeconds: lower, restSeconds: 1, meanDropDegrees: drop, label: label, clean: true)
    }

    private func summary(
        _ repetitions: [Rehab1.Repetition], tempoKept: Double? = nil, title: String = "Squat"
    ) -> Rehab1.Summary {
        Rehab1.Summary(
            exercise: "squat", title: title, durationSeconds: 60, holds: [], rules: [], cues: 0,
            notHeard: 0, packets: 0, gaps: 0, lostSamples: 0, unknownShare: 0, notMeasured: [],
            repetitions: repetitions, tempoKept: tempoKept)
    }

    private func entry(
        _ side: String?, _ change: (inout SetEntry) -> Void = { _ in }
    ) -> SetEntry {
        var entry = SetEntry(time: "", workout: "w", exercise: "stand", number: 9)
        entry.side = side
        change(&entry)
        return entry
    }

    @Test func theMixNamesTheMostFrequentFirst() {
        #expect(
            SetPatterns.mix(["level?", "drop?", "drop?", "hike", "drop?"])
                == "drop? in 3 of 5, level? in 1, hike in 1")
        #expect(SetPatterns.mix(["level?"]) == nil)
        #expect(SetPatterns.mix([String]()) == nil)
    }

    /// Data were missing in it: neither a pattern nor part of the mix.
    @Test func aRepetitionWithAGapHasNoPattern() {
        var cut = repetition(2, label: "level?")
        cut.judged = false
        let drops = [repetition(1, label: "drop?"), cut, repetition(3, label: "drop?")]
        #expect(SetPatterns.mix(summary(drops)) == "drop? in 2 of 2")
        let lines = ExerciseText(style: Style(isColourful: false)).summary(summary(drops))
        #expect(lines.contains { $0.hasPrefix("  2 ") && $0.hasSuffix("not measured") })
        #expect(!lines.contains { $0.contains("level?") })
    }

    /// What no shape of movement fits is told as what it is.
    @Test func roughTimesAreToldAsSuch() {
        var rough = repetition(2, lower: 2.5)
        rough.timed = false
        let lines = ExerciseText(style: Style(isColourful: false)).summary(
            summary([repetition(1), rough]))
        #expect(
            lines.contains {
                $0.hasPrefix("  1 ") && $0.contains(" 3.0 s") && !$0.contains("about")
            })
        #expect(lines.contains { $0.hasPrefix("  2 ") && $0.contains("about 2.5 s") })
    }

    /// C16: the last third's drop 2 degrees more, or its lowering a fifth shorter.
    @Test func driftIsTheLastThirdAgainstTheFirst() {
        let drops = [1.0, 1, 2, 2, 3, 3].enumerated().map {
            repetition($0.offset, drop: $0.element)
        }
        #expect(
            SetPatterns.drift(summary(drops))
                == "mean drop more by 2 deg or above in the last third; lowering not measured")
        #expect(
            SetPatterns.drift(summary(drops, tempoKept: 0.75))
                == "mean drop more by 2 deg or above, lowering 25 % shorter in the last third")
        // Its size is a mean, and means are of five at least (compensations 2).
        let long = (0..<15).map { repetition($0, drop: $0 < 5 ? 1 : $0 < 10 ? 2 : 3) }
        #expect(
            SetPatterns.drift(summary(long))
                == "mean drop 2.0 deg more in the last third; lowering not measured")
        let level = (0..<6).map { repetition($0) }
        #expect(
            SetPatterns.drift(summary(level, tempoKept: 0.85))
                == "none that counts (mean drop below 2 deg, lowering below 20 %)")
        // Rough times say nothing of the lowering, a posture without a drop nothing of that.
        #expect(
            SetPatterns.drift(summary(level))
                == "none that counts (mean drop below 2 deg); lowering not measured")
        let lying = (0..<6).map { repetition($0, drop: nil) }
        #expect(
            SetPatterns.drift(summary(lying, tempoKept: 0.85))
                == "none that counts (lowering below 20 %); mean drop not measured")
        #expect(SetPatterns.drift(summary(lying)) == nil)
        #expect(SetPatterns.drift(summary(Array(level.prefix(4)))) == nil)
        #expect(
            SetPatterns.drift(summary(Array(level.prefix(5))))
                == "none that counts (mean drop below 2 deg); lowering not measured")
        // Repetitions by the clock say nothing.
        #expect(SetPatterns.drift(summary((0..<6).map { repetition($0, seen: false) })) == nil)
    }

    /// Compensations 2: whoever reads a mean reads of how many it is.
    @Test func aMeanOfHoldsSaysOfHowMany() {
        func hold(_ side: String, _ drop: Double) -> Rehab1.Hold {
            var hold = Rehab1.Hold(
                side: side, startSeconds: 0, durationSeconds: 5, shareInBand: 1,
                endedBy: "foot-down",
                label: "level?")
            hold.meanDropDegrees = drop
            return hold
        }
        var stand = summary([], title: "Stand")
        stand.holds = [hold("left", 1), hold("left", 2), hold("right", 3)]
        let lines = ExerciseText(style: Style(isColourful: false)).summary(stand)
        #expect(
            lines.contains { $0.hasSuffix("mean drop left 1.5 (2 holds), right 3.0 deg (1 hold)") },
            "\(lines)")
    }

    @Test func bothLegsAreSetBesideEachOther() {
        let slow = (0..<5).map { repetition($0, lower: 5) }
        let fast = (0..<5).map { repetition($0, lower: 3) }
        let done = [
            (
                entry: entry("left") {
                    $0.holds = [10]
                    $0.meanDropDegrees = 1
                    $0.cleanShare = 0.5
                }, summary: summary(slow, title: "Stand")
            ),
            (
                entry: entry("right") {
                    $0.holds = [12]
                    $0.meanDropDegrees = 5.5
                    $0.cleanShare = 1
                }, summary: summary(fast, title: "Stand")
            ),
        ]
        #expect(
            SetPatterns.leftRight(done) == [
                "Stand, left and right: held 10.0 and 12.0 s (20 % apart); repetitions of 8.0 and "
                    + "6.0 s, mean of 5 and 5 (33 % apart); mean drop 1.0 and 5.5 deg, of 1 and 1 set "
                    + "(4.5 apart); clean 50 % and 100 %"
            ])
        // Four a leg have no mean time; angles are told with their uncertainty.
        let few = done.map { one in
            var entry = one.entry
            entry.uncertaintyDegrees = 3
            var summary = one.summary
            summary.repetitions.removeLast()
            return (entry: entry, summary: summary)
        }
        #expect(
            SetPatterns.leftRight(few).first?.contains(
                "times of repetitions not measured (5 a leg are needed); mean drop 1.0 and 5.5 deg, each "
                    + "± 3.0 deg, of 1 and 1 set") == true)
        let even = [
            (entry: entry("left") { $0.holds = [10] }, summary: summary([])),
            (entry: entry("right") { $0.holds = [11] }, summary: summary([])),
        ]
        #expect(
            SetPatterns.leftRight(even) == ["Squat, left and right: held 10.0 and 11.0 s (even)"])
        #expect(SetPatterns.leftRight([even[0]]).isEmpty)
    }
}
