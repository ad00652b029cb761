// The shift of weight and the jerk, on movements whose course is a formula.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000
private let degree = Double.pi / 180

/// A movement of `size` m to the right in `length` s from `start`, τ = (t − start) / length.
private struct Shift {
    var start: Double
    var size: Double
    var length: Double

    /// Of x = size (1 − cos(π τ)) / 2: it sets off and stops with a jolt.
    func acceleration(_ time: Double) -> Double {
        let part = (time - start) / length
        guard part >= 0, part <= 1 else { return 0 }
        return size / 2 * pow(Double.pi / length, 2) * cos(Double.pi * part)
    }

    /// Of x = size (10 τ³ − 15 τ⁴ + 6 τ⁵), the course of least jerk, which people's reaching movements
    /// follow (Flash and Hogan 1985).
    func smoothAcceleration(_ time: Double) -> Double {
        let part = (time - start) / length
        guard part >= 0, part <= 1 else { return 0 }
        return size / (length * length) * (60 * part - 180 * pow(part, 2) + 120 * pow(part, 3))
    }
}

/// What a detector saw.
private struct Seen {
    var time: Double
    var event: ShiftEvent
}

/// Runs a detector over a lateral acceleration (m/s², right positive); the pelvis may be tilted.
private func detect(
    seconds: Double, rate: Double = 60, up: Vector3 = Vector3(0, 1, 0), errorDegrees: Double = 0,
    detector: inout LateralShift, _ acceleration: (Double) -> Double
) -> [Seen] {
    var seen: [Seen] = []
    let right = (Vector3(0, 0, 1) - up * up.z).normalized() ?? Vector3(0, 0, 1)
    // An error of the tilt estimate: the true up leans to the right of the estimated one.
    let trueUp =
        up * cos(errorDegrees * degree) + right * sin(errorDegrees * degree)
    for step in 0..<Int(seconds * rate) {
        let time = Double(step) / rate
        let force = trueUp * standardGravity + right * acceleration(time)
        let event = detector.step(
            up: up, specificForce: force, interval: 1 / rate,
            time: 50 * second + Int64(time * 1e9))
        if event != .none { seen.append(Seen(time: time, event: event)) }
    }
    return seen
}

@Suite struct LateralShiftTests {
    @Test(arguments: [30.0, 60, 100, 120], [1.0, -1])
    func aShiftOfSevenCentimetresIsSeenOnceOnItsSide(_ rate: Double, _ side: Double) throws {
        let shift = Shift(start: 5, size: 0.07 * side, length: 0.8)
        var detector = LateralShift()
        let seen = detect(seconds: 20, rate: rate, detector: &detector) { shift.acceleration($0) }
        let first = try #require(seen.first)
        #expect(seen.count == 1)
        #expect(first.event == (side > 0 ? .toRight : .toLeft))
        #expect(first.time > 5 && first.time < 5.8)
    }

    /// Over one foot from a stance as wide as the hips the pelvis moves by about a decimetre.
    ///
    /// It stays there: nothing may be reported until it comes back.
    @Test(arguments: [0.07, 0.09, 0.10, 0.12, 0.14], [0.5, 0.8, 1.0])
    func aWideShiftIsNotFollowedByOneThatDidNotHappen(_ size: Double, _ length: Double) {
        for side in [1.0, -1] {
            let shift = Shift(start: 5, size: size * side, length: length)
            var detector = LateralShift()
            let seen = detect(seconds: 20, detector: &detector) { shift.smoothAcceleration($0) }
            #expect(seen.map(\.event) == [side > 0 ? .toRight : .toLeft])
        }
    }

    /// There and back again, held for a short or a long time.
    @Test(arguments: [0.07, 0.10, 0.13], [1.0, 2, 3, 5, 10, 30])
    func theWayBackIsSeenOnce(_ size: Double, _ hold: Double) throws {
        let there = Shift(start: 5, size: size, length: 0.8)
        let back = Shift(start: 5.8 + hold, size: -size, length: 0.8)
        var detector = LateralShift()
        let seen = detect(seconds: 20 + hold, detector: &detector) {
            there.smoothAcceleration($0) + back.smoothAcceleration($0)
        }
        #expect(seen.map(\.event) == [.toRight, .toLeft])
        let last = try #require(seen.last)
        #expect(last.time > back.start && last.time < back.start + 0.8)
    }

    /// The moment given for a movement's begin is that of the way back, not later than its middle.
    @Test func theOnsetIsTheBeginOfTheMovement() {
        let there = Shift(start: 5, size: 0.07, length: 0.8)
        let back = Shift(start: 16, size: -0.07, length: 0.8)
        var detector = LateralShift()
        let seen = detect(seconds: 16.6, detector: &detector) {
            there.acceleration($0) + back.acceleration($0)
        }
        #expect(seen.count == 2)
        let onset = Double(detector.onset - 50 * second) * 1e-9
        #expect(onset >= 16 && onset < 16.2, "\(onset)")
    }

    @Test func swayIsNoShift() {
        // 5 mm at 0.3 Hz, a large sway of quiet standing; and twice that at 0.2 Hz.
        for (size, frequency) in [(0.005, 0.3), (0.010, 0.2)] {
            let omega = 2 * Double.pi * frequency
            var detector = LateralShift()
            let seen = detect(seconds: 120, detector: &detector) {
                -size * omega * omega * sin(omega * $0)
            }
            #expect(seen.isEmpty)
        }
    }

    @Test(arguments: [1.0, -1, 2])
    func anErrorOfTheTiltIsNoShift(_ error: Double) {
        var detector = LateralShift()
        let seen = detect(seconds: 60, errorDegrees: error, detector: &detector) { _ in 0 }
        #expect(seen.isEmpty)
    }

    @Test func aTiltErrorDoesNotHideAShift() {
        let shift = Shift(start: 5, size: 0.07, length: 0.8)
        for error in [1.0, -1] {
            var detector = LateralShift()
            let seen = detect(seconds: 15, errorDegrees: error, detector: &detector) {
                shift.acceleration($0)
            }
            #expect(seen.map(\.event) == [.toRight])
        }
    }

    /// White noise of 0.03 m/s², five times what a body-worn sensor has at 60 Hz, for ten minutes.
    @Test func noiseIsNoShift() {
        var random = SeededRandom(seed: 21)
        var detector = LateralShift()
        let seen = detect(seconds: 600, detector: &detector) { _ in random.normal(0.03) }
        #expect(seen.isEmpty)
    }

    @Test func aPelvisThatTiltsAndLeansSeesTheSameShift() throws {
        for up in [Vector3(-0.3, 0.9, 0.2), Vector3(0.25, 0.95, -0.15)] {
            let shift = Shift(start: 5, size: -0.07, length: 0.8)
            var detector = LateralShift()
            let seen = detect(
                seconds: 15, up: try #require(up.normalized()), detector: &detector
            ) { shift.acceleration($0) }
            #expect(seen.map(\.event) == [.toLeft])
        }
    }

    @Test func upAndDownAndForwardAreNoShift() {
        var detector = LateralShift()
        var events = 0
        for step in 0..<1200 {
            let time = Double(step) / 60
            let force = Vector3(2 * sin(4 * time), standardGravity + 3 * sin(7 * time), 0)
            let event = detector.step(
                up: Vector3(0, 1, 0), specificForce: force, interval: 1 / 60,
                time: second + Int64(time * 1e9))
            if event != .none { events += 1 }
        }
        #expect(events == 0)
    }

    /// Lying on a side there is no horizontal right: nothing is reported, nothing traps.
    @Test func withoutAHorizontalRightThereIsNoShift() {
        var detector = LateralShift()
        for step in 0..<100 {
            let event = detector.step(
                up: Vector3(0, 0, 1), specificForce: Vector3(5, 5, 9), interval: 0.01,
                time: Int64(step))
            #expect(event == .none)
        }
    }

    @Test func aLongGapStartsAnew() {
        let shift = Shift(start: 5, size: 0.07, length: 0.8)
        var detector = LateralShift()
        _ = detect(seconds: 5.2, detector: &detector) { shift.acceleration($0) }
        #expect(detector.velocity > 0.02)
        let event = detector.step(
            up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 0), interval: 0.6, time: 0)
        #expect(event == .none)
        #expect(detector.velocity == 0 && detector.displacement == 0 && detector.isStill)
    }

    /// One sample that is no number, or beyond any sensor, must not blind the detector for ever.
    @Test(arguments: [Double.nan, .infinity, 1e200, -1e200])
    func oneSampleOfNonsenseIsSurvived(_ value: Double) {
        let shift = Shift(start: 5, size: 0.07, length: 0.8)
        var detector = LateralShift()
        _ = detect(seconds: 2, detector: &detector) { _ in 0 }
        let event = detector.step(
            up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, value), interval: 1 / 60, time: 0)
        #expect(event == .none)
        let seen = detect(seconds: 15, detector: &detector) { shift.acceleration($0) }
        #expect(seen.map(\.event) == [.toRight])
    }
}

@Suite struct JerkMeterTests {
    /// a = A sin(ω t) sideways has a mean |jerk| of 2 A ω / π.
    @Test func aSineHasTheMeanJerkOfTheFormula() {
        let amplitude = 0.5
        let omega = 2 * Double.pi * 20
        var meter = JerkMeter()
        var sum = 0.0
        var count = 0.0
        for step in 0..<20_000 {
            let time = Double(step) / 1000
            meter.step(
                up: Vector3(0, 1, 0),
                specificForce: Vector3(0, standardGravity, amplitude * sin(omega * time)),
                interval: 0.001)
            if step > 2000 {
                sum += meter.jerk
                count += 1
            }
        }
        #expect(abs(sum / count - 2 * amplitude * omega / Double.pi) < 0.01 * amplitude * omega)
    }

    /// Forward counts as sideways does; along the vertical nothing does.
    @Test func onlyTheHorizontalCounts() {
        var sideways = JerkMeter()
        var forward = JerkMeter()
        var vertical = JerkMeter()
        let up = Vector3(0.6, 0.8, 0)
        let ahead = Vector3(0.8, -0.6, 0)
        for step in 0..<500 {
            let value = sin(Double(step) * 0.3)
            sideways.step(
                up: up, specificForce: up * 9.8 + Vector3(0, 0, 1) * value, interval: 0.01)
            forward.step(up: up, specificForce: up * 9.8 + ahead * value, interval: 0.01)
            vertical.step(up: up, specificForce: up * (9.8 + value), interval: 0.01)
        }
        #expect(sideways.jerk > 10)
        #expect(abs(sideways.jerk - forward.jerk) < 1e-9)
        #expect(vertical.jerk < 1e-9)
    }

    /// A step of the force is over within a few tenths of a second: the averaging is 0.1 s.
    @Test func theMeterForgetsWithATenthOfASecond() {
        var meter = JerkMeter()
        for _ in 0..<100 {
            meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 0), interval: 0.01)
        }
        meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 1), interval: 0.01)
        let peak = meter.jerk
        #expect(abs(peak - 10) < 1e-9)  // 1 m/s² in 0.01 s is 100 m/s³; a tenth of it enters
        for _ in 0..<10 {
            meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 1), interval: 0.01)
        }
        #expect(abs(meter.jerk - peak * pow(0.9, 10)) < 1e-9)
    }

    @Test func aGapIsNoJerk() {
        var meter = JerkMeter()
        meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 0), interval: 0.01)
        meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 5), interval: 0.3)
        #expect(meter.jerk == 0)
        meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 5), interval: 0)
        #expect(meter.jerk == 0)
        meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, 5), interval: 0.01)
        #expect(meter.jerk == 0)
    }

    @Test(arguments: [Double.nan, .infinity, 1e200])
    func oneSampleOfNonsenseIsSurvived(_ value: Double) {
        var meter = JerkMeter()
        for step in 0..<200 {
            let side = step == 50 ? value : sin(Double(step))
            meter.step(up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.8, side), interval: 0.01)
        }
        #expect(meter.jerk.isFinite && meter.jerk > 1 && meter.jerk < 200)
    }

    /// A shift as people make it: 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷ of the way after a share u of the time.
    @Test(arguments: [0.7, 0.8, 1.0], [0.06, 0.085])
    func aShiftsBeginAndEndAreFoundToATenth(_ length: Double, _ way: Double) {
        var detector = LateralShift()
        var events: [ShiftEvent] = []
        for index in 1...1200 {
            let time = Double(index) * 0.01
            func acceleration(_ start: Double) -> Double {
                let u = (time - start) / length
                guard u > 0, u < 1 else { return 0 }
                let rest = 1 - u
                return 420 * u * u * rest * rest * (1 - 2 * u) * way / (length * length)
            }
            // To the right at 4 s, back at 9 s.
            let sideways = acceleration(4) - acceleration(9)
            let event = detector.step(
                up: Vector3(0, 1, 0), specificForce: Vector3(0, 9.81, sideways), interval: 0.01,
                time: Int64(time * 1e9))
            if event != .none { events.append(event) }
            if abs(time - 8) < 0.001 {
                #expect(abs(Double(detector.shiftBegan) * 1e-9 - 4) < 0.1)
                #expect(abs(Double(detector.shiftEnds) * 1e-9 - 4 - length) < 0.12)
            }
        }
        #expect(events == [.toRight, .toLeft])
        #expect(abs(Double(detector.shiftBegan) * 1e-9 - 9) < 0.1)
    }
}
