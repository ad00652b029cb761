// The body judged sample by sample: angles, gates, rules and cues together.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000
private let degree = Double.pi / 180

private func up(_ obliquity: Double, tilt: Double = 0) -> Vector3 {
    segmentUp(obliquity, tilt: tilt)
}

@Suite struct BodyTests {
    @Test func withoutAnAlignmentThereAreNoAngles() {
        var wearing = Wearing([])
        let frame = wearing.step(up(5))
        #expect(frame.gates.has(.uncalibrated))
        #expect(frame.obliquity.isNaN && frame.anteriorTilt.isNaN && frame.drop.isNaN)
        #expect(frame.posture == .unknown)
    }

    @Test func anglesAreRelativeToNeutral() {
        var wearing = Wearing(
            neutral: SegmentAngles(obliquity: 1 * degree, anteriorTilt: 10 * degree))
        let frame = wearing.step(up(4, tilt: 12))
        #expect(abs(frame.obliquity - 3 * degree) < 1e-12)
        #expect(abs(frame.anteriorTilt - 2 * degree) < 1e-12)
        #expect(frame.posture == .upright)
        #expect(frame.gates.isOpen)
        // No exercise runs: there is no stance side, so no drop.
        #expect(frame.drop.isNaN && frame.stanceSide == nil && frame.phase == .idle)
    }

    @Test func theSensorsMountingIsTurnedAway() {
        let mounting = Rotation(axis: Vector3(1, 2, -1), angle: 1.1)
        var wearing = Wearing()
        wearing.body.align(
            .pelvis,
            SensorAlignment(
                segmentFromSensor: mounting,
                neutral: SegmentAngles(obliquity: 0, anteriorTilt: 0), calmJerk: 1))
        let frame = wearing.step(mounting.inverse.apply(up(-6, tilt: 3)))
        #expect(abs(frame.obliquity + 6 * degree) < 1e-12)
        #expect(abs(frame.anteriorTilt - 3 * degree) < 1e-12)
    }

    @Test func lyingDownTheUprightAnglesAreNotMeasured() {
        var wearing = Wearing()
        let frame = wearing.step(Vector3(1, 0, 0))
        #expect(frame.posture == .supine)
        #expect(frame.obliquity.isNaN && frame.drop.isNaN)
    }

    /// Right stance, the left side sinks by 6 degrees: a cue half a second after the crossing, with the
    /// crossing's time; and its mirror.
    @Test(arguments: Side.allCases)
    func aPlantedDropIsCued(_ side: Side) throws {
        var wearing = Wearing()
        wearing.begin(side)
        wearing.run(6, up(0))
        #expect(wearing.frames.last?.phase == .holding)
        #expect(wearing.frames.last?.stanceSide == side)
        let sunk = up(-6 * side.sign)
        wearing.run(1, sunk)
        let (time, alert) = try #require(wearing.alerts.first)
        #expect(wearing.alerts.count == 1)
        #expect(abs(time - 6.51) < 1e-6)
        #expect(alert.rule == .pelvicDrop && alert.signal == .drop)
        #expect(alert.stanceSide == side)
        #expect(abs(alert.value - 6 * degree) < 1e-12)
        #expect(alert.time - alert.crossed == second / 2)
        #expect(alert.number == 1)
        #expect(alert.sequence == 651)
        let frame = try #require(wearing.frames.last)
        #expect(abs(frame.drop - 6 * degree) < 1e-12)
        #expect(frame.activeRules == 1)
        // C02 needs a trunk sensor; C01, C04 and C19 are judged.
        #expect(frame.judgedRules == 0b1101)
        // Still sunk: the next cue after the refractory of 4 s.
        wearing.run(4, sunk)
        #expect(wearing.alerts.map { ($0.time * 100).rounded() } == [651, 1051])
        #expect(wearing.alerts.last?.alert.number == 2)
    }

    @Test(arguments: Side.allCases)
    func aPlantedHikeIsCued(_ side: Side) throws {
        var wearing = Wearing()
        wearing.begin(side)
        wearing.run(6, up(0))
        wearing.run(1, up(6 * side.sign))
        let (time, alert) = try #require(wearing.alerts.first)
        #expect(abs(time - 6.31) < 1e-6)
        #expect(alert.rule == .hipHike && alert.signal == .hike)
        #expect(abs(alert.value - 6 * degree) < 1e-12)
    }

    @Test func beforeTheHoldNothingIsJudged() {
        var wearing = Wearing()
        wearing.begin(.right)
        wearing.run(4, up(-8))
        #expect(wearing.alerts.isEmpty)
        #expect(wearing.frames.allSatisfy { $0.judgedRules == 0 && $0.activeRules == 0 })
    }

    /// A closed gate silences, and the rule counts its time anew when it opens.
    @Test(arguments: [
        Gates.saturated, .uncertain, .late, .stale, .uncalibrated, .posture,
    ])
    func aClosedGateSilences(_ gate: Gates) {
        var wearing = Wearing()
        wearing.begin(.right)
        wearing.run(6, up(0))
        wearing.change = { observation in
            switch gate {
            case .saturated: observation.saturated = true
            case .uncertain: observation.sigma = 2 * degree
            case .late: observation.batched = true
            case .stale: observation.age = 200_000_000
            case .posture:
                observation.upInSensor = Vector3(0.7, 0.714, 0)
                observation.specificForce = observation.upInSensor * standardGravity
            default: break
            }
        }
        if gate == .uncalibrated { wearing.body.align(.pelvis, nil) }
        wearing.run(3, up(-6))
        #expect(wearing.alerts.isEmpty)
        #expect(wearing.frames.last?.gates.has(gate) == true)
        #expect(wearing.frames.last?.judgedRules == 0)
        guard gate != .uncalibrated else { return }
        wearing.change = { _ in }
        wearing.run(1, up(-6))
        let drops = wearing.alerts.filter { $0.alert.rule == .pelvicDrop }
        #expect(drops.map { ($0.time * 100).rounded() } == [951])
    }

    @Test func aTrunkSensorMeasuresTheLean() throws {
        var wearing = Wearing([.pelvis, .trunk])
        wearing.begin(.left)
        for _ in 0..<600 {
            wearing.feed(.trunk, up(0))
            wearing.step(up(0))
        }
        #expect(wearing.frames.last?.trunkLean == 0)
        #expect(wearing.frames.last?.judgedRules == 0b1111)
        // Left stance: leaning left is towards the stance leg.
        for _ in 0..<100 {
            wearing.feed(.trunk, up(-7))
            wearing.step(up(0))
        }
        let alert = try #require(wearing.alerts.first?.alert)
        #expect(alert.rule.number == 2)
        #expect(abs(alert.value - 7 * degree) < 1e-12)
        #expect(abs((wearing.frames.last?.trunkLean ?? 0) + 7 * degree) < 1e-12)
    }

    /// 8 degrees sideways in a quiet stand: after three seconds the trunk is not measured, the pelvis is.
    @Test func aTrunkSensorThatSlippedIsNotMeasured() throws {
        var wearing = Wearing([.pelvis, .trunk])
        wearing.rate = Vector3(0.01, 0, 0)
        func stand(_ seconds: Double, trunk: Double) -> MotionFrame? {
            for _ in 0..<Int(seconds * 100) {
                wearing.feed(.trunk, up(trunk))
                wearing.step(up(0))
            }
            return wearing.frames.last
        }
        // With the side to be detected, nobody stands on one leg before a shift.
        wearing.body.begin(stancePlan(nil, 10), time: wearing.time)
        let before = try #require(stand(3, trunk: -8))
        #expect(before.slippedSegments == 0 && !before.trunkLean.isNaN)
        let slipped = try #require(stand(2, trunk: -8))
        #expect(slipped.slippedSegments == 1 << UInt8(Segment.trunk.index))
        #expect(slipped.trunkLean.isNaN && !slipped.obliquity.isNaN)
        #expect(!slipped.gates.has(.slipped))
        let back = try #require(stand(6, trunk: -1))
        #expect(back.slippedSegments == 0 && !back.trunkLean.isNaN)
    }

    @Test func aTrunkSampleOlderThanTheLimitIsNotMeasured() {
        var wearing = Wearing([.pelvis, .trunk])
        wearing.begin(.left)
        wearing.run(6, up(0))
        wearing.feed(.trunk, up(-7))
        wearing.run(0.15, up(0))
        #expect(wearing.frames.last?.trunkLean.isNaN == false)
        wearing.run(0.01, up(0))
        #expect(wearing.frames.last?.trunkLean.isNaN == true)
        #expect(wearing.frames.last?.judgedRules == 0b1101)
    }

    /// A trunk stamp far ahead of the pelvis' is no more to be trusted than one far behind.
    @Test func aTrunkSampleFromTheFutureIsNotMeasured() {
        var wearing = Wearing([.pelvis, .trunk])
        wearing.run(1, up(0))
        var ahead = wearing.observation(up(3))
        ahead.time += second
        var frame = MotionFrame()
        _ = wearing.body.step(.trunk, ahead, frame: &frame)
        #expect(wearing.step(up(0)).trunkLean.isNaN)
    }

    @Test func aTrunkSampleThatCannotBeTrustedIsNotMeasured() {
        var wearing = Wearing([.pelvis, .trunk])
        for change in [true, false] {
            var poor = wearing.observation(up(3))
            poor.saturated = change
            poor.unknown = !change
            var frame = MotionFrame()
            _ = wearing.body.step(.trunk, poor, frame: &frame)
            #expect(wearing.step(up(0)).trunkLean.isNaN)
        }
    }

    /// The weight goes over the foot, the drop is seen, the weight comes back: the whole hold.
    @Test(arguments: Side.allCases)
    func aDetectedHoldRunsItsCourse(_ side: Side) throws {
        var wearing = Wearing()
        wearing.begin(nil)
        wearing.run(3, up(0))
        #expect(wearing.frames.last?.gates.names == ["stance-unknown"])
        wearing.shift(0.08 * side.sign, up(0))
        wearing.run(4, up(0))
        #expect(wearing.frames.last?.phase == .holding)
        #expect(wearing.frames.last?.stanceSide == side)
        #expect(wearing.frames.last?.stanceSource == .detected)
        #expect(wearing.frames.last?.gates.isOpen == true)
        wearing.run(1, up(-6 * side.sign))
        #expect(wearing.alerts.count == 1)
        #expect(wearing.alerts.first?.alert.stanceSide == side)
        wearing.run(2, up(0))
        let before = wearing.now
        wearing.shift(-0.08 * side.sign, up(0))
        wearing.run(1, up(0))
        let frame = try #require(wearing.frames.last)
        #expect(frame.completedHolds == 1 && frame.holdEnd == .lowered)
        #expect(frame.phase == .waiting && frame.stanceSide == nil)
        let end = Double(frame.holdEndTime - 1000 * second) * 1e-9
        // The foot is on the floor before the weight goes back.
        #expect(abs(end - (before - 0.15)) < 0.25, "\(end) \(before)")
        let start = Double(frame.holdStart - 1000 * second) * 1e-9
        #expect(start > 3.3 && start < 4.0, "\(start)")
    }

    /// Jerk above five times the calm one (2 m/s³) early in the hold: C19, given side or detected.
    @Test(arguments: [Side?.some(.right), .some(.left), nil])
    func aLostBalanceIsCued(_ given: Side?) throws {
        var wearing = Wearing()
        wearing.begin(given)
        wearing.run(2, up(0))
        let side = given ?? .left
        wearing.shift(0.08 * side.sign, up(0))
        wearing.run(3, up(0))
        #expect(wearing.frames.last?.phase == .holding)
        wearing.run(1, up(0), jerk: 25)
        let (time, alert) = try #require(wearing.alerts.first)
        #expect(wearing.alerts.count == 1)
        #expect(alert.rule == .balanceLost && alert.signal == .jerkRatio)
        #expect(alert.value >= 5)
        #expect(alert.stanceSide == side)
        #expect(time - 5.8 < 0.25)
        let end = try #require(wearing.frames.first { $0.alert != nil })
        #expect(end.phase == .lost && end.holdEnd == .balanceLost && end.completedHolds == 1)
        #expect(end.activeRules == 0b1000 && end.judgedRules & 0b1000 != 0)
    }

    /// Whoever stands on past the target may stumble all the same.
    @Test func afterTheTargetAStumbleIsCuedToo() {
        var wearing = Wearing()
        wearing.begin(.right, target: 2)
        wearing.run(8, up(0))
        #expect(wearing.frames.last?.phase == .holding && wearing.alerts.isEmpty)
        wearing.run(1, up(0), jerk: 25)
        #expect(wearing.alerts.map(\.alert.rule) == [.balanceLost])
        #expect(wearing.frames.last?.holdEnd == .balanceLost)
    }

    /// One sample of nonsense in a set must not blind the rest of it.
    @Test(arguments: [Double.nan, .infinity, 1e300])
    func oneSampleOfNonsenseIsSurvived(_ value: Double) {
        var wearing = Wearing()
        wearing.begin(.right)
        wearing.run(6, up(0))
        wearing.change = {
            $0.specificForce = Vector3(value, value, value)
            $0.unknown = true
        }
        wearing.step(up(0))
        wearing.change = { _ in }
        wearing.run(1, up(0))
        #expect(wearing.frames.last?.phase == .holding)
        wearing.run(1, up(0), jerk: 25)
        #expect(wearing.alerts.first?.alert.rule == .balanceLost)
    }

    @Test func theEndSilences() {
        var wearing = Wearing()
        wearing.begin(.right)
        wearing.run(6, up(0))
        wearing.body.end(time: wearing.time)
        wearing.run(3, up(-8))
        #expect(wearing.alerts.isEmpty)
        #expect(wearing.frames.last?.phase == .idle)
        #expect(wearing.frames.last?.completedHolds == 1)
        #expect(wearing.frames.last?.holdEnd == .stopped)
    }

    @Test func aForgottenSegmentIsNotMeasured() {
        var wearing = Wearing([.pelvis, .trunk])
        wearing.feed(.trunk, up(0))
        #expect(wearing.step(up(2)).trunkLean == 0)
        wearing.body.forget(.trunk)
        #expect(wearing.step(up(2)).trunkLean.isNaN)
        wearing.body.forget(.pelvis)
        let frame = wearing.step(up(2))
        #expect(frame.gates.has(.uncalibrated) && frame.obliquity.isNaN)
    }

    @Test func aPlanOf32RulesIsJudgedWhole() {
        var full = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: .right, targetHold: 10)
        for _ in 0..<32 {
            _ = full.add(
                Rule(id: .pelvicDrop, signal: .drop, on: 4 * degree, off: 1 * degree, minimumOn: 0))
        }
        var wearing = Wearing()
        wearing.body.begin(full, time: wearing.time)
        wearing.run(6, up(-8))
        #expect(wearing.frames.last?.judgedRules == UInt32.max)
        #expect(wearing.frames.last?.activeRules == UInt32.max)
    }
}
