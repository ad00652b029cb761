// When a movement counts as begun and ended: what its phases' lengths are measured by.

import Kinematics

extension MovementShape {
    /// Share of the peak speed at which a movement is taken to begin and end: the usual threshold for reaches (Botzer
    /// and Karniel 2009, who show what it is worth and go back from it by a model of the beginning).
    private static var visible: Double { 0.05 }
    /// Where least jerk passes that: the smaller root of 16 u²(1 − u)² = 0.05.
    private static var leastJerkLead: Double {
        (1 - (1 - 4 * (visible / 16).squareRoot()).squareRoot()) / 2
    }

    /// Shares of its time at which the movement counts as begun and as ended.
    ///
    /// Those of the movement of least jerk that passes a twentieth of the peak speed at the same two moments, though
    /// not outside the movement: the tail of a soft one, slower than any sensor shows, is no part of it. Found by
    /// walking along the curve, so whatever estimates phases has to find them by another way.
    package var counted: (start: Double, end: Double) {
        let places = 20_000
        let speeds = (0...places).map {
            SmoothCurve.step(Double($0) / Double(places), start: 0, length: 1, shape: self).rate
        }
        let limit = (speeds.max() ?? 0) * MovementShape.visible
        let first = Double(speeds.firstIndex { $0 >= limit } ?? 0) / Double(places)
        let last = Double(speeds.lastIndex { $0 >= limit } ?? places) / Double(places)
        let lead = MovementShape.leastJerkLead
        let length = (last - first) / (1 - 2 * lead)
        return (max(0, first - lead * length), min(1, last + lead * length))
    }
}

extension PhaseTimes {
    /// The phases of a set's repetitions as they count.
    package static func counted(
        _ set: [PhaseTimes], _ shape: MovementShape, lowersFirst: Bool
    ) -> [PhaseTimes] {
        set.indices.map { index in
            set[index].counted(
                shape, lowersFirst: lowersFirst,
                next: index + 1 < set.count ? set[index + 1] : nil)
        }
    }

    /// The phases as they count, from movements of a shape that fill raise and lower.
    ///
    /// `next`: the repetition after this one; nil: there is none.
    package func counted(
        _ shape: MovementShape, lowersFirst: Bool, next: PhaseTimes?
    ) -> PhaseTimes {
        let (start, end) = shape.counted
        let (out, back) = lowersFirst ? (lower, raise) : (raise, lower)
        let following = next.map { lowersFirst ? $0.lower : $0.raise } ?? 0
        return PhaseTimes(
            raise: raise * (end - start), hold: hold + (1 - end) * out + start * back,
            lower: lower * (end - start), rest: rest + (1 - end) * back + start * following)
    }
}
