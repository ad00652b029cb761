// The feedback scores as figures, and the table of exercises behind them.

import Kinematics
import Synthetic

enum FeedbackFigures {
    /// A set of worn sensors to be tried.
    private struct Wearing {
        let id: String
        let title: String
        let segments: [Segment]
    }

    private static let wearings = [
        Wearing(id: "all", title: "seven sensors", segments: Segment.allCases),
        Wearing(id: "two", title: "pelvis and trunk", segments: [.pelvis, .trunk]),
        Wearing(id: "one", title: "pelvis alone", segments: [.pelvis]),
    ]

    static func run(_ options: BenchOptions) throws -> [Figure] {
        var figures: [Figure] = []
        for wearing in options.quick ? Array(wearings.prefix(1)) : wearings {
            let rows = try FeedbackBench.run(
                seeds: options.quick ? 1...1 : options.seeds,
                extra: options.quick ? [2] : [2, 5, 8], worn: wearing.segments,
                tellsMisses: options.tellsMisses, exercises: options.exercises, shape: options.shape
            )
            print("\nfeedback, \(wearing.title):\n" + table(rows))
            if options.tellsPhases {
                let phases = rows.map { (name: $0.name, errors: $0.score.phases) }
                print("\nphases, \(wearing.title):\n" + PhaseErrors.table(phases))
                print(PhaseErrors.holds(rows.flatMap(\.score.holdBiases)))
            }
            figures += self.figures(rows, wearing)
            figures.append(FeedbackGoals.figure(rows, id: wearing.id, title: wearing.title))
        }
        if let other = try OtherLegBench.run(options) { figures.append(other) }
        return figures + RealStretch.Kind.allCases.map { real(options, $0) }
    }

    /// Real people, standing or walking.
    private static func real(_ options: BenchOptions, _ kind: RealStretch.Kind) -> Figure {
        let (id, title) = (
            "feedback-false-real-\(kind)", "cues without reason, real \(kind.rawValue)"
        )
        do {
            let score = try FeedbackReal.run(options, kind: kind)
            return Figure(
                id, title, score.falseRate, .inFiveMinutes, .atMost(1), note: score.note)
        } catch {
            return .missing(id, title, .inFiveMinutes, .atMost(1), reason: "\(error)")
        }
    }

    private static func figures(
        _ rows: [(name: String, score: FeedbackScore)], _ wearing: Wearing
    ) -> [Figure] {
        var all = FeedbackScore()
        for row in rows { all.add(row.score) }
        let phases = all.phaseError
        let holds = all.holdError
        func share(_ part: Int, _ whole: Int) -> Double? {
            whole > 0 ? 100 * Double(part) / Double(whole) : nil
        }
        let strays = all.strays.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
        let timed = all.timedError.map {
            "\(Int(($0.share * 100).rounded())) % told as well timed: \(Int(($0.high * 1000).rounded())) ms; "
        }
        let shapes = MovementShape.allCases.compactMap { shape in
            all.phaseError(shape).map { "\(shape.rawValue) \(Int(($0.high * 1000).rounded()))" }
        }.joined(separator: ", ")
        return [
            Figure(
                "feedback-cued-\(wearing.id)", "planted and cued, \(wearing.title)",
                share(all.cued, all.planted), .percent, .atLeast(FeedbackGoals.cuedPercent),
                note:
                    "patterns 2, 5 and 8 degrees beyond their rule's threshold; \(all.planted) sets"
            ),
            Figure(
                "feedback-cued-movements-\(wearing.id)",
                "planted movements cued, one by one, \(wearing.title)",
                share(all.cuedMovements, all.plantedMovements), .percent,
                .atLeast(FeedbackGoals.cuedPercent),
                note: "\(all.plantedMovements) repetitions, steps and landings"),
            Figure(
                "feedback-labels-\(wearing.id)", "pattern label right, \(wearing.title)",
                share(all.rightLabels, all.labels), .percent, .atLeast(FeedbackGoals.labelsPercent),
                note: "\(all.labels) repetitions and holds"),
            Figure(
                "feedback-false-\(wearing.id)", "cues without reason, \(wearing.title)",
                all.falseRate, .inFiveMinutes, .atMost(FeedbackGoals.falseInFiveMinutes),
                note: "\(all.falseCues) in \(Int(all.seconds)) s"
                    + (strays.isEmpty ? "" : ": \(strays)")),
            Figure(
                "feedback-false-level-\(wearing.id)",
                "cues in sets without a fault, \(wearing.title)", all.levelRate, .inFiveMinutes,
                .atMost(FeedbackGoals.falseInFiveMinutes),
                note: "\(all.levelCues) in \(Int(all.levelSeconds)) s"),
            Figure(
                "feedback-counts-\(wearing.id)", "sets counted exactly, \(wearing.title)",
                share(all.exactSets, all.sets), .percent, .atLeast(FeedbackGoals.countsPercent),
                note: "\(all.sets) sets"),
            Figure(
                "feedback-phase-p50-\(wearing.id)", "phase duration error p50, \(wearing.title)",
                phases.map { $0.median * 1000 }, .milliseconds, .atMost(100)),
            Figure(
                "feedback-phase-p95-\(wearing.id)", "phase duration error p95, \(wearing.title)",
                phases.map { $0.high * 1000 }, .milliseconds, .atMost(100),
                note: (timed ?? "") + "by the shape of the movement: \(shapes)"),
            Figure(
                "feedback-hold-p95-\(wearing.id)", "hold time error p95, \(wearing.title)",
                holds.map { $0.high * 1000 }, .milliseconds, .atMost(200),
                note: "\(all.holdErrors.count) holds, against the foot's time off the floor"),
        ]
    }

    /// One row an exercise.
    static func table(_ rows: [(name: String, score: FeedbackScore)]) -> String {
        var lines = [
            "exercise            cued      labels    false/5min  exact sets  phase p50  p95 (s)"
        ]
        for (name, score) in rows {
            let phase = score.phaseError
            let cells = [
                padded(name, 18), padded("\(score.cued)/\(score.planted)", 8),
                padded("\(score.rightLabels)/\(score.labels)", 8),
                padded(fixed(score.falseRate), 10), padded("\(score.exactSets)/\(score.sets)", 10),
                padded(phase.map { fixed($0.median) } ?? "-", 9),
                phase.map { fixed($0.high) } ?? "-",
            ]
            lines.append(cells.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Two decimals.
    private static func fixed(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "-" }
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
