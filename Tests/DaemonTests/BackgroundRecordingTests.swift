// Reminders in the background: sensors worn all day must not fill the disk, and a set is recorded all the same.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Recording
import Testing

@Suite(.scene(weight: 1))
struct BackgroundRecordingTests {
    /// The catalogue's habits with 3 s between reminders in place of ten minutes.
    private func scene(_ toml: String, breaks: String) throws -> FeedbackScene {
        let path = Products.repository + "/Sources/Exercises/Catalogue/habits.toml"
        let habits = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("refractory-seconds = 600", with: "refractory-seconds = 3")
        return try FeedbackScene(toml, exercises: ["habits.toml": habits]) { daemon throws in
            let told = try daemon.rehabctl(["breaks", breaks])
            #expect(told.code == 0, "\(told)")
        }
    }

    private func size(_ file: String) throws -> Int {
        try #require(FileStore.attributes(file)?.bytes)
    }

    @Test func nothingIsRecordedWhileOnlyRemindersRunAndASetIsAgain() throws {
        let scene = try scene(Scenario.quiet(seconds: 60), breaks: "on")
        let daemon = scene.daemon
        try waitUntil("the recording to rest", within: 30) {
            try daemon.status().recordingRests == true
        }
        let told = try daemon.rehabctl(["status"]).output
        #expect(
            told.contains("resting: only reminders run; it goes on with the next set"), "\(told)")
        // The turn in which the last frames were taken is over.
        let file = try #require(daemon.recordingFiles().first)
        func packets() throws -> Int64 { try daemon.sensor("belt")?.packets ?? 0 }
        let begin = try packets()
        try waitUntil("30 more packets") { try packets() > begin + 30 }
        let (resting, recorded) = (try size(file), try daemon.status().recordedPackets)
        let middle = try packets()
        try waitUntil("200 more packets", within: 20) { try packets() > middle + 200 }
        #expect(try size(file) == resting)
        #expect(try daemon.status().recordedPackets == recorded)

        let started = try daemon.rehabctl([
            "start", "one-leg-stand", "--side", "right", "--no-probe",
        ])
        #expect(started.code == 0, "\(started)")
        #expect(try daemon.status().recordingRests == nil)
        let set = try packets()
        try waitUntil("200 packets of the set", within: 20) { try packets() > set + 200 }
        #expect(try daemon.rehabctl(["stop"]).code == 0)
        _ = scene.player.stop()
        let name = try #require(try daemon.status().recording)
        #expect(try daemon.terminate() == .exited(0))

        let whole = try RecordingReader.parse(FileStore.read(file, limit: 1 << 28), file: file)
        #expect(whole.parts.count == 2 && whole.parts.allSatisfy { $0.isComplete })
        let part = try #require(whole.later.first)
        #expect(part.isMidStream && part.sensors.map(\.name) == ["belt"])
        #expect(part.value("continues") == name)
        #expect(part.packets.count > 200)
        let commands = part.commands.map { $0.text.prefix { $0 != " " } }
        #expect(commands.starts(with: ["attach", "align"]) && commands.contains("begin"))
        #expect(part.marks.contains { $0.hasPrefix("exercise one-leg-stand right") })
        // What was recorded before the rest comes out again bit for bit; the set is run again, not compared.
        let replay = try daemon.rehabctl(["replay", "--offline", file])
        #expect(replay.code == 0, "\(replay)")
        #expect(replay.output.contains("this recording rested while only reminders ran"))
        #expect(replay.output.contains(/The replay matched: [1-9][0-9]+ frames/))
        #expect(replay.output.contains("This part begins in mid-stream"), "\(replay)")
        let again = try #require(
            replay.output.firstMatch(of: /recorded: ([0-9]+) frames, .* replayed: ([0-9]+) and/))
        #expect(again.1 == again.2 && (Int(again.1) ?? 0) > 200)
    }

    /// Whoever turned reminders off has asked for nothing but what is worn: it is recorded as before.
    @Test func withoutRemindersAllIsRecorded() throws {
        let scene = try scene(Scenario.quiet(seconds: 30), breaks: "off")
        let daemon = scene.daemon
        try waitUntil("twelve seconds of packets", within: 30) {
            try daemon.status().recordedPackets > 720
        }
        #expect(try daemon.status().recordingRests == nil)
        _ = scene.player.stop()
        #expect(try daemon.terminate() == .exited(0))
    }
}
