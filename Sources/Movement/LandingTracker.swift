// Landings and stops: how long until the body is steady again.

import Kinematics

/// One landing or stop.
package struct Landing: BitwiseCopyable, Sendable, Equatable {
    package var number: UInt16
    /// Host ns.
    package var time: Int64
    /// Largest upward acceleration, m/s².
    package var peak: Double
    /// Largest deceleration along the pelvis' forward direction in the second before and the moments after, m/s².
    package var deceleration: Double
    /// s until sideways and forward RMS stay below calm + 3 SD for 1 s; NaN where that did not come.
    package var steadyAfter: Double

    @_noLocks
    package init(
        number: UInt16 = 0, time: Int64 = 0, peak: Double = 0, deceleration: Double = 0,
        steadyAfter: Double = .nan
    ) {
        self.number = number
        self.time = time
        self.peak = peak
        self.deceleration = deceleration
        self.steadyAfter = steadyAfter
    }
}

/// The newest samples of the horizontal acceleration, sideways and forward.
///
/// In mm/s²: the estimator lives on a stack, and a tenth of a sensor's noise is fine enough.
private struct HorizontalCourse: BitwiseCopyable {
    private var samples: InlineArray<384, SIMD2<Int16>>
    private(set) var count = 0

    static var size: Int { @_noLocks get { 384 } }

    @_noLocks
    init() { samples = InlineArray(repeating: .zero) }

    /// The next sample is the first.
    @_noLocks
    mutating func clear() { count = 0 }

    /// Takes m/s².
    @_noLocks
    mutating func add(sideways: Double, forward: Double) {
        samples[count % HorizontalCourse.size] = SIMD2(
            HorizontalCourse.packed(sideways), HorizontalCourse.packed(forward))
        count += 1
    }

    @_noLocks
    private static func packed(_ value: Double) -> Int16 {
        let bounded = max(-32, min(32, value)) * 1000
        return Int16(bounded < 0 ? bounded - 0.5 : bounded + 0.5)
    }

    /// m/s².
    @_noLocks
    subscript(index: Int) -> SIMD2<Double> {
        let sample = samples[index % HorizontalCourse.size]
        return SIMD2(Double(sample.x), Double(sample.y)) * 0.001
    }

    /// Mean of the samples `first` to `last`.
    @_noLocks
    func mean(_ first: Int, _ last: Int) -> SIMD2<Double> {
        var total = SIMD2<Double>.zero
        var index = first
        while index <= last {
            total += self[index]
            index += 1
        }
        return total / Double(last - first + 1)
    }

    /// Sum of the squares about `centre` of the samples `first` to `last`.
    @_noLocks
    func squares(_ first: Int, _ last: Int, about centre: SIMD2<Double>) -> SIMD2<Double> {
        var total = SIMD2<Double>.zero
        var index = first
        while index <= last {
            let off = self[index] - centre
            total += off * off
            index += 1
        }
        return total
    }

    /// The square about `centre` of one sample.
    @_noLocks
    func square(_ index: Int, about centre: SIMD2<Double>) -> SIMD2<Double> {
        let off = self[index] - centre
        return off * off
    }
}

/// Finds landings by their upward acceleration and times the way to steadiness (compensations 6).
///
/// Steady is who sways sideways and forward no more than in quiet standing: the RMS of a quarter of a second
/// stays below its calm mean + 3 SD for a second, each direction by itself. What the new pose leaves of gravity,
/// the mean of the judged second, is taken off.
package struct LandingTracker: BitwiseCopyable, Sendable {
    package private(set) var count: UInt16 = 0
    package private(set) var last = Landing()
    /// True from a landing until the body is steady or the wait is over.
    package private(set) var isRunning = false
    /// Since the landing; between landings, of the quiet standing under way.
    private var course = HorizontalCourse()
    /// What the next entry of the course is the mean of: m/s of either direction, and s.
    private var merged = SIMD2<Double>.zero
    private var mergedFor = 0.0
    /// s between the course's entries.
    private var period = 0.0
    /// Below which the person is steady, sideways and forward, m/s²; zeros before a calm was seen.
    private var limits = SIMD2<Double>.zero
    private var peak = 0.0
    private var time: Int64 = 0
    private var braking = BrakingMeter()
    /// The largest deceleration of the present or last landing, m/s².
    private var braked = 0.0
    private var judge = LandingJudge()
    private var judgesPeaks = false
    /// How far the last three landings were above the person's own (C14), once the newest is over; nil where that is
    /// not known.
    package private(set) var strikeExcess: Double?

    /// When the present or last landing came, host ns.
    package var began: Int64 { @_noLocks get { time } }

    /// m/s² upward that is a landing; steps on the spot stay below it [engineering default].
    private static var landing: Double { @_noLocks get { 5.0 } }
    /// s: RMS window, how long to stay steady, how long to wait (compensations 6; the wait chosen).
    private static var window: Double { @_noLocks get { 0.25 } }
    private static var steady: Double { @_noLocks get { 1.0 } }
    private static var longest: Double { @_noLocks get { 6.0 } }
    /// s between entries of the course at least: 250 a second [engineering default].
    private static var shortest: Double { @_noLocks get { 0.00395 } }
    /// s of quiet standing that say what calm is, and below which they do not [engineering defaults].
    private static var calm: Double { @_noLocks get { 3.0 } }
    private static var leastCalm: Double { @_noLocks get { 1.5 } }
    /// m/s²: without a calm seen, a tenth of the landing counts as steady; and what a sensor's own noise makes
    /// of nobody's sway [engineering default].
    private static var unknownCalm: Double { @_noLocks get { 0.5 } }
    private static var noise: Double { @_noLocks get { 0.02 } }

    /// ns from a take-off to its landing at most.
    private static var together: Int64 { @_noLocks get { 700_000_000 } }

    /// ns after which another landing is the next one [engineering default].
    private static var apart: Int64 { @_noLocks get { 1_500_000_000 } }

    @_noLocks
    package init() {}

    /// `judgesPeaks`: the landings are compared with the earlier ones of such sets; what other exercises' landings
    /// are like says nothing of these.
    @_noLocks
    package mutating func begin(judgesPeaks: Bool = false) {
        self.judgesPeaks = judgesPeaks
        judge.breakOff()
        strikeExcess = nil
        count = 0
        last = Landing()
        isRunning = false
        course.clear()
    }

    /// Takes the horizontal (its size), forward and upward acceleration, m/s²; true where a landing's course is
    /// over.
    ///
    /// `sideways`: to the right. Without it its size is what the forward part leaves of the horizontal, and what the
    /// new pose leaves of gravity sideways stays in it.
    @_noLocks
    package mutating func step(
        horizontal: Double, forward: Double, sideways: Double = .nan, upward: Double,
        isQuiet: Bool, interval: Double, time now: Int64
    ) -> Bool {
        guard interval > 0, interval < 0.5 else { return false }
        braking.step(forward: forward, interval: interval)
        let ahead = forward.isFinite ? forward : 0
        let aside =
            sideways.isFinite
            ? sideways : squareRoot(max(0, horizontal * horizontal - ahead * ahead))
        if !isRunning { rest(isQuiet: isQuiet, isSigned: sideways.isFinite) }
        var isNext = false
        if upward > LandingTracker.landing {
            // Whoever lands again was not steady before.
            if isRunning, now &- time > LandingTracker.apart {
                finish(steadyAfter: Double.nan)
                isNext = true
            }
            if !isRunning {
                isRunning = true
                time = now
                peak = 0
                braked = braking.largest
                course.clear()
            }
            // A take-off pushes too: the landing is the strongest of the first moments.
            if upward > peak, now &- time < LandingTracker.together {
                peak = upward
                time = now
                course.clear()
            }
        }
        if isRunning || isQuiet { add(sideways: aside, forward: ahead, interval: interval) }
        guard isRunning, !isNext else { return isNext }
        if now &- time < LandingTracker.together { braked = max(braked, braking.deceleration) }
        if isSteady(isSigned: sideways.isFinite) {
            let since = Double(samples(LandingTracker.steady) - 1) * period
            finish(steadyAfter: seconds(fromNanoseconds: now &- time) - since)
            return true
        }
        guard seconds(fromNanoseconds: now &- time) > LandingTracker.longest else { return false }
        finish(steadyAfter: Double.nan)
        return true
    }

    /// Fast sensors' samples are averaged, so that the course holds the second that is judged at any rate.
    @_noLocks
    private mutating func add(sideways: Double, forward: Double, interval: Double) {
        guard mergedFor > 0 || interval < LandingTracker.shortest else {
            note(SIMD2(sideways, forward), after: interval)
            return
        }
        merged += SIMD2(sideways, forward) * interval
        mergedFor += interval
        guard mergedFor >= LandingTracker.shortest else { return }
        note(merged / mergedFor, after: mergedFor)
        merged = .zero
        mergedFor = 0
    }

    @_noLocks
    private mutating func note(_ sample: SIMD2<Double>, after interval: Double) {
        period += (interval - period) * (period == 0 ? 1 : 0.05)
        course.add(sideways: sample.x, forward: sample.y)
    }

    /// Samples of a stretch of `length` s.
    @_noLocks
    private func samples(_ length: Double) -> Int {
        guard period > 1e-4 else { return HorizontalCourse.size }
        return max(1, Int(length / period + 0.5))
    }

    /// Between landings: what the person's calm is, from the quiet standing before the first.
    @_noLocks
    private mutating func rest(isQuiet: Bool, isSigned: Bool) {
        let wanted = min(HorizontalCourse.size, samples(LandingTracker.calm))
        guard !isQuiet || course.count >= wanted else { return }
        if count == 0, course.count >= samples(LandingTracker.leastCalm) {
            learnCalm(isSigned: isSigned)
        }
        course.clear()
    }

    /// Mean + 3 SD of the short RMS about the quiet stretch's mean.
    @_noLocks
    private mutating func learnCalm(isSigned: Bool) {
        let width = samples(LandingTracker.window)
        let end = course.count
        guard width < end, end <= HorizontalCourse.size else { return }
        var centre = course.mean(0, end - 1)
        if !isSigned { centre.x = 0 }
        var window = course.squares(0, width - 1, about: centre)
        var sum = SIMD2<Double>.zero
        var squares = SIMD2<Double>.zero
        var index = width - 1
        while index < end {
            let power = window / Double(width)
            sum += SIMD2(squareRoot(max(0, power.x)), squareRoot(max(0, power.y)))
            squares += power
            window -= course.square(index + 1 - width, about: centre)
            index += 1
            if index < end { window += course.square(index, about: centre) }
        }
        let n = Double(end - width + 1)
        let mean = sum / n
        let variance = squares / n - mean * mean
        limits = SIMD2(
            max(LandingTracker.noise, mean.x + 3 * squareRoot(max(0, variance.x))),
            max(LandingTracker.noise, mean.y + 3 * squareRoot(max(0, variance.y))))
    }

    /// True where the second that ends now was a steady one.
    @_noLocks
    private func isSteady(isSigned: Bool) -> Bool {
        let width = samples(LandingTracker.window)
        let wanted = samples(LandingTracker.steady)
        let start = course.count - wanted
        guard wanted + width <= HorizontalCourse.size, start >= width - 1 else { return false }
        let limit =
            limits.x > 0
            ? limits : SIMD2(LandingTracker.unknownCalm, LandingTracker.unknownCalm)
        let most = limit * limit * Double(width)
        var centre = course.mean(start, course.count - 1)
        if !isSigned { centre.x = 0 }
        var index = course.count - 1
        var window = course.squares(index + 1 - width, index, about: centre)
        while index >= start {
            guard window.x < most.x, window.y < most.y else { return false }
            window -= course.square(index, about: centre)
            index -= 1
            if index >= start { window += course.square(index + 1 - width, about: centre) }
        }
        return true
    }

    @_noLocks
    private mutating func finish(steadyAfter: Double) {
        isRunning = false
        course.clear()
        count &+= 1
        last = Landing(
            number: count, time: time, peak: peak, deceleration: braked,
            steadyAfter: steadyAfter)
        if judgesPeaks { strikeExcess = judge.add(peak) }
    }
}
