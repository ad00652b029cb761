// The shapes that a movement's speed is tried in.

import Kinematics

/// How the speed of a movement grows and falls: u^rise · (1 − u)^fall over its time u from 0 to 1.
///
/// Least jerk (Flash and Hogan 1985) has the exponents 2 and 2, a seventh-order step 3 and 3, about half a sine
/// 1 and 1; unequal ones have their peak before or after the middle. Between the ends of the same movement as
/// two of them see it lies a sixth of its length, so a set's movements are timed by the shape that fits them best.
package struct BellShape: BitwiseCopyable, Sendable, Equatable {
    package let index: Int

    /// Shapes that are tried.
    package static var count: Int { @_noLocks get { 5 } }
    static var leastJerk: BellShape { @_noLocks get { BellShape(index: 0) } }
    static var soft: BellShape { @_noLocks get { BellShape(index: 1) } }
    static var early: BellShape { @_noLocks get { BellShape(index: 2) } }
    static var late: BellShape { @_noLocks get { BellShape(index: 3) } }
    /// What begins and ends abruptly.
    static var even: BellShape { @_noLocks get { BellShape(index: 4) } }

    @_noLocks
    package init(index: Int) { self.index = index }

    var rise: Int {
        @_noLocks get { index == 1 || index == 3 ? 3 : index == 4 ? 1 : 2 }
    }
    var fall: Int {
        @_noLocks get { index == 1 || index == 2 ? 3 : index == 4 ? 1 : 2 }
    }

    /// Where this shape, fitted to the accelerations of a soft movement from 0 to 1, begins and ends.
    private var first: Double {
        @_noLocks get {
            index == 0 ? 0.07 : index == 2 ? 0.10 : index == 3 ? -0.06 : index == 4 ? 0.12 : 0
        }
    }
    private var last: Double {
        @_noLocks get {
            index == 0 ? 0.93 : index == 2 ? 1.06 : index == 3 ? 0.90 : index == 4 ? 0.88 : 1
        }
    }

    /// Roughly the span by this shape of a movement whose span by `other` is known.
    @_noLocks
    func span(_ span: MovementSpan, by other: BellShape) -> MovementSpan {
        let length = (span.end - span.start) / (other.last - other.first)
        let start = span.start - other.first * length
        return MovementSpan(start: start + first * length, end: start + last * length)
    }

    /// Share of the way that has been gone at a share of the time.
    @_noLocks
    func way(_ u: Double) -> Double {
        let u = max(0, min(1, u))
        switch index {
        case 0: return u * u * u * (10 + u * (6 * u - 15))
        case 1: return u * u * u * u * (35 + u * (-84 + u * (70 - 20 * u)))
        case 2: return u * u * u * (20 + u * (-45 + u * (36 - 10 * u)))
        case 3:
            let rest = 1 - u
            return 1 - rest * rest * rest * (20 + rest * (-45 + rest * (36 - 10 * rest)))
        default: return u * u * (3 - 2 * u)
        }
    }

    /// 1 ∕ ∫ u^rise (1 − u)^fall du.
    var scale: Double {
        @_noLocks get { index == 1 ? 140 : index == 4 ? 6 : index == 0 ? 30 : 60 }
    }

    @_noLocks
    package static func == (left: BellShape, right: BellShape) -> Bool { left.index == right.index }
    @_noLocks
    package static func != (left: BellShape, right: BellShape) -> Bool { left.index != right.index }
}

/// The speed of a way from 0 to 1 at one moment of its time, and the speed's two derivatives.
struct Bell: BitwiseCopyable {
    private(set) var value = 0.0
    private(set) var slope = 0.0
    private(set) var bend = 0.0
    let u: Double
    var isInside: Bool { @_noLocks get { u > 0 && u < 1 } }

    @_noLocks
    init(at u: Double, shape: BellShape) {
        self.u = u
        guard u > 0, u < 1 else { return }
        let rest = 1 - u
        let (a, b) = (shape.rise, shape.fall)
        // u^(a − 2) · (1 − u)^(b − 2); below 2 there is no bend to speak of.
        let core = shape.scale * Bell.power(u, a - 2) * Bell.power(rest, b - 2)
        let (rise, fall) = (Double(a), Double(b))
        let turn = rise * rest - fall * u
        bend = core * (turn * ((rise - 1) * rest - (fall - 1) * u) - (rise + fall) * u * rest)
        slope = core * u * rest * turn
        value = core * u * rest * u * rest
    }

    /// u to the −1, 0 or 1.
    @_noLocks
    private static func power(_ u: Double, _ exponent: Int) -> Double {
        exponent == 0 ? 1 : exponent > 0 ? u : 1 / u
    }
}
