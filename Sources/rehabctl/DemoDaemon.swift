// The demo's own rehabd: a private socket, a private state directory, ended with the demo.

import ArgumentParser
import Control
import Foundation
import Plumbing

final class DemoDaemon {
    let options: DaemonOptions
    private let process: Process
    private let directory: String

    init(rehabd: String?) throws {
        directory =
            NSTemporaryDirectory() + "rehab-demo-\(ProcessInfo.processInfo.processIdentifier)"
        try FileStore.makeDirectory(directory, mode: 0o700)
        let socket = directory + "/control"
        let path = rehabd ?? DemoDaemon.besideThisProgram()
        process = Process()
        process.executableURL = URL(filePath: path)
        process.environment = ProcessInfo.processInfo.environment.merging(
            [
                "REHABD_SOCKET": socket, "XDG_STATE_HOME": directory + "/state",
                "STATE_DIRECTORY": directory + "/state", "REHABD_BLUETOOTH": "no",
            ]) { $1 }
        _ = FileManager.default.createFile(atPath: directory + "/log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: directory + "/log")
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        options = try DaemonOptions.parse(["--socket", socket])
        do {
            try process.run()
        } catch {
            complain(
                "\(path) cannot be started: \(error.localizedDescription)",
                cure: "name rehabd with --rehabd, or install the package")
            throw ExitCode(69)
        }
        try waitForSocket()
    }

    private static func besideThisProgram() -> String {
        let own = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = own.appending(path: "rehabd").path
        return FileManager.default.isExecutableFile(atPath: beside)
            ? beside : "/usr/libexec/rehabd"
    }

    private func waitForSocket() throws {
        let deadline = MonotonicClock.now() + 10_000_000_000
        while MonotonicClock.now() < deadline, process.isRunning {
            if (try? ControlClient(socket: options.socket)) != nil { return }
            MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
        }
        let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
        complain("rehabd did not answer within 10 s: \(log)")
        stop()
        throw ExitCode(69)
    }

    /// Ends the daemon and removes its directory.
    func stop() {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: directory)
    }
}
