// Faults of audio, process and control (rows 36 to 50 of the fault table): where each is tested, and those at home here.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing

@Suite struct FaultTableOfTheService {
    struct Row: Sendable, CustomTestStringConvertible {
        let number: Int
        let fault: String
        /// File under Tests, and a word of the test in it.
        let tests: [(file: String, word: String)]
        var testDescription: String { "\(number) \(fault)" }
    }

    static let rows = [
        Row(
            number: 36, fault: "audio device busy",
            tests: [
                ("AlertsTests/ToneFaultTests.swift", "func busyDevice"),
                ("DaemonTests/SoundServerTests.swift", "func aDeviceThatIsNotThereAtFirst"),
            ]),
        Row(
            number: 37, fault: "audio device unplugged",
            tests: [
                ("AlertsTests/ToneFaultTests.swift", "func unplugged"),
                ("DaemonTests/SoundServerTests.swift", "func aServerThatDiesIsTold"),
            ]),
        Row(
            number: 38, fault: "audio writer blocked",
            tests: [
                ("AlertsTests/ToneFaultTests.swift", "func stuckForLong"),
                ("AlertsTests/ToneFaultTests.swift", "func hangingServer"),
                ("DaemonTests/SoundServerTests.swift", "func aServerThatStandsStillIsTold"),
            ]),
        Row(
            number: 39, fault: "CPU starved",
            tests: [("DaemonTests/ServiceFaultTests.swift", "func withBusyProcessors")]),
        Row(
            number: 40, fault: "no real-time right, no memory lock",
            tests: [("DaemonTests/LifecycleTests.swift", "func withoutRightsItRunsAndSaysSo")]),
        Row(
            number: 41, fault: "real-time thread overruns",
            tests: [
                ("DaemonTests/ServiceFaultTests.swift", "func anOverrunLeavesTheRealtimeClass"),
                ("DaemonTests/ServiceFaultTests.swift", "func aFloodThatOverrunsTheAllowance"),
            ]),
        Row(
            number: 42, fault: "daemon killed while streaming",
            tests: [
                ("DaemonTests/KillTests.swift", "func atMostAQuarterSecondIsLost"),
                ("DaemonTests/ContinuationTests.swift", "func theRecordingAndTheSetGoOn"),
            ]),
        Row(
            number: 43, fault: "one thread stuck",
            tests: [("DaemonTests/ServiceFaultTests.swift", "func aStuckThreadSilencesTheWatchdog")]
        ),
        Row(
            number: 44, fault: "disk full, read-only or slow",
            tests: [
                ("DaemonTests/StorageTests.swift", "func aDiskThatFillsUpEndsTheRecordingOnly"),
                ("DaemonTests/StorageTests.swift", "func aReadOnlyDiskIsSaidAtOnce"),
                ("DaemonTests/SlowDiskTests.swift", "func aDiskThatTakesTenSecondsCostsNothing"),
            ]),
        Row(
            number: 45, fault: "power cut while recording",
            tests: [("DaemonTests/KillTests.swift", "func everyCutIsReadable")]),
        Row(
            number: 46, fault: "wall clock stepped",
            tests: [
                ("DaemonTests/ServiceFaultTests.swift", "func everyToldTimeIsMonotonic"),
                ("DaemonTests/ClockStepTests.swift", "func aSteppedDateChangesNoSample"),
            ]),
        Row(
            number: 47, fault: "hostile control client",
            tests: [("DaemonTests/UnderAttackTests.swift", "func othersAreServedUnderAttack")]),
        Row(
            number: 48, fault: "two daemons",
            tests: [("DaemonTests/LifecycleTests.swift", "func aSecondDaemonLeavesAtOnce")]),
        Row(
            number: 49, fault: "many reconnects",
            tests: [("DaemonTests/ReconnectTests.swift", "func nothingIsLeftOverFromLinks")]),
        Row(
            number: 50, fault: "long run with faults",
            tests: [("DaemonTests/SoakTests.swift", "func nothingGrowsAndNothingIsLostSilently")]),
    ]

    @Test func everyRowHasATest() throws {
        #expect(Self.rows.map(\.number) == Array(36...50))
        for row in Self.rows {
            for test in row.tests {
                let text = try String(
                    contentsOfFile: Products.repository + "/Tests/" + test.file, encoding: .utf8)
                #expect(text.contains(test.word), "\(row.testDescription): \(test.file)")
            }
        }
    }
}

@Suite(.scene(weight: 4)) struct ServiceFaultTests {
    /// Row 39: four busy loops a processor; nothing is lost, questions are answered.
    @Test func withBusyProcessors() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        let folder = try TemporaryFolder()
        let count = 4 * ProcessInfo.processInfo.activeProcessorCount
        let hogs = try (0..<count).map { number in
            try ChildProcess(
                "/bin/sh", ["-c", "while :; do :; done"], environment: Program.environment(),
                streams: .files(
                    output: folder.path + "/o\(number)", errors: folder.path + "/e\(number)"))
        }
        defer { hogs.forEach { $0.signal(SIGKILL) } }
        var times: [Double] = []
        let end = MonotonicClock.now() + 3_000_000_000
        while MonotonicClock.now() < end {
            let asked = MonotonicClock.now()
            _ = try daemon.status()
            times.append(milliseconds(MonotonicClock.now() - asked))
            MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
        }
        hogs.forEach { $0.signal(SIGKILL) }
        let sent = player.stop()
        times.sort()
        print(
            "busy processors (\(count) loops): GetStatus p50 \(times[times.count / 2]) ms, p99 "
                + "\(times[times.count * 99 / 100]) ms of \(times.count)")
        #expect(sent.refused == 0)
        try waitUntil("every packet") { try daemon.sensor("belt")?.packets == Int64(sent.sent) }
        let told = try #require(try daemon.sensor("belt"))
        #expect(told.lostSamples == 0 && told.refused == 0 && told.decodeErrors == 0)
        #expect(try daemon.status().unrecordedPackets == 0)
    }

    /// Row 41: the kernel's warning before it would end the process.
    @Test func anOverrunLeavesTheRealtimeClass() throws {
        let daemon = try RunningDaemon()
        daemon.signal(SIGXCPU)
        try waitUntil("the log") { daemon.log.contains("used its CPU allowance") }
        let folder = "/proc/\(daemon.process.id)/task"
        for thread in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let policy = sched_getscheduler(Int32(thread) ?? 0)
            #expect(policy & ~0x4000_0000 == SCHED_OTHER, "\(thread)")
        }
        #expect(try daemon.status().activity == .idle)
    }

    /// Row 41, brought about: the least allowance there is, and packets without a pause.
    @Test func aFloodThatOverrunsTheAllowanceLeavesTheMachineUsable() throws {
        let daemon = try RunningDaemon()
        guard try daemon.status().realtime.intake == "fifo" else {
            print("not tested here: this account has no real-time right")
            return
        }
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let limited = try Program.run(
            "/usr/bin/env", ["prlimit", "--pid=\(daemon.process.id)", "--rttime=1:"])
        try #require(limited.code == 0, "\(limited)")
        var number: UInt32 = 0
        let start = MonotonicClock.now()
        while !daemon.log.contains("used its CPU allowance") {
            try #require(MonotonicClock.now() - start < 20_000_000_000, "no overrun in 20 s")
            for _ in 0..<20_000 {
                number &+= 1
                guard sensor.send(DotPacket.still(microseconds: number &* 16_667)) else { break }
            }
        }
        print(
            "overrun told after \(Int(milliseconds(MonotonicClock.now() - start))) ms, \(number) packets"
        )
        // It lives, answers, and no thread of it is left that could keep the machine to itself.
        let asked = MonotonicClock.now()
        #expect(try daemon.status().processID == Int64(daemon.process.id))
        #expect(MonotonicClock.now() - asked < 1_000_000_000)
        let folder = "/proc/\(daemon.process.id)/task"
        for thread in try FileManager.default.contentsOfDirectory(atPath: folder) {
            #expect(sched_getscheduler(Int32(thread) ?? 0) & ~0x4000_0000 == SCHED_OTHER)
        }
        #expect(try daemon.terminate() == .exited(0))
    }

    /// Row 43: one inner thread held by a tracer; the rest of the daemon lives.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "no python3"),
        arguments: ["estimator", "intake"])
    func aStuckThreadSilencesTheWatchdog(_ name: String) throws {
        let folder = try TemporaryFolder()
        let notify = try NotifySocket(in: folder)
        let daemon = try RunningDaemon {
            $0.environment = ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "1000000"]
            $0.wrapper = ["/bin/sh", "-c", "WATCHDOG_PID=$$ exec \"$0\" \"$@\""]
        }
        #expect(notify.until("WATCHDOG=1").last == "WATCHDOG=1")
        guard let held = try HeldThread(name, of: daemon.process.id) else {
            print("not tested here: this account may not hold a thread")
            return
        }
        while notify.next(within: 0.1) != nil {}
        MonotonicClock.sleep(until: MonotonicClock.now() + 500_000_000)
        while notify.next(within: 0.01) != nil {}
        #expect(notify.next(within: 2) == nil)
        // The socket is served all the while: only the watchdog knows.
        #expect(try daemon.status().activity == .idle)
        try held.release()
        #expect(notify.until("WATCHDOG=1").last == "WATCHDOG=1")
        try daemon.terminate()
    }

    /// Row 46: every time that is told is on the monotonic clock (`ClockStepTests` steps the date).
    @Test func everyToldTimeIsMonotonic() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 6))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let log = try EventLog(daemon, intervalMilliseconds: 16)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("frames") { log.frames.count > 60 }
        player.stop()
        log.stop()
        // Every time that is told lies on this machine's monotonic clock, whatever the date is.
        let now = MonotonicClock.now()
        for entry in log.entries where entry.event.frame != nil {
            #expect(entry.event.time <= entry.received)
            #expect(now - entry.event.time < 60_000_000_000)
        }
    }
}
