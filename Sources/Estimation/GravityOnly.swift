// The tilt of a sensor without a gyroscope: gravity, as far as it can be told from movement.

import Kinematics

/// Low-passed specific force, and how far the readings stray from it.
///
/// Without a gyroscope nothing tells a turn from a push. So the vertical is the mean of the last moments, and
/// its uncertainty what the readings say against it: how far they stray from that mean (a turn of ω
/// strays by ω times the time constant, which is also how far the mean lags) and by how much the
/// mean's length is not gravity's.
struct GravityOnly: BitwiseCopyable, Sendable {
    /// Mean specific force, sensor frame, m/s².
    private(set) var mean = Vector3.zero
    /// Mean square distance of the readings from it, (m/s²)².
    private var spread = 0.0
    private var seconds = 0.0

    /// s: a fifth of a second passes slow exercise (below 1 Hz) and most of a step's shake does not.
    private static var meanTime: Double { @_noLocks get { 0.2 } }
    /// s over which the spread is averaged.
    private static var spreadTime: Double { @_noLocks get { 0.5 } }
    /// s at a start in which the mean is not one yet.
    private static var settling: Double { @_noLocks get { 0.5 } }

    @_noLocks
    init() {}

    var isSettling: Bool { @_noLocks get { seconds < GravityOnly.settling } }

    /// Takes a reading, m/s².
    @_noLocks
    mutating func step(_ force: Vector3, elapsed: Double) {
        seconds += elapsed
        let weight = min(1, elapsed / max(elapsed, min(seconds, GravityOnly.meanTime)))
        mean = mean + (force - mean) * weight
        let off = force - mean
        let share = min(1, elapsed / max(elapsed, min(seconds, GravityOnly.spreadTime)))
        spread += (inner(off, off) - spread) * share
    }

    /// Variance of the tilt, rad²: both axes together.
    var tiltVariance: Double {
        @_noLocks get {
            let length = mean.norm - standardGravity
            return (spread + length * length) * (1 / (standardGravity * standardGravity))
        }
    }
}
