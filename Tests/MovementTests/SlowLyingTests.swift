// Whoever stands still for long and lies down slowly, or by way of the knees, is not cued on the way.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// A squeeze, a bridge and a push: their postures, rules and tempos.
private enum Lying: String, CaseIterable {
    case squeeze, bridge, push

    var plan: MovementPlan {
        var plan = MovementPlan(
            task: .repetitions, posture: .supine, stanceSide: nil, targetHold: 5)
        plan.source = self == .bridge ? .bridgeHeight : .metronome
        plan.tempo =
            self == .bridge
            ? Tempo(raise: 2, hold: 2, lower: 2, rest: 1)
            : Tempo(raise: 1, hold: 5, lower: 1, rest: 3)
        plan.repetitions = 10
        plan.restsUpright = false
        if self == .squeeze {
            for posture in [Posture.prone, .leftSide, .rightSide, .upright] {
                plan.otherPostures |= posture.bit
            }
        }
        func rule(_ number: UInt8, _ signal: Signal, _ on: Double, _ off: Double, _ time: Double) {
            _ = plan.add(
                Rule(
                    id: RuleID(number: number), signal: signal, on: on * degree, off: off * degree,
                    minimumOn: time))
        }
        switch self {
        case .squeeze: rule(8, .tiltChange, 3, 2, 0.5)
        case .bridge: rule(1, .sag, 5, 3.5, 0.3)
        case .push:
            rule(8, .tiltChange, 5, 3, 0.5)
            rule(1, .sag, 5, 3, 0.5)
        }
        return plan
    }
}

/// A person who sways by a third of a degree, as in a quiet stand.
private struct SwayingPerson {
    var wearing = Wearing()
    private var tilt = 0.0
    private var lean = 0.0
    /// Where the body is without its sway: tilt and obliquity, degrees.
    private var pose = (tilt: 0.0, obliquity: 0.0)

    init(_ plan: MovementPlan) { wearing.body.begin(plan, time: wearing.time) }

    /// The course of least jerk (Flash and Hogan 1985) to a pose; sway lessens with the height of the trunk.
    mutating func go(to tilt: Double, obliquity: Double = 0, in seconds: Double) {
        let from = pose
        let count = Int((seconds * 100).rounded())
        for index in 1...max(1, count) {
            let part = Double(index) / Double(count)
            let way = pow(part, 3) * (10 - 15 * part + 6 * part * part)
            pose = (
                from.tilt + (tilt - from.tilt) * way,
                from.obliquity + (obliquity - from.obliquity) * way
            )
            step()
        }
    }

    mutating func stay(_ seconds: Double) {
        for _ in 0..<Int((seconds * 100).rounded()) { step() }
    }

    private mutating func step() {
        let time = wearing.now
        let sway = 0.3 * cos(pose.tilt * degree)
        let now = pose.tilt + sway * (sin(2 * time) + 0.5 * sin(4.7 * time + 1))
        let side = pose.obliquity + sway * 0.6 * sin(1.3 * time + 2)
        wearing.rate = Vector3(side - lean, 0, tilt - now) * (degree * 100)
        (tilt, lean) = (now, side)
        wearing.step(segmentUp(side, tilt: now))
    }
}

@Suite("Lying down slowly")
struct SlowLyingTests {
    @Test(
        "from a long stand, in one go",
        arguments: Lying.allCases, [8.0, 10, 14, 20])
    private func inOneGo(_ exercise: Lying, seconds: Double) {
        for stood in [5.5, 8, 9.5] {
            var person = SwayingPerson(exercise.plan)
            person.stay(stood)
            person.go(to: -90, in: seconds)
            person.stay(3)
            let cues = person.wearing.alerts.map { ($0.time, $0.alert.value / degree) }
            #expect(cues.isEmpty, "stood \(stood) s: \(cues)")
        }
    }

    /// Down on the knees, a hand on the floor, a look round; then seated, and from there on the back.
    @Test("by way of the knees", arguments: Lying.allCases, [1.0, 2.0, 3.0])
    private func overTheKnees(_ exercise: Lying, pause: Double) {
        var person = SwayingPerson(exercise.plan)
        person.stay(8)
        person.go(to: 25, in: 2)
        person.stay(pause)
        person.go(to: 32, obliquity: 15, in: 1.5)
        person.stay(pause)
        person.go(to: -25, in: 2)
        person.stay(pause)
        person.go(to: -90, in: 4)
        person.stay(3)
        let cues = person.wearing.alerts.map { ($0.time, $0.alert.value / degree) }
        #expect(cues.isEmpty, "\(cues)")
    }
}
