// The state machine of a set of holds, transition by transition.

import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000

/// A pelvis that hardly moves sideways.
private let still = LateralShift()

/// A pelvis that has moved sideways since `onset` s.
private func moving(since onset: Double = 0) -> LateralShift {
    var motion = LateralShift()
    for step in 0..<60 {
        _ = motion.step(
            up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, step < 50 ? 0 : 2),
            interval: 0.02, time: Int64(onset * 1e9))
    }
    return motion
}

/// Drives a tracker at 100 Hz in seconds of its own.
private struct Driving {
    var tracker = HoldTracker()
    /// s, from a start that is not zero, as host time is.
    private(set) var now = 1000.0

    init(side: Side?) {
        tracker.begin(side: side, time: Int64(1000e9))
    }

    var time: Int64 { Int64((now * 100).rounded()) * (second / 100) }

    mutating func step(
        _ shift: ShiftEvent = .none, motion: LateralShift = still, jerk: Double? = 1,
        limit: Double? = 5, onBoth: Bool = false, gates: Gates = .none
    ) {
        now += 0.01
        tracker.step(
            shift: shift, motion: motion, jerkRatio: jerk, jerkLimit: limit,
            standsOnBoth: onBoth, gates: gates, time: time)
    }

    mutating func run(_ seconds: Double, motion: LateralShift = still, gates: Gates = .none) {
        for _ in 0..<Int((seconds * 100).rounded()) { step(motion: motion, gates: gates) }
    }

    mutating func end() { tracker.end(time: time) }

    /// A time of the tracker in s from the begin of the set.
    func since(_ time: Int64) -> Double { Double(time) * 1e-9 - 1000 }
}

private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-6 }

@Suite struct HoldTrackerTests {
    @Test func idleItSeesNothing() {
        var tracker = HoldTracker()
        tracker.step(
            shift: .toRight, motion: still, jerkRatio: 9, jerkLimit: 5, gates: .none, time: second)
        #expect(tracker.phase == .idle)
        #expect(tracker.stanceSide == nil && tracker.source == .unknown)
    }

    @Test func aGivenSideIsKnownFromTheBegin() {
        for side in Side.allCases {
            let driving = Driving(side: side)
            #expect(driving.tracker.phase == .waiting)
            #expect(driving.tracker.stanceSide == side)
            #expect(driving.tracker.source == .given)
        }
    }

    @Test func aSideToBeDetectedIsUnknownUntilTheWeightShifts() {
        for (event, side) in [(ShiftEvent.toRight, Side.right), (.toLeft, .left)] {
            var driving = Driving(side: nil)
            #expect(driving.tracker.stanceSide == nil && driving.tracker.source == .unknown)
            driving.run(30)
            #expect(driving.tracker.phase == .waiting)
            driving.step(event, motion: moving())
            #expect(driving.tracker.stanceSide == side)
            #expect(driving.tracker.source == .detected)
            #expect(driving.tracker.phase == .waiting)
            driving.step()
            #expect(driving.tracker.phase == .holding)
        }
    }

    /// Not before the pelvis is still, but after 1.5 s at the latest.
    @Test func theHoldBeginsWhenThePelvisIsStill() {
        var driving = Driving(side: .right)
        driving.run(2)
        driving.step(.toRight, motion: moving())
        driving.run(0.5, motion: moving())
        #expect(driving.tracker.phase == .waiting)
        driving.step()
        #expect(driving.tracker.phase == .holding)
        #expect(near(driving.since(driving.tracker.holdStart), 2.52))

        var restless = Driving(side: .right)
        restless.run(2)
        restless.step(.toRight, motion: moving())
        restless.run(1.5, motion: moving())
        #expect(restless.tracker.phase == .waiting)
        restless.run(0.02, motion: moving())
        #expect(restless.tracker.phase == .holding)
    }

    /// Both thighs are worn and no shift was seen: the leg that is down for a second has ended the hold.
    @Test func aLegSeenDownEndsTheHold() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        driving.run(1)
        let degree = Double.pi / 180
        func see(_ lift: Double, _ seconds: Double) {
            for _ in 0..<Int((seconds * 100).rounded()) {
                driving.step()
                driving.tracker.see(lift: lift * degree, time: driving.time)
            }
        }
        // Not lifted yet, lifted, a dip that is no way down, lifted again.
        see(2, 3)
        see(20, 5)
        see(5, 0.5)
        see(20, 2)
        #expect(driving.tracker.phase == .holding)
        let down = driving.since(driving.time)
        see(3, 1.2)
        #expect(driving.tracker.endedBy == .lowered && driving.tracker.completed == 1)
        #expect(abs(driving.since(driving.tracker.holdEnd) - down - 0.16) < 0.02)
        // The echo of a way back that was not seen begins no hold; the next lift does.
        driving.step(.toRight)
        driving.run(2)
        #expect(driving.tracker.phase == .waiting)
        driving.step(.toRight)
        driving.run(2)
        #expect(driving.tracker.phase == .holding)
    }

    /// The way back began before it was recognised, and the foot was on the floor 0.18 s before that.
    @Test func loweringEndsTheHoldBeforeItsOnset() {
        for side in [Side.right, nil] {
            var driving = Driving(side: side)
            driving.step(.toRight)
            driving.run(12)
            driving.step(.toLeft, motion: moving(since: 1011.7))
            let tracker = driving.tracker
            #expect(tracker.phase == .waiting)
            #expect(tracker.endedBy == .lowered)
            #expect(tracker.completed == 1)
            #expect(near(driving.since(tracker.holdStart), 0.01))
            #expect(near(driving.since(tracker.holdEnd), 11.52))
            #expect(tracker.stanceSide == side)
            #expect(tracker.source == (side == nil ? .unknown : .given))
        }
    }

    /// An onset before the hold's own begin would make a negative hold.
    @Test func aHoldNeverEndsBeforeItBegan() {
        var driving = Driving(side: .right)
        driving.run(2)
        driving.step(.toRight)
        driving.run(1.3)
        driving.step(.toLeft, motion: moving(since: 1000.5))
        #expect(driving.tracker.holdEnd == driving.tracker.holdStart)
    }

    /// The filters behind a wide shift see it come back at once: that ends no hold.
    @Test func anEchoOfTheShiftEndsNothing() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        driving.run(0.5)
        driving.step(.toLeft)
        #expect(driving.tracker.phase == .holding && driving.tracker.completed == 0)
        driving.run(1)
        driving.step(.toLeft)
        #expect(driving.tracker.completed == 1)
    }

    @Test func aShiftToTheOtherSideThanTheGivenIsNoHold() {
        var driving = Driving(side: .right)
        driving.step(.toLeft)
        driving.run(3)
        #expect(driving.tracker.phase == .waiting)
        #expect(driving.tracker.stanceSide == .right)
        #expect(driving.tracker.completed == 0)
    }

    /// A shift that is taken back before the pelvis was still begins nothing.
    @Test func aShiftTakenBackBeginsNothing() {
        var driving = Driving(side: .right)
        driving.step(.toRight, motion: moving())
        driving.run(0.2, motion: moving())
        driving.step(.toLeft, motion: moving())
        driving.run(2)
        #expect(driving.tracker.phase == .waiting)
        #expect(driving.tracker.completed == 0)
    }

    /// Without a shift the given side is believed after 5 s, but not while both feet are seen to stand.
    @Test func nothingIsTakenForAHoldWhileBothFeetAreSeenDown() {
        var driving = Driving(side: .right)
        for _ in 0..<3000 { driving.step(onBoth: true) }
        #expect(driving.tracker.phase == .waiting)
        driving.run(4.9)
        #expect(driving.tracker.phase == .waiting)
        driving.run(0.2)
        #expect(driving.tracker.phase == .holding && driving.tracker.assumed)
    }

    @Test func aFurtherShiftToTheSameSideChangesNothing() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        let start = driving.tracker.holdStart
        driving.run(3)
        driving.step(.toRight)
        #expect(driving.tracker.phase == .holding)
        #expect(driving.tracker.holdStart == start)
        #expect(driving.tracker.completed == 0)
    }

    /// Who stands on the leg already shows no shift: after 5 s the hold is taken for begun.
    @Test func aGivenSideIsBelievedAfterFiveSeconds() {
        var driving = Driving(side: .left)
        driving.run(5)
        #expect(driving.tracker.phase == .waiting)
        driving.run(0.02)
        #expect(driving.tracker.phase == .holding)
        #expect(driving.tracker.source == .given)
        // The real lift comes later: the hold starts anew and none is counted.
        driving.run(3)
        driving.step(.toLeft, motion: moving())
        #expect(driving.tracker.phase == .waiting)
        driving.step()
        #expect(driving.tracker.phase == .holding)
        #expect(near(driving.since(driving.tracker.holdStart), 8.04))
        #expect(driving.tracker.completed == 0)
    }

    @Test func anAssumedHoldEndsWhenTheWeightLeaves() {
        var driving = Driving(side: .left)
        driving.run(9)
        driving.step(.toRight, motion: moving(since: 1008.9))
        #expect(driving.tracker.endedBy == .lowered)
        #expect(driving.tracker.completed == 1)
        // After a completed hold nothing is assumed any more.
        driving.run(20)
        #expect(driving.tracker.phase == .waiting)
    }

    /// Jerk above the limit for 0.05 s: balance lost, before the target as after it (compensations 4).
    @Test(arguments: [3.0, 11, 40])
    func aLastingJerkEndsTheHold(_ held: Double) {
        for side in [Side.right, nil] {
            var driving = Driving(side: side)
            driving.step(.toRight)
            driving.run(held)
            for _ in 0..<5 { driving.step(jerk: 5) }
            #expect(driving.tracker.phase == .holding)
            driving.step(jerk: 5)
            #expect(driving.tracker.phase == .lost)
            #expect(driving.tracker.endedBy == .balanceLost)
            #expect(driving.tracker.completed == 1)
            #expect(near(driving.since(driving.tracker.holdEnd), 0.01 + held + 0.06))
        }
    }

    @Test func oneNoisySampleIsNoLossOfBalance() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        for _ in 0..<300 {
            for _ in 0..<3 { driving.step(jerk: 50) }
            driving.step(jerk: 4.9)
        }
        #expect(driving.tracker.phase == .holding)
    }

    @Test func withoutALimitOrAJerkBalanceIsNotJudged() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        for _ in 0..<100 { driving.step(jerk: 50, limit: nil) }
        for _ in 0..<100 { driving.step(jerk: nil) }
        #expect(driving.tracker.phase == .holding)
    }

    @Test func afterALostBalanceTheNextLiftGoesOn() {
        var driving = Driving(side: nil)
        driving.step(.toRight)
        driving.run(3)
        for _ in 0..<6 { driving.step(jerk: 9) }
        #expect(driving.tracker.phase == .lost)
        #expect(driving.tracker.stanceSide == nil)
        driving.step(.toLeft)
        #expect(driving.tracker.phase == .holding)
        #expect(driving.tracker.stanceSide == .left)
        #expect(driving.tracker.completed == 1)
        #expect(driving.tracker.endedBy == .none && driving.tracker.holdEnd == 0)
    }

    /// The side of a hold stays known for its cue, though the stance side is not any more.
    @Test func theLostHoldsSideIsKept() {
        var driving = Driving(side: nil)
        driving.step(.toLeft)
        driving.run(1)
        for _ in 0..<6 { driving.step(jerk: 9) }
        #expect(driving.tracker.stanceSide == nil)
        #expect(driving.tracker.holdSide == .left)
    }

    @Test(arguments: [Gates.uncalibrated, .gap])
    func missingDataEndsTheHold(_ gate: Gates) {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        driving.run(4)
        driving.step(gates: gate)
        #expect(driving.tracker.phase == .waiting)
        #expect(driving.tracker.endedBy == .lostData)
        #expect(driving.tracker.completed == 1)
        #expect(near(driving.since(driving.tracker.holdEnd), 4.02))
        // And a shift seen meanwhile is not believed.
        driving.step(.toRight, gates: gate)
        driving.run(1)
        #expect(driving.tracker.phase == .waiting)
        driving.step(.toRight)
        #expect(driving.tracker.phase == .holding)
    }

    @Test func aPendingShiftIsDroppedWithTheData() {
        var driving = Driving(side: .right)
        driving.step(.toRight, motion: moving())
        driving.step(motion: moving(), gates: .gap)
        driving.run(3)
        #expect(driving.tracker.phase == .waiting)
    }

    /// Data that came late, or cannot be judged, was still seen: the hold goes on.
    @Test(arguments: [Gates.stale, .saturated, .uncertain, .shaking, .posture, .loss, .late])
    func otherGatesDoNotEndTheHold(_ gate: Gates) {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        driving.run(2, gates: gate)
        #expect(driving.tracker.phase == .holding)
        #expect(driving.tracker.completed == 0)
    }

    @Test func theEndStopsARunningHold() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        driving.run(6)
        driving.end()
        #expect(driving.tracker.phase == .idle)
        #expect(driving.tracker.endedBy == .stopped)
        #expect(driving.tracker.completed == 1)
        #expect(driving.tracker.stanceSide == nil && driving.tracker.source == .unknown)
        #expect(near(driving.since(driving.tracker.holdEnd), 6.01))
    }

    @Test func theEndWithoutAHoldCountsNone() {
        var driving = Driving(side: .right)
        driving.run(1)
        driving.end()
        #expect(driving.tracker.phase == .idle)
        #expect(driving.tracker.completed == 0)
        #expect(driving.tracker.endedBy == .none)
    }

    @Test func aNewSetForgetsTheOld() {
        var driving = Driving(side: .right)
        driving.step(.toRight)
        driving.run(2)
        driving.tracker.begin(side: nil, time: Int64(2000e9))
        #expect(driving.tracker.phase == .waiting)
        #expect(driving.tracker.completed == 0 && driving.tracker.holdStart == 0)
        #expect(driving.tracker.stanceSide == nil)
    }

    @Test func namesAreThoseOfTheRecordings() {
        #expect(
            [HoldPhase.idle, .waiting, .holding, .lost].map(\.name) == [
                "idle", "waiting", "holding", "lost",
            ])
        #expect(
            [HoldEnd.none, .lowered, .balanceLost, .stopped, .lostData].map(\.name) == [
                "none", "lowered", "balance-lost", "stopped", "lost-data",
            ])
        #expect(
            [StanceSource.unknown, .given, .detected].map(\.name) == [
                "unknown", "given", "detected",
            ])
    }
}
