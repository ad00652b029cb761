// The quiet stand and the bows: neutral, calm, and the left-right axis.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000
private let degree = Double.pi / 180

private func sample(
    _ time: Double, rate: Vector3 = .zero, force: Vector3 = Vector3(0, standardGravity, 0)
) -> ImuSample {
    ImuSample(
        hostTime: second + Int64((time * 1e9).rounded()), interval: 0.01, angularRate: rate,
        specificForce: force)
}

private func up(obliquity: Double, tilt: Double = 0) -> Vector3 {
    // The inverse of the formulas of compensations 1.2.
    Vector3(
        -sin(tilt * degree) * cos(obliquity * degree),
        cos(tilt * degree) * cos(obliquity * degree), -sin(obliquity * degree))
}

@Suite struct QuietStandTests {
    /// Compensations 1.5: the median of the last 3 s of 5 s.
    ///
    /// Each second reads its own number; the last three seconds read 3, 9, 4: median 4, mean 5.3.
    @Test func theNeutralIsTheMedianOfTheLastThreeSeconds() {
        var stand = QuietStand()
        let degrees = [50.0, 60, 3, 9, 4]
        for step in 0..<500 {
            let value = degrees[step / 100]
            stand.add(sample(Double(step) * 0.01), up: up(obliquity: value, tilt: -2 * value))
        }
        let neutral = stand.neutral(segmentFromSensor: .identity)
        #expect(abs(neutral.obliquity - 4 * degree) < 1e-12)
        #expect(abs(neutral.anteriorTilt + 8 * degree) < 1e-12)
        #expect(abs(stand.duration - 4.99) < 1e-9)
        #expect(stand.count == 500)
    }

    @Test func theNeutralIsThatOfTheSegment() {
        let mounting = Rotation(axis: Vector3(0.2, 1, -0.4), angle: 0.7)
        var stand = QuietStand()
        for step in 0..<500 {
            stand.add(
                sample(Double(step) * 0.01),
                up: mounting.inverse.apply(up(obliquity: 2, tilt: 11)))
        }
        let neutral = stand.neutral(segmentFromSensor: mounting)
        #expect(abs(neutral.obliquity - 2 * degree) < 1e-12)
        #expect(abs(neutral.anteriorTilt - 11 * degree) < 1e-12)
    }

    @Test func anEvenCountHasTheMiddleOfTwo() {
        #expect(median([]) == 0)
        #expect(median([3]) == 3)
        #expect(median([4, 1]) == 2.5)
        #expect(median([9, 1, 5]) == 5)
        #expect(median([4, 1, 3, 2]) == 2.5)
    }

    /// RMS about the mean: a constant offset is no movement, a sine of amplitude a has a/√2.
    @Test func spreadsAreAboutTheMean() {
        var stand = QuietStand()
        let offset = Vector3(0.02, -0.01, 0.03)
        for step in 0..<500 {
            let wave = sin(2 * Double.pi * Double(step) / 50)
            stand.add(
                sample(
                    Double(step) * 0.01, rate: offset + Vector3(0.02 * wave, 0, 0),
                    force: Vector3(0.1, standardGravity + 0.3 * wave, 0)),
                up: Vector3(0, 1, 0))
        }
        #expect(abs(stand.rateSpread - 0.02 / 2.0.squareRoot()) < 1e-12)
        #expect(abs(stand.forceSpread - 0.3 / 2.0.squareRoot()) < 1e-11)
        #expect((stand.meanRate - offset).norm < 1e-12)
        #expect(abs(stand.forceNorm - Vector3(0.1, standardGravity, 0).norm) < 1e-12)
        #expect(stand.isQuiet)
    }

    @Test(arguments: [
        (2.9, 0.0, true), (3.1, 0.0, false), (0.0, 0.49, true), (0.0, 0.51, false),
    ])
    func whatMovesTooMuchIsNotQuiet(_ rateDegrees: Double, _ force: Double, _ isQuiet: Bool) {
        var stand = QuietStand()
        for step in 0..<500 {
            // A square wave has the RMS of its amplitude.
            let wave = step % 2 == 0 ? 1.0 : -1
            stand.add(
                sample(
                    Double(step) * 0.01, rate: Vector3(0, 0, wave * rateDegrees * degree),
                    force: Vector3(wave * force, standardGravity, 0)), up: Vector3(0, 1, 0))
        }
        #expect(stand.isQuiet == isQuiet)
    }

    @Test func aFewSamplesAreNoStand() {
        var stand = QuietStand()
        #expect(!stand.isQuiet && stand.up == nil && stand.forceNorm == 0 && stand.duration == 0)
        #expect(stand.calmJerk == 0 && stand.rateSpread == 0)
        for step in 0..<19 { stand.add(sample(Double(step) * 0.01), up: Vector3(0, 1, 0)) }
        #expect(!stand.isQuiet)
        stand.add(sample(0.19), up: Vector3(0, 1, 0))
        #expect(stand.isQuiet)
    }

    @Test func samplesThatAreNoNumbersAreLeftOut() {
        var stand = QuietStand()
        stand.add(sample(0, rate: Vector3(.nan, 0, 0)), up: Vector3(0, 1, 0))
        stand.add(sample(0, force: Vector3(0, .infinity, 0)), up: Vector3(0, 1, 0))
        stand.add(sample(0), up: Vector3(0, .nan, 0))
        #expect(stand.count == 0)
    }

    /// Sideways ±0.05 m/s² every 0.01 s: a jerk of 10 m/s³, from the first half second on.
    @Test func theCalmIsTheMeanJerk() {
        var stand = QuietStand()
        for step in 0..<500 {
            stand.add(
                sample(
                    Double(step) * 0.01,
                    force: Vector3(0, standardGravity, step % 2 == 0 ? 0.05 : -0.05)),
                up: Vector3(0, 1, 0))
        }
        #expect(abs(stand.calmJerk - 10) < 0.01)
    }
}

/// Vectors with the principal axis of the sum of their outer products and its share of the trace.
private struct EigenRow {
    var vectors: [[Double]]
    var axis: [Double]
    var share: Double
}

/// From numpy 2.4.6: `eigh(v.T @ v)`, the last column and eigenvalue / trace.
private let eigenTable = [
    EigenRow(
        vectors: [
            [-0.27003115302918645, 0.3317798038538761, -1.5186061582293113],
            [0.10476365444569095, -0.11951150469408071, 0.6017772847082933],
            [-0.0470991107543094, 0.04917732437151881, -0.15107535864972768],
            [-0.05643168947514241, 0.08824135500754521, -0.386460343597731],
            [0.14193396333032424, -0.22333847418260103, 0.9988928096770476],
            [-0.2971348742508721, 0.37669818763068896, -1.76893724641643],
        ],
        axis: [-0.16192054934645392, 0.2085967314001983, -0.9645046082567444],
        share: 0.9997482717209473),
    EigenRow(
        vectors: [
            [-0.40334451439208474, 0.11224240605045574, 1.6338934215589984],
            [-0.10036764514757963, 0.08980994574165896, -0.39385595934730233],
            [0.08951765884667989, -0.1827429340123787, -0.8451609927041063],
            [-0.18217507376525047, -0.010580345185931688, 0.7508899002751428],
            [-0.22060674715808504, 0.08598214569188058, 0.5049848597101143],
            [-0.020847818492327627, 0.07044049577820702, 0.3157922008135894],
        ],
        axis: [-0.21056009928128042, 0.07992059855725497, 0.9743085458502905],
        share: 0.9802069903987356),
    EigenRow(
        vectors: [
            [-0.2140372993160511, -0.06317988935075808, 0.3908006756604918],
            [0.3278059961055888, -0.028483544221591828, 0.044787319847342764],
            [0.3330282151468288, -0.01710327916284196, -0.08897505405453966],
            [-0.8256637817678734, -0.04624976448883146, 0.1680747998859925],
            [-0.055735894725369994, 0.19411187706500102, 0.2807072313718454],
            [-0.028928495839906684, -0.05894892149352202, 0.2666630635567238],
        ],
        axis: [-0.9378779807461185, -0.0236213160314786, 0.34616026152712026],
        share: 0.7817338857718703),
    EigenRow(
        vectors: [
            [-0.12714190567827288, 0.3085769882817014, -0.8610621453304144],
            [0.24535957304531958, 0.21009249302300048, -0.7581141708806949],
            [-0.5833399014185868, 0.3518167358276072, -0.4731059549732689],
            [0.18638637697950197, -0.1076929924687684, 1.8252787595276188],
            [-0.04597447713298988, -0.7435129757927892, 0.3283752999115644],
            [-0.4616320748858824, -0.2883199177372831, -0.20632746955308],
        ],
        axis: [-0.13097153472662298, 0.21476966914500617, -0.9678431930362985],
        share: 0.8064089864682727),
]

@Suite struct BowAxisTests {
    @Test(arguments: eigenTable.indices)
    func thePrincipalAxisIsNumpys(_ index: Int) {
        let row = eigenTable[index]
        var matrix = SymmetricMatrix()
        for v in row.vectors { matrix.addOuterProduct(Vector3(v[0], v[1], v[2])) }
        let (axis, share) = matrix.principalAxis()
        let expected = Vector3(row.axis[0], row.axis[1], row.axis[2])
        #expect(abs(abs(axis.dot(expected)) - 1) < 1e-12)
        #expect(abs(share - row.share) < 1e-12)
    }

    @Test func withoutMovementThereIsNoAxis() {
        #expect(SymmetricMatrix().principalAxis().share == 0)
    }

    /// Feeds bows of a mounted sensor; gives the axis finder.
    private func bows(
        mounting: Rotation, count: Int = 3, degrees: Double = 35, twistDegrees: Double = 0,
        obliquity: Double = 0, tilt: Double = 0
    ) throws -> BowAxis {
        var pelvis = SimulatedPelvis()
        pelvis.sensorFromPelvis = mounting
        pelvis.neutralObliquity = obliquity
        pelvis.neutralTilt = tilt
        pelvis.gyroscopeOffset = Vector3(0.02, -0.01, 0.015)
        var stand = QuietStand()
        for _ in 0..<300 {
            let frame = pelvis.step()
            stand.add(frame.sample, up: frame.worldFromSensor.destinationZInSource)
        }
        for index in 0..<count {
            pelvis.gestures.append(
                .bow(start: 6 + Double(index) * 4, length: 3, degrees: degrees))
            pelvis.gestures.append(
                .twist(start: 6 + Double(index) * 4, length: 1.5, degrees: twistDegrees))
        }
        var axis = BowAxis(standUp: try #require(stand.up), offset: stand.meanRate)
        while pelvis.now < 6 + Double(count) * 4 {
            let frame = pelvis.step()
            axis.add(frame.sample, up: frame.worldFromSensor.destinationZInSource)
        }
        return axis
    }

    /// A sensor put on askew: the segment's axes come back to within a degree.
    @Test(arguments: [
        (0.0, 0.0), (15, 10), (-15, 10), (15, -10), (90, 0), (180, 0), (-90, 25), (120, 60),
    ])
    func aSkewMountingIsRecovered(_ yaw: Double, _ roll: Double) throws {
        let mounting =
            Rotation(axis: Vector3(0, 1, 0), angle: yaw * degree)
            * Rotation(axis: Vector3(1, 0, 0), angle: roll * degree)
        let axis = try bows(mounting: mounting)
        #expect(axis.count == 3)
        let result = try axis.result()
        #expect(angleDegrees(result.segmentFromSensor, mounting.inverse) < 1)
        #expect(result.varianceExplained > 0.98)
    }

    /// The person's own stance is not taken for the mounting: Z stays the axis of the bow.
    @Test func theNeutralIsLeftInTheAngles() throws {
        let axis = try bows(mounting: .identity, obliquity: 3)
        let result = try axis.result()
        let stand = result.segmentFromSensor.apply(up(obliquity: 3))
        // The bow turns about the pelvis' own Z, which lies 3° from level.
        #expect(abs(SegmentAngles(upInSegment: stand).obliquity - 3 * degree) < 0.5 * degree)
    }

    @Test func bowsWithATwistAreUnclear() throws {
        let axis = try bows(mounting: .identity, twistDegrees: 25)
        do {
            _ = try axis.result()
            Issue.record("the axis must not be clear")
        } catch BowAxis.Failure.axisUnclear(let share) {
            #expect(share < 0.9 && share > 0.4)
        }
    }

    /// The bows' angle doubles back: three are counted, shallow ones are not.
    @Test func bowsAreCountedByTheirDepth() throws {
        #expect(try bows(mounting: .identity, count: 2).count == 2)
        #expect(try bows(mounting: .identity, degrees: 14).count == 0)
        #expect(try bows(mounting: .identity, degrees: 17).count == 3)
    }

    /// Bending back, not bowing: front up.
    ///
    /// It would pass for a bow with the sensor reversed, so the sign proof that follows must catch
    /// it; here the axis points the other way.
    @Test func bendingBackwardTurnsTheAxisRound() throws {
        let result = try bows(mounting: .identity, degrees: -35).result()
        let z = result.segmentFromSensor.inverse.apply(Vector3(0, 0, 1))
        #expect(z.z < -0.99)
    }

    @Test func withoutMovementThereIsNoResult() throws {
        let axis = BowAxis(standUp: Vector3(0, 1, 0), offset: .zero)
        #expect(throws: BowAxis.Failure.tooFewSamples) { _ = try axis.result() }
    }

    /// Turning about the vertical has a clear axis and tips nothing.
    @Test func turningOnTheSpotIsNoBow() {
        var axis = BowAxis(standUp: Vector3(0, 1, 0), offset: .zero)
        for step in 0..<200 {
            axis.add(
                sample(Double(step) * 0.01, rate: Vector3(0, sin(Double(step) * 0.1), 0)),
                up: Vector3(0, 1, 0))
        }
        #expect(throws: BowAxis.Failure.noForwardTip) { _ = try axis.result() }
    }

    @Test func samplesThatAreNoNumbersAreLeftOut() throws {
        var axis = BowAxis(standUp: Vector3(0, 1, 0), offset: .zero)
        for _ in 0..<100 {
            axis.add(sample(0, rate: Vector3(.nan, 1, 1)), up: Vector3(0, 1, 0))
            axis.add(sample(0, rate: Vector3(1, 1, 1)), up: Vector3(.nan, 1, 0))
        }
        #expect(throws: BowAxis.Failure.tooFewSamples) { _ = try axis.result() }
    }
}

@Suite struct StaticAlignmentTests {
    /// A sensor put on by yaw and tilt: gravity and the stated forward axis give the segment's axes.
    @Test(arguments: [(0.0, 0.0), (90, 0), (-45, 20), (180, -30), (10, 70)])
    func standAndForwardAxisGiveTheSegment(_ yaw: Double, _ pitch: Double) throws {
        let sensorFromSegment =
            Rotation(axis: Vector3(0, 0, 1), angle: pitch * degree)
            * Rotation(axis: Vector3(0, 1, 0), angle: yaw * degree)
        let alignment = try #require(
            SensorAlignment(
                standingUp: sensorFromSegment.apply(Vector3(0, 1, 0)) * 9.8,
                forward: sensorFromSegment.apply(Vector3(1, 0, 0)) * 3))
        #expect(angleDegrees(alignment.segmentFromSensor, sensorFromSegment.inverse) < 1e-6)
        #expect(alignment.neutral == SegmentAngles(obliquity: 0, anteriorTilt: 0))
        #expect(alignment.segmentFromSensor.isFinite)
    }

    /// The forward axis need not be square to gravity: only its level part counts.
    @Test func aSlantedForwardAxisIsLevelled() throws {
        let alignment = try #require(
            SensorAlignment(standingUp: Vector3(0, 1, 0), forward: Vector3(1, 1, 0)))
        #expect(angleDegrees(alignment.segmentFromSensor, .identity) < 1e-6)
    }

    @Test(arguments: [
        (Vector3(0, 1, 0), Vector3(0, 1, 0)), (Vector3(0, 1, 0), Vector3(0.2, -1, 0)),
        (Vector3.zero, Vector3(1, 0, 0)), (Vector3(0, 1, 0), Vector3.zero),
        (Vector3(0, .nan, 0), Vector3(1, 0, 0)), (Vector3(0, 1, 0), Vector3(.nan, 0, 0)),
    ])
    func withoutALevelForwardAxisThereIsNone(_ up: Vector3, _ forward: Vector3) {
        #expect(SensorAlignment(standingUp: up, forward: forward) == nil)
    }

    /// What was uncertain in the stand cancels in angles from it: 5² = 3² + 4².
    @Test func onlyTheUncertaintyOnTopOfTheStandsCounts() {
        var alignment = SensorAlignment.identity
        #expect(alignment.sigmaFromNeutral(0.05) == 0.05)
        alignment.standSigma = 0.03
        #expect(abs(alignment.sigmaFromNeutral(0.05) - 0.04) < 1e-15)
        #expect(alignment.sigmaFromNeutral(0.02) == 0)
        #expect(alignment.sigmaFromNeutral(.infinity) == .infinity)
    }
}
