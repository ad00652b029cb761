// Jets, smooth curves, sway and random numbers.

import Kinematics
import Synthetic
import Testing

@Suite struct CurveTests {
    /// Values of 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷ and its derivatives at u = 0.3, computed in Python.
    @Test func theStepHasItsPolynomialsValues() {
        let jet = SmoothCurve.step(0.6, start: 0, length: 2)
        #expect(abs(jet.value - 0.126_036) < 1e-12)
        #expect(abs(jet.rate - 1.296_54 / 2) < 1e-12)
        #expect(abs(jet.acceleration - 7.408_8 / 4) < 1e-12)
        #expect(SmoothCurve.step(-1, start: 0, length: 2) == .zero)
        #expect(SmoothCurve.step(3, start: 0, length: 2) == Jet(1))
    }

    /// The incomplete beta functions I(0.3; 3, 3), (3, 4), (4, 3), (3, 5), (5, 3) and (4, 6) and the integrals of an
    /// even speed and of a halting one, each with two derivatives, by SciPy.
    @Test(arguments: [
        (MovementShape.leastJerk, 0.163_08, 1.323, 5.04), (.early, 0.255_69, 1.852_2, 4.41),
        (.late, 0.070_47, 0.793_8, 5.67), (.lopsided, 0.352_930_5, 2.268_945, 2.160_9),
        (.braked, 0.028_795_5, 0.416_745, 4.365_9),
        (.trailing, 0.270_340_902, 2.287_096_56, 6.534_561_6),
        (.gliding, 0.214_285_714_286, 1.428_571_428_571, 0),
        (.halting, 0.214_084_294_614, 1.425_289_460_53, 1.357_4),
    ])
    func otherShapesHaveTheirPolynomialsValues(
        _ shape: MovementShape, way: Double, rate: Double, acceleration: Double
    ) {
        let jet = SmoothCurve.step(1.6, start: 1, length: 2, shape: shape)
        #expect(abs(jet.value - way) < 1e-11)
        #expect(abs(jet.rate - rate / 2) < 1e-9)
        // A numeric derivative, for the halting one.
        #expect(abs(jet.acceleration - acceleration / 4) < (shape == .halting ? 1e-4 : 1e-9))
        #expect(SmoothCurve.step(1, start: 1, length: 2, shape: shape) == .zero)
        #expect(SmoothCurve.step(3, start: 1, length: 2, shape: shape) == Jet(1))
    }

    @Test func curvesDifferentiateToTheirOwnDerivatives() {
        let h = 1e-5
        let curves: [(Double) -> Jet] = [
            { SmoothCurve.step($0, start: 0.2, length: 0.7) },
            { SmoothCurve.step($0, start: 0.2, length: 0.7, shape: .gliding) },
            { SmoothCurve.step($0, start: 0.2, length: 0.7, shape: .braked) },
            { SmoothCurve.pulse($0, centre: 0.5, halfWidth: 0.4) },
            { SmoothCurve.plateau($0, start: 0.1, rise: 0.2, hold: 0.1, fall: 0.3) },
        ]
        for curve in curves {
            for tick in 1..<100 {
                let time = Double(tick) * 0.01 + 0.003
                let slope = (curve(time + h).value - curve(time - h).value) / (2 * h)
                #expect(abs(curve(time).rate - slope) < 1e-6)
                let bend = (curve(time + h).rate - curve(time - h).rate) / (2 * h)
                #expect(abs(curve(time).acceleration - bend) < 1e-4)
            }
        }
    }

    /// SciPy: the least jerk between the two moments at which a shape passes a twentieth of its peak speed.
    @Test(arguments: [
        (MovementShape.leastJerk, 0.0, 1.0), (.soft, 0.049_03, 0.950_97), (.early, 0, 0.923_69),
        (.gliding, 0, 1), (.trailing, 0.023_72, 0.826_22),
    ])
    func aMovementCountsFromWhereItCanBeSeen(_ shape: MovementShape, start: Double, end: Double) {
        #expect(abs(shape.counted.start - start) < 2e-4)
        #expect(abs(shape.counted.end - end) < 2e-4)
        // Nothing is lost: what is no part of a movement is part of the hold or of the rest.
        let next = PhaseTimes(raise: 2, hold: 1, lower: 3, rest: 1)
        let phases = PhaseTimes(raise: 2, hold: 1, lower: 3, rest: 0.5)
        let counted = phases.counted(shape, lowersFirst: false, next: next)
        #expect(abs(counted.raise - 2 * (end - start)) < 1e-3)
        #expect(abs(counted.hold - (1 + 2 * (1 - end) + 3 * start)) < 1e-3)
        #expect(abs(counted.lower - 3 * (end - start)) < 1e-3)
        #expect(abs(counted.rest - (0.5 + 3 * (1 - end) + 2 * start)) < 1e-3)
    }

    @Test func theSineOfAJetFollowsTheChainRule() {
        // sin(t²) at t = 0.8: derivatives 2t cos t² and 2 cos t² − 4t² sin t², computed in Python.
        let jet = Jet(0.64, rate: 1.6, acceleration: 2).sineAndCosineJets().sine
        #expect(abs(jet.value - 0.597_195_441) < 1e-9)
        #expect(abs(jet.rate - 1.283_353_213) < 1e-9)
        #expect(abs(jet.acceleration - 0.075_371_186) < 1e-9)
    }

    @Test func swayHasTheSizeAskedForAndStaysInItsBand() {
        let sway = Sway(seed: 5)
        for channel in Sway.Channel.allCases {
            let values = (0..<60_000).map { sway.value(channel, at: Double($0) * 0.05).value }
            let (mean, deviation) = statistics(values)
            #expect(abs(mean) < 0.02)
            #expect(abs(deviation - 1) < 0.02)
            let crossings = zip(values, values.dropFirst()).count { ($0 < 0) != ($1 < 0) }
            // Upward and downward, 3000 s: between twice 0.1 and twice 1.2 a second.
            #expect(crossings > 600)
            #expect(crossings < 7_200)
        }
        let other = Sway(seed: 6)
        #expect(sway.value(.tilt, at: 1).value != other.value(.tilt, at: 1).value)
    }

    @Test func aPersonSwaysByTheAngleInTheScript() throws {
        var motion = BodyMotion(person: Person(), seed: 9)
        try motion.schedule(NamedTask(name: "stand", task: .quietStand(seconds: 2_000)))
        let tilts = (0..<20_000).map { tick in
            motion.truth(at: Double(tick) * 0.1).anteriorTilt * degreesPerRadian
        }
        let (mean, deviation) = statistics(tilts)
        #expect(abs(mean - 8) < 0.02)
        #expect(abs(deviation - 0.25) < 0.01)
    }
}

@Suite struct RandomTests {
    /// From an independent Python program of both definitions, which first reproduced the
    /// generators' published outputs (SplitMix64 of 1234567 starts 6457827717110365317;
    /// xoshiro256** from state 1, 2, 3, 4 starts 11520, 0, 1509978240).
    @Test func theBitsAreThoseOfTheDefinition() {
        var plain = RandomSource(seed: 7)
        #expect(
            [plain.next(), plain.next(), plain.next()] == [
                3_822_060_276_188_950_975, 7_870_441_586_774_305_383, 4_044_593_800_113_012_244,
            ])
        var stream = RandomSource(seed: 7, stream: 3)
        #expect(
            [stream.next(), stream.next(), stream.next()] == [
                8_743_672_393_577_285_022, 3_672_041_177_902_788_693, 17_675_170_852_963_311_102,
            ])
    }

    @Test func gaussianNumbersHaveTheMomentsOfTwelveUniformOnes() {
        var random = RandomSource(seed: 1)
        let values = (0..<200_000).map { _ in random.gaussian() }
        let (mean, deviation) = statistics(values)
        #expect(abs(mean) < 0.01)
        #expect(abs(deviation - 1) < 0.01)
        // Kurtosis 3 − 1.2 / 12 = 2.9; share beyond one deviation 0.317 for a normal law.
        let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(values.count)
        #expect(abs(fourth - 2.9) < 0.06)
        let beyond = Double(values.count { abs($0) > 1 }) / Double(values.count)
        #expect(abs(beyond - 0.317) < 0.01)
    }

    @Test func uniformNumbersFillTheirRangeEvenly() {
        var random = RandomSource(seed: 2)
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<100_000 { counts[Int(random.uniform() * 10)] += 1 }
        for count in counts { #expect(abs(count - 10_000) < 500) }
    }
}
