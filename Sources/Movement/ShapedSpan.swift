// When a movement began and ended, by every shape that it may have had.

import Kinematics

/// One movement's ends as each of the shapes sees them.
package struct ShapedSpan: BitwiseCopyable, Sendable {
    private var spans: ByShape<MovementSpan>

    @_noLocks
    init(_ span: MovementSpan) { spans = ByShape(repeating: span) }

    package subscript(_ shape: BellShape) -> MovementSpan {
        @_noLocks get { spans[shape.index] }
        @_noLocks set { spans[shape.index] = newValue }
    }

    /// Cuts the ends to what each shape has left at a moment when the movement has become slow.
    @_noLocks
    mutating func end(by now: Double) {
        var index = 0
        while index < BellShape.count {
            let share = BellShape(index: index).slowEnd
            spans[index].end = min(spans[index].end, now + share * (now - spans[index].start))
            index += 1
        }
    }

    /// Between this and another look at the same movement.
    @_noLocks
    func middle(_ other: ShapedSpan) -> ShapedSpan {
        var result = self
        var index = 0
        while index < BellShape.count {
            result.spans[index] = spans[index].middle(other.spans[index])
            index += 1
        }
        return result
    }
}
