// The last twenty seconds of the vertical acceleration, to time a repetition by when it is over.

import Kinematics

/// Accelerations at 25 a second in a ring.
///
/// A height is integrated twice, and drifts; where nobody stands still between repetitions it tells their
/// times to half a second only. The acceleration of a whole repetition, there and back along bells of speed,
/// has one shape whatever the sensor's offset, so the times are taken from it.
struct ForceHistory: BitwiseCopyable {
    /// How the weight lies while the movement is made.
    struct Weight: BitwiseCopyable {
        /// Sign of the side that stands; 0 where both do.
        var side = 0.0
        /// It goes over that leg with the movement, as in a step up.
        var goesOver = false

        @_noLocks
        init(side: Double = 0, goesOver: Bool = false) {
            self.side = side
            self.goesOver = goesOver
        }
    }

    private var samples: InlineArray<512, ForceSample>
    private var next = 0
    private var count = 0
    private var sum = ForceSample()
    private var summed = 0.0
    /// How well each shape fits the set's clear repetitions.
    private(set) var evidence = ShapeEvidence()

    private static var size: Int { @_noLocks get { 512 } }
    private static var spacing: Double { @_noLocks get { 0.04 } }
    /// Share of the power that a movement of another shape leaves over at most [engineering default].
    private static var mostMisfit: Double { @_noLocks get { 0.6 } }
    /// Share below which a misfit leaves no doubt of the shape [engineering default].
    private static var clear: Double { @_noLocks get { 0.05 } }
    /// Share below which the fit still tells what the sensor reads at rest [engineering default].
    private static var fair: Double { @_noLocks get { 0.09 } }
    /// m/s²: two looks at the offset in movements of a bell's shape agree to 0.006, in others they are 0.02 and more
    /// apart [engineering default].
    private static var disagreement: Double { @_noLocks get { 0.012 } }
    /// s that the fit moves an end of the rough times at most [engineering default].
    private static var farthest: Double { @_noLocks get { 1.0 } }
    private static var rounds: Int { @_noLocks get { 20 } }
    /// Share by which a step still has to better the fit.
    private static var enough: Double { @_noLocks get { 1e-5 } }
    /// Share that is not worth another look.
    private static var nothing: Double { @_noLocks get { 1e-7 } }
    /// Share of a way's length that is looked at before it.
    private static var margin: Double { @_noLocks get { 0.4 } }
    /// How often the weight's way is taken anew from the times found.
    private static var weighings: Int { @_noLocks get { 3 } }

    @_noLocks
    init() { samples = InlineArray(repeating: ForceSample()) }

    /// Adds the mean over `interval` s that ended at `time` s.
    @_noLocks
    mutating func add(_ sample: ForceSample, time: Double, interval: Double) {
        sum.add(sample, interval: interval)
        summed += interval
        guard summed >= ForceHistory.spacing * 0.75 else { return }
        samples[next] = sum.mean(over: summed, time: time - summed / 2)
        next = next + 1 == ForceHistory.size ? 0 : next + 1
        count = min(count + 1, ForceHistory.size)
        sum = ForceSample()
        summed = 0
    }

    /// The ends of a repetition's two ways as each shape sees them.
    struct Fit: BitwiseCopyable {
        var out: ShapedSpan
        var back: ShapedSpan
        /// The movement stands out of the noise and has the shape of one.
        var isClear = false
        /// A shape comes very near.
        var isNear = false
        /// What the sensor reads too much, m/s², where a shape comes near.
        var offset: Double?

        /// False where that is not what makes the way back as long as the way out, `balanced`, m/s²: a movement of
        /// quite another shape is fitted by any offset.
        @_noLocks
        func agrees(with balanced: Double) -> Bool {
            guard let offset else { return true }
            return abs(offset - balanced) < ForceHistory.disagreement
        }
    }

    /// The repetition nearest to all accelerations from `earliest` on; nil where no shape comes near.
    ///
    /// `size`: the way, m, roughly.
    @_noLocks
    mutating func fit(
        out: ShapedSpan, back: ShapedSpan, size: Double, weight: Weight, earliest: Double
    ) -> Fit? {
        let likeliest = evidence.best
        let rough = out[likeliest]
        let oldest = place(
            from: max(earliest, rough.start - ForceHistory.margin * (rough.end - rough.start)))
        guard oldest > 15 else { return nil }
        var found = Fit(out: out, back: back)
        // The likeliest shape's fit shows the others where to begin.
        let begin = self.nearest(
            HeightFit(
                out: rough, back: back[likeliest], size: size,
                side: TaskTracker.hipHalfWidth * weight.side),
            oldest: oldest, shape: likeliest, weight: weight)
        var left = ByShape<Double>(repeating: 0)
        var nearest: HeightFit?
        var place = 0
        while place < BellShape.count {
            let shape = BellShape(index: place)
            place += 1
            // What ends abruptly has no acceleration that could be told from a knock.
            if shape == .even { continue }
            let one =
                shape == likeliest
                ? begin
                : self.nearest(
                    begin.seen(as: shape, by: likeliest), oldest: oldest, shape: shape,
                    weight: weight)
            left[shape.index] = one.left
            if nearest.map({ one.left < $0.left }) ?? true { nearest = one }
            if isNear(one.out, rough), isNear(one.back, back[likeliest]),
                one.back.start > one.out.end - 0.3
            {
                found.out[shape] = one.out
                found.back[shape] = one.back
            }
        }
        guard let nearest, nearest.misfit < ForceHistory.mostMisfit else { return nil }
        // What has no bell's shape at all does not tell which bell it is.
        if nearest.misfit < ForceHistory.clear {
            left[BellShape.even.index] = left[BellShape.leastJerk.index] + nearest.power
            var place = 0
            while place < BellShape.count {
                left[place] = (left[place] - nearest.left) / max(1e-9, nearest.power)
                place += 1
            }
            evidence.add(left)
        }
        found.isClear = nearest.isClear
        found.isNear = nearest.misfit < ForceHistory.clear
        if nearest.misfit < ForceHistory.fair { found.offset = nearest.offset }
        return found
    }

    @_noLocks
    private func isNear(_ found: MovementSpan, _ rough: MovementSpan) -> Bool {
        abs(found.start - rough.start) < ForceHistory.farthest
            && abs(found.end - rough.end) < ForceHistory.farthest
    }

    /// Steps down to where no step leads further down (Levenberg 1944, Marquardt 1963).
    @_noLocks
    private mutating func nearest(
        _ rough: HeightFit, oldest: Int, shape: BellShape, weight: Weight
    ) -> HeightFit {
        var best = rough
        var weighing = 0
        while weighing < (weight.goesOver ? ForceHistory.weighings : 1) {
            weighing += 1
            let over = weight.goesOver ? best : nil
            measure(&best, oldest: oldest, shape: shape, over: over)
            var damping = 0.001
            var round = 0
            while round < ForceHistory.rounds, damping < 1e4 {
                round += 1
                guard var next = best.improved(damping: damping) else {
                    damping *= 10
                    continue
                }
                // Nothing is left to be gained: further rounds would only look at the same again.
                if next.promised < best.left * ForceHistory.nothing { break }
                measure(&next, oldest: oldest, shape: shape, over: over)
                guard next.left < best.left else {
                    damping *= 10
                    continue
                }
                let isThere = next.left > best.left * (1 - ForceHistory.enough)
                best = next
                if isThere { break }
                damping *= 0.2
            }
        }
        return best
    }

    /// `over`: the movement with which the weight goes over the leg; nil where it lies there all along.
    @_noLocks
    private mutating func measure(
        _ fit: inout HeightFit, oldest: Int, shape: BellShape, over: HeightFit?
    ) {
        fit.begin()
        let level = Double(samples[index(oldest)].right)
        /// How much higher the standing hip's metre lies, as far as it carries.
        func side(_ sample: ForceSample) -> Double {
            let lever = Double(sample.right)
            guard let over else { return lever }
            return (lever - level) * over.way(at: sample.time, shape: shape)
        }
        var back = oldest
        // The levers' accelerations want a place to either side.
        while back >= 1 {
            let here = samples[index(back)]
            let (older, newer) = (samples[index(back + 1)], samples[index(back - 1)])
            let span = newer.time - older.time
            let share = span > 0 ? 4 / (span * span) : 0
            var beside = InlineArray<4, Double>(repeating: 0)
            beside[0] = (side(newer) - 2 * side(here) + side(older)) * share
            beside[1] = Double(newer.ahead - 2 * here.ahead + older.ahead) * share
            beside[2] = Double(here.sidelong)
            beside[3] = Double(here.forward)
            fit.add(Double(here.upward), beside: beside, time: here.time, shape: shape)
            back -= 1
        }
    }

    /// How far back the first entry at or after a moment lies.
    @_noLocks
    private mutating func place(from: Double) -> Int {
        var back = 0
        // One is left for the levers' accelerations.
        while back + 2 < count, samples[index(back + 1)].time >= from { back += 1 }
        return back
    }

    /// The place of the entry `back` before the newest.
    @_noLocks
    private mutating func index(_ back: Int) -> Int {
        let place = next - 1 - back
        return place >= 0 ? place : place + ForceHistory.size
    }
}
