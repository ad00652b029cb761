// Which exercises miss a goal by themselves: an average over 21 hides one that does badly.

/// The goals of the feedback section, held against one exercise.
enum FeedbackGoals {
    static let cuedPercent = 98.0
    static let labelsPercent = 95.0
    static let falseInFiveMinutes = 1.0
    static let countsPercent = 99.0

    /// What the exercise misses, in words; empty: nothing.
    static func missed(_ score: FeedbackScore) -> [String] {
        var texts: [String] = []
        func check(_ part: Int, of whole: Int, _ goal: Double, _ name: String) {
            if whole > 0, 100 * Double(part) < goal * Double(whole) {
                texts.append("\(name) \(part)/\(whole)")
            }
        }
        check(score.cued, of: score.planted, cuedPercent, "cued")
        check(score.rightLabels, of: score.labels, labelsPercent, "labels")
        if score.falseRate > falseInFiveMinutes {
            texts.append("cues without reason \(score.falseCues) in \(Int(score.seconds)) s")
        }
        check(score.exactSets, of: score.sets, countsPercent, "exact sets")
        return texts
    }

    /// The exercises that miss a goal, each with what it misses.
    static func missing(_ rows: [(name: String, score: FeedbackScore)]) -> [String] {
        rows.compactMap { name, score in
            let texts = missed(score)
            return texts.isEmpty ? nil : "\(name): " + texts.joined(separator: ", ")
        }
    }

    /// The exercises that miss a goal, as a figure.
    static func figure(
        _ rows: [(name: String, score: FeedbackScore)], id: String, title: String
    ) -> Figure {
        let missing = missing(rows)
        return Figure(
            "feedback-exercises-\(id)", "exercises that miss a goal, \(title)",
            Double(missing.count), .exercises, .atMost(0),
            note: "of \(rows.count)"
                + (missing.isEmpty ? "" : ": " + missing.joined(separator: "; ")))
    }
}
