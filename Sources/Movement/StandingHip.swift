// Where the hip that stands is, above the middle of the pelvis.

import Kinematics

extension TaskTracker {
    /// m from the pelvis' middle to a hip joint, as for the sensor's way over them (Harrington 2007).
    static var hipHalfWidth: Double { @_noLocks get { 0.09 } }

    /// m by which the standing hip joint lies higher than the pelvis' middle.
    ///
    /// A step is the way of the leg that stands; a pelvis that drops over it sinks by itself.
    @_noLocks
    static func standingHip(_ up: Vector3, stance: Side?) -> Double {
        guard let stance else { return 0 }
        return hipHalfWidth * stance.sign * up.z
    }
}
