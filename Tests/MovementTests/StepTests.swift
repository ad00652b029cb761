// Steps, landings and habits from the signals that one pelvis sensor gives, and thighs besides.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

private func moment(
    _ time: Double, sideways: Double, shift: ShiftEvent = .none
) -> PelvisMoment {
    PelvisMoment(
        up: Vector3(0, 1, 0), force: Vector3(0, standardGravity, sideways), rate: 0.1,
        verticalRate: 0, interval: 0.01, time: Int64(time * 1e9) + 1, isReady: true, shift: shift,
        sideways: sideways)
}

@Suite struct StepTests {
    /// A pelvis that swings 3 cm at 0.85 Hz is accelerated by −ω² of its place; right is over the right foot.
    @Test func walkingSidesAreInferredFromTheSwing() {
        var tracker = StepTracker()
        var steps: [Step] = []
        let omega = 2 * Double.pi * 0.85
        for index in 1...3000 {
            let time = Double(index) * 0.01
            let swing = -0.03 * omega * omega * sin(omega * time)
            var angles = BodyAngles()
            // Right stance: the pelvis drops by 3° on the left.
            angles.set(
                .pelvis, SegmentAngles(obliquity: -3 * degree * sin(omega * time), anteriorTilt: 0))
            // It is caught from each contact on and sinks towards the next.
            let bounce = 1.5 * sin(2 * omega * time)
            if tracker.step(
                moment(time, sideways: swing), mode: .swings, angles: angles, upward: bounce)
            {
                steps.append(tracker.last)
            }
        }
        // 30 s at 102 steps a minute.
        #expect(abs(steps.count - 50) <= 2)
        let settled = steps.dropFirst(6)
        for (one, next) in zip(settled, settled.dropFirst()) { #expect(one.side != next.side) }
        for step in settled {
            #expect(abs(step.duration - 0.588) < 0.06)
            // A contact is known 0.1 s late, so the mean falls short of 3° · 2/π.
            #expect(step.drop > 1.4 * degree && step.peakDrop < 3.1 * degree)
            // In the middle of a right stance the sine is positive.
            let middle = Double(step.start + step.end) / 2 * 1e-9
            #expect((sin(omega * middle) > 0) == (step.side == .right))
        }
        #expect(!tracker.seesThighs)
    }

    /// 20 s of walking at 102 steps a minute, then 40 s on both feet with the weight going over once in
    /// 3 s.
    @Test func swayAfterAWalkIsNoStep() {
        var tracker = StepTracker()
        var steps = 0
        var walked = 0
        for index in 1...6000 {
            let time = Double(index) * 0.01
            let omega = 2 * Double.pi * (time < 20 ? 0.85 : 1 / 6.0)
            let swing = -0.03 * 28.5 * sin(omega * (time < 20 ? time : time - 20))
            var angles = BodyAngles()
            angles.set(.pelvis, SegmentAngles(obliquity: 0, anteriorTilt: 0))
            let bounce = time < 20 ? 1.5 * sin(2 * omega * time) : 0
            if tracker.step(
                moment(time, sideways: swing), mode: .swings, angles: angles, upward: bounce)
            {
                steps += 1
                if time < 20 { walked += 1 }
            }
        }
        #expect(abs(walked - 33) <= 2)
        #expect(steps - walked <= 2, "\(steps - walked) after the walk")
    }

    @Test func aLiftedThighSaysWhichLegStands() {
        var tracker = StepTracker()
        var sides: [Side] = []
        for index in 1...2000 {
            let time = Double(index) * 0.01
            // Left, right, left … each up for 1 s with 1 s between.
            let turn = Int(time / 2)
            let into = time - 2 * Double(turn)
            let knee = into < 1 ? 40 * sin(Double.pi * into) : 0
            var angles = BodyAngles()
            angles.set(.pelvis, SegmentAngles(obliquity: 0, anteriorTilt: 0))
            let lift = SegmentAngles(obliquity: 0, anteriorTilt: -knee * degree)
            let down = SegmentAngles(obliquity: 0, anteriorTilt: 0)
            angles.set(.leftThigh, turn % 2 == 0 ? lift : down)
            angles.set(.rightThigh, turn % 2 == 0 ? down : lift)
            if tracker.step(moment(time, sideways: 0), mode: .lifts, angles: angles, upward: 0) {
                sides.append(tracker.last.side)
            }
        }
        #expect(
            sides == [.right, .left, .right, .left, .right, .left, .right, .left, .right, .left])
        #expect(tracker.seesThighs)
    }

    /// Own mean + 2° in three successive steps of a side, after twenty of them.
    @Test func threeStepsOverTheOwnMeanAreCounted() throws {
        var judge = StepJudge()
        var seen: [Double?] = []
        for index in 0..<60 {
            let side: Side = index % 2 == 0 ? .left : .right
            var step = Step(side: side, start: 0, end: 600_000_000)
            step.peakDrop = (side == .left && index >= 50 ? 6.5 : 3) * degree
            var signals = SignalValues()
            judge.step(step, signals: &signals)
            if side == .left { seen.append(signals.value(.stepDropExcess)) }
        }
        #expect(seen.prefix(20).allSatisfy { $0 == nil })
        let excess = seen.suffix(5).map { ($0 ?? .nan) / degree }
        // Fiftieth, fifty-second: one and two of three; from the third on all three.
        #expect(excess[0] < 1 && excess[1] < 1)
        #expect(excess[2] > 2 && excess[2] < 3.6)
    }

    @Test func unevenStepTimesAreAnAsymmetry() throws {
        var judge = StepJudge()
        var value: Double?
        for index in 0..<40 {
            let side: Side = index % 2 == 0 ? .left : .right
            var signals = SignalValues()
            judge.step(
                Step(side: side, start: 0, end: side == .left ? 500_000_000 : 600_000_000),
                signals: &signals)
            value = signals.value(.stepAsymmetry)
        }
        #expect(abs(try #require(value) - 0.2) < 1e-6)
    }

    /// Step times that scatter by 12 % with even sides: by chance their means of ten differ by up to 15 %.
    @Test func chanceIsNoAsymmetry() {
        var random = SeededRandom(seed: 9)
        var (beyond, seen) = (0, 0)
        for _ in 0..<40 {
            var judge = StepJudge()
            for index in 0..<60 {
                let side: Side = index % 2 == 0 ? .left : .right
                let seconds = 0.6 * (1 + max(-0.3, min(0.3, random.normal(0.12))))
                var signals = SignalValues()
                judge.step(
                    Step(side: side, start: 0, end: Int64(seconds * 1e9)), signals: &signals)
                guard let value = signals.value(.stepAsymmetry) else { continue }
                seen += 1
                if value > 0.1 { beyond += 1 }
            }
        }
        // The plain ratio is beyond 10 % in about 6 % of the steps.
        #expect(seen > 1000 && Double(beyond) / Double(seen) < 0.005, "\(beyond) of \(seen)")
    }

    /// C20: 0.5 s against 0.7 s, three in a row; two are chance.
    @Test func sidesThatLoseTheirTempoAreSeen() throws {
        func imbalance(_ right: [Double]) -> Double? {
            var judge = StepJudge()
            var value: Double?
            var side = Side.left
            for seconds in [Double](repeating: 0.6, count: 12) + right {
                var signals = SignalValues()
                judge.step(
                    Step(side: side, start: 0, end: Int64(seconds * 1e9)), signals: &signals)
                value = signals.value(.tempoImbalance)
                side = side.opposite
            }
            return value
        }
        #expect(abs(try #require(imbalance([0.5, 0.7, 0.5, 0.7])) - 0.4) < 1e-9)
        #expect(try #require(imbalance([0.5, 0.7])) <= 0.2)
        #expect(try #require(imbalance([0.6, 0.6])) < 1e-9)
        // A person's own threshold may lie below 0.2: for it, too, one step is chance.
        #expect(try #require(imbalance([0.6, 0.72])) < 1e-9)
        #expect(abs(try #require(imbalance([0.6, 0.72, 0.6, 0.72])) - 0.2) < 1e-9)
    }

    /// A landing of 12 m/s² with 1.2 s of wobble, braked by half a sine of 4 m/s² over the 0.6 s before.
    @Test func aLandingIsTimedToSteadiness() throws {
        var tracker = LandingTracker()
        var random = SeededRandom(seed: 4)
        var found: Landing?
        for index in 1...1000 {
            let time = Double(index) * 0.01
            let wobble = time > 5 && time < 6.2 ? 1.0 : 0
            let sideways = wobble * sin(30 * time) + random.normal(0.02)
            let upward = abs(time - 5) < 0.02 ? 12.0 : 0
            var forward = time > 4.4 && time < 5 ? -4 * sin((time - 4.4) / 0.6 * .pi) : 0
            // Setting off, a stop before, and what comes when all is over are not this one's.
            if time < 3 { forward = time < 1.5 ? 6 : -6 }
            if time > 8 { forward = -9 }
            if tracker.step(
                horizontal: hypot(sideways, forward), forward: forward, upward: upward,
                isQuiet: time < 4, interval: 0.01, time: Int64(time * 1e9))
            {
                found = tracker.last
            }
        }
        let landing = try #require(found)
        #expect(landing.peak == 12 && landing.number == 1)
        #expect(abs(landing.deceleration - 4) < 0.15, "\(landing.deceleration)")
        #expect(landing.steadyAfter > 1.1 && landing.steadyAfter < 2.6, "\(landing.steadyAfter)")
    }

    /// Three landings, and no steadiness before the last of them is over.
    @Test func whoLandsAgainBeforeBeingSteadyHasLandedTwice() {
        var tracker = LandingTracker()
        var found: [Landing] = []
        for index in 1...2000 {
            let time = Double(index) * 0.01
            let horizontal = time > 5 && time < 14.5 ? abs(sin(30 * time)) : 0.01
            let isDown = [5.0, 9, 13].contains { abs(time - $0) < 0.02 }
            if tracker.step(
                horizontal: horizontal, forward: 0, upward: isDown ? 12 : 0, isQuiet: time < 4,
                interval: 0.01, time: Int64(time * 1e9))
            {
                found.append(tracker.last)
            }
        }
        #expect(found.map(\.number) == [1, 2, 3])
        #expect(found.map { Double($0.time) * 1e-9 }.map { ($0 * 10).rounded() } == [50, 90, 130])
        #expect(found.prefix(2).allSatisfy { $0.steadyAfter.isNaN })
        #expect(found.count == 3 && abs(found[2].steadyAfter - 2) < 0.6)
    }

    @Test func sittingAndHangingAreTimed() throws {
        var watch = HabitWatch()
        var signals = SignalValues()
        var body = BodyAngles()
        body.set(.pelvis, SegmentAngles(obliquity: 5 * degree, anteriorTilt: 0))
        body.set(.leftThigh, SegmentAngles(obliquity: 0, anteriorTilt: -80 * degree))
        for _ in 0..<1800 { watch.step(angles: body, rate: 0, interval: 1, signals: &signals) }
        #expect(signals.value(.sittingTime) == 1800)
        #expect(signals.value(.hang) == nil)
        body.set(.leftThigh, SegmentAngles(obliquity: 0, anteriorTilt: 0))
        for _ in 0..<60 { watch.step(angles: body, rate: 0, interval: 1, signals: &signals) }
        #expect(abs(try #require(signals.value(.hang)) - 5 * degree) < 1e-12)
        #expect(signals.value(.sittingTime) == 0)
    }
}
