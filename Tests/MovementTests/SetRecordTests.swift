// What came of a set: sums that were counted by hand.

import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000
private let degree = Double.pi / 180

private func plan() -> MovementPlan {
    var plan = MovementPlan(
        task: .singleLegHold, posture: .upright, stanceSide: nil, targetHold: 10)
    _ = plan.add(
        Rule(id: .pelvicDrop, signal: .drop, on: 4 * degree, off: 2.5 * degree, minimumOn: 0.5))
    _ = plan.add(
        Rule(
            id: RuleID(number: 2), signal: .leanIpsilateral, on: 5 * degree, off: 3 * degree,
            minimumOn: 0.5))
    _ = plan.add(
        Rule(id: .hipHike, signal: .hike, on: 5 * degree, off: 3.5 * degree, minimumOn: 0.3))
    return plan
}

private func repetition(_ number: UInt16, _ shape: BellShape, lower: [Double]) -> Repetition {
    var tempos = ShapedTempo()
    for (index, seconds) in lower.enumerated() {
        tempos[BellShape(index: index)] = Tempo(raise: 2, hold: 1, lower: seconds, rest: 0.5)
    }
    var repetition = Repetition(
        number: number, start: Int64(number) * 7 * second, end: Int64(number) * 7 * second,
        tempo: tempos[shape], range: 1)
    repetition.shape = shape
    repetition.tempos = tempos
    repetition.source = .tilt
    return repetition
}

@Suite struct RetimingTests {
    /// What the third repetition shows of the shape holds for the first two, and for whether they were clean.
    @Test func earlierRepetitionsAreTimedByTheShapeThatTheSetSettlesOn() {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: nil, targetHold: 0)
        plan.tempo = Tempo(raise: 2, hold: 1, lower: 3, rest: 1)
        var record = SetRecord(plan: plan)
        func add(_ repetition: Repetition) {
            var frame = MotionFrame()
            frame.segment = .pelvis
            frame.time = 100 * second + repetition.end
            frame.sample.interval = 0.1
            frame.task = .repetitions
            frame.phase = .waiting
            frame.repetition = repetition
            record.add(frame)
        }
        // Lowering asked for in 3 s; less than 2.1 s is not clean.
        add(repetition(1, .soft, lower: [2, 2.5, 2.2, 2.3, 1.5]))
        add(repetition(2, .soft, lower: [2.6, 3.1, 2.8, 2.9, 2.0]))
        #expect(record.repetitions.map(\.repetition.tempo.lower) == [2.5, 3.1])
        #expect(record.repetitions.map(\.isClean) == [true, true])
        var clock = Repetition(
            number: 3, start: 21 * second, end: 21 * second, range: 0, isSeen: false)
        clock.source = .metronome
        add(clock)
        add(repetition(4, .leastJerk, lower: [2.5, 3, 2.7, 2.8, 1.9]))
        #expect(record.repetitions.map(\.repetition.tempo.lower) == [2, 2.6, 0, 2.5])
        #expect(record.repetitions.map(\.isClean) == [false, true, true, true])
        // How slowly a roughly timed one was lowered is not known.
        var rough = repetition(5, .leastJerk, lower: [0.5, 0.5, 0.5, 0.5, 0.5])
        rough.isTimed = false
        add(rough)
        #expect(record.repetitions.last?.isClean == true)
    }
}

/// Writes frames of 0.1 s into a record.
private struct Writing {
    var record = SetRecord(plan: plan())
    private(set) var tenths: Int64 = 0
    var completed: UInt16 = 0
    var holdStart: Int64 = 0
    var holdEnd = HoldEnd.none
    var holdEndTime: Int64 = 0

    func time(_ tenths: Int64) -> Int64 { 100 * second + tenths * (second / 10) }

    mutating func add(
        _ phase: HoldPhase, drop: Double? = nil, side: Side? = .right, gates: Gates = .none,
        active: UInt32 = 0, judged: UInt32 = 0, alert: RuleID? = nil
    ) {
        tenths += 1
        var frame = MotionFrame()
        frame.segment = .pelvis
        frame.time = time(tenths)
        frame.sample.interval = 0.1
        frame.phase = phase
        frame.gates = gates
        frame.stanceSide = side
        frame.drop = drop.map { $0 * degree } ?? .nan
        frame.activeRules = active
        frame.judgedRules = judged
        frame.completedHolds = completed
        frame.holdStart = holdStart
        frame.holdEnd = holdEnd
        frame.holdEndTime = holdEndTime
        if let alert { frame.alert = Alert(time: frame.time, rule: alert, signal: .drop) }
        record.add(frame)
    }

    mutating func begin() {
        holdStart = time(tenths + 1)
        holdEnd = .none
        holdEndTime = 0
    }

    mutating func end(_ how: HoldEnd, at tenths: Int64) {
        completed += 1
        holdEnd = how
        holdEndTime = time(tenths)
    }
}

private func near(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-9 } ?? false }

@Suite struct SetRecordTests {
    /// 1 s of waiting; a hold of 10 frames on the right, of which the last two belong to the way back:
    /// drops 0, 1, 2, 3, 5, 6, 4, −5.5 then 1, 1 after the end.
    @Test func oneHoldIsSummedUp() throws {
        var writing = Writing()
        for _ in 0..<10 { writing.add(.waiting) }
        writing.begin()
        for drop in [0.0, 1, 2, 3, 5, 6, 4, -5.5, 1, 1] { writing.add(.holding, drop: drop) }
        writing.end(.lowered, at: 18)
        writing.add(.waiting)
        let hold = try #require(writing.record.holds.first)
        #expect(writing.record.holds.count == 1)
        #expect(hold.side == .right)
        #expect(near(hold.start, 1.0))  // from the set's first frame at 0.1 s to 1.1 s
        #expect(near(hold.duration, 0.7))  // 1.1 s to 1.8 s
        // The frames up to the end: 8. In band (−5° … 4°, the ends outside): 0, 1, 2, 3.
        #expect(near(hold.shareInBand, 4.0 / 8))
        #expect(near(hold.meanDrop, (0 + 1 + 2 + 3 + 5 + 6 + 4 - 5.5) / 8 * degree))
        #expect(near(hold.maxDrop, 6 * degree))
        #expect(near(hold.maxHike, 5.5 * degree))
        #expect(hold.endedBy == .lowered)
        #expect(near(writing.record.duration, 2.1))
        #expect(near(writing.record.shareInBand, 0.5))
        #expect(writing.record.unknownShare == 0)
    }

    @Test func framesThatWereNotJudgedDoNotCount() throws {
        var writing = Writing()
        writing.begin()
        for _ in 0..<5 { writing.add(.holding, drop: 1) }
        for _ in 0..<5 { writing.add(.holding, drop: 20, gates: .saturated) }
        for _ in 0..<5 { writing.add(.holding) }
        #expect(near(writing.record.presentShareInBand, 1))
        writing.end(.lostData, at: 15)
        writing.add(.waiting)
        let hold = try #require(writing.record.holds.first)
        #expect(near(hold.shareInBand, 1))
        #expect(near(hold.maxDrop, 1 * degree))
        #expect(hold.endedBy == .lostData)
        #expect(near(writing.record.unknownShare, 0.5 / 1.6))
        #expect(writing.record.presentShareInBand == nil)
    }

    @Test func aHoldThatWasNeverJudgedHasNoNumbers() throws {
        var writing = Writing()
        writing.begin()
        for _ in 0..<5 { writing.add(.holding, gates: .uncertain) }
        writing.end(.lowered, at: 5)
        writing.add(.waiting)
        let hold = try #require(writing.record.holds.first)
        #expect(hold.shareInBand == nil && hold.meanDrop == nil)
        #expect(hold.maxDrop == nil && hold.maxHike == nil)
        #expect(writing.record.shareInBand == nil)
    }

    /// 0.4 s wholly in band and 0.8 s at a quarter: (0.4 · 1 + 0.8 · 0.25) / 1.2.
    @Test func theShareOfTheSetIsWeightedByTime() {
        var writing = Writing()
        writing.begin()
        for _ in 0..<5 { writing.add(.holding, drop: 0) }
        writing.end(.lowered, at: 5)
        writing.add(.waiting)
        writing.begin()
        for index in 0..<8 { writing.add(.holding, drop: index < 2 ? 0 : 9, side: .left) }
        writing.end(.balanceLost, at: 15)
        writing.add(.lost, side: .left)
        #expect(writing.record.holds.map(\.side) == [.right, .left])
        #expect(writing.record.holds.map(\.endedBy) == [.lowered, .balanceLost])
        #expect(near(writing.record.shareInBand, (0.4 * 1 + 0.8 * 0.25) / 1.2))
    }

    @Test func rulesAreCountedInTimeEpisodesAndCues() {
        var writing = Writing()
        writing.begin()
        for active in [0, 1, 1, 0, 1, 1, 1] as [UInt32] {
            writing.add(.holding, drop: 5, active: active, judged: 0b101)
        }
        writing.add(.holding, drop: 5, active: 0b101, judged: 0b101, alert: .pelvicDrop)
        let rules = writing.record.rules
        #expect(near(rules[0].judged, 0.8) && near(rules[0].active, 0.6))
        #expect(rules[0].episodes == 2 && rules[0].cues == 1)
        #expect(rules[0].isMeasured)
        // C02 was never judged: not measured.
        #expect(!rules[1].isMeasured && rules[1].active == 0 && rules[1].episodes == 0)
        #expect(near(rules[2].judged, 0.8) && near(rules[2].active, 0.1))
        #expect(rules[2].episodes == 1 && rules[2].cues == 0)
        #expect(writing.record.cues == 1)
    }

    @Test func aHoldThatStillRunsEndsWithTheSet() throws {
        var writing = Writing()
        writing.begin()
        for _ in 0..<10 { writing.add(.holding, drop: 1) }
        writing.record.finish(at: writing.time(11))
        let hold = try #require(writing.record.holds.first)
        #expect(hold.endedBy == .stopped)
        #expect(near(hold.duration, 1.0))
        writing.record.finish(at: writing.time(20))
        #expect(writing.record.holds.count == 1)
    }

    @Test func withoutAHoldTheEndAddsNone() {
        var writing = Writing()
        for _ in 0..<10 { writing.add(.waiting) }
        writing.record.finish(at: writing.time(11))
        #expect(writing.record.holds.isEmpty)
        #expect(writing.record.shareInBand == nil)
    }

    /// Other segments, notices of commands, and what comes before the set are passed over.
    @Test func otherFramesArePassedOver() {
        var record = SetRecord(plan: plan())
        var frame = MotionFrame()
        frame.time = second
        frame.sample.interval = 0.1
        frame.phase = .waiting
        frame.segment = .trunk
        record.add(frame)
        frame.segment = nil
        record.add(frame)
        frame.segment = .pelvis
        frame.command = 3
        record.add(frame)
        frame.command = 0
        frame.phase = .idle
        record.add(frame)
        #expect(record.duration == 0 && record.start == 0)
        frame.phase = .waiting
        record.add(frame)
        #expect(record.duration == 0.1 && record.start == second)
    }

    /// Repetitions that end at 3, 6, 9 and 12 s, of 2 s each; data are missing around `gap` s.
    private func repetitions(gap: Double?) -> SetRecord {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: nil, targetHold: 0)
        plan.source = .eitherThigh
        plan.tempo = Tempo(raise: 1, hold: 0, lower: 1, rest: 1)
        var record = SetRecord(plan: plan)
        for tenth in 1...130 {
            var frame = MotionFrame()
            frame.segment = .pelvis
            frame.phase = .waiting
            frame.time = 100 * second + Int64(tenth) * (second / 10)
            frame.sample.interval = 0.1
            if let gap, abs(Double(tenth) / 10 - gap) < 0.25 { frame.gates = .gap }
            if tenth % 30 == 0 {
                // The gap took most of the lowering away.
                let isCut = gap.map { $0 > Double(tenth) / 10 - 2 && $0 < Double(tenth) / 10 }
                frame.repetition = Repetition(
                    number: UInt16(tenth / 30), start: frame.time - 2 * second, end: frame.time,
                    tempo: Tempo(raise: 1, hold: 0, lower: isCut == true ? 0.3 : 1, rest: 1),
                    range: 1)
            }
            record.add(frame)
        }
        return record
    }

    @Test func aRepetitionInWhichDataAreMissingIsNotJudged() {
        let cut = repetitions(gap: 8.5)
        #expect(cut.repetitions.map(\.isJudged) == [true, true, false, true])
        #expect(cut.cleanShare == 1)
    }

    @Test func dataMissingBetweenRepetitionsLeaveThemJudged() {
        for gap in [nil, 6.5] {
            let whole = repetitions(gap: gap)
            #expect(whole.repetitions.count == 4 && whole.repetitions.allSatisfy(\.isJudged))
            #expect(whole.cleanShare == 1)
        }
    }

    @Test func withoutAJudgedRepetitionNoShareIsClean() {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: nil, targetHold: 0)
        plan.source = .eitherThigh
        var record = SetRecord(plan: plan)
        var frame = MotionFrame()
        frame.segment = .pelvis
        frame.phase = .waiting
        frame.time = 100 * second
        frame.gates = .gap
        record.add(frame)
        frame.time += second
        frame.gates = .none
        frame.repetition = Repetition(number: 1, start: 99 * second, end: frame.time)
        record.add(frame)
        #expect(record.repetitions.count == 1 && record.cleanShare == nil)
    }
}

@Suite struct OtherLegRecordTests {
    /// What was judged before the leg showed is taken back.
    ///
    /// After a pause or a change of side the estimator counts from one again.
    @Test func onlyTheNamedLegIsInTheSums() {
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: .right, targetHold: 0)
        _ = plan.add(
            Rule(id: .pelvicDrop, signal: .drop, on: 7 * degree, off: 5 * degree, minimumOn: 0.2))
        var record = SetRecord(plan: plan)
        var time = 100 * second
        func add(_ onOther: UInt16, active: Bool = false, idle: Bool = false) {
            var frame = MotionFrame()
            time += second / 10
            frame.segment = .pelvis
            frame.time = time
            frame.sample.interval = 0.1
            frame.task = .repetitions
            frame.phase = idle ? .idle : .holding
            frame.otherLegCount = onOther
            frame.judgedRules = 1
            frame.activeRules = active ? 1 : 0
            record.add(frame)
        }
        func addRepetition(_ number: UInt16) {
            var frame = MotionFrame()
            time += second / 10
            frame.segment = .pelvis
            frame.time = time
            frame.task = .repetitions
            frame.phase = .waiting
            frame.repetition = repetition(number, .soft, lower: [3, 3, 3, 3, 3])
            frame.repetition?.start = time - second
            frame.otherLegCount = 1
            record.add(frame)
        }
        for _ in 0..<10 { add(0, active: true) }
        #expect(record.rules[0].episodes == 1)
        add(1)
        #expect(record.otherLegCount == 1)
        #expect(record.rules[0].episodes == 0 && record.rules[0].active == 0)
        addRepetition(1)
        #expect(record.repetitions.map(\.isClean) == [true])
        add(2)
        add(0, idle: true)
        add(1)
        #expect(record.otherLegCount == 3)
        // A side change ends and begins without a frame in between.
        add(0)
        add(1)
        #expect(record.otherLegCount == 4)
    }
}
