// When a foot meets the floor in walking: from the pelvis' bounce.

import Kinematics

/// Finds the contacts of the feet in the pelvis' vertical acceleration.
///
/// The pelvis sinks towards each contact and is caught by the leg that takes over: its acceleration, downward
/// until then, passes zero upwards at the contact and peaks a tenth of a second later. Fifty contacts of a real
/// walk in short stretches and turns, known from pressure insoles, were found 0.02 s late (SD 0.045 s); the
/// sideways acceleration changed its sign 0.26 s late (SD 0.10 s), and often where no foot landed. The bounce
/// does not say which foot it was.
///
/// What bounces is the hip that is stood on: a pelvis that drops over it on the free side sinks by itself, by as
/// much as a gentle walk bounces where that is 5 degrees.
struct FootContacts: BitwiseCopyable {
    /// Host ns of the newest contact.
    private(set) var time: Int64 = 0
    /// Largest upward acceleration since the pelvis last fell, m/s².
    private(set) var peak = 0.0
    private var first = 0.0
    private var second = 0.0
    private var mean = 0.0
    private var power = 0.0
    private var before = 0.0
    /// The pelvis' right end above its left, as the sine of the tilt, and its change, 1/s.
    private var tip = 0.0
    private var tipRate = 0.0
    private var knowsTip = false
    private var hasFallen = false
    private var crossed: Int64 = 0

    /// s of two low-passes in a row: what is left lies below some 4 Hz, twice the pace of steps.
    private static var smoothing: Double { @_noLocks get { 0.04 } }
    /// s over which the level and the size of the bounce are averaged: two steps.
    private static var averaging: Double { @_noLocks get { 1.0 } }
    /// m/s²: RMS of less bounce than this is no walk; a stand sways by 0.05, the slowest walks bounce by 0.5
    /// [engineering default].
    private static var leastBounce: Double { @_noLocks get { 0.3 } }
    /// Share of the bounce's RMS that is fallen below before, and risen above after a contact: a quarter of a
    /// sine's height, so that the ripples between do not count [engineering default].
    private static var share: Double { @_noLocks get { 0.35 } }

    @_noLocks
    init() {}

    /// Takes the upward acceleration of the pelvis' middle, m/s², and up in pelvis axes, while `stance` stands;
    /// true where a contact, at `time`, has become certain.
    @_noLocks
    mutating func step(
        upward: Double, up: Vector3, stance: Side?, interval: Double, time now: Int64
    ) -> Bool {
        guard interval > 0, interval < 0.5, abs(upward) < 1e4 else {
            self = FootContacts()
            return false
        }
        let hip = upward + tipping(up.z, stance: stance, interval: interval)
        let part = interval / (interval + FootContacts.smoothing)
        first += (hip - first) * part
        second += (first - second) * part
        mean += (second - mean) * min(1, interval / FootContacts.averaging)
        let bounce = second - mean
        power += (bounce * bounce - power) * min(1, interval / FootContacts.averaging)
        defer { before = bounce }
        let size = squareRoot(power)
        let limit = FootContacts.share * max(size, FootContacts.leastBounce)
        if bounce < -limit {
            hasFallen = true
            crossed = 0
            peak = upward
        }
        peak = max(peak, upward)
        guard hasFallen else { return false }
        if before < 0, bounce >= 0 { crossed = now }
        guard bounce > limit, crossed != 0 else { return false }
        hasFallen = false
        time = crossed
        return size > FootContacts.leastBounce
    }

    /// m/s² upward of the standing hip against the pelvis' middle.
    @_noLocks
    private mutating func tipping(_ now: Double, stance: Side?, interval: Double) -> Double {
        let rate = knowsTip ? (now - tip) / interval : 0
        let change = knowsTip ? (rate - tipRate) / interval : 0
        tip = now
        tipRate = rate
        knowsTip = true
        guard let stance else { return 0 }
        return TaskTracker.hipHalfWidth * stance.sign * change
    }
}
