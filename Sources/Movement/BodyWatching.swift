// What the body makes of its sensors over time: shift beyond the quiet lean, slipped or swapped sensors.

import Kinematics

extension Body {
    /// s of steps in single support before the pelvis is judged: the shift itself is over.
    private static var stepSettles: Double { @_noLocks get { 0.12 } }

    /// Whether the continuous rules may run at this moment of the task.
    @_noLocks
    mutating func isJudging(time: Int64) -> Bool {
        switch plan.task {
        case .singleLegHold: return hold.phase == .holding
        case .repetitions: return tasks.isMoving || plan.judgesRest && tasks.source != .none
        case .steps:
            guard let elapsed = tasks.steps.elapsed(at: time) else { return false }
            return elapsed >= Body.stepSettles
        case .landings: return tasks.landings.isRunning
        case .habits: return true
        }
    }

    /// In a set, C05 counts what comes on top of the person's own lean on that leg.
    @_noLocks
    mutating func takeQuietLean(
        _ signals: inout SignalValues, stance: Side?, angles: BodyAngles, gates: Gates,
        _ observation: SegmentObservation
    ) {
        guard isInSet, let stance, let lean = signals.value(.legLean) else {
            addTwoLegLean(&signals, stance: stance, angles)
            return
        }
        if gates.isOpen, isJudging(time: observation.time) {
            quietLean.step(lean: lean, side: stance, interval: observation.interval)
        }
        signals.remove(.legLean)
        if let beyond = quietLean.beyond(lean: lean, side: stance) { signals.set(.legLean, beyond) }
    }

    /// Slipped and swapped sensors, and the other leg than was asked for.
    @_noLocks
    mutating func watchSensors(
        _ angles: inout BodyAngles, _ observation: SegmentObservation, _ pelvis: PelvisMoment?,
        posture: Posture, gates: inout Gates
    ) {
        guard isInSet else { return }
        watchLeg(angles, observation, pelvis, posture: posture)
        if leg.isOther { gates.close(.wrongSide) }
        // Only a lifted knee says which leg is in the air.
        if plan.task == .singleLegHold || plan.task == .steps && plan.source == .eitherThigh {
            swap.step(angles: angles, shifted: lastShift)
        }
        watchSide(angles, observation)
        if otherSideFor > 1 { gates.close(.wrongSide) }
        if otherSideFor > Body.surelyOther { hold.seeOtherLeg(time: observation.time) }
        if plan.restsUpright { watchSlips(&angles, observation, gates: gates) }
        if slips[Segment.pelvis.index].hasSlipped { gates.close(.slipped) }
        if swap.isSwapped { gates.close(.swapped) }
    }

    /// s that the wrong leg may be in the air before its sensor is taken for one that has slipped; and where the
    /// weight was seen to go over the leg that stands [engineering defaults].
    ///
    /// Both read the same. People are told of the other leg at once and change, so a thigh that stays
    /// up has slipped; a sensor that slips takes no weight with it.
    private static var longestOtherSide: Double { @_noLocks get { 20 } }
    private static var longestSeenSide: Double { @_noLocks get { 120 } }

    /// ns between the weight going over and the other leg's lift [engineering default].
    private static var shiftAndLift: Int64 { @_noLocks get { 2_000_000_000 } }

    /// s in the air after which it is the other leg, not a step [engineering default].
    private static var surelyOther: Double { @_noLocks get { 0.3 } }

    /// For how long the given leg has been the one in the air.
    @_noLocks
    private mutating func watchSide(_ angles: BodyAngles, _ observation: SegmentObservation) {
        guard let side = plan.stanceSide, plan.task == .singleLegHold,
            let standing = angles.thigh(side), let free = angles.thigh(side.opposite),
            !slips[Segment.leftThigh.index].hasSlipped, !slips[Segment.rightThigh.index].hasSlipped
        else {
            otherSideFor = 0
            otherSideSeen = false
            return
        }
        let isOther = free.anteriorTilt - standing.anteriorTilt > 15 * radiansPerDegree
        otherSideFor = isOther ? otherSideFor + max(0, min(observation.interval, 0.5)) : 0
        guard isOther, isSide(lastShift, side.opposite) else {
            otherSideSeen = false
            return
        }
        let lifted = observation.time &- Int64(otherSideFor * 1e9)
        if max(lastShiftTime &- lifted, lifted &- lastShiftTime) < Body.shiftAndLift {
            otherSideSeen = true
        }
    }

    @_noLocks
    mutating func isSide(_ one: Side?, _ other: Side) -> Bool {
        guard let one else { return false }
        return one == other
    }

    /// Compares each segment with its neutral in the quiet stands; what has slipped is not measured.
    @_noLocks
    private mutating func watchSlips(
        _ angles: inout BodyAngles, _ observation: SegmentObservation, gates: Gates
    ) {
        let atRest =
            plan.task == .singleLegHold
            ? hold.phase != .holding : plan.task != .steps && !tasks.isMoving
        let pelvisIsQuiet = slips[Segment.pelvis.index].isQuiet
        let longest = otherSideSeen ? Body.longestSeenSide : Body.longestOtherSide
        let isAside = leg.heldFor > 0 && leg.heldFor < LegWatch.longestAside
        let mayBeLifted = otherSideFor > 0 && otherSideFor < longest || isAside
        var index = 0
        while index < 6 {
            if let segment = Segment(index: index), let own = angles.angles(segment),
                let latest = tracks[index].latest
            {
                let isPelvis = segment == .pelvis
                let rate = latest.angularRate.norm
                slips[index].step(
                    angles: own, rate: rate,
                    mayStand: atRest && !gates.has(.posture) && rate > 0
                        && (isPelvis
                            || pelvisIsQuiet && !(mayBeLifted && index >= Segment.leftThigh.index)),
                    isPelvis: isPelvis, interval: observation.interval,
                    limit: plan.gateLimits.slipped)
                if slips[index].hasSlipped, !isPelvis { angles.set(segment, nil) }
            }
            index += 1
        }
    }

    /// Bit n: the sensor of the segment with index n has slipped.
    @_noLocks
    mutating func slippedSegments() -> UInt8 {
        var bits: UInt8 = 0
        var index = 0
        while index < 6 {
            if slips[index].hasSlipped { bits |= 1 << UInt8(truncatingIfNeeded: index) }
            index += 1
        }
        return bits
    }

    /// C12: the moving thigh past the midline, where it is worn and aligned.
    ///
    /// Lying on a side the upper leg is the one that moves, and it is past the midline as far as its knee
    /// lies below its hip.
    @_noLocks
    mutating func addMovingLeg(
        _ angles: BodyAngles, stance: Side?, posture: Posture, time: Int64,
        to signals: inout SignalValues
    ) {
        if posture == .leftSide || posture == .rightSide {
            let upper: Side = posture == .leftSide ? .right : .left
            guard case .some = angles.thigh(upper), let alignment = alignments[upper.thigh.index],
                let up = tracks[upper.thigh.index].up(at: time)
            else { return }
            // What pointed up in the stand points from the knee to the hip.
            let along = alignment.segmentFromSensor.inverse.apply(alignment.neutral.upInSegment)
            signals.set(.pastMidline, arcsine(along.dot(up)))
            return
        }
        guard let stance, let thigh = angles.thigh(stance.opposite) else { return }
        // The free leg's top leaning to its own side is adduction: hip outside the knee.
        signals.set(.pastMidline, stance.opposite.sign * thigh.obliquity)
    }

    /// On two legs the shift is the lean of both, to either side.
    @_noLocks
    private mutating func addTwoLegLean(
        _ signals: inout SignalValues, stance: Side?, _ angles: BodyAngles
    ) {
        guard case .none = stance, let left = angles.leftThigh, let right = angles.rightThigh
        else { return }
        signals.set(.legLean, abs(left.obliquity + right.obliquity) * 0.5)
    }

    /// With both thighs worn: the leg that does not stand is seen in the air, so no shift of weight ends
    /// the hold.
    @_noLocks
    mutating func isFreeLegLifted(_ angles: BodyAngles) -> Bool {
        guard let lift = freeLegLift(angles) else { return false }
        return lift > 12 * radiansPerDegree
    }

    /// True where both thighs, and both shanks if worn, hang alike: no leg is bent, lifted or held aside.
    ///
    /// A knee may be bent with its thigh hanging down, so thighs alone must be alike to 3° [engineering
    /// default], half of what counts as lifted.
    @_noLocks
    mutating func standsOnBoth(_ angles: BodyAngles) -> Bool {
        guard let left = angles.leftThigh, let right = angles.rightThigh else { return false }
        let most = 3 * radiansPerDegree
        guard abs(left.anteriorTilt - right.anteriorTilt) < most,
            abs(left.obliquity - right.obliquity) < most
        else { return false }
        guard let leftShank = angles.leftShank, let rightShank = angles.rightShank else {
            return true
        }
        return abs(leftShank.anteriorTilt - rightShank.anteriorTilt) < 2 * most
    }

    /// How far the free leg is lifted before the standing one in a hold, or where it is awaited, rad; nil where
    /// that is not seen.
    @_noLocks
    mutating func freeLegLift(_ angles: BodyAngles) -> Double? {
        guard hold.phase == .holding || hold.awaitsLift, let stance = hold.stanceSide,
            let standing = angles.thigh(stance), let free = angles.thigh(stance.opposite)
        else { return nil }
        return standing.anteriorTilt - free.anteriorTilt
    }

    /// True where a jerk is the person's and not the landing's.
    @_noLocks
    mutating func isLateJerk(_ time: Int64) -> Bool {
        tasks.landings.isRunning && time &- tasks.landings.began > Body.landingJerk
    }

    /// Fading: whether the present movement, or the one that just ended, is among those that are cued.
    @_noLocks
    mutating func mayCueMovement(at time: Int64, hasEnded: Bool) -> Bool {
        if plan.task == .habits { return true }
        if isSilentPart(at: time, hasEnded: hasEnded) { return false }
        if plan.task == .repetitions, isOnTheWay() { return false }
        let place = movementPlace(hasEnded: hasEnded)
        return CueShare.isCued(
            place &+ UInt32(plan.cueOffset), percent: UInt32(plan.cuedPercent))
    }

    /// Movements of the set before the present one; before the one that just ended where `hasEnded`.
    @_noLocks
    private mutating func movementPlace(hasEnded: Bool) -> UInt32 {
        var place: UInt32 = 0
        switch plan.task {
        case .repetitions: place = UInt32(tasks.count)
        case .steps: place = tasks.steps.count / plan.stepsOfMovement
        case .singleLegHold: place = UInt32(hold.completed)
        case .landings: place = UInt32(tasks.landings.count)
        case .habits: return 0
        }
        return hasEnded && place > 0 ? place - 1 : place
    }

    /// Whether the present movement, or the one that just ended, lies in a part of the set that is to be silent.
    @_noLocks
    mutating func isSilentPart(at time: Int64, hasEnded: Bool) -> Bool {
        guard plan.alternation.isCued(after: time &- setBegan) else { return true }
        guard plan.cuedMovements < .max else { return false }
        return movementPlace(hasEnded: hasEnded) >= UInt32(plan.cuedMovements)
    }

    /// rad/s beyond which a standing pelvis seems on the way down: standing sways at 0.3 to 1 deg/s, lying down in
    /// 20 s turns at 3 when it has tipped by as many degrees [engineering default].
    private static var onTheWay: Double { @_noLocks get { 1.5 * radiansPerDegree } }

    /// True where a person who stands, and may lie as well, seems to lie down.
    ///
    /// A cue only waits for the turn to end: then the rule, which runs on, speaks or the place was left. One that
    /// waits for the movement's end as it is waits no more after the first.
    @_noLocks
    private mutating func isOnTheWay() -> Bool {
        guard plan.hasSeveralPostures(), tasks.count == 0 || !plan.cuesAtEnd,
            let latest = tracks[Segment.pelvis.index].latest,
            latest.angularRate.norm > Body.onTheWay, let up = upInSegment(.pelvis)
        else { return false }
        return Posture(upInSegment: up) == .upright
    }

    /// What was noted before the first repetition began, on the way to its place, is none of it.
    @_noLocks
    mutating func forgetTheWayThere(time: Int64) {
        guard plan.task == .repetitions, tasks.count == 0, !isJudging(time: time) else { return }
        endCues.clear()
    }

    @_noLocks
    mutating func isShift(_ event: ShiftEvent, to side: Side?) -> Bool {
        guard let side else { return false }
        return side == .right ? event == .toRight : event == .toLeft
    }
}
