// An exercise that may be done lying or standing: until the person is in place, nothing is cued.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Buttock squeezes: 1 s, 5 s, 1 s, rest of 3 s by the clock; the pelvis is to stay within 3 degrees.
private func squeezes() -> MovementPlan {
    var plan = MovementPlan(task: .repetitions, posture: .supine, stanceSide: nil, targetHold: 5)
    for posture in [Posture.prone, .leftSide, .rightSide, .upright] {
        plan.otherPostures |= posture.bit
    }
    plan.source = .metronome
    plan.tempo = Tempo(raise: 1, hold: 5, lower: 1, rest: 3)
    plan.repetitions = 10
    plan.restsUpright = false
    _ = plan.add(
        Rule(
            id: RuleID(number: 8), signal: .tiltChange, on: 3 * degree, off: 2 * degree,
            minimumOn: 0.5))
    return plan
}

extension Wearing {
    /// The pelvis tips by `degrees` (backward below zero) from `start` in `seconds`: the course of least
    /// jerk (Flash and Hogan 1985), with the rate that a gyroscope shows.
    fileprivate mutating func tip(_ degrees: Double, from start: Double = 0, in seconds: Double) {
        let count = Int((seconds * 100).rounded())
        for index in 1...count {
            let part = Double(index) / Double(count)
            let way = pow(part, 3) * (10 - 15 * part + 6 * part * part)
            let speed = 30 * pow(part * (1 - part), 2) / seconds
            rate = Vector3(0, 0, -degrees * degree * speed)
            step(segmentUp(0, tilt: start + degrees * way))
        }
        rate = .zero
    }

    /// Repetitions counted so far.
    fileprivate var counted: UInt16 { frames.last?.repetitions ?? 0 }
}

@Suite("Getting in place")
struct GettingInPlaceTests {
    private let standing = segmentUp(0)
    private let lying = segmentUp(0, tilt: -90)

    /// Whoever has pressed the key stands for a moment, or longer, before lying down.
    @Test(
        "lying down from the stand is no tipping of the belt",
        arguments: [0.5, 1.2, 2, 4, 5.5, 8], [3.0, 4, 6])
    func lyingDown(stood: Double, seconds: Double) throws {
        var wearing = Wearing()
        wearing.body.begin(squeezes(), time: wearing.time)
        wearing.run(stood, standing)
        wearing.tip(-90, in: seconds)
        wearing.run(3, lying)
        #expect(
            wearing.alerts.isEmpty, "\(wearing.alerts.map { ($0.time, $0.alert.value / degree) })")
        #expect(wearing.frames.last?.phase == .holding && wearing.counted == 0)
        // In place the belt is watched from the lying rest, without delay: 5° crosses 3° half way.
        let begin = wearing.now
        wearing.tip(-5, from: -90, in: 0.4)
        wearing.run(1, segmentUp(0, tilt: -95))
        let cue = try #require(wearing.alerts.first)
        // The rest is the mean of a second, the last of the way down among it.
        #expect(cue.alert.rule.number == 8 && abs(cue.alert.value - 5 * degree) < 0.5 * degree)
        #expect(cue.time - begin > 0.7 && cue.time - begin < 0.75, "\(cue.time - begin)")
    }

    @Test("who stands and stays is in place after five seconds, and is cued without delay")
    func standing5Seconds() throws {
        var wearing = Wearing()
        wearing.body.begin(squeezes(), time: wearing.time)
        wearing.run(4.9, standing)
        #expect(wearing.frames.last?.phase == .waiting)
        wearing.run(2, standing)
        #expect(wearing.frames.last?.phase == .holding)
        let begin = wearing.now
        wearing.tip(5, in: 0.4)
        wearing.run(1, segmentUp(0, tilt: 5))
        let cue = try #require(wearing.alerts.first)
        #expect(cue.alert.rule.number == 8)
        #expect(cue.time - begin > 0.7 && cue.time - begin < 0.75, "\(cue.time - begin)")
        wearing.run(12, standing)
        #expect(wearing.counted == 1)
    }

    /// On the way to the mat: steps tilt the pelvis by a few degrees all the time.
    @Test("a person who walks about is not in place")
    func walking() {
        var wearing = Wearing()
        wearing.body.begin(squeezes(), time: wearing.time)
        wearing.run(2, standing)
        for _ in 0..<8 {
            wearing.tip(4, in: 0.5)
            wearing.tip(-4, from: 4, in: 0.5)
        }
        #expect(wearing.alerts.isEmpty)
        #expect(wearing.frames.last?.phase == .waiting && wearing.counted == 0)
    }

    /// Where the loudspeaker is slow, cues come after the movement; getting in place is no movement.
    @Test("lying down is not told after the first repetition either")
    func cuesAtTheEnd() {
        var plan = squeezes()
        plan.cuesAtEnd = true
        var wearing = Wearing()
        wearing.body.begin(plan, time: wearing.time)
        wearing.run(6, standing)
        wearing.tip(-90, in: 4)
        wearing.run(12, lying)
        #expect(wearing.counted == 1 && wearing.alerts.isEmpty)
        wearing.tip(-5, from: -90, in: 0.4)
        wearing.run(7, segmentUp(0, tilt: -95))
        #expect(wearing.counted == 2 && wearing.alerts.count == 1)
    }

    /// An exercise that is done standing only is not waited for.
    @Test("where standing is the only posture, the clock starts at once")
    func standingOnly() {
        var plan = squeezes()
        plan.posture = .upright
        plan.otherPostures = 0
        var wearing = Wearing()
        wearing.body.begin(plan, time: wearing.time)
        wearing.run(0.1, standing)
        #expect(wearing.frames.last?.phase == .holding)
    }
}
