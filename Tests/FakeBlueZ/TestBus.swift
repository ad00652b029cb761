// A bus of its own for a test: the machine's dbus-daemon with a configuration that allows everything.

import EventLoop
import Foundation
import Glibc

/// A private dbus-daemon, ended with the value's last reference or by `kill()`.
package final class TestBus: @unchecked Sendable {
    package static let program = ["/usr/bin/dbus-daemon", "/bin/dbus-daemon"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    package let address: String
    /// Written to by the bus daemon when it is asked to start `org.bluez`.
    package let activationPipe: String
    private let folder: URL
    private var process: Process?

    package struct Failure: Error {}

    package init() throws {
        let name = "rehabd-bus-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        folder = FileManager.default.temporaryDirectory.appending(path: name)
        address = "unix:path=\(folder.path)/bus"
        activationPipe = folder.path + "/activated"
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard mkfifo(activationPipe, 0o600) == 0 else { throw Failure() }
        let configuration = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>\(address)</listen>
              <auth>EXTERNAL</auth>
              <servicedir>\(folder.path)</servicedir>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """
        // "<>" does not wait for a reader, and a byte is left for one that comes later.
        let script = "#!/bin/sh\necho x 1<>\(activationPipe) >&1\n"
        let service = "[D-BUS Service]\nName=org.bluez\nExec=/bin/sh \(folder.path)/activate\n"
        try Data(configuration.utf8).write(to: folder.appending(path: "bus.conf"))
        try Data(script.utf8).write(to: folder.appending(path: "activate"))
        try Data(service.utf8).write(to: folder.appending(path: "org.bluez.service"))
        try start()
    }

    /// Starts the daemon (again), at the same address.
    package func start() throws {
        guard let program = TestBus.program else { throw Failure() }
        try? FileManager.default.removeItem(atPath: folder.path + "/bus")
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--config-file=\(folder.path)/bus.conf", "--nofork", "--nopidfile", "--print-address",
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        // The address is printed when the bus listens.
        guard !output.fileHandleForReading.availableData.isEmpty else { throw Failure() }
    }

    /// Ends the daemon as a crash does.
    package func kill() {
        guard let process else { return }
        // It inherits the test runner's blocked signals, so no softer one reaches it. Number 0, of a
        // process that has ended, would mean ourselves.
        let id = process.processIdentifier
        if process.isRunning, id > 0 { Glibc.kill(id, SIGKILL) }
        process.waitUntilExit()
        self.process = nil
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }
}

/// An event loop on a thread of its own, until `end()`.
package final class LoopThread: Sendable {
    package let loop: EventLoop
    private let ended = DispatchSemaphore(value: 0)

    package init() throws {
        let loop = try EventLoop()
        self.loop = loop
        let ended = ended
        let thread = Thread {
            loop.run()
            ended.signal()
        }
        thread.stackSize = 1 << 21
        thread.start()
    }

    package func end() {
        loop.stop()
        ended.wait()
    }
}
