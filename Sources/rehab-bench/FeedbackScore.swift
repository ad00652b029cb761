// Scores of many feedback trials: planted patterns cued, false cues, labels, counts, phase times.

import Exercises
import Kinematics
import Movement
import Synthetic

/// Sums over trials of one exercise.
struct FeedbackScore {
    var planted = 0
    var cued = 0
    /// The same, movement by movement.
    var plantedMovements = 0
    var cuedMovements = 0
    var falseCues = 0
    /// s of all sets.
    var seconds = 0.0
    /// Cues in sets without any compensation, and their s.
    var levelCues = 0
    var levelSeconds = 0.0
    var labels = 0
    var rightLabels = 0
    var sets = 0
    var exactSets = 0
    /// Absolute errors of raise, hold and lower of counted repetitions, s.
    var phaseErrors: [Double] = []
    /// The same of the repetitions that are told as well timed.
    var timedErrors: [Double] = []
    /// The same by the shape of the movement.
    var shapeErrors: [MovementShape: [Double]] = [:]
    /// The same by phase, signed, with the rests.
    var phases = PhaseErrors()
    /// Absolute errors of holds on one leg, s.
    var holdErrors: [Double] = []
    /// The same signed; above zero: reported too long.
    var holdBiases: [Double] = []
    /// What was not as it should be, for reading.
    var misses: [String] = []
    /// Rules that were cued without reason, for reading.
    var strays: [String: Int] = [:]

    /// Rules whose cue names a pattern; others beside them, that the same movement brings, are no mistake.
    static func rules(for pattern: PlantedPattern, _ exercise: Exercise) -> Set<UInt8> {
        switch pattern {
        case .level: []
        case .drop: isTip(exercise) ? [8] : [1]
        case .lean: [2]
        case .dropAndLean: [1, 2]
        case .leanAway: [3]
        case .shift: [5, 6]
        case .hike: [4]
        case .rollBack: [7]
        case .fastLowering: [11]
        case .fatigue: [16, 1]
        }
    }

    /// Lying, a pelvis that sags to a side is C01, or C08 where the exercise has only that: a tip has no label.
    static func isTip(_ exercise: Exercise) -> Bool {
        exercise.posture == .supine && !exercise.rules.contains { $0.id.number == 1 }
    }

    /// What else a planted pattern may rightly bring.
    private static func companions(of pattern: PlantedPattern) -> Set<UInt8> {
        switch pattern {
        case .level: []
        // Lying, C08 watches every way the pelvis tips.
        case .drop, .dropAndLean, .fatigue: [5, 6, 8, 9, 13, 16]
        case .shift: [6, 9]
        case .fastLowering: [16]
        case .hike: [9]
        case .lean, .leanAway, .rollBack: [9, 8]
        }
    }

    /// The label that a pattern should get.
    static func label(for pattern: PlantedPattern) -> PatternLabel? {
        switch pattern {
        case .level: .level
        case .drop: .drop
        case .lean: .lean
        case .dropAndLean: .dropAndLean
        case .leanAway: .leanAway
        case .shift: .shift
        case .hike: .hike
        case .rollBack, .fastLowering, .fatigue: nil
        }
    }

    mutating func add(_ trial: FeedbackTrial, hasRule: Bool) {
        let wanted = FeedbackScore.rules(for: trial.pattern, trial.exercise)
        let allowed = wanted.union(FeedbackScore.companions(of: trial.pattern))
        if trial.pattern != .level, hasRule {
            planted += 1
            if trial.cues.contains(where: { wanted.contains($0.alert.rule.number) }) {
                cued += 1
            } else {
                miss(trial, "not cued")
            }
            let movements = FeedbackMovements(trial, wanted: wanted)
            plantedMovements += movements.planted
            cuedMovements += movements.cued
            if !movements.missed.isEmpty { miss(trial, "not cued in \(movements.missed)") }
        }
        if trial.pattern == .level {
            levelCues += trial.cues.count
            levelSeconds += trial.length
        }
        let strayCues = trial.cues.filter { !allowed.contains($0.alert.rule.number) }
        falseCues += strayCues.count
        for cue in strayCues {
            strays["\(trial.pattern.rawValue)→\(cue.alert.rule.name)", default: 0] += 1
            miss(
                trial,
                "cue \(cue.alert.rule.name) at \(tenths(cue.time)) s, "
                    + "\(tenths(cue.alert.value * degreesPerRadian)) deg")
        }
        seconds += trial.length
        addCounts(trial)
        addHoldLabels(trial)
        guard trial.exercise.task == .repetitions, hasRule || trial.pattern == .level,
            let right = FeedbackScore.label(for: trial.pattern),
            trial.pattern != .drop || !FeedbackScore.isTip(trial.exercise),
            // In the hinge "lean" is the trunk against the pelvis, which has no label.
            !(trial.exercise.id == "hinge" && trial.pattern == .lean)
        else { return }
        for (seen, truth) in zip(trial.record.repetitions, trial.truth)
        where truth.size > 0 || trial.pattern == .level {
            labels += 1
            if seen.label == right {
                rightLabels += 1
            } else {
                miss(trial, "repetition \(truth.number) is \(seen.text)")
            }
        }
    }

    /// A hold gets one label.
    private mutating func addHoldLabels(_ trial: FeedbackTrial) {
        guard trial.exercise.task == .singleLegHold,
            let right = FeedbackScore.label(for: trial.pattern)
        else { return }
        labels += 1
        if trial.record.holds.count == 1, trial.record.holds[0].label == right {
            rightLabels += 1
        } else {
            miss(trial, "hold is \(trial.record.holds.map(\.text))")
        }
    }

    private mutating func addCounts(_ trial: FeedbackTrial) {
        sets += 1
        var isExact = true
        var seen = 0
        switch trial.exercise.task {
        case .repetitions:
            let repetitions = trial.record.repetitions
            seen = repetitions.count
            isExact = seen == trial.truth.count
            if isExact { addPhases(repetitions, trial) }
        case .steps:
            seen = trial.record.steps.left.count + trial.record.steps.right.count
            // Where a walk begins and ends is no matter of one step.
            let slack = trial.truth.count > 30 ? 2 : 0
            isExact = abs(seen - trial.truth.count) <= slack
        case .landings:
            seen = trial.record.landings.count
            isExact = seen == trial.truth.count
        case .singleLegHold:
            seen = trial.record.holds.count
            isExact = seen == 1
            if isExact {
                let error = trial.record.holds[0].duration - trial.heldFor
                holdErrors.append(abs(error))
                holdBiases.append(error)
                if abs(error) > 0.2 { miss(trial, "hold \(hundredths(error)) s off") }
            }
        case .habits: break
        }
        if isExact { exactSets += 1 } else { miss(trial, "\(seen) of \(trial.truth.count)") }
    }

    private mutating func addPhases(_ repetitions: [RepetitionRecord], _ trial: FeedbackTrial) {
        let counted = trial.countedPhases
        if repetitions.allSatisfy(\.repetition.isSeen) {
            phases.add(repetitions.map(\.repetition.tempo), truth: counted)
        }
        for (found, truth) in zip(repetitions, counted) where found.repetition.isSeen {
            let tempo = found.repetition.tempo
            let errors = [
                tempo.raise - truth.raise, tempo.hold - truth.hold, tempo.lower - truth.lower,
            ]
            phaseErrors += errors.map(abs)
            if found.repetition.isTimed { timedErrors += errors.map(abs) }
            shapeErrors[trial.shape, default: []] += errors.map(abs)
            if errors.contains(where: { abs($0) > 0.1 }) {
                miss(
                    trial,
                    "repetition \(found.repetition.number) phases off by "
                        + errors.map(hundredths).joined(separator: ", "))
            }
        }
    }

    private mutating func miss(_ trial: FeedbackTrial, _ text: String) {
        misses.append(
            "\(trial.exercise.id) \(trial.shape.rawValue) \(trial.pattern.rawValue) "
                + "\(tenths(trial.size * degreesPerRadian)) seed \(trial.seed): \(text)")
    }

    private func tenths(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e9 ? "\((value * 10).rounded() / 10)" : "-"
    }

    private func hundredths(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e9 ? "\((value * 100).rounded() / 100)" : "-"
    }

    mutating func add(_ other: FeedbackScore) {
        planted += other.planted
        cued += other.cued
        falseCues += other.falseCues
        plantedMovements += other.plantedMovements
        cuedMovements += other.cuedMovements
        seconds += other.seconds
        levelCues += other.levelCues
        levelSeconds += other.levelSeconds
        labels += other.labels
        rightLabels += other.rightLabels
        sets += other.sets
        exactSets += other.exactSets
        phaseErrors += other.phaseErrors
        timedErrors += other.timedErrors
        shapeErrors.merge(other.shapeErrors, uniquingKeysWith: +)
        phases.add(other.phases)
        holdErrors += other.holdErrors
        holdBiases += other.holdBiases
        misses += other.misses
        strays.merge(other.strays, uniquingKeysWith: +)
    }

    /// False cues in five minutes.
    var falseRate: Double { seconds > 0 ? Double(falseCues) / seconds * 300 : 0 }

    /// The same of sets without any compensation.
    var levelRate: Double? { levelSeconds > 0 ? Double(levelCues) / levelSeconds * 300 : nil }

    /// Median and 95th percentile of the phase errors, s; nil without any.
    var phaseError: (median: Double, high: Double)? { FeedbackScore.quantiles(phaseErrors) }

    /// The same of the repetitions that are told as well timed, and their share.
    var timedError: (share: Double, high: Double)? {
        FeedbackScore.quantiles(timedErrors).map {
            (Double(timedErrors.count) / Double(phaseErrors.count), $0.high)
        }
    }

    /// The same for one shape of movement.
    func phaseError(_ shape: MovementShape) -> (median: Double, high: Double)? {
        FeedbackScore.quantiles(shapeErrors[shape] ?? [])
    }

    /// The same of the holds.
    var holdError: (median: Double, high: Double)? { FeedbackScore.quantiles(holdErrors) }

    private static func quantiles(_ values: [Double]) -> (median: Double, high: Double)? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return (
            sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
        )
    }
}

/// The whole table: every exercise, every pattern its rules can see, with one sensor and with all.
enum FeedbackBench {
    /// Sizes are the rule's threshold with 2° on top and 5°, as the goal asks.
    static func run(
        seeds: ClosedRange<UInt64>, extra: [Double] = [2, 5], worn: [Segment] = Segment.allCases,
        tellsMisses: Bool = false, exercises: [String] = [], shape: MovementShape? = nil
    ) throws -> [(name: String, score: FeedbackScore)] {
        let catalogue = try Catalogue.load()
        var rows: [(name: String, score: FeedbackScore)] = []
        for kind in ExerciseKind.allCases where kind != .habits {
            guard exercises.isEmpty || exercises.contains(kind.rawValue) else { continue }
            guard let exercise = catalogue.first(where: { $0.id == kind.rawValue }) else {
                continue
            }
            var score = FeedbackScore()
            for pattern in PlantedPattern.allCases {
                guard let sizes = sizes(exercise, kind: kind, pattern, extra: extra, worn: worn)
                else { continue }
                for (place, size) in sizes.enumerated() {
                    for seed in seeds {
                        let count = kind == .gait || kind == .carry ? 70 : kind.isSteps ? 14 : 6
                        let trial = try FeedbackTrial.run(
                            exercise, kind: kind, pattern: pattern, size: size,
                            count: pattern == .fatigue ? 12 : count, worn: worn,
                            side: seed % 2 == 0 ? .left : .right,
                            seed: seed &* 1000 &+ UInt64(place),
                            shape: shape ?? FeedbackBench.shape(seed, place))
                        score.add(trial, hasRule: true)
                    }
                }
            }
            if tellsMisses { score.misses.forEach { print("  \($0)") } }
            rows.append((kind.rawValue, score))
        }
        return rows
    }

    /// Every person and every size of a pattern in another shape, of those that movements are timed by; how others
    /// fare is told by `--shape`.
    private static func shape(_ seed: UInt64, _ place: Int) -> MovementShape {
        let all: [MovementShape] = [.soft, .leastJerk, .early, .late, .lopsided, .braked]
        return all[Int((seed &- 1 &+ UInt64(place)) % UInt64(all.count))]
    }

    /// The sizes to plant; nil where no rule of the exercise and no worn sensor can see the pattern.
    private static func sizes(
        _ exercise: Exercise, kind: ExerciseKind, _ pattern: PlantedPattern, extra: [Double],
        worn: [Segment]
    ) -> [Double]? {
        if pattern == .level { return [0] }
        let numbers = FeedbackScore.rules(for: pattern, exercise)
        let segments = Set(worn)
        let seen = exercise.rules.filter {
            numbers.contains($0.id.number) && !$0.reportOnly
                && $0.signal.isMeasurable(with: segments)
        }
        switch pattern {
        case .fastLowering:
            return exercise.task == .repetitions && seen.contains { $0.id.number == 11 }
                && exercise.isSeen(with: segments) ? [0.5] : nil
        case .fatigue:
            guard seen.contains(where: { $0.id.number == 16 }) else { return nil }
            return [6 * radiansPerDegree]
        case .dropAndLean:
            guard seen.contains(where: { $0.id.number == 1 }),
                seen.contains(where: { $0.id.number == 2 && $0.signal != .spineDifference })
            else { return nil }
        default: break
        }
        guard let rule = seen.max(by: { $0.on < $1.on }), rule.signal.isAngle else { return nil }
        if pattern == .shift, rule.signal != .legLean {
            guard seen.contains(where: { $0.signal == .legLean }) else { return nil }
        }
        if kind == .hipHitch, pattern == .drop || pattern == .dropAndLean { return nil }
        return extra.map { rule.on + $0 * radiansPerDegree }
    }
}

extension Exercise {
    /// Whether its repetitions are seen and not only counted by the clock.
    func isSeen(with segments: Set<Segment>) -> Bool {
        switch repetitionSignal {
        case .movingThigh, .stanceThigh, .eitherThigh:
            let thighs = segments.contains(.leftThigh) && segments.contains(.rightThigh)
            return thighs || repetitionFallback != .metronome
        case .metronome, .none: return false
        default: return true
        }
    }
}
