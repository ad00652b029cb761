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

/// Finds landings by their upward acceleration and times the way to steadiness (compensations 6).
package struct LandingTracker: BitwiseCopyable, Sendable {
    package private(set) var count: UInt16 = 0
    package private(set) var last = Landing()
    /// True from a landing until the body is steady or the wait is over.
    package private(set) var isRunning = false
    /// Mean squares over 0.25 s of the horizontal acceleration, (m/s²)².
    private var power = 0.0
    private var calmMean = 0.0
    private var calmSquares = 0.0
    private var calmTime = 0.0
    private var steadySince: Int64 = 0
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
    }

    /// Takes the horizontal (sideways and forward), forward and upward acceleration, m/s²; true where a
    /// landing's course is over.
    @_noLocks
    package mutating func step(
        horizontal: Double, forward: Double, upward: Double, isQuiet: Bool, interval: Double,
        time now: Int64
    ) -> Bool {
        guard interval > 0, interval < 0.5 else { return false }
        braking.step(forward: forward, interval: interval)
        power += (horizontal * horizontal - power) * min(1, interval / LandingTracker.window)
        let rms = squareRoot(power)
        if !isRunning, isQuiet, calmTime < 10 {
            calmTime += interval
            calmMean += (rms - calmMean) * (interval / calmTime)
            calmSquares += (rms * rms - calmSquares) * (interval / calmTime)
        }
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
            }
            // A take-off pushes too: the landing is the strongest of the first moments.
            if upward > peak, now &- time < LandingTracker.together {
                peak = upward
                time = now
            }
            steadySince = 0
        }
        guard isRunning, !isNext else { return isNext }
        if now &- time < LandingTracker.together { braked = max(braked, braking.deceleration) }
        let spread = squareRoot(max(0, calmSquares - calmMean * calmMean))
        // Without a calm seen, a tenth of the landing counts as steady.
        let limit = calmTime > 1 ? max(calmMean + 3 * spread, 0.08) : 0.5
        if rms > limit {
            steadySince = 0
        } else if steadySince == 0 {
            steadySince = now
        }
        let waited = seconds(fromNanoseconds: now &- time)
        let steadyFor = steadySince == 0 ? 0 : seconds(fromNanoseconds: now &- steadySince)
        guard steadyFor >= LandingTracker.steady || waited > LandingTracker.longest else {
            return false
        }
        finish(
            steadyAfter: steadyFor >= LandingTracker.steady
                ? seconds(fromNanoseconds: steadySince &- time) : Double.nan)
        return true
    }

    @_noLocks
    private mutating func finish(steadyAfter: Double) {
        isRunning = false
        count &+= 1
        last = Landing(
            number: count, time: time, peak: peak, deceleration: braked,
            steadyAfter: steadyAfter)
        if judgesPeaks { strikeExcess = judge.add(peak) }
    }
}
