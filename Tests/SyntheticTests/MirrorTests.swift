// Left and right scripts give mirrored signals.

import Kinematics
import Synthetic
import Testing

@Suite struct MirrorTests {
    static func tasks(_ side: Side) -> [MotionTask] {
        var walk = WalkOnSpot(seconds: 5)
        walk.firstStance = side
        let profile = [
            PlantedProfile(kind: .drop, at: 0.5, angle: 0.1, hold: 0.5),
            PlantedProfile(kind: .hike, at: 2.5, angle: 0.1, hold: 0.5),
            PlantedProfile(kind: .lean, at: 1, angle: 0.15),
        ]
        return [
            .oneLegStand(OneLegStand(stance: side, seconds: 6, profile: profile)),
            .footLift(FootLift(lifted: side)), .walkOnSpot(walk),
            .balanceLoss(BalanceLoss(stance: side, seconds: 1)),
        ]
    }

    /// The mirrored segment.
    static func mirror(_ segment: Segment) -> Segment {
        switch segment {
        case .pelvis, .trunk: segment
        case .leftThigh: .rightThigh
        case .rightThigh: .leftThigh
        case .leftShank: .rightShank
        case .rightShank: .leftShank
        }
    }

    /// Mirroring across the sagittal plane turns the sign of Z for forces, and of X and Y for
    /// rates.
    @Test(arguments: 0..<4, Segment.allCases)
    func mirroredTasksGiveMirroredReadings(kind: Int, segment: Segment) throws {
        let right = try motion(Self.tasks(.right)[kind])
        let left = try motion(Self.tasks(.left)[kind])
        #expect(right.end == left.end)
        var moved = 0.0
        var time = 0.0
        while time < right.end {
            let a = right.segment(segment, at: time)
            let b = left.segment(Self.mirror(segment), at: time)
            let rate = b.angularRate
            let force = b.specificForce
            #expect((a.angularRate - Vector3(-rate.x, -rate.y, rate.z)).norm < 1e-9)
            #expect((a.specificForce - Vector3(force.x, force.y, -force.z)).norm < 1e-9)
            moved = max(moved, (a.specificForce - force).norm)
            time += 0.01
        }
        #expect(moved > 0.3)
    }

    @Test(arguments: 0..<4)
    func mirroredTasksGiveMirroredTruth(kind: Int) throws {
        let right = try motion(Self.tasks(.right)[kind])
        let left = try motion(Self.tasks(.left)[kind])
        var time = 0.0
        while time < right.end {
            let a = right.truth(at: time)
            let b = left.truth(at: time)
            #expect(abs(a.pelvicObliquity + b.pelvicObliquity) < 1e-12)
            #expect(abs(a.trunkLean + b.trunkLean) < 1e-12)
            #expect(abs(a.anteriorTilt - b.anteriorTilt) < 1e-12)
            #expect(a.stance.phase == b.stance.phase)
            #expect(a.stance.side == b.stance.side?.opposite)
            #expect(abs((a.drop ?? 0) - (b.drop ?? 0)) < 1e-12)
            #expect(abs((a.leanIpsilateral ?? 0) - (b.leanIpsilateral ?? 0)) < 1e-12)
            time += 0.01
        }
    }
}
