// A repetition's phases by every shape of movement, until the set has shown which it is.

import Kinematics

extension Tempo {
    /// The phases between the way out, the way back and the end of the repetition before; nil: there is none.
    @_noLocks
    init(out: MovementSpan, back: MovementSpan, after end: Double?, lowersFirst: Bool) {
        let (outward, homeward) = (out.end - out.start, back.end - back.start)
        var rest = 0.0
        if let end { rest = max(0, out.start - end) }
        self = Tempo(
            raise: lowersFirst ? homeward : outward, hold: max(0, back.start - out.end),
            lower: lowersFirst ? outward : homeward, rest: rest)
    }
}

/// The tempo of one repetition as each shape of movement sees it.
package struct ShapedTempo: BitwiseCopyable, Sendable, Equatable {
    /// ms of raise, hold, lower and rest, shape by shape.
    private var times = InlineArray<28, UInt16>(repeating: 0)

    @_noLocks
    package init() {}

    /// The phases between the way out, the way back and the end of the repetition before; nil: there is none.
    @_noLocks
    init(out: ShapedSpan, back: ShapedSpan, after end: ShapedSpan?, lowersFirst: Bool) {
        var place = 0
        while place < BellShape.count {
            let shape = BellShape(index: place)
            self[shape] = Tempo(
                out: shape.counted(out[shape]), back: shape.counted(back[shape]),
                after: end.map { shape.counted($0[shape]).end },
                lowersFirst: lowersFirst)
            place += 1
        }
    }

    package subscript(_ shape: BellShape) -> Tempo {
        @_noLocks get {
            Tempo(
                raise: seconds(shape, 0), hold: seconds(shape, 1), lower: seconds(shape, 2),
                rest: seconds(shape, 3))
        }
        @_noLocks set {
            set(shape, 0, newValue.raise)
            set(shape, 1, newValue.hold)
            set(shape, 2, newValue.lower)
            set(shape, 3, newValue.rest)
        }
    }

    @_noLocks
    private func seconds(_ shape: BellShape, _ phase: Int) -> Double {
        Double(times[shape.index * 4 + phase]) / 1000
    }

    @_noLocks
    private mutating func set(_ shape: BellShape, _ phase: Int, _ value: Double) {
        times[shape.index * 4 + phase] = UInt16(max(0, min(65, value)) * 1000)
    }

    @_noLocks
    package static func == (left: ShapedTempo, right: ShapedTempo) -> Bool {
        var place = 0
        while place < 4 * BellShape.count {
            if left.times[place] != right.times[place] { return false }
            place += 1
        }
        return true
    }
}
