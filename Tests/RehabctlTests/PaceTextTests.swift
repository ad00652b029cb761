// What a set by the clock, and an exercise's own words, are to somebody who reads: what to do now, what to think of.

import Control
import DaemonTestKit
import Foundation
import Testing

@testable import rehabctl

@Suite struct PaceTextTests {
    static let push = exercise(
        "static-abd-stand", task: "repetitions", cues: ["Spread the floor."],
        tempo: [1, 5, 1, 3], repetitions: 5)
    static let gait = exercise(
        "gait", task: "steps", cues: ["Quiet feet.", "Belt level."], tempo: [0, 0, 0, 0],
        repetitions: 0)

    static func exercise(
        _ id: String, task: String, cues: [String], tempo: [Double], repetitions: Int64
    ) -> Rehab1.Exercise {
        Rehab1.Exercise(
            id: id, title: "Some exercise", version: 1, posture: "upright",
            sensorsNeeded: ["pelvis"], sensorsBetter: [], cue: cues[0], rules: [], number: 3,
            task: task,
            dose: Rehab1.Dose(
                sets: 1, repetitions: repetitions, targetSeconds: 5, tempoSeconds: tempo,
                effort: "light", text: "", asksForSide: false), cues: cues)
    }

    private func frame(
        _ phase: String?, count: Int64 = 0, seen: Bool = false, focus: String? = nil,
        silent: Bool? = nil, state: Rehab1.Frame.Phase = .holding
    ) -> Rehab1.Frame {
        Rehab1.Frame(
            time: 1, posture: "upright", stanceSource: "unknown", phase: state, holdSeconds: 0,
            activeRules: [], gates: [], quaternion: [1, 0, 0, 0], count: count,
            repetitionPhase: phase, phaseSeen: seen,
            view: Rehab1.FrameView(
                strip: String(repeating: "u", count: Int(count)), silent: silent, focus: focus))
    }

    @Test func aSetByTheClockSaysWhatToDoNow() {
        var news = SetNews(exercise: PaceTextTests.push)
        let told = [
            frame(nil), frame("raise"), frame("raise"), frame("hold"), frame("lower"),
            frame("rest", count: 1), frame("raise", count: 1),
            // A pause, and what begins after it.
            frame(nil, count: 1, seen: true, state: .idle), frame("raise", count: 1),
        ].map { news.take($0) }
        #expect(
            told == [
                [], ["push"], [], ["hold 5 s"], ["let go"], ["repetition 1 of 5, by the clock"],
                ["push"], [], ["push"],
            ])
    }

    /// It is pace and no cue: a part without cues has it too.
    @Test func aPartWithoutCuesHasItsPace() {
        var news = SetNews(exercise: PaceTextTests.push)
        _ = news.take(frame("rest"))
        #expect(news.take(frame("raise", silent: true)) == ["push", "from here without cues"])
    }

    @Test func aMovementThatIsSeenIsNotPaced() {
        var news = SetNews(exercise: LivePictures.squat)
        #expect(
            ["raise", "hold", "lower"].flatMap { news.take(frame($0, seen: true)) }.isEmpty)
    }

    @Test func everyExerciseByTheClockHasItsWords() {
        func words(_ id: String) -> [String?] {
            let one = PaceTextTests.exercise(
                id, task: "repetitions", cues: [""], tempo: [2, 1, 3, 1], repetitions: 8)
            return ["raise", "hold", "lower", "rest"].map { PhaseWords(one).line($0) }
        }
        #expect(words("glute-set") == ["squeeze", "hold", "let go", nil])
        #expect(words("clam") == ["open", "hold", "close slowly", nil])
        #expect(words("stand-abd") == ["lift", "hold", "lower slowly", nil])
        #expect(words("one-of-my-own") == ["go", "hold", "back slowly", nil])
    }

    private func state(_ exercise: Rehab1.Exercise, _ frame: Rehab1.Frame) -> LiveState {
        var state = LiveState()
        state.exercises = [exercise]
        let set = Rehab1.RunningSet(side: nil, paused: nil, probe: false, thresholds: [])
        _ = state.take(
            LivePictures.event(
                .status(
                    LivePictures.status(
                        exercise.id, [LivePictures.sensor("belt", "pelvis")], set: set))),
            at: 1_000_000_000)
        _ = state.take(LivePictures.event(.frame(frame)), at: 1_100_000_000)
        return state
    }

    @Test func thePictureSaysWhatToDoAndWhatToThinkOf() {
        let view = LiveView(style: Style(isColourful: false), width: 80, height: 24)
        let pushing = view.lines(state(PaceTextTests.push, frame("raise")))
        #expect(
            pushing.contains {
                $0.contains("PUSH > hold > let go > rest") && $0.hasSuffix("(by the clock)")
            }, "\(pushing)")
        #expect(pushing.contains("  focus   Spread the floor."))
        let walking = view.lines(state(PaceTextTests.gait, frame(nil, focus: "Belt level.")))
        #expect(walking.contains("  focus   Belt level."))
        // Where there is little room, it gives way.
        let small = LiveView(style: Style(isColourful: false), width: 60, height: 16)
            .lines(state(PaceTextTests.push, frame("raise")))
        #expect(!small.contains { $0.contains("focus") })
        #expect(
            state(PaceTextTests.push, frame("lower", count: 2)).plainLine.contains(
                "2 done, let go (by the clock)"))
    }

    /// EX19's focus at its change, in the minutes without cues too.
    @Test func aFocusIsToldWhenItChanges() {
        var news = SetNews(exercise: PaceTextTests.gait)
        #expect(news.take(frame(nil, focus: "Quiet feet.")) == ["focus: Quiet feet."])
        #expect(news.take(frame(nil, focus: "Quiet feet.")) == [])
        #expect(
            news.take(frame(nil, focus: "Belt level.", silent: true))
                == ["focus: Belt level.", "from here without cues"])
    }

    @Test func aStartedSetTellsAllItsWords() {
        let lines = ExerciseText(style: Style(isColourful: false)).started(
            PaceTextTests.gait, side: "detect")
        #expect(lines.contains("Cue: Quiet feet. Belt level."), "\(lines)")
    }
}

@Suite(.scene()) struct PacedSetTests {
    /// EX03 with a pelvis sensor alone, in lines, as somebody does it who does not look.
    @Test func aStaticHoldByTheClockIsGuidedInLinesAndKept() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        let run = try practice.rehabctl([
            "start", "static-abd-stand", "--guided", "--plain", "--countdown", "0", "--count", "2",
            "--hold", "2",
        ])
        #expect(run.code == 0, "\(run)")
        let lines = run.lines.filter {
            ["push", "hold 2 s", "let go"].contains($0)
                || $0.hasPrefix("repetition ")
                    && $0.contains(" of 2")
        }
        #expect(
            lines == [
                "push", "hold 2 s", "let go", "repetition 1 of 2, by the clock", "push",
                "hold 2 s", "let go", "repetition 2 of 2, by the clock",
            ], "\(run)")
        #expect(run.lines.count { $0 == "Cue: Spread the floor." } == 1)
        let log = practice.logText()
        #expect(log.contains(#""unseenHolds":[2,2]"#), "\(log)")
        #expect(log.contains(#""C01 obliquity":0"#), "\(log)")
    }
}
