// An exercise as the real-time thread needs it: a flat value without strings.

package import Kinematics

/// How an exercise's effort is segmented.
package enum TaskKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Holds on one leg, begun and ended by the shift of weight.
    case singleLegHold = 0

    package var name: String {
        switch self {
        case .singleLegHold: "single-leg-hold"
        }
    }

    /// The kind of that name, or nil.
    package init?(name: String) {
        guard let match = TaskKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// One exercise, ready to be judged.
package struct MovementPlan: BitwiseCopyable, Sendable {
    package var task: TaskKind
    package var posture: Posture
    /// The leg stood on; nil: to be detected.
    package var stanceSide: Side?
    /// Hold that is asked for, s.
    ///
    /// An end before it with a jerk counts as balance lost.
    package var targetHold: Double
    package private(set) var rules: InlineArray<32, Rule>
    package private(set) var ruleCount: Int

    @_noLocks
    package init(task: TaskKind, posture: Posture, stanceSide: Side?, targetHold: Double) {
        self.task = task
        self.posture = posture
        self.stanceSide = stanceSide
        self.targetHold = targetHold
        rules = InlineArray(repeating: Rule.none)
        ruleCount = 0
    }

    /// Adds a rule; false where the plan already holds 32.
    @_noLocks
    package mutating func add(_ rule: Rule) -> Bool {
        guard ruleCount < 32 else { return false }
        rules[ruleCount] = rule
        ruleCount += 1
        return true
    }

    /// The on-threshold of the first rule that watches `signal`, or nil.
    @_noLocks
    package func threshold(of signal: Signal) -> Double? {
        var index = 0
        while index < ruleCount {
            if rules[index].signal == signal { return rules[index].on }
            index += 1
        }
        return nil
    }
}
