// What phases are seen in: the standing hip of a step, and the sway of a thigh whose rest still follows it.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

@Suite struct PhaseSourceTests {
    /// 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷.
    private func course(_ part: Double) -> Double {
        let u = max(0, min(1, part))
        return pow(u, 4) * (35 + u * (-84 + u * (70 - 20 * u)))
    }

    /// Steps up by 15 cm on the right leg, 2-1-3-1.5 s, while the free side drops by 12° from 0.6 s to 5.1 s.
    private func stepsUp(followsHip: Bool) -> [Repetition] {
        var vertical = VerticalMotion()
        var tracker = RepetitionTracker()
        tracker.begin(source: .height, lowersFirst: false, time: 0)
        func part(_ time: Double) -> Double {
            time < 5 || time >= 50 ? 0 : (time - 5).truncatingRemainder(dividingBy: 7.5)
        }
        func drop(_ time: Double) -> Double {
            12 * degree * (course((part(time) - 0.6) / 0.5) - course((part(time) - 4.6) / 0.5))
        }
        /// The pelvis' middle hangs 9 cm from the hip joint that the leg lifts.
        func height(_ time: Double) -> Double {
            0.15 * (course(part(time) / 2) - course((part(time) - 3) / 3)) - 0.09 * sin(drop(time))
        }
        var found: [Repetition] = []
        for index in 1...5200 {
            let time = Double(index) * 0.01
            let h = 0.002
            let lift = (height(time + h) - 2 * height(time) + height(time - h)) / (h * h)
            let up = Vector3(0, cos(drop(time)), sin(drop(time)))
            vertical.step(
                up: up, specificForce: up * (standardGravity + lift), rate: 0.02, interval: 0.01)
            let lever = TaskTracker.standingHip(up, stance: followsHip ? .right : nil)
            if tracker.step(
                height: vertical, lever: lever, sign: 1, interval: 0.01, time: Int64(time * 1e9))
            {
                found.append(tracker.last)
            }
        }
        return found
    }

    /// The dropping pelvis sinks by itself; the step is the standing leg's.
    @Test func aDropIsNoPartOfTheStep() {
        // Share of a seventh-order step that counts, by SciPy.
        let counted = 0.9019
        func error(_ found: [Repetition]) -> Double {
            median(
                found.map {
                    max(abs($0.tempo.raise - 2 * counted), abs($0.tempo.lower - 3 * counted))
                })
        }
        let (hip, middle) = (stepsUp(followsHip: true), stepsUp(followsHip: false))
        #expect(hip.count == 6)
        #expect(error(hip) < 0.1, "\(hip.map(\.tempo))")
        #expect(error(middle) > 2 * error(hip), "\(middle.map(\.tempo))")
    }

    /// The way from a rest that follows would show next to nothing.
    ///
    /// The thigh sways by 0.3° at 0.4 Hz along one of its two level ways: 2π · 0.4 · 0.3° a second at most, half of
    /// its square in the mean, and half of that for any one way.
    @Test func theSwayOfAThighIsSeenWhileItsRestFollows() throws {
        var rest = ThighRest()
        var power = 0.0
        for index in 1...1500 {
            let time = Double(index) * 0.01
            var thighs = ThighDirections()
            thighs.right = segmentUp(0.3 * sin(2 * Double.pi * 0.4 * time))
            rest.step(thighs, rate: 0.02, interval: 0.01, mayFollow: true)
            let sway = try #require(rest.sway(source: .movingThigh, stance: .left))
            if index > 500 { power += sway * sway / 1000 }
        }
        let fastest = 2 * Double.pi * 0.4 * 0.3 * degree
        #expect(abs(power / (fastest * fastest / 4) - 1) < 0.05)
        #expect(rest.sway(source: .height, stance: .left) == nil)
    }

    /// Who leans by 8° over the right foot while the left leg is lifted by 26° has not lifted it by 34°.
    @Test func aLeanTakesTheFreeThighAlong() {
        var rest = ThighRest()
        var thighs = ThighDirections()
        func angles(stance: Double) -> BodyAngles {
            var angles = BodyAngles()
            angles.set(.pelvis, SegmentAngles(obliquity: 0, anteriorTilt: 0))
            angles.set(.rightThigh, SegmentAngles(obliquity: stance * degree, anteriorTilt: 0))
            return angles
        }
        thighs.left = segmentUp(0)
        thighs.right = segmentUp(0)
        for _ in 1...200 { rest.step(thighs, rate: 0.02, interval: 0.01, mayFollow: true) }
        thighs.left = segmentUp(34)
        thighs.right = segmentUp(8)
        func lift(_ angles: BodyAngles) -> Double {
            (rest.lift(thighs, angles: angles, stance: .right) ?? .nan) / degree
        }
        #expect(abs(lift(angles(stance: 8)) - 26) < 0.1)
        // For a moment without the standing thigh the lean is the last one seen.
        var blind = BodyAngles()
        blind.set(.pelvis, SegmentAngles(obliquity: 0, anteriorTilt: 0))
        #expect(abs(lift(blind) - 26) < 0.1)
        // Lying on a side, the lower thigh does not stand.
        blind.set(.pelvis, SegmentAngles(obliquity: 90 * degree, anteriorTilt: 0))
        #expect(abs(lift(blind) - 34) < 0.1)
    }
}
