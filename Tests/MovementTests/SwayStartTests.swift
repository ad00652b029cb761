// Whose sway is judged: a hold's own, not that of the way into it.

import Glibc
import Kinematics
import Testing

@testable import Movement

@Suite struct SwayStartTests {
    /// C09 as in the sheet: twice the own calm for a second.
    private func plan(_ side: Side?) -> MovementPlan {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: side, targetHold: 30)
        _ = plan.add(
            Rule(id: RuleID(number: 9), signal: .swayRatio, on: 2, off: 1.5, minimumOn: 1))
        return plan
    }

    /// Sideways by 0.2 m/s² twice a second: a millimetre, far less than a shift of weight.
    private func sway(_ wearing: inout Wearing, seconds: Int) {
        for index in 0..<seconds * 100 {
            let force = 0.2 * sin(4 * Double.pi * Double(index) / 100)
            wearing.change = { $0.specificForce = $0.specificForce + Vector3(0, 0, force) }
            wearing.step(segmentUp(0))
        }
        wearing.change = { _ in }
    }

    /// Five seconds without a shift begin a hold on the given leg, but perhaps on two feet: what is calm
    /// there is no measure for one leg.
    @Test func aHoldThatWasOnlyAssumedHasNoCalm() {
        var wearing = Wearing()
        wearing.body.begin(plan(.right), time: wearing.time)
        wearing.run(14, segmentUp(0))
        #expect(wearing.frames.last?.phase == .holding)
        sway(&wearing, seconds: 4)
        #expect(wearing.alerts.isEmpty)
    }
}
