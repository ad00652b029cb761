// What people are told of repetitions on the other leg than was named: at once, and when the set is over.

import Control
import Testing

@testable import rehabctl

@Suite struct OtherLegTextTests {
    private func summary(side: String?, otherSide: Int64?) -> Rehab1.Summary {
        Rehab1.Summary(
            exercise: "sl-squat", title: "Single-leg squat", side: side, durationSeconds: 60,
            holds: [], rules: [], cues: 0, notHeard: 0, packets: 0, gaps: 0, lostSamples: 0,
            unknownShare: 0, notMeasured: [], otherSide: otherSide)
    }

    @Test func theSummarySaysWhatWasSeenAndHowToStartForThatLeg() {
        let text = ExerciseText(style: Style(isColourful: false))
        let lines = text.summary(summary(side: "right", otherSide: 4))
        #expect(
            lines.contains(
                "  done with the left leg: 4 repetitions, neither counted nor judged, since the set was for "
                    + "the right one"))
        #expect(lines.contains("  for the left leg: rehabctl start sl-squat --side left"))
        let one = text.summary(summary(side: "left", otherSide: 1))
        #expect(one.contains { $0.hasPrefix("  done with the right leg: 1 repetition, ") })
        #expect(
            LiveState.line(summary(side: "right", otherSide: 4)).contains(
                "4 repetitions on the other leg, not counted"))
    }

    @Test func ofWhatWasNotSeenNothingIsSaid() {
        let lines = ExerciseText(style: Style(isColourful: false)).summary(
            summary(side: "right", otherSide: nil))
        #expect(!lines.contains { $0.contains("left") })
    }

    @Test func inASetItIsToldWithItsCure() {
        #expect(
            GateText.sentence(for: ["other-side"], side: "stance")
                == "you stand on the other leg than was named: change legs, or change the side")
        #expect(
            GateText.sentence(for: ["other-side"], side: "moving")
                == "you lie on the leg that was named: turn over, or change the side")
        #expect(
            GateText.sentence(for: ["posture", "other-side", "uncalibrated"], side: "moving")?
                .hasPrefix("the pelvis sensor is not calibrated") == true)
        #expect(GateText.sentence(for: ["stale"], side: "stance") == nil)
    }

    private func frame(
        _ seconds: Double, count: Int64 = 0, onOther: Int64? = nil, gates: [String] = []
    ) -> Rehab1.Frame {
        Rehab1.Frame(
            time: Int64(seconds * 1e9), posture: "upright", stanceSide: "right",
            stanceSource: "given", phase: .waiting, holdSeconds: 0, activeRules: [], gates: gates,
            quaternion: [1, 0, 0, 0], count: count,
            view: Rehab1.FrameView(strip: "", otherSide: onOther))
    }

    @Test func eachIsToldAsItComes() {
        var news = SetNews(exercise: LivePictures.squat)
        #expect(news.take(frame(1)) == [])
        #expect(
            news.take(frame(2, onOther: 1, gates: ["other-side"])) == [
                "a repetition on the left leg: not counted",
                "not judged now: you stand on the other leg than was named: change legs, or change the side",
            ])
        #expect(news.take(frame(3, onOther: 1, gates: ["other-side"])) == [])
        #expect(
            news.take(frame(4, onOther: 2, gates: ["other-side"]))
                == ["a repetition on the left leg: not counted"])
    }

    /// Two minutes of squats on the other leg, one in 8 s; a minute after the last nothing has moved.
    @Test func aSetGoesOnWhileTheOtherLegMoves() {
        var goal = SetGoal(LivePictures.squat)
        for second in 0..<120 {
            let verdict = goal.take(
                frame(100 + Double(second), onOther: Int64(second / 8)), paused: false)
            #expect(verdict == .goOn)
        }
        var end: Int?
        for second in 120..<200 where end == nil {
            if goal.take(frame(100 + Double(second), onOther: 14), paused: false) != .goOn {
                end = second
            }
        }
        // The fourteenth came at 112 s.
        #expect(end == 172)
    }
}
