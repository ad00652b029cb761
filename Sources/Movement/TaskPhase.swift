// Where in a repetition a set is, whatever that is seen in; what is seen of the thighs and of standing about.

import Kinematics

extension TaskTracker {
    var phase: RepetitionPhase {
        @_noLocks get {
            switch source {
            case .none: .none
            case .metronome: metronome.phase
            default: repetitions.phase
            }
        }
    }

    var isMoving: Bool {
        @_noLocks get {
            source == .metronome
                ? metronome.phase != .rest && metronome.phase != .none : repetitions.isMoving
        }
    }

    /// How upright the thighs are, rad: the mean of those worn, since both rise together.
    @_noLocks
    static func rise(_ angles: BodyAngles) -> Double? {
        guard let left = angles.leftThigh else { return angles.rightThigh?.anteriorTilt }
        guard let right = angles.rightThigh else { return left.anteriorTilt }
        return (left.anteriorTilt + right.anteriorTilt) * 0.5
    }

    @_noLocks
    mutating func stepHabits(
        _ moment: PelvisMoment, _ angles: BodyAngles, _ signals: inout SignalValues
    ) {
        habits.step(
            angles: angles, rate: moment.rate, interval: moment.interval, signals: &signals)
    }
}
