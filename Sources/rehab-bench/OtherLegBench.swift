// Synthetic people do exercises on one leg with the other one than was named: how much of it is noticed.

import Exercises
import Kinematics
import Movement
import Synthetic

enum OtherLegBench {
    private static let kinds: [ExerciseKind] = [
        .singleLegSquat, .stepDown, .stepUp, .standingAbduction, .hipHitch, .clam, .sideLift,
    ]
    /// What would be cued if it were the named leg, and what would be if its sign were turned.
    private static let patterns: [PlantedPattern] = [.level, .drop, .hike, .lean, .leanAway]
    private static let count = 6

    /// Repetitions seen to be on the other leg; nil where none of these exercises is asked for.
    static func run(_ options: BenchOptions) throws -> Figure? {
        let names = options.exercises
        var (seen, done, counted, cues, sets) = (0, 0, 0, 0, 0)
        var missed: [String: Int] = [:]
        for exercise in try Catalogue.load() {
            guard let kind = kinds.first(where: { $0.rawValue == exercise.id }),
                names.isEmpty || names.contains(exercise.id)
            else { continue }
            for pattern in patterns {
                for seed in options.quick ? 1...1 : options.seeds {
                    let shapes = MovementShape.allCases
                    let trial = try FeedbackTrial.run(
                        exercise, kind: kind, pattern: pattern,
                        size: pattern == .level ? 0 : 14 * radiansPerDegree, count: count,
                        worn: Segment.allCases, side: seed % 2 == 0 ? .left : .right, seed: seed,
                        shape: options.shape ?? shapes[Int(seed) % shapes.count], isOtherLeg: true)
                    sets += 1
                    done += count
                    seen += min(count, trial.record.otherLegCount)
                    counted += trial.record.repetitions.count
                    cues += trial.cues.count
                    let gap = abs(count - trial.record.otherLegCount)
                    if gap > 0 { missed[exercise.id, default: 0] += gap }
                    if options.tellsMisses, gap > 0 || !trial.cues.isEmpty {
                        print(
                            "  other leg: \(exercise.id) \(pattern.rawValue), seed \(seed): "
                                + "\(trial.record.otherLegCount) of \(count) seen, "
                                + "\(trial.record.repetitions.count) counted, cues "
                                + "\(trial.cues.map { "\($0.alert.rule.name) at \($0.time)" })")
                    }
                }
            }
        }
        guard sets > 0 else { return nil }
        let worst = missed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return Figure(
            "feedback-other-leg", "repetitions on the other leg noticed, seven sensors",
            100 * Double(seen) / Double(done), .percent, .atLeast(FeedbackGoals.cuedPercent),
            note: "\(done) of \(sets) sets, \(counted) counted all the same, \(cues) cues"
                + (worst.isEmpty ? "" : "; amiss: \(worst.joined(separator: ", "))"))
    }
}
