// What the last steps say against the person's own: drop, lean, foot strike, evenness (C01-C03, C14, C15).

import Kinematics

/// One side's own mean of a step measure, and how far the last three steps were from it.
private struct OwnMean: BitwiseCopyable {
    private var mean = 0.0
    private var count = 0.0
    private var a = 0.0
    private var b = 0.0
    private var c = 0.0

    /// Steps before the own mean says anything (compensations 2: at least 20), and over which it then runs.
    private static var wanted: Double { @_noLocks get { 20 } }
    private static var memory: Double { @_noLocks get { 60 } }

    @_noLocks
    init() {}

    /// Least and greatest excess over the own mean of three successive steps; nil while unknown.
    @_noLocks
    mutating func add(_ value: Double) -> (least: Double, greatest: Double)? {
        guard value.isFinite else { return nil }
        a = b
        b = c
        c = value - mean
        let known = count >= OwnMean.wanted
        count += 1
        // Steps far off do not move what they are measured against.
        let pull = known ? max(-0.02, min(0.02, value - mean)) : value - mean
        mean += pull / min(count, OwnMean.memory)
        guard known else { return nil }
        return (min(a, min(b, c)), max(a, max(b, c)))
    }
}

/// Turns finished steps into the signals that exist at their end.
package struct StepJudge: BitwiseCopyable, Sendable {
    private var leftDrop = OwnMean()
    private var rightDrop = OwnMean()
    private var leftLean = OwnMean()
    private var rightLean = OwnMean()
    /// Step times of the last ten of each side.
    private var leftTimes: InlineArray<10, Double>
    private var rightTimes: InlineArray<10, Double>
    private var leftCount = 0
    private var rightCount = 0
    /// Estimate of the 90th percentile of the strikes: rises by nine parts, falls by one.
    private var strong = 0.0
    private var strikes = 0.0
    private var strikesInARow = 0
    private var weakest = 0.0

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

    @_noLocks
    private mutating func judgeAngles(_ step: Step, signals: inout SignalValues) {
        let drop = step.side == .left ? leftDrop.add(step.drop) : rightDrop.add(step.drop)
        if let drop { signals.set(.stepDropExcess, drop.least) }
        let lean =
            step.side == .left
            ? leftLean.add(step.leanIpsilateral) : rightLean.add(step.leanIpsilateral)
        if let lean {
            signals.set(.stepLeanExcess, lean.least)
            signals.set(.stepLeanAwayExcess, -lean.greatest)
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
        if step.strike > limit {
            weakest = strikesInARow == 0 ? step.strike / limit : min(weakest, step.strike / limit)
            strikesInARow += 1
        } else {
            strikesInARow = 0
        }
        signals.set(.strikeExcess, strikesInARow >= 3 ? weakest : min(1, step.strike / limit))
    }

    @_noLocks
    private mutating func judgeTimes(_ step: Step, signals: inout SignalValues) {
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
        var index = 0
        while index < 10 {
            left += leftTimes[index]
            right += rightTimes[index]
            index += 1
        }
        guard left > 0, right > 0 else { return }
        signals.set(.stepAsymmetry, max(left / right, right / left) - 1)
    }
}
