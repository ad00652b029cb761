// A set that is interrupted: by word, by a lost sensor, by another side; and notes and own thresholds.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Recording
import Testing

@Suite(.scene()) struct PauseTests {
    /// A daemon with a calibrated pelvis sensor that streams.
    private struct Ready {
        let daemon: RunningDaemon
        let log: EventLog
        let sensor: AttachedSensor
        let player: PacketPlayer

        init(_ toml: String, _ change: ([TimedPacket]) -> [TimedPacket] = { $0 }) throws {
            let scenario = try Scenario(toml)
            daemon = try RunningDaemon()
            try scenario.storeCalibration(of: "belt", in: daemon.state)
            log = try EventLog(daemon)
            sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
            player = PacketPlayer(change(scenario.packets), into: sensor)
            try waitUntil("the sensor to stream") { [daemon] in
                try daemon.sensor("belt")?.state == .streaming
            }
        }

        func recording() throws -> Recording {
            let path = try #require(daemon.recordingFiles().first)
            return try RecordingReader.parse(FileStore.read(path, limit: 1 << 28), file: path)
        }
    }

    private static let twoStands = Scenario.toml(
        """
        [[task]]
        kind = "quiet-stand"
        seconds = 4
        [[task]]
        kind = "one-leg-stand"
        side = "right"
        seconds = 6
        profile = [{ kind = "drop", at = 2.0, degrees = 8, rise_s = 0.6, hold_s = 2.0 }]
        [[task]]
        kind = "quiet-stand"
        seconds = 3
        [[task]]
        kind = "one-leg-stand"
        side = "right"
        seconds = 6
        [[task]]
        kind = "quiet-stand"
        seconds = 20
        """)

    /// What happens in a pause is neither cued nor counted; what was done before stays.
    @Test func aPausedSetSaysAndCountsNothing() throws {
        let ready = try Ready(PauseTests.twoStands)
        try ready.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        try ready.daemon.call(Rehab1.Pause(paused: true))
        let status = try ready.daemon.status()
        #expect(status.activity == .exercising && status.set?.paused == "asked")
        // The first stand with its drop passes by; 4 + 2.3 + 6 s and the way back.
        try waitUntil("the first stand to be over") { ready.player.now.newest > 0 }
        MonotonicClock.sleep(until: ready.player.origin + 12_500_000_000)
        try ready.daemon.call(Rehab1.Pause(paused: false))
        #expect(try ready.daemon.status().set?.paused == nil)
        let held = try ready.log.wait(for: "the second hold", within: 30) { event in
            (event.frame?.count ?? 0) == 1 ? true : nil
        }
        #expect(held)
        let summary = try ready.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.cues == 0)
        #expect(summary.holds.count == 1)
        let course = try #require(summary.course)
        #expect(course.pauses == 1 && course.endedBy == "asked")
        #expect((5...14).contains(course.pausedSeconds))
        #expect(summary.durationSeconds < 20)
        ready.player.stop()
        try ready.daemon.call(Rehab1.DetachSensor(name: "belt"))
        let marks = try ready.recording().marks
        #expect(marks.contains("pause: asked") && marks.contains("the set goes on"))
    }

    /// A hold that is going on ends with the pause, and the next is counted after it.
    @Test func aHoldEndsWithThePauseAndCountingGoesOn() throws {
        let ready = try Ready(PauseTests.twoStands)
        try ready.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        _ = try ready.log.wait(for: "the first hold", within: 20) { event in
            (event.frame?.holdSeconds ?? 0) > 1 ? true : nil
        }
        try ready.daemon.call(Rehab1.Pause(paused: true))
        MonotonicClock.sleep(until: ready.player.origin + 12_500_000_000)
        try ready.daemon.call(Rehab1.Pause(paused: false))
        _ = try ready.log.wait(for: "the second hold", within: 30) { event in
            (event.frame?.count ?? 0) == 2 ? true : nil
        }
        let summary = try ready.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.holds.map(\.endedBy) == ["stopped", "lowered"])
        ready.player.stop()
        // The interrupted session replays to the same bits, with a count of frames.
        try ready.daemon.call(Rehab1.DetachSensor(name: "belt"))
        let path = try #require(ready.daemon.recordingFiles().first)
        let replay = try ready.daemon.rehabctl(["replay", path, "--offline"], within: 120)
        #expect(replay.code == 0, "\(replay)")
    }

    @Test func withoutASetThereIsNothingToPause() throws {
        let ready = try Ready(Scenario.quiet(seconds: 20))
        #expect(try ready.daemon.refusal(of: Rehab1.Pause(paused: true)) == .notExercising)
        #expect(try ready.daemon.refusal(of: Rehab1.ChangeSide(side: "left")) == .notExercising)
        ready.player.stop()
    }

    @Test func theLeadInIsNoPauseAndNothingCountsInIt() throws {
        let ready = try Ready(Scenario.quiet(seconds: 30))
        try ready.daemon.call(
            Rehab1.StartExercise(exercise: "one-leg-stand", side: "right", leadInSeconds: 2))
        #expect(try ready.daemon.status().set?.paused == "getting ready")
        let frame = try ready.log.wait(for: "the set to begin") { event in
            event.frame?.phase == .waiting ? event.frame : nil
        }
        #expect(frame.count == 0)
        let summary = try ready.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.course?.pauses == 0 && summary.course?.pausedSeconds == 0)
        #expect(summary.durationSeconds < 2)
        for bad in [-1.0, 61] {
            let refusal = try ready.daemon.refusal(
                of: Rehab1.StartExercise(exercise: "one-leg-stand", leadInSeconds: bad))
            #expect(refusal == .invalidParameter("lead_in_s"))
        }
        ready.player.stop()
    }

    /// Compensations 7: in a walk the legs are inferred; elsewhere there is nothing to swap.
    @Test func theLegsOfAWalkCanBeSwapped() throws {
        let ready = try Ready(Scenario.quiet(seconds: 30))
        let swap = Rehab1.ChangeSide(side: Rehab1.ChangeSide.swap)
        try ready.daemon.call(Rehab1.StartExercise(exercise: "squat"))
        guard case .notReady? = try ready.daemon.refusal(of: swap) else {
            Issue.record("a squat was swapped")
            return
        }
        _ = try ready.daemon.call(Rehab1.StopExercise())
        try ready.daemon.call(Rehab1.StartExercise(exercise: "gait"))
        try ready.daemon.call(swap)
        let swapped = try ready.log.wait(for: "a frame", from: ready.log.entries.count) {
            $0.frame?.time
        }
        _ = try ready.log.wait(for: "the set to go on") { event in
            event.frame.map { $0.phase != .idle && $0.time > swapped + 500_000_000 } == true
                ? true : nil
        }
        _ = try ready.daemon.call(Rehab1.StopExercise())
        // The steps of a test are scored as they were found.
        try ready.daemon.call(Rehab1.StartTest(test: "T6"))
        guard case .notReady? = try ready.daemon.refusal(of: swap) else {
            Issue.record("a test was swapped")
            return
        }
        try ready.daemon.call(Rehab1.GiveUpTest())
        ready.player.stop()
        try ready.daemon.call(Rehab1.DetachSensor(name: "belt"))
        let path = try #require(ready.daemon.recordingFiles().first)
        let notes = try ready.daemon.rehabctl(["recordings", "show", path], within: 60)
        #expect(notes.output.contains("sides swapped: the person's own word"), "\(notes)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(" swaps-sides=1"), "the plan that goes on")
        let replay = try ready.daemon.rehabctl(["replay", path, "--offline"], within: 120)
        #expect(replay.code == 0, "\(replay)")
    }

    @Test func theSideCanBeChangedOnTheWay() throws {
        let ready = try Ready(Scenario.quiet(seconds: 30))
        try ready.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        try ready.daemon.call(Rehab1.ChangeSide(side: "left"))
        #expect(try ready.daemon.status().set?.side == "left")
        _ = try ready.log.wait(for: "frames on the left") { event in
            event.frame?.stanceSide == "left" && event.frame?.stanceSource == "given" ? true : nil
        }
        #expect(
            try ready.daemon.refusal(of: Rehab1.ChangeSide(side: "up"))
                == .invalidParameter("side"))
        let summary = try ready.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.side == "left" && summary.course?.sideChanges == 1)
        // An exercise without sides says so.
        try ready.daemon.call(Rehab1.StartExercise(exercise: "squat"))
        guard
            case .notReady(let reason, _)? = try ready.daemon.refusal(
                of: Rehab1.ChangeSide(side: "left"))
        else {
            Issue.record("a squat took a side")
            return
        }
        #expect(reason.contains("has no side"))
        ready.player.stop()
    }

    @Test func aNoteIsInTheRecording() throws {
        let ready = try Ready(Scenario.quiet(seconds: 30))
        try ready.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        try ready.daemon.call(Rehab1.Mark(text: "a twinge\n# here"))
        for bad in ["", "  ", String(repeating: "x", count: 201)] {
            let refusal = try ready.daemon.refusal(of: Rehab1.Mark(text: bad))
            #expect(refusal == .invalidParameter("text"))
        }
        try ready.daemon.call(Rehab1.StopExercise())
        ready.player.stop()
        try ready.daemon.call(Rehab1.DetachSensor(name: "belt"))
        #expect(try ready.recording().marks.contains("note: a twinge # here"))
    }

    /// Four seconds of silence pause the set; it goes on by itself, and nothing done before is lost.
    @Test func aLostSensorPausesTheSetAndItGoesOnByItself() throws {
        let ready = try Ready(PauseTests.twoStands) { $0.silent(from: 13, to: 17.5) }
        try ready.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        let paused = try ready.log.wait(for: "the pause", within: 30) { event in
            event.status?.set?.paused.map { _ in event }
        }
        #expect(paused.status?.set?.paused == "the sensor on the pelvis sends nothing")
        let silence = Double(paused.time - ready.player.origin) * 1e-9 - 13
        #expect((1.9...3).contains(silence), "\(silence)")
        #expect(ready.log.warnings.contains { $0.contains("the set is paused") })
        _ = try ready.log.wait(for: "the end of the pause", within: 30) { event in
            if event.time > paused.time, let set = event.status?.set, set.paused == nil {
                true
            } else {
                nil
            }
        }
        #expect(try !ready.daemon.status().warnings.contains { $0.contains("the set is paused") })
        _ = try ready.log.wait(for: "frames after it") { event in
            if event.time > paused.time, event.frame?.phase == .waiting { true } else { nil }
        }
        let summary = try ready.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.holds.first?.endedBy == "lowered")
        #expect(summary.course?.pauses == 1 && summary.course?.endedBy == "asked")
        ready.player.stop()
    }

    /// The sensor does not come back: after a minute the set ends with what was done.
    @Test func aSensorThatStaysAwayEndsTheSetCleanly() throws {
        let ready = try Ready(PauseTests.twoStands) { packets in
            packets.filter { $0.time < 13_000_000_000 }
        }
        try ready.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        let summary = try ready.log.wait(for: "the summary", within: 100) { $0.summary }
        #expect(summary.course?.endedBy == "sensor-lost")
        #expect(summary.holds.count == 1)
        #expect(ready.log.warnings.contains { $0.contains("did not come back") })
        #expect(try ready.daemon.status().activity == .idle)
        ready.player.stop()
    }

    // MARK: thresholds of the person's own

    private func threshold(_ rule: String, _ degrees: Double) -> Rehab1.Threshold {
        Rehab1.Threshold(rule: rule, onDegrees: degrees, by: "the physiotherapist")
    }

    /// A drop of 8° is cued at 4° and not at 9°; what is in force is said everywhere.
    @Test func anOwnThresholdDecidesAndIsSaid() throws {
        let ready = try Ready(Scenario.oneDrop)
        let started = try ready.daemon.call(
            Rehab1.StartExercise(
                exercise: "one-leg-stand", side: "right", thresholds: [threshold("C01", 11)])
        ).exercise
        #expect(started.rules.first { $0.id == "C01" }?.onDegrees == 11)
        #expect(started.rules.first { $0.id == "C01" }?.offDegrees == 9.5)
        let said = Rehab1.Threshold(
            rule: "C01", signal: "drop", onDegrees: 11, by: "the physiotherapist",
            standardDegrees: 4)
        #expect(try ready.daemon.status().set?.thresholds == [said])
        MonotonicClock.sleep(until: ready.player.origin + 14_000_000_000)
        let summary = try ready.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.cues == 0 && summary.holds.count == 1)
        #expect(summary.course?.thresholds == [said])
        // The typical drop of that hold lies between level and the planted 8°.
        let typical = try #require(summary.rules.first { $0.id == "C01" }?.typicalDegrees)
        #expect((1...6).contains(typical), "\(typical)")
        ready.player.stop()
        try ready.daemon.call(Rehab1.DetachSensor(name: "belt"))
        let marks = try ready.recording().marks
        #expect(
            marks.contains {
                $0 == "threshold one-leg-stand C01 drop: on 4.0 is 11.0 by the physiotherapist"
            }, "\(marks)")
        #expect(ready.daemon.log.contains("threshold of the person's own: one-leg-stand C01"))
    }

    @Test func impossibleThresholdsAreRefusedAndTheFloorHolds() throws {
        let ready = try Ready(Scenario.quiet(seconds: 30))
        for bad in [0.0, -3, 1001] {
            let refusal = try ready.daemon.refusal(
                of: Rehab1.StartExercise(
                    exercise: "one-leg-stand", thresholds: [threshold("C01", bad)]))
            #expect(refusal == .invalidParameter("thresholds"), "\(bad)")
        }
        guard
            case .notReady(let reason, let cure)? = try ready.daemon.refusal(
                of: Rehab1.StartExercise(
                    exercise: "one-leg-stand", thresholds: [threshold("C11", 5)]))
        else {
            Issue.record("a rule that is not there was set")
            return
        }
        #expect(reason.contains("has no rule C11") && cure.contains("exercises show"))
        let started = try ready.daemon.call(
            Rehab1.StartExercise(
                exercise: "one-leg-stand", thresholds: [threshold("C01", 1)])
        ).exercise
        #expect(started.rules.first { $0.id == "C01" }?.onDegrees == 3)
        ready.player.stop()
    }
}
