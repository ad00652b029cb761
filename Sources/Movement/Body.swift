// One person: the newest state of each segment, judged at the pace of the pelvis sensor.

package import Kinematics

/// Holds everything that is known of the body between samples and judges each pelvis sample.
///
/// Owned by the estimator thread. Other segments' samples only update their state: heading is never
/// needed, so they may come at other rates and a little earlier or later, and are carried to the pelvis'
/// moment; one older than the stale limit counts as not measured.
package struct Body: BitwiseCopyable, Sendable {
    var alignments: InlineArray<6, SensorAlignment?>
    var tracks: InlineArray<6, SegmentTrack>
    /// The newest set's; it runs while `isInSet`.
    ///
    /// Not optional: unwrapping would copy its two kilobytes for every sample.
    var plan = MovementPlan(
        task: .singleLegHold, posture: .upright, stanceSide: nil, targetHold: 0)
    private(set) var isInSet = false
    /// The plan's threshold of a jerk; nil: the plan has none.
    private var jerkLimit: Double?
    private var ruleStates: InlineArray<32, RuleState>
    private var policy = AlertPolicy()
    var endCues = EndCues()
    var keeper = GateKeeper()
    private var shift = LateralShift()
    private var jerk = JerkMeter()
    private var rest = RestingPose()
    var tasks = TaskTracker()
    var slips: InlineArray<6, SlipWatch>
    var swap = SwapWatch()
    var leg = LegWatch()
    var quietLean = QuietLean()
    var lastShift: Side?
    var lastShiftTime: Int64 = 0
    /// Host ns until which sway is a compensation's own.
    private var swayMutedUntil: Int64 = 0
    var otherSideFor = 0.0
    /// The weight went over the other leg as that one's fellow was lifted.
    var otherSideSeen = false
    /// Host ns of the set's beginning.
    private(set) var setBegan: Int64 = 0
    private var alertCount: UInt32 = 0
    package internal(set) var hold = HoldTracker()

    /// m/s³: calm below which sensor noise, not the person, sets the jerk.
    private static var leastCalmJerk: Double { @_noLocks get { 1.0 } }
    /// s after a landing in which its own jerk says nothing of the balance.
    static var landingJerk: Int64 { @_noLocks get { 800_000_000 } }
    /// ns after a compensation in which the 2 s of sway still hold its movement.
    private static var swayMuted: Int64 { @_noLocks get { 4_000_000_000 } }

    @_noLocks
    package init() {
        alignments = InlineArray(repeating: nil)
        tracks = InlineArray(repeating: SegmentTrack())
        ruleStates = InlineArray(repeating: RuleState())
        slips = InlineArray(repeating: SlipWatch())
    }

    @_noLocks
    package mutating func align(_ segment: Segment, _ alignment: SensorAlignment?) {
        alignments[segment.index] = alignment
        quietLean = QuietLean()
        slips = InlineArray(repeating: SlipWatch())
        swap = SwapWatch()
    }

    /// Forgets a segment whose sensor was taken off.
    @_noLocks
    package mutating func forget(_ segment: Segment) {
        alignments[segment.index] = nil
        tracks[segment.index] = SegmentTrack()
        if segment == .pelvis {
            keeper = GateKeeper()
            keeper.limits = plan.gateLimits
            shift = LateralShift()
            jerk = JerkMeter()
            rest = RestingPose()
            tasks = TaskTracker()
        }
        slips[segment.index] = SlipWatch()
        swap = SwapWatch()
    }

    @_noLocks
    package mutating func begin(_ plan: MovementPlan, time: Int64) {
        self.plan = plan
        setBegan = time
        isInSet = true
        keeper.limits = plan.gateLimits
        jerkLimit = plan.threshold(of: .jerkRatio)
        ruleStates = InlineArray(repeating: RuleState())
        policy = AlertPolicy()
        endCues = EndCues()
        // The shift goes on: it has settled by now, and a movement may be under way.
        if plan.task == .singleLegHold {
            hold.begin(side: plan.stanceSide, time: time)
        } else {
            hold = HoldTracker()
        }
        // Lying angles are measured from the rest at the start of the set.
        rest = RestingPose(mayLie: plan.hasSeveralPostures())
        tasks.begin(&self.plan, time: time)
        otherSideFor = 0
        otherSideSeen = false
        leg = LegWatch(plan.legEvidence, vertical: tasks.vertical)
    }

    @_noLocks
    package mutating func end(time: Int64) {
        hold.end(time: time)
        isInSet = false
    }

    /// The sound turned out to be slow: cues of this set come after the movement from now on.
    @_noLocks
    package mutating func cueAtEnd() { plan.cuesAtEnd = true }

    /// Takes a sample of any segment.
    ///
    /// For the pelvis the body is judged: `frame`'s body fields are filled in and an alert may come out.
    /// For other segments nothing is judged.
    @_noLocks
    package mutating func step(
        _ segment: Segment, _ observation: SegmentObservation, frame: inout MotionFrame
    ) -> Alert? {
        tracks[segment.index].take(observation)
        guard segment == .pelvis else { return nil }
        return judge(observation, frame: &frame)
    }

    @_noLocks
    private mutating func judge(
        _ observation: SegmentObservation, frame: inout MotionFrame
    ) -> Alert? {
        let time = observation.time
        let up = upInSegment(.pelvis)
        var posture = Posture.unknown
        if let up { posture = Posture(upInSegment: up) }
        var sigma = observation.sigma
        if let alignment = alignments[Segment.pelvis.index] {
            sigma = alignment.sigmaFromNeutral(sigma)
        }
        var gates = keeper.check(
            observation, upInPelvis: up, posture: posture, wanted: nil, sigmaFromNeutral: sigma)
        if isInSet {
            if !plan.allows(posture) { gates.close(.posture) }
            // Only in a static task does shaking hide gravity for as long as it lasts.
            if plan.task == .steps || plan.task == .landings { gates.open(.shaking) }
            // Late data are as good as any once nothing is to be said in the movement.
            if plan.cuesAtEnd {
                gates.open(.late)
                gates.open(.stale)
            }
        }
        // Bending may tip the pelvis further than "upright" goes; the formulas still hold.
        var isUpright = posture == .upright
        if isInSet, posture == .unknown, plan.allows(.unknown) { isUpright = true }
        let isSettling = isInSet && plan.hasSeveralPostures()
        var angles = measuredAngles(at: time)
        var event = ShiftEvent.none
        var jerkRatio: Double?
        var moment: PelvisMoment?
        if let up, let alignment = alignments[Segment.pelvis.index] {
            let force = alignment.segmentFromSensor.apply(observation.specificForce)
            let rate = alignment.segmentFromSensor.apply(observation.angularRate)
            event = shift.step(
                up: up, specificForce: force,
                angularRate: observation.measuresRate ? rate : .zero,
                interval: observation.interval, time: time)
            // A filter that has just started moves by itself.
            if observation.settling { event = .none }
            jerk.step(up: up, specificForce: force, interval: observation.interval)
            jerkRatio = jerk.jerk / max(alignment.calmJerk, Body.leastCalmJerk)
            let wasInPlace = rest.isKnown
            rest.step(up: up, posture: posture, interval: observation.interval)
            // What was noted on the way out of a place is no movement of the exercise.
            if wasInPlace, !rest.isKnown, isSettling { endCues.clear() }
            moment = PelvisMoment(
                up: up, force: force, rate: rate.norm,
                verticalRate: observation.measuresRate ? rate.dot(up) : Double.nan,
                interval: observation.interval, time: time,
                isReady: rest.isKnown || isUpright && !isSettling, shift: event,
                sideways: shift.sideways)
        }
        if event != .none {
            lastShift = event == .toRight ? .right : .left
            lastShiftTime = time
        }
        if isFreeLegLifted(angles), !isShift(event, to: hold.stanceSide) { event = .none }
        let completedBefore = hold.completed
        let startBefore = hold.holdStart
        let wasAssumed = hold.assumed
        hold.step(
            shift: event, motion: shift, jerkRatio: jerkRatio,
            jerkLimit: isInSet ? jerkLimit : nil, standsOnBoth: standsOnBoth(angles), gates: gates,
            time: time)
        if let lift = freeLegLift(angles) { hold.see(lift: lift, time: time) }
        if hold.holdStart != startBefore { tasks.beginHold(afterAssumed: wasAssumed) }
        let lostBalance = hold.completed != completedBefore && hold.endedBy == .balanceLost
        watchSensors(&angles, observation, moment, posture: posture, gates: &gates)
        let stance = stanceSide()
        // A detected side is unknown again once the hold is over; that must not silence C19.
        if isInSet, plan.task == .singleLegHold, !lostBalance, case .none = stance {
            gates.close(.stanceUnknown)
        }
        var signals = isUpright ? angles.signals(stance: stance) : SignalValues()
        if let up, !isUpright { rest.addSignals(up: up, to: &signals) }
        addMovingLeg(angles, stance: stance, posture: posture, time: time, to: &signals)
        if let jerkRatio { signals.set(.jerkRatio, jerkRatio) }
        let events = stepTasks(
            moment, angles: angles, posture: posture, gates: gates, signals: &signals)
        takeQuietLean(
            &signals, stance: stance, angles: angles, gates: gates, observation)
        frame.slippedSegments = slippedSegments()
        fill(&frame, angles: angles, posture: posture, gates: gates, time: time)
        if isUpright { fillUpright(&frame, angles: angles, signals: &signals) }
        fillTask(&frame, events: events, signals: &signals)
        guard isInSet else { return nil }
        let isOver = hold.completed != completedBefore || events.isAny
        return decide(
            &signals, gates: gates, lostBalance: lostBalance, isOver: isOver, frame: &frame)
    }

    /// Runs the trackers of the set.
    @_noLocks
    private mutating func stepTasks(
        _ moment: PelvisMoment?, angles: BodyAngles, posture: Posture, gates: Gates,
        signals: inout SignalValues
    ) -> TaskEvents {
        guard let moment else { return TaskEvents() }
        guard isInSet else {
            tasks.stepIdle(moment, angles: angles)
            return TaskEvents()
        }
        // Lying on a side, the upper leg is the one that moves.
        var stance = plan.stanceSide
        if posture == .leftSide { stance = .left }
        if posture == .rightSide { stance = .right }
        var ready = moment
        // What cannot be trusted moves nothing on.
        ready.isReady =
            moment.isReady && plan.allows(posture) && !gates.has(.gap) && !gates.has(.saturated)
        // Braking blurs the tilt just when the foot lands; the landing is felt all the same.
        if plan.task != .landings, gates.has(.uncertain) { ready.isReady = false }
        let events = tasks.step(
            ready, plan: &plan, stance: stance, angles: angles,
            thighs: thighDirections(at: moment.time),
            signals: &signals)
        if tasks.passedOver { leg.passOver() }
        if plan.task == .singleLegHold {
            tasks.stepHold(
                isHolding: hold.phase == .holding && !hold.assumed, signals: &signals)
        }
        return events
    }

    @_noLocks
    private mutating func decide(
        _ signals: inout SignalValues, gates: Gates, lostBalance: Bool, isOver: Bool,
        frame: inout MotionFrame
    ) -> Alert? {
        let isHold = plan.task == .singleLegHold
        // Habits have no end to wait for, and their rules take half a minute anyway.
        let waits = plan.cuesAtEnd && plan.task != .habits
        let mayJudge = gates.isOpen && (isJudging(time: frame.time) || lostBalance)
        forgetTheWayThere(time: frame.time)
        policy.open(
            tick: plan.task == .steps ? tasks.steps.count : UInt32(tasks.count), rest: plan.cueRest)
        var index = 0
        while index < plan.ruleCount {
            let rule = plan.rules[index]
            let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: index)
            if rule.signal == .jerkRatio, isHold {
                // Balance is judged by the hold tracker, which knows whether the end was early.
                if mayJudge {
                    frame.judgedRules |= bit
                    if lostBalance {
                        frame.activeRules |= bit
                        policy.offer(rule, at: index, time: frame.time)
                    }
                }
            } else {
                var value = mayJudge && !lostBalance ? signals.value(rule.signal) : nil
                if rule.signal.isJudgedAtRest, gates.isOpen { value = signals.value(rule.signal) }
                if rule.signal == .jerkRatio, !isLateJerk(frame.time) { value = nil }
                // A compensation sways by itself and is named already.
                if rule.signal == .swayRatio, frame.time < swayMutedUntil { value = nil }
                let verdict = ruleStates[index].step(rule, value: value, time: frame.time)
                if verdict != .unknown { frame.judgedRules |= bit }
                if verdict == .entered || verdict == .active {
                    if rule.signal.isAngle { swayMutedUntil = frame.time + Body.swayMuted }
                    frame.activeRules |= bit
                    if waits {
                        endCues.note(index, value: value)
                    } else {
                        policy.offer(rule, at: index, time: frame.time)
                    }
                }
            }
            if waits, isOver, endCues.isWaiting(index) {
                policy.offer(rule, at: index, time: frame.time)
            }
            index += 1
        }
        defer { if isOver { endCues.clear() } }
        guard plan.mayCue,
            policy.isUrgent || mayCueMovement(at: frame.time, hasEnded: waits && isOver),
            let chosen = policy.choose(time: frame.time)
        else { return nil }
        let rule = plan.rules[chosen]
        alertCount &+= 1
        let crossed = ruleStates[chosen].crossed
        // A cue after the movement is about all of it; it is new when its last sample came.
        let time = waits ? max(frame.time, frame.arrival) : frame.time
        var value = signals.value(rule.signal) ?? 0
        if endCues.isWaiting(chosen) { value = endCues.largest(chosen) }
        var alert = Alert(
            number: alertCount, sequence: frame.sequence, time: time,
            crossed: crossed == 0 ? frame.time : crossed, rule: rule.id, signal: rule.signal,
            value: value,
            stanceSide: lostBalance || waits && isHold ? hold.holdSide : frame.stanceSide)
        // A cue after the movement finds the pelvis level again.
        if rule.signal == .obliquity, abs(frame.obliquity) >= rule.off {
            alert.lowerSide = frame.obliquity > 0 ? .right : .left
        }
        return alert
    }

    @_noLocks
    private mutating func fill(
        _ frame: inout MotionFrame, angles: BodyAngles,
        posture: Posture, gates: Gates, time: Int64
    ) {
        frame.posture = posture
        frame.gates = gates
        frame.stanceSide = hold.stanceSide
        frame.stanceSource = hold.source
        frame.phase = hold.phase
        if hold.phase == .holding {
            frame.holdSeconds = seconds(fromNanoseconds: time - hold.holdStart)
        }
        frame.sigmas = angles.sigmas
        frame.holdStart = hold.holdStart
        frame.holdEndTime = hold.holdEnd
        frame.isHoldAssumed = hold.assumed
        frame.holdEnd = hold.endedBy
        frame.completedHolds = hold.completed
        if let trunk = angles.trunk {
            frame.trunkLean = trunk.obliquity
        }
    }

    @_noLocks
    private mutating func fillUpright(
        _ frame: inout MotionFrame, angles: BodyAngles, signals: inout SignalValues
    ) {
        guard let pelvis = angles.pelvis else { return }
        frame.obliquity = pelvis.obliquity
        frame.anteriorTilt = pelvis.anteriorTilt
        // Outside a set the side is that of the steps, which `stepSide` tells.
        if isInSet { frame.drop = signals.value(.drop) ?? Double.nan }
    }

    /// What the other kinds of task found; holds are told by `fill`.
    @_noLocks
    private mutating func fillTask(
        _ frame: inout MotionFrame, events: TaskEvents, signals: inout SignalValues
    ) {
        frame.signals = signals
        frame.sway = tasks.sway.rms
        frame.stepSide = tasks.steps.side
        guard isInSet else { return }
        frame.task = plan.task
        frame.isSilentPart = !plan.mayCue || isSilentPart(at: frame.time, hasEnded: false)
        guard plan.task != .singleLegHold else { return }
        frame.stanceSide = stanceSide()
        if case .some = frame.stanceSide {
            let inferred: StanceSource = tasks.steps.seesThighs ? .detected : .inferred
            frame.stanceSource = plan.task == .steps ? inferred : .given
        }
        frame.phase = isJudging(time: frame.time) ? .holding : .waiting
        frame.repetitionPhase = tasks.phase
        frame.repetitions = tasks.count
        frame.wayShare = tasks.wayShare
        frame.way = tasks.source == .metronome ? 0 : tasks.repetitions.way
        frame.isPhaseSeen = tasks.source != .metronome
        frame.steps = tasks.steps.count
        frame.repetition = events.repetition
        frame.step = events.step
        frame.landing = events.landing
        frame.otherLegCount = leg.count
    }
}
