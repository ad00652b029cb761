// How many steps or repetitions a mean must be of to be told at all.

import Movement

extension TestOutcome {
    /// Numbers that are means over the repetitions, by test.
    private static let means: [String: Set<String>] = [
        "T4": ["drop-deg", "hike-deg", "lean-deg", "lean-away-deg", "lower-s"],
        "T5": ["drop-deg", "lean-deg", "lower-s", "depth"],
        "T7": ["steady-s", "drop-deg", "peak"],
        "T8": ["steady-s", "drop-deg", "peak"],
    ]

    /// The outcome without the means of too few: those are not measured, and the notes say why.
    package func leavingOutFew(of test: BatteryTest) -> TestOutcome {
        var result = self
        var why: [(reason: String, titles: [String])] = []
        for (index, measure) in measures.enumerated() where measure.value != nil {
            guard let reason = shortage(measure, in: test) else { continue }
            result.measures[index].value = nil
            result.measures[index].source = .notMeasured
            result.measures[index].uncertainty = nil
            result.measures[index].spread = nil
            if let place = why.firstIndex(where: { $0.reason == reason }) {
                why[place].titles.append(measure.title)
            } else {
                why.append((reason, [measure.title]))
            }
        }
        result.notes += why.map {
            "\($0.titles.joined(separator: "; ")): not measured: \($0.reason)"
        }
        return result
    }

    /// "12 steps, 20 are needed"; nil where a number may be told.
    private func shortage(_ measure: TestMeasure, in test: BatteryTest) -> String? {
        func short(_ count: Int, of least: Int, _ what: String) -> String? {
            count < least ? "\(count) \(count == 1 ? what : what + "s"), \(least) are needed" : nil
        }
        if test.id == "T6" {
            // Left against right needs enough of each.
            let sides = ["step-left-s", "step-right-s"].map { id in
                measures.first { $0.id == id }?.count ?? 0
            }
            let count = measure.id == "asymmetry" ? sides.min() ?? 0 : measure.count
            return short(count, of: ReportedMean.leastSteps, "step")
        }
        guard TestOutcome.means[test.id]?.contains(measure.id) == true else { return nil }
        // Of stops and landings those count that the number could be taken from.
        let what = test.id == "T7" ? "stop" : test.id == "T8" ? "landing" : "repetition"
        return short(measure.count, of: ReportedMean.leastRepetitions, what)
    }
}
