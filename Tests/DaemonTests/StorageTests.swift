// A disk that is full, or a state directory that cannot be written: cues go on, and it is told.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing

/// A small file system of its own, where this account may mount one.
private final class SmallDisk: Sendable {
    let path: String
    private let folder: TemporaryFolder

    init?(options: String) {
        guard let folder = try? TemporaryFolder(),
            let mounted = try? Program.run(
                "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.path]),
            mounted.code == 0
        else { return nil }
        self.folder = folder
        path = folder.path
    }

    deinit { _ = try? Program.run("/usr/bin/env", ["umount", "--lazy", path]) }

    /// Tried until it goes: a program that another test is just starting holds every open file of
    /// this process until its own code begins, and a file that is open for writing forbids `ro`.
    func remount(_ options: String) throws {
        try waitUntil("the disk to be mounted again with \(options)") {
            try Program.run("/usr/bin/env", ["mount", "-o", "remount,\(options)", path]).code == 0
        }
    }
}

/// A stand with one drop at a daemon whose disk gives trouble.
private struct Stand {
    let daemon: RunningDaemon
    let log: EventLog
    let cues: [Rehab1.Cue]
    let summary: Rehab1.Summary
    let before: Rehab1.Status
    let after: Rehab1.Status
    let sent: Int

    init(_ daemon: RunningDaemon, calibrated state: String? = nil) throws {
        self.daemon = daemon
        let scenario = try Scenario(Scenario.oneDrop)
        log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        before = try daemon.status()
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        sent = player.finish().sent
        summary = try daemon.call(Rehab1.StopExercise()).summary
        try log.wait(for: "the summary's event") { $0.summary }
        after = try daemon.status()
        cues = log.cues
    }

    /// The exercise went as if nothing was the matter.
    func expectCuesWentOn() {
        #expect(cues.map(\.rule) == ["C01"])
        #expect(summary.lostSamples == 0)
        #expect(after.sensors.first?.samples == Int64(sent))
        #expect(after.sensors.first?.refused == 0)
        #expect(log.entries.allSatisfy { $0.event.dropped == 0 })
    }
}

@Suite(.scene()) struct StorageTests {
    private static func calibrated(_ state: String) throws {
        try Scenario(Scenario.quiet(seconds: 1)).storeCalibration(of: "belt", in: state)
    }

    /// 256 KiB: full after some seconds, in the middle of the exercise.
    @Test func aDiskThatFillsUpEndsTheRecordingOnly() throws {
        guard let disk = SmallDisk(options: "size=256k") else {
            print("not tested here: a full disk, because no file system can be mounted")
            return
        }
        let state = disk.path + "/state"
        try StorageTests.calibrated(state)
        let stand = try Stand(RunningDaemon { $0.state = state })
        stand.expectCuesWentOn()
        #expect(stand.before.warnings == [])
        let warning = try #require(stand.after.warnings.first)
        // The set's place in the schedule of cues cannot be kept either, and that is all.
        #expect(stand.after.warnings.count == 2)
        let schedule = try #require(stand.after.warnings.last)
        #expect(schedule.contains("step back cannot be kept"))
        #expect(schedule.contains(state + "/fading/"))
        #expect(warning.contains("the recording stopped"))
        #expect(warning.contains(state + "/recordings/"))
        #expect(warning.contains("No space left on device"))
        #expect(warning.contains("Cues go on, and so does the recording once there is space"))
        #expect(stand.log.warnings == [warning, schedule])
        #expect(stand.daemon.log.contains(warning))
        // What was written can be read, to the last whole line.
        let name = try #require(stand.after.recording)
        let shown = try stand.daemon.rehabctl(
            ["recordings", "show", "\(state)/recordings/\(name).recording", "--json"])
        #expect(shown.code == 0, "\(shown)")
        let told = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        #expect(told["complete"] as? Bool == false)
        let kept = try #require(told["packets"] as? Int)
        #expect(kept > 200)
        // The status claims no packet that is not in the file, and counts the others.
        #expect(stand.after.recordedPackets <= kept)
        let packets = try #require(stand.after.sensors.first?.packets)
        #expect(abs(stand.after.recordedPackets + stand.after.unrecordedPackets - packets) < 30)
        let status = try stand.daemon.rehabctl(["status"])
        #expect(status.output.contains("warning: " + warning))
        #expect(try stand.daemon.terminate() == .exited(0))
    }

    /// The same without root: a limit on the size of files, which writes run into.
    @Test func aFileThatMayNotGrowEndsTheRecordingOnly() throws {
        let state = try TemporaryFolder()
        try StorageTests.calibrated(state.path)
        // Blocks of 1024 bytes; the signal that comes with the limit is ignored, as under systemd.
        let daemon = try RunningDaemon {
            $0.state = state.path
            $0.wrapper = [
                "/bin/bash", "-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\"",
            ]
        }
        let stand = try Stand(daemon)
        stand.expectCuesWentOn()
        let warning = try #require(stand.after.warnings.first)
        #expect(warning.contains("the recording stopped"))
        #expect(warning.contains(state.path + "/recordings/"))
        #expect(warning.contains("File too large"))
        let file = try #require(daemon.recordingFiles().first)
        #expect((FileStore.attributes(file)?.bytes ?? 0) <= 200 * 1_024)
        #expect(try daemon.terminate() == .exited(0))
    }

    @Test func aReadOnlyDiskIsSaidAtOnce() throws {
        guard let disk = SmallDisk(options: "size=256k") else {
            print("not tested here: a read-only disk, because no file system can be mounted")
            return
        }
        let state = disk.path + "/state"
        try StorageTests.calibrated(state)
        try disk.remount("ro")
        let stand = try Stand(RunningDaemon { $0.state = state })
        stand.expectCuesWentOn()
        let warning = try #require(stand.before.warnings.first)
        #expect(warning.contains("nothing is recorded"))
        #expect(warning.contains("Read-only file system"))
        #expect(warning.contains("correct the permissions of \(state)"))
        #expect(stand.after.warnings.first == warning && stand.after.warnings.count == 2)
        #expect(stand.after.warnings.last?.contains("step back cannot be kept") == true)
        #expect(stand.before.recording == nil)
        #expect(stand.summary.recording == nil)
        #expect(try stand.daemon.terminate() == .exited(0))
    }

    @Test func aStateDirectoryThatIsAFileIsSaidAtOnce() throws {
        let folder = try TemporaryFolder()
        let state = try folder.write("state", "a file\n")
        let daemon = try RunningDaemon { $0.state = state }
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let warning = try #require(try daemon.status().warnings.first)
        #expect(warning.contains("nothing is recorded"))
        #expect(warning.contains(state))
        #expect(warning.contains("Not a directory"))
        #expect(try daemon.status().recording == nil)
        // The sensor works, and so does everybody else's call.
        sensor.send(DotPacket.still(microseconds: 1_000))
        try waitUntil("the packet") { try daemon.sensor("belt")?.packets == 1 }
        #expect(try daemon.call(Rehab1.ListRecordings()).recordings == [])
        #expect(try String(contentsOfFile: state, encoding: .utf8) == "a file\n")
        #expect(try daemon.terminate() == .exited(0))
    }

    /// A calibration that cannot be stored still holds for the session. (The files for it are in a
    /// directory that is a file.)
    @Test func aCalibrationThatCannotBeStoredHoldsForNow() throws {
        let state = try TemporaryFolder()
        try state.write("calibrations", "in the way\n")
        let daemon = try RunningDaemon { $0.state = state.path }
        let person = try Performer(
            Scenario.toml(
                """
                [[task]]
                kind = "bow"
                name = "bows"
                [[task]]
                kind = "foot-lift"
                name = "lift-left"
                side = "left"
                """), for: daemon)
        let steps = try person.calibrate([.bow: ["bows"], .lift: ["lift-left"]])
        #expect(steps.last?.step == .done, "\(steps.last?.reason ?? "-")")
        let warning = try #require(try daemon.status().warnings.last)
        #expect(warning.contains("holds for this session but could not be stored"))
        #expect(warning.contains(state.path + "/calibrations"))
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand"))
        try daemon.call(Rehab1.StopExercise())
    }
}
