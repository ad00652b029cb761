// The chain from the hips to every sensor point: angles in, orientations and positions out.

package import Kinematics

/// The angles of all segments and the movement of the hips at one moment.
package struct Pose: BitwiseCopyable, Sendable {
    package var pelvis: SegmentAngles
    package var trunk: SegmentAngles
    package var leftThigh: SegmentAngles
    package var rightThigh: SegmentAngles
    package var leftShank: SegmentAngles
    package var rightShank: SegmentAngles
    /// Movement of the middle of the hips from quiet stance, m: forward, up, right.
    package var hips: JetVector
    /// +1 all weight on the right leg, −1 all on the left.
    package var load: Jet

    package subscript(segment: Segment) -> SegmentAngles {
        switch segment {
        case .pelvis: pelvis
        case .trunk: trunk
        case .leftThigh: leftThigh
        case .rightThigh: rightThigh
        case .leftShank: leftShank
        case .rightShank: rightShank
        }
    }
}

/// One segment at one moment, at the point where its sensor sits.
///
/// World: Z up, X where the person faces at heading zero, Y to their left. Segment frames follow
/// ISB: X anterior, Y up, Z to the person's right.
package struct SegmentMotion: BitwiseCopyable, Sendable {
    package var worldFromSegment: Rotation
    /// rad/s in the segment frame.
    package var angularRate: Vector3
    /// m, m/s and m/s² of the sensor point in the world frame; gravity is not in the acceleration.
    package var position: Vector3
    package var velocity: Vector3
    package var acceleration: Vector3

    /// What an ideal accelerometer reads, m/s² in the segment frame: +9.81 along up at rest.
    package var specificForce: Vector3 {
        worldFromSegment.inverse.apply(acceleration + Vector3(0, 0, standardGravity))
    }
}

/// Joints and sensor points of a person, fixed in their segments.
///
/// The hips are the root. They turn with the pelvis about a point that moves from their middle to
/// the stance hip joint as the load does, so a drop lowers the free side and not the standing one.
/// Legs tilt with the hips as inverted pendulums over their feet; the tilt uses the small-angle
/// ratio, and the height its second-order term, so a standing foot wanders by a few millimetres.
struct BodyGeometry: Sendable {
    private let person: Person
    private let worldFromLab: Rotation
    /// Sensor points and joints, m, each in its own segment's frame.
    private let pelvisSensor: Vector3
    private let trunkJoint: Vector3
    private let trunkSensor: Vector3
    private let thighSensor: Vector3
    private let shankSensor: Vector3
    /// The pelvis' right axis in quiet stance, lab axes.
    private let neutralRight: Vector3

    init(person: Person) {
        self.person = person
        // Lab: X forward, Y up, Z right. World: Z up; then the heading about it.
        let zUpFromYUp = Rotation(axis: Vector3(1, 0, 0), angle: Double.pi / 2)
        worldFromLab = Rotation(axis: Vector3(0, 0, 1), angle: person.heading) * zUpFromYUp
        let neutral = JetRotation(
            rotation: .zero, obliquity: Jet(person.neutralObliquity),
            anteriorTilt: Jet(person.neutralTilt)
        ).value
        neutralRight = neutral.apply(Vector3(0, 0, 1))
        // Given by height above the floor in quiet stance; behind or beside the joints by a guess.
        let lumbar = 0.10
        pelvisSensor = neutral.inverse.apply(
            Vector3(-0.12, person.pelvisSensorHeight - person.hipHeight, 0))
        trunkJoint = neutral.inverse.apply(Vector3(-0.03, lumbar, 0))
        trunkSensor = Vector3(
            -0.10, person.trunkSensorHeight - person.hipHeight - lumbar, 0)
        thighSensor = Vector3(0.02, person.thighSensorHeight - person.hipHeight, 0.08)
        shankSensor = Vector3(0.04, person.shankSensorHeight - person.kneeHeight, 0.03)
    }

    /// Neutral stance plus departures.
    func pose(_ offsets: PoseOffsets) -> Pose {
        let forward = offsets.forward * (1 / person.legLength)
        let right = offsets.right * (1 / person.legLength)
        func leg(hip: Jet, knee: Jet, aside: Jet) -> (thigh: SegmentAngles, shank: SegmentAngles) {
            let sideways = right + aside + offsets.lieSide
            let tilt = forward - hip + offsets.lieTilt
            return (
                SegmentAngles(obliquity: sideways, anteriorTilt: tilt),
                SegmentAngles(obliquity: sideways, anteriorTilt: tilt + knee)
            )
        }
        // A leg away from the midline has its foot outside: its top leans to the other side.
        let left = leg(
            hip: offsets.leftHipFlexion, knee: offsets.leftKneeFlexion,
            aside: offsets.leftAbduction)
        let other = leg(
            hip: offsets.rightHipFlexion, knee: offsets.rightKneeFlexion,
            aside: offsets.rightAbduction * -1)
        // An inverted pendulum that leans by (forward, right) sinks by half the square over the
        // length.
        let sink = (offsets.forward * forward + offsets.right * right) * 0.5
        return Pose(
            pelvis: SegmentAngles(
                rotation: offsets.pelvisRotation,
                obliquity: offsets.pelvisObliquity + Jet(person.neutralObliquity) + offsets.lieSide,
                anteriorTilt: offsets.pelvisTilt + Jet(person.neutralTilt) + offsets.lieTilt,
                roll: offsets.pelvisRoll),
            trunk: SegmentAngles(
                rotation: offsets.pelvisRotation * 0.5,
                obliquity: offsets.trunkLean + offsets.lieSide,
                anteriorTilt: offsets.trunkFlexion + offsets.lieTilt),
            leftThigh: left.thigh, rightThigh: other.thigh,
            leftShank: left.shank, rightShank: other.shank,
            hips: JetVector(
                offsets.forward + offsets.travelForward, offsets.up - sink,
                offsets.right + offsets.travelRight),
            load: offsets.load)
    }

    /// The segment's sensor point in the world.
    func motion(of segment: Segment, in pose: Pose) -> SegmentMotion {
        let orientation = Self.rotation(pose[segment])
        let point = position(of: segment, orientation: orientation, in: pose)
        return SegmentMotion(
            worldFromSegment: (worldFromLab * orientation.value).normalized(),
            angularRate: orientation.bodyRate,
            position: worldFromLab.apply(point.value),
            velocity: worldFromLab.apply(point.rate),
            acceleration: worldFromLab.apply(point.acceleration))
    }

    private static func rotation(_ angles: SegmentAngles) -> JetRotation {
        JetRotation(
            rotation: angles.rotation, obliquity: angles.obliquity,
            anteriorTilt: angles.anteriorTilt
        ).rolled(angles.roll)
    }

    /// Position of the sensor point as a jet, so that its second derivative is at hand.
    ///
    /// Lab axes, floor under the middle of the feet as origin.
    private func position(
        of segment: Segment, orientation: JetRotation, in pose: Pose
    ) -> JetVector {
        let pelvis = segment == .pelvis ? orientation : Self.rotation(pose.pelvis)
        // The point at rest relative to the turning pelvis: load × half width along its right axis.
        let pivot = pose.load * person.hipHalfWidth
        let turned = pelvis.apply(Vector3(0, 0, 1))
        let hips =
            pose.hips + JetVector(constant: Vector3(0, person.hipHeight, 0))
            + JetVector(constant: neutralRight) * pivot + turned * (pivot * -1)
        switch segment {
        case .pelvis:
            return hips + pelvis.apply(pelvisSensor)
        case .trunk:
            return hips + pelvis.apply(trunkJoint) + orientation.apply(trunkSensor)
        case .leftThigh, .rightThigh:
            let side: Side = segment == .leftThigh ? .left : .right
            return hipJoint(side, hips: hips, pelvis: pelvis)
                + orientation.apply(outward(thighSensor, side))
        case .leftShank, .rightShank:
            let side: Side = segment == .leftShank ? .left : .right
            let thigh = Self.rotation(pose[side.thigh])
            let knee = thigh.apply(Vector3(0, person.kneeHeight - person.hipHeight, 0))
            return hipJoint(side, hips: hips, pelvis: pelvis) + knee
                + orientation.apply(outward(shankSensor, side))
        }
    }

    /// A hip joint, carried by the pelvis.
    private func hipJoint(_ side: Side, hips: JetVector, pelvis: JetRotation) -> JetVector {
        hips + pelvis.apply(Vector3(0, 0, side.sign * person.hipHalfWidth))
    }

    /// A point given for the right leg, mirrored for the left.
    private func outward(_ point: Vector3, _ side: Side) -> Vector3 {
        Vector3(point.x, point.y, point.z * side.sign)
    }
}
