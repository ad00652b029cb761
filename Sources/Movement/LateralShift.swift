// Sees the body's weight move over one foot, from one pelvis sensor.

package import Kinematics

/// A shift of weight that has happened.
package enum ShiftEvent: UInt8, BitwiseCopyable, Sendable {
    case none, toRight, toLeft
}

/// Detects sideways shifts of the pelvis from its levelled lateral acceleration.
///
/// The acceleration along the person's horizontal right is integrated twice with leaks, so that
/// offsets (a tilt error of 0.5° reads as 0.09 m/s²) die out and what remains is the movement of the
/// last second or so. A shift of several centimetres within a second stands far above sway, which
/// moves the pelvis by millimetres. All constants are engineering defaults, chosen on the synthetic
/// person and checked on the recorded walks.
package struct LateralShift: BitwiseCopyable, Sendable {
    /// Velocity to the right, m/s, forgotten with the leak's time constant.
    package private(set) var velocity = 0.0
    /// Displacement to the right over the last second or so, m.
    package private(set) var displacement = 0.0
    /// When the present movement began, host ns: velocity last left the resting band.
    package private(set) var onset: Int64 = 0
    /// When the newest shift began and when it was fastest, host ns.
    ///
    /// A movement leaves the resting band late: about 1.25 times as long after its true start as it then takes
    /// to the trigger (1.2 to 1.5 for 5.5 to 8.5 cm in 0.8 to 1 s).
    package private(set) var shiftBegan: Int64 = 0
    private var fastest: Int64 = 0
    private var baseline = 0.0
    /// Acceleration of the hips to the right, m/s², with what a tilt error adds.
    package private(set) var sideways = 0.0
    /// m/s to the right that the pelvis' tipping gave the sensor at the last sample.
    private var lastSwing = 0.0
    private var knowsSwing = false
    /// s of data so far, up to `baselineTime`.
    private var age = 0.0
    /// Smallest and largest acceleration of the warm-up, m/s², and how long it has been tried, s.
    private var lowest = Double.infinity
    private var highest = -Double.infinity
    private var tried = 0.0
    private var armed = true
    /// The newest shift was recognised at a lower speed than the first ones are.
    private var seenSoon = false
    private var last = ShiftEvent.none
    /// Largest speed of the newest shift, m/s.
    private var peak = 0.0

    /// m from the hip joints up to a sensor on the sacrum, in pelvis axes.
    ///
    /// The joints lie 0.3 of the pelvis' width, some 8 cm, below its spines (Harrington 2007); a belt sits 1 to
    /// 3 cm higher. Dropping the free side by 12° in half a second moves the sensor as fast as a slow shift,
    /// 0.09 m/s, the hips not at all. That it also sits behind them is left in: the pelvis' turn of each step
    /// makes the swing of walking a little early, which the low-passes of the step's side make late.
    private static var sensorFromHips: Vector3 { @_noLocks get { Vector3(0, 0.1, 0) } }
    private static var baselineTime: Double { @_noLocks get { 2.0 } }
    /// s of data that give the first baseline; a single sample's noise would look like a movement.
    private static var warmUp: Double { @_noLocks get { 0.5 } }
    private static var velocityLeak: Double { @_noLocks get { 1.2 } }
    private static var displacementLeak: Double { @_noLocks get { 1.0 } }
    /// m/s²: a warm-up that spans more falls into a movement and begins anew, for `warmUpLimit` s.
    private static var warmUpSpan: Double { @_noLocks get { 0.5 } }
    private static var warmUpLimit: Double { @_noLocks get { 3.0 } }
    /// m/s: a velocity above this is a shift, and below the second the next may come.
    ///
    /// Shifts of 7 cm in 0.8 s reach 0.13 m/s, swaying on one leg stays below 0.07. On 200
    /// synthetic people, 800 shifts: all found with 11 extra events at 0.09; by displacement 751 with 405
    /// extra. Shifts of 5.5 cm in 1 s stay below 0.09.
    private static var trigger: Double { @_noLocks get { 0.08 } }
    private static var rearm: Double { @_noLocks get { 0.04 } }
    /// m/s: the way back is not believed below this.
    ///
    /// The leaks' echo of the way there moves so fast too. After `echo` ns it has died away, and the second
    /// holds: in 82 of 84 synthetic holds swaying on one leg stayed below 0.055 [engineering defaults].
    private static var back: Double { @_noLocks get { 0.09 } }
    private static var lateBack: Double { @_noLocks get { 0.06 } }
    private static var echo: Int64 { @_noLocks get { 3_500_000_000 } }
    /// The least speed of the way back, as a share of the way there.
    private static var returnShare: Double { @_noLocks get { 0.6 } }
    /// ns that a shift may have begun before it left the resting band.
    private static var longestStart: Int64 { @_noLocks get { 300_000_000 } }
    /// ns from a shift's start to the trigger at most: two fifths of 1.2 s.
    private static var longestRise: Int64 { @_noLocks get { 500_000_000 } }
    /// (m/s²)²: what no sensor reads (1,000 g) is not integrated.
    private static var largestSquaredForce: Double { @_noLocks get { 9.7e7 } }
    /// m/s: below this the pelvis counts as still sideways.
    private static var still: Double { @_noLocks get { 0.02 } }

    @_noLocks
    package init() {}

    /// True while the pelvis hardly moves sideways.
    package var isStill: Bool { @_noLocks get { abs(velocity) < LateralShift.still } }

    /// Takes one pelvis sample: `up`, `specificForce` and `angularRate` (zero where none is measured) in
    /// pelvis axes, `interval` in s.
    @_noLocks
    package mutating func step(
        up: Vector3, specificForce: Vector3, angularRate: Vector3 = .zero, interval: Double,
        time: Int64
    ) -> ShiftEvent {
        guard interval > 0, interval < 0.5 else {
            self = LateralShift()
            return .none
        }
        // The person's right, made horizontal; gravity is along `up` and does not enter.
        guard specificForce.squaredNorm < LateralShift.largestSquaredForce,
            let right = (Vector3(0, 0, 1) - up * up.z).normalized()
        else { return .none }
        // A pelvis that tips over hips at rest moves the sensor, too: that is no shift.
        let swing = angularRate.cross(LateralShift.sensorFromHips).dot(right)
        if !knowsSwing { lastSwing = swing }
        knowsSwing = true
        let acceleration = specificForce.dot(right) - (swing - lastSwing) / interval
        lastSwing = swing
        sideways = acceleration
        // The mean so far, until the average is long enough.
        age = min(age + interval, LateralShift.baselineTime)
        baseline += (acceleration - baseline) * (interval / age)
        guard age >= LateralShift.warmUp else {
            watchWarmUp(acceleration, interval: interval)
            return .none
        }
        let wasStill = isStill
        velocity += (acceleration - baseline - velocity / LateralShift.velocityLeak) * interval
        displacement += (velocity - displacement / LateralShift.displacementLeak) * interval
        if wasStill && !isStill { onset = time }
        let before = peak
        let event = event(at: time)
        if event != .none {
            let seen = min(time &- onset, LateralShift.longestStart)
            // A lower speed is reached sooner: half as long as the full one where that is 0.06 m/s.
            let lead = seenSoon ? seen &* 2 : seen &+ seen / 4
            // A pelvis that was restless before has left the band long ago.
            shiftBegan = max(
                onset &- min(lead, LateralShift.longestStart),
                time &- LateralShift.longestRise)
            fastest = time
        } else if peak > before {
            fastest = time
        }
        return event
    }

    /// Which way the newest shift went.
    package var newest: ShiftEvent { @_noLocks get { last } }

    /// When the newest shift is over, host ns: as long after its fastest moment as that came after its
    /// start.
    package var shiftEnds: Int64 { @_noLocks get { fastest &+ (fastest &- shiftBegan) } }

    /// A detector that begins in the middle of a movement would take it for rest.
    @_noLocks
    private mutating func watchWarmUp(_ acceleration: Double, interval: Double) {
        tried += interval
        if acceleration < lowest { lowest = acceleration }
        if acceleration > highest { highest = acceleration }
        guard highest - lowest > LateralShift.warmUpSpan, tried < LateralShift.warmUpLimit else {
            return
        }
        age = 0
        lowest = Double.infinity
        highest = -Double.infinity
    }

    /// A shift is a pulse of velocity.
    ///
    /// Displacement would serve slow shifts better, but its leaks make a pelvis that stays where it
    /// went seem to come back by up to three quarters of the way.
    @_noLocks
    private mutating func event(at time: Int64) -> ShiftEvent {
        let speed = abs(velocity)
        if speed < LateralShift.rearm { armed = true }
        let side: ShiftEvent = velocity > 0 ? .toRight : .toLeft
        if !armed, side == last, speed > peak { peak = speed }
        // The way back is about as brisk as the way there, and may follow before the pelvis was still.
        var wanted = LateralShift.trigger
        seenSoon = false
        if last != .none, side != last {
            let least =
                time &- fastest < LateralShift.echo ? LateralShift.back : LateralShift.lateBack
            wanted = max(least, LateralShift.returnShare * peak)
            seenSoon = wanted < 0.9 * LateralShift.trigger
        }
        guard speed >= wanted, armed || side != last else { return .none }
        armed = false
        last = side
        peak = speed
        return side
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension ShiftEvent {
    @_noLocks
    package static func == (left: ShiftEvent, right: ShiftEvent) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: ShiftEvent, right: ShiftEvent) -> Bool {
        left.rawValue != right.rawValue
    }
}
