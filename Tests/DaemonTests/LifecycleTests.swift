// Starting where something is in the way, and ending in order: exit codes, messages, what is left.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Recording
import Testing

@Suite(.scene()) struct StartTests {
    /// Fault 48: exit within a second, code 75 (sysexits.h: try again later), nothing disturbed.
    @Test func aSecondDaemonLeavesAtOnce() throws {
        let first = try RunningDaemon()
        let log = try EventLog(first)
        let began = MonotonicClock.now()
        let second = try RunningDaemon.launch {
            $0.socket = first.socket
            $0.state = first.state
        }
        #expect(try second.process.wait(within: 10) == .exited(75))
        let seconds = Double(MonotonicClock.now() - began) * 1e-9
        print("second daemon: gone after \(seconds) s")
        #expect(seconds < 1)
        #expect(second.log.contains("another rehabd listens on \(first.socket)"))
        #expect(second.log.contains("stop that one first"))
        #expect(second.log.contains("or give this one another socket"))
        // The first one's clients notice nothing.
        #expect(log.ending == nil)
        #expect(try first.status().processID == Int64(first.process.id))
        // With another socket it starts.
        let third = try RunningDaemon()
        #expect(try third.status().processID != Int64(first.process.id))
    }

    @Test func aSocketLeftBehindIsTakenOver() throws {
        let folder = try TemporaryFolder()
        let socket = folder.path + "/control"
        let first = try RunningDaemon { $0.socket = socket }
        first.signal(SIGKILL)
        try first.process.wait(within: 10)
        #expect(FileManager.default.fileExists(atPath: socket))
        let second = try RunningDaemon { $0.socket = socket }
        #expect(try second.terminate() == .exited(0))
        // Ended in order, it takes its socket along.
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("control", "precious\n")
        let daemon = try RunningDaemon.launch { $0.socket = path }
        #expect(try daemon.process.wait(within: 10) == .exited(70))
        #expect(daemon.log.contains(path))
        #expect(daemon.log.contains("a file that is no socket is there"))
        #expect(daemon.log.contains("move that file away"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious\n")
    }

    @Test func impossiblePlacesAreNamed() throws {
        let folder = try TemporaryFolder()
        let long = folder.path + "/" + String(repeating: "x", count: 120)
        let tooLong = try RunningDaemon.launch { $0.socket = long }
        #expect(try tooLong.process.wait(within: 10) == .exited(70))
        #expect(tooLong.log.contains("\(long.utf8.count) bytes long where the system takes 107"))
        #expect(tooLong.log.contains("choose a shorter path"))

        let file = try folder.write("file", "")
        let inside = try RunningDaemon.launch { $0.socket = file + "/control" }
        #expect(try inside.process.wait(within: 10) == .exited(70))
        #expect(inside.log.contains("cannot create the directory \(file)"), "\(inside.log)")
        #expect(inside.log.contains("Not a directory"))
    }

    @Test func theDaemonTakesNoOptions() throws {
        let version = try Program.run(Products.rehabd, ["--version"])
        #expect(version.code == 0)
        #expect(version.output.hasPrefix("rehabd "))
        for arguments in [["--socket", "/tmp/x"], ["--help"], ["start"]] {
            let result = try Program.run(Products.rehabd, arguments)
            #expect(result.code == 64, "\(result)")
            #expect(result.errors.contains("usage: rehabd [--version]"))
            #expect(result.errors.contains("REHABD_SOCKET"))
            #expect(result.output.isEmpty)
        }
    }

    /// Fault 40: no right to real-time priorities, none to lock memory.
    ///
    /// It runs, and says so.
    @Test func withoutRightsItRunsAndSaysSo() throws {
        let daemon = try RunningDaemon {
            $0.environment = ["REHABD_REALTIME": "no"]
        }
        let asked = try daemon.status().realtime
        #expect(asked.estimator == "plain")
        #expect(asked.intake == "plain")
        #expect(!asked.memoryLocked)
        guard let start = Products.asAnotherAccount else {
            print("not tested here: limits of zero, because this account cannot become another")
            return
        }
        let folder = try TemporaryFolder()
        chown(folder.path, 65_534, 65_534)
        let poor = try RunningDaemon {
            $0.socket = folder.path + "/control"
            $0.state = folder.path + "/state"
            $0.wrapper =
                ["/usr/bin/env", "prlimit", "--rtprio=0:0", "--nice=0:0", "--memlock=0:0"] + start
        }
        let refused = try poor.status().realtime
        #expect(refused.estimator == "plain")
        #expect(refused.intake == "plain")
        #expect(!refused.memoryLocked)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: poor)
        for number in 1...120 {
            sensor.send(DotPacket.still(microseconds: UInt32(number) * 16_667))
        }
        try waitUntil("the samples") { try poor.sensor("belt")?.samples == 120 }
        #expect(try poor.status().realtime.alert == "plain")
    }
}

@Suite(.scene()) struct EndTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalEndsTheSessionInOrder(_ signal: Int32) throws {
        let scenario = try Scenario(Scenario.oneDrop)
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        try waitUntil("three seconds of packets") { player.now.sent > 180 }
        let began = MonotonicClock.now()
        daemon.signal(signal)
        #expect(try daemon.process.wait(within: 10) == .exited(0))
        let sent = player.stop()
        print("signal \(signal): ended after \(milliseconds(MonotonicClock.now() - began)) ms")
        try waitUntil("the monitor to notice") { log.ending != nil }

        let file = try #require(daemon.recordingFiles().first)
        let recording = try RecordingReader.parse(FileStore.read(file, limit: 1 << 26), file: file)
        #expect(recording.isComplete)
        #expect(!recording.lastLineTorn)
        #expect(recording.marks.contains("exercise one-leg-stand right"))
        #expect(recording.commands.last?.text == "end")
        #expect(recording.frames.count == recording.packets.count)
        #expect(sent.sent - recording.packets.count < 20)
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
        #expect(daemon.log.contains("rehabd stopped"))
        let replay = try Program.run(
            Products.rehabctl, ["replay", file, "--offline", "--json"], within: 120)
        #expect(replay.code == 0, "\(replay)")
    }

    /// Fault 31: the daemon is stopped for a second while the pelvis drops.
    ///
    /// What waited in its door comes in order and is recorded, but nothing is cued from data older
    /// than 150 ms.
    @Test func afterAStopNothingOldIsCued() throws {
        let scenario = try Scenario(Scenario.oneDrop)
        let planted = try #require(scenario.planted.first)
        let crossed = try #require(planted.crossedOn)
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try log.wait(for: "the filter to settle") { event in
            event.frame.flatMap { $0.gates.contains("uncertain") ? nil : $0 }
        }
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        // From 0.2 s before the crossing: the rule's 0.5 s are over while the daemon stands still.
        MonotonicClock.sleep(until: player.origin + crossed - 200_000_000)
        daemon.signal(SIGSTOP)
        let stopped = MonotonicClock.now()
        MonotonicClock.sleep(until: stopped + 1_000_000_000)
        let resumed = MonotonicClock.now()
        daemon.signal(SIGCONT)
        let sent = player.finish()
        let summary = try daemon.call(Rehab1.StopExercise()).summary
        try log.wait(for: "the summary's event") { $0.summary }
        for entry in log.entries {
            guard let cue = entry.event.cue else { continue }
            let given = cue.presented ?? entry.received
            print("cue from data \(milliseconds(given - cue.time)) ms old")
            #expect(given - cue.time <= 150_000_000)
            #expect(cue.time > resumed - 150_000_000)
        }
        // The drop was seen and judged, if too late to speak.
        #expect(summary.rules.first { $0.id == "C01" }?.episodes == 1)
        // One second at 60 Hz fits the door (a Unix socket's queue holds 278 packets): nothing is lost.
        #expect(sent.refused == 0)
        #expect(summary.lostSamples == 0)
        let told = try #require(try daemon.sensor("belt"))
        #expect(told.samples == Int64(sent.sent))
        #expect(told.refused == 0)
    }

    /// Stopped for longer than the door holds: what is missing is told as missing.
    @Test func aLongStopLeavesAnHonestGap() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        daemon.signal(SIGSTOP)
        try waitUntil("the door to overflow") { player.now.refused > 60 }
        daemon.signal(SIGCONT)
        try waitUntil("streaming again") {
            let now = player.now
            let told = try daemon.sensor("belt")
            return told?.state == .streaming && (told?.packets ?? 0) + 5 > Int64(now.sent)
        }
        let progress = player.stop()
        let told = try eventually("all that was sent") {
            let told = try daemon.sensor("belt")
            return told?.packets == Int64(progress.sent) ? told : nil
        }
        #expect(told.gaps == 1)
        #expect(told.lostSamples == Int64(progress.refused))
        #expect(told.samples + told.refused == told.packets)
        #expect(try daemon.terminate() == .exited(0))
    }
}
