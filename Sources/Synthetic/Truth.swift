// What is true of the body at a moment, in the signals that rules and reports use.

package import Kinematics

/// Signals of the body as they are, without any sensor.
///
/// Angles in rad, raw (neutral not subtracted) unless said.
package struct BodyTruth: BitwiseCopyable, Sendable, Equatable {
    /// Positive: right side lower.
    package var pelvicObliquity: Double
    /// Positive: the front of the pelvis dips.
    package var anteriorTilt: Double
    /// Positive: right side forward, since the start.
    package var pelvicRotation: Double
    /// Positive: trunk leans to the right.
    package var trunkLean: Double
    /// Positive: trunk leans forward.
    package var trunkFlexion: Double
    /// −s × (obliquity − neutral obliquity); nil while both feet are down.
    package var drop: Double?
    /// s × trunk lean; nil while both feet are down.
    package var leanIpsilateral: Double?
    package var stance: Stance
}

/// One sample's truth, beside the reading of the sensor.
package struct TruthRow: BitwiseCopyable, Sendable, Equatable {
    /// Host time since the start, ns.
    package var time: Int64
    package var body: BodyTruth
    /// Orientation of the sensor's own axes, skin wobble included; world Z up.
    package var worldFromSensor: Rotation
}

extension BodyMotion {
    /// The body's signals at a moment.
    package func truth(at time: Double) -> BodyTruth {
        let pose = pose(at: time)
        let stance = stance(at: time)
        let obliquity = pose.pelvis.obliquity.value
        let lean = pose.trunk.obliquity.value
        return BodyTruth(
            pelvicObliquity: obliquity,
            anteriorTilt: pose.pelvis.anteriorTilt.value,
            pelvicRotation: pose.pelvis.rotation.value,
            trunkLean: lean,
            trunkFlexion: pose.trunk.anteriorTilt.value,
            drop: stance.side.map { -$0.sign * (obliquity - person.neutralObliquity) },
            leanIpsilateral: stance.side.map { $0.sign * lean },
            stance: stance)
    }
}
