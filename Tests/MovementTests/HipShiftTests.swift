// What moves a pelvis sensor sideways without the hips: the pelvis tipping over them.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷ and its first two derivatives over a time of `length` s.
private func smooth(
    _ time: Double, start: Double, length: Double
) -> (way: Double, rate: Double, acceleration: Double) {
    let u = (time - start) / length
    guard u > 0 else { return (0, 0, 0) }
    guard u < 1 else { return (1, 0, 0) }
    let rest = 1 - u
    return (
        u * u * u * u * (35 + u * (-84 + u * (70 - 20 * u))),
        140 * u * u * u * rest * rest * rest / length,
        420 * u * u * rest * rest * (1 - 2 * u) / (length * length)
    )
}

@Suite struct HipShiftTests {
    /// Events of a person who shifts to the right by `way` m within `length` s at 4 s and back at 30 s, and
    /// tips the pelvis by `drop` rad for two seconds at 10, 15, 20 and 25 s; the sensor sits 10 cm above the
    /// hips.
    private func events(
        way: Double, length: Double, drop: Double, seesRate: Bool
    ) -> [(time: Double, event: ShiftEvent)] {
        var detector = LateralShift()
        var events: [(time: Double, event: ShiftEvent)] = []
        for index in 1...3600 {
            let time = Double(index) * 0.01
            let there = smooth(time, start: 4, length: length)
            let home = smooth(time, start: 30, length: length)
            var tip = (way: 0.0, rate: 0.0, acceleration: 0.0)
            for start in [10.0, 15, 20, 25] {
                let down = smooth(time, start: start, length: 0.5)
                let up = smooth(time, start: start + 2, length: 0.5)
                tip.way -= (down.way - up.way) * drop
                tip.rate -= (down.rate - up.rate) * drop
                tip.acceleration -= (down.acceleration - up.acceleration) * drop
            }
            let sideways = (there.acceleration - home.acceleration) * way + 0.1 * tip.acceleration
            // Standing on the right, a drop of the left side turns the pelvis' top to the left.
            let event = detector.step(
                up: Vector3(0, cos(tip.way), -sin(tip.way)),
                specificForce: Vector3(
                    0, standardGravity * cos(tip.way) + sideways * sin(tip.way),
                    -standardGravity * sin(tip.way) + sideways * cos(tip.way)),
                angularRate: seesRate ? Vector3(tip.rate, 0, 0) : .zero, interval: 0.01,
                time: Int64(time * 1e9))
            if event != .none { events.append((time, event)) }
        }
        return events
    }

    @Test(arguments: [4.0, 8, 12, 16])
    func aPelvisThatDropsIsNoShift(_ drop: Double) {
        let seen = events(way: 0.07, length: 0.9, drop: drop * degree, seesRate: true)
        #expect(seen.map(\.event) == [.toRight, .toLeft])
        #expect(seen.last.map { $0.time > 30 && $0.time < 31 } == true)
    }

    /// The same movement without a gyroscope looks like a shift: the test above can fail.
    @Test func withoutARateAFarDropLooksLikeAShift() {
        #expect(events(way: 0.07, length: 0.9, drop: 16 * degree, seesRate: false).count > 2)
    }

    /// 5.5 cm in 1 s, the softest shift of the synthetic people.
    @Test func aSoftWayBackIsSeenOnceTheEchoOfTheWayThereIsOver() {
        let seen = events(way: 0.055, length: 1, drop: 0, seesRate: true)
        #expect(seen.map(\.event) == [.toRight, .toLeft])
    }
}

@Suite struct DriftTests {
    /// Speed of `ways` there and back without a rest, each way 1 m in 2 s.
    private func history(drift: Double) -> VelocityHistory {
        var history = VelocityHistory()
        for index in 1...400 {
            let time = Double(index) * 0.02
            let speed =
                smooth(time, start: 2, length: 2).rate - smooth(time, start: 4, length: 2).rate
            history.add(speed + drift * max(0, time - 2), time: time, interval: 0.02)
        }
        return history
    }

    @Test(arguments: [-0.04, 0.02, 0.06])
    func anEvenDriftIsFoundByTheWayThatIsMissing(_ drift: Double) {
        var history = history(drift: drift)
        let found = history.balance(from: 2, to: 6, least: 0.03, most: 0.6)
        #expect(abs(found - drift) < 0.05 * abs(drift))
        #expect(abs(history.way(from: 2, to: 6)) < 0.01)
        #expect(abs(history.way(from: 2, to: 4) - 1) < 0.03)
    }

    @Test func whatIsNoDriftIsLeftAlone() {
        var even = history(drift: 0)
        #expect(even.balance(from: 2, to: 6, least: 0.03, most: 0.6) == 0)
        // Half of the way only: the person has not come back yet.
        var half = history(drift: 0)
        #expect(half.balance(from: 2, to: 4, least: 0.03, most: 0.6) == 0)
        #expect(abs(half.way(from: 2, to: 4) - 1) < 0.01)
    }
}
