// What came of one set: holds, shares of time, episodes, cues. Built from frames, off the real-time thread.

package import Kinematics

/// One finished hold.
package struct HoldRecord: Sendable, Equatable {
    package var side: Side
    /// s from the start of the set.
    package var start: Double
    package var duration: Double
    /// Share of judged time with the pelvis inside its band, 0 to 1; nil where nothing was judged.
    package var shareInBand: Double?
    /// rad; nil where nothing was judged.
    package var meanDrop: Double?
    package var maxDrop: Double?
    package var maxHike: Double?
    package var endedBy: HoldEnd
    /// The weight was seen to go over the leg; else that the foot was lifted is the person's word.
    package var isSeen = true
    /// Shares of the pattern rules, and the pattern they make.
    package var shares = PatternLabel.Shares()
    package var label = PatternLabel.level

    /// The label as it is printed.
    package var text: String { label.text(shares) }
}

/// What one rule saw in a set.
package struct RuleRecord: Sendable, Equatable {
    package var rule: Rule
    /// s of hold time in which the rule was judged, and in which it was active.
    package var judged = 0.0
    package var active = 0.0
    package var episodes = 0
    package var cues = 0
    /// rad; what the signal usually was, see `TypicalValues`.
    package var typical: Double?
    /// Integral of what the signal was above `off`, rad · s (compensations 5.1).
    package var excess = 0.0
    /// Of both, what lies in the silent parts of a set with cues: rad · s and s.
    package var silentExcess = 0.0
    package var silentJudged = 0.0

    package var isMeasured: Bool { judged > 0 }
}

/// Collects the frames of a set and sums them up.
package struct SetRecord: Sendable {
    package let plan: MovementPlan
    package private(set) var rules: [RuleRecord]
    package private(set) var holds: [HoldRecord] = []
    package private(set) var repetitions: [RepetitionRecord] = []
    package private(set) var steps = StepSummary()
    package private(set) var landings: [Landing] = []
    /// s by which the trunk follows the pelvis from side to side; nil where that is not told.
    package private(set) var trunkLag: Double?
    /// Whether a part without cues was reached.
    package private(set) var hasSilentPart = false
    private var lagMeter = TrunkLag()
    private var window: PatternWindow
    private var holdWindow: PatternWindow
    /// s of pelvis samples, and of those at which a gate was closed.
    package private(set) var duration = 0.0
    package private(set) var unknown = 0.0
    package private(set) var cues = 0
    /// Host time of the set's first frame, ns.
    package private(set) var start: Int64 = 0
    private var moments: HoldMoments
    private var holdStart: Int64 = 0
    private var isAssumed = false
    private var holdSide: Side?
    private var completed: UInt16 = 0
    private var lastActive: UInt32 = 0
    private var lastStep: Step?
    private var openStep: Side?
    private var typical: TypicalValues
    /// Repetitions before the last interruption: the estimator counts anew after it.
    private var numberBase: UInt16 = 0
    private var isInterrupted = false
    /// Movements that were seen to be done on the other leg than was named.
    package private(set) var otherLegCount = 0
    private var newestOtherLegCount: UInt16 = 0
    /// The rules as they were when the newest repetition ended.
    private var settledRules: [RuleRecord]
    /// Until when the newest gap in the data kept its gate closed, host ns; 0: no gap.
    private var gapEnd: Int64 = 0

    /// ns after an interruption in which a repetition's start is not believed [engineering default].
    private static let unseenStart: Int64 = 500_000_000

    package init(plan: MovementPlan) {
        self.plan = plan
        rules = (0..<plan.ruleCount).map { RuleRecord(rule: plan.rules[$0]) }
        settledRules = rules
        window = PatternWindow(rules: plan.ruleCount)
        holdWindow = window
        typical = TypicalValues(rules: plan.ruleCount)
        moments = HoldMoments(plan: plan)
    }

    /// Share of the present hold in band so far; nil outside a hold.
    package var presentShareInBand: Double? {
        moments.isEmpty ? nil : moments.present.shareInBand
    }

    /// Share of all judged hold time in band; nil without any.
    package var shareInBand: Double? {
        let judged = holds.filter { $0.shareInBand != nil }
        let total = judged.reduce(0) { $0 + $1.duration }
        guard total > 0 else { return nil }
        return judged.reduce(0) { $0 + ($1.shareInBand ?? 0) * $1.duration } / total
    }

    package var unknownShare: Double { duration > 0 ? unknown / duration : 0 }

    /// The legs of a walk were taken for each other so far.
    package mutating func swapSides() { steps.swapSides() }

    /// Takes a frame of the pelvis sensor; others are passed over.
    package mutating func add(_ frame: MotionFrame) {
        guard frame.segment == .pelvis, frame.command == 0 else { return }
        guard frame.phase != .idle else {
            interrupt(at: frame)
            return
        }
        // What begins as the set goes on may have begun before, unseen.
        if isInterrupted { gapEnd = frame.time &+ SetRecord.unseenStart }
        isInterrupted = false
        if start == 0 { start = frame.time }
        if frame.isSilentPart { hasSilentPart = true }
        let interval = frame.sample.interval
        duration += interval
        if !frame.gates.isOpen { unknown += interval }
        passOver(frame)
        if frame.gates.has(.gap) { gapEnd = max(gapEnd, frame.time) }
        countRules(frame, interval: interval)
        collect(frame, interval: interval)
        if let alert = frame.alert { countCue(alert) }
        if frame.completedHolds != completed {
            completed = frame.completedHolds
            close(endedBy: frame.holdEnd, start: frame.holdStart, end: frame.holdEndTime)
        }
        if frame.phase == .holding {
            if frame.holdStart != holdStart {
                holdStart = frame.holdStart
                moments.forget()
            }
            holdSide = frame.stanceSide
            isAssumed = frame.isHoldAssumed
            if frame.gates.isOpen, frame.drop.isFinite {
                moments.add(time: frame.time, interval: interval, drop: frame.drop)
            }
        }
    }

    /// The set is paused: the estimator begins it anew afterwards, and what is unfinished ends here.
    private mutating func interrupt(at frame: MotionFrame) {
        guard start != 0, !isInterrupted else { return }
        isInterrupted = true
        finish(at: frame.holdEndTime > holdStart ? frame.holdEndTime : frame.time)
        completed = 0
        newestOtherLegCount = 0
        lastActive = 0
        lastStep = nil
        openStep = nil
        numberBase = repetitions.last?.repetition.number ?? 0
        window = PatternWindow(rules: plan.ruleCount)
        typical.forget()
    }

    /// The set is over: a hold that still runs ends now.
    package mutating func finish(at time: Int64) {
        finishStep(at: time)
        if holdStart != 0, holdSide != nil { close(endedBy: .stopped, start: holdStart, end: time) }
        for index in rules.indices { rules[index].typical = typical[index] }
        if let cadence = steps.cadence { trunkLag = lagMeter.lag(stride: 2 * 60 / cadence) }
    }

    /// Marching: the last foot comes down without another one being lifted, which no pelvis sensor sees.
    ///
    /// The step under way counts where it lasted most of one.
    private mutating func finishStep(at time: Int64) {
        guard plan.source == .eitherThigh, let side = openStep, var last = lastStep else { return }
        let elapsed = seconds(fromNanoseconds: time &- last.end)
        guard elapsed > 0.7 * last.duration else { return }
        let length = min(time &- last.end, last.end &- last.start)
        last = Step(
            number: last.number &+ 1, side: side, start: last.end, end: last.end &+ length)
        steps.add(last)
        openStep = nil
    }

    /// Share of the judged repetitions that were clean; nil without any.
    package var cleanShare: Double? {
        let judged = repetitions.filter(\.isJudged)
        guard !judged.isEmpty else { return nil }
        return Double(judged.filter(\.isClean).count) / Double(judged.count)
    }

    /// Last third's lowering time over the first third's, of the repetitions that were seen in full: below 1 the
    /// tempo was lost; nil below five.
    package var tempoKept: Double? {
        let times = repetitions.filter {
            $0.repetition.isSeen && $0.repetition.isTimed && $0.isJudged
        }.map(\.repetition.tempo.lower)
        let third = thirdOfSet(times.count)
        guard third > 0 else { return nil }
        let first = times.prefix(third).reduce(0, +)
        return first > 0 ? times.suffix(third).reduce(0, +) / first : nil
    }

    /// What the rules saw of a movement before it showed to be the other leg's is no part of the set.
    private mutating func passOver(_ frame: MotionFrame) {
        // After a change of side the estimator counts anew.
        if frame.otherLegCount < newestOtherLegCount { newestOtherLegCount = 0 }
        guard frame.otherLegCount != newestOtherLegCount else { return }
        otherLegCount += Int(frame.otherLegCount &- newestOtherLegCount)
        newestOtherLegCount = frame.otherLegCount
        window = PatternWindow(rules: plan.ruleCount)
        typical.forget()
        for index in rules.indices {
            // What was said was said.
            let cues = rules[index].cues
            rules[index] = settledRules[index]
            rules[index].cues = cues
        }
    }

    private mutating func collect(_ frame: MotionFrame, interval: Double) {
        if let step = frame.step {
            steps.add(step)
            lastStep = step
        }
        openStep = frame.stepSide
        if plan.task == .steps, frame.gates.isOpen {
            lagMeter.add(
                time: frame.time, obliquity: frame.obliquity, trunkLean: frame.trunkLean)
        }
        if let landing = frame.landing { landings.append(landing) }
        if frame.phase == .holding, frame.task == .singleLegHold {
            holdWindow.add(frame, interval: interval)
        }
        window.add(frame, interval: interval)
        typical.add(frame, plan: plan)
        guard var repetition = frame.repetition else { return }
        repetition.number = repetition.number &+ numberBase
        typical.close(isHold: false)
        let shares = window.shares(plan)
        let keepsForm = keepsForm(repetition)
        repetitions.append(
            RepetitionRecord(
                repetition: repetition, shares: shares, label: PatternLabel(shares),
                meanDrop: window.meanDrop, maxDrop: window.maxDrop,
                isClean: keepsForm && lowersSlowly(repetition), keepsForm: keepsForm,
                isJudged: repetition.isWhole && gapEnd <= repetition.start))
        window = PatternWindow(rules: plan.ruleCount)
        settledRules = rules
        if let shape = repetition.shape { retime(as: shape, source: repetition.source) }
    }

    /// Times the earlier repetitions by the shape of movement that the newest has settled on.
    private mutating func retime(as shape: BellShape, source: RepetitionSource) {
        for index in repetitions.indices {
            let repetition = repetitions[index].repetition
            guard let other = repetition.shape, other != shape, repetition.source == source else {
                continue
            }
            repetitions[index].repetition.tempo = repetition.tempos[shape]
            repetitions[index].repetition.shape = shape
            repetitions[index].isClean =
                repetitions[index].keepsForm && lowersSlowly(repetitions[index].repetition)
        }
    }

    private func lowersSlowly(_ repetition: Repetition) -> Bool {
        !repetition.isSeen || !repetition.isTimed
            || repetition.tempo.lower >= 0.7 * plan.tempo.lower
    }

    /// True where no rule was active and the range is the person's own.
    private func keepsForm(_ repetition: Repetition) -> Bool {
        guard !window.isAnyActive(plan) else { return false }
        guard repetition.isSeen else { return true }
        let own = repetitions.filter { $0.isJudged && $0.repetition.source == repetition.source }
            .prefix(3).map(\.repetition.range)
        return own.count < 3 || (0.8 * median(own)...1.2 * median(own)).contains(repetition.range)
    }

    private mutating func countRules(_ frame: MotionFrame, interval: Double) {
        for index in rules.indices {
            let bit = UInt32(1) << UInt32(index)
            guard frame.judgedRules & bit != 0 else { continue }
            rules[index].judged += interval
            if frame.isSilentPart { rules[index].silentJudged += interval }
            if let value = frame.signals.value(rules[index].rule.signal) {
                let excess = max(0, value - rules[index].rule.off) * interval
                rules[index].excess += excess
                if frame.isSilentPart { rules[index].silentExcess += excess }
            }
            guard frame.activeRules & bit != 0 else { continue }
            rules[index].active += interval
            if lastActive & bit == 0 { rules[index].episodes += 1 }
        }
        lastActive = frame.activeRules
    }

    private mutating func countCue(_ alert: Alert) {
        cues += 1
        guard
            let index = rules.firstIndex(where: {
                $0.rule.id == alert.rule && $0.rule.signal == alert.signal
            })
        else { return }
        rules[index].cues += 1
    }

    /// `end` may lie before the newest samples: the movement back was recognised after it began.
    private mutating func close(endedBy: HoldEnd, start holdBegin: Int64, end: Int64) {
        defer {
            moments.forget()
            holdStart = 0
            holdSide = nil
            holdWindow = PatternWindow(rules: plan.ruleCount)
        }
        typical.close(isHold: true)
        let shares = holdWindow.shares(plan)
        guard let side = holdSide, holdBegin != 0 else { return }
        let kept = moments.totals(until: end)
        let seconds = seconds(fromNanoseconds: max(0, end - holdBegin))
        holds.append(
            HoldRecord(
                side: side, start: Kinematics.seconds(fromNanoseconds: holdBegin - start),
                duration: seconds, shareInBand: kept.count > 0 ? kept.shareInBand : nil,
                meanDrop: kept.mean, maxDrop: kept.count > 0 ? kept.largest : nil,
                maxHike: kept.count > 0 ? -kept.smallest : nil, endedBy: endedBy,
                isSeen: !isAssumed, shares: shares, label: PatternLabel(shares)))
    }
}
