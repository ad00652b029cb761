// When a guided set ends, and what it says on the way to somebody who listens.

import Control
import Testing

@testable import rehabctl

@Suite struct SetGoalTests {
    private func frame(
        _ seconds: Double, count: Int64, phase: Rehab1.Frame.Phase = .holding, hold: Double = 0,
        strip: String = "", gates: [String] = []
    ) -> Rehab1.Frame {
        Rehab1.Frame(
            time: Int64(seconds * 1e9), posture: "upright", stanceSide: "left",
            stanceSource: "given", phase: phase, holdSeconds: hold, activeRules: [], gates: gates,
            quaternion: [1, 0, 0, 0], count: count, view: Rehab1.FrameView(strip: strip))
    }

    /// The verdict's second, walking through frames at 10 Hz.
    private func end(
        _ goal: SetGoal, until limit: Double, paused: (Double) -> Bool = { _ in false },
        count: (Double) -> Int64
    ) -> (at: Double, verdict: SetGoal.Verdict)? {
        var goal = goal
        var time = 0.0
        while time <= limit {
            let verdict = goal.take(frame(100 + time, count: count(time)), paused: paused(time))
            if verdict != .goOn { return (time, verdict) }
            time += 0.1
        }
        return nil
    }

    /// T2: three tries of 45 s at most; who never puts the foot down is not watched for ever.
    @Test func triesEndAtTheirCountOrWhenAFootStaysUp() {
        let test = Rehab1.Test(
            id: "T2", title: "", legs: "one-leg", goal: "holds", goalSeconds: 45, goalCount: 3,
            instructions: [], questions: [], counts: "")
        func end(_ frame: (Double) -> Rehab1.Frame) -> Double? {
            var watch = TestGoalWatch(test)
            var time = 0.0
            while time < 200 {
                watch.take(frame(time), at: time)
                if watch.isReached(at: time) { return time }
                time += 0.1
            }
            return nil
        }
        let staying = end { frame($0, count: 0, hold: $0) }
        #expect(staying.map { abs($0 - 55.5) < 0.3 } == true, "\(staying ?? -1)")
        let trying = end { time in
            let hold = time.truncatingRemainder(dividingBy: 30)
            return frame(
                time, count: Int64(time / 30), phase: hold < 20 ? .holding : .waiting,
                hold: hold < 20 ? hold : 0)
        }
        #expect(trying.map { abs($0 - 90.5) < 0.3 } == true, "\(trying ?? -1)")
    }

    @Test func repetitionsEndAtTheirDose() throws {
        let end = try #require(
            end(SetGoal(LivePictures.squat), until: 100) { Int64($0 / 6) })
        #expect(end.verdict == .reached)
        #expect((47.9...48.2).contains(end.at))
    }

    @Test func aNumberOfOnesOwnTakesTheDosesPlace() throws {
        let end = try #require(
            end(SetGoal(LivePictures.squat, count: 3), until: 100) { Int64($0 / 6) })
        #expect((17.9...18.2).contains(end.at))
    }

    @Test func secondsCountWhileNothingIsPaused() throws {
        let goal = SetGoal(LivePictures.squat, seconds: 10)
        let end = try #require(
            end(goal, until: 100, paused: { (2...7).contains($0) }) { _ in 0 })
        #expect(end.verdict == .reached)
        #expect((14.8...15.4).contains(end.at))
    }

    @Test func aPersonWhoStopsEndsTheSet() throws {
        let end = try #require(
            end(SetGoal(LivePictures.squat), until: 200) { min(2, Int64($0 / 6)) })
        guard case .still(let seconds) = end.verdict else {
            Issue.record("\(end)")
            return
        }
        #expect(seconds == 60)
        #expect((71.5...72.5).contains(end.at))
    }

    /// Four rounds of a slow tempo are waited for, however short the limit is.
    @Test func aSlowTempoIsNoStandstill() throws {
        let goal = SetGoal(LivePictures.squat, stillAfter: 5)
        #expect(end(goal, until: 23) { _ in 0 } == nil)
        #expect(end(goal, until: 26) { _ in 0 } != nil)
    }

    @Test func aPauseIsNoStandstill() {
        let goal = SetGoal(LivePictures.squat)
        #expect(end(goal, until: 500, paused: { _ in true }) { _ in 0 } == nil)
    }

    @Test func aHoldEndsWithTheFootDown() {
        var goal = SetGoal(LivePictures.stand)
        #expect(goal.take(frame(1, count: 0, hold: 200), paused: false) == .goOn)
        #expect(goal.take(frame(2, count: 1, phase: .waiting), paused: false) == .reached)
    }

    /// A foot that is put down at once does not end the set.
    @Test func aShortHoldIsNone() {
        var goal = SetGoal(LivePictures.stand)
        #expect(goal.take(frame(1, count: 0, hold: 1.4), paused: false) == .goOn)
        #expect(goal.take(frame(2, count: 1, phase: .waiting), paused: false) == .goOn)
        #expect(goal.take(frame(3, count: 1, hold: 6), paused: false) == .goOn)
        #expect(goal.take(frame(4, count: 2, phase: .waiting), paused: false) == .reached)
    }

    @Test func aHoldIsToldEveryFiveSecondsAndAtItsEnd() {
        var news = SetNews(exercise: LivePictures.stand)
        var lines: [String] = []
        for tenth in 0..<130 {
            lines += news.take(frame(Double(tenth) / 10, count: 0, hold: Double(tenth) / 10))
        }
        lines += news.take(frame(13, count: 1, phase: .waiting, strip: "c"))
        #expect(
            lines == [
                "holding on the left leg", "5 s", "10 s reached: put the foot down when you like",
                "the hold is over, in band",
            ])
    }

    @Test func repetitionsAreToldOneByOne() {
        var news = SetNews(exercise: LivePictures.squat)
        #expect(news.take(frame(1, count: 0)) == [])
        #expect(news.take(frame(2, count: 1, strip: "c")) == ["repetition 1 of 8, clean"])
        #expect(news.take(frame(3, count: 1, strip: "c")) == [])
        #expect(news.take(frame(4, count: 2, strip: "co")) == ["repetition 2 of 8"])
        #expect(
            news.take(frame(5, count: 3, strip: "cou", gates: ["stale"]))
                == ["repetition 3 of 8, by the clock", "not judged now: samples came too late"])
    }
}
