// Cuts an exercise's own signal into repetitions and their phases.

import Kinematics

/// The state machine of repetitions: at rest, on the way out, at the far end, on the way back.
///
/// Works on the way x from rest, rad or m. The count comes from the way; the phases' times are looked up
/// in the history of the speed once the way back is over.
package struct RepetitionTracker: BitwiseCopyable, Sendable {
    package private(set) var count: UInt16 = 0
    /// The newest finished repetition; number 0 before the first.
    package private(set) var last = Repetition()
    /// Way from rest now, in the source's unit.
    package private(set) var way = 0.0
    /// Way at the far end of the present or last repetition.
    package private(set) var farWay = 0.0
    private var state = RepetitionState.rest
    private var lowersFirst = false
    /// The tempo has neither a hold nor a rest.
    private var isContinuous = false
    private var least = 0.1
    private var origin: Int64 = 0
    private var history = VelocityHistory()
    private var forces = ForceHistory()
    private var weight = ForceHistory.Weight()
    private var mayFeel = false
    private var angle = AngleSpeed()
    /// Of the way, in the source's unit a second.
    private var speed = 0.0
    private var primed = false
    private var lastTime: Int64 = 0
    /// m that the newest height was changed by, see `step(height:)`.
    private var lastLever = 0.0
    private var base = 0.0
    private var peak = 0.0
    private var low = 0.0
    private var fastest = 0.0
    private var slowFor = 0.0
    private var restedFor = 0.0
    private var departed = 0.0
    private var farTime = 0.0
    private var backTime = 0.0
    private var previousEnd = 0.0
    /// m/s² that a repetition which is not quite over has shown to be the sensor's.
    private var unsettled: Double?
    /// m/s² of even drift that were taken off the newest repetition's speeds.
    private var balanced = 0.0
    private var overlaps = ShapeEvidence()
    /// The newest way back, which the next rest is counted from.
    private var ends = ShapedSpan(MovementSpan(start: 0, end: 0))
    /// Not zero at the sample that ends a repetition only.
    private(set) var drift = HeightDrift()

    /// Rounds of finding the ends and taking off the drift; and the shares of the range between which what is
    /// missing at the end is drift [engineering defaults].
    private static var balancing: Int { @_noLocks get { 3 } }
    private static var leastMissing: Double { @_noLocks get { 0.03 } }
    private static var mostMissing: Double { @_noLocks get { 0.8 } }
    /// Share of the range that a way covers at least.
    private static var covered: Double { @_noLocks get { 0.6 } }
    /// Share of a repetition's even drift that the next one is spared [engineering default].
    private static var learning: Double { @_noLocks get { 0.5 } }
    /// Shares of the fastest speed at which a way back counts as over [engineering defaults].
    private static var arrived: Double { @_noLocks get { 0.1 } }
    private static var arriving: Double { @_noLocks get { 0.35 } }

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func begin(
        source: RepetitionSource, lowersFirst: Bool, isContinuous: Bool = false, time: Int64
    ) {
        self = RepetitionTracker()
        self.isContinuous = isContinuous
        least = source.leastRange
        mayFeel = source.liftsPelvis
        self.lowersFirst = lowersFirst
        origin = time
    }

    /// The phase under way.
    package var phase: RepetitionPhase { @_noLocks get { state.phase(lowersFirst: lowersFirst) } }

    /// True outside the rest between repetitions.
    package var isMoving: Bool { @_noLocks get { state.isMoving } }

    /// Takes the way of an angle, rad; true where a repetition ended.
    ///
    /// `restSpeed`: how fast the body sways at rest, rad/s, where the way does not show it.
    @_noLocks
    package mutating func step(
        angle: Double, interval: Double, time: Int64, restSpeed: Double? = nil
    ) -> Bool {
        let interval = interval > 0 ? sinceLast(time, interval) : interval
        lastTime = time
        guard interval > 0, interval < 0.5, primed else {
            primed = true
            self.angle = AngleSpeed(at: angle)
            speed = 0
            if state == .rest { base = angle }
            return false
        }
        self.angle.step(angle, interval: interval)
        speed = self.angle.speed
        restedFor = state == .rest ? restedFor + interval : 0
        // The end of the way back is no rest yet.
        if restedFor > 0.7 { history.sway.add(restSpeed ?? speed, interval: interval) }
        return advance(at: self.angle.value, interval: interval, time: time)
    }

    /// What shows the movement is lost: true where the far end had been reached, so that it counts as done.
    ///
    /// How it was done is not known.
    @_noLocks
    package mutating func giveUp(at time: Int64) -> Bool {
        let now = seconds(fromNanoseconds: time &- origin)
        let wasFar = state == .far || state == .back
        primed = false
        state = .rest
        restedFor = 0
        guard wasFar else { return false }
        count &+= 1
        last = Repetition(
            number: count, start: origin &+ Int64(max(0, min(departed, 1e8)) * 1e9), end: time,
            isSeen: false)
        last.isWhole = false
        previousEnd = now
        ends = ShapedSpan(MovementSpan(start: now, end: now))
        return true
    }

    /// s since the newest sample that was taken, which need not be the one before this.
    @_noLocks
    private func sinceLast(_ time: Int64, _ interval: Double) -> Double {
        guard lastTime != 0, time > lastTime else { return interval }
        return seconds(fromNanoseconds: time &- lastTime)
    }

    /// Takes how the pelvis is moved up or down, before the way itself: most movements of the hips are seen there
    /// too, and nobody sways up and down.
    @_noLocks
    mutating func feel(
        _ sample: ForceSample, weight: ForceHistory.Weight, interval: Double, time: Int64
    ) {
        guard interval > 0, interval < 0.5 else { return }
        self.weight = weight
        forces.add(
            sample, time: seconds(fromNanoseconds: time &- origin), interval: interval)
    }

    /// Takes the pelvis' height; true where a repetition ended.
    ///
    /// `sign` −1 where the way out goes down. `lever`: m by which the point that is followed lies above the sensor,
    /// where that changes.
    @_noLocks
    package mutating func step(
        height: VerticalMotion, lever: Double = 0, sign: Double, interval: Double, time: Int64
    ) -> Bool {
        let single = interval
        let interval = interval > 0 ? sinceLast(time, interval) : interval
        lastTime = time
        let raised = primed && interval > 0 ? (lever - lastLever) / interval : 0
        lastLever = lever
        primed = true
        guard single > 0, interval < 0.5 else { return false }
        if height.residualSpan > 0 {
            history.correct(
                residual: height.residual * sign, span: height.residualSpan,
                time: seconds(fromNanoseconds: time &- origin))
        }
        speed = (height.velocity + raised) * sign
        let now = (height.height + lever) * sign
        if height.residualSpan > 0, state.isOut, now - base < 0.3 * (peak - base) {
            // What seemed a way out was drift: the pelvis is at rest where it was.
            state = .rest
        }
        if state == .rest, height.isStill { base = now }
        // Stillness near the rest level ends a way back whose integrated speed had drifted.
        let ended = advance(
            at: now, interval: interval, time: time, returns: true)
        drift = HeightDrift(
            speed: drift.speed * sign, way: drift.way * sign, offset: drift.offset * sign,
            isKnown: drift.isKnown)
        return ended
    }

    /// `returns`: the way is an integral that drifts, and each repetition ends where it began.
    @_noLocks
    private mutating func advance(
        at x: Double, interval: Double, time: Int64, returns: Bool = false
    ) -> Bool {
        drift = HeightDrift()
        let now = seconds(fromNanoseconds: time &- origin)
        history.add(speed, time: now, interval: interval)
        way = x - base
        switch state {
        case .rest:
            // A way back that was slow at its end counted before it was over.
            settle(x, now: now)
            way -= drift.way
            leaveIfMoving(x - drift.way, now: now, interval: interval)
        case .out: goOut(x, now: now, interval: interval)
        case .far:
            peak = max(peak, x)
            // Nobody stays there for so long, nor goes twice as far: the rest has moved.
            if now - farTime > 60 || farWay > 0 && count > 0 && way > 2 * last.range {
                state = .rest
                base = x
            }
            if x < peak - 0.15 * (peak - base), speed < 0 {
                state = .back
                backTime = now
                low = x
                fastest = -speed
                slowFor = 0
            }
        case .back:
            return comeBack(x, now: now, interval: interval, time: time, returns: returns)
        }
        return false
    }

    @_noLocks
    private mutating func leaveIfMoving(_ x: Double, now: Double, interval: Double) {
        if way > least * 0.5, speed > 0 {
            state = .out
            unsettled = nil
            history.sway.leave()
            departed = now
            peak = x
            fastest = speed
            slowFor = 0
            return
        }
        // The resting level follows slowly while little moves, and downward at once.
        if way < 0 || abs(speed) < least * 0.6 { base += way * min(1, interval / 0.4) }
    }

    @_noLocks
    private mutating func goOut(_ x: Double, now: Double, interval: Double) {
        peak = max(peak, x)
        fastest = max(fastest, speed)
        if peak - base < least {
            if way < least * 0.25 || now - departed > 4 {
                state = .rest
                if now - departed > 4 { base = x }
            }
            return
        }
        slowFor = speed < 0.12 * fastest ? slowFor + interval : 0
        if slowFor >= 0.1 || x < peak - 0.1 * (peak - base) {
            state = .far
            farTime = now
            farWay = peak - base
        }
    }

    @_noLocks
    private mutating func comeBack(
        _ x: Double, now: Double, interval: Double, time: Int64, returns: Bool
    ) -> Bool {
        low = min(low, x)
        fastest = max(fastest, -speed)
        let range = peak - base
        // A height that drifts shows half of a way back at times; who never rests has no wobble at the far end.
        let half = returns && isContinuous ? 0.7 : 0.45
        if x > low + 0.3 * range, low - base > half * range {
            // A wobble at the far end, not the way back.
            state = .far
            return false
        }
        // Whoever seems to be back at more than the beginning, by a height that drifts, is about to arrive.
        let slow = returns && x < base ? RepetitionTracker.arriving : RepetitionTracker.arrived
        slowFor = speed > -slow * fastest ? slowFor + interval : 0
        guard low - base < half * range, slowFor >= 0.04 else { return false }
        if returns { balance(now: now, range: range) }
        finish(x, now: now, returns: returns)
        if returns, isContinuous, unsettled == nil, drift.offset == 0 {
            // Without a shape that fits, part of what makes there and back as long is taken for the sensor's.
            drift.offset = RepetitionTracker.learning * balanced
        }
        base = min(x - drift.way, base + 0.3 * range)
        state = .rest
        return true
    }

    /// Takes the drift off the speeds of a repetition by the height: there and back are as long.
    @_noLocks
    private mutating func balance(now: Double, range: Double) {
        var round = 0
        balanced = 0
        while round < RepetitionTracker.balancing {
            let shape = forces.evidence.best
            let both = spans(now: now, shape: shape, only: shape)
            let (out, back) = (both.out[shape], both.back[shape])
            let slope = history.balance(
                from: out.start, to: back.end, least: RepetitionTracker.leastMissing * range,
                most: RepetitionTracker.mostMissing * range)
            let since = max(0, now - out.start)
            balanced += slope
            drift.speed += slope * since
            drift.way += slope * since * since / 2
            round += 1
        }
    }

    /// When the way out and the way back began and ended.
    @_noLocks
    private mutating func spans(
        now: Double, shape: BellShape, only: BellShape? = nil
    ) -> (out: ShapedSpan, back: ShapedSpan) {
        let earliest = count == 0 ? departed - 6 : previousEnd - 0.3
        // What covers too little of the way is a wave of sway, not the movement.
        let most = RepetitionTracker.covered * (peak - base)
        var out = ShapedSpan(MovementSpan(start: departed, end: farTime))
        if let seen = history.span(from: earliest, to: farTime, sign: 1, only: only),
            history.way(from: seen[shape].start, to: seen[shape].end) > most
        {
            out = seen
        }
        var back = ShapedSpan(MovementSpan(start: backTime, end: now))
        if let seen = history.span(
            from: max(out[shape].end - 0.3, farTime - 1), to: now, sign: -1, only: only),
            -history.way(from: seen[shape].start, to: seen[shape].end) > most
        {
            back = seen
        }
        // Little is left of a way back that has become slow.
        back.end(by: now)
        return (out, back)
    }

    @_noLocks
    private mutating func finish(_ x: Double, now: Double, returns: Bool) {
        // A height drifts: only the accelerations tell its movements' shape.
        let known = returns ? forces.evidence.best : history.evidence.best
        var (outs, backs) = spans(now: now, shape: known)
        var evidence = history.evidence
        var offset: Double?
        var isTimed = !returns
        // Where the pelvis does not go up or down, there is nothing to fit.
        if returns || mayFeel,
            let fit = forces.fit(
                out: outs, back: backs, size: returns ? peak - base : 0.1, weight: weight,
                earliest: count == 0 ? departed - 6 : previousEnd),
            returns ? fit.agrees(with: balanced) : fit.isClear
        {
            // An angle is another look at the same movement: sway blurs the one, noise the other.
            outs = returns ? fit.out : outs.middle(fit.out)
            backs = returns ? fit.back : backs.middle(fit.back)
            if !returns { evidence.add(forces.evidence) }
            if isContinuous || fit.isNear { offset = fit.offset }
            isTimed = isTimed || fit.offset != nil
        }
        if returns { evidence = forces.evidence }
        overlaps.addOverlap(outs, backs)
        if count > 0 { overlaps.addOverlap(ends, outs) }
        evidence.add(overlaps)
        let shape = evidence.best
        let (out, back) = (shape.counted(outs[shape]), shape.counted(backs[shape]))
        let before = count > 0 ? ends : nil
        let tempos = ShapedTempo(
            out: outs, back: backs, after: before, lowersFirst: lowersFirst)
        count &+= 1
        last = Repetition(
            number: count, start: origin &+ Int64(max(0, min(out.start, 1e8)) * 1e9),
            end: origin &+ Int64(max(0, min(back.end, 1e8)) * 1e9),
            tempo: tempos[shape], range: peak - base)
        last.isTimed = isTimed
        last.shape = shape
        last.tempos = tempos
        ends = backs
        farWay = peak - base
        previousEnd = backs[shape].end
        unsettled = returns ? offset : nil
        settle(x, now: now)
        // Where people rest, the next stillness tells better.
        if !isContinuous { unsettled = nil }
    }

    /// At the end of the way back the pelvis stood still where it had begun; since then it is a movement's beginning.
    @_noLocks
    private mutating func settle(_ x: Double, now: Double) {
        let since = now - previousEnd
        guard let offset = unsettled, since >= 0 else { return }
        unsettled = nil
        guard since < 1.5, let atEnd = history.speed(at: previousEnd) else { return }
        let moved = speed - drift.speed - atEnd + (balanced - offset) * since
        drift = HeightDrift(
            speed: speed - moved, way: x - base - moved * since / 2, offset: offset,
            isKnown: isContinuous)
    }
}
