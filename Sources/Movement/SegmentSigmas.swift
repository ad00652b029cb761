// How well each segment's angles, and the signals made of them, are known.

package import Kinematics

/// Standard deviation of each segment's angles from neutral, rad; NaN where not measured.
package struct SegmentSigmas: BitwiseCopyable, Sendable {
    private var values: InlineArray<6, Double>

    @_noLocks
    package init() { values = InlineArray(repeating: Double.nan) }

    @_noLocks
    package mutating func set(_ segment: Segment, _ sigma: Double) {
        values[segment.index] = sigma
    }

    @_noLocks
    package func sigma(_ segment: Segment) -> Double { values[segment.index] }

    /// Standard deviation of an angle signal, rad: what its segments' angles bring along, taken for
    /// independent; NaN where one of them is not measured.
    ///
    /// Without a side the signals of a leg are not measured, but for the worse knee's: it is known as well as
    /// the less certain of the two.
    @_noLocks
    package func sigma(_ signal: Signal, stance: Side?) -> Double {
        let pelvis = sigma(.pelvis)
        let trunk = sigma(.trunk)
        var thigh = Double.nan
        var shank = Double.nan
        if let stance {
            thigh = sigma(stance.thigh)
            shank = sigma(stance.shank)
        }
        switch signal {
        case .leanIpsilateral, .leanAway: return trunk
        case .femurAdduction: return thigh
        case .shankAdduction: return shank
        case .hipAdduction: return both(pelvis, thigh)
        case .kneeIn:
            if case .some = stance { return both(thigh, shank) }
            let left = both(sigma(.leftThigh), sigma(.leftShank))
            let right = both(sigma(.rightThigh), sigma(.rightShank))
            return left.isNaN ? right : right.isNaN ? left : max(left, right)
        case .spineDifference: return both(pelvis, trunk)
        case .legLean: return shank.isNaN ? thigh : both(thigh, shank) * 0.5
        default: return pelvis
        }
    }

    @_noLocks
    private func both(_ one: Double, _ other: Double) -> Double {
        squareRoot(one * one + other * other)
    }
}
