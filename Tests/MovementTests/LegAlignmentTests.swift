// Askew sensors: the pelvis after stand and bows, thighs and shanks after marching, and swapped sides.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Pelvis axes in the world: X forward, Y up, Z right.
private let worldFromUpright = Rotation(
    columnX: Vector3(1, 0, 0), columnY: Vector3(0, 0, 1), columnZ: Vector3(0, -1, 0))

/// A leg sensor on a marching person, mounted anyhow.
private struct MarchingSensor {
    var segment: Segment
    var channel: UInt8
    var mounting: Rotation
    /// Lifts: start, s, each 2 s long.
    var lifts: [Double]
    var knee = 60.0

    /// Angle about the leg's left-right axis, rad: the front turns up for a thigh, dips for a shank.
    func angle(_ time: Double) -> Double {
        let isThigh = segment == .leftThigh || segment == .rightThigh
        var sum = 0.0
        for start in lifts where time > start && time < start + 2 {
            sum += (1 - cos(Double.pi * (time - start))) / 2
        }
        return sum * (isThigh ? 40 : -25) * degree
    }

    func frame(_ time: Double) -> MotionFrame {
        let h = 0.001
        let worldFromSegment =
            worldFromUpright * Rotation(axis: Vector3(0, 0, 1), angle: angle(time))
        let rate = Vector3(0, 0, (angle(time + h) - angle(time - h)) / (2 * h))
        let worldFromSensor = worldFromSegment * mounting.inverse
        var sample = ImuSample(
            hostTime: SimulatedPelvis.start + Int64(time * 1e9), interval: 1.0 / 60,
            angularRate: mounting.apply(rate) + Vector3(0.01, -0.005, 0.008),
            specificForce: worldFromSensor.inverse.apply(Vector3(0, 0, standardGravity)))
        sample.interval = 1.0 / 60
        var frame = MotionFrame()
        frame.channel = channel
        frame.segment = segment
        frame.time = sample.hostTime
        frame.sample = sample
        frame.worldFromSensor = worldFromSensor
        return frame
    }
}

@Suite struct LegAlignmentTests {
    private static let askew = [
        Rotation(axis: Vector3(1, 2, -0.5), angle: 1.2),
        Rotation(axis: Vector3(0, 1, 0), angle: -0.5),
        Rotation(axis: Vector3(-1, 0.2, 0.7), angle: 2.4),
        Rotation(axis: Vector3(0.1, 1, 1), angle: 0.4),
    ]

    /// Left knee first; with `swapped` the left sensor is on the right leg.
    private func march(swapped: Bool) -> LegCalibrationSession {
        var pelvis = SimulatedPelvis()
        let leftLifts = [8.0, 14, 20, 26]
        let rightLifts = leftLifts.map { $0 + 3 }
        // Over the right foot while the left knee is up, and back and over for the other.
        pelvis.gestures = [.shift(start: 7, length: 0.8, size: 0.06)]
        for (index, start) in rightLifts.enumerated() {
            pelvis.gestures.append(.shift(start: start - 0.9, length: 0.8, size: -0.12))
            if index < 3 {
                pelvis.gestures.append(.shift(start: start + 2.1, length: 0.8, size: 0.12))
            }
        }
        let segments: [Segment] = [.leftThigh, .rightThigh, .leftShank, .rightShank]
        let sensors = segments.enumerated().map { index, segment in
            let isLeft = (segment == .leftThigh || segment == .leftShank) != swapped
            return MarchingSensor(
                segment: segment, channel: UInt8(index + 1), mounting: Self.askew[index],
                lifts: isLeft ? leftLifts : rightLifts)
        }
        var session = LegCalibrationSession(
            participants: sensors.map {
                .init(channel: $0.channel, segment: $0.segment, name: $0.segment.name)
            }, pelvisChannel: 0, pelvis: .identity)
        for _ in 0..<(34 * 60) where !session.isOver {
            let frame = pelvis.step()
            _ = session.add(frame)
            for sensor in sensors { _ = session.add(sensor.frame(pelvis.now)) }
        }
        return session
    }

    @Test func marchingAlignsThighsAndShanksAndProvesTheirSides() throws {
        let session = march(swapped: false)
        #expect(session.step == .done, "\(session.instruction)")
        #expect(session.results.count == 4)
        for (result, mounting) in zip(session.results, Self.askew) {
            let error = angleDegrees(result.alignment.segmentFromSensor, mounting.inverse)
            #expect(error < 1, "\(result.segment.name): \(error)")
            #expect(result.varianceExplained > 0.99)
        }
    }

    @Test func swappedLegsAreRefused() {
        let session = march(swapped: true)
        #expect(session.refusal == .sidesSwapped)
        #expect(session.instruction.contains("Swap them"))
    }

    @Test func withoutLiftsTheSessionEndsWithAReason() {
        var pelvis = SimulatedPelvis()
        let sensor = MarchingSensor(
            segment: .leftThigh, channel: 1, mounting: .identity, lifts: [])
        var session = LegCalibrationSession(
            participants: [.init(channel: 1, segment: .leftThigh, name: "left")], pelvisChannel: 0,
            pelvis: .identity)
        for _ in 0..<(60 * 60) where !session.isOver {
            _ = session.add(pelvis.step())
            _ = session.add(sensor.frame(pelvis.now))
        }
        #expect(session.refusal == .noLifts(sensor: "left", seen: 0))
    }

    /// E15: 15 degrees of yaw and 10 of roll askew; obliquity stays within a degree over a tilt of 30.
    @Test(arguments: [(15.0, 10.0), (-15, 10), (15, -10)])
    func anAskewPelvisSensorReadsObliquityWithinADegree(_ yaw: Double, _ roll: Double) throws {
        var pelvis = SimulatedPelvis()
        pelvis.neutralObliquity = 1.5
        pelvis.neutralTilt = 8
        pelvis.sensorFromPelvis =
            (Rotation(axis: Vector3(0, 1, 0), angle: yaw * degree)
            * Rotation(axis: Vector3(1, 0, 0), angle: roll * degree)).inverse
        pelvis.gestures = (0..<3).map { .bow(start: 7 + 4 * Double($0), length: 3, degrees: 35) }
        pelvis.gestures.append(.bow(start: 22, length: 6, degrees: 30))
        var stand = QuietStand()
        var bows: BowAxis?
        var alignment: SensorAlignment?
        var largest = 0.0
        var deepest = 0.0
        while pelvis.now < 29 {
            let frame = pelvis.step()
            let up = frame.worldFromSensor.destinationZInSource
            if pelvis.now < 6 {
                stand.add(frame.sample, up: up)
            } else if pelvis.now < 20 {
                if bows == nil {
                    bows = BowAxis(standUp: try #require(stand.up), offset: stand.meanRate)
                }
                bows?.add(frame.sample, up: up)
            } else {
                if alignment == nil {
                    let result = try #require(bows).result()
                    alignment = SensorAlignment(
                        segmentFromSensor: result.segmentFromSensor,
                        neutral: stand.neutral(segmentFromSensor: result.segmentFromSensor),
                        calmJerk: 1)
                }
                let found = try #require(alignment)
                let angles = SegmentAngles(upInSegment: found.segmentFromSensor.apply(up))
                    .relative(to: found.neutral)
                // The person sways by 0.1° and stays level otherwise.
                largest = max(largest, abs(angles.obliquity) / degree)
                deepest = max(deepest, angles.anteriorTilt / degree)
            }
        }
        #expect(deepest > 29)
        #expect(largest < 1.0, "\(largest)")
    }
}
