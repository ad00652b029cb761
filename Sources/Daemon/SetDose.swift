// What a person asks of one set in place of the exercise's dose: more repetitions, a longer hold.

import Control
import Exercises
import Movement

extension Exercise {
    /// Puts the set's own repetitions and hold into the dose; returns in words what is in force and not the
    /// exercise's.
    ///
    /// Tiredness is judged by the thirds of what is asked for, a lost balance by the hold. What ends at steps,
    /// holds or landings has no repetitions of its own: there `count` says only when the set is over.
    mutating func apply(count: Int64?, hold: Double?) throws(ControlRefusal) -> [String] {
        var changes: [String] = []
        if let count {
            guard (1...1000).contains(count) else { throw .invalidParameter("count") }
            if task == .repetitions, Int(count) != dose.repetitions {
                changes.append("repetitions \(dose.repetitions) is \(count)")
                dose.repetitions = Int(count)
            }
        }
        guard let hold else { return changes }
        guard (1...600).contains(hold) else { throw .invalidParameter("hold_s") }
        switch task {
        case .singleLegHold where hold != dose.targetSeconds:
            changes.append("hold \(dose.targetSeconds) s is \(hold) s")
            dose.targetSeconds = hold
        case .repetitions where tempo.hold > 0 && hold != tempo.hold:
            changes.append("hold \(tempo.hold) s is \(hold) s")
            tempo.hold = hold
        case .singleLegHold: break
        case .repetitions where tempo.hold > 0: break
        default:
            throw .notReady(
                reason: "\(title) holds nothing, so its hold cannot be longer",
                cure: "leave --hold away")
        }
        return changes
    }
}

extension Supervisor {
    /// Says a set's own dose in the journal and the recording.
    func note(_ doses: [String], of exercise: Exercise) {
        for text in doses {
            DaemonLog.override("dose of this set: \(exercise.id) \(text)", of: exercise.id)
            session.mark("dose \(exercise.id) \(text)")
        }
    }
}
