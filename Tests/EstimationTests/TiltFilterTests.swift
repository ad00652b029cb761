// What the filter makes of motions whose truth is known.

import Estimation
import Foundation
import Kinematics
import Testing

@Suite("Tilt filter")
struct TiltFilterTests {
    private let degree = Double.pi / 180

    @Test(
        "A sensor at rest gets its tilt, says rest, and grows sure", arguments: [0.0, 30, 90, 179])
    func restConverges(tiltDegrees: Double) {
        let tilt = tiltDegrees * degree
        var filter = TiltFilter(samplePeriod: 0.01)
        let first = filter.step(still(tilt: tilt))
        #expect(first.flags.has(.settling) && !first.flags.has(.unknown))
        var estimate = first
        for _ in 0..<1000 { estimate = filter.step(still(tilt: tilt)) }
        #expect(degreesBetween(estimate.up, Vector3(0, sin(tilt), cos(tilt))) < 0.001)
        #expect(estimate.flags == .rest)
        #expect(estimate.sigma < 0.5 * degree)
        #expect(estimate.sigma < first.sigma / 4)
    }

    @Test("Upside down from the first sample is no special case")
    func upsideDown() {
        var filter = TiltFilter(samplePeriod: 0.01)
        let sample = ImuSample(angularRate: .zero, specificForce: Vector3(0, 0, -9.81))
        var estimate = filter.step(sample)
        for _ in 0..<300 { estimate = filter.step(sample) }
        #expect(degreesBetween(estimate.up, Vector3(0, 0, -1)) < 1e-6)
        #expect(estimate.worldFromSensor.isFinite)
    }

    @Test("A steady turn about a level axis is followed")
    func pureRotation() {
        var filter = TiltFilter(samplePeriod: 0.01)
        for _ in 0..<1000 { _ = filter.step(still()) }
        var largest = 0.0
        for index in 1...1000 {
            let tilt = Double(index) * 0.01 * 90 * degree
            // Turning by +x takes up from z towards +y in the sensor frame.
            let estimate = filter.step(still(tilt: tilt, bias: Vector3(90 * degree, 0, 0)))
            largest = max(largest, degreesBetween(estimate.up, Vector3(0, sin(tilt), cos(tilt))))
        }
        #expect(largest < 0.01)
    }

    @Test("Shaking sideways does not read as tilt")
    func shaking() {
        var filter = TiltFilter(samplePeriod: 0.01)
        for _ in 0..<1000 { _ = filter.step(still()) }
        var largest = 0.0
        for index in 0..<2000 {
            // 3 m/s² at 2 Hz would be 17 degrees taken for gravity.
            let force = Vector3(3 * sin(2 * Double.pi * 2 * Double(index) * 0.01), 0, 9.81)
            let estimate = filter.step(
                ImuSample(interval: 0.01, angularRate: .zero, specificForce: force))
            largest = max(largest, degreesBetween(estimate.up, Vector3(0, 0, 1)))
        }
        #expect(largest < 0.5)
    }

    @Test("A bias of 1 deg/s is learnt at rest, as fast as by the published filter")
    func biasAtRest() {
        let bias = Vector3(1 * degree, -1 * degree, 0.5 * degree)
        var filter = TiltFilter(samplePeriod: 0.01)
        // deg/s about x after so many samples: Python package `vqf` 2.1.2, same input.
        let expected = [200: 0.93179468, 300: 0.97549782, 499: 0.98943758, 2999: 0.9996403]
        for index in 0..<3000 {
            let estimate = filter.step(still(tilt: 30 * degree, bias: bias))
            if index == 100 { #expect(estimate.flags.has(.biasUnlearnt)) }
            if let value = expected[index] {
                #expect(abs(estimate.gyroscopeBias.x / degree - value) < 0.001)
                #expect(!estimate.flags.has(.biasUnlearnt))
            }
        }
    }

    @Test(
        "A sample rate given in nonsense is taken for 100 Hz", arguments: [0, -1, .nan, .infinity])
    func nonsensePeriod(period: Double) {
        var odd = TiltFilter(samplePeriod: period)
        var usual = TiltFilter(samplePeriod: 0.01)
        for index in 0..<200 {
            let sample = still(tilt: Double(index) * 0.01)
            #expect(odd.step(sample) == usual.step(sample))
        }
    }

    @Test("Up is the orientation's third row")
    func upMatchesRotation() {
        var filter = TiltFilter(samplePeriod: 0.01)
        let swing = Swing(rest: 0)
        for index in 0..<500 {
            let estimate = filter.step(swing.sample(index))
            let up = estimate.worldFromSensor.inverse.apply(Vector3(0, 0, 1))
            #expect(degreesBetween(estimate.up, up) < 1e-9)
        }
    }

    @Test("The flags have the names that files carry")
    func flagNames() {
        let all = TiltFlags(rawValue: 63)
        #expect(
            all.names
                == ["settling", "rest", "after-gap", "saturated", "unknown", "bias-unlearnt"])
        #expect(TiltFlags.none.names.isEmpty)
    }
}
