// Whose sway is judged, and against what: a hold's own, not that of the way into it.

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

    /// Sideways by `size` m/s², `hertz` times a second: a millimetre or two, far less than a shift of weight.
    private func sway(
        _ wearing: inout Wearing, seconds: Double, size: Double = 0.2, hertz: Double = 2
    ) {
        for index in 0..<Int(seconds * 100) {
            let force = size * sin(2 * hertz * Double.pi * Double(index) / 100)
            wearing.change = { $0.specificForce = $0.specificForce + Vector3(0, 0, force) }
            wearing.step(segmentUp(0))
        }
        wearing.change = { _ in }
    }

    /// The pelvis goes 7 cm to the right, driven evenly and braked evenly: nobody shifts more abruptly.
    private func shiftAbruptly(_ wearing: inout Wearing, in length: Double) {
        let count = Int(length * 100)
        for index in 0..<count {
            let size = 4 * 0.07 / (length * length)
            let force = index < count / 2 ? size : -size
            wearing.change = { $0.specificForce = $0.specificForce + Vector3(0, 0, force) }
            wearing.step(segmentUp(0))
        }
        wearing.change = { _ in }
    }

    /// A person who stood, shifted the weight within `length` s and holds.
    private func holding(_ side: Side?, shiftIn length: Double) -> Wearing {
        var wearing = Wearing()
        wearing.run(5, segmentUp(0))
        wearing.body.begin(plan(side), time: wearing.time)
        wearing.run(2, segmentUp(0))
        shiftAbruptly(&wearing, in: length)
        return wearing
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

    /// RMS of a sine is its size over √2; the low-pass takes 4 % of 1 Hz.
    ///
    /// A shift in 0.4 s is accelerated by 1.75 m/s², a hundred times that.
    @Test(arguments: [Side?.none, .right], [0.4, 0.6, 0.8])
    func theCalmIsWhatWasPlayedAfterAnAbruptShift(_ side: Side?, _ length: Double) {
        for size in [0.06, 0.1] {
            var wearing = holding(side, shiftIn: length)
            sway(&wearing, seconds: 9, size: size, hertz: 1)
            #expect(wearing.frames.last?.phase == .holding)
            let played = size / 2.0.squareRoot()
            let calm = wearing.body.tasks.sway.calm
            #expect(abs(calm / played - 1) < 0.15, "\(calm) for \(played)")
        }
    }

    /// Twice the calm is excess, one and a half times is not, however abrupt the shift was.
    @Test(arguments: [0.4, 0.8])
    func excessIsJudgedByThePlayedCalm(_ length: Double) {
        for (factor, isExcess) in [(1.5, false), (2.5, true)] {
            var wearing = holding(nil, shiftIn: length)
            sway(&wearing, seconds: 8, size: 0.08, hertz: 1)
            sway(&wearing, seconds: 5, size: 0.08 * factor, hertz: 1)
            #expect(wearing.alerts.isEmpty != isExcess, "\(factor)")
        }
    }

    /// Two seconds of wobbling after the shift are no calm, and sway that begins early is none either.
    @Test func theQuieterOfTwoUnlikeSpansIsTheCalm() {
        for sizes in [(3.0, 0.3, 0.08), (4.0, 0.08, 0.3)] {
            var wearing = holding(nil, shiftIn: 0.6)
            sway(&wearing, seconds: sizes.0, size: sizes.1, hertz: 1)
            sway(&wearing, seconds: 6, size: sizes.2, hertz: 1)
            let played = 0.08 / 2.0.squareRoot()
            let calm = wearing.body.tasks.sway.calm
            #expect(abs(calm / played - 1) < 0.15, "\(sizes): \(calm) for \(played)")
        }
    }
}
