// What the last steps say against the person's own: drop, lean, foot strike, evenness (C01-C03, C14, C15).

import Kinematics

/// One side's own mean of a step measure, and how far the last three steps were from it.
private struct OwnMean: BitwiseCopyable {
    private var mean = 0.0
    private var count = 0.0
    private var a = 0.0
    private var b = 0.0
    private var c = 0.0
    /// Steps in succession.
    private var inARow = 0

    /// Steps before the own mean says anything (compensations 2: at least 20), and over which it then runs.
    private static var wanted: Double { @_noLocks get { 20 } }
    private static var memory: Double { @_noLocks get { 60 } }

    @_noLocks
    init() {}

    /// Least excess over the own mean of three successive steps; nil while unknown.
    @_noLocks
    mutating func add(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        a = b
        b = c
        c = value - mean
        inARow += 1
        let known = count >= OwnMean.wanted
        count += 1
        // Steps far off do not move what they are measured against.
        let pull = known ? max(-0.02, min(0.02, value - mean)) : value - mean
        mean += pull / min(count, OwnMean.memory)
        guard known, inARow >= 3 else { return nil }
        return min(a, min(b, c))
    }

    /// The next step does not follow the last one.
    @_noLocks
    mutating func breakOff() { inARow = 0 }
}

/// The own means of one side.
private struct OwnMeans: BitwiseCopyable {
    private var drop = OwnMean()
    private var lean = OwnMean()
    private var away = OwnMean()

    @_noLocks
    init() {}

    @_noLocks
    mutating func judge(_ step: Step, signals: inout SignalValues) {
        if let excess = drop.add(step.peakDrop) { signals.set(.stepDropExcess, excess) }
        if let excess = lean.add(step.peakLean) { signals.set(.stepLeanExcess, excess) }
        if let excess = away.add(step.peakLeanAway) { signals.set(.stepLeanAwayExcess, excess) }
    }

    @_noLocks
    mutating func breakOff() {
        drop.breakOff()
        lean.breakOff()
        away.breakOff()
    }
}

/// Turns finished steps into the signals that exist at their end.
package struct StepJudge: BitwiseCopyable, Sendable {
    private var left = OwnMeans()
    private var right = OwnMeans()
    /// Step times of the last ten of each side.
    private var leftTimes: InlineArray<10, Double>
    private var rightTimes: InlineArray<10, Double>
    private var usual = 0.0
    private var timed = 0
    /// Newest step time of either side, s, and by how much the sides of successive steps differed (C20).
    private var leftNewest = 0.0
    private var rightNewest = 0.0
    private var uneven = ThreeInARow()
    private var leftCount = 0
    private var rightCount = 0
    /// Estimate of the 90th percentile of the strikes: rises by nine parts, falls by one.
    private var strong = 0.0
    private var strikes = 0.0
    /// The last strikes as multiples of that.
    private var strikesInARow = ThreeInARow()

    /// Steps before step times say anything, and standard errors that an asymmetry must stand clear of
    /// [engineering defaults].
    private static var settling: Int { @_noLocks get { 6 } }
    private static var sureness: Double { @_noLocks get { 1.5 } }

    @_noLocks
    package init() {
        leftTimes = InlineArray(repeating: 0)
        rightTimes = InlineArray(repeating: 0)
    }

    @_noLocks
    package mutating func step(_ step: Step, signals: inout SignalValues) {
        judgeAngles(step, signals: &signals)
        judgeStrike(step, signals: &signals)
        judgeTimes(step, signals: &signals)
    }

    /// The next step does not follow the last one: there was a turn, a pause or another walk between.
    @_noLocks
    package mutating func breakOff() {
        left.breakOff()
        right.breakOff()
        strikesInARow.breakOff()
        uneven.breakOff()
        leftNewest = 0
        rightNewest = 0
    }

    @_noLocks
    private mutating func judgeAngles(_ step: Step, signals: inout SignalValues) {
        switch step.side {
        case .left: left.judge(step, signals: &signals)
        case .right: right.judge(step, signals: &signals)
        }
    }

    @_noLocks
    private mutating func judgeStrike(_ step: Step, signals: inout SignalValues) {
        strikes += 1
        let limit = strong
        if strikes == 1 { strong = step.strike }
        let rate = max(0.02, 1 / strikes) * max(strong, 0.5)
        strong += step.strike > strong ? rate * 0.9 : -rate * 0.1
        guard strikes > 20, limit > 0 else { return }
        // A single strike over the percentile is one in ten; only three in succession are heavy.
        let ratio = step.strike / limit
        signals.set(.strikeExcess, strikesInARow.least(with: ratio))
    }

    @_noLocks
    private mutating func judgeTimes(_ step: Step, signals: inout SignalValues) {
        // Starting and stopping are no steps of the walk's pace.
        usual += (step.duration - usual) * (usual == 0 ? 1 : 0.1)
        guard abs(step.duration - usual) < 0.35 * usual else {
            uneven.breakOff()
            leftNewest = 0
            rightNewest = 0
            return
        }
        timed += 1
        // What sideways acceleration is level is still being learnt.
        guard timed > StepJudge.settling else { return }
        judgeTempo(step, signals: &signals)
        switch step.side {
        case .left:
            leftTimes[leftCount % 10] = step.duration
            leftCount += 1
        case .right:
            rightTimes[rightCount % 10] = step.duration
            rightCount += 1
        }
        guard leftCount >= 10, rightCount >= 10 else { return }
        var (left, right) = (0.0, 0.0)
        var (leftSquares, rightSquares) = (0.0, 0.0)
        var index = 0
        while index < 10 {
            left += leftTimes[index]
            right += rightTimes[index]
            leftSquares += leftTimes[index] * leftTimes[index]
            rightSquares += rightTimes[index] * rightTimes[index]
            index += 1
        }
        guard left > 0, right > 0 else { return }
        let ratio = max(left / right, right / left)
        // Standard error of the ratio of two means of ten: what chance alone does is no asymmetry.
        let leftSpread = max(0, 10 * leftSquares / (left * left) - 1) / 9
        let rightSpread = max(0, 10 * rightSquares / (right * right) - 1) / 9
        let error = ratio * squareRoot(leftSpread + rightSpread)
        signals.set(.stepAsymmetry, max(0, ratio - 1 - StepJudge.sureness * error))
    }

    /// C20: one side's steps longer than the other's, three times in a row.
    @_noLocks
    private mutating func judgeTempo(_ step: Step, signals: inout SignalValues) {
        switch step.side {
        case .left: leftNewest = step.duration
        case .right: rightNewest = step.duration
        }
        guard leftNewest > 0, rightNewest > 0 else { return }
        let ratio = max(leftNewest / rightNewest, rightNewest / leftNewest) - 1
        signals.set(.tempoImbalance, uneven.least(with: ratio))
    }
}
