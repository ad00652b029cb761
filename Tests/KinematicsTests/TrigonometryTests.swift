// The plain-arithmetic trigonometry against the C library's, which is an independent implementation.

import Glibc
import Testing

@testable import Kinematics

@Suite struct TrigonometryTests {
    /// Angles of movement: a hundred thousand over four turns either way.
    @Test func sineAndCosineOfMovementAnglesAgreeWithTheCLibrary() {
        var random = SeededRandom(seed: 1)
        var largest = 0.0
        var largestAbsolute = 0.0
        for _ in 0..<100_000 {
            let angle = Double.random(in: -8 * Double.pi...8 * Double.pi, using: &random)
            let result = sineAndCosine(angle)
            for (value, reference) in [(result.sine, sin(angle)), (result.cosine, cos(angle))] {
                largestAbsolute = max(largestAbsolute, abs(value - reference))
                // Near a zero the relative error is bounded by the reduction, not by the series.
                if abs(reference) > 1e-3 {
                    largest = max(largest, unitsInLastPlace(value, from: reference))
                }
            }
        }
        #expect(largest <= 2)
        #expect(largestAbsolute <= 2.3e-16)
    }

    @Test func sineAndCosineOfLargeAnglesStayWithinTheStatedAccuracy() {
        var random = SeededRandom(seed: 2)
        var largest = 0.0
        for _ in 0..<100_000 {
            let angle = Double.random(in: -1e5...1e5, using: &random)
            let result = sineAndCosine(angle)
            largest = max(largest, abs(result.sine - sin(angle)), abs(result.cosine - cos(angle)))
        }
        #expect(largest <= 2.3e-16)
    }

    @Test func smallAnglesKeepTheirRelativeAccuracy() {
        var random = SeededRandom(seed: 3)
        var largest = 0.0
        for _ in 0..<100_000 {
            let exponent = Double.random(in: -300...0, using: &random)
            let angle = pow(10, exponent) * (Bool.random(using: &random) ? 1 : -1)
            largest = max(largest, unitsInLastPlace(sineAndCosine(angle).sine, from: sin(angle)))
        }
        #expect(largest <= 1)
        #expect(sineAndCosine(0).sine == 0)
        #expect(sineAndCosine(0).cosine == 1)
    }

    @Test func multiplesOfAQuarterTurnAreNearlyExact() {
        for quarter in -400_000...400_000 where quarter % 977 == 0 || abs(quarter) < 100 {
            let angle = Double(quarter) * (Double.pi / 2)
            let result = sineAndCosine(angle)
            #expect(abs(result.sine - sin(angle)) <= 2.3e-16)
            #expect(abs(result.cosine - cos(angle)) <= 2.3e-16)
        }
    }

    @Test(arguments: [
        Double.nan, Double.infinity, -Double.infinity, 1e9, -1e9, 1e300,
        Double.greatestFiniteMagnitude,
    ])
    func anglesBeyondReasonGiveNotANumber(_ angle: Double) {
        let result = sineAndCosine(angle)
        #expect(result.sine.isNaN)
        #expect(result.cosine.isNaN)
    }

    @Test func arctangentAgreesWithTheCLibrary() {
        var random = SeededRandom(seed: 4)
        var largest = 0.0
        for index in 0..<100_000 {
            // Half of them over many orders of magnitude, half of them of one size.
            var y = Double.random(in: -1...1, using: &random)
            var x = Double.random(in: -1...1, using: &random)
            if index % 2 == 0 {
                y *= pow(10, Double.random(in: -12...12, using: &random))
                x *= pow(10, Double.random(in: -12...12, using: &random))
            }
            largest = max(
                largest, unitsInLastPlace(arctangent(y: y, x: x), from: atan2(y, x)))
        }
        // Measured: 4 places, that is 9e-16 of the angle.
        #expect(largest <= 4)
    }

    @Test func arctangentOnTheAxesIsExact() {
        #expect(arctangent(y: 0, x: 1) == 0)
        #expect(arctangent(y: 1, x: 0) == Double.pi / 2)
        #expect(arctangent(y: -1, x: 0) == -Double.pi / 2)
        #expect(arctangent(y: 0, x: -1) == Double.pi)
        #expect(arctangent(y: 0, x: 0) == 0)
        #expect(abs(arctangent(y: 1, x: 1) - Double.pi / 4) < 2e-16)
        #expect(abs(arctangent(y: -1, x: -1) + 3 * Double.pi / 4) < 5e-16)
    }

    @Test func arctangentOfWhatIsNotFiniteIsNotANumber() {
        #expect(arctangent(y: .nan, x: 1).isNaN)
        #expect(arctangent(y: 1, x: .nan).isNaN)
        #expect(arctangent(y: .infinity, x: 1).isNaN)
        #expect(arctangent(y: 1, x: -.infinity).isNaN)
    }

    @Test func arctangentSurvivesExtremes() {
        let extremes = [
            Double.greatestFiniteMagnitude, Double.leastNormalMagnitude,
            Double.leastNonzeroMagnitude, 1,
        ]
        for y in extremes {
            for x in extremes {
                for (sy, sx) in [(y, x), (-y, x), (y, -x), (-y, -x)] {
                    let difference = abs(arctangent(y: sy, x: sx) - atan2(sy, sx))
                    #expect(difference <= 4.5e-16, "y \(sy) x \(sx)")
                }
            }
        }
    }

    @Test func arcsineAgreesWithTheCLibrary() {
        var random = SeededRandom(seed: 5)
        var largest = 0.0
        for index in 0..<100_000 {
            var value = Double.random(in: -1...1, using: &random)
            // A third near zero, a third near the ends.
            if index % 3 == 1 { value *= 1e-6 }
            if index % 3 == 2 { value = (value < 0 ? -1 : 1) * (1 - abs(value) * 1e-6) }
            largest = max(largest, unitsInLastPlace(arcsine(value), from: asin(value)))
        }
        // Measured: 5 places, that is 1.1e-15 of the angle.
        #expect(largest <= 5)
    }

    @Test func arcsineOfRoundingBeyondOneIsAQuarterTurn() {
        #expect(arcsine(1) == Double.pi / 2)
        #expect(arcsine(-1) == -Double.pi / 2)
        #expect(arcsine(1.000_000_1) == Double.pi / 2)
        #expect(arcsine(-1.000_000_1) == -Double.pi / 2)
        #expect(arcsine(0) == 0)
        #expect(arcsine(.nan).isNaN)
    }

    @Test func squareRootIsTheCorrectlyRoundedOne() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<100_000 {
            let value = Double(bitPattern: random.next() & 0x7fef_ffff_ffff_ffff)
            #expect(squareRoot(value) == sqrt(value))
        }
        #expect(squareRoot(-1).isNaN)
    }

    /// A recording replayed elsewhere must give the same bits.
    ///
    /// The values beside them are mpmath's (50 digits, rounded); the bits are what plain IEEE
    /// arithmetic makes of the series.
    @Test(arguments: [
        (sineAndCosine(1).sine, 0x3fea_ed54_8f09_0cee as UInt64, 0.841_470_984_807_896_5),
        (sineAndCosine(1).cosine, 0x3fe1_4a28_0fb5_068c, 0.540_302_305_868_139_8),
        (sineAndCosine(-30).sine, 0x3fef_9df4_7f1c_903d, 0.988_031_624_092_861_8),
        (arctangent(y: 1, x: 2), 0x3fdd_ac67_0561_bb4e, 0.463_647_609_000_806_1),
        (arctangent(y: -5, x: -3), 0xc000_e3c5_1fa0_59c4, -2.111_215_827_065_480_6),
        (arcsine(0.5), 0x3fe0_c152_382d_7367, 0.523_598_775_598_298_9),
    ])
    func bitsAreTheSameOnEveryMachine(_ value: Double, _ bits: UInt64, _ reference: Double) {
        #expect(value.bitPattern == bits)
        #expect(unitsInLastPlace(value, from: reference) <= 5)
    }
}
