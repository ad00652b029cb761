// Starts another program and ends it: no shell, chosen environment, output into a file or nowhere.

import Glibc

/// A program started by this one.
///
/// Whoever holds it calls `end` or `wait`; used from one thread.
package final class StartedProgram {
    package let id: Int32
    /// The exit status as the shell counts it (128 + signal where one ended it); nil while it runs.
    private(set) package var exitStatus: Int32?

    /// Starts the program at `path`.
    ///
    /// `environment`: the whole of it. Standard input is empty; output and errors go to the file
    /// `log`, created anew with mode 0600, or nowhere.
    package init(
        path: String, arguments: [String] = [], environment: [String: String], log: String? = nil
    ) throws(PlumbingError) {
        let words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        let settings = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(
            &actions, 1, log ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A blocked signal is inherited, and the child would not hear SIGTERM.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var id: pid_t = 0
        let status = unsafe posix_spawn(&id, path, &actions, &attributes, words, settings)
        guard status == 0 else { throw PlumbingError("start \(path)", code: status) }
        self.id = id
    }

    package var isRunning: Bool {
        collect(waiting: false)
        return exitStatus == nil
    }

    /// Waits for its end.
    @discardableResult
    package func wait() -> Int32 {
        collect(waiting: true)
        return exitStatus ?? 127
    }

    /// Asks it to end (SIGTERM), and ends it with SIGKILL after `patience`, ns.
    package func end(patience: Int64 = 15_000_000_000) {
        guard isRunning else { return }
        kill(id, SIGTERM)
        let deadline = MonotonicClock.now() + patience
        while isRunning, MonotonicClock.now() < deadline {
            MonotonicClock.sleep(until: MonotonicClock.now() + 5_000_000)
        }
        guard isRunning else { return }
        kill(id, SIGKILL)
        wait()
    }

    /// Runs a person's editor on a file, in this terminal, and waits; the result is its exit status.
    ///
    /// `command` may hold options, as `EDITOR="code --wait"` does, so the shell reads it.
    package static func runInTerminal(_ command: String, file: String) -> Int32 {
        unsafe setenv("REHAB_EDITED_FILE", file, 1)
        let status = unsafe system("\(command) \"$REHAB_EDITED_FILE\"")
        return status < 0 ? 127 : (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128
    }

    private func collect(waiting: Bool) {
        guard exitStatus == nil else { return }
        var status: Int32 = 0
        while true {
            let result = unsafe waitpid(id, &status, waiting ? 0 : WNOHANG)
            if result == 0 { return }
            if result < 0, errno == EINTR { continue }
            guard result == id else { break }
            let signal = status & 0x7f
            exitStatus = signal == 0 ? (status >> 8) & 0xff : 128 + signal
            return
        }
        exitStatus = 127
    }
}

/// This process's environment and where it may put passing files.
package enum ProcessFacts {
    package static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// `TMPDIR`, else `/tmp`, without a slash at its end.
    package static var temporaryDirectory: String {
        guard let path = environment("TMPDIR"), path.hasPrefix("/") else { return "/tmp" }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package static func mayExecute(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

    /// The file of the program that runs, links followed; nil without /proc.
    package static var ownProgram: String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
