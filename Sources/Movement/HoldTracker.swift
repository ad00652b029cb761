// Follows one exercise of holds on one leg: waiting, holding, lowered or lost.

package import Kinematics

/// Where the person is in a set of holds.
package enum HoldPhase: UInt8, BitwiseCopyable, Sendable {
    /// No exercise runs.
    case idle
    /// The exercise runs; both feet are down, or the side is not known.
    case waiting
    case holding
    /// The last hold ended in a loss of balance; the next lift goes on.
    case lost

    package var name: String {
        switch self {
        case .idle: "idle"
        case .waiting: "waiting"
        case .holding: "holding"
        case .lost: "lost"
        }
    }
}

/// What ended a hold.
package enum HoldEnd: UInt8, BitwiseCopyable, Sendable {
    case none, lowered, balanceLost, stopped, lostData

    package var name: String {
        switch self {
        case .none: "none"
        case .lowered: "lowered"
        case .balanceLost: "balance-lost"
        case .stopped: "stopped"
        case .lostData: "lost-data"
        }
    }
}

/// Where the knowledge of the stance side comes from.
package enum StanceSource: UInt8, BitwiseCopyable, Sendable {
    case unknown, given, detected
    /// From the pelvis alone while stepping: likely, and the person may correct it.
    case inferred

    package var name: String {
        switch self {
        case .unknown: "unknown"
        case .given: "given"
        case .detected: "detected"
        case .inferred: "inferred"
        }
    }
}

/// The state machine of a set of one-leg holds.
///
/// With one pelvis sensor the feet are not seen: a hold begins when the weight has moved over the
/// stance foot and the pelvis is still again, and ends when the weight moves back. A person who stands
/// on the given leg already when the set begins shows no shift: after `assumeAfter` the hold is taken
/// for begun, and a later shift towards the stance foot starts it anew.
package struct HoldTracker: BitwiseCopyable, Sendable {
    package private(set) var phase = HoldPhase.idle
    package private(set) var stanceSide: Side?
    package private(set) var source = StanceSource.unknown
    /// The side of the present or last hold; nil before the first.
    package private(set) var holdSide: Side?
    /// When the present or last hold began and ended, host ns; 0 where it has not.
    package private(set) var holdStart: Int64 = 0
    package private(set) var holdEnd: Int64 = 0
    package private(set) var endedBy = HoldEnd.none
    /// Holds ended so far in this set.
    package private(set) var completed: UInt16 = 0
    private var given: Side?
    private var setStart: Int64 = 0
    private var shifted: Side?
    private var shiftTime: Int64 = 0
    /// The hold was taken for begun although no shift of weight was seen.
    package private(set) var assumed = false
    private var loudSince: Int64 = 0
    /// The pelvis was still since the newest shift, which is over at `shiftEnds`, host ns.
    private var wasStill = false
    private var shiftEnds: Int64 = 0

    /// The free leg was seen in the air in this hold, and since when it is seen down again, host ns; 0: not.
    private var wasSeenUp = false
    private var downSince: Int64 = 0
    /// When the weight's way back from the newest hold was recognised, host ns; 0 where no such way was seen.
    private var wentBack: Int64 = 0
    /// Host ns until which shifts are those of a way back that was not recognised.
    private var deafUntil: Int64 = 0
    /// When both feet were last seen to stand, or the leg that is to stand in the air, host ns.
    private var seenOnBoth: Int64 = 0
    /// The other leg was stood on since the newest hold: the free one is awaited in the air.
    package private(set) var awaitsLift = false

    /// rad that a free leg is lifted before the standing one, and below which it is coming down.
    private static var lifted: Double { @_noLocks get { 12 * radiansPerDegree } }
    private static var lowered: Double { @_noLocks get { 6 * radiansPerDegree } }
    /// s that a leg is seen down before the hold is over without a shift, and ns from being seen so to the
    /// floor [engineering defaults].
    private static var downFor: Double { @_noLocks get { 1.0 } }
    private static var toTheFloor: Int64 { @_noLocks get { 150_000_000 } }
    /// ns after such an end in which no new hold begins [engineering default].
    private static var wayBack: Int64 { @_noLocks get { 2_000_000_000 } }
    /// ns after the leg that is to stand was last seen in the air in which the weight comes back over it
    /// [engineering default].
    private static var otherBack: Int64 { @_noLocks get { 1_500_000_000 } }
    /// s without a shift after which a given side is believed.
    private static var assumeAfter: Double { @_noLocks get { 5.0 } }
    /// s for the pelvis to become still after a shift; later the hold begins regardless.
    private static var settleLimit: Double { @_noLocks get { 1.5 } }
    /// s after a shift in which one the other way is not believed.
    private static var echoTime: Double { @_noLocks get { 1.2 } }
    /// ns after a way back was recognised in which one towards the stance foot is its echo: to end the one and
    /// begin the other takes longer [engineering default].
    private static var backEcho: Int64 { @_noLocks get { 800_000_000 } }
    /// ns from the foot on the floor to the weight on its way back [engineering default].
    private static var footFirst: Int64 { @_noLocks get { 180_000_000 } }
    /// s the jerk must stay above the limit: one noisy sample is no loss of balance.
    private static var loudFor: Double { @_noLocks get { 0.05 } }

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func begin(side: Side?, time: Int64) {
        self = HoldTracker()
        given = side
        setStart = time
        phase = .waiting
        if let side {
            stanceSide = side
            source = .given
        }
    }

    @_noLocks
    package mutating func end(time: Int64) {
        if phase == .holding { finish(.stopped, at: time) }
        phase = .idle
        stanceSide = nil
        source = .unknown
    }

    /// Takes one pelvis sample's findings.
    ///
    /// `standsOnBoth`: the legs' sensors show that no foot is lifted: no hold is taken for begun then.
    /// `jerkLimit`: ratio above which balance counts as lost, nil where no rule asks for it.
    @_noLocks
    package mutating func step(
        shift: ShiftEvent, motion: LateralShift, jerkRatio: Double?, jerkLimit: Double?,
        standsOnBoth: Bool = false, gates: Gates, time: Int64
    ) {
        guard phase != .idle else { return }
        // Samples that came late were still seen; only missing ones end the hold.
        if gates.has(.uncalibrated) || gates.has(.gap) {
            if phase == .holding { finish(.lostData, at: time) }
            shifted = nil
            return
        }
        note(shift, motion: motion, time: time)
        if phase == .holding {
            checkBalance(jerkRatio: jerkRatio, limit: jerkLimit, time: time)
        } else {
            if standsOnBoth { seenOnBoth = time }
            startHoldIfDue(motion: motion, time: time)
        }
    }

    /// Takes how far the free leg is lifted before the standing one, rad, where both thighs are worn.
    @_noLocks
    package mutating func see(lift: Double, time: Int64) {
        if awaitsLift, phase != .holding, lift > HoldTracker.lifted {
            start(at: time, assumed: true)
        }
        guard phase == .holding else { return }
        if lift > HoldTracker.lifted {
            wasSeenUp = true
            downSince = 0
        } else if lift < HoldTracker.lowered, wasSeenUp, downSince == 0 {
            downSince = time
        }
        // As a rule the weight goes back by then, which tells the moment better.
        guard downSince != 0, seconds(fromNanoseconds: time - downSince) > HoldTracker.downFor
        else { return }
        finish(.lowered, at: downSince &+ HoldTracker.toTheFloor)
        deafUntil = time &+ HoldTracker.wayBack
    }

    /// Takes that the leg which was to stand is the one in the air.
    ///
    /// None of that is a hold: one that was only taken for begun is forgotten, one that was seen is over. Nor
    /// does the weight that comes back begin one; the right leg in the air does.
    @_noLocks
    package mutating func seeOtherLeg(time: Int64) {
        guard phase != .idle else { return }
        seenOnBoth = time
        deafUntil = max(deafUntil, time &+ HoldTracker.otherBack)
        awaitsLift = true
        shifted = nil
        guard phase == .holding else { return }
        if wasSeenUp {
            finish(.lowered, at: time)
        } else {
            phase = .waiting
        }
    }

    @_noLocks
    private mutating func note(_ shift: ShiftEvent, motion: LateralShift, time: Int64) {
        guard shift != .none, time >= deafUntil else { return }
        let side: Side = shift == .toRight ? .right : .left
        if phase == .holding, let stanceSide {
            if side != stanceSide {
                // A foot is lifted for longer; what comes at once is the filters' echo of the shift.
                let since = seconds(fromNanoseconds: time - shiftTime)
                if shiftTime != 0, !assumed, since < HoldTracker.echoTime { return }
                // The movement back began before it was recognised, and the foot was down before that.
                finish(.lowered, at: max(holdStart, motion.shiftBegan &- HoldTracker.footFirst))
                wentBack = time
            } else if assumed {
                begin(shiftTo: side, time: time)
            }
            return
        }
        if wentBack != 0, time &- wentBack < HoldTracker.backEcho, let holdSide, side == holdSide {
            return
        }
        if let shifted, wasStill, shifted != side,
            seconds(fromNanoseconds: time - shiftTime) < HoldTracker.echoTime
        {
            return
        }
        if let given, given != side {
            shifted = nil
            return
        }
        begin(shiftTo: side, time: time)
    }

    @_noLocks
    private mutating func begin(shiftTo side: Side, time: Int64) {
        phase = .waiting
        assumed = false
        shifted = side
        shiftTime = time
        wasStill = false
        shiftEnds = 0
        if case .none = given {
            stanceSide = side
            source = .detected
        }
    }

    @_noLocks
    private mutating func startHoldIfDue(motion: LateralShift, time: Int64) {
        if let shifted {
            let waited = seconds(fromNanoseconds: time - shiftTime)
            if motion.isStill { wasStill = true }
            // The leak of the speed makes the pelvis seem still before the shift is over; its echo the other
            // way has an end of its own.
            if motion.newest == (shifted == .right ? .toRight : .toLeft) {
                shiftEnds = motion.shiftEnds
            }
            guard wasStill && time >= shiftEnds || waited > HoldTracker.settleLimit else {
                return
            }
            start(at: time, assumed: false)
        } else if case .some = given, phase == .waiting, completed == 0,
            seconds(fromNanoseconds: time - max(setStart, seenOnBoth)) > HoldTracker.assumeAfter
        {
            start(at: time, assumed: true)
        }
    }

    @_noLocks
    private mutating func start(at time: Int64, assumed: Bool) {
        phase = .holding
        holdSide = stanceSide
        shifted = nil
        holdStart = time
        holdEnd = 0
        wentBack = 0
        endedBy = .none
        loudSince = 0
        wasSeenUp = false
        downSince = 0
        awaitsLift = false
        self.assumed = assumed
    }

    @_noLocks
    private mutating func checkBalance(jerkRatio: Double?, limit: Double?, time: Int64) {
        guard let limit, let jerkRatio, jerkRatio >= limit else {
            loudSince = 0
            return
        }
        if loudSince == 0 { loudSince = time }
        guard seconds(fromNanoseconds: time - loudSince) >= HoldTracker.loudFor else { return }
        finish(.balanceLost, at: time)
    }

    @_noLocks
    private mutating func finish(_ end: HoldEnd, at time: Int64) {
        endedBy = end
        holdEnd = time
        completed &+= 1
        phase = end == .balanceLost ? .lost : .waiting
        shifted = nil
        if case .none = given {
            stanceSide = nil
            source = .unknown
        }
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension HoldPhase {
    @_noLocks
    package static func == (left: HoldPhase, right: HoldPhase) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: HoldPhase, right: HoldPhase) -> Bool {
        left.rawValue != right.rawValue
    }
}

extension HoldEnd {
    @_noLocks
    package static func == (left: HoldEnd, right: HoldEnd) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: HoldEnd, right: HoldEnd) -> Bool {
        left.rawValue != right.rawValue
    }
}
