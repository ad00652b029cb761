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

    private func exercise(side: String, _ posture: String) -> Rehab1.Exercise {
        var exercise = LivePictures.exercise(
            "lift", "Leg lift", task: "repetitions", side: side, repetitions: 8, target: 0,
            tempo: [3, 1, 4, 1])
        exercise.posture = posture
        return exercise
    }

    private let lifting = Rehab1.Event.Payload.status(
        LivePictures.status("lift", [LivePictures.sensor("belt", "pelvis")], set: nil))

    @Test func inASetItIsToldWithItsCure() {
        #expect(
            GateText.sentence(for: ["other-side"], in: exercise(side: "stance", "upright"))
                == "you stand on the other leg than was named: change legs, or change the side")
        #expect(
            GateText.sentence(for: ["other-side"], in: exercise(side: "moving", "left-side"))
                == "you lie on the leg that was named: turn over, or change the side")
        #expect(
            GateText.sentence(for: ["other-side"], in: exercise(side: "moving", "upright"))
                == "you move the other leg than was named: change legs, or change the side")
        #expect(
            GateText.sentence(
                for: ["posture", "other-side", "uncalibrated"],
                in: exercise(side: "moving", "upright"))?
                .hasPrefix("the pelvis sensor is not calibrated") == true)
        #expect(GateText.sentence(for: ["stale"], in: nil) == nil)
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

    /// `--side right` is the leg that moves there: the view names the same one as the command.
    @Test(arguments: [("stance", "right leg (given)"), ("moving", "left leg (given)")])
    func theViewNamesTheLegThatTheExerciseMeans(_ side: String, _ shown: String) {
        var state = LivePictures.state(lifting, .frame(frame(1)))
        state.exercises = [exercise(side: side, "upright")]
        let view = LiveView(style: Style(isColourful: false), width: 80, height: 24)
        #expect(view.lines(state).first == "Leg lift | \(shown)", "\(view.lines(state))")
    }

    /// Half a number is another number.
    @Test(arguments: [(2, true), (22, true), (7200, false)])
    func theWayIsShownAsAWholeOrNotAtAll(_ seconds: Int64, _ isShown: Bool) {
        var frame = frame(Double(seconds))
        frame.repetitionPhase = "hold"
        frame.wayShare = 1.08
        var first = frame
        first.time = 0
        var state = LivePictures.state(lifting, .frame(first), .frame(frame))
        state.exercises = [exercise(side: "stance", "upright")]
        let tempo = LiveView(style: Style(isColourful: false), width: 80, height: 24).lines(state)
            .first { $0.hasPrefix("  tempo") }
        #expect(
            tempo?.hasSuffix(isShown ? ", way 108 %" : "\(seconds).0 of 1 s") == true,
            "\(tempo ?? "")")
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
