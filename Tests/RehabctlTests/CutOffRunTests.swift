// Runs of a test that come to no end of their own, and holds that nobody saw begin.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Testing

@Suite(.scene()) struct CutOffRunTests {
    /// Results that the daemon has kept.
    private func kept(_ practice: Practice) throws -> Int {
        try practice.daemon.call(Rehab1.ListTestResults()).results.count
    }

    /// A run on a terminal of its own.
    private func begin(
        _ test: [String], of practice: Practice
    ) throws -> (Pseudoterminal, ChildProcess) {
        let terminal = try Pseudoterminal()
        let run = try terminal.start(
            Products.rehabctl, ["test"] + test + ["--lead-in", "0"],
            environment: practice.environment)
        return (terminal, run)
    }

    /// Ctrl-C in a run: nothing is kept, nothing goes on, and the next run begins.
    @Test func aRunThatIsInterruptedIsGivenUp() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        defer { practice.player.stop() }
        let (terminal, run) = try begin(["T1", "--side", "right"], of: practice)
        try waitUntil("the run") { try practice.daemon.status().activity == .exercising }
        try waitUntil("its line") { terminal.drawn().contains("Go.") }
        run.signal(SIGINT)
        #expect(try run.wait(within: 10) == .killed(bySignal: SIGINT))
        try waitUntil("its end") { try practice.daemon.status().activity == .idle }
        #expect(try kept(practice) == 0)
        #expect(
            try practice.daemon.call(Rehab1.StartTest(test: "T1", side: "right")).test.id == "T1")
        // As a person ends what another terminal began.
        let stop = try practice.rehabctl(["stop"])
        #expect(stop.output == "The test T1 was given up: nothing of it was kept.\n", "\(stop)")
        #expect(try practice.daemon.status().activity == .idle)
        #expect(try kept(practice) == 0)
        // One that is no exercise, and whose program is gone without a word.
        try practice.daemon.call(Rehab1.StartTest(test: "T3"))
        let again = try practice.daemon.refusal(of: Rehab1.StartTest(test: "T3"))
        #expect(
            again
                == .busy(
                    activity: "a test is running",
                    cure: "end it, or give it up: rehabctl stop"))
        #expect(try practice.rehabctl(["stop"]).code == 0)
        #expect(try practice.rehabctl(["stop"]).code == 65)
    }

    /// A daemon that ends takes the set's summary with it: that is said, not how its answers are called.
    @Test func aSetWhoseDaemonEndsSaysWhatIsLostAndWhatIsKept() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        let terminal = try Pseudoterminal()
        let set = try terminal.start(
            Products.rehabctl,
            ["start", "squat", "--plain", "--no-questions", "--countdown", "0"],
            environment: practice.environment)
        try waitUntil("the set") { try practice.daemon.status().activity == .exercising }
        try waitUntil("its keys") { terminal.drawn().contains("Keys, each") }
        try practice.daemon.terminate()
        #expect(try set.wait(within: 20) == .exited(69))
        let shown = Practice.plain(terminal.drawn())
        #expect(shown.contains("there is no summary of it"), "\(shown)")
        #expect(!shown.contains("Monitor") && !shown.contains("8 connections"), "\(shown)")
        practice.player.stop()
    }

    /// A set of a test that is ended as a set takes the run with it.
    @Test func aRunWhoseSetIsEndedIsNone() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        try practice.daemon.call(Rehab1.StartTest(test: "T1", side: "left"))
        try practice.daemon.call(Rehab1.StopExercise())
        #expect(try practice.daemon.refusal(of: Rehab1.StopTest()) != nil)
        #expect(try kept(practice) == 0)
    }

    /// Another terminal ends the run: the first one says so at once, and takes nothing of the next one.
    @Test func aRunThatIsEndedElsewhereIsNoticedAtOnce() throws {
        let practice = try Practice(Scenario.quiet(seconds: 120))
        defer { practice.player.stop() }
        let (terminal, run) = try begin(["T1", "--side", "right"], of: practice)
        try waitUntil("the run") { try practice.daemon.status().activity == .exercising }
        // However soon: before the first one has heard anything of its own run.
        _ = try practice.daemon.call(Rehab1.StopTest())
        // The test itself would go on for half a minute.
        #expect(try run.wait(within: 10) == .exited(75))
        let said = Practice.plain(terminal.drawn())
        #expect(said.contains("was ended elsewhere"), "\(said)")
        #expect(!said.contains("sent nothing"), "\(said)")
        #expect(try kept(practice) == 1)
    }

    /// The sensor falls silent: the run says so and ends; Enter would have made a result of it.
    @Test func aRunWhoseSensorFallsSilentIsGivenUp() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90)) { packets in
            packets.filter { $0.time < 12_000_000_000 }
        }
        defer { practice.player.stop() }
        let run = try practice.rehabctl(
            ["test", "T1", "--side", "right", "--lead-in", "0", "--plain"], within: 60)
        #expect(run.code == 75, "\(run)")
        #expect(run.errors.contains("the pelvis sensor sent nothing for 3 s"), "\(run)")
        #expect(run.errors.contains("rehabctl test T1"))
        #expect(try kept(practice) == 0)
        // Nor does the daemon make one of it for another program.
        #expect(
            try practice.daemon.refusal(of: Rehab1.StartTest(test: "T1", side: "right")) != nil)
    }

    /// Nobody ended the run: the sensor went.
    @Test func aRunWhoseSensorIsTakenAwayIsGivenUp() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        defer { practice.player.stop() }
        let (terminal, run) = try begin(["T3"], of: practice)
        try waitUntil("its line") { terminal.drawn().contains("s of ") }
        try practice.daemon.call(Rehab1.DetachSensor(name: "belt"))
        #expect(try run.wait(within: 10) == .exited(75))
        let said = Practice.plain(terminal.drawn())
        #expect(said.contains("was taken away") && !said.contains("elsewhere"), "\(said)")
        #expect(try kept(practice) == 0)
    }

    /// T3 has no set that ends with it: that it is over is told all the same.
    @Test func aRunWithoutASetThatIsEndedElsewhereIsNoticed() throws {
        let practice = try Practice(Scenario.quiet(seconds: 120))
        defer { practice.player.stop() }
        let (terminal, run) = try begin(["T3"], of: practice)
        try waitUntil("its line") { terminal.drawn().contains("s of ") }
        #expect(try practice.daemon.status().test == "T3")
        #expect(try practice.rehabctl(["stop"]).code == 0)
        // The test itself would go on for half a minute.
        #expect(try run.wait(within: 10) == .exited(75))
        #expect(Practice.plain(terminal.drawn()).contains("was ended elsewhere"))
        #expect(try practice.daemon.status().test == nil)
    }

    /// T1 on both feet: no hold, and why.
    @Test func aTestOnBothFeetHasNoHold() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        let run = try practice.rehabctl(
            ["test", "T1", "--side", "right", "--lead-in", "0", "--seconds", "14"], within: 60)
        #expect(run.code == 0, "\(run)")
        let result = try #require(
            try practice.daemon.call(Rehab1.ListTestResults()).results.first)
        #expect(result.measures.first { $0.id == "hold-s" }?.value == nil, "\(result)")
        #expect(run.output.contains("no shift of weight was seen"), "\(run)")
    }

    /// Before anybody gets ready, it is said that nothing is worn.
    @Test func nothingIsWornIsSaidAtOnce() throws {
        let daemon = try RunningDaemon()
        let run = try daemon.rehabctl(["test", "T1", "--side", "right", "--lead-in", "30"])
        #expect(run.code == 65, "\(run)")
        #expect(run.errors.contains("no sensor is on the pelvis"), "\(run)")
        #expect(!run.output.contains("get ready"))
    }

    /// Standing on both feet with one sensor on the pelvis: nobody can say that a foot was lifted.
    @Test func aHoldThatNobodySawBeginIsNoLongestOne() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        let set = try practice.rehabctl(
            [
                "start", "one-leg-stand", "--side", "right", "--guided", "--no-questions",
                "--countdown", "0", "--seconds", "14",
            ], within: 60)
        #expect(set.code == 0, "\(set)")
        #expect(
            set.output.contains(
                "hold 1: no shift of weight was seen before it, so whether the foot was off the "
                    + "floor is not measured"), "\(set)")
        let log = practice.logText()
        #expect(log.contains("\"holds\":[]"), "\(log)")
        #expect(log.contains("\"repetitions\":1"), "\(log)")
        // With the foot lifted nothing of the kind is said.
        let seen = try Practice()
        defer { seen.player.stop() }
        let other = try seen.rehabctl(
            [
                "start", "one-leg-stand", "--side", "right", "--guided", "--no-questions",
                "--countdown", "5", "--seconds", "16",
            ], within: 60)
        #expect(other.output.contains("right"), "\(other)")
        #expect(!other.output.contains("no shift of weight"), "\(other)")
    }
}
