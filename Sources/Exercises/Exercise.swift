// An exercise as people read it, and the plan the real-time thread gets of it.

package import Kinematics
package import Movement

/// Which leg a side names in an exercise.
package enum SideMeaning: String, Sendable, CaseIterable {
    /// The leg that stands.
    case stance
    /// The leg that moves.
    case moving
}

/// A pointer to a neighbouring exercise, with the line it stands on.
package struct ExerciseLink: Sendable, Equatable {
    package var id: String
    package var line: Int?
}

/// How much of an exercise is asked for.
package struct Dose: Sendable, Equatable {
    package var sets: Int
    /// 0: not counted.
    package var repetitions: Int
    /// s of the hold or the bout asked for; 0: none.
    package var targetSeconds: Double
    /// s: shortest and longest hold of the plan; empty where there is none.
    package var holdSeconds: [Double]
    /// s with cues and s without, in turn within a set; empty: cues at any time.
    package var alternation: [Int]
    package var perDay: Int
    package var effort: String
    package var heightsCentimetres: [Double]
    /// The whole dosage in words.
    package var text: String
}

/// One entry of the catalogue.
package struct Exercise: Sendable {
    /// Short name used on the command line: "one-leg-stand".
    package var id: String
    /// Number in the clinical catalogue: 9 for EX09.
    package var number: Int
    package var version: Int
    package var title: String
    package var stages: ClosedRange<Int>
    /// The first of `postures`.
    package var posture: Posture
    package var postures: [Posture]
    package var task: TaskKind
    package var sensorsNeeded: [String]
    package var sensorsBetter: [String]
    package var measure: [String]
    /// What repetitions are seen in, and in what without the sensor for that.
    package var repetitionSignal: RepetitionSource
    package var repetitionFallback: RepetitionSource
    package var tempo: Tempo
    package var lowersFirst: Bool
    package var restsUpright: Bool
    package var judgesRest: Bool
    /// The pelvis may tip further than "upright" goes.
    package var bends: Bool
    /// Nil: the exercise has no side.
    package var side: SideMeaning?
    package var instruction: String
    /// The exercise's own cues; one focus at a time.
    package var cues: [String]
    package var easier: String
    package var harder: String
    package var easierExercise: ExerciseLink?
    package var harderExercise: ExerciseLink?
    package var goUp: String
    package var goDown: String
    package var caution: String
    package var note: String
    package var entry: String
    package var source: String
    package var dose: Dose
    /// In the file's order, at most 32.
    package var rules: [Rule]
    /// The file it came from.
    package var file: String

    /// The first of the exercise's own cues.
    package var cue: String { cues.first ?? "" }
    package var sets: Int { dose.sets }
    /// s of the hold asked for.
    package var targetHold: Double { dose.targetSeconds }

    /// The flat value for the real-time thread; `stanceSide` nil: to be detected.
    package func plan(stanceSide: Side?) -> MovementPlan {
        var plan = MovementPlan(
            task: task, posture: posture, stanceSide: stanceSide, targetHold: targetHold)
        for other in postures.dropFirst() { plan.otherPostures |= other.bit }
        if bends { plan.otherPostures |= Posture.unknown.bit }
        plan.source = repetitionSignal
        plan.fallback = repetitionFallback
        plan.lowersFirst = lowersFirst
        plan.tempo = tempo
        plan.repetitions = UInt16(clamping: dose.repetitions)
        if let cued = dose.alternation.first, let silent = dose.alternation.last {
            plan.alternation = CueAlternation(
                cued: UInt16(clamping: cued), silent: UInt16(clamping: silent))
        }
        plan.restsUpright = restsUpright
        plan.judgesRest = judgesRest
        // The file's reader admits 32 rules, as many as the plan holds.
        for rule in rules { _ = plan.add(rule) }
        return plan
    }

    /// The plan for a side as the person names it: the standing or the moving leg, by exercise.
    ///
    /// `mayCue` false: a set without cues, as the last one of every exercise is.
    package func plan(side: Side?, mayCue: Bool = true) -> MovementPlan {
        let stance = self.side == .moving ? side?.opposite : side
        var plan = plan(stanceSide: self.side == nil ? nil : stance)
        plan.mayCue = mayCue
        return plan
    }
}

/// Smallest threshold of any angle rule, degrees: below it a cue would follow the sensor's error, not
/// the person (compensations 2, from Bolink 2016).
package let angleFloorDegrees = 3.0

/// What applies where a file says nothing of its own (exercise reference, section 0).
package enum ExerciseDefaults {
    package static let goUp =
        "in two successive workouts: at least 80 % clean repetitions, pain at most 3 during, next morning "
        + "not above usual by 1 or more, effort at most 5, and the set without sound at most a quarter off; "
        + "then change one thing, in this order: range, repetitions, hold, load, height"
    package static let goDown =
        "pain above 5 during, next morning 2 above usual, under 50 % clean repetitions in two "
        + "workouts, or tired in the first third of the set twice: undo the last change; where it "
        + "was pain, leave out a third of the sets next time and begin with EX01"
    package static let stop =
        "Stop now at a jump of pain by 3 in a set, sharp groin pain, giving way, numbness or dizziness."
}
