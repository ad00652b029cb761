// A pelvis off level on two legs: which side has sunk.

import Kinematics
import Testing

@testable import Movement

@Suite("The lower side")
struct LowerSideTests {
    /// Compensations 1.3: obliquity is positive where the right side is lower.
    @Test(
        "a cue on two legs knows the side that has sunk",
        arguments: [(6.0, Side.right), (-6, .left)])
    func twoLegs(obliquity: Double, side: Side) throws {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: nil, targetHold: 0)
        plan.source = .height
        plan.lowersFirst = true
        plan.judgesRest = true
        _ = plan.add(
            Rule(
                id: .pelvicDrop, signal: .obliquity, on: 4 * radiansPerDegree,
                off: 3 * radiansPerDegree, minimumOn: 0.3))
        var wearing = Wearing()
        wearing.run(3, segmentUp(0))
        wearing.body.begin(plan, time: wearing.time)
        wearing.run(1, segmentUp(0))
        wearing.run(2, segmentUp(obliquity))
        let alert = try #require(wearing.alerts.first).alert
        #expect(alert.lowerSide == side && alert.stanceSide == nil)
    }
}
