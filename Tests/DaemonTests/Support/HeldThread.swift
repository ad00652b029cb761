// One thread of a running program, held by a tracer while the others live.

import Foundation
import Glibc
import Plumbing

/// Holds a thread by its name until it is released; a held thread is what a stuck or slow one looks like.
package struct HeldThread {
    private let tracer: ChildProcess
    private let folder: TemporaryFolder

    /// Nil where there is no python3, or where this account may not hold a thread.
    package init?(_ name: String, of process: Int32) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return nil }
        folder = try TemporaryFolder()
        let tasks = "/proc/\(process)/task"
        let thread = try FileManager.default.contentsOfDirectory(atPath: tasks).first {
            (try? String(contentsOfFile: "\(tasks)/\($0)/comm", encoding: .utf8)) == name + "\n"
        }
        guard let thread else { throw Overdue("a thread \(name)", seconds: 0) }
        // PTRACE_SEIZE, PTRACE_INTERRUPT; whoever traces lets go when it ends.
        let script = """
            import ctypes, sys, time
            c = ctypes.CDLL(None, use_errno=True)
            c.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
            ok = c.ptrace(0x4206, \(thread), None, None) == 0
            ok = ok and c.ptrace(0x4207, \(thread), None, None) == 0
            print("held" if ok else "refused", flush=True)
            time.sleep(60)
            """
        let output = folder.path + "/out"
        tracer = try ChildProcess(
            "/usr/bin/python3", ["-c", script], environment: Program.environment(),
            streams: .files(output: output, errors: folder.path + "/err"))
        let word = try eventually("the tracer") { () -> String? in
            let text = try? String(contentsOfFile: output, encoding: .utf8)
            return text?.isEmpty == false ? text : nil
        }
        guard word == "held\n" else { return nil }
    }

    package func release() throws {
        tracer.signal(SIGKILL)
        try tracer.wait(within: 10)
    }
}
