// After kill -9 under a service manager: the same file, the gap marked, the set goes on by itself.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Recording
import Testing

/// A set of a second under a service manager, and the daemon that goes on with it.
private struct InterruptedSet {
    let folder: TemporaryFolder
    let manager: FakeManager
    let scenario: Scenario
    let first: RunningDaemon
    let player: PacketPlayer
    let file: String
    private let sensor: AttachedSensor

    init() throws {
        folder = try TemporaryFolder()
        let (state, socket) = (folder.path + "/state", folder.path + "/control")
        let manager = try FakeManager(path: folder.path + "/notify")
        let scenario = try Scenario(Scenario.quiet(seconds: 30))
        let first = try RunningDaemon {
            $0.state = state
            $0.socket = socket
            $0.environment = ["NOTIFY_SOCKET": manager.path]
        }
        try scenario.storeCalibration(of: "belt", in: first.state)
        sensor = try AttachedSensor("belt", segment: "pelvis", to: first)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try first.sensor("belt")?.state == .streaming }
        try first.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        try waitUntil("a second of it") { player.now.sent > 120 }
        file = try #require(first.recordingFiles().first)
        (self.manager, self.scenario, self.first, self.player) = (manager, scenario, first, player)
    }

    /// What the manager keeps of the set.
    func note() throws -> String {
        #expect(manager.hasStored("recording"))
        let note = try #require(try manager.text(of: "session"))
        #expect(note.contains("one-leg-stand"), "\(note)")
        return note
    }

    /// The successor, with the same sensor, once the set goes on.
    func goOn(
        with note: String
    ) throws -> (daemon: RunningDaemon, sensor: AttachedSensor, player: PacketPlayer) {
        try FileStore.replace(folder.path + "/note", with: Array(note.utf8))
        let second = try restart(first, recording: file, note: folder.path + "/note", in: folder)
        let again = try AttachedSensor("belt", segment: "pelvis", to: second)
        let player = PacketPlayer(scenario.packets, into: again)
        try waitUntil("the set to go on") { try second.status().activity == .exercising }
        return (second, again, player)
    }
}

/// The manager's part: keeps the note's text and gives it back, with the file, as systemd would.
private func restart(
    _ first: RunningDaemon, recording: String, note: String, in folder: TemporaryFolder
) throws -> RunningDaemon {
    let script = """
        exec 3<>"$NOTE" 4>>"$RECORDING"
        export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=session:recording
        exec "$0" "$@"
        """
    return try RunningDaemon {
        $0.state = first.state
        $0.socket = first.socket
        $0.environment = [
            "NOTE": note, "RECORDING": recording, "NOTIFY_SOCKET": folder.path + "/notify",
        ]
        $0.wrapper = ["/bin/sh", "-c", script]
    }
}

@Suite(.scene()) struct ContinuationTests {
    @Test func theRecordingAndTheSetGoOn() throws {
        let set = try InterruptedSet()
        let (first, file) = (set.first, set.file)
        let note = try set.note()
        let killed = MonotonicClock.now()
        first.signal(SIGKILL)
        try first.process.wait(within: 10)
        set.player.stop()
        // Torn in mid-line, as a kill leaves it at worst.
        try FileHandle(forWritingTo: URL(filePath: file)).closing {
            try $0.seekToEnd()
            try $0.write(contentsOf: Data("p 12 0 0 a".utf8))
        }

        let successor = try set.goOn(with: note)
        let second = successor.daemon
        let recovery = Double(MonotonicClock.now() - killed) * 1e-9
        print("kill -9 in a set: going on after \(recovery) s")
        #expect(recovery <= 3)
        #expect(try second.status().recording == first.recordingName(file))
        try waitUntil("some of it") { successor.player.now.sent > 120 }
        let summary = try second.call(Rehab1.StopExercise()).summary
        #expect(summary.exercise == "one-leg-stand")
        #expect(summary.side == "right")
        successor.player.stop()
        try second.terminate()

        #expect(second.recordingFiles() == [file])
        let recording = try RecordingReader.parse(FileStore.read(file, limit: 1 << 26), file: file)
        try #require(recording.parts.count == 2)
        let (before, after) = (recording.parts[0], recording.parts[1])
        #expect(!before.isComplete && after.isComplete)
        #expect(after.value("continues") == first.recordingName(file))
        #expect(after.marks.contains { $0.hasPrefix("interrupted") })
        #expect(after.marks.contains("the exercise goes on after an interruption"))
        #expect(before.packets.count > 100 && after.packets.count > 100)
        for part in [before, after] { #expect(part.sensors.map(\.name) == ["belt"]) }
        // Both parts replay to the same bits.
        let third = try RunningDaemon { $0.state = first.state }
        let replay = try third.rehabctl(["replay", file, "--offline"], within: 120)
        #expect(replay.code == 0, "\(replay)")
        #expect(replay.output.components(separatedBy: "bit for bit").count == 3, "\(replay)")
    }

    /// An upgrade of the package, or systemctl restart: the daemon ends in order and is started again.
    @Test func anOrderlyRestartGoesOnToo() throws {
        let set = try InterruptedSet()
        let (first, file, manager) = (set.first, set.file, set.manager)
        try first.terminate()
        set.player.stop()

        let successor = try set.goOn(with: set.note())
        let second = successor.daemon
        try waitUntil("some of it") { successor.player.now.sent > 120 }
        #expect(try second.call(Rehab1.StopExercise()).summary.side == "right")
        successor.player.stop()
        // The session ends with its last sensor: then there is nothing to go on with.
        try second.call(Rehab1.DetachSensor(name: "belt"))
        try waitUntil("the end of the session") { try manager.wasForgotten("recording") }
        #expect(!manager.hasStored("recording"))
        try second.terminate()

        #expect(second.recordingFiles() == [file])
        let recording = try RecordingReader.parse(FileStore.read(file, limit: 1 << 26), file: file)
        try #require(recording.parts.count == 2)
        // Each process closed its part.
        for part in recording.parts { #expect(part.isComplete) }
        #expect(recording.parts[1].marks.contains { $0.hasPrefix("interrupted") })
        let replay = try RunningDaemon { $0.state = first.state }
            .rehabctl(["replay", file, "--offline"], within: 120)
        #expect(replay.output.components(separatedBy: "bit for bit").count == 3, "\(replay)")
    }

    /// A note of another version, or a file that is gone: begun anew, nothing is lost.
    @Test(arguments: ["{}", "{\"version\":9}", "", "\u{0}\u{1}", "[1]"])
    func aNoteThatCannotBeReadIsLeft(_ text: String) throws {
        let folder = try TemporaryFolder()
        let manager = try FakeManager(path: folder.path + "/notify")
        let note = folder.path + "/note"
        try FileStore.replace(note, with: Array(text.utf8))
        let first = try RunningDaemon { $0.state = folder.path + "/state" }
        try first.terminate()
        let daemon = try restart(
            first, recording: folder.path + "/gone", note: note, in: folder)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        sensor.send(DotPacket.still(microseconds: 1_000))
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        #expect(try daemon.status().recording?.isEmpty == false)
        #expect(try manager.wasForgotten("session"))
    }
}

extension RunningDaemon {
    fileprivate func recordingName(_ file: String) -> String {
        URL(filePath: file).deletingPathExtension().lastPathComponent
    }
}

extension FileHandle {
    fileprivate func closing(_ body: (FileHandle) throws -> Void) throws {
        defer { try? close() }
        try body(self)
    }
}

/// A service manager as far as its store goes.
private final class FakeManager: @unchecked Sendable {
    let path: String
    private let descriptor: Int32
    private var stored: [String: SharedDescriptor] = [:]
    private var forgotten: Set<String> = []

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }

    deinit {
        close(descriptor)
    }

    /// Takes what was sent until now.
    private func take() throws {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case .bytes(let count, let descriptors) = UnixSocket.receive(
            from: descriptor, into: &buffer)
        {
            let text = String(decoding: buffer.prefix(count), as: UTF8.self)
            let name = text.split(separator: "\n").first { $0.hasPrefix("FDNAME=") }
                .map { String($0.dropFirst(7)) }
            guard let name else { continue }
            if text.hasPrefix("FDSTOREREMOVE=1") {
                forgotten.insert(name)
                stored[name] = nil
            } else if text.hasPrefix("FDSTORE=1"), let first = descriptors.first {
                stored[name] = first
            }
        }
    }

    func hasStored(_ name: String) -> Bool {
        try? take()
        return stored[name] != nil
    }

    func wasForgotten(_ name: String) throws -> Bool {
        try take()
        return forgotten.contains(name)
    }

    /// The content of a stored file in memory.
    func text(of name: String) throws -> String? {
        try take()
        guard let file = stored[name] else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(file.rawValue, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
