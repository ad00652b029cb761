// The last twenty seconds of a movement's speed, to look back on when a phase has ended.

import Kinematics

/// When one movement began and ended, s on the history's clock.
package struct MovementSpan: BitwiseCopyable, Sendable {
    package var start: Double
    package var end: Double

    @_noLocks
    package init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }

    /// Between this and another look at the same movement.
    @_noLocks
    func middle(_ other: MovementSpan) -> MovementSpan {
        MovementSpan(start: (start + other.start) / 2, end: (end + other.end) / 2)
    }
}

/// Speeds at 50 a second in a ring; tells when a movement began and ended.
///
/// A movement that starts and ends softly crosses any threshold late and leaves it early. Its speed is first
/// taken for a bell (u(1 − u))^k over the time u from 0 to 1: the ratio of the bell's widths at two levels gives k,
/// and k the part of the whole that a width is. From there, bells of every `BellShape` are fitted to all speeds.
package struct VelocityHistory: BitwiseCopyable, Sendable {
    private var speeds: InlineArray<1024, Float>
    private var times: InlineArray<1024, Double>
    private var next = 0
    private var count = 0
    private var sum = 0.0
    private var summed = 0.0
    /// The exponent k, learnt over the set.
    private var exponent = 2.7
    /// How well each shape fits the set's movements.
    package private(set) var evidence = ShapeEvidence()
    /// How fast the person sways: below it nothing says when a movement began.
    package var sway = RestSway()
    private var movements = 0.0

    /// Share of the peak above which sway blurs the foot of a movement.
    private static var unclear: Double { @_noLocks get { 0.15 } }
    /// Share of the speeds' power that a bell may leave over, on top of what sway leaves; and where the sway
    /// is not known [engineering defaults].
    private static var misfit: Double { @_noLocks get { 0.005 } }
    private static var unknownMisfit: Double { @_noLocks get { 0.02 } }
    /// Entries between two speeds whose difference tells the shape [engineering default]: shapes differ in how
    /// fast they turn, and sway is slow.
    private static var lag: Int { @_noLocks get { 4 } }
    /// What sway leaves over beside a bell of the true shape, as a multiple of its share of the peak: 4.4 times in
    /// the mean over a window of one and a half bells of exponent 3, and thrice that once in a hundred.
    private static var swayLeaves: Double { @_noLocks get { 15 } }
    private static var spacing: Double { @_noLocks get { 0.02 } }
    /// s by which a bell still has to move.
    private static var there: Double { @_noLocks get { 1e-6 } }
    private static var size: Int { @_noLocks get { 1024 } }

    @_noLocks
    package init() {
        speeds = InlineArray(repeating: 0)
        times = InlineArray(repeating: 0)
    }

    /// Adds the mean speed over `interval` s that ended at `time` s.
    @_noLocks
    package mutating func add(_ speed: Double, time: Double, interval: Double) {
        sum += speed * interval
        summed += interval
        guard summed >= VelocityHistory.spacing * 0.75 else { return }
        speeds[next] = Float(sum / summed)
        times[next] = time - summed / 2
        next = next + 1 == VelocityHistory.size ? 0 : next + 1
        count = min(count + 1, VelocityHistory.size)
        sum = 0
        summed = 0
    }

    /// Takes off a drift that grew evenly to `residual` over the last `span` s before `time`.
    @_noLocks
    package mutating func correct(residual: Double, span: Double, time: Double) {
        guard span > 0 else { return }
        var back = 0
        while back < count {
            let place = index(back)
            let into = times[place] - (time - span)
            if into <= 0 { return }
            speeds[place] -= Float(residual * min(1, into / span))
            back += 1
        }
    }

    /// Takes off the even drift from `start` on that keeps a way there and back from ending where it began.
    ///
    /// Gives the drift, unit a second squared; 0 where what is missing is less or more than believed.
    @_noLocks
    package mutating func balance(
        from start: Double, to end: Double, least: Double, most: Double
    ) -> Double {
        let missing = way(from: start, to: end)
        let length = end - start
        guard length > 0.5, abs(missing) > least, abs(missing) < most else { return 0 }
        let drift = 2 * missing / (length * length)
        var back = 0
        while back < count {
            let place = index(back)
            if times[place] <= start { break }
            speeds[place] -= Float(drift * (times[place] - start))
            back += 1
        }
        return drift
    }

    /// The speed at a moment; nil where it is not in the history.
    @_noLocks
    mutating func speed(at time: Double) -> Double? {
        var back = 0
        while back + 1 < count {
            let (newer, older) = (index(back), index(back + 1))
            if times[older] <= time {
                let part = (time - times[older]) / max(1e-6, times[newer] - times[older])
                return Double(speeds[older]) + Double(speeds[newer] - speeds[older]) * min(1, part)
            }
            back += 1
        }
        return nil
    }

    /// The way that the speeds between two moments make.
    @_noLocks
    package mutating func way(from start: Double, to end: Double) -> Double {
        var way = 0.0
        var back = 0
        while back + 1 < count {
            let (newer, older) = (index(back), index(back + 1))
            if times[older] < start { break }
            if times[newer] <= end {
                way += Double(speeds[newer] + speeds[older]) / 2 * (times[newer] - times[older])
            }
            back += 1
        }
        return way
    }

    /// The movement with the largest speed of `sign` between two moments; nil where there is none.
    ///
    /// `only`: by that shape alone, where nothing is to be learnt; else by all of them, and what it shows of the
    /// shape is kept.
    @_noLocks
    package mutating func span(
        from: Double, to: Double, sign: Double, only: BellShape? = nil
    ) -> ShapedSpan? {
        var peak = 0.0
        var peakBack = -1
        var back = 0
        while back < count {
            let place = index(back)
            if times[place] < from { break }
            if times[place] <= to, Double(speeds[place]) * sign > peak {
                peak = Double(speeds[place]) * sign
                peakBack = back
            }
            back += 1
        }
        guard peakBack >= 0, peak > 0 else { return nil }
        // The lower level stands clear of what the person sways at rest.
        let level = max(0.1, min(0.3, 3 * squareRoot(sway.power) / peak))
        let foot = width(peakBack, level: peak * level, sign: sign, from: from)
        let half = width(peakBack, level: peak * 0.5, sign: sign, from: from)
        let (wide, narrow) = (foot.end - foot.start, half.end - half.start)
        guard wide > 0, narrow > 0 else { return nil }
        if case .none = only { learn(ratio: wide / narrow, level: level) }
        // Where sway reaches up to there, the steep flanks at half the peak tell the time better.
        if 3 * squareRoot(sway.power) / peak > VelocityHistory.unclear {
            let extra = narrow * (1 / VelocityHistory.half(exponent) - 1) * 0.5
            return fitted(
                MovementSpan(start: half.start - extra, end: half.end + extra), peakBack,
                sign: sign, from: from, only: only)
        }
        let extra = wide * (1 / VelocityHistory.width(level, exponent) - 1) * 0.5
        return fitted(
            MovementSpan(start: foot.start - extra, end: foot.end + extra), peakBack, sign: sign,
            from: from, only: only)
    }

    @_noLocks
    private mutating func learn(ratio: Double, level: Double) {
        // A high level tells little of the shape.
        movements += 1
        let first = level < 0.25 ? 1 / (movements + 1.5) : 0
        let trust = max(first, level < 0.15 ? 0.25 : level < 0.25 ? 0.1 : 0.04)
        let seen = VelocityHistory.exponent(ratio: ratio, level: level)
        exponent += (seen - exponent) * trust
    }

    /// The span whose bell comes nearest to all speeds around a peak, for every shape; the `rough` one where no
    /// bell comes near.
    ///
    /// Sway moves two flanks more than the whole bell.
    @_noLocks
    private mutating func fitted(
        _ rough: MovementSpan, _ peakBack: Int, sign: Double, from: Double, only: BellShape?
    ) -> ShapedSpan {
        let margin = 0.25 * (rough.end - rough.start)
        let against = -0.15 * Double(speeds[index(peakBack)]) * sign
        // The oldest and the newest speed of the window: up to a movement the other way.
        var oldest = peakBack
        while oldest + 1 < count {
            let place = index(oldest + 1)
            if times[place] < max(from, rough.start - margin) { break }
            if Double(speeds[place]) * sign < against {
                // Nor the beginning of that one.
                while oldest > peakBack, Double(speeds[index(oldest)]) * sign < 0 { oldest -= 1 }
                break
            }
            oldest += 1
        }
        var newest = peakBack
        while newest > 0 {
            let place = index(newest - 1)
            if times[place] > rough.end + margin { break }
            if Double(speeds[place]) * sign < against {
                while newest < peakBack, Double(speeds[index(newest)]) * sign < 0 { newest += 1 }
                break
            }
            newest -= 1
        }
        var found = ShapedSpan(rough)
        var misfits = ByShape<Double>(repeating: 0)
        let peak = Double(speeds[index(peakBack)])
        // Two movements on top of each other are no bell; sway leaves its own share over.
        let allowed =
            sway.windows == 0
            ? VelocityHistory.unknownMisfit
            : min(
                0.3,
                VelocityHistory.misfit + VelocityHistory.swayLeaves * sway.power / (peak * peak))
        let limit = 2 * margin
        var place = 0
        while place < BellShape.count {
            let shape = BellShape(index: place)
            place += 1
            if let only, only != shape { continue }
            let one = fit(
                BellSpan(rough), from: oldest, to: newest, shape: shape, sign: sign, lag: 0)
            let turned = fit(
                one, from: oldest, to: newest, shape: shape, sign: sign, lag: VelocityHistory.lag)
            misfits[shape.index] = turned.misfit
            if one.misfit < allowed, abs(one.span.start - rough.start) < limit,
                abs(one.span.end - rough.end) < limit
            {
                found[shape] = one.span
            }
        }
        if case .none = only { evidence.add(misfits) }
        return found
    }

    /// The bell of one shape that is nearest to the speeds between two places, by Gauss and Newton; with a `lag`, to
    /// the differences of speeds so many entries apart.
    @_noLocks
    private mutating func fit(
        _ rough: BellSpan, from oldest: Int, to newest: Int, shape: BellShape, sign: Double,
        lag: Int
    ) -> BellSpan {
        var found = rough
        var round = 0
        while round < 7 {
            let length = found.span.end - found.span.start
            guard length > 0.2 else { return rough }
            // The bell's height for this span, and one step of all three.
            var sums = BellFit()
            var back = newest
            while back + lag <= oldest {
                let (newer, older) = (index(back), index(back + lag))
                let bell = Bell(at: (times[newer] - found.span.start) / length, shape: shape)
                var value = bell.value
                // u changes by −(1 − u) / length a second of start, by −u / length a second of end.
                var byStart = -bell.slope * (1 - bell.u)
                var byEnd = -bell.slope * bell.u
                var speed = Double(speeds[newer]) * sign
                if lag > 0 {
                    let other = Bell(at: (times[older] - found.span.start) / length, shape: shape)
                    value -= other.value
                    byStart += other.slope * (1 - other.u)
                    byEnd += other.slope * other.u
                    speed -= Double(speeds[older]) * sign
                }
                sums.add(value, byStart: byStart / length, byEnd: byEnd / length, speed: speed)
                back += 1
            }
            found.misfit = sums.residualShare
            guard let step = sums.step else { return rough }
            round += 1
            // A microsecond is far less than anybody asks for.
            if round == 7 || max(abs(step.start), abs(step.end)) < VelocityHistory.there { break }
            found.span.start += max(-0.2, min(0.2, step.start))
            found.span.end += max(-0.2, min(0.2, step.end))
        }
        return found
    }

    /// The moments around a peak at which the speed passes `level`, between samples by a straight line.
    @_noLocks
    private mutating func width(_ peakBack: Int, level: Double, sign: Double, from: Double)
        -> MovementSpan
    {
        var start = times[index(peakBack)]
        var end = start
        var back = peakBack
        while back + 1 < count {
            let (inner, outer) = (index(back), index(back + 1))
            if Double(speeds[outer]) * sign < level || times[outer] < from {
                start = crossing(inner, outer, level, sign)
                break
            }
            back += 1
            start = times[outer]
        }
        back = peakBack
        while back > 0 {
            let (inner, outer) = (index(back), index(back - 1))
            if Double(speeds[outer]) * sign < level {
                end = crossing(inner, outer, level, sign)
                break
            }
            back -= 1
            end = times[outer]
        }
        return MovementSpan(start: start, end: end)
    }

    @_noLocks
    private mutating func crossing(_ inner: Int, _ outer: Int, _ level: Double, _ sign: Double)
        -> Double
    {
        let (a, b) = (Double(speeds[inner]) * sign, Double(speeds[outer]) * sign)
        let part = a > b ? max(0, min(1, (a - level) / (a - b))) : 0
        return times[inner] + (times[outer] - times[inner]) * part
    }

    /// The place of the entry `back` before the newest.
    @_noLocks
    private mutating func index(_ back: Int) -> Int {
        let place = next - 1 - back
        return place >= 0 ? place : place + VelocityHistory.size
    }
}
