// What the whole course leaves behind: a complete recording that replays to the same bits, both ways.

import Control
import DaemonTestKit
import FakeWearable
import Foundation
import Recording
import Testing

@Suite(.scene(weight: 0)) struct FullFlowRecordingTests {
    @Test func theRecordingIsCompleteAndListed() async throws {
        let story = try await Story.told.value
        #expect(story.detached.sensors == [])
        #expect(story.detached.activity == .idle)
        #expect(story.detached.recording == nil)
        let listed = try #require(story.listed.first)
        #expect(story.listed.count == 1)
        #expect(listed.complete)
        #expect(listed.sensors == ["pelvis"])
        #expect(listed.exercise == "one-leg-stand")
        #expect(story.sets.allSatisfy { $0.summary.recording == listed.name })

        let recorded = story.recorded
        #expect(recorded.isComplete)
        #expect(!recorded.lastLineTorn)
        #expect(recorded.missing == [])
        let before = try #require(story.lastStatus.sensors.first)
        #expect(Int64(recorded.packets.count) >= before.packets)
        #expect(recorded.packets.count <= story.report.channels[0].sent)
        #expect(recorded.frames.count == recorded.packets.count)
        #expect(recorded.packets.allSatisfy { $0.bytes.count == DotPacket.size })
        #expect(abs((listed.durationSeconds ?? 0) - (recorded.duration ?? -9)) < 0.001)
        #expect(recorded.marks.contains { $0.hasPrefix("calibration done") })
        #expect(recorded.marks.contains("exercise one-leg-stand right"))
        #expect(recorded.marks.contains("exercise one-leg-stand detect"))
        #expect(recorded.cues.count == story.cues.count)
    }

    @Test func showTellsWhatTheFileHolds() async throws {
        let story = try await Story.told.value
        #expect(story.shown.code == 0)
        let told = try #require(
            try JSONSerialization.jsonObject(with: Data(story.shown.output.utf8))
                as? [String: Any])
        #expect(told["packets"] as? Int == story.recorded.packets.count)
        #expect(told["frames"] as? Int == story.recorded.frames.count)
        #expect((told["cues"] as? [String])?.count == story.recorded.cues.count)
        #expect(told["sensors"] as? [String] == ["pelvis"])
        #expect(told["complete"] as? Bool == true)
        #expect(told["last_line_torn"] as? Bool == false)
    }

    @Test(arguments: ["through the daemon", "offline"])
    func replayGivesTheSameBits(_ way: String) async throws {
        let story = try await Story.told.value
        let replay = way == "offline" ? story.offline : story.throughDaemon
        #expect(replay.told.code == 0, "\(replay.told)")
        let told = try #require(
            try JSONSerialization.jsonObject(with: Data(replay.told.output.utf8))
                as? [String: Any])
        #expect(told["same"] as? Bool == true)
        #expect(told["frames"] as? Int == story.recorded.frames.count)
        #expect(told["cues"] as? Int == story.recorded.cues.count)
        #expect(told["complete"] as? Bool == true)
        // Not taking the program's word for it.
        #expect(replay.recording.frames == story.recorded.frames)
        #expect(replay.recording.cues == story.recorded.cues)
        let speed = told["times_real_time"] as? Double ?? 0
        print("replay \(way): \(speed) times real time")
    }

    @Test func aChangedDigitIsNoticed() async throws {
        let story = try await Story.told.value
        #expect(story.tampered.code == 1, "\(story.tampered)")
        let told = try #require(
            try JSONSerialization.jsonObject(with: Data(story.tampered.output.utf8))
                as? [String: Any])
        #expect(told["same"] as? Bool == false)
        #expect(told["recorded"] as? String != told["replayed"] as? String)
    }

    @Test func removingIsForGood() async throws {
        let story = try await Story.told.value
        #expect(story.removed.code == 0, "\(story.removed)")
        #expect(story.filesLeft == [])
        #expect(story.removedAgain.code == 65)
        #expect(story.removedAgain.errors.contains("no recording is called"))
        #expect(story.removedAgain.errors.contains("rehabctl recordings list"))
    }
}
