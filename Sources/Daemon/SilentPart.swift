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
    /// s with cues.
    let cuedSeconds: Int
    /// What its movements are called.
    private let noun: String

    /// Shortest time of which a third says something, s [engineering default].
    private static let leastSeconds = 15.0

    /// The part of that exercise's set; nil where it has more sets, alternates anyway, or is too short.
    ///
    /// `isCounted`: the set ends at a number of its own; of repetitions that is in the dose by now, of others it is
    /// known to the client alone.
    init?(of exercise: Exercise, isCounted: Bool = false) {
        guard exercise.dose.sets == 1, exercise.dose.alternation.isEmpty else { return nil }
        switch exercise.task {
        // A set of holds is one hold unless the client counts more.
        case .habits, .singleLegHold: return nil
        case .steps:
            guard !isCounted, exercise.dose.targetSeconds >= SilentPart.leastSeconds else {
                return nil
            }
            cuedSeconds = Int((exercise.dose.targetSeconds * 2 / 3).rounded())
            (cuedMovements, movements, noun) = (0, 0, "")
        case .repetitions, .landings:
            guard exercise.task == .repetitions || !isCounted else { return nil }
            movements = exercise.dose.repetitions
            guard movements >= 3 else { return nil }
            cuedMovements = movements - (movements + 1) / 3
            cuedSeconds = 0
            noun = exercise.task == .landings ? "landing" : "repetition"
        }
    }

    /// Puts the part into the plan.
    func apply(to plan: inout MovementPlan) {
        if cuedSeconds > 0 {
            // To the end, however long the set goes on.
            plan.alternation = CueAlternation(cued: UInt16(clamping: cuedSeconds), silent: .max)
        } else {
            plan.cuedMovements = UInt16(clamping: cuedMovements)
        }
    }

    /// As clients read it.
    var text: String {
        if cuedSeconds > 0 { return "what comes after \(cuedSeconds) s" }
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
        plan.gateLimits = record.plan.gateLimits
        plan.cuedPercent = record.plan.cuedPercent
        plan.cueOffset = record.plan.cueOffset &+ UInt16(clamping: max(0, record.movementCount))
        if record.plan.cuedMovements < .max {
            plan.cuedMovements = UInt16(clamping: max(0, Int(record.plan.cuedMovements) - done))
        }
        // The clock of the tempo, and the thirds that tell of tiredness, are those of what is left.
        if plan.repetitions > 0 {
            plan.repetitions = UInt16(clamping: max(1, Int(plan.repetitions) - done))
        }
        plan.alternation = record.plan.alternation
        plan.alternation.done = UInt16(clamping: Int(record.duration))
        return plan
    }
}
