// An exercise as the real-time thread needs it: a flat value without strings.

package import Kinematics

/// How an exercise's effort is segmented.
package enum TaskKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Holds on one leg, begun and ended by the shift of weight.
    case singleLegHold = 0
    /// Repetitions of one movement, seen in a signal or counted by a metronome.
    case repetitions = 1
    /// Steps: marching, side-stepping, walking.
    case steps = 2
    /// Landings and stops, each followed by the way to steadiness.
    case landings = 3
    /// Standing and sitting through the day.
    case habits = 4

    package var name: String {
        switch self {
        case .singleLegHold: "single-leg-hold"
        case .repetitions: "repetitions"
        case .steps: "steps"
        case .landings: "landings"
        case .habits: "habits"
        }
    }

    /// The kind of that name, or nil.
    package init?(name: String) {
        guard let match = TaskKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    @_noLocks
    package static func == (left: TaskKind, right: TaskKind) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: TaskKind, right: TaskKind) -> Bool {
        left.rawValue != right.rawValue
    }
}

/// One exercise, ready to be judged.
package struct MovementPlan: BitwiseCopyable, Sendable {
    package var task: TaskKind
    /// The first of the postures in which the exercise is done.
    package var posture: Posture
    /// Bit n: the posture with raw value n is right too.
    package var otherPostures: UInt8 = 0
    /// The leg stood on; nil: to be detected, or none.
    package var stanceSide: Side?
    /// Hold that is asked for, s.
    package var targetHold: Double
    /// What repetitions are seen in, and in what where no sensor shows that.
    package var source = RepetitionSource.none
    package var fallback = RepetitionSource.none
    /// The movement away from rest goes down, as in a squat.
    package var lowersFirst = false
    /// s of each phase asked for; zeros: none.
    package var tempo = Tempo.none
    /// Repetitions of a set; 0: not counted against anything.
    package var repetitions: UInt16 = 0
    /// Between repetitions the person stands upright on both feet: a quiet moment shows a slipped sensor.
    package var restsUpright = true
    /// Walking with one sensor, the legs were taken for each other: the person said so (compensations 7).
    package var swapsSides = false
    /// Rules run at rest as well: the rest is on one leg.
    package var judgesRest = false
    /// False for a set without cues (a probe): rules run, nothing is decided.
    package var mayCue = true
    /// Samples come too late for a cue in the movement: it is given once the movement is over.
    package var cuesAtEnd = false
    /// Share of the movements that may be cued, percent, and how many came before in the workout: see
    /// `CueShare`.
    package var cuedPercent: UInt8 = 100
    package var cueOffset: UInt16 = 0
    /// Share of the time in which a rule must be active for its pattern to be named, 0 to 1.
    package var patternShare = PatternLabel.leastShare
    package var gateLimits = GateLimits()
    /// Stretches with and without cues within the set.
    package var alternation = CueAlternation()
    /// Movements of the set that may be cued, those after them may not; `UInt16.max`: all.
    ///
    /// An exercise of one set keeps its last third silent, as others their last set.
    package var cuedMovements = UInt16.max
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

    /// Inlined always: the call would copy the whole plan.
    @_noLocks
    @inline(__always)
    package func allows(_ posture: Posture) -> Bool {
        posture == self.posture || otherPostures & posture.bit != 0
    }

    /// Lying is right as well as standing, or lying in several ways: the person may still be on the way to
    /// theirs when the set begins.
    @_noLocks
    @inline(__always)
    package func hasSeveralPostures() -> Bool { otherPostures & ~Posture.unknown.bit != 0 }

    /// True where a rule watches `signal`.
    @_noLocks
    package func watches(_ signal: Signal) -> Bool {
        if case .some = threshold(of: signal) { return true }
        return false
    }

    /// The same of the rules that may be cued, where the band ends: what is only told leaves it open.
    package func bandThreshold(of signal: Signal) -> Double? {
        (0..<ruleCount).first { rules[$0].signal == signal && !rules[$0].reportOnly }
            .map { rules[$0].on }
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
