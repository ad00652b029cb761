// A disk that answers after ten seconds (row 44 of the fault table): the recorder waits, nobody else does.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Recording
import Testing

@Suite(.scene(weight: 1)) struct SlowDiskTests {
    /// The recorder's thread is held as a write that does not return would hold it.
    ///
    /// Ten seconds are what its buffers are made for.
    @Test func aDiskThatTakesTenSecondsCostsNothing() throws {
        let scene = try FeedbackScene(FeedbackTests.threeStands)
        let daemon = scene.daemon
        let log = try EventLog(daemon, intervalMilliseconds: 16)
        guard let held = try HeldThread("recorder", of: daemon.process.id) else {
            print("not tested here: this account may not hold a thread")
            return
        }
        let begun = MonotonicClock.now()
        let started = try daemon.rehabctl([
            "start", "one-leg-stand", "--side", "right", "--no-probe",
        ])
        #expect(started.code == 0, "\(started)")
        try log.wait(for: "the first cue") { $0.cue }
        // Questions about recordings are answered as well, from what is on the disk.
        let asked = MonotonicClock.now()
        #expect(try daemon.call(Rehab1.ListRecordings()).recordings.count <= 1)
        let answer = milliseconds(MonotonicClock.now() - asked)
        let rest = 10_000_000_000 - (MonotonicClock.now() - begun)
        MonotonicClock.sleep(until: MonotonicClock.now() + max(0, rest))
        let behind = try daemon.status()
        try held.release()
        let released = MonotonicClock.now()
        let sent = scene.player.finish()
        let summary = try daemon.call(Rehab1.StopExercise()).summary
        log.stop()

        #expect(log.cues.count == 3 && log.cues.allSatisfy { $0.heard })
        #expect(summary.lostSamples == 0)
        // What waits is told as not recorded yet, and is recorded in the end.
        #expect(behind.unrecordedPackets + behind.recordedPackets <= Int64(sent.sent))
        let file = try #require(daemon.recordingFiles().first)
        #expect(try daemon.terminate() == .exited(0))
        let recording = try RecordingReader.parse(FileStore.read(file, limit: 1 << 28), file: file)
        #expect(recording.isComplete && recording.missing.isEmpty)
        let packets = recording.packets.filter { $0.characteristic != 255 }
        #expect(packets.count == sent.sent)

        let ways = log.entries.filter { $0.event.cue != nil }.map {
            (received: $0.received, way: milliseconds($0.received - $0.event.time))
        }
        let during = ways.filter { $0.received < released }.map { Int($0.way) }
        let after = ways.filter { $0.received >= released }.map { Int($0.way) }
        print(
            "disk held for 10 s: cue to client \(during) ms meanwhile, \(after) ms after; recordings "
                + "listed in \(Int(answer)) ms")
        #expect(!during.isEmpty && !after.isEmpty)
        #expect((during.max() ?? 0) <= (after.max() ?? 0) + 100)
    }
}
