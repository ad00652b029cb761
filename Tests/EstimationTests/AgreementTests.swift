// Agreement with the reference implementation of VQF, run outside on the same signals.

import Estimation
import Foundation
import Kinematics
import Testing

/// Expected values: the Python package `vqf` 2.1.2 (`VQF(0.01).updateBatchFullState`, fields
/// `quat6D` and `bias`), fed with the signals of `Swing` computed in NumPy 2.4.6.
@Suite("Agreement with the published implementation")
struct AgreementTests {
    struct Point: Sendable {
        let index: Int
        let quaternion: [Double]
    }

    struct Course: CustomTestStringConvertible, Sendable {
        let rest: Double
        let points: [Point]
        /// Index, then deg/s.
        let biases: [(index: Int, degrees: [Double])]
        var testDescription: String { rest > 0 ? "rest, then motion" : "motion from the start" }
    }

    static let courses = [
        Course(
            rest: 5,
            points: [
                Point(
                    index: 99, quaternion: [0.999992396, 0.002406194, -0.001601253, 0.002617990]),
                Point(
                    index: 499, quaternion: [0.999988564, 0.001723036, -0.001144790, 0.004311929]),
                Point(
                    index: 799, quaternion: [0.964836519, 0.156010472, -0.002435306, 0.211530832]),
                Point(
                    index: 1999, quaternion: [0.884230662, 0.276865883, 0.001621798, 0.376136663]),
                Point(
                    index: 2999,
                    quaternion: [0.959827934, -0.171647032, -0.001681599, -0.221956766]),
                Point(
                    index: 4499,
                    quaternion: [0.831791052, -0.335718000, -0.002599003, -0.442052391]),
                Point(
                    index: 5999,
                    quaternion: [0.916769693, -0.242798796, -0.001372719, -0.317143801]),
            ],
            biases: [
                (499, [0.59371146, -0.39580411, 0.29732264]),
                (1999, [0.59397979, -0.39526122, 0.29763444]),
                (5999, [0.59425982, -0.39512445, 0.2976332]),
            ]),
        Course(
            rest: 0,
            points: [
                Point(index: 0, quaternion: [0.997944494, 0.063936879, 0.000277682, 0.004334143]),
                Point(index: 99, quaternion: [0.890217955, 0.265134649, 0.000458987, 0.370425971]),
                Point(
                    index: 499,
                    quaternion: [0.845114474, -0.317270309, -0.008713087, -0.430168756]),
                Point(
                    index: 1999,
                    quaternion: [0.916776815, -0.258170485, -0.013844548, -0.304428317]),
                Point(
                    index: 4499, quaternion: [0.961231322, 0.123116918, 0.008659549, 0.246579769]),
                Point(
                    index: 5999,
                    quaternion: [0.968173886, -0.192035389, -0.022308031, -0.158946805]),
            ],
            biases: [
                (499, [0.21017401, -0.11368797, 0.03405917]),
                (1999, [0.44286827, -0.25216113, 0.10314627]),
                (5999, [0.55211413, -0.3248216, 0.14278713]),
            ]),
    ]

    @Test("Orientation and bias follow it to thousandths of a degree", arguments: courses)
    func agreement(course: Course) {
        let swing = Swing(rest: course.rest)
        var filter = TiltFilter(samplePeriod: Swing.samplePeriod)
        for index in 0..<6000 {
            let estimate = filter.step(swing.sample(index))
            for point in course.points where point.index == index {
                let q = estimate.worldFromSensor
                let p = point.quaternion
                let inner = q.w * p[0] + q.x * p[1] + q.y * p[2] + q.z * p[3]
                // The whole orientation, heading included.
                let angle = 2 * acos(min(1, abs(inner))) * 180 / Double.pi
                #expect(angle < 0.01, "sample \(index)")
            }
            for (at, degrees) in course.biases where at == index {
                let scale = 180 / Double.pi
                #expect(abs(estimate.gyroscopeBias.x * scale - degrees[0]) < 0.002)
                #expect(abs(estimate.gyroscopeBias.y * scale - degrees[1]) < 0.002)
                #expect(abs(estimate.gyroscopeBias.z * scale - degrees[2]) < 0.002)
            }
        }
    }

    @Test("The swing's true inclination is met within its own sigma", arguments: courses)
    func truth(course: Course) {
        let swing = Swing(rest: course.rest)
        var filter = TiltFilter(samplePeriod: Swing.samplePeriod)
        var within = 0
        var largest = 0.0
        for index in 0..<6000 {
            let estimate = filter.step(swing.sample(index))
            guard index >= 1000 else { continue }
            let error = degreesBetween(estimate.up, swing.up(index))
            largest = max(largest, error)
            if error < 2 * estimate.sigma * 180 / Double.pi { within += 1 }
        }
        // The package itself errs by up to 0.37 and 0.94 degrees here.
        #expect(largest < (course.rest > 0 ? 0.4 : 1.0))
        #expect(within > 4500)
    }
}
