// What a moment tells of the pelvis' way up and down, and of what the sensor takes for it.

import Kinematics

/// Vertical acceleration at a moment, and the things beside it that a sensor's place and tilt mix in.
struct ForceSample: BitwiseCopyable {
    /// s; the middle of what was averaged.
    var time = 0.0
    /// m/s² in the direction of the way out.
    var upward: Float = 0
    /// How much higher a metre to the pelvis' right and a metre ahead lie, m; lying, a metre towards the trunk
    /// in place of ahead: along what is level, turning lifts most.
    var right: Float = 0
    var ahead: Float = 0
    /// Level specific force to the right and ahead, m/s².
    var sidelong: Float = 0
    var forward: Float = 0

    @_noLocks
    init() {}

    /// `up` and `specificForce` in the pelvis' axes; `sign` −1 where the way out goes down.
    @_noLocks
    init(upward: Double, up: Vector3, specificForce: Vector3, sign: Double) {
        let level = specificForce - up * specificForce.dot(up)
        self.upward = Float(upward * sign)
        right = Float(up.z * sign)
        ahead = Float((abs(up.x) < 0.7 ? up.x : up.y) * sign)
        sidelong = Float(level.z)
        forward = Float(level.x)
    }

    /// Adds another, weighed by the seconds it stands for.
    @_noLocks
    mutating func add(_ other: ForceSample, interval: Double) {
        let weight = Float(interval)
        upward += other.upward * weight
        right += other.right * weight
        ahead += other.ahead * weight
        sidelong += other.sidelong * weight
        forward += other.forward * weight
    }

    /// The mean of what was added over so many seconds.
    @_noLocks
    func mean(over span: Double, time: Double) -> ForceSample {
        let share = Float(1 / span)
        var mean = ForceSample()
        mean.time = time
        mean.upward = upward * share
        mean.right = right * share
        mean.ahead = ahead * share
        mean.sidelong = sidelong * share
        mean.forward = forward * share
        return mean
    }
}
