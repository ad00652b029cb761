// What came of each repetition, step and landing of a set, and what they say together.

import Kinematics

/// One finished repetition as reports tell it.
package struct RepetitionRecord: Sendable, Equatable {
    package var repetition: Repetition
    package var shares: PatternLabel.Shares
    package var label: PatternLabel
    /// rad; nil where not measured.
    package var meanDrop: Double?
    package var maxDrop: Double?
    /// No rule became active, range within 80 to 120 % of the own one, lowering at least 70 % of its target.
    package var isClean: Bool
    /// The first two of these.
    package var keepsForm = false
    /// False where data were missing in the middle of it: it was done, but how is not known.
    package var isJudged = true

    /// The label as it is printed.
    package var text: String { label.text(shares) }
}

/// Collects the rules' activity over one repetition or hold.
struct PatternWindow: Sendable {
    private var judged: [Double]
    private var active: [Double]
    private var dropSum = 0.0
    private var dropTime = 0.0
    private var largestDrop: Double?
    private var sight = PatternSight()

    init(rules: Int) {
        judged = [Double](repeating: 0, count: rules)
        active = judged
    }

    mutating func add(_ frame: MotionFrame, interval: Double) {
        for index in judged.indices {
            let bit = UInt32(1) << UInt32(index)
            if frame.judgedRules & bit != 0 { judged[index] += interval }
            if frame.activeRules & bit != 0 { active[index] += interval }
        }
        sight.add(frame, interval: interval)
        if let drop = frame.signals.value(.drop), frame.gates.isOpen, frame.phase == .holding {
            dropSum += drop * interval
            dropTime += interval
            largestDrop = max(largestDrop ?? drop, drop)
        }
    }

    var meanDrop: Double? { dropTime > 0 ? dropSum / dropTime : nil }
    var maxDrop: Double? { largestDrop }

    /// True where any rule that may be cued became active.
    func isAnyActive(_ plan: MovementPlan) -> Bool {
        active.indices.contains { active[$0] > 0 && !plan.rules[$0].reportOnly }
    }

    /// Shares of the pattern rules; a lying or two-legged drop counts as drop.
    func shares(_ plan: MovementPlan) -> PatternLabel.Shares {
        func share(_ number: UInt8) -> Double? {
            var found: Double?
            for index in judged.indices
            where plan.rules[index].id.number == number && judged[index] > 0
                && plan.rules[index].signal != .spineDifference
            {
                found = max(found ?? 0, active[index] / judged[index])
            }
            return found
        }
        var shares = PatternLabel.Shares(
            drop: share(1), lean: share(2), leanAway: share(3), shift: share(5), hike: share(4))
        shares.seesTrunk = sight.trunk
        shares.seesLeg = sight.leg
        shares.least = plan.patternShare
        return shares
    }
}

/// Steps of one side of a set.
package struct StepSide: Sendable, Equatable {
    package var count = 0
    /// Mean time a step took, s.
    package var meanTime = 0.0
    /// Means over the steps, rad; nil where not measured.
    package var meanDrop: Double?
    package var meanLean: Double?
    package var meanStrike = 0.0

    /// The same steps, had the other leg stood.
    fileprivate var mirrored: StepSide {
        var side = self
        side.meanDrop = meanDrop.map { -$0 }
        side.meanLean = meanLean.map { -$0 }
        return side
    }
}

/// All steps of a set.
package struct StepSummary: Sendable, Equatable {
    package var left = StepSide()
    package var right = StepSide()
    private var drops = (left: 0, right: 0)
    private var leans = (left: 0, right: 0)

    package init() {}

    /// Steps a minute; nil below four steps.
    package var cadence: Double? {
        let count = left.count + right.count
        guard count >= 4 else { return nil }
        let time =
            left.meanTime * Double(left.count) + right.meanTime * Double(right.count)
        return time > 0 ? 60 * Double(count) / time : nil
    }

    /// Longer over shorter side of the step time; nil below ten steps a side.
    package var timeRatio: Double? {
        guard left.count >= 10, right.count >= 10, left.meanTime > 0, right.meanTime > 0 else {
            return nil
        }
        return max(left.meanTime / right.meanTime, right.meanTime / left.meanTime)
    }

    /// Takes the legs for each other: the drop of one is the hike of the other.
    package mutating func swapSides() {
        (left, right) = (right.mirrored, left.mirrored)
        drops = (drops.right, drops.left)
        leans = (leans.right, leans.left)
    }

    package mutating func add(_ step: Step) {
        switch step.side {
        case .left: StepSummary.add(step, to: &left, &drops.left, &leans.left)
        case .right: StepSummary.add(step, to: &right, &drops.right, &leans.right)
        }
    }

    private static func add(
        _ step: Step, to side: inout StepSide, _ drops: inout Int, _ leans: inout Int
    ) {
        side.count += 1
        let n = Double(side.count)
        side.meanTime += (step.duration - side.meanTime) / n
        side.meanStrike += (step.strike - side.meanStrike) / n
        if step.drop.isFinite {
            drops += 1
            side.meanDrop =
                (side.meanDrop ?? 0) + (step.drop - (side.meanDrop ?? 0)) / Double(drops)
        }
        if step.leanIpsilateral.isFinite {
            leans += 1
            side.meanLean =
                (side.meanLean ?? 0) + (step.leanIpsilateral - (side.meanLean ?? 0)) / Double(leans)
        }
    }

    package static func == (a: StepSummary, b: StepSummary) -> Bool {
        a.left == b.left && a.right == b.right
    }
}

/// Comparison of two sides (compensations 6).
package enum Symmetry {
    /// Affected ÷ other × 100 for "more is better", the reverse for "less is better"; nil without both.
    package static func index(
        affected: Double, other: Double, moreIsBetter: Bool
    ) -> Double? {
        let (above, below) = moreIsBetter ? (affected, other) : (other, affected)
        guard above.isFinite, below.isFinite, abs(below) > 1e-9 else { return nil }
        return above / below * 100
    }
}
