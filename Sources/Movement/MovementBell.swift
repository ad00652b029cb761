// The shapes that a movement's speed is tried in.

import Kinematics

/// How the speed of a movement grows and falls: u^rise · (1 − u)^fall over its time u from 0 to 1.
///
/// Least jerk (Flash and Hogan 1985) has the exponents 2 and 2, a seventh-order step 3 and 3, about half a sine
/// 1 and 1; unequal ones have their peak up to a sixth of the time before or after the middle. Between the ends of
/// the same movement as two of them see it lies a sixth of its length, so a set's movements are timed by the shape
/// that fits them best.
package enum BellShape: UInt8, BitwiseCopyable, Sendable {
    /// The exponents 2 and 2.
    case leastJerk
    /// 3 and 3.
    case soft
    /// 2 and 3.
    case early
    /// 3 and 2.
    case late
    /// 1 and 1: what begins and ends abruptly.
    case even
    /// 2 and 4.
    case earliest
    /// 4 and 2.
    case latest

    /// Shapes that are tried: as many as `ByShape` holds.
    package static var count: Int { @_noLocks get { 7 } }

    /// The shape of that place below `count`.
    @_noLocks
    package init(index: Int) {
        switch index {
        case 0: self = .leastJerk
        case 1: self = .soft
        case 2: self = .early
        case 3: self = .late
        case 4: self = .even
        case 5: self = .earliest
        default: self = .latest
        }
    }

    package var index: Int { @_noLocks get { Int(rawValue) } }

    var rise: Int {
        @_noLocks get {
            switch self {
            case .leastJerk, .early, .earliest: 2
            case .soft, .late: 3
            case .latest: 4
            case .even: 1
            }
        }
    }

    var fall: Int {
        @_noLocks get {
            switch self {
            case .leastJerk, .late, .latest: 2
            case .soft, .early: 3
            case .earliest: 4
            case .even: 1
            }
        }
    }

    /// 1 ∕ ∫ u^rise (1 − u)^fall du.
    var scale: Double {
        @_noLocks get {
            switch self {
            case .leastJerk: 30
            case .soft: 140
            case .early, .late: 60
            case .earliest, .latest: 105
            case .even: 6
            }
        }
    }

    /// Where this shape, fitted to the accelerations of a soft movement from 0 to 1, begins and ends: by SciPy.
    private var ends: MovementSpan {
        @_noLocks get {
            switch self {
            case .leastJerk: MovementSpan(start: 0.07, end: 0.93)
            case .soft: MovementSpan(start: 0, end: 1)
            case .early: MovementSpan(start: 0.10, end: 1.06)
            case .late: MovementSpan(start: -0.06, end: 0.90)
            case .even: MovementSpan(start: 0.12, end: 0.88)
            case .earliest: MovementSpan(start: 0.11, end: 1.21)
            case .latest: MovementSpan(start: -0.21, end: 0.89)
            }
        }
    }

    /// Where a movement of this shape from 0 to 1 counts as begun and ended, see `counted`: by SciPy.
    private var countedEnds: MovementSpan {
        @_noLocks get {
            switch self {
            case .leastJerk, .even: MovementSpan(start: 0, end: 1)
            case .soft: MovementSpan(start: 0.0490, end: 0.9510)
            case .early: MovementSpan(start: 0, end: 0.9237)
            case .late: MovementSpan(start: 0.0763, end: 1)
            case .earliest: MovementSpan(start: 0, end: 0.8473)
            case .latest: MovementSpan(start: 0.1527, end: 1)
            }
        }
    }

    /// What may come after the speed has fallen to a tenth, as a share of what came before: an eighth with the exponent
    /// 3, a quarter with 4, and some slack [engineering default].
    var slowEnd: Double {
        @_noLocks get { fall > 3 ? 0.33 : 0.2 }
    }

    /// The part of a movement that counts as its phase: see "When a phase begins" in the Feedback article.
    ///
    /// The movement of least jerk that passes a twentieth of the peak speed at the same two moments, where the usual
    /// threshold lies, as far as it is not longer than the movement (after Botzer and Karniel 2009, who find the
    /// beginning from the threshold by a model as well).
    @_noLocks
    func counted(_ span: MovementSpan) -> MovementSpan {
        let length = span.end - span.start
        return MovementSpan(
            start: span.start + countedEnds.start * length,
            end: span.start + countedEnds.end * length)
    }

    /// Roughly the span by this shape of a movement whose span by `other` is known.
    @_noLocks
    func span(_ span: MovementSpan, by other: BellShape) -> MovementSpan {
        let (own, seen) = (ends, other.ends)
        let length = (span.end - span.start) / (seen.end - seen.start)
        let start = span.start - seen.start * length
        return MovementSpan(start: start + own.start * length, end: start + own.end * length)
    }

    /// Share of the way that has been gone at a share of the time.
    @_noLocks
    func way(_ u: Double) -> Double {
        let u = max(0, min(1, u))
        switch self {
        case .leastJerk: return u * u * u * (10 + u * (6 * u - 15))
        case .soft: return u * u * u * u * (35 + u * (-84 + u * (70 - 20 * u)))
        case .early: return BellShape.earlyWay(u)
        case .late: return 1 - BellShape.earlyWay(1 - u)
        case .even: return u * u * (3 - 2 * u)
        case .earliest: return BellShape.earliestWay(u)
        case .latest: return 1 - BellShape.earliestWay(1 - u)
        }
    }

    @_noLocks
    private static func earlyWay(_ u: Double) -> Double {
        u * u * u * (20 + u * (-45 + u * (36 - 10 * u)))
    }

    /// 105 ∫ u²(1 − u)⁴ du.
    @_noLocks
    private static func earliestWay(_ u: Double) -> Double {
        u * u * u * (35 + u * (-105 + u * (126 + u * (-70 + 15 * u))))
    }

    @_noLocks
    package static func == (left: BellShape, right: BellShape) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: BellShape, right: BellShape) -> Bool {
        left.rawValue != right.rawValue
    }
}

/// One value for each shape, by its `index`.
typealias ByShape<Value> = InlineArray<7, Value>

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

    /// u to the −1, 0, 1 or 2.
    @_noLocks
    private static func power(_ u: Double, _ exponent: Int) -> Double {
        switch exponent {
        case 0: 1
        case 1: u
        case 2: u * u
        default: 1 / u
        }
    }
}
