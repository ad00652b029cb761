// The synthetic person's exercises: true signals by the project's formulas, smooth, mirrored, scripted.

import Kinematics
import Synthetic
import Testing

private let degree = Double.pi / 180

private func set(
    _ kind: ExerciseKind, _ pattern: PlantedPattern = .level, size: Double = 8, side: Side = .right,
    count: Int = 3
) -> ExerciseMotion {
    let t = kind.usualTempo
    return ExerciseMotion.set(
        kind, side: side, pattern: pattern, size: pattern == .fastLowering ? 0.5 : size * degree,
        count: count, tempo: PhaseTimes(raise: t[0], hold: t[1], lower: t[2], rest: t[3]), clean: 1,
        variation: 0, seed: 1)
}

@Suite struct ExerciseMotionTests {
    /// The rate is the derivative of the orientation also where everything turns at once.
    @Test(arguments: ExerciseKind.allCases)
    func theRateIsTheDerivative(_ kind: ExerciseKind) throws {
        let motion = try motion(.exercise(set(kind, .rollBack)), person: Person())
        for tick in 1..<400 {
            let time = Double(tick) * 0.071
            guard time < motion.end - 0.1 else { break }
            for segment in [Segment.pelvis, .leftThigh] {
                let h = 1e-4
                let before = motion.segment(segment, at: time - h).worldFromSegment
                let after = motion.segment(segment, at: time + h).worldFromSegment
                let turn = before.inverse * after
                let sign = turn.w < 0 ? -1.0 : 1
                let rate = Vector3(turn.x, turn.y, turn.z) * (sign / h)
                let state = motion.segment(segment, at: time)
                #expect((rate - state.angularRate).norm < 1e-3, "\(segment.name) \(time)")
            }
        }
    }

    /// What a sensor reads between two moments adds up to the way between them.
    ///
    /// A jump lies between the moments that a difference quotient looks at.
    @Test(arguments: ExerciseKind.allCases)
    func nobodyJumps(_ kind: ExerciseKind) throws {
        let times = kind.usualTempo
        for pattern in [PlantedPattern.level, .dropAndLean, .fastLowering] {
            let exercise = ExerciseMotion.set(
                kind, side: .right, pattern: pattern,
                size: pattern == .fastLowering ? 0.5 : 8 * degree, count: 3,
                tempo: PhaseTimes(raise: times[0], hold: times[1], lower: times[2], rest: times[3]),
                seed: 4)
            let motion = try motion(.exercise(exercise))
            for segment in [Segment.pelvis, .leftThigh] {
                let step = 5e-3
                var last = motion.segment(segment, at: 0)
                var largest = (turn: 0.0, way: 0.0, speed: 0.0)
                var place = (turn: 0.0, way: 0.0, speed: 0.0)
                for tick in 1...Int(motion.end / step) {
                    let time = Double(tick) * step
                    let middle = motion.segment(segment, at: time - step / 2)
                    let now = motion.segment(segment, at: time)
                    let turned = Rotation(turn: middle.angularRate * step)
                    let turn = angle(last.worldFromSegment * turned, now.worldFromSegment)
                    let way = (now.position - last.position - middle.velocity * step).norm
                    let speed = (now.velocity - last.velocity - middle.acceleration * step).norm
                    if turn > largest.turn { (largest.turn, place.turn) = (turn, time) }
                    if way > largest.way { (largest.way, place.way) = (way, time) }
                    if speed > largest.speed { (largest.speed, place.speed) = (speed, time) }
                    last = now
                }
                // What the midpoint rule leaves: a 24th of the step's cube times the third derivative.
                let note = "\(pattern) \(segment.name) at \(place)"
                #expect(largest.turn < 5e-6, "\(note)")
                #expect(largest.way < 2e-5, "\(note)")
                #expect(largest.speed < 1e-3, "\(note)")
            }
        }
    }

    @Test(arguments: ExerciseKind.allCases)
    func everySetBeginsAndEndsStanding(_ kind: ExerciseKind) throws {
        for pattern in PlantedPattern.allCases {
            let motion = try motion(.exercise(set(kind, pattern)))
            let start = motion.segment(.pelvis, at: 0)
            let end = motion.segment(.pelvis, at: motion.end)
            #expect(angle(start.worldFromSegment, end.worldFromSegment) < 1e-9)
            #expect(abs(start.position.z - end.position.z) < 1e-9)
            #expect(end.velocity.norm < 1e-9)
        }
    }

    /// Compensations 1.4: supine x·up > 0.8; on the left side z·up > 0.8, on the right below −0.8.
    @Test func lyingKindsLie() throws {
        for kind in ExerciseKind.allCases where kind.isSupine || kind.isSideLying {
            for side in Side.allCases {
                let exercise = set(kind, side: side)
                let motion = try motion(.exercise(exercise))
                let rest = motion.segment(.pelvis, at: exercise.lead - 0.2).worldFromSegment
                let axis = kind.isSupine ? Vector3(1, 0, 0) : Vector3(0, 0, side == .left ? 1 : -1)
                #expect(rest.apply(axis).dot(up) > 0.8)
            }
        }
    }

    /// Hike of the upper side −asin(y·up) and roll asin(x·up), from rest, on either side.
    @Test(arguments: Side.allCases)
    func sideLyingPatternsHaveTheReferenceSigns(_ side: Side) throws {
        for (pattern, axis, sign) in [
            (PlantedPattern.hike, Vector3(0, 1, 0), -1.0), (.rollBack, Vector3(1, 0, 0), 1.0),
        ] {
            let exercise = set(.sideLift, pattern, size: 10, side: side)
            let motion = try motion(.exercise(exercise))
            func value(_ time: Double) -> Double {
                let rotation = motion.segment(.pelvis, at: time).worldFromSegment
                return sign * arcsine(rotation.apply(axis).dot(up)) / degree
            }
            let second = exercise.truth(from: 0)[1]
            let middle = second.start + second.phases.raise + second.phases.hold / 2
            let change = value(middle) - value(exercise.lead - 0.2)
            #expect(abs(change - 10) < 1, "\(pattern) \(change)")
        }
    }

    /// drop = −s · obliquity, lean_ipsi = s · lean, in the middle of the second repetition.
    @Test(arguments: Side.allCases)
    func uprightPatternsHaveTheReferenceSigns(_ side: Side) throws {
        for kind in [ExerciseKind.standingAbduction, .stepUp, .singleLegSquat] {
            for (pattern, drop, lean) in [
                (PlantedPattern.drop, 8.0, 0.0), (.hike, -8, 0), (.lean, 0, 8), (.leanAway, 0, -8),
                (.dropAndLean, 8, 8),
            ] {
                let exercise = set(kind, pattern, side: side)
                let motion = try motion(.exercise(exercise))
                let second = exercise.truth(from: 0)[1]
                #expect(second.stance == side && second.pattern == pattern)
                let truth = motion.truth(
                    at: second.start + (second.end - second.start) * 0.5)
                #expect(abs(-side.sign * truth.pelvicObliquity / degree - drop) < 0.5)
                #expect(abs(side.sign * truth.trunkLean / degree - lean) < 0.5)
                // The first repetition is clean.
                let first = exercise.truth(from: 0)[0]
                #expect(first.pattern == .level)
                let clean = motion.truth(at: first.start + (first.end - first.start) * 0.5)
                #expect(abs(clean.pelvicObliquity) / degree < 0.1)
            }
        }
    }

    @Test func fastLoweringHalvesTheTime() {
        let truth = set(.stepUp, .fastLowering).truth(from: 0)
        #expect(truth[0].phases.lower == 3 && truth[1].phases.lower == 1.5)
    }

    @Test func aScriptMayAskForAnExercise() throws {
        let script = try Script(
            toml: """
                [[task]]
                kind = "exercise"
                exercise = "step-up"
                side = "left"
                pattern = "lean-away"
                degrees = 9
                count = 4
                """)
        guard case .exercise(let exercise) = script.tasks[0].task else {
            Issue.record("another task")
            return
        }
        #expect(exercise.kind == .stepUp && exercise.side == .left && exercise.phases.count == 4)
        #expect(exercise.sizes[0] == 0 && abs(exercise.sizes[1] - 9 * degree) < 1e-12)
    }

    @Test(arguments: [
        ("exercise = \"skip\"", "exercise"), ("exercise = \"clam\"\npattern = \"odd\"", "pattern"),
        ("exercise = \"clam\"\ntempo = [0, 0, 0, 0]", "tempo"),
        ("exercise = \"clam\"\ncount = 0", "count"), ("exercise = \"clam\"\ncolour = 1", "colour"),
    ])
    func aScriptWithAFaultNamesTheField(_ text: String, _ field: String) {
        do throws(SyntheticError) {
            _ = try Script(toml: "[[task]]\nkind = \"exercise\"\n" + text + "\n")
            Issue.record("no fault")
        } catch {
            #expect(error.field.hasSuffix(field), "\(error)")
        }
    }
}
