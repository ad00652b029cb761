// The steps of a set: which of them are judged, and when their sway is.

import Kinematics

extension TaskTracker {
    /// s that a walk goes on steadily before its sway is judged: the window it is averaged over.
    private static var swaySpan: Double { @_noLocks get { 2.0 } }

    /// Takes a sample of a set of steps; the step that ended at it.
    ///
    /// In a walk only the steady steps are judged, and learnt from; all are counted.
    @_noLocks
    mutating func stepSteps(
        _ moment: PelvisMoment, mode: StepTracker.Mode, angles: BodyAngles,
        signals: inout SignalValues
    ) -> Step? {
        let isWalk = mode == .swings
        if isWalk { walk.step(verticalRate: moment.verticalRate, interval: moment.interval) }
        let hasEnded = steps.step(
            moment, mode: mode, angles: angles, upward: vertical.acceleration)
        // The calm of stepping is that of the steps after the first ones.
        let isSteady = isWalk ? swaysAsWalking(at: moment.time) : steps.count >= 4
        if isSteady { sway.learnCalm(interval: moment.interval, wanted: 6) }
        guard hasEnded else { return nil }
        if !isWalk || walk.add(steps.last) {
            stepJudge.step(steps.last, signals: &signals)
        } else {
            stepJudge.breakOff()
        }
        return steps.last
    }

    /// True where the sway of the last seconds is a steady walk's.
    @_noLocks
    private mutating func swaysAsWalking(at time: Int64) -> Bool {
        walk.lasted >= TaskTracker.swaySpan && walk.goesOn(at: time)
    }

    /// Whether sway says something at this moment: in a walk only while that is steady.
    @_noLocks
    mutating func isSwayJudged(_ task: TaskKind, _ source: RepetitionSource, time: Int64) -> Bool {
        task != .steps || !(StepTracker.Mode(source) == .swings) || swaysAsWalking(at: time)
    }
}
