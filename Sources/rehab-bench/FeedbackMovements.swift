// Which of the planted movements were cued, one by one: a set is cued by one of them.

import Exercises
import Kinematics
import Movement
import Synthetic

/// The movements of one set that had a compensation, and what became of them.
struct FeedbackMovements {
    /// Movements with a compensation, less those that fell into the rest after a cue.
    private(set) var planted = 0
    private(set) var cued = 0
    /// Numbers of those that were not cued.
    private(set) var missed: [Int] = []

    /// s after a movement in which its cue is still its own.
    private static let grace = 0.5
    /// Compensations 4: walking, the third successive step of a side is the first that is told, for both sides.
    private static let silentSteps = 4

    /// `wanted`: the rules that name the pattern.
    init(_ trial: FeedbackTrial, wanted: Set<UInt8>) {
        // Tiredness and fast lowering are judged by more than one movement; one hold is one movement, counted by
        // the set.
        guard trial.pattern != .fatigue, trial.pattern != .fastLowering,
            [.repetitions, .landings, .steps].contains(trial.exercise.task)
        else { return }
        let cues = trial.cues.filter { wanted.contains($0.alert.rule.number) }.map(\.time)
        let isWalk = trial.exercise.repetitionSignal == .walking
        let faulty = trial.truth.filter { $0.size > 0 }
        for movement in faulty.dropFirst(isWalk ? FeedbackMovements.silentSteps : 0) {
            guard !isAfterTheClock(movement, trial) else { break }
            let end = movement.end + FeedbackMovements.grace
            if cues.contains(where: { (movement.start...end).contains($0) }) {
                planted += 1
                cued += 1
            } else if !rests(before: movement.end, cues: cues, trial) {
                planted += 1
                missed.append(movement.number)
            }
        }
    }

    /// Compensations 4: 4 s or, walking, 20 steps after a cue the rule says nothing.
    private func rests(before end: Double, cues: [Double], _ trial: FeedbackTrial) -> Bool {
        guard trial.exercise.task == .steps else {
            // Who does not follow the clock does two movements in one of its repetitions.
            let clocked = trial.clocked.first { $0.contains(end) }
            return clocked.map { span in cues.contains { span.contains($0) } } ?? false
        }
        guard trial.exercise.repetitionSignal == .walking else {
            return cues.contains { $0 < end && end - $0 < Rule.usualRefractory }
        }
        return cues.contains { cue in
            cue < end && trial.truth.count { cue < $0.end && $0.end <= end } <= 20
        }
    }

    /// The set was over by the clock of its tempo before the movement was.
    private func isAfterTheClock(_ movement: RepetitionTruth, _ trial: FeedbackTrial) -> Bool {
        guard let last = trial.clocked.last else { return false }
        return movement.end > last.upperBound
    }
}

extension FeedbackTrial {
    /// The repetitions that the clock counted, s; none where they were seen.
    fileprivate var clocked: [ClosedRange<Double>] {
        record.repetitions.map(\.repetition).filter { !$0.isSeen }.map {
            after($0.start)...after($0.end)
        }
    }
}
