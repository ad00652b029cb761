// Angles, postures and stance-relative signals: each sign with its mirror image.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Up in the axes of a pelvis, with the obliquity and anterior tilt it must read.
///
/// From scipy 1.17.1: `Rotation.from_euler('YXZ', [rotation, obliquity, -tilt])`, up = inverse of
/// (0, 1, 0), with the rotation about the vertical in the comment; it must not matter.
private let table: [(obliquity: Double, tilt: Double, up: [Double])] = [
    (0.0, 0.0, [0.0, 1.0, 0.0]),
    (5.0, 0.0, [0.0, 0.9961946980917457, -0.08715574274765818]),
    (-5.0, 0.0, [0.0, 0.9961946980917457, 0.08715574274765818]),
    (0.0, 10.0, [-0.17364817766693033, 0.9848077530122081, 0.0]),
    (0.0, -10.0, [0.17364817766693033, 0.9848077530122081, 0.0]),
    (4.0, -12.0, [0.20740522838853234, 0.9757648823399445, -0.06975647374412527]),  // 75°
    (-7.5, 25.0, [-0.41900270392554845, 0.898554198280556, 0.13052619222005155]),  // -140°
    (12.0, 35.0, [-0.561042415054222, 0.8012516067574691, -0.2079116908177593]),  // 10°
    (-3.0, 8.0, [-0.13898236906210149, 0.9889109407697045, 0.05233595624294383]),  // 180°
    (40.0, 0.0, [0.0, 0.7660444431189781, -0.6427876096865394]),
    (-25.0, -30.0, [0.453153893518325, 0.7848855672213959, 0.4226182617406995]),  // 200°
]

@Suite struct SegmentAnglesTests {
    @Test(arguments: table.indices)
    func anglesAreThoseOfTheRotationObliquityTiltOrder(_ index: Int) {
        let row = table[index]
        let angles = SegmentAngles(upInSegment: Vector3(row.up[0], row.up[1], row.up[2]))
        #expect(abs(angles.obliquity - row.obliquity * degree) < 1e-14)
        #expect(abs(angles.anteriorTilt - row.tilt * degree) < 1e-14)
    }

    /// Baker 2001: a level pelvis turned 30° and tilted 20° reads 9.85° oblique in tilt-first order.
    @Test func theLevelPelvisTurnedAndTiltedReadsLevel() {
        // worldFromPelvis = turn about the vertical (Y), then anterior tilt (about −Z).
        let turned = Rotation(axis: Vector3(0, 1, 0), angle: 30 * degree)
        let tilted = Rotation(axis: Vector3(0, 0, 1), angle: -20 * degree)
        let worldFromPelvis = turned * tilted
        let up = worldFromPelvis.inverse.apply(Vector3(0, 1, 0))
        let angles = SegmentAngles(upInSegment: up)
        #expect(abs(angles.obliquity) < 1e-15)
        #expect(abs(angles.anteriorTilt - 20 * degree) < 1e-15)

        // Tilt first (Z, then X, then Y): the middle angle is the arcsine of the matrix's third row,
        // second column, for R = Rz Rx Ry. scipy 1.17.1, as_euler('ZXY'): −9.84655194°.
        let row = worldFromPelvis.inverse.apply(Vector3(0, 0, 1))
        #expect(abs(asin(row.y) / degree + 9.84655194) < 1e-7)
    }

    @Test func theWorkedCheckOfTheReference() {
        // The left side of the pelvis sinks: the right one is the higher, z·up > 0.
        let sunkLeft = SegmentAngles(upInSegment: Vector3(0, cos(6 * degree), sin(6 * degree)))
        #expect(abs(sunkLeft.obliquity + 6 * degree) < 1e-14)
        let sunkRight = SegmentAngles(upInSegment: Vector3(0, cos(6 * degree), -sin(6 * degree)))
        #expect(abs(sunkRight.obliquity - 6 * degree) < 1e-14)
    }

    @Test func neutralIsTakenAway() {
        let angles = SegmentAngles(obliquity: 5 * degree, anteriorTilt: -3 * degree)
        let relative = angles.relative(
            to: SegmentAngles(obliquity: 2 * degree, anteriorTilt: -4 * degree))
        #expect(abs(relative.obliquity - 3 * degree) < 1e-15)
        #expect(abs(relative.anteriorTilt - 1 * degree) < 1e-15)
    }
}

@Suite struct PostureTests {
    /// Compensations 1.4, each test on both sides of 0.8.
    @Test(arguments: [
        ([0.0, 1.0, 0.0], Posture.upright), ([1.0, 0.0, 0.0], .supine), ([-1.0, 0.0, 0.0], .prone),
        ([0.0, 0.0, 1.0], .leftSide), ([0.0, 0.0, -1.0], .rightSide), ([0.0, -1.0, 0.0], .unknown),
        ([0.6, 0.8, 0.0], .unknown), ([0.599, 0.80075, 0.0], .upright),
        ([0.80075, 0.599, 0.0], .supine), ([-0.80075, 0.599, 0.0], .prone),
        ([0.599, 0.0, 0.80075], .leftSide), ([0.599, 0.0, -0.80075], .rightSide),
        ([0.577, 0.577, 0.577], .unknown), ([Double.nan, Double.nan, Double.nan], .unknown),
    ])
    func postureIsReadFromGravity(_ up: [Double], _ expected: Posture) {
        #expect(Posture(upInSegment: Vector3(up[0], up[1], up[2])) == expected)
    }

    /// Lying on the left side the person's right points up.
    @Test func lyingOnTheLeftSideTheRightSidePointsUp() {
        let right = Vector3(0, 0, 1)
        #expect(Posture(upInSegment: right).name == "left-side")
    }

    @Test func namesGoBothWays() {
        for posture in Posture.allCases { #expect(Posture(name: posture.name) == posture) }
        #expect(Posture(name: "Upright") == nil)
    }
}

@Suite struct SignalTests {
    private func segment(_ frontDegrees: Double) -> SegmentAngles {
        SegmentAngles(obliquity: frontDegrees * degree, anteriorTilt: 0)
    }

    private func degrees(_ value: Double?) -> Double? {
        value.map { ($0 / degree * 1e9).rounded() / 1e9 }
    }

    /// Pelvis obliquity (+ right side lower) → drop on each stance side: compensations 1.3.
    @Test(arguments: [
        (Side.right, -6.0, 6.0), (.right, 6.0, -6.0), (.left, 6.0, 6.0), (.left, -6.0, -6.0),
    ])
    func dropIsTheSinkingOfTheFreeSide(_ stance: Side, _ obliquity: Double, _ drop: Double) {
        var angles = BodyAngles()
        angles.set(.pelvis, segment(obliquity))
        let signals = angles.signals(stance: stance)
        #expect(degrees(signals.value(.drop)) == drop)
        #expect(degrees(signals.value(.hike)) == -drop)
    }

    /// Trunk lean (+ right): towards the stance leg is positive, and its mirror.
    @Test(arguments: [
        (Side.right, 5.0, 5.0), (.right, -5.0, -5.0), (.left, -5.0, 5.0), (.left, 5.0, -5.0),
    ])
    func leanIsCountedTowardsTheStanceLeg(_ stance: Side, _ lean: Double, _ ipsilateral: Double) {
        var angles = BodyAngles()
        angles.set(.trunk, segment(lean))
        let signals = angles.signals(stance: stance)
        #expect(degrees(signals.value(.leanIpsilateral)) == ipsilateral)
        #expect(degrees(signals.value(.leanAway)) == -ipsilateral)
    }

    /// femur_add = s · thigh.front, hip_add = drop + femur_add, leg_lean = mean of femur and shank.
    @Test func hipAdductionAndLegLeanAndTheirMirror() {
        for (stance, s) in [(Side.right, 1.0), (.left, -1.0)] {
            var angles = BodyAngles()
            angles.set(.pelvis, segment(-4 * s))  // drop 4
            angles.set(stance.thigh, segment(3 * s))
            var signals = angles.signals(stance: stance)
            #expect(degrees(signals.value(.hipAdduction)) == 7)
            #expect(degrees(signals.value(.legLean)) == 3)
            angles.set(stance.shank, segment(1 * s))
            signals = angles.signals(stance: stance)
            #expect(degrees(signals.value(.legLean)) == 2)
            #expect(degrees(signals.value(.hipAdduction)) == 7)
        }
    }

    /// The free leg's sensors say nothing of the stance hip.
    @Test func onlyTheStanceLegCounts() {
        var angles = BodyAngles()
        angles.set(.pelvis, segment(0))
        angles.set(.leftThigh, segment(10))
        angles.set(.leftShank, segment(10))
        let signals = angles.signals(stance: .right)
        #expect(signals.value(.hipAdduction) == nil)
        #expect(signals.value(.legLean) == nil)
    }

    @Test func tiltChangeHasNoSide() {
        for tilt in [-12.0, 12.0] {
            var angles = BodyAngles()
            angles.set(.pelvis, SegmentAngles(obliquity: 0, anteriorTilt: tilt * degree))
            #expect(degrees(angles.signals(stance: nil).value(.tiltChange)) == 12)
        }
    }

    /// With a pelvis sensor only, C02, C03, C05, C06 are not measured; without a side none is.
    @Test func whatIsNotSeenIsNotMeasured() {
        var angles = BodyAngles()
        angles.set(.pelvis, segment(3))
        let seen = angles.signals(stance: .left)
        for signal in [Signal.leanIpsilateral, .leanAway, .legLean, .hipAdduction, .jerkRatio] {
            #expect(seen.value(signal) == nil)
        }
        angles.set(.trunk, segment(1))
        angles.set(.leftThigh, segment(1))
        let unknown = angles.signals(stance: nil)
        for signal in Signal.allCases where signal.needsStance {
            #expect(unknown.value(signal) == nil)
        }
        for signal in Signal.allCases {
            #expect(BodyAngles().signals(stance: .left).value(signal) == nil)
        }
    }

    @Test func everySegmentHasItsOwnPlace() {
        var angles = BodyAngles()
        for (place, one) in Segment.allCases.enumerated() {
            angles.set(one, segment(Double(place + 1)))
        }
        let found = [
            angles.pelvis, angles.trunk, angles.leftThigh, angles.rightThigh, angles.leftShank,
            angles.rightShank,
        ].map { degrees($0?.obliquity) }
        #expect(found == [1, 2, 3, 4, 5, 6])
        angles.set(.trunk, nil)
        #expect(angles.trunk == nil)
    }

    @Test func namesGoBothWaysAndRatiosAreNoAngles() {
        let ratios: [Signal] = [
            .jerkRatio, .swayRatio, .loweringShortfall, .rangeShortfall, .holdLoss, .strikeExcess,
            .stepAsymmetry, .fatigue, .sittingTime, .tempoImbalance,
        ]
        #expect(Signal.allCases.count == Signal.count)
        for signal in Signal.allCases {
            #expect(Signal(name: signal.name) == signal)
            #expect(signal.isAngle == !ratios.contains(signal))
        }
        #expect(Signal(name: "Drop") == nil)
    }
}
