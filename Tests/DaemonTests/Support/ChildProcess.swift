// A process started by a test: known by its id, waited for with a limit, never left behind.

import Foundation
import Glibc
import Plumbing
import Synchronization

/// How a process ended.
package enum ProcessEnd: Sendable, Equatable {
    case exited(Int32)
    case killed(bySignal: Int32)
}

/// A running child.
///
/// Its standard output and error go to files, which cannot fill up and block it.
package final class ChildProcess: Sendable {
    package let id: Int32
    private let end = Mutex<ProcessEnd?>(nil)

    /// Where a child's standard input, output and error lead.
    package enum Streams: Sendable {
        /// Nothing to read; output and errors are appended to files.
        case files(output: String, errors: String)
        /// All three to one descriptor: a terminal's.
        case terminal(Int32)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts `path`; the environment is exactly `environment`.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String], streams: Streams
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        switch streams {
        case .files(let output, let errors):
            let flags = O_WRONLY | O_CREAT | O_APPEND
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
            unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        case .terminal(let descriptor):
            for number: Int32 in 0...2 {
                unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
            }
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var id: Int32 = 0
        let status = unsafe posix_spawn(&id, path, &actions, &attributes, &argv, &envp)
        guard status == 0 else {
            throw Failure(description: "cannot start \(path): \(describeErrorNumber(status))")
        }
        self.id = id
    }

    deinit {
        guard ended() == nil else { return }
        kill(id, SIGKILL)
        // It may be stopped or in a system call: the kernel ends it either way.
        _ = try? wait(within: 10)
    }

    /// How it ended; nil while it runs.
    package func ended() -> ProcessEnd? {
        end.withLock { end in
            if end == nil {
                var status: Int32 = 0
                if unsafe waitpid(id, &status, WNOHANG) == id {
                    // The macros of <sys/wait.h>: the low seven bits name the signal, the next byte
                    // holds the exit code.
                    let signal = status & 0x7f
                    end = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(bySignal: signal)
                }
            }
            return end
        }
    }

    package func signal(_ number: Int32) { if ended() == nil { kill(id, number) } }

    @discardableResult
    package func wait(within seconds: Double) throws -> ProcessEnd {
        try eventually("process \(id) to end", within: seconds) { ended() }
    }
}

/// What a program that ran to its end left behind.
package struct ProgramResult: Sendable, CustomStringConvertible {
    package let end: ProcessEnd
    package let output: String
    package let errors: String
    package let seconds: Double

    /// The exit code; nil where a signal ended it.
    package var code: Int32? { if case .exited(let code) = end { code } else { nil } }

    package var lines: [String] { output.split(separator: "\n").map(String.init) }

    package var description: String { "\(end)\nstdout: \(output)\nstderr: \(errors)" }
}

/// Running a program to its end.
package enum Program {
    /// The environment of a test's children: nothing of the caller's that could change what they do.
    package static func environment(_ changes: [String: String] = [:]) -> [String: String] {
        let kept = ["PATH", "LD_LIBRARY_PATH", "LANG"]
        let own = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
        return own.merging(["TERM": "xterm", "HOME": "/nonexistent"]) { $1 }.merging(changes) { $1 }
    }

    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = environment(),
        within seconds: Double = 60
    ) throws -> ProgramResult {
        let folder = try TemporaryFolder()
        let began = MonotonicClock.now()
        let child = try ChildProcess(
            path, arguments, environment: environment,
            streams: .files(output: folder.path + "/out", errors: folder.path + "/err"))
        let end = try child.wait(within: seconds)
        let elapsed = Double(MonotonicClock.now() - began) * 1e-9
        func text(_ name: String) -> String {
            let data = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
            return String(decoding: data, as: UTF8.self)
        }
        return ProgramResult(end: end, output: text("out"), errors: text("err"), seconds: elapsed)
    }
}
