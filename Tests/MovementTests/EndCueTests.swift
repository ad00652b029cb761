// Cues for late data: nothing in the movement, one at its end, by priority, with the largest value.

import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Lying on the back with a bridge every four seconds; both of its rules are broken in each.
@Suite struct EndCueTests {
    /// One set on a perfect sensor; the pelvis sags by `sag` degrees in the far half of each bridge.
    private func run(
        late: Bool, cuesAtEnd: Bool, mayCue: Bool = true, sag: Double = 9,
        cuedMovements: UInt16 = .max
    ) throws -> (alerts: [Alert], ends: [Int64], frames: [MotionFrame]) {
        var body = Body()
        body.align(.pelvis, .identity)
        var plan = MovementPlan(
            task: .repetitions, posture: .supine, stanceSide: nil, targetHold: 0)
        plan.source = .bridgeHeight
        plan.tempo = Tempo(raise: 1, hold: 1, lower: 1, rest: 1)
        plan.restsUpright = false
        plan.cuesAtEnd = cuesAtEnd
        plan.mayCue = mayCue
        plan.cuedMovements = cuedMovements
        let c01 = try #require(RuleID(name: "C01"))
        let c08 = try #require(RuleID(name: "C08"))
        // C08 (priority below C01) is put first: the order of the file must not matter.
        _ = plan.add(
            Rule(id: c08, signal: .tiltChange, on: 5 * degree, off: 3 * degree, minimumOn: 0.1))
        _ = plan.add(Rule(id: c01, signal: .sag, on: 5 * degree, off: 3 * degree, minimumOn: 0.1))
        body.begin(plan, time: 0)
        var alerts: [Alert] = []
        var ends: [Int64] = []
        var frames: [MotionFrame] = []
        for index in 1...2400 {
            let time = Double(index) * 0.01
            let into = time - 4
            let part = into > 0 && into < 16 ? into.truncatingRemainder(dividingBy: 4) : 3.9
            let way = ramp(part) - ramp(part - 2)
            let tip = 24 * degree * way
            let side = sag * degree * max(0, way * 2 - 1)
            // Supine: X up; the bridge lifts the lower end, the sag turns Z from level.
            let up = Vector3(
                sineAndCosine(tip).cosine * sineAndCosine(side).cosine,
                sineAndCosine(tip).sine * sineAndCosine(side).cosine, sineAndCosine(side).sine)
            let host = Int64(time * 1e9)
            var frame = MotionFrame()
            frame.time = host
            frame.arrival = host + (late ? 300_000_000 : 10_000_000)
            let observation = SegmentObservation(
                time: host, interval: 0.01, period: 0.01, upInSensor: up,
                specificForce: up * standardGravity, sigma: 0.1 * degree, saturated: false,
                unknown: false, batched: late, age: frame.arrival - host, angularRate: .zero)
            if let alert = body.step(.pelvis, observation, frame: &frame) { alerts.append(alert) }
            if let repetition = frame.repetition { ends.append(repetition.end) }
            frames.append(frame)
        }
        return (alerts, ends, frames)
    }

    /// Half a cosine from 0 to 1 within the first second.
    private func ramp(_ time: Double) -> Double {
        let u = max(0, min(1, time))
        return u * u * (3 - 2 * u)
    }

    @Test func freshDataAreCuedInTheMovement() throws {
        let result = try run(late: false, cuesAtEnd: false)
        #expect(result.ends.count == 4)
        // The first cue of each bridge comes before its end.
        let first = try #require(result.alerts.first)
        #expect(first.time < result.ends[0])
    }

    @Test func lateDataWithoutTheSwitchAreNotCuedAtAll() throws {
        #expect(try run(late: true, cuesAtEnd: false).alerts.isEmpty)
    }

    @Test func lateDataAreCuedOnceAfterEachMovement() throws {
        let result = try run(late: true, cuesAtEnd: true)
        #expect(result.ends.count == 4)
        #expect(result.alerts.count == 4)
        for (alert, end) in zip(result.alerts, result.ends) {
            // One at a time, the more important first (compensations 5).
            #expect(alert.rule.name == "C01")
            #expect(alert.time >= end)
            // It counts as new from the arrival of the sample that ended the movement.
            #expect(alert.time - end < 1_300_000_000)
            // The largest sag of the movement, not the last.
            #expect(abs(alert.value - 9 * degree) < 0.5 * degree)
        }
        // Reports still see which rules were active while.
        #expect(result.frames.contains { $0.activeRules & 1 != 0 && $0.activeRules & 2 != 0 })
        #expect(result.frames.allSatisfy { !$0.gates.has(.late) && !$0.gates.has(.stale) })
    }

    @Test func aProbeJudgesAndSaysNothing() throws {
        let result = try run(late: false, cuesAtEnd: false, mayCue: false)
        #expect(result.alerts.isEmpty)
        #expect(result.frames.contains { $0.activeRules & 2 != 0 })
    }

    /// What follows the movements that may be cued is judged, silent, and its error kept apart.
    @Test(arguments: [false, true])
    func theSilentPartIsJudgedAndNotCued(_ late: Bool) throws {
        let all = try run(late: late, cuesAtEnd: late)
        let result = try run(late: late, cuesAtEnd: late, cuedMovements: 3)
        // Nothing but the fourth bridge's cues is missing.
        let third = result.ends[2] + (late ? 1_300_000_000 : 0)
        #expect(all.alerts.contains { $0.time > third })
        #expect(result.alerts.map(\.time) == all.alerts.filter { $0.time <= third }.map(\.time))
        var plan = MovementPlan(
            task: .repetitions, posture: .supine, stanceSide: nil, targetHold: 0)
        plan.source = .bridgeHeight
        let c01 = try #require(RuleID(name: "C01"))
        // The frames' second rule; the first is not looked at.
        let sag = Rule(
            id: c01, signal: .sag, on: 5 * degree, off: 3 * degree, minimumOn: 0.1)
        _ = plan.add(sag)
        _ = plan.add(sag)
        var record = SetRecord(plan: plan)
        for var frame in result.frames {
            frame.segment = .pelvis
            frame.sample.interval = 0.01
            record.add(frame)
        }
        let rule = record.rules[1]
        // One bridge of four, each judged alike.
        #expect(abs(rule.silentJudged / rule.judged - 0.25) < 0.06, "\(rule)")
        #expect(abs(rule.silentExcess / rule.excess - 0.25) < 0.02, "\(rule)")
        var dependence = CueDependence()
        dependence.add([rule], isProbe: false)
        #expect(abs(dependence.cuedTime + dependence.probeTime - rule.judged) < 1e-9)
        let total = rule.excess / degree
        #expect(abs(dependence.cuedExcess + dependence.probeExcess - total) < 1e-9)
        #expect(abs(dependence.probeExcess / total - 0.25) < 0.02)
    }

    @Test func aCleanMovementIsNotCuedAtItsEnd() throws {
        let result = try run(late: true, cuesAtEnd: true, sag: 0)
        // The bridge itself tips the pelvis; only C01 must stay silent.
        #expect(!result.alerts.contains { $0.rule.name == "C01" })
    }

    @Test func thePlanIsWrittenWithTheSwitch() throws {
        var plan = MovementPlan(
            task: .steps, posture: .upright, stanceSide: nil, targetHold: 0)
        plan.cuesAtEnd = true
        #expect(plan.words.contains("cues-at-end=1"))
        #expect(try #require(MovementPlan(words: plan.words)).cuesAtEnd)
    }
}
