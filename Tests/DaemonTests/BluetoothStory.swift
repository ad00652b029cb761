// From a sensor in the hand to a cue, over Bluetooth: the real programs, a stand-in bluetoothd between them.

import Control
import DaemonTestKit
import FakeBlueZ
import FakeWearable
import Foundation
import Kinematics
import Plumbing
import Recording
import Synthetic
import Wearables

/// One session, told once and judged by several tests.
///
/// A synthetic person wears a Movella DOT that the stand-in BlueZ offers; `rehabctl setup` finds it,
/// `rehabctl start` uses it; the link is lost and comes back in the midst of the set.
struct BluetoothStory: Sendable {
    static let address = "D4:22:CD:00:00:01"

    var setup: ProgramResult
    var afterSetup: Rehab1.Sensor?
    var bluetooth: Rehab1.Bluetooth
    var steps: [Rehab1.CalibrationStep] = []
    var started: ProgramResult
    var task: PerformedTask
    var summary: Rehab1.Summary
    var log: [EventLog.Entry] = []
    var report: PlayReport
    /// On a busy machine the stream may have paused before.
    var lossesBefore: Int64
    var afterLoss: Rehab1.Sensor
    /// Host times: the link ended; the sensor streams again.
    var lost: Int64
    var back: Int64
    var recorded: Recording
    var offline: Recording
    var offlineTold: ProgramResult
    var throughDaemon: ProgramResult
    var end: ProcessEnd
    /// After a restart of the daemon, by itself.
    var again: Rehab1.Sensor
    var isQuietAfterwards: Bool

    static let told = Task(executorPreference: SceneThreads.shared) { try await BluetoothStory() }

    private static let script = Scenario.toml(
        """
        [[task]]
        kind = "bow"
        name = "bows"
        [[task]]
        kind = "foot-lift"
        name = "lift-left"
        side = "left"
        [[task]]
        kind = "one-leg-stand"
        name = "stand-right"
        side = "right"
        seconds = 9
        profile = [{ kind = "drop", at = 2.0, degrees = 8, rise_s = 0.5, hold_s = 2.5 }]
        """)

    private init() async throws {
        let bus = try TestBus()
        let fake = try FakeBlueZ(at: bus.address)
        var device = FakeDevice.dot(BluetoothStory.address)
        device.isKnown = false
        await fake.add(device)
        await fake.start()

        let wearable = try FakeWearable(performing: Script(toml: BluetoothStory.script))
        let channel = wearable.channels[0]
        guard let sink = wearable.takeSink(0) else {
            throw Overdue("the person's packets", seconds: 0)
        }
        try await fake.play(
            BluetoothStory.address, channel.characteristic.lowercased(), from: sink)
        try wearable.start()

        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let environment = ["REHABD_BLUETOOTH": "yes", "DBUS_SYSTEM_BUS_ADDRESS": bus.address]
        var daemon = try RunningDaemon {
            $0.state = state
            $0.environment = environment
        }
        try waitUntil("Bluetooth to be ready") {
            try daemon.call(Rehab1.GetBluetooth()).bluetooth.condition == .ready
        }
        bluetooth = try daemon.call(Rehab1.GetBluetooth()).bluetooth

        // Enter: yes, that one blinks; the pelvis; no other sensor.
        setup = try Program.run(
            "/bin/sh",
            ["-c", "printf '\\npelvis\\nn\\n' | \(Products.rehabctl) setup --no-calibration"],
            environment: Program.environment(["REHABD_SOCKET": daemon.socket]))
        afterSetup = try daemon.status().sensors.first
        let log = try EventLog(daemon)

        var replies = try daemon.connect().stream(Rehab1.Calibrate(leadInSeconds: 1))
        while let reply = try replies.next() {
            let isNew = reply.step.step != steps.last?.step
            steps.append(reply.step)
            guard isNew else { continue }
            if reply.step.step == .bow { _ = try wearable.perform("bows") }
            if reply.step.step == .lift { _ = try wearable.perform("lift-left") }
        }
        MonotonicClock.sleep(until: MonotonicClock.now() + 3_000_000_000)
        started = try daemon.rehabctl(["start", "one-leg-stand", "--side", "right", "--json"])
        task = try wearable.perform("stand-right")
        MonotonicClock.sleep(until: task.end + 500_000_000)

        lossesBefore = try daemon.status().sensors.first?.link?.losses ?? 0
        lost = MonotonicClock.now()
        await fake.dropLink(BluetoothStory.address)
        afterLoss = try eventually("the loss to be told") { [daemon] () -> Rehab1.Sensor? in
            let sensor = try daemon.status().sensors.first
            return sensor?.state == .streaming ? nil : sensor
        }
        try waitUntil("the sensor to come back") { [daemon] in
            try daemon.status().sensors.first?.state == .streaming
        }
        back = MonotonicClock.now()
        MonotonicClock.sleep(until: back + 1_000_000_000)
        summary = try daemon.call(Rehab1.StopExercise()).summary
        try await Task.sleep(for: .milliseconds(400))
        log.stop()
        self.log = log.entries

        end = try daemon.terminate()
        isQuietAfterwards = await !fake.isConnected(BluetoothStory.address)
        let path = daemon.recordingFiles().first ?? "none"
        recorded = try RecordingReader.parse(FileStore.read(path, limit: 1 << 28), file: path)
        daemon = try RunningDaemon {
            $0.state = state
            $0.environment = environment
        }
        again = try eventually("the sensor to be connected after a restart", within: 15) {
            [daemon] () -> Rehab1.Sensor? in
            let sensor = try daemon.status().sensors.first
            return sensor?.state == .streaming && sensor?.calibration != nil ? sensor : nil
        }
        offlineTold = try daemon.rehabctl(
            ["replay", path, "--json", "--offline", "--output", folder.path + "/offline"],
            within: 120)
        offline = try RecordingReader.parse(
            FileStore.read(folder.path + "/offline", limit: 1 << 28), file: "offline")
        throughDaemon = try daemon.rehabctl(["replay", path, "--json"], within: 120)
        try daemon.terminate()
        report = wearable.finish()
        await fake.end()
    }
}
