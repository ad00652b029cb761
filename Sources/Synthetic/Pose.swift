// What a task does to the body at one moment, before it becomes orientations and positions.

package import Kinematics

/// A segment's three angles at one moment, rad, in the rotation → obliquity → tilt order.
package struct SegmentAngles: BitwiseCopyable, Sendable {
    /// Heading since the start; positive: right side forward.
    package var rotation = Jet.zero
    /// Positive: right side lower (pelvis), top leans to the right (trunk, thigh, shank).
    package var obliquity = Jet.zero
    /// Positive: the front dips (pelvis), the top leans forward (trunk, thigh, shank).
    package var anteriorTilt = Jet.zero
    /// About the segment's own long axis, after the others; positive: the left side comes forward.
    package var roll = Jet.zero
}

/// Departures from quiet stance, all zero and flat at the start and the end of every task.
struct PoseOffsets: BitwiseCopyable, Sendable {
    /// Angles, rad.
    var pelvisRotation = Jet.zero
    var pelvisObliquity = Jet.zero
    var pelvisTilt = Jet.zero
    var trunkLean = Jet.zero
    var trunkFlexion = Jet.zero
    /// Movement of the hips, m.
    var forward = Jet.zero
    var up = Jet.zero
    var right = Jet.zero
    /// Share of the weight carried by one leg alone: +1 all on the right, −1 all on the left.
    var load = Jet.zero
    /// The lifted leg: thigh forward of the standing line, and bend of the knee, rad.
    var leftHipFlexion = Jet.zero
    var leftKneeFlexion = Jet.zero
    var rightHipFlexion = Jet.zero
    var rightKneeFlexion = Jet.zero
    /// Legs away from the midline, rad.
    var leftAbduction = Jet.zero
    var rightAbduction = Jet.zero
    /// Lying down: the whole body tips backward (below zero) or to its right, rad.
    var lieTilt = Jet.zero
    var lieSide = Jet.zero
    /// The pelvis about its own long axis; positive: right side back when the left one is down.
    var pelvisRoll = Jet.zero
    /// The whole body over the floor, feet included, m.
    var travelForward = Jet.zero
    var travelRight = Jet.zero

    mutating func lift(_ side: Side, hip: Jet, knee: Jet) {
        switch side {
        case .left:
            leftHipFlexion += hip
            leftKneeFlexion += knee
        case .right:
            rightHipFlexion += hip
            rightKneeFlexion += knee
        }
    }

    mutating func abduct(_ side: Side, _ angle: Jet) {
        switch side {
        case .left: leftAbduction += angle
        case .right: rightAbduction += angle
        }
    }

    /// Lowers the free side of a pelvis that stands on `stance` (drop positive, hike negative):
    /// drop = −s · obliquity.
    mutating func drop(_ angle: Jet, stance: Side) { pelvisObliquity += angle * -stance.sign }
}

/// How the body stands.
package enum StancePhase: UInt8, Sendable, BitwiseCopyable {
    /// On both feet.
    case both
    /// On both feet, the weight moving over the coming stance foot.
    case shifting
    /// On one foot.
    case single
    /// The other foot is down again, the weight moving back.
    case returning

    package var name: String {
        switch self {
        case .both: "both"
        case .shifting: "shifting"
        case .single: "single"
        case .returning: "returning"
        }
    }
}

/// Phase, and the stance leg where only one foot is on the floor.
package struct Stance: Sendable, BitwiseCopyable, Equatable {
    package var phase: StancePhase
    package var side: Side?

    package init(_ phase: StancePhase, side: Side? = nil) {
        self.phase = phase
        self.side = side
    }
}
