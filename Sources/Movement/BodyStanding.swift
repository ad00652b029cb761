// The leg that a set's movement is done on: which one is asked for, and whether it is that one.

import Kinematics

extension MovementPlan {
    /// True where both thighs show on which leg its repetitions are done.
    package var showsLeg: Bool { !(legEvidence == .none) }

    /// True where repetitions begin and end in the stand.
    ///
    /// Inlined always: the call would copy the whole plan.
    var standsUp: Bool {
        @_noLocks @inline(__always) get { allows(.upright) && !hasSeveralPostures() }
    }

    /// What the exercise's repetitions show of the leg; nothing where none is named.
    ///
    /// Inlined always: the call would copy the whole plan.
    var legEvidence: LegEvidence {
        @_noLocks @inline(__always) get {
            guard task == .repetitions, case .some = stanceSide else { return .none }
            if allows(.leftSide), allows(.rightSide) { return .lying }
            guard allows(.upright) else { return .none }
            if source == .stanceThigh, lowersFirst { return .bend }
            if source == .height, !lowersFirst { return .rise }
            if source == .hike { return .hitch }
            return source == .movingThigh ? .aside : .none
        }
    }
}

extension Body {
    /// The leg that stands, from whatever knows it.
    ///
    /// Mutating, as all of the body's questions to itself: else the whole body, some 20 kB, would be
    /// copied for the call.
    @_noLocks
    mutating func stanceSide() -> Side? {
        guard isInSet else { return tasks.steps.side }
        switch plan.task {
        case .singleLegHold: return hold.stanceSide
        case .steps: return tasks.steps.side
        case .repetitions, .landings, .habits: return plan.stanceSide
        }
    }

    /// Whether repetitions are done on the other leg than was named.
    @_noLocks
    mutating func watchLeg(
        _ angles: BodyAngles, _ observation: SegmentObservation, _ pelvis: PelvisMoment?,
        posture: Posture
    ) {
        guard let side = plan.stanceSide, plan.task == .repetitions else { return }
        let wasOther = leg.isOther
        if leg.evidence == .lying {
            let other: Posture = side == .right ? .leftSide : .rightSide
            leg.lie(onOther: posture == other)
        } else if swap.isSwapped || slips[Segment.leftThigh.index].hasSlipped
            || slips[Segment.rightThigh.index].hasSlipped
        {
            leg.forget()
        } else {
            leg.step(
                LegMoment(angles, named: side, way: tasks.repetitions.way), pelvis: pelvis,
                interval: observation.interval)
            // Stepping up goes to and fro by itself.
            if !(leg.evidence == .rise), lastShiftTime == observation.time, isSide(lastShift, side)
            {
                leg.forget()
            }
        }
        // What was noted of the movement was measured from the leg that does not stand.
        if leg.isOther, !wasOther {
            endCues.clear()
            if tasks.count == 0 { quietLean.forget(side) }
        }
        tasks.isOnOtherLeg = leg.isOther
    }
}
