// Under a service manager: the socket it opened, and what it is told.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Testing

/// Where a service manager listens for what its services tell.
final class NotifySocket: @unchecked Sendable {
    let path: String
    private let descriptor: Int32

    init(in folder: TemporaryFolder) throws {
        path = folder.path + "/notify"
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

    deinit { close(descriptor) }

    /// The next message; nil after `seconds` without one.
    func next(within seconds: Double) -> String? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(seconds * 1000)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// Messages until one begins with `prefix`.
    func until(_ prefix: String, within seconds: Double = 15) -> [String] {
        var seen: [String] = []
        while let message = next(within: seconds) {
            seen.append(message)
            if message.hasPrefix(prefix) { break }
        }
        return seen
    }
}

@Suite(.scene()) struct ServiceTests {
    private static let activator = ["/usr/bin/systemd-socket-activate"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test func theManagerIsToldOfReadinessLifeAndTheEnd() throws {
        let folder = try TemporaryFolder()
        let notify = try NotifySocket(in: folder)
        // The watchdog is meant for the process itself, whose number a shell knows before it becomes it.
        let daemon = try RunningDaemon {
            $0.environment = ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "1000000"]
            $0.wrapper = ["/bin/sh", "-c", "WATCHDOG_PID=$$ exec \"$0\" \"$@\""]
        }
        #expect(notify.until("READY=1").last == "READY=1\nSTATUS=0 sensors streaming")
        #expect(notify.until("WATCHDOG=1").last == "WATCHDOG=1")
        #expect(notify.until("WATCHDOG=1").last == "WATCHDOG=1")
        #expect(try daemon.terminate() == .exited(0))
        #expect(notify.until("STOPPING=1").last?.hasPrefix("STOPPING=1") == true)
    }

    @Test func aStoppedProcessNoLongerSaysThatItLives() throws {
        let folder = try TemporaryFolder()
        let notify = try NotifySocket(in: folder)
        let daemon = try RunningDaemon {
            $0.environment = ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "1000000"]
            $0.wrapper = ["/bin/sh", "-c", "WATCHDOG_PID=$$ exec \"$0\" \"$@\""]
        }
        _ = notify.until("WATCHDOG=1")
        daemon.signal(SIGSTOP)
        while notify.next(within: 0.1) != nil {}
        #expect(notify.next(within: 2) == nil)
        daemon.signal(SIGCONT)
        #expect(notify.until("WATCHDOG=1").last == "WATCHDOG=1")
        try daemon.terminate()
    }

    @Test(.enabled(if: activator != nil, "systemd-socket-activate is not installed"))
    func theManagersSocketIsServed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/activated"
        let activator = try #require(Self.activator)
        let process = try ChildProcess(
            activator,
            [
                "-l", path, "--fdname=control", "-E", "STATE_DIRECTORY=\(folder.path)/state",
                "-E", "REHABD_AUDIO=none", "-E", "REHABD_BLUETOOTH=no", Products.rehabd,
            ], environment: Program.environment(),
            streams: .files(output: folder.path + "/out", errors: folder.path + "/log"))
        defer { process.signal(SIGKILL) }
        try waitUntil("the socket to be there") { FileManager.default.fileExists(atPath: path) }
        // Two calls: the daemon must not wait for a second connection before it answers the first.
        for _ in 0..<2 {
            let told = try Program.run(
                Products.rehabctl, ["status", "--json", "--socket", path], within: 20)
            #expect(told.code == 0, "\(told)")
        }
        process.signal(SIGTERM)
        #expect(try process.wait(within: 10) == .exited(0))
    }

    /// Exposure as systemd's own tool scores it; 1.0 is the project's limit.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze"),
            "systemd-analyze is not installed"))
    func theSystemUnitIsConfined() throws {
        let unit = Products.repository + "/systemd/system/rehabd.service"
        let told = try Program.run(
            "/usr/bin/systemd-analyze", ["security", "--offline=true", "--threshold=10", unit])
        #expect(told.code == 0, "\(told)")
        let line = told.output.split(separator: "\n").last { $0.contains("exposure level") }
        let score = line?.split(separator: " ").compactMap { Double($0) }.first
        #expect(try #require(score) <= 1.0)
    }

    /// systemd opens the socket before the daemon has run once, and keeps it when the daemon is stopped.
    @Test func theSocketsDirectoryIsThereWithoutTheDaemon() throws {
        func lines(_ name: String) throws -> [String] {
            try String(contentsOfFile: Products.repository + "/systemd/" + name, encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
        #expect(try lines("system/rehabd.socket").contains("ListenStream=/run/rehabd/control"))
        #expect(
            try lines("rehabd.tmpfiles.conf").contains("d /run/rehabd 0750 rehabd rehab -"))
        #expect(try lines("system/rehabd.service").contains("RuntimeDirectoryPreserve=yes"))
    }
}
