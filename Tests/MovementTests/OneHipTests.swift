// C17 in an exercise that is done standing: half a minute on one hip, and one nudge in ten.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// The static outward push, standing: 1 s, 5 s, 1 s, rest of 3 s by the clock.
private func push(repetitions: UInt16 = 5) -> MovementPlan {
    var plan = MovementPlan(task: .repetitions, posture: .upright, stanceSide: nil, targetHold: 5)
    plan.source = .metronome
    plan.tempo = Tempo(raise: 1, hold: 5, lower: 1, rest: 3)
    plan.repetitions = repetitions
    _ = plan.add(
        Rule(
            id: RuleID(number: 17), signal: .hang, on: 4 * degree, off: 3 * degree, minimumOn: 30,
            refractory: 600))
    return plan
}

@Suite("Standing on one hip in an exercise")
struct OneHipTests {
    private func cues(of wearing: Wearing) -> [Double] { wearing.alerts.map(\.time) }

    @Test(
        "half a minute on one hip is told, through the rests of the clock", arguments: [-4.3, 4.9])
    func hung(obliquity: Double) throws {
        var wearing = Wearing()
        // As a person who stands sways.
        wearing.rate = Vector3(0.5 * degree, 0, 0)
        wearing.body.begin(push(), time: wearing.time)
        wearing.run(4, segmentUp(0))
        wearing.run(29.5, segmentUp(obliquity))
        #expect(cues(of: wearing).isEmpty)
        wearing.run(1, segmentUp(obliquity))
        let cue = try #require(wearing.alerts.first)
        #expect(cue.alert.rule.number == 17 && abs(cue.time - 34) < 0.1, "\(cue.time)")
        #expect(abs(cue.alert.value - abs(obliquity) * degree) < 1e-9)
    }

    @Test("less than 4 degrees, less than half a minute, or moving about, are not")
    func notHung() {
        var wearing = Wearing()
        wearing.body.begin(push(repetitions: 60), time: wearing.time)
        wearing.run(60, segmentUp(3.8))
        wearing.run(29, segmentUp(4.8))
        wearing.run(2, segmentUp(0))
        wearing.run(29, segmentUp(-4.8))
        wearing.run(2, segmentUp(0))
        // Whoever walks about turns the pelvis by more than 8 degrees a second.
        wearing.rate = Vector3(0, 20 * degree, 0)
        wearing.run(60, segmentUp(4.8))
        #expect(cues(of: wearing).isEmpty)
    }

    @Test("one nudge in ten minutes, however many repetitions that are")
    func oneInTenMinutes() {
        var wearing = Wearing()
        wearing.body.begin(push(repetitions: 200), time: wearing.time)
        // The first nudge comes after 30 s, the next one 600 s later.
        for _ in 0..<9 {
            wearing.run(60, segmentUp(4.8))
            wearing.run(5, segmentUp(0))
        }
        #expect(cues(of: wearing).count == 1)
        wearing.run(60, segmentUp(4.8))
        #expect(cues(of: wearing).count == 2)
        let times = cues(of: wearing)
        #expect(abs(times[1] - times[0] - 600) < 0.1, "\(times)")
    }
}
