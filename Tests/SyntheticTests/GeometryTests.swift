// Where the sensor points are, and what weight shift, drop and landing do to them.

import Kinematics
import Synthetic
import Testing

@Suite struct GeometryTests {
    @Test func sensorPointsAreAtTheHeightsAskedForInQuietStance() throws {
        var person = stillPerson()
        person.pelvisSensorHeight = 1.05
        person.trunkSensorHeight = 1.4
        let motion = try motion(.quietStand(seconds: 1), person: person)
        func height(_ segment: Segment) -> Double { motion.segment(segment, at: 0.5).position.z }
        #expect(abs(height(.pelvis) - 1.05) < 1e-12)
        #expect(abs(height(.trunk) - 1.4) < 1e-12)
        #expect(abs(height(.leftThigh) - 0.70) < 1e-12)
        #expect(abs(height(.rightShank) - 0.30) < 1e-12)
    }

    /// The person faces along world X at heading zero; their right is −Y.
    @Test(arguments: [Side.right, .left])
    func theHipsShiftOverTheStanceFoot(stance: Side) throws {
        let motion = try motion(.oneLegStand(OneLegStand(stance: stance, seconds: 4)))
        let before = motion.segment(.pelvis, at: 0).position
        let during = motion.segment(.pelvis, at: 3).position
        let after = motion.segment(.pelvis, at: motion.end).position
        #expect(abs((during - before).y - (stance == .right ? -0.07 : 0.07)) < 1e-9)
        #expect((after - before).norm < 1e-12)
    }

    /// First half of the shift pushes towards the stance side: the sensor reads it on its Z axis.
    @Test func theShiftShowsInTheSidewaysForce() throws {
        let motion = try motion(.oneLegStand(OneLegStand(stance: .right, seconds: 4)))
        let early = motion.segment(.pelvis, at: 0.3 + 0.2).specificForce.z
        let late = motion.segment(.pelvis, at: 0.3 + 0.6).specificForce.z
        // By hand: 0.07 m × 420 u²(1−u)²(1−2u) / 0.8² at u = 1/4 is 0.807 m/s².
        #expect(abs(early - 0.807) < 0.02)
        #expect(abs(late + 0.807) < 0.02)
    }

    /// A 7° drop lowers the free hip joint by 2 × 0.09 m × sin 7° and leaves the standing one.
    @Test func aDropLowersTheFreeHipAndNotTheStandingOne() throws {
        let item = PlantedProfile(kind: .drop, at: 1, angle: 7 * radiansPerDegree)
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: .right, seconds: 6, profile: [item])))
        func hip(_ side: Side, _ time: Double) -> Vector3 {
            let pelvis = motion.segment(.pelvis, at: time)
            // Back from the sensor point: 0.12 m behind and 0.10 m above the hips when tilted by
            // 8°.
            let neutral = motion.segment(.pelvis, at: 0)
            let lever = neutral.worldFromSegment.inverse.apply(Vector3(-0.12, 0, 0.10))
            return pelvis.position
                + pelvis.worldFromSegment.apply(Vector3(0, 0, side.sign * 0.09) - lever)
        }
        let level = 1.1 + 0.9
        let dropped = 1.1 + 2.5
        #expect(abs(hip(.right, dropped).z - hip(.right, level).z) < 1e-9)
        let sunk = hip(.left, level).z - hip(.left, dropped).z
        #expect(abs(sunk - 0.021_936) < 1e-5)
    }

    @Test func theLandingIsAnUpwardPulseOfTheSizeAskedFor() throws {
        var person = stillPerson()
        person.impact = 4
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: .left, seconds: 4)), person: person)
        let touchDown = 1.1 + 4
        let peak =
            (0..<120).map { motion.segment(.pelvis, at: touchDown + Double($0) * 0.001) }
            .map(\.acceleration.z).max() ?? 0
        #expect(abs(peak - 4) < 0.1)
    }

    /// Standing feet may wander a little (small-angle legs); say how much.
    @Test func theStandingFootStaysWithinAFewMillimetres() throws {
        let motion = try motion(.oneLegStand(OneLegStand(stance: .right, seconds: 4)))
        func ankle(_ time: Double) -> Vector3 {
            let shank = motion.segment(.rightShank, at: time)
            // From the sensor point (0.04 forward, 0.30 up, 0.03 out) down to 0.08 m.
            return shank.position + shank.worldFromSegment.apply(Vector3(-0.04, -0.22, -0.03))
        }
        let start = ankle(0)
        for tick in 0..<60 {
            #expect((ankle(Double(tick) * 0.1) - start).norm < 0.004)
        }
    }

    @Test func aBowTiltsThePelvisByItsDepthAndTheTrunkFurther() throws {
        let motion = try motion(.bow(Bows()))
        let deepest = motion.events().filter { $0.kind == .bow }.map(\.time)
        #expect(deepest.count == 3)
        for time in deepest {
            let truth = motion.truth(at: Double(time) * 1e-9)
            #expect(abs(truth.anteriorTilt * degreesPerRadian - 48) < 1e-9)
            #expect(abs(truth.trunkFlexion * degreesPerRadian - 60) < 1e-9)
            #expect(abs(truth.pelvicObliquity) < 1e-12)
        }
    }
}
