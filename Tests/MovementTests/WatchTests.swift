// What is noticed beside the rules: slipped, swapped and other sides; and plans, labels, own thresholds.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

private func angles(_ obliquity: Double, _ tilt: Double = 0) -> SegmentAngles {
    SegmentAngles(obliquity: obliquity * degree, anteriorTilt: tilt * degree)
}

/// C17 takes half a minute: a short silence of the radio must not start it anew, a long one must.
@Suite struct SlowRuleTests {
    private func entered(silence: Double, minimumOn: Double) throws -> Double? {
        let rule = Rule(
            id: try #require(RuleID(name: "C17")), signal: .hang, on: 0.07, off: 0.05,
            minimumOn: minimumOn)
        var state = RuleState()
        for index in 0..<6000 {
            let time = Double(index) * 0.01
            let value: Double? = time >= 10 && time < 10 + silence ? nil : 0.1
            if state.step(rule, value: value, time: 1_000_000_000 + Int64(time * 1e9)) == .entered {
                return time
            }
        }
        return nil
    }

    @Test func aShortSilenceDoesNotStartItAnew() throws {
        #expect(try #require(try entered(silence: 1, minimumOn: 30)) < 30.1)
    }

    @Test func aLongOneDoes() throws {
        #expect(try #require(try entered(silence: 3, minimumOn: 30)) > 42.9)
    }

    @Test func aQuickRuleForgetsAtOnce() throws {
        #expect(try #require(try entered(silence: 0.1, minimumOn: 4.9)) < 5)
        let late = try entered(silence: 0.1, minimumOn: 0.5)
        #expect(try #require(late) < 0.6)
    }
}

@Suite struct WatchTests {
    /// Compensations 7: neutral moved by more than 5°; five seconds of standing near it open the gate.
    @Test func aSlippedSensorIsNoticedAtRestAndForgivenAfterAStand() {
        var watch = SlipWatch()
        func stand(_ seconds: Double, _ angles: SegmentAngles, rate: Double = 0.5, may: Bool = true)
        {
            for _ in 0..<Int(seconds * 100) {
                watch.step(
                    angles: angles, rate: rate * degree, mayStand: may, isPelvis: true,
                    interval: 0.01)
            }
        }
        stand(10, angles(4, -4))
        #expect(!watch.hasSlipped)
        // A hold, or a moving person, is no stand.
        stand(10, angles(8), may: false)
        stand(10, angles(8), rate: 20)
        #expect(!watch.hasSlipped)
        stand(2, angles(6))
        #expect(!watch.hasSlipped)
        stand(3, angles(6))
        #expect(watch.hasSlipped)
        stand(4, angles(1))
        #expect(watch.hasSlipped)
        stand(2, angles(1))
        #expect(!watch.hasSlipped)
        stand(5, angles(0, 7))
        #expect(watch.hasSlipped)
    }

    /// Hips and knees are never bent alike in two stands, but a thigh does not lean sideways by itself.
    @Test func aThighMayBeBentDifferentlyButNotLean() {
        var watch = SlipWatch()
        func stand(_ seconds: Double, _ angles: SegmentAngles) {
            for _ in 0..<Int(seconds * 100) {
                watch.step(
                    angles: angles, rate: 0.5 * degree, mayStand: true, isPelvis: false,
                    interval: 0.01)
            }
        }
        stand(10, angles(0, 10))
        #expect(!watch.hasSlipped)
        stand(4, angles(6, 0))
        #expect(watch.hasSlipped)
    }

    /// A one-leg stand on the left asked for, the left thigh lifted by 25° for 15 s, then put down and
    /// the right one lifted.
    @Test func theOtherLegIsToldForAsLongAsItIsInTheAir() {
        var wearing = Wearing([.pelvis, .leftThigh, .rightThigh])
        wearing.rate = Vector3(0.01, 0, 0)
        func stand(_ seconds: Double, left: Double = 0, right: Double = 0) {
            for _ in 0..<Int(seconds * 100) {
                wearing.feed(.leftThigh, segmentUp(0, tilt: -left))
                wearing.feed(.rightThigh, segmentUp(0, tilt: -right))
                wearing.step(segmentUp(0))
            }
        }
        stand(5)
        wearing.begin(.left)
        stand(2)
        let first = wearing.frames.count
        stand(15, left: 25)
        let told = wearing.frames[(first + 110)...].filter { $0.gates.has(.wrongSide) }.count
        #expect(told == 1500 - 110)
        #expect(wearing.body.hold.completed == 0)
        // None of it looks like a hold, nor do two feet on the floor after it.
        #expect(wearing.frames[first...].allSatisfy { $0.phase != .holding })
        stand(2)
        #expect(wearing.frames.suffix(200).allSatisfy { $0.phase != .holding })
        // The right one in the air is one at once: 10 ms a sample.
        stand(5, right: 25)
        #expect(wearing.frames.suffix(300).allSatisfy { !$0.gates.has(.wrongSide) })
        #expect(wearing.frames.suffix(490).allSatisfy { $0.phase == .holding })
        stand(2)
        #expect(wearing.body.hold.completed == 1)
        let held = Double(wearing.body.hold.holdEnd - wearing.body.hold.holdStart) * 1e-9
        #expect(abs(held - 5) < 0.25, "\(held)")
        // What stays up for half a minute, though it was told, is a sensor that has slipped.
        stand(2)
        stand(30, left: 25)
        #expect(wearing.frames.suffix(100).allSatisfy { !$0.gates.has(.wrongSide) })
        #expect(wearing.body.slippedSegments() == 1 << UInt8(Segment.leftThigh.index))
    }

    /// Told to stand on the left, they stand on the right for 40 s.
    ///
    /// The weight was seen to go there, so it is no sensor; once it is back and the thigh still reads lifted, it is.
    @Test func whoStandsOnTheOtherLegForLongIsToldAllAlong() {
        var wearing = Wearing([.pelvis, .leftThigh, .rightThigh])
        wearing.rate = Vector3(0.01, 0, 0)
        func step(left: Double) {
            wearing.feed(.leftThigh, segmentUp(0, tilt: -left))
            wearing.feed(.rightThigh, segmentUp(0))
            wearing.step(segmentUp(0))
        }
        /// The pelvis goes `size` m to the right in 0.8 s, the thigh from one lift to another meanwhile.
        func shift(_ size: Double, from: Double, to: Double) {
            for index in 0..<80 {
                let a = size / 2 * pow(Double.pi / 0.8, 2) * cos(Double.pi * Double(index) / 80)
                wearing.change = { $0.specificForce = $0.specificForce + Vector3(0, 0, a) }
                step(left: from + (to - from) * Double(index) / 80)
            }
            wearing.change = { _ in }
        }
        func stand(_ seconds: Double, left: Double) {
            for _ in 0..<Int(seconds * 100) { step(left: left) }
        }
        stand(5, left: 0)
        wearing.begin(.left)
        stand(2, left: 0)
        shift(0.07, from: 0, to: 25)
        stand(40, left: 25)
        #expect(wearing.frames.suffix(3_800).allSatisfy { $0.gates.has(.wrongSide) })
        #expect(wearing.frames.allSatisfy { $0.slippedSegments == 0 })
        shift(-0.07, from: 25, to: 25)
        stand(30, left: 25)
        #expect(wearing.body.slippedSegments() == 1 << UInt8(Segment.leftThigh.index))
        #expect(wearing.frames.suffix(100).allSatisfy { !$0.gates.has(.wrongSide) })
    }

    /// Nobody is believed to stand so for minutes: a sensor that slipped as the weight went over is found too.
    @Test func afterTwoMinutesItIsASensor() {
        var wearing = Wearing([.pelvis, .leftThigh, .rightThigh])
        wearing.rate = Vector3(0.01, 0, 0)
        func stand(_ seconds: Double, left: Double, force: (Int) -> Double = { _ in 0 }) {
            for index in 0..<Int(seconds * 100) {
                let a = force(index)
                wearing.change = { $0.specificForce = $0.specificForce + Vector3(0, 0, a) }
                wearing.feed(.leftThigh, segmentUp(0, tilt: -left))
                wearing.feed(.rightThigh, segmentUp(0))
                wearing.step(segmentUp(0))
            }
        }
        stand(5, left: 0)
        wearing.begin(.left)
        stand(0.8, left: 0) {
            0.035 * pow(Double.pi / 0.8, 2) * cos(Double.pi * Double($0) / 80)
        }
        stand(110, left: 25)
        #expect(wearing.body.slippedSegments() == 0)
        stand(20, left: 25)
        #expect(wearing.body.slippedSegments() == 1 << UInt8(Segment.leftThigh.index))
    }

    @Test func swappedThighsContradictTheShifts() {
        var watch = SwapWatch()
        func lift(_ side: Side, shifted: Side) {
            var body = BodyAngles()
            body.set(.leftThigh, angles(0, side == .left ? -40 : 0))
            body.set(.rightThigh, angles(0, side == .right ? -40 : 0))
            for _ in 0..<50 { watch.step(angles: body, shifted: shifted) }
            body.set(.leftThigh, angles(0))
            body.set(.rightThigh, angles(0))
            watch.step(angles: body, shifted: shifted)
        }
        for _ in 0..<4 {
            lift(.left, shifted: .right)
            lift(.right, shifted: .left)
        }
        #expect(!watch.isSwapped)
        lift(.left, shifted: .left)
        lift(.right, shifted: .right)
        #expect(!watch.isSwapped)
        lift(.left, shifted: .left)
        #expect(watch.isSwapped)
        for side in [Side.left, .right, .left] { lift(side, shifted: side.opposite) }
        #expect(!watch.isSwapped)
    }

    @Test func aPlanSurvivesAsWords() throws {
        var plan = MovementPlan(
            task: .repetitions, posture: .leftSide, stanceSide: .left, targetHold: 12.5)
        plan.otherPostures = Posture.rightSide.bit | Posture.unknown.bit
        plan.source = .movingThigh
        plan.fallback = .metronome
        plan.lowersFirst = true
        plan.tempo = Tempo(raise: 2, hold: 1.25, lower: 3, rest: 0.1)
        plan.repetitions = 8
        plan.restsUpright = false
        plan.judgesRest = true
        plan.mayCue = false
        for signal in Signal.allCases.prefix(31) {
            _ = plan.add(
                Rule(
                    id: RuleID(number: 7), signal: signal, on: 0.1 + 0.2, off: 0.1, minimumOn: 0.3,
                    reportOnly: signal == .kneeIn))
        }
        let again = try #require(MovementPlan(words: plan.words))
        #expect(again.words == plan.words)
        #expect(again.tempo == plan.tempo && again.otherPostures == plan.otherPostures)
        #expect(again.ruleCount == 31 && again.rules[0].on == 0.1 + 0.2)
        #expect(again.allows(.rightSide) && !again.allows(.supine) && !again.mayCue)
        // As recordings before had it.
        let old = ["single-leg-hold", "upright", "right", "10.0"]
        #expect(MovementPlan(words: old)?.words == old)
        for bad in [
            "tempo=1,2,3", "tempo=1,2,3,-4", "source=x", "repetitions=-1", "more=1", "a=b=c", "=",
        ] {
            #expect(MovementPlan(words: old + [bad]) == nil, "\(bad)")
        }
        #expect(MovementPlan(words: old + ["C01"]) == nil)
    }

    /// Compensations 4: one cue a repetition, whatever the time; a report-only rule never.
    ///
    /// Seconds of its own count beside the repetitions where they are more than the usual four.
    @Test(arguments: [(4.0, [0, 8, 16, 24]), (2.0, [0, 8, 16, 24]), (12.0, [0, 12, 24])])
    func aRuleRestsForARepetition(_ refractory: Double, _ expected: [Int]) {
        var policy = AlertPolicy()
        let rule = Rule(
            id: .pelvicDrop, signal: .drop, on: 1, off: 0, minimumOn: 0, refractory: refractory)
        var cues: [Int] = []
        for second in 0..<30 {
            policy.open(tick: UInt32(second / 8), rest: .repetition)
            policy.offer(rule, at: 0, time: Int64(second + 100) * 1_000_000_000)
            if policy.choose(time: Int64(second + 100) * 1_000_000_000) != nil {
                cues.append(second)
            }
        }
        #expect(cues == expected)
    }

    /// Compensations 4: 20 steps between cues are gait's; in marching each step is a repetition of its leg.
    ///
    /// A step takes 2 s here; the 4 s of holds count as well, and a mean of 20 steps is said once in 20.
    @Test(arguments: [
        (CueRest.step, Signal.drop, [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40]),
        (.step, .stepAsymmetry, [0, 40]), (.walk, .stepDropExcess, [0, 40]),
    ])
    func aRuleRestsForAStepOrForTwenty(_ rest: CueRest, _ signal: Signal, _ expected: [Int]) {
        var policy = AlertPolicy()
        let rule = Rule(id: .pelvicDrop, signal: signal, on: 1, off: 0, minimumOn: 0)
        var cues: [Int] = []
        for second in 0...40 {
            policy.open(tick: UInt32(second / 2), rest: rest)
            policy.offer(rule, at: 0, time: Int64(second + 100) * 1_000_000_000)
            if policy.choose(time: Int64(second + 100) * 1_000_000_000) != nil {
                cues.append(second)
            }
        }
        #expect(cues == expected)
    }

    /// The table of compensations 4.1, row by row, with its question marks.
    @Test func labelsAreThoseOfTheReference() {
        func label(
            _ drop: Double, _ lean: Double?, _ shift: Double?, away: Double? = 0, hike: Double = 0
        ) -> String {
            let shares = PatternLabel.Shares(
                drop: drop, lean: lean, leanAway: away, shift: shift, hike: hike)
            return PatternLabel(shares).text(shares)
        }
        #expect(label(0.5, 0, 0) == "drop")
        #expect(label(0, 0.5, 0) == "lean")
        #expect(label(0.5, 0.4, 0) == "drop+lean")
        #expect(label(0, 0, 0.3) == "shift")
        #expect(label(0, 0, 0, away: 0.3) == "lean-away")
        #expect(label(0, 0, 0, hike: 0.3) == "hike")
        #expect(label(0, 0, 0) == "level")
        // The pelvis alone.
        #expect(label(0.5, nil, nil, away: nil) == "drop?")
        #expect(label(0, nil, nil, away: nil, hike: 0.3) == "hike")
        #expect(label(0, nil, nil, away: nil) == "level?")
        // Pelvis and trunk: the shift is unseen.
        #expect(label(0, 0, nil) == "level?")
        #expect(label(0.5, 0, nil) == "drop")
    }

    /// Whoever sets another share for a person has the labels by it.
    @Test func aRuleCountsFromItsShareOn() {
        var shares = PatternLabel.Shares(drop: 0.1, lean: 0.3, shift: 0)
        #expect(PatternLabel(shares) == .dropAndLean)
        shares.least = 0.2
        #expect(PatternLabel(shares) == .lean)
        shares.least = 0.1
        #expect(PatternLabel(shares) == .dropAndLean)
        shares.least = 0.5
        #expect(PatternLabel(shares) == .level)
    }

    /// Compensations 4.2 by hand: base 6, spread 1.4826 · 1.
    @Test func ownThresholdsStartShrinkAndWiden() throws {
        var own = PersonalThreshold(standard: 4, floor: 3, baseline: [5, 6, 7])
        #expect(abs(own.on - 7.4826) < 1e-9)
        let first = own.take(cleanShare: 0.9, rule: "C01", date: "day 1")
        #expect(first == nil)
        let second = own.take(cleanShare: 0.8, rule: "C01", date: "day 2")
        let line = try #require(second)
        #expect(line.contains("C01") && line.contains("80 %"))
        #expect(abs(own.on - 6.4826) < 1e-9)
        for _ in 0..<20 { _ = own.take(cleanShare: 1, rule: "C01", date: "") }
        #expect(own.on == 4)
        for _ in 0..<20 { _ = own.take(cleanShare: 0.2, rule: "C01", date: "") }
        #expect(abs(own.on - 7.4826) < 1e-9)
        // Between half and four fifths nothing changes.
        for _ in 0..<20 {
            let middling = own.take(cleanShare: 0.6, rule: "C01", date: "")
            #expect(middling == nil)
        }
        // A clinician's 2° cannot go below the floor.
        var low = PersonalThreshold(standard: 4, clinician: 2, floor: 3, baseline: [])
        for _ in 0..<20 { _ = low.take(cleanShare: 1, rule: "C01", date: "") }
        #expect(low.on == 3)
        let rule = Rule(
            id: .pelvicDrop, signal: .drop, on: 4 * degree, off: 2.5 * degree, minimumOn: 0.5)
        let applied = own.applied(to: rule, unit: degree)
        #expect(abs(applied.on / degree - 7.4826) < 1e-9)
        #expect(abs(applied.off / degree - 5.9826) < 1e-9)
    }

    @Test func theLeanOfStandingOnOneLegIsNoShift() throws {
        var quiet = QuietLean()
        for _ in 0..<101 {
            #expect(quiet.beyond(lean: 9 * degree, side: .left) == nil)
            quiet.step(lean: 5 * degree, side: .right, interval: 0.01)
        }
        for _ in 0..<500 { quiet.step(lean: 12 * degree, side: .right, interval: 0.01) }
        #expect(abs(try #require(quiet.beyond(lean: 9 * degree, side: .right)) - 4 * degree) < 1e-9)
    }
}
