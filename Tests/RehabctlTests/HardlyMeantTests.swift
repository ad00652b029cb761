// What can hardly be meant is not done without a word: thresholds out of all proportion, snoozing nothing.

import Control
import DaemonTestKit
import Foundation
import Testing

@Suite(.scene()) struct HardlyMeantTests {
    private func rehabctl(
        _ daemon: RunningDaemon, _ arguments: [String]
    ) throws -> ProgramResult {
        try daemon.rehabctl(arguments, environment: ["XDG_STATE_HOME": daemon.state + "/home"])
    }

    private func log(_ daemon: RunningDaemon) -> String {
        (try? String(contentsOfFile: daemon.state + "/home/rehabd/log.jsonl", encoding: .utf8))
            ?? ""
    }

    /// The exercise's own: 4 degrees in the squat, twice the calm sway in the one-leg stand.
    @Test(arguments: [
        (["squat", "C01", "50"], "50.0 deg is 12.5 times", "no cue"),
        (["squat", "C01", "12.1"], "12.1 deg is 3.0 times", "no cue"),
        (["squat", "C11", "0.05"], "0.05 is less than a third of 0.30", "nearly always"),
        (["one-leg-stand", "C09", "0.5"], "0.50 is less than a third of 2.00", "nearly always"),
        (["squat", "C01", "200"], "above 180", "half a turn"),
    ])
    func aThresholdOutOfProportionIsAskedBack(
        _ arguments: [String], _ message: String, _ why: String
    ) throws {
        let daemon = try RunningDaemon()
        let refused = try rehabctl(daemon, ["thresholds", "set"] + arguments)
        #expect(refused.code == 65, "\(refused)")
        #expect(refused.errors.contains(message) && refused.errors.contains(why), "\(refused)")
        #expect(log(daemon).isEmpty)
        let isPossible = !message.contains("above")
        #expect(refused.errors.contains("--sure") == isPossible, "\(refused)")
        let sure = try rehabctl(daemon, ["thresholds", "set"] + arguments + ["--sure"])
        #expect((sure.code == 0) == isPossible, "\(sure)")
        #expect(log(daemon).isEmpty != isPossible)
    }

    @Test func anUsualThresholdIsTaken() throws {
        let daemon = try RunningDaemon()
        for value in ["3", "9", "12"] {
            let set = try rehabctl(daemon, ["thresholds", "set", "squat", "C01", value])
            #expect(set.code == 0, "\(set)")
        }
    }

    /// There is nothing to put off, and nothing is.
    @Test(arguments: [["snooze"], ["snooze", "--minutes", "5"], ["wake"], ["snooze", "--json"]])
    func snoozingWhatIsOffIsSaid(_ arguments: [String]) throws {
        let daemon = try RunningDaemon()
        let told = try rehabctl(daemon, ["breaks"] + arguments)
        #expect(told.code == 65 && told.output.isEmpty, "\(told)")
        #expect(
            told.errors.contains("break reminders are off")
                && told.errors.contains("urn them on with: rehabctl breaks on"), "\(told)")
        #expect(try daemon.call(Rehab1.GetSound()).sound.breaksSnoozedSeconds == nil)
        #expect(try rehabctl(daemon, ["breaks", "on"]).code == 0)
        #expect(try rehabctl(daemon, ["breaks"] + arguments).code == 0)
    }
}
