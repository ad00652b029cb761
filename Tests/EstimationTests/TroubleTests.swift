// Gaps, restarts, readings at the limit or none at all.

import Estimation
import Foundation
import Kinematics
import Testing

@Suite("Trouble on the way")
struct TroubleTests {
    private let degree = Double.pi / 180

    /// A filter after 10 s at rest, level.
    private func rested() -> TiltFilter {
        var filter = TiltFilter(samplePeriod: 0.01)
        for _ in 0..<1000 { _ = filter.step(still()) }
        return filter
    }

    @Test("A gap in a steady turn is bridged, flagged, and doubted for a while")
    func gap() {
        var filter = rested()
        let rate = Vector3(90 * degree, 0, 0)
        var tilt = 0.0
        var before = filter.step(still())
        for _ in 0..<100 {
            tilt += 0.9 * degree
            before = filter.step(turning(tilt: tilt, rate: rate))
        }
        // 0.3 s are missing: 27 degrees.
        tilt += 27 * degree
        let after = filter.step(turning(tilt: tilt, rate: rate, interval: 0.3))
        #expect(degreesBetween(after.up, Vector3(0, sin(tilt), cos(tilt))) < 0.1)
        #expect(after.flags.has(.afterGap) && !before.flags.has(.afterGap))
        #expect(after.sigma > 3 * before.sigma)
        var estimate = after
        for _ in 0..<299 {
            tilt += 0.9 * degree
            estimate = filter.step(turning(tilt: tilt, rate: rate))
        }
        #expect(estimate.flags.has(.afterGap))
        for _ in 0..<1000 {
            tilt += 0.9 * degree
            estimate = filter.step(turning(tilt: tilt, rate: rate))
        }
        #expect(!estimate.flags.has(.afterGap))
        #expect(estimate.sigma < after.sigma / 4)
    }

    @Test("A change of rate within a gap is taken for a straight line")
    func gapIsStraight() {
        var filter = rested()
        // From 0 to 100 deg/s in 0.2 s: 10 degrees.
        let tilt = 10 * degree
        let sample = turning(tilt: tilt, rate: Vector3(100 * degree, 0, 0), interval: 0.2)
        let estimate = filter.step(sample)
        #expect(degreesBetween(estimate.up, Vector3(0, sin(tilt), cos(tilt))) < 0.1)
    }

    @Test("A gap ends a rest")
    func gapIsNoRest() {
        var filter = rested()
        #expect(filter.step(still()).flags.has(.rest))
        #expect(!filter.step(still(interval: 0.5)).flags.has(.rest))
        for _ in 0..<140 { #expect(!filter.step(still()).flags.has(.rest)) }
        for _ in 0..<20 { _ = filter.step(still()) }
        #expect(filter.step(still()).flags.has(.rest))
    }

    @Test("Up to 1.6 periods between samples is no gap, and is integrated as long as it was")
    func jitter() {
        var filter = rested()
        var tilt = 0.0
        for index in 0..<200 {
            let interval = index.isMultiple(of: 2) ? 0.015 : 0.005
            tilt += 50 * degree * interval
            let rate = Vector3(50 * degree, 0, 0)
            let estimate = filter.step(turning(tilt: tilt, rate: rate, interval: interval))
            #expect(!estimate.flags.has(.afterGap))
            #expect(degreesBetween(estimate.up, Vector3(0, sin(tilt), cos(tilt))) < 0.05)
        }
    }

    @Test(
        "After more than a second away the angle is unknown until settled",
        arguments: [true, false])
    func restart(byFlag: Bool) {
        var filter = TiltFilter(samplePeriod: 0.01)
        let bias = Vector3(1 * degree, 0, 0)
        for _ in 0..<2000 { _ = filter.step(still(bias: bias)) }
        var sample = still(tilt: 1, bias: bias, interval: byFlag ? 0.01 : 1.5)
        if byFlag { sample.flags = .newEpoch }
        let back = filter.step(sample)
        #expect(back.flags.has(.unknown) && back.flags.has(.settling))
        #expect(back.sigma > 3 * degree)
        // What was learnt of the bias stays.
        #expect(abs(back.gyroscopeBias.x / degree - 1) < 0.02)
        var estimate = back
        for _ in 0..<140 { estimate = filter.step(still(tilt: 1, bias: bias)) }
        #expect(estimate.flags.has(.unknown))
        for _ in 0..<60 { estimate = filter.step(still(tilt: 1, bias: bias)) }
        #expect(!estimate.flags.has(.unknown) && !estimate.flags.has(.settling))
        #expect(degreesBetween(estimate.up, Vector3(0, sin(1), cos(1))) < 0.1)
    }

    @Test(
        "A reading at its limit is flagged and doubted",
        arguments: [SampleFlags.gyroscopeClipped, .accelerometerClipped])
    func clipped(flag: SampleFlags) {
        var filter = rested()
        let before = filter.step(still())
        var sample = ImuSample(
            interval: 0.01, angularRate: Vector3(500 * degree, 0, 0),
            specificForce: Vector3(0, 80, 9.81))
        sample.flags = flag
        let estimate = filter.step(sample)
        #expect(estimate.flags.has(.saturated) && !estimate.flags.has(.rest))
        #expect(estimate.sigma > 1.5 * before.sigma)
        let next = filter.step(still())
        #expect(!next.flags.has(.saturated))
        #expect(next.sigma > 1.5 * before.sigma)
    }

    @Test(
        "What is not a number is not taken in",
        arguments: [Double.nan, .infinity, -.infinity, 1e200])
    func notFinite(value: Double) {
        var filter = rested()
        let good = filter.step(still())
        for place in 0..<3 {
            var sample = still()
            switch place {
            case 0: sample.angularRate.y = value
            case 1: sample.specificForce.x = value
            default: sample.interval = value == 1e200 ? .nan : value
            }
            let estimate = filter.step(sample)
            #expect(estimate.flags.has(.unknown))
            #expect(estimate.worldFromSensor == good.worldFromSensor)
            #expect(estimate.gyroscopeBias == good.gyroscopeBias)
        }
        let next = filter.step(still())
        #expect(next.flags.has(.afterGap) && !next.flags.has(.unknown))
        #expect(degreesBetween(next.up, Vector3(0, 0, 1)) < 0.01)
    }

    @Test("The turn made during a refused sample is not lost")
    func refusedTimeCounts() {
        var filter = rested()
        let rate = Vector3(100 * degree, 0, 0)
        _ = filter.step(turning(tilt: 1 * degree, rate: rate))
        for _ in 0..<4 {
            _ = filter.step(still(bias: Vector3(.nan, 0, 0)))
        }
        let tilt = 6 * degree
        let estimate = filter.step(turning(tilt: tilt, rate: rate))
        #expect(degreesBetween(estimate.up, Vector3(0, sin(tilt), cos(tilt))) < 0.1)
    }

    @Test("Without an accelerometer nothing is known")
    func neverAnyForce() {
        var filter = TiltFilter(samplePeriod: 0.01)
        for _ in 0..<500 {
            let estimate = filter.step(
                ImuSample(interval: 0.01, angularRate: .zero, specificForce: .zero))
            #expect(estimate.flags.has(.unknown) && !estimate.flags.has(.rest))
            #expect(estimate.sigma == Double.pi / 2)
            #expect(estimate.worldFromSensor.isFinite)
        }
    }

    @Test("An accelerometer that drops to zero leaves the angle to the gyroscope")
    func forceGone() {
        var filter = rested()
        let before = filter.step(still())
        var estimate = before
        for _ in 0..<100 {
            estimate = filter.step(
                ImuSample(
                    interval: 0.01, angularRate: Vector3(30 * degree, 0, 0), specificForce: .zero))
            #expect(estimate.flags.has(.unknown))
        }
        let tilt = 30 * degree
        #expect(degreesBetween(estimate.up, Vector3(0, sin(tilt), cos(tilt))) < 0.1)
        #expect(estimate.sigma > 2 * before.sigma)
    }

    @Test(
        "Half a minute of noise in every field never gives anything but a unit rotation",
        arguments: 1...5)
    func noise(seed: UInt64) {
        var state = seed
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(Int64(bitPattern: state) >> 20) / Double(1 << 43)
        }
        var filter = TiltFilter(samplePeriod: 0.01)
        for _ in 0..<3000 {
            let scale = [1, 50, 1e5, 1e160, 1e-300][Int(abs(next()) * 4.99)]
            let sample = ImuSample(
                interval: next() * 0.05,
                angularRate: Vector3(next() * scale, next() * scale, next() * scale),
                specificForce: Vector3(next() * scale, next() * scale, next() * scale),
                flags: SampleFlags(rawValue: UInt16(abs(next()) * 40)))
            let estimate = filter.step(sample)
            let q = estimate.worldFromSensor
            let length = q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z
            #expect(abs(length - 1) < 1e-9)
            #expect(estimate.sigma > 0 && estimate.sigma <= Double.pi / 2)
            #expect(estimate.gyroscopeBias.isFinite)
        }
    }
}
