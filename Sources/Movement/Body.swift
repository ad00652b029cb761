// One person: the newest state of each segment, judged at the pace of the pelvis sensor.

package import Kinematics

/// Holds everything that is known of the body between samples and judges each pelvis sample.
///
/// Owned by the estimator thread. Other segments' samples only update their state: heading is never
/// needed, so they may come at other rates and a little earlier or later; one older than the stale
/// limit counts as not measured.
package struct Body: BitwiseCopyable, Sendable {
    private var alignments: InlineArray<6, SensorAlignment?>
    private var observations: InlineArray<6, SegmentObservation?>
    private var plan: MovementPlan?
    private var ruleStates: InlineArray<32, RuleState>
    private var policy = AlertPolicy()
    private var keeper = GateKeeper()
    private var shift = LateralShift()
    private var jerk = JerkMeter()
    private var alertCount: UInt32 = 0
    package private(set) var hold = HoldTracker()

    /// m/s³: calm below which sensor noise, not the person, sets the jerk.
    private static var leastCalmJerk: Double { @_noLocks get { 1.0 } }

    @_noLocks
    package init() {
        alignments = InlineArray(repeating: nil)
        observations = InlineArray(repeating: nil)
        ruleStates = InlineArray(repeating: RuleState())
    }

    @_noLocks
    package mutating func align(_ segment: Segment, _ alignment: SensorAlignment?) {
        alignments[segment.index] = alignment
    }

    /// Forgets a segment whose sensor was taken off.
    @_noLocks
    package mutating func forget(_ segment: Segment) {
        alignments[segment.index] = nil
        observations[segment.index] = nil
        if segment == .pelvis {
            keeper = GateKeeper()
            shift = LateralShift()
            jerk = JerkMeter()
        }
    }

    @_noLocks
    package mutating func begin(_ plan: MovementPlan, time: Int64) {
        self.plan = plan
        ruleStates = InlineArray(repeating: RuleState())
        policy = AlertPolicy()
        // The shift goes on: it has settled by now, and a movement may be under way.
        hold.begin(side: plan.stanceSide, target: plan.targetHold, time: time)
    }

    @_noLocks
    package mutating func end(time: Int64) {
        hold.end(time: time)
        plan = nil
    }

    /// Takes a sample of any segment.
    ///
    /// For the pelvis the body is judged: `frame`'s body fields are filled in and an alert may come
    /// out. For other segments nothing is judged.
    @_noLocks
    package mutating func step(
        _ segment: Segment, _ observation: SegmentObservation, frame: inout MotionFrame
    ) -> Alert? {
        observations[segment.index] = observation
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
            observation, upInPelvis: up, posture: posture, wanted: plan?.posture,
            sigmaFromNeutral: sigma)
        let angles = measuredAngles(at: time)

        var event = ShiftEvent.none
        var jerkRatio: Double?
        if let up, let alignment = alignments[Segment.pelvis.index] {
            let force = alignment.segmentFromSensor.apply(observation.specificForce)
            event = shift.step(
                up: up, specificForce: force, interval: observation.interval, time: time)
            jerk.step(up: up, specificForce: force, interval: observation.interval)
            jerkRatio = jerk.jerk / max(alignment.calmJerk, Body.leastCalmJerk)
        }
        let completedBefore = hold.completed
        hold.step(
            shift: event, motion: shift, jerkRatio: jerkRatio,
            jerkLimit: plan?.threshold(of: .jerkRatio), gates: gates, time: time)
        let lostBalance = hold.completed != completedBefore && hold.endedBy == .balanceLost
        // A detected side is unknown again once the hold is over; that must not silence C19.
        if plan != nil, !lostBalance, case .none = hold.stanceSide { gates.close(.stanceUnknown) }

        var signals = angles.signals(stance: hold.stanceSide)
        if let jerkRatio { signals.set(.jerkRatio, jerkRatio) }
        fill(&frame, angles: angles, signals: signals, posture: posture, gates: gates, time: time)
        guard let plan else { return nil }
        return decide(
            plan, signals: signals, gates: gates, lostBalance: lostBalance, frame: &frame)
    }

    @_noLocks
    private mutating func decide(
        _ plan: MovementPlan, signals: SignalValues, gates: Gates, lostBalance: Bool,
        frame: inout MotionFrame
    ) -> Alert? {
        let mayJudge = gates.isOpen && (hold.phase == .holding || lostBalance)
        policy.open()
        var index = 0
        while index < plan.ruleCount {
            let rule = plan.rules[index]
            if rule.signal == .jerkRatio {
                // Balance is judged by the hold tracker, which knows whether the end was early.
                if mayJudge {
                    frame.judgedRules |= 1 << UInt32(truncatingIfNeeded: index)
                    if lostBalance {
                        frame.activeRules |= 1 << UInt32(truncatingIfNeeded: index)
                        policy.offer(rule, at: index, time: frame.time)
                    }
                }
            } else {
                let value = mayJudge && !lostBalance ? signals.value(rule.signal) : nil
                let verdict = ruleStates[index].step(rule, value: value, time: frame.time)
                if verdict != .unknown {
                    frame.judgedRules |= 1 << UInt32(truncatingIfNeeded: index)
                }
                if verdict == .entered || verdict == .active {
                    frame.activeRules |= 1 << UInt32(truncatingIfNeeded: index)
                    policy.offer(rule, at: index, time: frame.time)
                }
            }
            index += 1
        }
        guard let chosen = policy.choose(time: frame.time) else { return nil }
        let rule = plan.rules[chosen]
        alertCount &+= 1
        let crossed = ruleStates[chosen].crossed
        return Alert(
            number: alertCount, sequence: frame.sequence, time: frame.time,
            crossed: crossed == 0 ? frame.time : crossed, rule: rule.id, signal: rule.signal,
            value: signals.value(rule.signal) ?? 0,
            stanceSide: lostBalance ? hold.holdSide : hold.stanceSide)
    }

    @_noLocks
    private func fill(
        _ frame: inout MotionFrame, angles: BodyAngles, signals: SignalValues,
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
        frame.holdStart = hold.holdStart
        frame.holdEndTime = hold.holdEnd
        frame.holdEnd = hold.endedBy
        frame.completedHolds = hold.completed
        if posture == .upright, let pelvis = angles.pelvis {
            frame.obliquity = pelvis.obliquity
            frame.anteriorTilt = pelvis.anteriorTilt
            frame.drop = signals.value(.drop) ?? Double.nan
        }
        if let trunk = angles.trunk { frame.trunkLean = trunk.obliquity }
    }

    /// Up in a segment's axes, or nil without a sensor, an alignment or a known tilt.
    @_noLocks
    private func upInSegment(_ segment: Segment) -> Vector3? {
        guard let observation = observations[segment.index],
            let alignment = alignments[segment.index]
        else { return nil }
        return alignment.segmentFromSensor.apply(observation.upInSensor)
    }

    /// The angles relative to neutral of every segment whose sensor can be trusted at `time`.
    @_noLocks
    private func measuredAngles(at time: Int64) -> BodyAngles {
        var angles = BodyAngles()
        var index = 0
        while index < 6 {
            if let segment = Segment(index: index),
                let observation = observations[index], let alignment = alignments[index],
                !observation.unknown, !observation.saturated,
                abs(time - observation.time) <= keeper.limits.staleAfter
            {
                let up = alignment.segmentFromSensor.apply(observation.upInSensor)
                angles.set(
                    segment, SegmentAngles(upInSegment: up).relative(to: alignment.neutral))
            }
            index += 1
        }
        return angles
    }
}
