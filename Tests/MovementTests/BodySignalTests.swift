// Signals of all segments, lying postures, uncertainty, and sensors at different rates and delays.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Up in a segment's axes from the definitions: obliquity −asin(z·up), tilt −atan2(x·up, y·up).
private func up(_ obliquity: Double, tilt: Double = 0) -> Vector3 {
    Vector3(
        -sin(tilt * degree) * cos(obliquity * degree),
        cos(tilt * degree) * cos(obliquity * degree), -sin(obliquity * degree))
}

private func angles(_ obliquity: Double, tilt: Double = 0) -> SegmentAngles {
    SegmentAngles(upInSegment: up(obliquity, tilt: tilt))
}

@Suite struct BodySignalTests {
    /// Compensations 1.3 by hand, right stance: femur_add 5, shank_add 2, drop 3.
    @Test func legSignalsFollowTheReference() throws {
        var body = BodyAngles()
        body.set(.pelvis, angles(-3), sigma: 0.3 * degree)
        body.set(.rightThigh, angles(5), sigma: 0.4 * degree)
        body.set(.rightShank, angles(2), sigma: 0.3 * degree)
        let right = body.signals(stance: .right)
        func value(_ signal: Signal) throws -> Double { try #require(right.value(signal)) / degree }
        #expect(abs(try value(.drop) - 3) < 1e-9)
        #expect(abs(try value(.femurAdduction) - 5) < 1e-9)
        #expect(abs(try value(.shankAdduction) - 2) < 1e-9)
        #expect(abs(try value(.hipAdduction) - 8) < 1e-9)
        #expect(abs(try value(.legLean) - 3.5) < 1e-9)
        #expect(abs(try value(.kneeIn) - 3) < 1e-9)
        // √(0.3² + 0.4²) = 0.5.
        #expect(abs(body.sigmas.sigma(.hipAdduction, stance: .right) / degree - 0.5) < 1e-9)
        #expect(abs(body.sigmas.sigma(.kneeIn, stance: .right) / degree - 0.5) < 1e-9)
        // Half of √(0.4² + 0.3²); the thigh alone where there is no shank; no leg without a side.
        #expect(abs(body.sigmas.sigma(.legLean, stance: .right) / degree - 0.25) < 1e-9)
        #expect(body.sigmas.sigma(.legLean, stance: nil).isNaN)
        #expect(abs(body.sigmas.sigma(.drop, stance: nil) / degree - 0.3) < 1e-9)
        // The other leg carries no sensor.
        #expect(body.sigmas.sigma(.hipAdduction, stance: .left).isNaN)
        for signal in [Signal.femurAdduction, .shankAdduction, .legLean, .kneeIn] {
            #expect(body.signals(stance: .left).value(signal) == nil)
        }
    }

    /// C10 on two legs by hand: left −4 − (−1) against its own side is 3, right 9 − 2 is 7; inwards is positive.
    @Test func onTwoLegsTheWorseKneeCounts() throws {
        var body = BodyAngles()
        body.set(.pelvis, angles(0), sigma: 0.2 * degree)
        body.set(.leftThigh, angles(-4), sigma: 0.6 * degree)
        body.set(.leftShank, angles(-1), sigma: 0.8 * degree)
        func value() -> Double? { body.signals(stance: nil).value(.kneeIn).map { $0 / degree } }
        #expect(abs(try #require(value()) - 3) < 1e-9)
        body.set(.rightThigh, angles(9), sigma: 0.3 * degree)
        #expect(abs(try #require(value()) - 3) < 1e-9)
        body.set(.rightShank, angles(2), sigma: 0.4 * degree)
        #expect(abs(try #require(value()) - 7) < 1e-9)
        // As uncertain as the less certain of them: √(0.6² + 0.8²).
        #expect(abs(body.sigmas.sigma(.kneeIn, stance: nil) / degree - 1) < 1e-9)
        // A knee that goes out does not hide the one that goes in.
        body.set(.rightShank, angles(20))
        #expect(abs(try #require(value()) - 3) < 1e-9)
        body.set(.leftShank, nil)
        #expect(abs(try #require(value()) + 11) < 1e-9)
        body.set(.rightThigh, nil)
        #expect(value() == nil)
        #expect(body.sigmas.sigma(.kneeIn, stance: nil).isNaN)
    }

    @Test func theSpineIsTrunkAgainstPelvis() throws {
        var body = BodyAngles()
        body.set(.pelvis, angles(0, tilt: 30))
        body.set(.trunk, angles(0, tilt: 48))
        let value = try #require(body.signals(stance: nil).value(.spineDifference))
        #expect(abs(value / degree - 18) < 1e-9)
    }

    /// Compensations 1.4: roll back and hike of the upper side are positive on either side.
    @Test(arguments: [(Posture.leftSide, 1.0), (.rightSide, -1.0)])
    func sideLyingSignals(_ posture: Posture, _ sign: Double) throws {
        var rest = RestingPose()
        // The resting flank slopes by 4°; the pelvis is rolled by 2°.
        let (slope, lain) = (sin(4 * degree), sin(2 * degree))
        let quiet = Vector3(lain, slope, sign * sqrt(1 - slope * slope - lain * lain))
        for _ in 0..<110 { rest.step(up: quiet, posture: posture, interval: 0.01) }
        var signals = SignalValues()
        let (y, x) = (sin(-5 * degree), sin(14 * degree))
        rest.addSignals(up: Vector3(x, y, sign * sqrt(1 - x * x - y * y)), to: &signals)
        #expect(abs(try #require(signals.value(.hikeUpper)) / degree - 9) < 1e-6)
        #expect(abs(try #require(signals.value(.roll)) / degree - 12) < 1e-6)
        #expect(signals.value(.sag) == nil && signals.value(.drop) == nil)
    }

    @Test func untilThePersonRestsLyingAnglesAreNotMeasured() {
        var rest = RestingPose()
        var signals = SignalValues()
        for index in 0..<90 {
            rest.step(up: Vector3(1, 0, 0), posture: .supine, interval: 0.01)
            rest.addSignals(up: Vector3(1, 0, 0), to: &signals)
            #expect(signals.value(.sag) == nil, "\(index)")
        }
        for _ in 0..<20 { rest.step(up: Vector3(1, 0, 0), posture: .supine, interval: 0.01) }
        let z = sin(6 * degree)
        rest.addSignals(up: Vector3(sqrt(1 - z * z), 0, z), to: &signals)
        #expect(abs((signals.value(.sag) ?? 0) / degree - 6) < 1e-6)
        // Another posture begins anew.
        rest.step(up: Vector3(-1, 0, 0), posture: .prone, interval: 0.01)
        #expect(!rest.isKnown)
    }

    /// A trunk that leans at 20 deg/s, seen at 40 Hz and 40 ms late, is read within 0.1° all the same.
    @Test func aSegmentIsCarriedToThePelvisMoment() throws {
        var track = SegmentTrack()
        for index in 0..<40 {
            let time = Double(index) * 0.025
            track.take(
                SegmentObservation(
                    time: Int64(time * 1e9), interval: 0.025, period: 0.025,
                    upInSensor: up(20 * time), specificForce: .zero, sigma: 0, saturated: false,
                    unknown: false, batched: false))
        }
        let newest = 39 * 0.025
        let found = try #require(track.up(at: Int64((newest + 0.04) * 1e9)))
        let lean = SegmentAngles(upInSegment: found).obliquity / degree
        #expect(abs(lean - 20 * (newest + 0.04)) < 0.1)
        // Unmoved it would read 0.8° less.
        #expect(abs(lean - 20 * newest) > 0.7)
    }

    /// Frames of two sensors at other rates on one time line; the trunk's uncertainty goes with it.
    @Test func offlineFramesMixRates() throws {
        func track(_ segment: Segment, _ rate: Double, _ lean: Double) -> OfflineSegment {
            let samples = (0..<Int(4 * rate)).map { index in
                var sample = ImuSample(
                    hostTime: 1_000_000_000 + Int64(Double(index) / rate * 1e9),
                    interval: index == 0 ? 0 : 1 / rate, angularRate: .zero,
                    specificForce: up(lean) * 9.81)
                sample.hostTime += 1
                let orientation = Rotation(shortestFrom: up(lean), to: Vector3(0, 0, 1))
                return OfflineSegment.Sample(
                    sample: sample, worldFromSensor: orientation, sigma: 0.2 * degree,
                    unknown: false)
            }
            return OfflineSegment(
                segment: segment, period: 1 / rate, samples: samples, alignment: .identity)
        }
        let frames = OfflineBody.frames([track(.pelvis, 100, 2), track(.trunk, 31, -6)])
        #expect(frames.count == 400)
        let last = try #require(frames.last)
        #expect(abs(last.obliquity / degree - 2) < 1e-9)
        #expect(abs(last.trunkLean / degree + 6) < 1e-9)
        #expect(abs(last.sigmas.sigma(.trunk) / degree - 0.2) < 1e-9)
        #expect(last.signals.value(.kneeIn) == nil)
        let table = OfflineBodyText.table(frames).split(separator: "\n")
        #expect(table.count == 401)
        let columns = table[0].split(separator: ",")
        let cells = table[200].split(separator: ",", omittingEmptySubsequences: false)
        #expect(cells.count == columns.count)
        #expect(cells[3] == "2.000" && cells[6] == "-6.000")
        // No stance, no drop, and nothing to be uncertain of: empty cells.
        #expect(columns[8] == "drop_deg" && cells[8].isEmpty)
        #expect(columns[9] == "drop_sigma_deg" && cells[9].isEmpty)
        let spine = try #require(columns.firstIndex(of: "spine_difference_sigma_deg"))
        // Two sensors of 0.2 degrees: √2 · 0.2.
        #expect(cells[spine] == "0.283")
    }

    /// A shank on the leg that does not stand shows nothing of the knee that does.
    @Test func whatOnlyTheOtherLegWearsIsNotMeasured() {
        let worn: Set<Segment> = [.pelvis, .leftThigh, .rightThigh, .leftShank]
        #expect(Signal.kneeIn.isMeasurable(with: worn, stance: .left))
        #expect(!Signal.kneeIn.isMeasurable(with: worn, stance: .right))
        #expect(Signal.kneeIn.isMeasurable(with: worn))
        // The thigh of one leg and the shank of the other show neither knee.
        #expect(!Signal.kneeIn.isMeasurable(with: [.pelvis, .rightThigh, .leftShank]))
        let one: Set<Segment> = [.pelvis, .leftThigh]
        #expect(!Signal.legLean.isMeasurable(with: one, stance: .right))
        // C12 looks at the leg that moves, a sitting at either.
        #expect(Signal.pastMidline.isMeasurable(with: one, stance: .right))
        #expect(!Signal.pastMidline.isMeasurable(with: one, stance: .left))
        #expect(Signal.sittingTime.isMeasurable(with: one, stance: .right))
    }
}
