// Gates: when nothing may be said.

import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000
private let degree = Double.pi / 180

/// A good observation of an upright pelvis at rest, 100 Hz.
private func good(at time: Int64, interval: Double = 0.01) -> SegmentObservation {
    SegmentObservation(
        time: time, interval: interval, period: 0.01, upInSensor: Vector3(0, 1, 0),
        specificForce: Vector3(0, standardGravity, 0), sigma: 0.5 * degree, saturated: false,
        unknown: false, batched: false)
}

/// Runs a keeper; every step is 10 ms unless the observation says otherwise.
private struct Keeping {
    var keeper = GateKeeper()
    var time: Int64 = 100 * second

    mutating func step(
        up: Vector3? = Vector3(0, 1, 0), posture: Posture = .upright, wanted: Posture? = .upright,
        interval: Double = 0.01, _ change: (inout SegmentObservation) -> Void = { _ in }
    ) -> Gates {
        time += interval > 0 ? Int64(interval * 1e9) : second / 100
        var observation = good(at: time, interval: interval)
        change(&observation)
        return keeper.check(observation, upInPelvis: up, posture: posture, wanted: wanted)
    }

    mutating func run(_ count: Int) -> Gates {
        var all = Gates.none
        for _ in 0..<count { all.close(step()) }
        return all
    }
}

@Suite struct GateTests {
    @Test func goodDataOpensEveryGate() {
        var keeping = Keeping()
        #expect(keeping.run(3000).isOpen)
    }

    @Test func withoutAnAlignmentNothingIsCalibrated() {
        var keeping = Keeping()
        let gates = keeping.step(up: nil)
        #expect(gates.names == ["uncalibrated"])
        #expect(keeping.step().isOpen)
    }

    @Test func saturationClosesWhileItLasts() {
        var keeping = Keeping()
        #expect(keeping.step { $0.saturated = true }.names == ["saturated"])
        #expect(keeping.step().isOpen)
    }

    /// Half the 3° floor: one standard deviation of 1.5°.
    @Test func anUncertainTiltCloses() {
        var keeping = Keeping()
        #expect(keeping.step { $0.sigma = 1.49 * degree }.isOpen)
        #expect(keeping.step { $0.sigma = 1.51 * degree }.names == ["uncertain"])
        #expect(keeping.step { $0.sigma = .nan }.names == ["uncertain"])
        #expect(keeping.step { $0.sigma = .infinity }.names == ["uncertain"])
        #expect(keeping.step { $0.unknown = true }.names == ["uncertain"])
        #expect(keeping.step().isOpen)
    }

    @Test func batchesAreTooLate() {
        var keeping = Keeping()
        #expect(keeping.step { $0.batched = true }.names == ["late"])
    }

    /// Issue 2, point 6: no cue on data older than 150 ms when it comes.
    @Test func dataThatComesLateIsStale() {
        var keeping = Keeping()
        #expect(keeping.step { $0.age = 150_000_000 }.isOpen)
        #expect(keeping.step { $0.age = 150_000_001 }.names == ["stale"])
        #expect(keeping.step().isOpen)
    }

    @Test func anotherPostureThanThePlansCloses() {
        var keeping = Keeping()
        #expect(keeping.step(posture: .supine).names == ["posture"])
        #expect(keeping.step(posture: .unknown).names == ["posture"])
        #expect(keeping.step(posture: .supine, wanted: nil).isOpen)
    }

    /// No sample for more than 150 ms: closed, and for half a second of data after it.
    @Test func aGapClosesForHalfASecond() {
        var keeping = Keeping()
        _ = keeping.run(100)
        #expect(keeping.step(interval: 0.15).isOpen)
        _ = keeping.run(100)
        #expect(keeping.step(interval: 0.16).has(.gap))
        var closedFor = 0.0
        while keeping.step().has(.gap) { closedFor += 0.01 }
        #expect(abs(closedFor - 0.49) < 0.02)
        #expect(keeping.step().isOpen)
    }

    /// A sensor that restarts has no interval to its last sample, yet nothing was seen meanwhile.
    @Test func aRestartAfterASilenceIsAGap() {
        var keeping = Keeping()
        _ = keeping.run(100)
        keeping.time += 10 * second
        #expect(keeping.step(interval: 0).has(.gap))
        #expect(keeping.step().has(.gap))
        _ = keeping.run(60)
        #expect(keeping.step().isOpen)
    }

    @Test func theFirstSampleIsNoGap() {
        var keeping = Keeping()
        #expect(keeping.step(interval: 0).isOpen)
    }

    /// More than 0.5 g from 1 g for more than 0.3 s, either way.
    @Test(arguments: [0.4, 1.6])
    func shakingClosesAfterItsTime(_ g: Double) {
        var keeping = Keeping()
        var open = 0
        for _ in 0..<31 where keeping.step({ $0.specificForce.y = g * standardGravity }).isOpen {
            open += 1
        }
        #expect(open == 31)
        let gates = keeping.step { $0.specificForce.y = g * standardGravity }
        #expect(gates.names == ["shaking"])
        #expect(keeping.step().isOpen)
    }

    @Test(arguments: [0.51, 1.49])
    func whatIsWithinHalfAGIsNoShaking(_ g: Double) {
        var keeping = Keeping()
        var all = Gates.none
        for _ in 0..<200 {
            all.close(keeping.step { $0.specificForce.y = g * standardGravity })
        }
        #expect(all.isOpen)
    }

    /// One sample in five lost: above a tenth over 10 s, so it closes; one in twenty does not.
    @Test func muchLossCloses() {
        var keeping = Keeping()
        var closedAt: Double?
        for step in 0..<1000 {
            let gates = keeping.step(interval: step % 4 == 3 ? 0.02 : 0.01)
            if closedAt == nil, gates.has(.loss) { closedAt = Double(step) * 0.0125 }
        }
        let closed = closedAt ?? .infinity
        #expect(closed > 2 && closed < 12, "\(closed)")
        #expect(keeping.step().has(.loss))
        for _ in 0..<2000 { _ = keeping.step() }
        #expect(keeping.step().isOpen)

        var little = Keeping()
        var all = Gates.none
        for step in 0..<4000 { all.close(little.step(interval: step % 19 == 18 ? 0.02 : 0.01)) }
        #expect(all.isOpen)
    }

    /// A recovered clock makes intervals uneven without a loss.
    @Test func jitterIsNoLoss() {
        var keeping = Keeping()
        var all = Gates.none
        for step in 0..<4000 { all.close(keeping.step(interval: step % 2 == 0 ? 0.013 : 0.007)) }
        #expect(all.isOpen)
    }

    /// The limits come with the plan of a set, and a recording keeps them.
    @Test func aPersonsOwnLimitsHoldInTheSet() throws {
        func gates(_ change: (inout GateLimits) -> Void) throws -> [String] {
            var plan = stancePlan(.right, 10)
            change(&plan.gateLimits)
            // As a replay reads it.
            plan = try #require(MovementPlan(words: plan.words))
            var wearing = Wearing()
            wearing.run(3, segmentUp(0))
            wearing.body.begin(plan, time: wearing.time)
            wearing.change = { $0.specificForce = $0.specificForce * 1.6 }
            wearing.run(0.5, segmentUp(0))
            return wearing.frames.last?.gates.names ?? []
        }
        #expect(try gates { _ in }.contains("shaking"))
        #expect(try !gates { $0.shakingForce = 0.8 * standardGravity }.contains("shaking"))
        #expect(try !gates { $0.shakingAfter = 700_000_000 }.contains("shaking"))
        for word in ["1,2,3", "1,2,0,4,0.1,0.1", "-1,2,3,4,0.1,0.1", "1,2,nan,4,0.1,0.1", ""] {
            #expect(GateLimits(word: word) == nil, "\(word)")
        }
    }

    @Test func severalGatesAreNamedInOrder() {
        var gates = Gates.none
        #expect(gates.isOpen && gates.names.isEmpty)
        let all: [(Gates, String)] = [
            (.uncalibrated, "uncalibrated"), (.stale, "stale"), (.saturated, "saturated"),
            (.uncertain, "uncertain"), (.gap, "gap"), (.shaking, "shaking"),
            (.posture, "posture"), (.stanceUnknown, "stance-unknown"), (.loss, "loss"),
            (.late, "late"),
        ]
        for (gate, _) in all.reversed() {
            #expect(!gates.has(gate))
            gates.close(gate)
            #expect(gates.has(gate) && !gates.isOpen)
        }
        #expect(gates.names == all.map(\.1))
    }
}
