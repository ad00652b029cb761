// Voice, slow sound, fading, settings, hearing check: the real daemon, a synthetic person, sound in a file.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing

@Suite(.scene(weight: 1))
struct FeedbackTests {
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/espeak-ng"),
            "espeak-ng is not installed"))
    func aCueIsSpokenAfterItsTone() throws {
        // On a busy machine the words of a language take longer to make than a short stand.
        let patient = Scenario.oneDrop.replacing("seconds = 4\n", with: "seconds = 25\n")
        let scene = try FeedbackScene(patient) { daemon in
            let told = try daemon.rehabctl(["sound", "speech", "on", "--language", "de"])
            #expect(told.code == 0 && told.output.contains("on, de"), "\(told)")
        }
        let log = try EventLog(scene.daemon)
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        try waitUntil("the voice to be ready") { try scene.output("speech")?.state == .ok }
        let cue = try log.wait(for: "the cue", within: 40) { $0.cue }
        #expect(cue.rule == "C01" && cue.heard)
        try waitUntil("the cue to be spoken") { try scene.output("speech")?.presented == 1 }
        #expect(try scene.output("tone")?.presented == 1)
        _ = scene.player.finish()
        log.stop()
        #expect(try scene.daemon.terminate() == .exited(0))
        let frames = try scene.frames()
        let first = try #require(frames.firstIndex { $0 != 0 })
        let last = try #require(frames.lastIndex { $0 != 0 })
        // The tone alone lasts 0.35 s; four words of German some 1.5 s.
        let seconds = Double(last - first) / 48_000
        print("the cue with its words lasts \(seconds) s")
        #expect((0.9...2.9).contains(seconds))
        #expect(frames.allSatisfy { abs(Int($0)) <= 8230 })
        // Speech is no pure note: neighbours of its loudest part cross zero unevenly.
        let words = frames[(first + 17_000)...last]
        #expect(words.contains { abs(Int($0)) > 4000 })
    }

    @Test func withoutTheProgramTonesGoOnAndTheCureIsSaidOnce() throws {
        let scene = try FeedbackScene(environment: ["PATH": "/nonexistent"])
        for _ in 0..<2 {
            let told = try scene.daemon.rehabctl(["sound", "speech", "on"])
            #expect(told.code == 0)
        }
        try waitUntil("the trouble to be told") {
            try scene.daemon.call(Rehab1.GetSound()).sound.speechTrouble != nil
        }
        let told = try scene.daemon.rehabctl(["sound"])
        #expect(told.output.contains("apt install espeak-ng"), "\(told)")
        let warnings = try scene.daemon.status().warnings.filter { $0.contains("espeak-ng") }
        #expect(warnings.count == 1, "\(warnings)")
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        try waitUntil("the tone of the cue") { try scene.output("tone")?.presented == 1 }
        #expect(try scene.output("speech")?.notHeard == 1)
        #expect(try scene.output("speech")?.state == .failing)
        scene.player.stop()
    }

    @Test func aSlowLoudspeakerMovesCuesToTheEndOfTheMovement() throws {
        let scene = try FeedbackScene { daemon in
            let told = try daemon.rehabctl(["sound", "delay", "210"])
            #expect(told.output.contains("210 ms, as you said"), "\(told)")
        }
        let started = try scene.daemon.rehabctl(
            ["start", "one-leg-stand", "--side", "right", "--json"])
        #expect(started.output.contains("\"cueing\":\"end-of-movement\""), "\(started)")
        #expect(
            try scene.daemon.status().warnings.contains { $0.contains("210 ms behind") })
        let log = try EventLog(scene.daemon)
        let cue = try log.wait(for: "the cue at the end of the hold") { $0.cue }
        #expect(cue.rule == "C01" && cue.heard)
        _ = scene.player.finish()
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.cues == 1 && summary.cueing == "end-of-movement")
        log.stop()
        // The hold is over when the cue comes.
        let held = log.frames.filter { $0.phase == .holding }.map(\.time)
        #expect(held.count > 50)
        #expect(held.allSatisfy { $0 <= cue.time })
    }

    @Test func aDelayNamedInTheMidstOfASetChangesIt() throws {
        let scene = try FeedbackScene()
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        _ = try scene.daemon.rehabctl(["sound", "delay", "180"])
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.cueing == "end-of-movement")
        scene.player.stop()
    }

    /// 40 percent are 16 dB: a factor of 6.3 in amplitude.
    @Test func theVolumeTurnedInTheMidstOfASetHoldsForTheNextCue() throws {
        let scene = try FeedbackScene(FeedbackTests.threeStands)
        _ = try scene.daemon.rehabctl([
            "start", "one-leg-stand", "--side", "right", "--no-probe",
        ])
        let log = try EventLog(scene.daemon)
        try log.wait(for: "the first cue") { $0.cue }
        try log.wait(for: "the end of the hold", from: log.entries.count) {
            $0.frame?.phase == .waiting ? true : nil
        }
        #expect(try scene.daemon.rehabctl(["sound", "volume", "60"]).code == 0)
        try waitUntil("the second cue", within: 30) { log.cues.count >= 2 }
        _ = scene.player.finish()
        log.stop()
        #expect(log.cues.allSatisfy { $0.heard })
        #expect(try scene.daemon.terminate() == .exited(0))
        let bursts = try scene.bursts()
        print("bursts, loudest of left and right: \(bursts)")
        // The device was opened anew with the change, and the file with it: it holds the later cues. The
        // cap is 8230; 16 dB below it are 1304.
        let quiet = try #require(bursts.first?.left)
        #expect((1_250...1_360).contains(quiet), "\(bursts)")
    }

    /// The free left side sinks on the right leg: left says "away from", right says "towards".
    @Test(arguments: ["away", "towards"])
    func thePersonsOneConventionMovesEveryCue(_ direction: String) throws {
        let scene = try FeedbackScene { daemon in
            let told = try daemon.rehabctl(["sound", "direction", direction])
            #expect(
                told.output.contains(
                    direction == "away"
                        ? "sounds on the side to move away from" : "sounds on the side to move to"),
                "\(told)")
        }
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right", "--no-probe"])
        _ = scene.player.finish()
        #expect(try scene.daemon.terminate() == .exited(0))
        let burst = try #require(try scene.bursts().first)
        print("\(direction): left \(burst.left), right \(burst.right)")
        let (away, towards) = (Double(burst.left), Double(burst.right))
        #expect(direction == "away" ? away > 1.5 * towards : towards > 1.5 * away)
        #expect(scene.daemon.log.contains("direction of cues: towards") == (direction == "towards"))
    }

    @Test func settingsOutliveTheDaemonAndNonsenseIsRefused() throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        var daemon = try RunningDaemon { $0.state = state }
        for arguments in [
            ["sound", "volume", "35"], ["sound", "sonification", "on"], ["breaks", "on"],
            ["sound", "vibration", "on"], ["fading", "set", "squat", "--workout", "7"],
            ["sound", "direction", "towards"], ["breaks", "snooze", "--minutes", "90"],
        ] { #expect(try daemon.rehabctl(arguments).code == 0, "\(arguments)") }
        for call in [
            Rehab1.SetSound(volumePercent: 101), Rehab1.SetSound(volumePercent: -1),
            Rehab1.SetSound(delayMilliseconds: 1e9), Rehab1.SetSound(snoozeMinutes: -1),
            Rehab1.SetSound(snoozeMinutes: 1e9), Rehab1.SetSound(direction: "sideways"),
        ] { #expect(try daemon.refusal(of: call) != nil) }
        let unknown = try daemon.rehabctl(["sound", "speech", "on", "--language", "tlh"])
        #expect(unknown.code == 65 && unknown.errors.contains("Choose one of en, de"), "\(unknown)")
        #expect(try daemon.refusal(of: Rehab1.SetFading(exercise: "../x")) != nil)
        try daemon.terminate()
        daemon = try RunningDaemon { $0.state = state }
        let sound = try daemon.call(Rehab1.GetSound()).sound
        #expect(sound.volumePercent == 35 && sound.volumeDecibels == -26)
        #expect(sound.direction == "towards")
        #expect((5_300...5_400).contains(sound.breaksSnoozedSeconds ?? 0))
        let snoozed = try daemon.rehabctl(["breaks"])
        let unseen =
            "  standing on one hip: not measured, no calibrated sensor on the pelvis\n"
            + "  sitting: not measured, no calibrated sensor on a thigh; say it: rehabctl breaks sit\n"
        #expect(
            snoozed.output == "break reminders: on, put off for 90 more minutes\n" + unseen,
            "\(snoozed)")
        #expect(
            try daemon.rehabctl(["breaks", "wake"]).output == "break reminders: on\n" + unseen)
        #expect(sound.sonification && sound.breaks && sound.vibration && !sound.speech)
        let fading = try daemon.call(Rehab1.ListFading()).fading
        #expect(fading.map(\.exercise) == ["squat"])
        #expect(fading.first?.block == 3 && fading.first?.cuedShare == 0.33)
        try daemon.terminate()
        // Files that are no settings are said, and put nothing out of order.
        try "{".write(toFile: state + "/sound.json", atomically: false, encoding: .utf8)
        try "[]".write(toFile: state + "/fading/squat.json", atomically: false, encoding: .utf8)
        daemon = try RunningDaemon { $0.state = state }
        #expect(try daemon.status().warnings.contains { $0.contains("rehabctl sound") })
        #expect(try daemon.call(Rehab1.GetSound()).sound.volumePercent == 100)
        #expect(try daemon.call(Rehab1.ListFading()).fading.isEmpty)
    }

    // MARK: fading

    static let threeStands = Scenario.toml(
        (1...3).map { number in
            """
            [[task]]
            kind = "quiet-stand"
            name = "quiet-\(number)"
            seconds = 3
            [[task]]
            kind = "one-leg-stand"
            name = "stand-\(number)"
            side = "right"
            seconds = 6
            profile = [{ kind = "drop", at = 1.5, degrees = \(number == 3 ? 8 : 6), rise_s = 0.6, hold_s = 2 }]

            """
        }.joined())

    /// In the ninth workout one movement of ten is cued, with a time to get ready as without.
    @Test(arguments: [0, 1.0])
    func cuesStepBackAlsoInASetWithACountdown(_ leadIn: Double) throws {
        let scene = try FeedbackScene(FeedbackTests.threeStands) { daemon in
            let told = try daemon.rehabctl([
                "fading", "set", "one-leg-stand", "--workout", "9",
            ])
            #expect(told.code == 0)
        }
        try scene.daemon.call(
            Rehab1.StartExercise(
                exercise: "one-leg-stand", side: "right", probe: false,
                leadInSeconds: leadIn > 0 ? leadIn : nil))
        _ = scene.player.finish()
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        print("lead-in \(leadIn) s: \(summary.holds.count) holds, \(summary.cues) cues")
        #expect(summary.holds.count == 3)
        #expect(summary.cues <= 1)
    }

    @Test func theLastSetIsWithoutCuesAndTellsWhatStaysWithoutThem() throws {
        let scene = try FeedbackScene(FeedbackTests.threeStands)
        var summaries: [Rehab1.Summary] = []
        for number in 0..<3 {
            let started = try scene.daemon.call(
                Rehab1.StartExercise(exercise: "one-leg-stand", side: "right")
            ).exercise
            #expect(started.cueing == (number == 2 ? "none" : "at-once"), "set \(number + 1)")
            // To the end of this stand: 3 s quiet, some 9 s in all.
            let log = try EventLog(scene.daemon)
            try log.wait(for: "the hold \(number + 1)") { $0.frame?.phase == .holding ? true : nil }
            try log.wait(for: "the end of hold \(number + 1)", from: log.entries.count) {
                $0.frame?.phase == .waiting ? true : nil
            }
            summaries.append(try scene.daemon.call(Rehab1.StopExercise()).summary)
            log.stop()
        }
        scene.player.stop()
        #expect(summaries.map(\.probe) == [false, false, true])
        #expect(summaries.map(\.cues) == [1, 1, 0])
        let fading = try #require(summaries[2].fading)
        #expect(fading.sets == 3 && fading.workout == 1 && fading.cuedShare == 1)
        // The drop of the set without cues was 8 degrees in place of 6: more above the 2.5 of C01.
        let with = try #require(fading.cuedErrorDegrees)
        let without = try #require(fading.uncuedErrorDegrees)
        print("error with cues \(with), without \(without), dependence \(fading.dependence ?? -1)")
        #expect(without > with && with > 0.5)
        let dependence = try #require(fading.dependence)
        #expect(abs(dependence - (without - with) / max(with, 0.5)) < 1e-9)
        #expect(fading.text.contains("of the improvement without sound"))
        let listed = try scene.daemon.rehabctl(["fading"])
        #expect(listed.lines.count == 2 && listed.output.contains("one-leg-stand"), "\(listed)")
        let file = try String(
            contentsOfFile: scene.daemon.state + "/fading/one-leg-stand.json", encoding: .utf8)
        #expect(file.contains("\"version\" : 1"))
    }

    // MARK: hearing check and breathing

    @Test func theHearingCheckPlaysEveryToneAndBreathingPacesWithoutASensor() throws {
        let scene = try FeedbackScene(Scenario.quiet(seconds: 90))
        let check = try scene.daemon.rehabctl(["sound", "check", "--json"])
        #expect(check.code == 0, "\(check)")
        #expect(check.lines.count == 7)
        #expect(check.lines.allSatisfy { $0.contains("\"played\":true") }, "\(check)")
        let breath = try scene.daemon.rehabctl(
            ["breathe", "--in", "1", "--out", "1", "--minutes", "0.05"])
        #expect(breath.code == 0, "\(breath)")
        #expect(breath.lines.first?.contains("nothing senses your breath") == true)
        #expect(breath.lines.dropFirst().first == "1  in   1.0 s")
        #expect(breath.lines.last?.hasPrefix("done: ") == true)
        // Not while somebody exercises.
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right"])
        #expect(try scene.daemon.rehabctl(["sound", "check", "--json"]).code == 75)
        #expect(try scene.daemon.rehabctl(["breathe"]).code == 75)
        scene.player.stop()
        // A device that is not there is said.
        let silent = try RunningDaemon { $0.environment = ["REHABD_AUDIO": "no-such-device"] }
        let refused = try silent.rehabctl(["sound", "check", "--json"])
        #expect(refused.code == 69, "\(refused)")
        #expect(refused.output.contains("no such sound device"), "\(refused)")
    }

    @Test func theContinuousSoundFollowsThePelvisInASet() throws {
        let scene = try FeedbackScene { daemon in
            let told = try daemon.rehabctl(["sound", "sonification", "on"])
            #expect(told.code == 0)
        }
        // With a threshold that the drop does not reach, the continuous sound is all there is.
        try scene.daemon.call(
            Rehab1.StartExercise(
                exercise: "one-leg-stand", side: "right", probe: false,
                thresholds: [
                    Rehab1.Threshold(rule: "C01", signal: "drop", onDegrees: 20, by: "the test")
                ]))
        _ = scene.player.finish()
        #expect(try scene.daemon.call(Rehab1.StopExercise()).summary.cues == 0)
        #expect(try scene.daemon.terminate() == .exited(0))
        let frames = try scene.frames()
        let first = try #require(frames.firstIndex { $0 != 0 })
        let last = try #require(frames.lastIndex { $0 != 0 })
        // A drop of 8 degrees on the right leg: the left side sinks, for 2.5 s and the ways there.
        let seconds = Double(last - first) / 48_000
        print("the continuous sound lasts \(seconds) s")
        #expect((2.0...5.5).contains(seconds))
        let top = frames.map { abs(Int($0)) }.max() ?? 0
        #expect((2000...2930).contains(top), "\(top)")
    }

    /// What stays without sound is to be told: a set without cues has no continuous one either.
    @Test func theContinuousSoundRestsInASetWithoutCues() throws {
        let scene = try FeedbackScene { daemon in
            let told = try daemon.rehabctl(["sound", "sonification", "on"])
            #expect(told.code == 0)
        }
        _ = try scene.daemon.rehabctl(["start", "one-leg-stand", "--side", "right", "--probe"])
        _ = scene.player.finish()
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        #expect(summary.probe && summary.rules.contains { $0.id == "C01" && $0.episodes == 1 })
        #expect(try scene.daemon.terminate() == .exited(0))
        let isOpened = FileManager.default.fileExists(atPath: scene.sound)
        let frames = isOpened ? try scene.frames() : []
        #expect(frames.allSatisfy { $0 == 0 })
    }
}
