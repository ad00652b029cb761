// Steps: marching, side-stepping, walking. Which leg stands, for how long, and how the pelvis fares.

package import Kinematics

/// One step: the time one leg carried the body.
package struct Step: BitwiseCopyable, Sendable, Equatable {
    /// Counts a set's steps from 1.
    package var number: UInt32
    package var side: Side
    /// Begin and end, host ns.
    package var start: Int64
    package var end: Int64
    /// Means over the step, rad; NaN where not measured.
    package var drop: Double
    package var leanIpsilateral: Double
    /// Largest drop, lean to the stance side and lean away from it, rad; NaN where not measured.
    package var peakDrop = Double.nan
    package var peakLean = Double.nan
    package var peakLeanAway = Double.nan
    /// Largest upward acceleration at the pelvis at the start of the step, m/s².
    package var strike: Double

    @_noLocks
    package init(
        number: UInt32 = 0, side: Side = .left, start: Int64 = 0, end: Int64 = 0,
        drop: Double = .nan, leanIpsilateral: Double = .nan, strike: Double = 0
    ) {
        self.number = number
        self.side = side
        self.start = start
        self.end = end
        self.drop = drop
        self.leanIpsilateral = leanIpsilateral
        self.strike = strike
    }

    /// s.
    package var duration: Double { @_noLocks get { seconds(fromNanoseconds: end &- start) } }
}

/// Finds steps.
///
/// From one pelvis sensor the side is inferred: the pelvis moves over the leg that will stand. With both
/// thighs it is seen. A walk's steps last from one foot's contact to the next.
package struct StepTracker: BitwiseCopyable, Sendable {
    /// How the legs' turns show.
    enum Mode: UInt8, BitwiseCopyable {
        /// Knees are lifted one after the other; without thigh sensors the weight shifts.
        case lifts
        /// The weight shifts, also twice the same way: a step sideways.
        case shifts
        /// The pelvis bounces at each contact of a foot and swings from side to side between.
        case swings

        @_noLocks
        init(_ source: RepetitionSource) {
            self = source == .eitherThigh ? .lifts : source == .walking ? .swings : .shifts
        }
    }

    package private(set) var side: Side?
    package private(set) var count: UInt32 = 0
    /// The newest finished step; number 0 before the first.
    package private(set) var last = Step()
    /// True while the side comes from thigh sensors.
    package private(set) var seesThighs = false
    private var start: Int64 = 0
    private var dropSum = 0.0
    private var dropTime = 0.0
    private var leanSum = 0.0
    private var leanTime = 0.0
    private var peakDrop = -Double.infinity
    private var peakLean = -Double.infinity
    private var peakAway = -Double.infinity
    private var strike = 0.0
    /// What the swing is taken to say of the legs is turned round.
    private var swapsSides = false
    private var swing = SwingSide()
    private var contacts = FootContacts()
    /// Running mean of the steps' times, s.
    private var usual = 0.0
    /// How well the swing agrees with legs that take turns, in the last contacts.
    private var agreement = 0.0

    /// rad: a thigh lifted by the first beyond the other has left the floor; below the second it is down.
    private static var lifted: Double { @_noLocks get { 14 * radiansPerDegree } }
    private static var down: Double { @_noLocks get { 7 * radiansPerDegree } }
    /// s: nothing that lasts longer is a step, and nothing shorter.
    private static var longest: Double { @_noLocks get { 8.0 } }
    private static var shortest: Double { @_noLocks get { 0.2 } }
    /// s: a foot that meets the floor later belongs to another walk.
    private static var longestOfWalk: Double { @_noLocks get { 1.5 } }
    /// The least share of the usual time that a step of a march or a walk takes [engineering default].
    private static var regular: Double { @_noLocks get { 0.5 } }
    /// Share of a contact's agreement that is left at the next one [engineering default].
    private static var memory: Double { @_noLocks get { 0.6 } }
    /// s after a step's start in which the foot lands.
    private static var landing: Double { @_noLocks get { 0.35 } }

    @_noLocks
    package init() {}

    /// What the swing and the bounce are stays learnt.
    @_noLocks
    package mutating func begin(swapsSides: Bool = false) {
        let (swing, contacts) = (swing, contacts)
        self = StepTracker()
        self.swapsSides = swapsSides
        self.swing = swing
        self.contacts = contacts
    }

    /// s since the present step began; nil between steps.
    @_noLocks
    package func elapsed(at time: Int64) -> Double? {
        guard start != 0 else { return nil }
        return seconds(fromNanoseconds: time &- start)
    }

    /// Takes a pelvis sample; true where a step ended.
    @_noLocks
    mutating func step(
        _ moment: PelvisMoment, mode: Mode, angles: BodyAngles, upward: Double
    ) -> Bool {
        let time = moment.time
        collect(angles, upward: upward, interval: moment.interval, time: time)
        seesThighs = false
        swing.step(moment, angles: angles)
        let isContact = contacts.step(
            upward: upward, up: moment.up, stance: side, interval: moment.interval, time: time)
        if mode == .swings {
            seesThighs = swing.seesThighs
            return isContact ? takeOver(at: contacts.time) : closeWalk(at: time)
        }
        var next: Side?
        var thighsAhead: Double?
        if let left = angles.leftThigh, let right = angles.rightThigh {
            // Knee forward is a negative tilt; the lifted leg's partner stands.
            thighsAhead = right.anteriorTilt - left.anteriorTilt
        }
        switch mode {
        case .lifts:
            if let ahead = thighsAhead {
                seesThighs = true
                if ahead > StepTracker.lifted { next = .right }
                if ahead < -StepTracker.lifted { next = .left }
                // The foot is down: the step is over, the next one comes with the next knee.
                if abs(ahead) < StepTracker.down, start != 0 { return close(at: time) }
            } else {
                next = StepTracker.side(of: moment.shift)
                // A pelvis that drops far seems to go sideways: no step is so much shorter than the others.
                if let elapsed = elapsed(at: time), elapsed < StepTracker.regular * usual {
                    next = nil
                }
            }
        case .shifts: next = StepTracker.side(of: moment.shift)
        case .swings: break
        }
        if let stale = closeStale(at: time) { return stale }
        guard let next else { return false }
        if let side, side == next, start != 0 {
            // A second shift the same way is a step sideways; the others say it all the time.
            guard mode == .shifts, let elapsed = elapsed(at: time), elapsed > 0.5 else {
                return false
            }
        }
        if let elapsed = elapsed(at: time), elapsed < StepTracker.shortest { return false }
        let ended = close(at: time)
        side = next
        start = time
        return ended
    }

    /// A foot met the floor: the leg that stood hands over to the other.
    @_noLocks
    private mutating func takeOver(at contact: Int64) -> Bool {
        if let taken = elapsed(at: contact) {
            if taken > StepTracker.longestOfWalk {
                abandon()
            } else if taken < max(StepTracker.shortest, StepTracker.regular * usual) {
                // Heel and forefoot of one landing.
                return false
            }
        }
        if start == 0 { usual = 0 }
        guard let next = landed() else { return false }
        let ended = start != 0 && close(at: contact)
        side = next
        start = contact
        strike = contacts.peak
        return ended
    }

    /// The leg whose foot met the floor.
    ///
    /// The thigh in front, or the side that the pelvis is pushed to, off the leg that stood. Legs take turns, so
    /// one swing against that is not believed, only several: then a contact was missed. Nil while nothing tells.
    @_noLocks
    private mutating func landed() -> Side? {
        if let leading = swing.leading {
            agreement = 0
            return leading
        }
        let push = swapsSides ? -swing.push : swing.push
        let pushed: Side? = push > 0 ? .right : push < 0 ? .left : nil
        guard start != 0, let side else {
            agreement = abs(push)
            return pushed
        }
        agreement = StepTracker.memory * agreement + side.opposite.sign * push
        guard agreement < 0 else { return side.opposite }
        agreement = -agreement
        return side
    }

    /// A walk's last step is over where no next foot lands; it counts with the length of the one before.
    @_noLocks
    private mutating func closeWalk(at time: Int64) -> Bool {
        guard let elapsed = elapsed(at: time), elapsed > StepTracker.longestOfWalk else {
            return false
        }
        guard last.number != 0, last.end == start else {
            // A single bump is no walk.
            abandon()
            return false
        }
        return close(at: start &+ (last.end &- last.start))
    }

    @_noLocks
    private static func side(of shift: ShiftEvent) -> Side? {
        switch shift {
        case .none: nil
        case .toRight: .right
        case .toLeft: .left
        }
    }

    /// A step that lasts twice as long as the one before was the last.
    ///
    /// It counts with that one's length. Nil while the step is young.
    @_noLocks
    private mutating func closeStale(at time: Int64) -> Bool? {
        guard let elapsed = elapsed(at: time) else { return nil }
        if count >= 2, last.duration > 0, elapsed > 2.2 * last.duration + 0.4 {
            return close(at: start &+ (last.end &- last.start))
        }
        guard elapsed > StepTracker.longest else { return nil }
        abandon()
        return false
    }

    /// The leg no longer stands alone: the body came to rest on both.
    @_noLocks
    private mutating func abandon() {
        start = 0
        side = nil
        dropSum = 0
        dropTime = 0
        leanSum = 0
        leanTime = 0
        peakDrop = -Double.infinity
        peakLean = -Double.infinity
        peakAway = -Double.infinity
        strike = 0
    }

    @_noLocks
    private mutating func close(at time: Int64) -> Bool {
        guard let side, start != 0, time > start else {
            abandon()
            return false
        }
        count &+= 1
        last = Step(
            number: count, side: side, start: start, end: time,
            drop: dropTime > 0 ? dropSum / dropTime : Double.nan,
            leanIpsilateral: leanTime > 0 ? leanSum / leanTime : Double.nan, strike: strike)
        usual += (last.duration - usual) * (usual == 0 ? 1 : 0.3)
        if dropTime > 0 { last.peakDrop = peakDrop }
        if leanTime > 0 {
            last.peakLean = peakLean
            last.peakLeanAway = peakAway
        }
        abandon()
        return true
    }

    @_noLocks
    private mutating func collect(
        _ angles: BodyAngles, upward: Double, interval: Double, time: Int64
    ) {
        guard let side, start != 0, interval > 0, interval < 0.5 else { return }
        if let pelvis = angles.pelvis {
            dropSum -= side.sign * pelvis.obliquity * interval
            dropTime += interval
            peakDrop = max(peakDrop, -side.sign * pelvis.obliquity)
        }
        if let trunk = angles.trunk {
            leanSum += side.sign * trunk.obliquity * interval
            leanTime += interval
            peakLean = max(peakLean, side.sign * trunk.obliquity)
            peakAway = max(peakAway, -side.sign * trunk.obliquity)
        }
        if seconds(fromNanoseconds: time &- start) < StepTracker.landing {
            strike = max(strike, upward)
        }
    }
}

extension StepTracker.Mode {
    @_noLocks
    static func == (left: StepTracker.Mode, right: StepTracker.Mode) -> Bool {
        left.rawValue == right.rawValue
    }
}
