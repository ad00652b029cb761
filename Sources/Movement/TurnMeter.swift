// How far the pelvis turns about the vertical in a movement.

import Kinematics

/// The turn since a movement began, by the gyroscope; its offset is learnt in the rests.
struct TurnMeter: BitwiseCopyable {
    /// rad; not a number where nothing measures it.
    private var angle = 0.0
    /// rad/s.
    private var offset = 0.0

    @_noLocks
    init() {}

    /// rad, either way.
    var size: Double { @_noLocks get { abs(angle) } }

    @_noLocks
    mutating func restart() { angle = 0 }

    @_noLocks
    mutating func step(_ moment: PelvisMoment, isMoving: Bool) {
        guard moment.verticalRate.isFinite else {
            angle = Double.nan
            return
        }
        guard moment.interval > 0, moment.interval < 0.5 else { return }
        guard !isMoving else {
            angle += (moment.verticalRate - offset) * moment.interval
            return
        }
        angle = 0
        if moment.rate < 3 * radiansPerDegree {
            offset += (moment.verticalRate - offset) * min(1, moment.interval / 1)
        }
    }
}
