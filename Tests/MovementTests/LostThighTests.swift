// A thigh's sensor that falls silent in the middle of a repetition which only it shows.

import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

@Suite struct LostThighTests {
    /// Leg lifts of 30° on the left leg, 2-1-2-1 s, the first at 3 s; the right thigh's sensor is silent in `silence`.
    private func lifts(
        until end: Double, silence: ClosedRange<Double>
    ) -> (frames: [(time: Double, frame: MotionFrame)], record: SetRecord) {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: .left, targetHold: 0)
        plan.source = .movingThigh
        plan.fallback = .metronome
        plan.tempo = Tempo(raise: 2, hold: 1, lower: 2, rest: 1)
        plan.repetitions = 8
        var wearing = Wearing([.pelvis, .rightThigh])
        return wearing.doSet(plan, until: end, segmentUp(0)) { wearing, time in
            let into = time - 3
            let part = into < 0 ? 0 : into.truncatingRemainder(dividingBy: 6)
            let lift = 30 * (Course.leastJerk.at(part / 2) - Course.leastJerk.at((part - 3) / 2))
            if !silence.contains(time) { wearing.feed(.rightThigh, segmentUp(-lift)) }
        }
    }

    /// The second lift is under way from 9 s; the leg is still going up at 10 s.
    @Test func aLiftThatIsLostOnItsWayUpIsGivenUpAndTheClockGoesOn() throws {
        let (frames, record) = lifts(until: 40, silence: 10...27.5)
        func frame(_ time: Double) throws -> MotionFrame {
            try #require(frames.first { $0.time > time }).frame
        }
        // One was done before; what cannot be seen is not said to go on.
        #expect(try frame(9.9).repetitions == 1 && frame(9.9).isPhaseSeen)
        #expect(try frame(9.9).repetitionPhase == .raise)
        let lost = try frame(12)
        #expect(!lost.isPhaseSeen, "the clock takes over")
        // From about 10.5 s on the clock counts one in 6 s, at the end of its 5 s of movement: 15.5 and 21.5 s,
        // and the third would end at 27.5 s, when the thigh is back.
        #expect(try frame(15).repetitions == 1 && frame(17).repetitions == 2)
        #expect(try frame(26).repetitions == 3)
        // Back in the hold of the lift from 27 s on, where it is no more known than before; those from 33 s on are.
        #expect(try frame(29.5).isPhaseSeen)
        #expect(try frame(36.5).repetitionPhase == .hold || frame(35.5).repetitionPhase == .hold)
        let seen = record.repetitions.filter(\.repetition.isSeen)
        let last = try #require(seen.last)
        #expect(abs(last.repetition.range / degree - 30) < 1.5)
        #expect(abs(last.repetition.tempo.raise - 2) < 0.5)
    }

    /// On its way down from 12 s on it had been done; how is not known.
    @Test func aLiftThatIsLostOnItsWayDownCountsAndIsNotJudged() throws {
        let record = lifts(until: 14.8, silence: 12.8...60).record
        #expect(record.repetitions.map(\.isJudged) == [true, false])
        #expect(record.repetitions.map(\.repetition.isSeen) == [true, false])
        #expect(record.cleanShare == 1, "of the one that was seen")
    }

    @Test func aMomentsSilenceIsBridged() throws {
        // 0.3 s in the middle of the second lift's way up, and 0.3 s in the rest after it.
        for silence in [9.9...10.2, 14.4...14.7] {
            let record = lifts(until: 22, silence: silence).record
            #expect(record.repetitions.count == 3)
            for one in record.repetitions {
                #expect(one.repetition.isSeen && one.isJudged)
                #expect(abs(one.repetition.tempo.raise - 2) < 0.5, "\(one.repetition.tempo)")
            }
        }
    }

    /// 0.5 rad of a thigh's way and 0.2 m of the pelvis' height are no fall of 60 %.
    @Test func aRangeInOtherUnitsIsNotCompared() throws {
        var judge = RepetitionJudge()
        judge.begin(wanted: 10)
        func shortfall(_ range: Double) -> Double? {
            var signals = SignalValues()
            judge.step(
                Repetition(tempo: Tempo(raise: 2, hold: 1, lower: 3, rest: 1), range: range),
                target: 3, drop: nil, sway: nil, signals: &signals)
            return signals.value(.rangeShortfall)
        }
        for _ in 0..<3 { _ = shortfall(0.5) }
        #expect(abs(try #require(shortfall(0.4)) - 0.2) < 1e-9)
        judge.forgetRange()
        for _ in 0..<3 { #expect(shortfall(0.2) == nil) }
        #expect(abs(try #require(shortfall(0.15)) - 0.25) < 1e-9)
    }
}
