// A repetition's times from its vertical acceleration: noise, levers, errors of tilt, and other shapes.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// A way of 14 cm there and back as a sensor feels it.
private struct Felt {
    /// When the ways out and back begin and end, s.
    var out = MovementSpan(start: 3.1, end: 5.0)
    var back = MovementSpan(start: 5.4, end: 8.3)
    /// Least jerk (Flash and Hogan 1985) or the seventh-order step.
    var isLeastJerk = false
    /// m/s²: spread of the accelerometer's noise.
    var noise = 0.0
    /// m that the sensor sits behind the hips, which tip forward by 18° around the start.
    var behind = 0.0
    /// rad of tilt error while the hips are pushed aside by 15 cm in a second.
    var tiltError = 0.0
    /// Whether what stands beside the acceleration is handed on.
    var tellsBeside = true
    var seed: UInt64 = 1

    /// Second derivative of the way from 0 to 1 over u, by differences of its polynomial.
    private func turn(_ u: Double) -> Double {
        func way(_ u: Double) -> Double {
            let u = max(0, min(1, u))
            return isLeastJerk
                ? pow(u, 3) * (10 + u * (6 * u - 15))
                : pow(u, 4) * (35 + u * (-84 + u * (70 - 20 * u)))
        }
        let h = 1e-3
        return (way(u + h) - 2 * way(u) + way(u - h)) / (h * h)
    }

    private func acceleration(_ span: MovementSpan, _ time: Double) -> Double {
        let length = span.end - span.start
        return turn((time - span.start) / length) / (length * length)
    }

    private func tip(_ time: Double) -> Double {
        let u = (time - out.start - 0.3) / 1.2
        return abs(u) < 1 ? 18 * degree * pow(1 - u * u, 4) : 0
    }

    /// Fed to a history at 60 Hz up to where the way back has become slow; `offset` is no movement.
    func history(offset: Double = 0.05) -> ForceHistory {
        var history = ForceHistory()
        feed(&history, offset: offset)
        return history
    }

    func feed(_ history: inout ForceHistory, offset: Double = 0.05) {
        var random = SeededRandom(seed: seed)
        let shift = MovementSpan(start: out.start + 0.6, end: out.start + 1.6)
        var time = 0.0
        while time < back.end - 0.12 * (back.end - back.start) {
            let h = 0.01
            let lift = (sin(tip(time + h)) - 2 * sin(tip(time)) + sin(tip(time - h))) / (h * h)
            let push = 0.15 * acceleration(shift, time)
            let felt =
                0.14 * (acceleration(out, time) - acceleration(back, time)) + offset
                + behind * lift + tiltError * push + random.normal(noise)
            var sample = ForceSample()
            sample.upward = Float(felt)
            if tellsBeside {
                // Tipped forward, what lies ahead is lower.
                sample.ahead = Float(-sin(tip(time)))
                sample.sidelong = Float(push)
            }
            history.add(sample, time: time, interval: 1.0 / 60)
            time += 1.0 / 60
        }
    }

    /// Largest error of the four times found from a rough guess, s.
    func error(_ history: inout ForceHistory, rough: Double = 0.25) -> Double {
        let fit = history.fit(
            out: ShapedSpan(MovementSpan(start: out.start + rough, end: out.end - rough)),
            back: ShapedSpan(MovementSpan(start: back.start - rough, end: back.end + rough)),
            size: 0.1, weight: ForceHistory.Weight(), earliest: 0)
        guard let fit else { return .infinity }
        let shape = history.evidence.best
        return [
            fit.out[shape].start - out.start, fit.out[shape].end - out.end,
            fit.back[shape].start - back.start, fit.back[shape].end - back.end,
        ].map(abs).max() ?? .infinity
    }
}

@Suite struct HeightFitTests {
    @Test func cleanAccelerationsGiveTheTimes() {
        var history = Felt().history()
        #expect(Felt().error(&history) < 0.02)
    }

    /// A consumer part's noise.
    @Test func noiseLeavesTheTimesWithinATenth() {
        let errors = (1...60).map { seed in
            let felt = Felt(noise: 0.04, seed: UInt64(seed))
            var history = felt.history()
            return felt.error(&history)
        }.sorted()
        #expect(errors[30] < 0.05, "\(errors[30])")
        #expect(errors[54] < 0.1, "\(errors)")
    }

    /// Errors with and without what stands beside the acceleration.
    private func errors(_ felt: Felt) -> (told: Double, untold: Double) {
        var history = felt.history()
        let told = felt.error(&history)
        var silent = felt
        silent.tellsBeside = false
        history = silent.history()
        return (told, silent.error(&history))
    }

    /// A sensor 12 cm behind the hips is lifted when they tip forward.
    @Test func tippingIsNoRising() {
        let (told, untold) = errors(Felt(behind: 0.12))
        #expect(told < 0.03, "\(told)")
        #expect(untold > 3 * told, "\(untold)")
    }

    /// Gravity and a push aside seen through a tilt that is wrong by 5°.
    @Test func aPushAsideIsNoRising() {
        let (told, untold) = errors(Felt(tiltError: 5 * degree))
        #expect(told < 0.05, "\(told)")
        #expect(untold > 2 * told, "\(untold)")
    }

    /// Whose bells are those of least jerk is timed by them, after two repetitions at the latest.
    @Test func leastJerkIsToldFromASofterStart() {
        let felt = Felt(isLeastJerk: true, noise: 0.02)
        var history = ForceHistory()
        var errors: [Double] = []
        for seed in 1...4 {
            // Each anew from time zero; what the set has shown of the shape is kept.
            var one = felt
            one.seed = UInt64(seed)
            one.feed(&history)
            errors.append(one.error(&history))
        }
        #expect(errors[3] < 0.06, "\(errors)")
    }

    /// A wobble at 1.5 Hz is nobody's way there and back.
    @Test func anotherShapeIsRefused() {
        var history = ForceHistory()
        var time = 0.0
        while time < 8 {
            var sample = ForceSample()
            sample.upward = Float(sin(2 * .pi * 1.5 * time))
            history.add(sample, time: time, interval: 1.0 / 60)
            time += 1.0 / 60
        }
        #expect(Felt().error(&history) == .infinity)
    }

    @Test func tooLittleIsRefused() {
        var history = ForceHistory()
        #expect(Felt().error(&history) == .infinity)
        for index in 0..<10 {
            history.add(ForceSample(), time: Double(index) * 0.05, interval: 0.05)
        }
        #expect(Felt().error(&history) == .infinity)
    }

    /// Errors of the phases of squats of 14 cm without a rest between them, from a part with noise and an offset.
    private func squatErrors(feels: Bool) -> [Double] {
        var errors: [Double] = []
        for seed in 1...6 {
            var random = SeededRandom(seed: UInt64(seed))
            var vertical = VerticalMotion()
            var tracker = RepetitionTracker()
            tracker.begin(source: .height, lowersFirst: true, time: 0)
            for index in 1...2_400 {
                let time = Double(index) / 60
                let into = time < 6 ? 0 : (time - 6).truncatingRemainder(dividingBy: 5)
                func way(_ t: Double) -> Double {
                    func course(_ u: Double) -> Double {
                        let u = max(0, min(1, u))
                        return pow(u, 4) * (35 + u * (-84 + u * (70 - 20 * u)))
                    }
                    return -0.14 * (course(t / 3) - course((t - 3) / 2))
                }
                let h = 0.002
                let lift = (way(into + h) - 2 * way(into) + way(into - h)) / (h * h)
                let force = Vector3(0, standardGravity + lift + 0.04 + random.normal(0.04), 0)
                let up = Vector3(0, 1, 0)
                vertical.step(up: up, specificForce: force, rate: 0.02, interval: 1.0 / 60)
                let now = Int64(time * 1e9)
                if feels {
                    tracker.feel(
                        ForceSample(
                            upward: vertical.acceleration, up: up, specificForce: force, sign: -1),
                        weight: ForceHistory.Weight(), interval: 1.0 / 60, time: now)
                }
                if tracker.step(height: vertical, sign: -1, interval: 1.0 / 60, time: now) {
                    // Share of a seventh-order step that counts, by SciPy.
                    errors += [
                        abs(tracker.last.tempo.lower - 3 * 0.9019),
                        abs(tracker.last.tempo.raise - 2 * 0.9019),
                    ]
                }
            }
        }
        return errors.sorted()
    }

    /// By the height alone, which is integrated twice, they are timed far less well.
    @Test func squatsWithoutARestAreTimed() {
        let felt = squatErrors(feels: true)
        let high = squatErrors(feels: false)
        #expect(felt.count >= 60)
        #expect(felt[felt.count / 2] < 0.06, "\(felt)")
        #expect(felt[felt.count * 9 / 10] < 0.13, "\(felt)")
        #expect(high[high.count * 9 / 10] > 1.5 * felt[felt.count * 9 / 10], "\(high)")
    }
}
