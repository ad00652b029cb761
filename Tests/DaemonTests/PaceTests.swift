// The pace of repetitions that no sensor shows: when it beats, how softly, and that it is no cue.

import Alerts
import Control
import DaemonTestKit
import Foundation
import Kinematics
import Testing

@testable import Daemon
@testable import Movement

@Suite struct PaceBeatTests {
    private func frame(
        _ phase: RepetitionPhase, seen: Bool = false, hold: HoldPhase = .holding,
        silent: Bool = false
    ) -> MotionFrame {
        var frame = MotionFrame()
        frame.segment = .pelvis
        frame.phase = hold
        frame.repetitionPhase = phase
        frame.isPhaseSeen = seen
        frame.isSilentPart = silent
        return frame
    }

    private func beats(_ frames: [MotionFrame]) -> [Notice?] {
        var pace = PaceBeat()
        return frames.map { pace.take($0) }
    }

    @Test(arguments: [false, true])
    func theWayOutAndTheWayBackBeatAlsoWithoutCues(_ silent: Bool) {
        let phases: [RepetitionPhase] = [
            .none, .raise, .raise, .hold, .lower, .rest, .raise, .hold, .lower, .none,
        ]
        #expect(
            beats(phases.map { frame($0, silent: silent) }) == [
                nil, .raise, nil, nil, .lower, nil, .raise, nil, .lower, nil,
            ])
    }

    /// A tempo without a way out or a way back has its beats all the same; so has one whose frames were lost.
    @Test func phasesOfNoLengthAreNotMissed() {
        #expect(
            beats([.rest, .hold, .rest, .hold].map { frame($0) }) == [nil, .raise, .lower, .raise])
    }

    @Test func aMovementThatIsSeenHasItsOwnPace() {
        #expect(
            beats([.rest, .raise, .lower, .raise].map { frame($0, seen: true) }).allSatisfy {
                $0 == nil
            })
    }

    /// A pause ends the estimator's set; whoever goes on begins with a way out.
    @Test func aPauseIsSilentAndBeginsAnew() {
        let frames = [
            frame(.raise), frame(.none, seen: true, hold: .idle),
            frame(.none, seen: true, hold: .idle), frame(.none), frame(.raise), frame(.lower),
        ]
        #expect(beats(frames) == [.raise, nil, nil, nil, .raise, .lower])
    }

    @Test func otherSensorsFramesAndNoticesOfCommandsBeatNothing() {
        var trunk = frame(.raise)
        trunk.segment = .trunk
        var command = frame(.lower)
        command.command = 3
        #expect(
            beats([frame(.rest), trunk, command, frame(.raise)]) == [nil, nil, nil, .raise])
    }
}

@Suite struct SetFocusTests {
    /// EX19: one focus a minute; a minute with cues and one without make a round.
    @Test func eachMinuteHasTheNextOne() throws {
        let cues = ["Quiet feet.", "Belt level."]
        let first = try #require(SetFocus(cues: cues, alternation: [60, 60], setsBefore: 0))
        #expect(
            [0, 59.9, 60, 119.9, 120, 181].map { first.text(after: $0) } == [
                "Quiet feet.", "Quiet feet.", "Belt level.", "Belt level.", "Quiet feet.",
                "Belt level.",
            ])
        // The next set begins with the other one, so that both have minutes with cues and without.
        let second = try #require(SetFocus(cues: cues, alternation: [60, 60], setsBefore: 1))
        #expect([0.0, 60].map { second.text(after: $0) } == ["Belt level.", "Quiet feet."])
        #expect(SetFocus(cues: ["One."], alternation: [60, 60], setsBefore: 0) == nil)
        #expect(SetFocus(cues: cues, alternation: [], setsBefore: 0) == nil)
    }
}

/// What is told of means and angles (compensations 2).
@Suite struct UncertaintyTellingTests {
    private func steps(_ count: Int, _ side: Side) -> [Step] {
        (0..<count).map {
            Step(
                number: UInt32($0), side: side, start: Int64($0) * 1_000_000_000,
                end: Int64($0) * 1_000_000_000 + 500_000_000, drop: 5 * radiansPerDegree)
        }
    }

    @Test func fewerThanTwentyStepsHaveNoMean() {
        var summary = StepSummary()
        steps(19, .left).forEach { summary.add($0) }
        let few = summary.told(trunkLag: nil)
        #expect(few.left == Rehab1.StepSide(count: 19) && few.cadence == nil)
        steps(20, .right).forEach { summary.add($0) }
        let told = summary.told(trunkLag: nil)
        #expect(
            told.right.count == 20 && told.right.meanSeconds.map { abs($0 - 0.5) < 1e-9 } == true)
        #expect(told.right.meanDropDegrees.map { abs($0 - 5) < 1e-6 } == true)
        #expect(told.left.meanSeconds == nil && told.cadence != nil)
        #expect(told.uncertaintyDegrees == 3)
    }

    /// 3 degrees standing and walking, 4.5 in what goes up and down.
    @Test func everyHoldAndRepetitionTellsItsAnglesUncertainty() {
        let hold = HoldRecord(side: .left, start: 0, duration: 5, endedBy: .lowered).told()
        #expect(hold.uncertaintyDegrees == 3)
        let one = RepetitionRecord(
            repetition: Repetition(number: 1), shares: PatternLabel.Shares(), label: .level,
            isClean: true, keepsForm: true, isJudged: true
        ).told(inMetres: false)
        #expect(one.uncertaintyDegrees == 4.5)
    }
}

@Suite(.scene()) struct PaceSceneTests {
    /// Two outward pushes by the clock in a set without cues: out at 0 and 6 s, back at 4 and 10 s.
    @Test func aSetByTheClockIsHeardAndIsNoCue() throws {
        let path = Products.repository + "/Sources/Exercises/Catalogue/static-abd-stand.toml"
        let push = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("tempo = [1, 5, 1, 3]", with: "tempo = [1, 3, 1, 1]")
        let scene = try FeedbackScene(
            Scenario.quiet(seconds: 60), exercises: ["static-abd-stand.toml": push])
        let log = try EventLog(scene.daemon)
        try scene.daemon.call(
            Rehab1.StartExercise(
                exercise: "static-abd-stand", probe: true, leadInSeconds: 1, count: 2))
        try log.wait(for: "two pushes", within: 40) {
            $0.frame.flatMap { $0.count >= 2 ? true : nil }
        }
        #expect(try scene.output("tone")?.presented == 0)
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.cues == 0 && summary.notHeard == 0)
        #expect(summary.repetitions.count == 2)
        scene.player.stop()
        log.stop()
        #expect(try scene.daemon.terminate() == .exited(0))
        let frames = try scene.frames()
        let onsets = onsets(frames)
        print("beats at \(onsets) s, loudest \(frames.map { abs(Int($0)) }.max() ?? 0)")
        try #require(onsets.count == 4)
        for (place, seconds) in [4.0, 6, 10].enumerated() {
            #expect(abs(onsets[place + 1] - onsets[0] - seconds) < 0.25)
        }
        // A quarter of the cap of 8230.
        #expect(frames.allSatisfy { abs(Int($0)) <= 2058 })
        #expect(frames.contains { abs(Int($0)) > 1_800 })
    }

    @Test func aPausedSetIsSilent() throws {
        let scene = try FeedbackScene(Scenario.quiet(seconds: 60))
        let log = try EventLog(scene.daemon)
        try scene.daemon.call(
            Rehab1.StartExercise(exercise: "static-abd-stand", leadInSeconds: 1))
        try log.wait(for: "the first push") { $0.frame?.repetitionPhase == "hold" ? true : nil }
        try scene.daemon.call(Rehab1.Pause(paused: true))
        let paused = log.entries.count
        // The rest of the hold and the way back would have been by then.
        let begin = log.frames.last?.time ?? 0
        try log.wait(for: "nine seconds", within: 30, from: paused) {
            $0.frame.flatMap { $0.time > begin + 9_000_000_000 ? true : nil }
        }
        scene.player.stop()
        log.stop()
        #expect(try scene.daemon.terminate() == .exited(0))
        #expect(onsets(try scene.frames()).count == 1)
    }

    /// s at which a sound begins after at least 0.4 s of silence.
    private func onsets(_ frames: [Int16]) -> [Double] {
        var onsets: [Double] = []
        var silent = Int.max
        for (place, frame) in frames.enumerated() {
            if frame == 0 {
                silent = silent == .max ? .max : silent + 1
            } else {
                if silent > 19_200 { onsets.append(Double(place) / 48_000) }
                silent = 0
            }
        }
        return onsets
    }
}
