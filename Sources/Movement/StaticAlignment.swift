// An alignment without bows: from a stand, and from knowing which way the sensor faces.

package import Kinematics

/// Constants of the alignment without bows.
private enum StaticAlignment {
    /// rad: what the tilt filter settles at on uncalibrated accelerometers worn on a body (medians of
    /// 1.3 to 1.9° on the recordings at hand).
    static let standSigma = 1.9 * radiansPerDegree
}

extension SensorAlignment {
    /// For recordings that hold no bows.
    ///
    /// `standingUp` is up in the sensor's axes while the person stands (any length but zero);
    /// `forward` is the sensor axis that faces forward as it was put on.
    ///
    /// Gravity gives two of the three degrees of freedom exactly; the third, the yaw of the sensor on
    /// the body, rests on the stated mounting and is not proved: a yaw error ψ leaks a tilt θ into
    /// obliquity as θ·sin ψ. The neutral is the stand itself. Nil where `forward` is nearly vertical.
    package init?(standingUp: Vector3, forward: Vector3) {
        guard let y = standingUp.normalized(),
            let flat = (forward - y * forward.dot(y)).normalized(),
            forward.cross(y).norm > 0.3 * forward.norm
        else { return nil }
        self.init(
            segmentFromSensor: Rotation(columnX: flat, columnY: y, columnZ: flat.cross(y)).inverse,
            neutral: SegmentAngles(obliquity: 0, anteriorTilt: 0), calmJerk: 0,
            standSigma: StaticAlignment.standSigma)
    }
}
