// Rails that show, accelerometers that lie, clocks that run off.

import Estimation
import Foundation
import Kinematics
import Testing

@Suite("Readings at the end of the range")
struct RailTests {
    private let degree = Double.pi / 180

    /// Rates of a swing of up to `peak` deg/s, cut off at `rail`.
    private func saturated(
        peak: Double, rail: Double, range: Double = 0, rate: Double = 100, quantum: Double = 0
    ) -> (cut: Int, seen: Int, wrong: Int) {
        var parameters = TiltParameters()
        parameters.gyroscopeRange = range * degree
        var filter = TiltFilter(samplePeriod: 1 / rate, parameters: parameters)
        var (cut, seen, wrong) = (0, 0, 0)
        for index in 0..<Int(rate * 10) {
            let time = Double(index) / rate
            var value = peak * sin(2 * Double.pi * 0.8 * time) + 0.05 * sin(Double(index) * 1.7)
            if quantum > 0 { value = (value / quantum).rounded() * quantum }
            let isCut = abs(value) >= rail
            value = max(-rail, min(rail, value))
            let estimate = filter.step(
                ImuSample(
                    interval: 1 / rate, angularRate: Vector3(0, value * degree, 0),
                    specificForce: Vector3(0, 0, 9.81)))
            if isCut { cut += 1 }
            if estimate.flags.has(.saturated) { if isCut { seen += 1 } else { wrong += 1 } }
        }
        return (cut, seen, wrong)
    }

    @Test("A rail that is known is noticed at once", arguments: [250.0, 500, 300])
    func known(rail: Double) {
        let result = saturated(peak: 700, rail: rail, range: rail)
        #expect(result.cut > 100 && result.seen == result.cut && result.wrong == 0)
    }

    @Test("A rail that is not known shows", arguments: [250.0, 500, 573.44, 300])
    func unknown(rail: Double) {
        let result = saturated(peak: 700, rail: rail)
        #expect(result.cut > 100 && result.wrong == 0)
        // An odd rail wants six repetitions on either side.
        #expect(result.seen > result.cut - 40)
    }

    @Test("Smooth peaks are no rails", arguments: [0, 0.06])
    func peaks(quantum: Double) {
        for peak in [130.0, 245, 249.9, 400, 499] {
            for rate in [50.0, 100, 285] {
                let result = saturated(peak: peak, rail: 5000, rate: rate, quantum: quantum)
                #expect(result.wrong == 0, "\(peak) deg/s at \(rate) Hz")
            }
        }
    }
}

@Suite("Turning round")
struct TurnRoundTests {
    private let degree = Double.pi / 180

    /// Stand, turn by `turn` degrees about the vertical, stand; leaning forward by 10 degrees first
    /// and 12 after.
    private func samples(turn: Double, bias: Vector3, gyroscopeBias: Vector3) -> [ImuSample] {
        var samples: [ImuSample] = []
        var before: Rotation?
        for index in 0..<1000 {
            let time = Double(index) * 0.01
            let part = max(0, min(1, (time - 4) / 2))
            let angle = turn * degree * (part - sin(2 * Double.pi * part) / (2 * Double.pi))
            let lean = (10 + 2 * part + 0.2 * sin(2 * time)) * degree
            let worldFromSensor =
                Rotation(axis: Vector3(0, 0, 1), angle: angle)
                * Rotation(axis: Vector3(0, 1, 0), angle: lean)
            var rate = Vector3.zero
            if let before {
                let step = before.inverse * worldFromSensor
                rate = Vector3(step.x, step.y, step.z) * (2 / 0.01)
            }
            before = worldFromSensor
            samples.append(
                ImuSample(
                    interval: 0.01, angularRate: rate + gyroscopeBias,
                    specificForce: worldFromSensor.inverse.apply(Vector3(0, 0, 9.80665)) + bias))
        }
        return samples
    }

    @Test(
        "The horizontal biases are found, however the person leans", arguments: [180.0, 170, -190])
    func found(turn: Double) throws {
        // Across the vertical of a sensor that leans by 11 degrees.
        let lean = 11 * degree
        let bias = Vector3(0.48 * cos(lean), -0.2, 0.48 * sin(lean))
        let result = try turnRoundBias(
            samples(
                turn: turn, bias: bias, gyroscopeBias: Vector3(0.5, -0.3, 0.8) * degree))
        #expect((result.accelerometerBias - bias).norm < 0.03)
        #expect(abs(result.turn / degree - min(abs(turn), 360 - abs(turn))) < 3)
        #expect(result.sigma > 0.01 && result.sigma < 0.1)
    }

    @Test("Without a turn there is no result")
    func noTurn() {
        #expect(throws: TurnRoundProblem.self) {
            _ = try turnRoundBias(samples(turn: 0, bias: .zero, gyroscopeBias: .zero))
        }
        #expect(throws: TurnRoundProblem.self) { _ = try turnRoundBias([]) }
    }

    @Test("A bias that is taken off is gone from the tilt")
    func applied() {
        var parameters = TiltParameters()
        parameters.accelerometerBias = Vector3(0.48, 0, 0)
        var filter = TiltFilter(samplePeriod: 0.01, parameters: parameters)
        var estimate = filter.step(still())
        for _ in 0..<500 {
            estimate = filter.step(
                ImuSample(
                    interval: 0.01, angularRate: .zero, specificForce: Vector3(0.48, 0, 9.80665)))
        }
        #expect(degreesBetween(estimate.up, Vector3(0, 0, 1)) < 0.01)
        #expect(abs(filter.restingForce - 9.80665) < 1e-6)
    }
}

@Suite("Clock from arrivals")
struct ArrivalLineTests {
    /// The worst error of the rate over links of that kind, as a share.
    private func worst(error: Double, seconds: Double, packetRate: Double, interval: Double)
        -> Double
    {
        var worst = 0.0
        for seed in 1...8 {
            var state = UInt64(seed)
            func random() -> Double {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 11) / Double(1 << 53)
            }
            var line = ArrivalLine()
            for index in 0..<Int(seconds * packetRate) {
                let device = Double(index) / packetRate
                var sent = device * (1 + error)
                if interval > 0 { sent = (sent / interval).rounded(.up) * interval }
                line.add(device: device, arrival: sent + 0.005 + 0.03 * random())
            }
            worst = max(worst, abs((1 + line.slope) / (1 + error) - 1))
        }
        return worst
    }

    @Test(
        "Known to 0.1 % after 10 s and 0.03 % after 60 s under 30 ms of jitter",
        arguments: [-0.03, -0.01, -0.0005, 0, 0.001, 0.03], [60.0, 20, 100])
    func jitter(error: Double, packetRate: Double) {
        #expect(worst(error: error, seconds: 10, packetRate: packetRate, interval: 0) < 0.001)
        #expect(worst(error: error, seconds: 60, packetRate: packetRate, interval: 0) < 0.0003)
    }

    @Test("The same in bursts of the connection interval", arguments: [0.0075, 0.03, 0.04875])
    func bursts(interval: Double) {
        for error in [-0.03, 0, 0.02] {
            #expect(worst(error: error, seconds: 10, packetRate: 60, interval: interval) < 0.0015)
            #expect(worst(error: error, seconds: 60, packetRate: 60, interval: interval) < 0.0003)
        }
    }

    @Test("A stall of the radio is no loss, a loss is one")
    func stall() {
        var detector = StallDetector()
        // Half a second of silence, then a burst that catches up.
        var missing = 0.0
        for index in 0..<200 {
            let late = index < 25 ? 0.5 - Double(index) * 0.02 : 0.01
            missing += detector.take(late: late, elapsed: 0.01)
        }
        #expect(missing == 0)
        for _ in 0..<200 where missing == 0 {
            missing += detector.take(late: 0.8, elapsed: 0.01)
        }
        #expect(missing == 0.8)
    }
}
