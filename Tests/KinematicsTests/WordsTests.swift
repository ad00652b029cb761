// The small words: vectors, segments, sides, flags, units.

import Testing

@testable import Kinematics

@Suite struct WordsTests {
    @Test func crossProductIsRightHanded() {
        #expect(Vector3(1, 0, 0).cross(Vector3(0, 1, 0)) == Vector3(0, 0, 1))
        #expect(Vector3(0, 1, 0).cross(Vector3(0, 0, 1)) == Vector3(1, 0, 0))
        #expect(Vector3(1, 2, 3).cross(Vector3(4, 5, 6)) == Vector3(-3, 6, -3))
    }

    @Test func lengthAndDirection() {
        #expect(Vector3(3, -4, 12).norm == 13)
        #expect(Vector3(3, -4, 12).squaredNorm == 169)
        #expect(Vector3(0, 0, 5).normalized() == Vector3(0, 0, 1))
        #expect(Vector3.zero.normalized() == nil)
        #expect(Vector3(.nan, 0, 0).normalized() == nil)
        #expect(Vector3(.infinity, 0, 0).normalized() == nil)
        #expect(!Vector3(0, 0, .nan).isFinite)
        #expect(Vector3(1, 2, 3).isFinite)
    }

    @Test func segmentsKeepTheirPlacesAndNames() {
        let expected: [(Segment, Int, String)] = [
            (.pelvis, 0, "pelvis"), (.trunk, 1, "trunk"), (.leftThigh, 2, "left-thigh"),
            (.rightThigh, 3, "right-thigh"), (.leftShank, 4, "left-shank"),
            (.rightShank, 5, "right-shank"),
        ]
        #expect(Segment.allCases.count == Segment.count)
        for (segment, index, name) in expected {
            #expect(segment.index == index)
            #expect(segment.name == name)
            #expect(Segment(index: index) == segment)
            #expect(Segment(name: name) == segment)
        }
        for index in [-1, 6, Int.max, Int.min] { #expect(Segment(index: index) == nil) }
        #expect(Segment(name: "Pelvis") == nil)
        #expect(Segment(name: "") == nil)
    }

    @Test func sidesAreMirrorImages() {
        #expect(Side.right.sign == 1)
        #expect(Side.left.sign == -1)
        #expect(Side.right.opposite == .left)
        #expect(Side.left.opposite == .right)
        #expect(Side.left.thigh == .leftThigh)
        #expect(Side.right.thigh == .rightThigh)
        #expect(Side.left.shank == .leftShank)
        #expect(Side.right.shank == .rightShank)
        #expect(Side(name: "left") == .left)
        #expect(Side(name: "right") == .right)
        #expect(Side(name: "-") == nil)
    }

    @Test func sampleFlagsAreSixDifferentBits() {
        let all: [SampleFlags] = [
            .accelerometerClipped, .gyroscopeClipped, .hasDeviceTime, .newEpoch, .afterGap,
            .batched,
        ]
        for (place, flag) in all.enumerated() {
            #expect(flag.rawValue.nonzeroBitCount == 1)
            for other in all[(place + 1)...] { #expect(!flag.has(other)) }
            let both = flag.with(.newEpoch)
            #expect(both.has(flag) && both.has(.newEpoch))
        }
    }

    @Test func aSampleWithAnyNumberMissingIsNotFinite() {
        let good = ImuSample(
            interval: 0.01, angularRate: Vector3(1, 2, 3), specificForce: Vector3(0, 9.81, 0))
        #expect(good.isFinite)
        var sample = good
        sample.interval = .infinity
        #expect(!sample.isFinite)
        sample = good
        sample.angularRate.y = .nan
        #expect(!sample.isFinite)
        sample = good
        sample.specificForce.z = -.infinity
        #expect(!sample.isFinite)
    }

    @Test func unitsAreThoseOfTheStandards() {
        // ISO 80000-3: standard gravity; 180 degrees are pi.
        #expect(standardGravity == 9.80665)
        #expect(abs(180 * radiansPerDegree - 3.141592653589793) < 1e-15)
        #expect(abs(degreesPerRadian * radiansPerDegree - 1) < 1e-15)
        #expect(seconds(fromNanoseconds: 1_500_000_000) == 1.5)
        #expect(nanosecondsPerSecond == 1_000_000_000)
    }
}
