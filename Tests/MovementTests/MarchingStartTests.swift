// A set that begins while a knee is still up.

import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// What the set's repetitions are counted by, and how far its thighs go, degrees.
private struct Moved: CustomTestStringConvertible {
    var source: RepetitionSource
    var side: Side?
    /// Squats lower first, leg lifts do not.
    var lowersFirst: Bool
    var testDescription: String { "\(source)" }

    static let all = [
        Moved(source: .eitherThigh, side: nil, lowersFirst: true),
        Moved(source: .stanceThigh, side: .right, lowersFirst: true),
        Moved(source: .movingThigh, side: .left, lowersFirst: false),
    ]
}

@Suite("A set that begins in mid-march")
struct MarchingStartTests {
    /// The right knee is held up by 60° as the set begins and goes down from 1.5 s on; after `rest` s of standing
    /// come five repetitions of 40°, 2-1-2-1 s.
    private func set(_ moved: Moved, rest: Double) -> SetRecord {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: moved.side, targetHold: 0)
        plan.source = moved.source
        plan.lowersFirst = moved.lowersFirst
        plan.tempo = Tempo(raise: 2, hold: 1, lower: 2, rest: 1)
        plan.repetitions = 5
        var wearing = Wearing([.pelvis, .rightThigh, .leftThigh])
        let first = 2.5 + rest
        return wearing.doSet(plan, until: first + 5 * 6 + 2, segmentUp(0)) { wearing, time in
            let knee = 60 * (1 - Course.leastJerk.at((time - 1.5) / 0.8))
            let into = time - first
            let part = into < 0 || into > 30 ? 0 : into.truncatingRemainder(dividingBy: 6)
            let way = 40 * (Course.leastJerk.at(part / 2) - Course.leastJerk.at((part - 3) / 2))
            wearing.feed(.rightThigh, segmentUp(0, tilt: -knee - way))
            wearing.feed(.leftThigh, segmentUp(0, tilt: -way))
        }.record
    }

    @Test(
        "what follows is counted and measured from the stand", arguments: Moved.all, [3.0, 6, 12])
    fileprivate func standing(moved: Moved, rest: Double) {
        let repetitions = set(moved, rest: rest).repetitions
        #expect(repetitions.count == 5)
        for one in repetitions {
            #expect(abs(one.repetition.range / degree - 40) < 2, "\(one.repetition.range / degree)")
            #expect(abs(one.repetition.tempo.lower - 2) < 0.5, "\(one.repetition.tempo)")
        }
    }
}
