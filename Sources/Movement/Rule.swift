// One compensation rule: a threshold with hysteresis and minimum times.

import Kinematics

/// The number of a rule, C01 to C20 (compensations 4).
package struct RuleID: BitwiseCopyable, Sendable, Hashable {
    package let number: UInt8

    @_noLocks
    package init(number: UInt8) { self.number = number }

    /// The rule of that name ("C01"), or nil.
    package init?(name: String) {
        guard name.count == 3, name.first == "C", let number = UInt8(name.dropFirst()),
            (1...20).contains(number)
        else { return nil }
        self.number = number
        guard self.name == name else { return nil }
    }

    package var name: String { number < 10 ? "C0\(number)" : "C\(number)" }

    package static var pelvicDrop: RuleID { @_noLocks get { RuleID(number: 1) } }
    package static var hipHike: RuleID { @_noLocks get { RuleID(number: 4) } }
    package static var balanceLost: RuleID { @_noLocks get { RuleID(number: 19) } }

    /// C17 and C18: habits of the day, not movements.
    package var isReminder: Bool { @_noLocks get { number == 17 || number == 18 } }

    /// Order of cues when several are due, smaller first (compensations 5): C19, then C01/C04/C06,
    /// C02/C03/C05, C07/C08, C11, others.
    package var priority: UInt8 {
        @_noLocks get {
            switch number {
            case 19: 0
            case 1, 4, 6: 1
            case 2, 3, 5: 2
            case 7, 8: 3
            case 11: 4
            default: 5
            }
        }
    }
}

/// A rule with its thresholds for one task.
///
/// Angles in rad, ratios as they are, times in seconds.
package struct Rule: BitwiseCopyable, Sendable, Equatable {
    package var id: RuleID
    package var signal: Signal
    /// Becomes active when the signal stays at or above this for `minimumOn`.
    package var on: Double
    /// Becomes idle when the signal stays at or below this for `minimumOff`; less than `on`.
    package var off: Double
    package var minimumOn: Double
    package var minimumOff: Double
    /// Shortest time between two cues of this rule.
    package var refractory: Double
    /// Counted and reported, never cued.
    package var reportOnly: Bool

    @_noLocks
    package init(
        id: RuleID, signal: Signal, on: Double, off: Double, minimumOn: Double,
        minimumOff: Double = 0.3, refractory: Double = Rule.usualRefractory,
        reportOnly: Bool = false
    ) {
        self.id = id
        self.signal = signal
        self.on = on
        self.off = off
        self.minimumOn = minimumOn
        self.minimumOff = minimumOff
        self.refractory = refractory
        self.reportOnly = reportOnly
    }

    /// s between two cues of a rule that says nothing of its own (compensations 4).
    package static var usualRefractory: Double { @_noLocks get { 4 } }

    /// A rule that never becomes active, to fill tables.
    package static var none: Rule {
        @_noLocks get {
            Rule(
                id: RuleID(number: 0), signal: .drop, on: 1e9, off: 1e9, minimumOn: 1e9)
        }
    }
}

/// What a rule says about one moment.
package enum RuleVerdict: UInt8, BitwiseCopyable, Sendable {
    /// The signal is not measured, or a gate is closed.
    case unknown
    case idle
    /// Became active at this sample.
    case entered
    case active
}

/// The state machine of one rule:
/// `idle --(x ≥ on for minimumOn)--> active --(x ≤ off for minimumOff)--> idle`.
package struct RuleState: BitwiseCopyable, Sendable {
    package private(set) var isActive = false
    /// When the signal went to or above `on` in the present episode, host ns; 0 where it is not.
    package private(set) var crossed: Int64 = 0
    private var lowSince: Int64 = 0
    private var seen: Int64 = 0

    /// A rule that takes at least this long, s, bears being blind for as long as `blindFor`, ns: half a
    /// minute of standing on one hip does not begin anew for one lost packet [engineering defaults].
    private static var slow: Double { @_noLocks get { 5 } }
    private static var blindFor: Int64 { @_noLocks get { 2_000_000_000 } }

    @_noLocks
    package init() {}

    /// Takes the signal at host time `time` (ns); nil resets to idle: what was not seen is not assumed.
    @_noLocks
    package mutating func step(_ rule: Rule, value: Double?, time: Int64) -> RuleVerdict {
        guard let value, value.isFinite else {
            let isSlow = rule.minimumOn >= RuleState.slow
            if isSlow, seen != 0, time - seen <= RuleState.blindFor { return .unknown }
            self = RuleState()
            return .unknown
        }
        seen = time
        if isActive {
            if value > rule.off {
                lowSince = 0
            } else if lowSince == 0 {
                lowSince = time
            } else if seconds(fromNanoseconds: time - lowSince) >= rule.minimumOff {
                self = RuleState()
                return .idle
            }
            return .active
        }
        guard value >= rule.on else {
            crossed = 0
            return .idle
        }
        if crossed == 0 { crossed = time }
        guard seconds(fromNanoseconds: time - crossed) >= rule.minimumOn else { return .idle }
        isActive = true
        lowSince = 0
        return .entered
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension RuleVerdict {
    @_noLocks
    package static func == (left: RuleVerdict, right: RuleVerdict) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: RuleVerdict, right: RuleVerdict) -> Bool {
        left.rawValue != right.rawValue
    }
}
