// A run of the test battery is no set of a workout: how the cues step back does not hear of it.

import Control
import DaemonTestKit
import Testing

@Suite(.scene()) struct TestRunFadingTests {
    /// Two stands; the second's drop is larger, as in a test that asks for the most.
    private static let stands = Scenario.toml(
        [6, 9].map { degrees in
            """
            [[task]]
            kind = "quiet-stand"
            name = "quiet-\(degrees)"
            seconds = 3
            [[task]]
            kind = "one-leg-stand"
            name = "stand-\(degrees)"
            side = "right"
            seconds = 6
            profile = [{ kind = "drop", at = 1.5, degrees = \(degrees), rise_s = 0.6, hold_s = 2 }]

            """
        }.joined()
            + "[[task]]\nkind = \"quiet-stand\"\nname = \"after\"\nseconds = 30\n")

    @Test func aTestCountsNeitherAsASetNorForDependence() throws {
        let scene = try FeedbackScene(TestRunFadingTests.stands)
        func stand(_ number: Int) throws {
            let log = try EventLog(scene.daemon)
            try log.wait(for: "hold \(number)") { $0.frame?.phase == .holding ? true : nil }
            try log.wait(for: "the end of hold \(number)", from: log.entries.count) {
                $0.frame?.phase == .waiting ? true : nil
            }
            log.stop()
        }
        try scene.daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        try stand(1)
        let set = try scene.daemon.call(Rehab1.StopExercise()).summary
        let before = try scene.daemon.call(Rehab1.ListFading()).fading
        #expect(before.map(\.sets) == [1] && set.fading == before.first)

        try scene.daemon.call(Rehab1.StartTest(test: "T1", side: "right"))
        try stand(2)
        let result = try scene.daemon.call(Rehab1.StopTest()).result
        scene.player.stop()
        // The test saw the stand, and the fading is what it was.
        #expect(result.measures.first { $0.id == "hold-s" }?.value ?? 0 > 4)
        #expect(try scene.daemon.call(Rehab1.ListFading()).fading == before)
    }

    /// Also where somebody ends the test as one ends a set.
    @Test func aTestThatIsEndedAsASetIsStillNone() throws {
        let scene = try FeedbackScene(TestRunFadingTests.stands)
        try scene.daemon.call(Rehab1.StartTest(test: "T1", side: "right"))
        let log = try EventLog(scene.daemon)
        try log.wait(for: "a hold") { $0.frame?.phase == .holding ? true : nil }
        try log.wait(for: "its end", from: log.entries.count) {
            $0.frame?.phase == .waiting ? true : nil
        }
        log.stop()
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        scene.player.stop()
        #expect(summary.holds.count == 1 && summary.fading == nil)
        #expect(try scene.daemon.call(Rehab1.ListFading()).fading.isEmpty)
    }
}
