// Which steps are a walk's own: not its first and last ones, nor those in a turn.

import Kinematics

/// Tells the steady steps of a walk, which alone are compared with the person's own.
///
/// A gait laboratory leaves out the steps in which a walk starts, turns and stops: they are shorter or longer, lower
/// or heavier than the others of the same person, and so would be a mean that they were part of.
package struct SteadyWalk: BitwiseCopyable, Sendable {
    /// s of steady steps in a row, up to the newest step's end.
    package private(set) var lasted = 0.0
    /// Steps in a row, on either leg in turn and without a pause.
    private var inARow = 0
    private var lastEnd: Int64 = 0
    private var lastSide = Side.left
    /// s that the newest step and the one before it took.
    private var newest = 0.0
    private var previous = 0.0
    /// rad that the pelvis has turned about the vertical since the newest step's end, and in that step.
    private var turn = 0.0
    private var turned = 0.0

    /// Steps at a walk's start that are not judged, in which people reach their pace [engineering default].
    private static var start: Int { @_noLocks get { 3 } }
    /// rad/s over a stride, which a straight walk ends facing the way it was begun: turns are usually sought beyond
    /// 15 deg/s (El-Gohary and others, Sensors 2014).
    private static var straight: Double { @_noLocks get { 15 * radiansPerDegree } }
    /// The most by which two strides in a row differ, as a share: those of a steady walk vary by 2 to 5 %, sides
    /// that differ do not change them [engineering default].
    private static var even: Double { @_noLocks get { 0.2 } }

    @_noLocks
    package init() {}

    /// Takes a sample: the rate about the vertical, rad/s, NaN where none is measured.
    @_noLocks
    package mutating func step(verticalRate: Double, interval: Double) {
        guard interval > 0, interval < 0.5, verticalRate.isFinite else { return }
        turn += verticalRate * interval
    }

    /// Takes a finished step; true where it is a steady walk's.
    @_noLocks
    package mutating func add(_ step: Step) -> Bool {
        let follows = step.start == lastEnd && step.side != lastSide
        inARow = follows ? inARow + 1 : 1
        lastEnd = step.end
        lastSide = step.side
        let stride = newest + step.duration
        // Of two strides that share a step, the others differ.
        let isEven = abs(step.duration - previous) < SteadyWalk.even * stride
        let isStraight = abs(turned + turn) < SteadyWalk.straight * stride
        (previous, newest) = (newest, step.duration)
        (turned, turn) = (turn, 0)
        guard inARow > SteadyWalk.start, isEven, isStraight else {
            lasted = 0
            return false
        }
        lasted += step.duration
        return true
    }

    /// True where the steps go on steadily at `time`: none is awaited for longer than the last two took.
    @_noLocks
    package func goesOn(at time: Int64) -> Bool {
        lasted > 0 && seconds(fromNanoseconds: time &- lastEnd) < newest + previous
    }
}
