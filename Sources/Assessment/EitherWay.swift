// A rule of one direction, watched in both: a score asks whether the trunk leant, not which way.

import Kinematics
package import Movement

/// What a rule of the exercise and its mirror image saw in the repetitions of a run.
///
/// The mirror image has the rule's own thresholds: as far the other way is as far off.
package struct EitherWay: Sendable {
    /// The rule the other way round.
    package let mirrored: Rule
    private let signal: Signal
    private let bit: UInt32
    private var mirror = RuleState()
    /// Became active: the rule itself, and the same the other way.
    private var sawRule = false
    private var sawMirror = false
    /// s judged since the newest repetition ended.
    private var judged = 0.0
    /// Of each repetition that was seen, whether it was judged for most of its time.
    private var wereJudged: [Bool] = []

    /// Share of a repetition's time that must be judged [engineering default].
    private static let most = 0.5

    /// Nil where the plan does not watch `signal`; `opposite` is the same with the other sign.
    package init?(_ plan: MovementPlan, signal: Signal, opposite: Signal) {
        guard
            let index = (0..<plan.ruleCount).first(where: {
                plan.rules[$0].signal == signal
            })
        else { return nil }
        var rule = plan.rules[index]
        rule.signal = opposite
        mirrored = rule
        self.signal = signal
        bit = 1 << UInt32(index)
    }

    package mutating func add(_ frame: MotionFrame) {
        let isJudged = frame.judgedRules & bit != 0
        let value = isJudged ? frame.signals.value(signal) : nil
        if value != nil { judged += frame.sample.interval }
        if frame.activeRules & bit != 0 { sawRule = true }
        switch mirror.step(mirrored, value: value.map { -$0 }, time: frame.time) {
        case .entered, .active: sawMirror = true
        case .idle, .unknown: break
        }
        guard let repetition = frame.repetition else { return }
        let length = seconds(fromNanoseconds: repetition.end - repetition.start)
        if repetition.isSeen {
            wereJudged.append(length > 0 && judged >= EitherWay.most * length)
        }
        judged = 0
    }

    /// True where either way was seen; false where neither was, and every repetition was judged; else
    /// not measured: what was not looked at may have been.
    package var wasOff: Bool? {
        if sawRule || sawMirror { return true }
        return wereJudged.isEmpty || wereJudged.contains(false) ? nil : false
    }
}
