// How far the leg leans in quiet standing on it: what sideways shift is measured from.

package import Kinematics

/// The person's own lean of the stance leg, for each side.
///
/// Standing on one leg brings the hips over the foot, so the leg leans by some degrees in everybody. C05
/// counts what comes on top. The quiet value is the mean of the first moments on that leg and stays for
/// the session.
package struct QuietLean: BitwiseCopyable, Sendable {
    private var left = 0.0
    private var right = 0.0
    private var leftTime = 0.0
    private var rightTime = 0.0

    /// s on a leg that give its quiet value [engineering default].
    private static var wanted: Double { @_noLocks get { 1.0 } }

    @_noLocks
    package init() {}

    /// Learns while the person stands on `side`; s of learning count only while judged.
    @_noLocks
    package mutating func step(lean: Double, side: Side, interval: Double) {
        guard interval > 0, interval < 0.5 else { return }
        switch side {
        case .left:
            guard leftTime < QuietLean.wanted else { return }
            leftTime += interval
            left += (lean - left) * (interval / leftTime)
        case .right:
            guard rightTime < QuietLean.wanted else { return }
            rightTime += interval
            right += (lean - right) * (interval / rightTime)
        }
    }

    /// What was learnt on `side` was the other leg's.
    @_noLocks
    package mutating func forget(_ side: Side) {
        switch side {
        case .left: (left, leftTime) = (0, 0)
        case .right: (right, rightTime) = (0, 0)
        }
    }

    /// Lean beyond the quiet one; nil until that is known.
    @_noLocks
    package func beyond(lean: Double, side: Side) -> Double? {
        switch side {
        case .left: leftTime < QuietLean.wanted ? nil : lean - left
        case .right: rightTime < QuietLean.wanted ? nil : lean - right
        }
    }
}
