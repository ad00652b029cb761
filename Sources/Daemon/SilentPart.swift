// The last third of an exercise that has one set alone: without cues, as others' last set is.

import Exercises
import Kinematics
import Movement

/// What of a set is left without cues although the set has them, so that it shows what stays.
///
/// The last set of every exercise is un-cued (compensations 5.1). Where the dose is one set, that would leave no
/// cue at all; its last third stands for it, from three movements on [engineering default].
struct SilentPart: Sendable, Equatable {
    /// Movements with cues, and in all; zeros where the part is one of time.
    let cuedMovements: Int
    let movements: Int
    /// s with cues, and in all.
    let cuedSeconds: Int
    let seconds: Int

    /// What its movements are called.
    private let noun: String

    /// Shortest time of which a third says something, s [engineering default].
    private static let leastSeconds = 15.0

    /// The part of that exercise's set; nil where it has more sets, alternates anyway, or is too short.
    init?(of exercise: Exercise) {
        guard exercise.dose.sets == 1, exercise.dose.alternation.isEmpty else { return nil }
        switch exercise.task {
        case .singleLegHold: noun = "hold"
        case .landings: noun = "landing"
        case .repetitions, .steps, .habits: noun = "repetition"
        }
        switch exercise.task {
        case .habits: return nil
        case .steps:
            guard exercise.dose.targetSeconds >= SilentPart.leastSeconds else { return nil }
            seconds = Int(exercise.dose.targetSeconds)
            cuedSeconds = seconds - Int((exercise.dose.targetSeconds / 3).rounded())
            (cuedMovements, movements) = (0, 0)
        case .repetitions, .singleLegHold, .landings:
            movements = exercise.dose.repetitions
            guard movements >= 3 else { return nil }
            cuedMovements = movements - (movements + 1) / 3
            (cuedSeconds, seconds) = (0, 0)
        }
    }

    /// Puts the part into the plan.
    func apply(to plan: inout MovementPlan) {
        if seconds > 0 {
            plan.alternation = CueAlternation(
                cued: UInt16(clamping: cuedSeconds),
                silent: UInt16(clamping: seconds - cuedSeconds))
        } else {
            plan.cuedMovements = UInt16(clamping: cuedMovements)
        }
    }

    /// As clients read it.
    var text: String {
        if seconds > 0 { return "the last \(seconds - cuedSeconds) s of \(seconds)" }
        let silent = movements - cuedMovements
        return silent == 1
            ? "the last \(noun) of \(movements)" : "the last \(silent) of \(movements) \(noun)s"
    }
}

extension MovementPlan {
    /// The plan with which a set goes on that was paused: movements and time count on from what `record` has.
    ///
    /// The estimator itself counts anew.
    func goingOn(after record: SetRecord) -> MovementPlan {
        var plan = self
        let done = max(0, record.count)
        plan.patternShare = record.plan.patternShare
        plan.cuedPercent = record.plan.cuedPercent
        plan.cueOffset = record.plan.cueOffset &+ UInt16(clamping: max(0, record.movementCount))
        if record.plan.cuedMovements < .max {
            plan.cuedMovements = UInt16(clamping: max(0, Int(record.plan.cuedMovements) - done))
        }
        plan.alternation = record.plan.alternation
        plan.alternation.done = UInt16(clamping: Int(record.duration))
        return plan
    }
}
