// Another program run to its end, with all it printed: bounded in time and size.

import Glibc

/// Runs a helper program and takes its standard output.
///
/// Waits: only for threads that may.
package enum ProgramRun {
    /// What the program printed; throws where it cannot be started (ENOENT: it is not installed),
    /// prints more than `limit` bytes (EFBIG), takes longer than `seconds` (ETIMEDOUT), or ends with
    /// an exit code other than 0 (EIO).
    ///
    /// `program` is looked for along PATH. The child gets no input, none of our descriptors and no
    /// blocked signals, and runs at ordinary priority whatever the calling thread's.
    package static func output(
        of program: String, _ arguments: [String], limit: Int, seconds: Double
    ) throws(PlumbingError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw PlumbingError("run \(program)", code: errno)
        }
        let source = Descriptor(owning: ends[0])
        let child = try spawn(program, arguments, output: Descriptor(owning: ends[1]))
        var result: Result<[UInt8], PlumbingError> = .success([])
        do throws(PlumbingError) {
            result = .success(
                try read(
                    source.rawValue, program, limit: limit,
                    until: MonotonicClock.now() + Int64(seconds * 1e9)))
        } catch {
            kill(child, SIGKILL)
            result = .failure(error)
        }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        let bytes = try result.get()
        // <sys/wait.h>: the low seven bits name a signal, the next byte holds the exit code.
        guard status == 0 else { throw PlumbingError("run \(program)", code: EIO) }
        return bytes
    }

    private static func spawn(
        _ program: String, _ arguments: [String], output: consuming Descriptor
    ) throws(PlumbingError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        var ordinary = sched_param()
        ordinary.sched_priority = 0
        unsafe posix_spawnattr_setschedpolicy(&attributes, SCHED_OTHER)
        unsafe posix_spawnattr_setschedparam(&attributes, &ordinary)
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSCHEDULER))
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var id: pid_t = 0
        let status = unsafe posix_spawnp(&id, program, &actions, &attributes, &words, environ)
        guard status == 0 else { throw PlumbingError("run \(program)", code: status) }
        return id
    }

    private static func read(
        _ descriptor: Int32, _ program: String, limit: Int, until deadline: Int64
    ) throws(PlumbingError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let left = (deadline - MonotonicClock.now()) / 1_000_000
            guard left > 0,
                UnixSocket.waitReadable(descriptor, milliseconds: Int32(clamping: left))
            else { throw PlumbingError("run \(program)", code: ETIMEDOUT) }
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw PlumbingError("run \(program)", code: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > limit { throw PlumbingError("run \(program)", code: EFBIG) }
        }
    }
}
