// The person who moves: a few lengths, a neutral stance and how much they sway.

import Kinematics

/// Sizes and habits of the synthetic person.
///
/// Lengths in m, angles in rad.
///
/// The lengths are those of a person of about 1.75 m by the usual proportions (hip joints at 0.53,
/// knees at 0.285 of stature: Winter, "Biomechanics and motor control of human movement"); all
/// others are chosen for this model.
package struct Person: Sendable, Equatable {
    /// Height of the hip joints above the floor.
    package var hipHeight = 0.92
    /// Height of the knees above the floor.
    package var kneeHeight = 0.50
    /// Height of the ankles above the floor.
    package var ankleHeight = 0.08
    /// From the middle of the pelvis to each hip joint.
    package var hipHalfWidth = 0.09
    /// Heights of the sensor points above the floor in quiet stance.
    package var pelvisSensorHeight = 1.02
    package var trunkSensorHeight = 1.35
    package var thighSensorHeight = 0.70
    package var shankSensorHeight = 0.30

    /// How far the hips move sideways over the stance foot.
    package var shift = 0.07
    /// Anterior tilt and obliquity of the pelvis in quiet stance.
    package var neutralTilt = 8 * Double.pi / 180
    package var neutralObliquity = 0.0
    /// Direction the person faces, counter-clockwise from the world's X axis seen from above.
    package var heading = 0.0
    /// Natural sway of the pelvis: root mean square of the tilt in quiet stance.
    ///
    /// The other angles sway by fixed parts of it.
    package var swayAngle = 0.25 * Double.pi / 180
    /// Root mean square of the hips' sideways and forward sway.
    package var swayDistance = 0.003
    /// Peak upward acceleration of the pelvis when the foot comes down, m/s².
    package var impact = 3.0
    /// How the speed of an exercise's movements grows and falls.
    package var shape = MovementShape.soft
    /// From being asked to beginning, s: only where tasks are asked for one by one.
    package var reaction = 0.0

    package init() {}

    /// Hip joint to ankle: the length over which a standing leg tilts.
    package var legLength: Double { hipHeight - ankleHeight }
}
