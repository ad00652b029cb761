// The frames and signs of the model against the project's conventions.

import Kinematics
import Synthetic
import Testing

@Suite struct AngleOrderTests {
    /// Lab (Y up) to world (Z up), as an independent construction from its columns.
    static let worldFromLab = Rotation(
        columnX: Vector3(1, 0, 0), columnY: Vector3(0, 0, 1), columnZ: Vector3(0, -1, 0))

    /// Baker's example: a level pelvis turned 30° and tilted 20° reads 0° by the formula and 9.85°
    /// in tilt-first order.
    @Test func aLevelPelvisTurnedAndTiltedReadsLevel() {
        let rotation = JetRotation(
            rotation: Jet(30 * radiansPerDegree), obliquity: .zero,
            anteriorTilt: Jet(20 * radiansPerDegree)
        ).value
        let worldFromPelvis = Self.worldFromLab * rotation
        #expect(abs(obliquityDegrees(worldFromPelvis)) < 1e-12)
        #expect(abs(anteriorTiltDegrees(worldFromPelvis) - 20) < 1e-12)
        // Tilt-first (about Z, then X, then Y): the sine of the middle angle is the Z component of
        // the pelvis' Y axis in lab axes.
        let tiltFirst = arcsine(rotation.apply(Vector3(0, 1, 0)).z) * degreesPerRadian
        #expect(abs(abs(tiltFirst) - 9.85) < 0.005)
    }

    @Test func everySegmentReadsBackItsAnglesByTheFormulas() throws {
        let motion = try everything()
        for tick in 0..<1_000 {
            let time = Double(tick) * 0.05
            let pose = motion.pose(at: time)
            for segment in Segment.allCases {
                let state = motion.segment(segment, at: time)
                let angles = pose[segment]
                #expect(
                    abs(
                        obliquityDegrees(state.worldFromSegment)
                            - angles.obliquity.value * degreesPerRadian) < 1e-9)
                #expect(
                    abs(
                        anteriorTiltDegrees(state.worldFromSegment)
                            - angles.anteriorTilt.value * degreesPerRadian) < 1e-9)
            }
        }
    }

    /// Positive rotation brings the right side forward; positive obliquity lowers it; positive tilt
    /// dips the front.
    @Test func positiveAnglesMeanWhatTheConventionsSay() {
        func rotation(_ turn: Double, _ obliquity: Double, _ tilt: Double) -> Rotation {
            JetRotation(rotation: Jet(turn), obliquity: Jet(obliquity), anteriorTilt: Jet(tilt))
                .value
        }
        #expect(rotation(0.1, 0, 0).apply(Vector3(0, 0, 1)).x > 0.09)
        #expect(rotation(0, 0.1, 0).apply(Vector3(0, 0, 1)).y < -0.09)
        #expect(rotation(0, 0.1, 0).apply(Vector3(0, 1, 0)).z > 0.09)
        #expect(rotation(0, 0, 0.1).apply(Vector3(1, 0, 0)).y < -0.09)
        #expect(rotation(0, 0, 0.1).apply(Vector3(0, 1, 0)).x > 0.09)
    }

    /// Standing on the right leg with the left side sunk: obliquity negative, drop positive; and
    /// mirrored.
    @Test(arguments: [Side.right, .left])
    func aPlantedDropHasTheSignsOfTheWorkedCheck(stance: Side) throws {
        let item = PlantedProfile(kind: .drop, at: 1, angle: 7 * radiansPerDegree)
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: stance, seconds: 6, profile: [item])))
        let liftOff = try #require(
            motion.events().first { $0.kind == .liftOff(stance: stance) }?.time)
        let truth = motion.truth(at: Double(liftOff) * 1e-9 + 2.5)
        #expect(truth.stance == Stance(.single, side: stance))
        let obliquity = truth.pelvicObliquity * degreesPerRadian
        #expect(abs(obliquity - (stance == .right ? -7 : 7)) < 1e-9)
        #expect(abs((truth.drop ?? 0) * degreesPerRadian - 7) < 1e-9)
        #expect(abs(truth.trunkLean) < 1e-12)
    }

    @Test(arguments: [Side.right, .left])
    func hikeAndLeanAreOppositeAndIpsilateral(stance: Side) throws {
        let profile = [
            PlantedProfile(kind: .hike, at: 1, angle: 6 * radiansPerDegree),
            PlantedProfile(kind: .lean, at: 1, angle: 8 * radiansPerDegree),
        ]
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: stance, seconds: 6, profile: profile)))
        let truth = motion.truth(at: 1.1 + 2.5)
        #expect(abs((truth.drop ?? 0) * degreesPerRadian + 6) < 1e-9)
        #expect(abs((truth.leanIpsilateral ?? 0) * degreesPerRadian - 8) < 1e-9)
        #expect(abs(truth.trunkLean * degreesPerRadian - (stance == .right ? 8 : -8)) < 1e-9)
    }
}
