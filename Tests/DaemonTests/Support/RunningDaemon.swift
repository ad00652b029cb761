// The real rehabd as a process of a test's own: private socket, private state, ended with its owner.

import Control
import Foundation
import Glibc
import Plumbing

/// A daemon that answers.
package final class RunningDaemon: Sendable {
    /// How to start it.
    package struct Setup: Sendable {
        /// Where its state is; nil: in its own folder.
        package var state: String?
        /// The socket; nil: in its own folder.
        package var socket: String?
        /// Changes to the environment.
        package var environment: [String: String] = [:]
        /// A program that starts it in place of the test: `["/usr/bin/prlimit", "--rtprio=0"]`.
        package var wrapper: [String] = []
        /// The daemon; the one that was built with the test unless another is named.
        package var program = Products.rehabd

        package init() {}
    }

    package let socket: String
    package let state: String
    package let process: ChildProcess
    private let folder: TemporaryFolder

    /// Starts rehabd and waits until it takes calls.
    package convenience init(_ change: (inout Setup) -> Void = { _ in }) throws {
        var setup = Setup()
        change(&setup)
        try self.init(setup)
        try waitUntil("rehabd to answer at \(socket)", within: 30) {
            if let end = process.ended() { throw Stopped(end: end, log: log) }
            return (try? connect()) != nil
        }
    }

    /// Starts rehabd without waiting, for the ones that are not meant to come up.
    package static func launch(_ change: (inout Setup) -> Void) throws -> RunningDaemon {
        var setup = Setup()
        change(&setup)
        return try RunningDaemon(setup)
    }

    private init(_ setup: Setup) throws {
        folder = try TemporaryFolder()
        socket = setup.socket ?? folder.path + "/control"
        state = setup.state ?? folder.path + "/state"
        let command = setup.wrapper + [setup.program]
        process = try ChildProcess(
            command[0], Array(command.dropFirst()),
            environment: Program.environment(
                [
                    "REHABD_SOCKET": socket, "STATE_DIRECTORY": state, "REHABD_AUDIO": "none",
                    "REHABD_BLUETOOTH": "no",
                ].merging(setup.environment) { $1 }),
            streams: .files(output: folder.path + "/out", errors: folder.path + "/log"))
    }

    package struct Stopped: Error, CustomStringConvertible {
        let end: ProcessEnd
        let log: String
        package var description: String { "rehabd ended (\(end)): \(log)" }
    }

    /// What it wrote to standard error.
    package var log: String {
        let data = FileManager.default.contents(atPath: folder.path + "/log") ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    package var recordingsFolder: String { state + "/recordings" }

    /// The recordings in its state directory, sorted by name.
    package func recordingFiles() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: recordingsFolder)) ?? []
        return names.filter { $0.hasSuffix(".recording") }.sorted()
            .map { recordingsFolder + "/" + $0 }
    }

    // MARK: asking it

    package func connect(limit milliseconds: Int = 20_000) throws -> ControlClient {
        try ControlClient(socket: socket, environment: [:], limit: milliseconds)
    }

    /// One call on a connection of its own.
    @discardableResult
    package func call<Method: ControlMethod>(
        _ method: Method, descriptors: [Int32] = []
    ) throws -> Method.Reply {
        var client = try connect()
        return try client.call(method, descriptors: descriptors)
    }

    package func status() throws -> Rehab1.Status { try call(Rehab1.GetStatus()).status }

    /// A sensor's present state; nil where none has that name.
    package func sensor(_ name: String) throws -> Rehab1.Sensor? {
        try status().sensors.first { $0.name == name }
    }

    /// What the daemon refuses a call with; nil where it does it.
    package func refusal<Method: ControlMethod>(
        of method: Method, descriptors: [Int32] = []
    ) throws -> ControlRefusal? {
        do {
            try call(method, descriptors: descriptors)
            return nil
        } catch ControlError.refused(let refusal) {
            return refusal
        }
    }

    /// Runs rehabctl against this daemon.
    package func rehabctl(
        _ arguments: [String], environment: [String: String] = [:], within seconds: Double = 60
    ) throws -> ProgramResult {
        try Program.run(
            Products.rehabctl, arguments,
            environment: Program.environment(["REHABD_SOCKET": socket].merging(environment) { $1 }),
            within: seconds)
    }

    // MARK: ending it

    package func signal(_ number: Int32) { process.signal(number) }

    /// Ends it the way systemd does, and says how it went.
    @discardableResult
    package func terminate(within seconds: Double = 20) throws -> ProcessEnd {
        signal(SIGTERM)
        return try process.wait(within: seconds)
    }
}
