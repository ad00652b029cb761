// Puts what was asked beside what was measured.

extension TestAnswers {
    /// The outcome with the answers to `test` in it.
    package func added(to outcome: TestOutcome, of test: BatteryTest) -> TestOutcome {
        var result = outcome
        if let seen = outcome.stepDown { addScore(seen, to: &result) }
        for question in test.questions {
            func add(_ title: String, _ unit: TestMeasure.Unit, _ value: Double?) {
                result.measures.append(
                    TestMeasure(question.rawValue, title, unit, value, source: .asked))
            }
            switch question {
            case .pain: add("pain, 0 to 10", .points, pain)
            case .fingertip:
                add("fingertip (1 yes, 0 no)", .answer, fingertip.map { $0 ? 1 : 0 })
            case .stepHeight: add("height of the step", .centimetres, stepHeight)
            case .pace:
                result.notes.append(pace.map { "from a \($0.rawValue)" } ?? "pace not answered")
            // Parts of the score, told with it.
            case .handsLeftWaist, .steppedDown, .knee: break
            }
        }
        return result
    }

    private func addScore(_ seen: StepDownScore.Seen, to outcome: inout TestOutcome) {
        var asked = StepDownScore.Asked()
        asked.handsLeftWaist = handsLeftWaist
        asked.steppedDown = steppedDown
        asked.knee = knee
        let score = StepDownScore(seen: seen, asked: asked)
        let isMeasured = score.parts.contains { $0.source == .measured }
        outcome.measures.insert(
            TestMeasure(
                "score", "step-down score, 0 to 6 (less is better)", .points,
                isMeasured ? Double(score.points) : nil,
                uncertainty: Double(score.open), counts: .size(1)), at: 0)
        for part in score.parts {
            let points = part.points.map { "\($0) of \(part.most)" } ?? "open, 0 to \(part.most)"
            let source =
                switch part.source {
                case .measured: "measured"
                case .asked: "asked"
                case .unknown: "not measured"
                }
            outcome.notes.append("\(part.title): \(points) (\(source))")
        }
        if isMeasured, let grade = score.grade {
            outcome.notes.append("class of the score: \(grade)")
        }
    }
}
