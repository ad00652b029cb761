// Which shape the movements of a set have.

import Kinematics

/// How badly each shape has fitted the movements so far, in shares of their power.
package struct ShapeEvidence: BitwiseCopyable, Sendable {
    private var misfits = ByShape<Double>(repeating: 0)

    /// What a shape with its peak aside, and an abrupt one, are to make good before they are believed [engineering
    /// defaults]: a movement cut short by what counts as rest looks as if it had begun abruptly.
    private static var skewed: Double { @_noLocks get { 0.004 } }
    private static var abrupt: Double { @_noLocks get { 0.05 } }
    /// Share of a movement's length by which two that touch seem to overlap, and what more of it is worth
    /// [engineering defaults].
    private static var touching: Double { @_noLocks get { 0.03 } }
    private static var overlapping: Double { @_noLocks get { 0.3 } }

    @_noLocks
    package init() {}

    @_noLocks
    private func handicap(_ index: Int) -> Double {
        let shape = BellShape(index: index)
        if shape == .even { return ShapeEvidence.abrupt }
        return shape.rise == shape.fall ? 0 : ShapeEvidence.skewed
    }

    @_noLocks
    mutating func add(_ other: ByShape<Double>) {
        var index = 0
        while index < BellShape.count {
            misfits[index] += other[index]
            index += 1
        }
    }

    /// Takes by what share of its length a movement overlaps the one before as each shape sees them: nobody goes
    /// there and back at once.
    @_noLocks
    mutating func addOverlap(_ earlier: ShapedSpan, _ later: ShapedSpan) {
        var index = 0
        while index < BellShape.count {
            let shape = BellShape(index: index)
            let length = later[shape].end - later[shape].start
            let share = (earlier[shape].end - later[shape].start) / max(0.1, length)
            misfits[index] +=
                ShapeEvidence.overlapping * max(0, min(1, share) - ShapeEvidence.touching)
            index += 1
        }
    }

    /// The shape that fits best.
    package var best: BellShape {
        @_noLocks get {
            var found = BellShape.soft.index
            var index = 0
            while index < BellShape.count {
                if misfits[index] + handicap(index) < misfits[found] + handicap(found) {
                    found = index
                }
                index += 1
            }
            return BellShape(index: found)
        }
    }

    /// Another look at the same movements.
    @_noLocks
    mutating func add(_ other: ShapeEvidence) { add(other.misfits) }
}
