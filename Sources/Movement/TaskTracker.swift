// Follows whatever a set consists of besides holds: repetitions, steps, landings, habits.

import Kinematics

/// The trackers of one set, and the signals only they know.
package struct TaskTracker: BitwiseCopyable, Sendable {
    private(set) var repetitions = RepetitionTracker()
    private(set) var metronome = Metronome()
    var steps = StepTracker()
    private(set) var landings = LandingTracker()
    var sway = SwayMeter()
    private(set) var source = RepetitionSource.none
    private var judge = RepetitionJudge()
    var stepJudge = StepJudge()
    var walk = SteadyWalk()
    private(set) var vertical = VerticalMotion()
    var habits = HabitWatch()
    private var watchesHang = false
    private var thighRest = ThighRest()
    private var counted: UInt16 = 0
    /// Mean square of the vertical acceleration over about a second, (m/s²)²; walking is beyond `walks`.
    private var walking = 0.0
    private static var walks: Double { @_noLocks get { 0.5 } }
    private var turn = TurnMeter()
    private var dropSum = 0.0
    private var dropTime = 0.0
    private var farSince: Int64 = 0
    private var wasMoving = false
    private var ownRange = 0.0
    /// The movement is seen to be done on the other leg: it counts for none of this set.
    var isOnOtherLeg = false
    /// A repetition ended at this sample, and was passed over for that.
    private(set) var passedOver = false
    /// Hitches of the other leg went by, which read as their mirror image.
    private var isMirrored = false
    /// s since the signal of the repetitions was last seen, and the count when the clock took over.
    private var unseenFor = 0.0
    private var countedBeforeClock: UInt16 = 0

    /// s that a repetition waits for a sensor that says nothing: as long as a gap in the pelvis' own samples is
    /// bridged [engineering default].
    private static var waits: Double { @_noLocks get { 0.5 } }

    @_noLocks
    package init() {}

    /// Repetitions of the set so far, whatever they were seen in.
    package var count: UInt16 { @_noLocks get { counted } }

    @_noLocks
    mutating func begin(_ plan: inout MovementPlan, time: Int64) {
        source = .none
        counted = 0
        judge.begin(wanted: Int(plan.repetitions))
        stepJudge = StepJudge()
        walk = SteadyWalk()
        steps.begin(swapsSides: plan.swapsSides)
        landings.begin(judgesPeaks: plan.watches(.strikeExcess))
        sway.forgetCalm()
        habits = HabitWatch()
        watchesHang = plan.watches(.hang)
        thighRest = ThighRest()
        metronome = Metronome()
        ownRange = 0
        unseenFor = 0
        countedBeforeClock = 0
        isOnOtherLeg = false
        turn.restart()
        dropSum = 0
        dropTime = 0
        farSince = 0
        wasMoving = false
    }

    /// Share of the own range gone; NaN where that is not known.
    var wayShare: Double {
        @_noLocks get {
            let range = ownRange > 0 ? ownRange : repetitions.farWay
            guard source != .metronome, range > 0 else { return Double.nan }
            return repetitions.way / range
        }
    }

    /// Takes a pelvis sample that can be trusted, with the thighs' tracks; adds signals.
    ///
    /// The plan only comes `inout` because a value of its size would be copied for each call. `stance` is the
    /// plan's side, or the upper one of a person who lies on a side.
    @_noLocks
    mutating func step(
        _ moment: PelvisMoment, plan: inout MovementPlan, stance: Side?, angles: BodyAngles,
        thighs: ThighDirections, signals: inout SignalValues
    ) -> TaskEvents {
        var events = TaskEvents()
        passedOver = false
        vertical.step(
            up: moment.up, specificForce: moment.force, rate: moment.rate,
            interval: moment.interval,
            isContinuous: source == .height && plan.tempo.isContinuous,
            isUnderWay: repetitions.isMoving)
        sway.step(up: moment.up, specificForce: moment.force, interval: moment.interval)
        guard moment.isReady else {
            // Whoever is not in place yet begins anew.
            if counted == 0 { metronome = Metronome() }
            return events
        }
        switch plan.task {
        case .singleLegHold: break
        case .repetitions:
            events.repetition = stepRepetitions(
                moment, plan: &plan, stance: stance, angles: angles, thighs: thighs,
                signals: &signals)
            if watchesHang { stepHabits(moment, angles, &signals) }
        case .steps:
            events.step = stepSteps(
                moment, mode: StepTracker.Mode(plan.source), angles: angles, signals: &signals)
        case .landings:
            let horizontal = moment.force - moment.up * moment.force.dot(moment.up)
            // The pelvis' forward axis, made horizontal.
            let ahead = (Vector3(1, 0, 0) - moment.up * moment.up.x).normalized()
            let aside = (Vector3(0, 0, 1) - moment.up * moment.up.z).normalized()
            if landings.step(
                horizontal: horizontal.norm, forward: ahead?.dot(horizontal) ?? Double.nan,
                sideways: aside?.dot(horizontal) ?? Double.nan,
                upward: vertical.acceleration,
                isQuiet: vertical.isStill, interval: moment.interval,
                time: moment.time)
            {
                events.landing = landings.last
                if let excess = landings.strikeExcess { signals.set(.strikeExcess, excess) }
            }
        case .habits: stepHabits(moment, angles, &signals)
        }
        if isSwayJudged(plan.task, plan.source, time: moment.time), let ratio = sway.ratio {
            signals.set(.swayRatio, ratio)
        }
        return events
    }

    /// A hold on one leg begins: its sway is its own, and so is its calm where the one before was only
    /// assumed, perhaps on two legs.
    @_noLocks
    mutating func beginHold(afterAssumed: Bool) {
        sway.restart()
        if afterAssumed { sway.forgetCalm() }
    }

    /// The sway of a hold on one leg: its first seconds give the calm.
    ///
    /// Not of a hold that was only assumed: whoever still stands on two legs would give a calm that one leg
    /// never has, and the shift of weight itself would be called sway.
    @_noLocks
    mutating func stepHold(isHolding: Bool, signals: inout SignalValues) {
        if isHolding { sway.learnCalmOfHold() }
        if isHolding, let ratio = sway.ratio { signals.set(.swayRatio, ratio) }
    }

    /// Follows the pelvis outside sets too: what it learns at rest is wanted in the next one.
    @_noLocks
    mutating func stepIdle(_ moment: PelvisMoment, angles: BodyAngles) {
        vertical.step(
            up: moment.up, specificForce: moment.force, rate: moment.rate,
            interval: moment.interval)
        sway.step(up: moment.up, specificForce: moment.force, interval: moment.interval)
        walking +=
            (vertical.acceleration * vertical.acceleration - walking)
            * min(1, max(0, moment.interval))
        _ = steps.step(
            moment, mode: walking > TaskTracker.walks ? .swings : .shifts, angles: angles,
            upward: vertical.acceleration)
    }

    @_noLocks
    private mutating func stepRepetitions(
        _ moment: PelvisMoment, plan: inout MovementPlan, stance: Side?, angles: BodyAngles,
        thighs: ThighDirections, signals: inout SignalValues
    ) -> Repetition? {
        thighRest.step(
            thighs, standing: plan.standsUp ? angles : nil, rate: moment.rate,
            interval: moment.interval,
            mayFollow: counted == 0 && repetitions.way < source.leastRange)
        if thighRest.hasStoodUp(source: source, stance: stance) { standUp(&plan, moment.time) }
        chooseSource(&plan, stance: stance, angles: angles, thighs: thighs, time: moment.time)
        if isMirrored, !isOnOtherLeg { restart(&plan, time: moment.time) }
        isMirrored = isOnOtherLeg && source == .hike
        if isMirrored { return nil }
        var ended = false
        if source != .metronome { feel(moment, stance: stance, lowersFirst: plan.lowersFirst) }
        if source == .metronome {
            ended = stepClock(plan.tempo, wanted: plan.repetitions, time: moment.time)
        } else if source == .height {
            ended = repetitions.step(
                height: vertical, lever: TaskTracker.standingHip(moment.up, stance: stance),
                sign: plan.lowersFirst ? -1 : 1, interval: moment.interval, time: moment.time)
            if ended || repetitions.drift.isKnown {
                vertical.takeOff(
                    speed: repetitions.drift.speed, way: repetitions.drift.way,
                    offset: repetitions.drift.offset, isKnown: repetitions.drift.isKnown)
            }
        } else if let way = angle(
            stance: stance, angles: angles, thighs: thighs, signals: &signals)
        {
            // Until the first movement the rest follows the thighs, and the way shows no sway.
            var restSpeed: Double?
            if counted == 0 { restSpeed = thighRest.sway(source: source, stance: stance) }
            ended = repetitions.step(
                angle: way, interval: moment.interval, time: moment.time, restSpeed: restSpeed)
            unseenFor = 0
        } else {
            ended = loseSight(moment)
        }
        turn.step(moment, isMoving: isMoving)
        signals.set(.turn, turn.size)
        collectDrop(&signals, interval: moment.interval)
        if isMoving, !isOnOtherLeg {
            sway.learnCalm(interval: moment.interval, wanted: 5)
            if source != .metronome, repetitions.phase == .hold { thighRest.learnWay(thighs) }
        }
        addHoldLoss(&plan, time: moment.time, signals: &signals)
        guard ended else { return nil }
        passedOver = isOnOtherLeg
        if isOnOtherLeg { return passOver(&plan, time: moment.time) }
        return finish(&plan, stance: stance, time: moment.time, signals: &signals)
    }

    @_noLocks
    private mutating func feel(_ moment: PelvisMoment, stance: Side?, lowersFirst: Bool) {
        var weight = ForceHistory.Weight()
        // Whoever goes up by a height stepped up: before and after, both feet stand.
        if let stance {
            weight = ForceHistory.Weight(
                side: stance.sign, goesOver: source == .height && !lowersFirst)
        }
        repetitions.feel(
            ForceSample(
                upward: vertical.acceleration, up: moment.up, specificForce: moment.force,
                sign: lowersFirst ? -1 : 1), weight: weight, interval: moment.interval,
            time: moment.time)
    }

    /// The clock counts what is left of the set.
    @_noLocks
    private mutating func stepClock(_ tempo: Tempo, wanted: UInt16, time: Int64) -> Bool {
        guard wanted > 0 else { return metronome.step(tempo, time: time) }
        guard wanted > countedBeforeClock else { return false }
        return metronome.step(tempo, wanted: Int(wanted - countedBeforeClock), time: time)
    }

    /// The sensor that shows the movement says nothing: after a while the repetition under way is given up, so
    /// that the set goes on with what is still measured; true where it had been done but for the way back.
    @_noLocks
    private mutating func loseSight(_ moment: PelvisMoment) -> Bool {
        guard moment.interval > 0, moment.interval < 0.5 else { return false }
        unseenFor += moment.interval
        guard unseenFor > TaskTracker.waits, repetitions.isMoving else { return false }
        if repetitions.giveUp(at: moment.time) { return true }
        dropSum = 0
        dropTime = 0
        return false
    }

    /// A repetition of the other leg: neither counted nor learnt from.
    @_noLocks
    private mutating func passOver(_ plan: inout MovementPlan, time: Int64) -> Repetition? {
        // The free thigh goes another way than the one that stands: the next is not to be measured by it.
        if source != .height { restart(&plan, time: time) }
        // Before it was known to be the other leg's, the far end may have been learnt from.
        if counted == 0 {
            thighRest.forgetWays()
            sway.forgetCalm()
        }
        dropSum = 0
        dropTime = 0
        return nil
    }

    /// What was measured so far was measured from a lifted knee.
    @_noLocks
    private mutating func standUp(_ plan: inout MovementPlan, _ time: Int64) {
        thighRest.forgetWays()
        if counted == 0 { sway.forgetCalm() }
        ownRange = 0
        judge.forgetRange()
        restart(&plan, time: time)
    }

    @_noLocks
    private mutating func restart(_ plan: inout MovementPlan, time: Int64) {
        metronome = Metronome()
        countedBeforeClock = counted
        repetitions.begin(
            source: source, lowersFirst: plan.lowersFirst, isContinuous: plan.tempo.isContinuous,
            time: time)
    }

    @_noLocks
    private mutating func finish(
        _ plan: inout MovementPlan, stance: Side?, time: Int64, signals: inout SignalValues
    ) -> Repetition {
        counted &+= 1
        var repetition = repetitions.last
        if source == .metronome {
            repetition = Repetition(
                start: time &- Int64(max(0, min(plan.tempo.total, 3600)) * 1e9), end: time,
                tempo: plan.tempo, isSeen: false)
        } else if repetition.isWhole {
            ownRange =
                ownRange == 0 ? repetition.range : ownRange + (repetition.range - ownRange) * 0.3
        }
        repetition.number = counted
        repetition.side = stance
        repetition.source = source
        if repetition.isWhole {
            judge.step(
                repetition, target: plan.tempo.lower, drop: dropTime > 0 ? dropSum / dropTime : nil,
                sway: sway.rms > 0 ? sway.rms : nil, signals: &signals)
        }
        dropSum = 0
        dropTime = 0
        return repetition
    }

    /// The best source that the worn sensors show; it only changes between repetitions.
    @_noLocks
    private mutating func chooseSource(
        _ plan: inout MovementPlan, stance: Side?, angles: BodyAngles, thighs: ThighDirections,
        time: Int64
    ) {
        guard source == .none || !repetitions.isMoving else { return }
        var wanted = plan.source
        var isSeen = thighs.has(plan.source, stance: stance)
        if plan.source == .risingThighs, case .some = TaskTracker.rise(angles) { isSeen = true }
        if !isSeen { wanted = plan.fallback }
        if wanted == .none { wanted = .metronome }
        guard wanted != source else { return }
        // A moment's silence between two repetitions is waited out, too.
        if source == plan.source, unseenFor <= TaskTracker.waits { return }
        if source != .none {
            // Ways in other units are no measure of the next ones.
            ownRange = 0
            judge.forgetRange()
        }
        source = wanted
        unseenFor = 0
        restart(&plan, time: time)
    }

    @_noLocks
    private mutating func angle(
        stance: Side?, angles: BodyAngles, thighs: ThighDirections, signals: inout SignalValues
    ) -> Double? {
        switch source {
        case .hike:
            guard let hike = signals.value(.hike) else { return nil }
            return hike
        case .bridgeHeight: return signals.value(.bridgeHeight)
        case .tilt:
            guard let pelvis = angles.pelvis else { return nil }
            return pelvis.anteriorTilt
        case .movingThigh:
            return thighRest.lift(thighs, angles: angles, stance: stance)
        case .stanceThigh, .eitherThigh:
            return thighRest.way(thighs, source: source, stance: stance)
        case .risingThighs: return TaskTracker.rise(angles)
        case .none, .metronome, .height, .sideways, .walking: return nil
        }
    }

    /// The drop's mean over the repetition; on two legs or lying, what stands for it.
    @_noLocks
    private mutating func collectDrop(_ signals: inout SignalValues, interval: Double) {
        guard isMoving, interval > 0, interval < 0.5 else { return }
        var value = signals.value(.drop)
        if case .none = value { value = signals.value(.sag) }
        if case .none = value { value = signals.value(.obliquity) }
        guard let value else { return }
        dropSum += value * interval
        dropTime += interval
    }

    /// C13: the position given up before the hold asked for is over.
    @_noLocks
    private mutating func addHoldLoss(
        _ plan: inout MovementPlan, time: Int64, signals: inout SignalValues
    ) {
        guard source != .metronome, plan.tempo.hold > 1 else { return }
        let isFar = repetitions.phase == .hold
        if isFar, farSince == 0 { farSince = time }
        if !repetitions.isMoving { farSince = 0 }
        guard farSince != 0, repetitions.farWay > 0 else { return }
        let held = seconds(fromNanoseconds: time &- farSince)
        let isDue = held < plan.tempo.hold - 0.5
        signals.set(.holdLoss, isDue ? 1 - repetitions.way / repetitions.farWay : 0)
    }
}
