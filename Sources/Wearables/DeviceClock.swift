// A sensor's own counter, unwrapped to 64 bits, with restarts and late packets told apart.

/// Follows a counter of 1 to 64 bits that wraps, restarts at power-on and may be repeated.
///
/// A step forward of at most 10 s (also across the wrap) continues the epoch. A repeated value is a
/// duplicate and a value up to 10 s back is a late packet; neither moves the clock. A jump of more
/// than 10 s either way begins a new epoch, and so does a value less than 10 s from zero that is more
/// than 1 s back: the sensor restarted. The 10 s are the rule of the wearables sheet; the 1 s is
/// ours: a link keeps the order of its packets, so a late one is a few intervals old, and a sensor
/// that restarts in its first seconds must not pass for one.
package struct DeviceClock: Sendable, BitwiseCopyable {
    /// What the clock makes of a raw value.
    package struct Reading: Sendable, BitwiseCopyable, Equatable {
        /// Nanoseconds on the sensor's clock since it was at zero in this epoch.
        package var nanoseconds: Int64
        /// The first reading of all, a restart or a jump: does not continue the one before.
        package var startsEpoch: Bool

        @_noLocks
        package init(nanoseconds: Int64, startsEpoch: Bool) {
            self.nanoseconds = nanoseconds
            self.startsEpoch = startsEpoch
        }
    }

    /// All ones in the counter's bits.
    private let mask: UInt64
    /// Nanoseconds per tick as a fraction.
    private let numerator: UInt64
    private let denominator: UInt64
    /// The limits of the rule above, in ticks.
    private let jump: UInt64
    private let lateness: UInt64
    private var last: UInt64 = 0
    /// Ticks since the counter was at zero in this epoch.
    private var unwrapped: UInt64 = 0
    private var hasStarted = false

    /// A counter of `bits` bits, whose tick lasts `numerator / denominator` nanoseconds.
    @_noLocks
    package init(bits: Int, nanosecondsPerTick numerator: UInt64, over denominator: UInt64 = 1) {
        precondition(bits >= 1 && bits <= 64 && numerator > 0 && denominator > 0)
        mask = UInt64.max >> UInt64(64 - bits)
        self.numerator = numerator
        self.denominator = denominator
        lateness = 1_000_000_000 &* denominator / numerator
        jump = 10_000_000_000 &* denominator / numerator
    }

    /// Takes the next raw value; throws `duplicate` or `stale`, or `outOfRange` where the time does
    /// not fit 63 bits of nanoseconds, without moving the clock.
    @_noLocks
    package mutating func advance(to value: UInt64) throws(DecodeError) -> Reading {
        let raw = value & mask
        guard hasStarted else { return try begin(at: raw) }
        let forward = (raw &- last) & mask
        let backward = (last &- raw) & mask
        if forward == 0 { throw .duplicate }
        if forward <= jump && forward < backward {
            let (ticks, overflow) = unwrapped.addingReportingOverflow(forward)
            if overflow { return try begin(at: raw) }
            let nanoseconds = try nanoseconds(of: ticks)
            last = raw
            unwrapped = ticks
            return Reading(nanoseconds: nanoseconds, startsEpoch: false)
        }
        if backward <= lateness { throw .stale }
        let hasRestarted = raw < last && raw < jump
        if backward <= jump && !hasRestarted { throw .stale }
        return try begin(at: raw)
    }

    @_noLocks
    private mutating func begin(at raw: UInt64) throws(DecodeError) -> Reading {
        let nanoseconds = try nanoseconds(of: raw)
        last = raw
        unwrapped = raw
        hasStarted = true
        return Reading(nanoseconds: nanoseconds, startsEpoch: true)
    }

    @_noLocks
    private func nanoseconds(of ticks: UInt64) throws(DecodeError) -> Int64 {
        let product = ticks.multipliedFullWidth(by: numerator)
        guard product.high < denominator else { throw .outOfRange }
        let quotient = denominator.dividingFullWidth(product).quotient
        guard quotient <= UInt64(Int64.max) else { throw .outOfRange }
        return Int64(quotient)
    }
}
