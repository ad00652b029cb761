// The demo's own rehabd: a private socket, a private state directory, ended with the demo.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

final class DemoDaemon {
    let options: DaemonOptions
    private let process: StartedProgram
    private let directory: String

    init(rehabd: String?) throws {
        directory =
            ProcessFacts.temporaryDirectory
            + "/rehab-demo-\(ProcessInfo.processInfo.processIdentifier)"
        try FileStore.makeDirectory(directory, mode: 0o700)
        let socket = directory + "/control"
        let path = rehabd ?? DemoDaemon.besideThisProgram()
        options = try DaemonOptions.parse(["--socket", socket])
        do throws(PlumbingError) {
            process = try StartedProgram(
                path: path,
                environment: ProcessInfo.processInfo.environment.merging(
                    [
                        "REHABD_SOCKET": socket, "XDG_STATE_HOME": directory + "/state",
                        "STATE_DIRECTORY": directory + "/state", "REHABD_BLUETOOTH": "no",
                    ]) { $1 }, log: directory + "/log")
        } catch {
            complain(
                "rehabd cannot be started: \(error.description)",
                cure: "name rehabd with --rehabd, or install the package")
            throw ExitCode(69)
        }
        try waitForSocket()
    }

    private static func besideThisProgram() -> String {
        let own = (ProcessFacts.ownProgram ?? "").split(separator: "/").dropLast()
        let beside = "/" + own.joined(separator: "/") + "/rehabd"
        return ProcessFacts.mayExecute(beside) ? beside : "/usr/libexec/rehabd/rehabd"
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
        process.end()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
