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
    private var baseline = 0.0
    private var primed = false
    private var armed = true

    private static var baselineTime: Double { @_noLocks get { 2.0 } }
    private static var velocityLeak: Double { @_noLocks get { 1.2 } }
    private static var displacementLeak: Double { @_noLocks get { 1.0 } }
    /// m: what counts as a shift.
    private static var trigger: Double { @_noLocks get { 0.018 } }
    private static var rearm: Double { @_noLocks get { 0.008 } }
    /// m/s: below this the pelvis counts as still sideways.
    private static var still: Double { @_noLocks get { 0.02 } }

    @_noLocks
    package init() {}

    /// True while the pelvis hardly moves sideways.
    package var isStill: Bool { @_noLocks get { abs(velocity) < LateralShift.still } }

    /// Takes one pelvis sample: `up` and `specificForce` in pelvis axes, `interval` in s.
    @_noLocks
    package mutating func step(
        up: Vector3, specificForce: Vector3, interval: Double, time: Int64
    ) -> ShiftEvent {
        guard interval > 0, interval < 0.5 else {
            self = LateralShift()
            return .none
        }
        // The person's right, made horizontal; gravity is along `up` and does not enter.
        guard let right = (Vector3(0, 0, 1) - up * up.z).normalized() else { return .none }
        let acceleration = specificForce.dot(right)
        if !primed {
            baseline = acceleration
            primed = true
        }
        baseline += (acceleration - baseline) * min(1, interval / LateralShift.baselineTime)
        let wasStill = isStill
        velocity += (acceleration - baseline - velocity / LateralShift.velocityLeak) * interval
        displacement += (velocity - displacement / LateralShift.displacementLeak) * interval
        if wasStill && !isStill { onset = time }

        if abs(displacement) < LateralShift.rearm { armed = true }
        guard armed, abs(displacement) >= LateralShift.trigger else { return .none }
        armed = false
        return displacement > 0 ? .toRight : .toLeft
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension ShiftEvent {
    @_noLocks
    package static func == (left: ShiftEvent, right: ShiftEvent) -> Bool { left.rawValue == right.rawValue }
    @_noLocks
    package static func != (left: ShiftEvent, right: ShiftEvent) -> Bool { left.rawValue != right.rawValue }
}
