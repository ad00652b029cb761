// The question mark of a label stands for the sensor that is missing, not for a rule that is (compensations 4.1).

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Two repetitions of 2 s by the clock whose only pattern rule is that of the drop.
private func plan(_ signal: Signal, posture: Posture = .upright, stance: Side? = nil)
    -> MovementPlan
{
    var plan = MovementPlan(
        task: .repetitions, posture: posture, stanceSide: stance, targetHold: 0)
    plan.source = .metronome
    plan.tempo = Tempo(raise: 0.8, hold: 0.4, lower: 0.8, rest: 0.5)
    plan.repetitions = 2
    plan.restsUpright = false
    _ = plan.add(
        Rule(id: .pelvicDrop, signal: signal, on: 4 * degree, off: 2.5 * degree, minimumOn: 0.1))
    return plan
}

/// The labels of a set in which all that is worn hangs still, the pelvis as given, and the others are seen for
/// that share of each repetition.
private func labels(
    _ plan: MovementPlan, worn: [Segment], pelvis: Vector3, seen: Double = 1
) -> [String] {
    var wearing = Wearing([.pelvis] + worn)
    wearing.body.begin(plan, time: wearing.time)
    var record = SetRecord(plan: plan)
    var moved = 0
    for _ in 0..<800 {
        if plan.posture == .upright || wearing.now > 1.2 {
            moved = wearing.frames.last?.phase == .holding ? moved + 1 : 0
        }
        if Double(moved) <= seen * 200 {
            for segment in worn { wearing.feed(segment, segmentUp(0)) }
        }
        wearing.step(wearing.now < 1.2 && plan.posture != .upright ? Vector3(1, 0, 0) : pelvis)
    }
    for var frame in wearing.frames {
        frame.segment = .pelvis
        frame.sample.interval = 0.01
        record.add(frame)
    }
    return record.repetitions.map(\.text)
}

@Suite("The question mark of a label")
struct PatternSightTests {
    @Test(
        "on two legs the trunk and both thighs are wanted",
        arguments: [
            ([], "level?", "drop?"), ([.trunk], "level?", "drop"),
            ([.leftThigh, .rightThigh], "level?", "drop?"),
            ([.trunk, .rightThigh], "level?", "drop"),
            ([.trunk, .leftThigh, .rightThigh], "level", "drop"),
        ] as [([Segment], String, String)])
    func twoLegs(worn: [Segment], level: String, drop: String) {
        let squat = plan(.obliquity)
        #expect(labels(squat, worn: worn, pelvis: segmentUp(0)) == [level, level])
        #expect(labels(squat, worn: worn, pelvis: segmentUp(-6)) == [drop, drop])
    }

    @Test("the share for which a rule must be active is the plan's")
    func ownShare() {
        var squat = plan(.obliquity)
        #expect(labels(squat, worn: [.trunk], pelvis: segmentUp(-6)) == ["drop", "drop"])
        // Active from a tenth of a second on, and no repetition is active from its first moment.
        squat.patternShare = 1
        #expect(labels(squat, worn: [.trunk], pelvis: segmentUp(-6)).first == "level?")
    }

    @Test("on one leg the trunk and the standing thigh are wanted", arguments: Side.allCases)
    func oneLeg(stance: Side) {
        let stand = plan(.drop, stance: stance)
        func label(_ worn: [Segment]) -> [String] {
            labels(stand, worn: worn, pelvis: segmentUp(0))
        }
        #expect(label([.trunk, stance.thigh]) == ["level", "level"])
        #expect(label([.trunk, stance.opposite.thigh]) == ["level?", "level?"])
        #expect(label([stance.thigh]) == ["level?", "level?"])
    }

    /// Nobody who lies leans with the trunk or shifts over a foot, so any other sensor will do.
    @Test(
        "lying, the pelvis alone leaves it open",
        arguments: [
            ([], "level?", "drop?"), ([.rightThigh], "level", "drop"), ([.trunk], "level", "drop"),
        ] as [([Segment], String, String)])
    func lying(worn: [Segment], level: String, drop: String) {
        let bridge = plan(.sag, posture: .supine)
        #expect(labels(bridge, worn: worn, pelvis: Vector3(1, 0, 0)) == [level, level])
        let sagged = Vector3(cos(6 * degree), 0, sin(6 * degree))
        #expect(labels(bridge, worn: worn, pelvis: sagged) == [drop, drop])
    }

    @Test("a sensor that was silent for most of a repetition did not see it")
    func silent() {
        let worn: [Segment] = [.trunk, .leftThigh, .rightThigh]
        func label(_ seen: Double) -> [String] {
            labels(plan(.obliquity), worn: worn, pelvis: segmentUp(0), seen: seen)
        }
        #expect(label(0.8) == ["level", "level"])
        #expect(label(0.2) == ["level?", "level?"])
    }
}
