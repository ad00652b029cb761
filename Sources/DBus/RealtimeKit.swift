// Asks rtkit for real-time rights where the process's own limits grant none.

import CSystemd
import Glibc
import Plumbing

/// The desktop's broker of real-time rights: `org.freedesktop.RealtimeKit1` on the system bus.
///
/// Total: no bus, no rtkit, a refusal or a broker that hangs are all "not granted". Each call opens a bus
/// connection of its own, used and closed by the calling thread, since threads ask before their loops.
package enum RealtimeKit {
    /// What the broker gave.
    package enum Grant: Sendable, Equatable {
        /// SCHED_RR at the broker's priority.
        case realtime
        /// A nice value of −11.
        case highPriority
        case none
    }

    /// Highest priority rtkit 0.13 gives; below PipeWire's own 20 by nothing, below interrupts by 30.
    package static var priority: UInt32 { 20 }
    /// The nice value asked for where real time is refused.
    package static var nice: Int32 { -11 }
    /// CPU time a real-time thread may use without waiting, µs.
    ///
    /// rtkit refuses a process that allows itself more than 200 ms; the soft limit warns (SIGXCPU)
    /// before the hard one ends the process.
    private static var cpuLimit: (soft: UInt64, hard: UInt64) { (150_000, 200_000) }
    /// Longest wait for the bus and for each answer, µs: a thread that starts must not wait for long.
    private static var answerLimit: UInt64 { 500_000 }

    /// True where the thread got SCHED_RR.
    ///
    /// Where it only got the nice value the answer is false, and asking the kernel for that same
    /// nice value afterwards succeeds.
    package static func makeRealtime(thread: Int32, process: Int32 = getpid()) -> Bool {
        request(thread: thread, process: process) == .realtime
    }

    /// Asks for real time, else for the nice value.
    package static func request(thread: Int32, process: Int32 = getpid()) -> Grant {
        guard thread > 0, process > 0, let bus = unsafe connect() else { return .none }
        defer { unsafe sd_bus_flush_close_unref(bus) }
        RealtimeProcess.limitRealtimeCPU(
            softMicroseconds: cpuLimit.soft, hardMicroseconds: cpuLimit.hard)
        let who = Who(process: UInt64(process), thread: UInt64(thread))
        let realtime = unsafe call(bus, "MakeThreadRealtimeWithPID", who) {
            var priority = priority
            return unsafe sd_bus_message_append_basic($0, typeOfUInt32, &priority)
        }
        if realtime { return .realtime }
        let highPriority = unsafe call(bus, "MakeThreadHighPriorityWithPID", who) {
            var nice = nice
            return unsafe sd_bus_message_append_basic($0, typeOfInt32, &nice)
        }
        return highPriority ? .highPriority : .none
    }

    private struct Who {
        let process: UInt64
        let thread: UInt64
    }

    // D-Bus type codes.
    private static var typeOfUInt64: CChar { 0x74 }  // t
    private static var typeOfUInt32: CChar { 0x75 }  // u
    private static var typeOfInt32: CChar { 0x69 }  // i

    /// A system-bus connection that has said hello, or nil after `answerLimit`.
    private static func connect() -> OpaquePointer? {
        var opened: OpaquePointer?
        guard unsafe sd_bus_open_system(&opened) >= 0, let bus = unsafe opened else { return nil }
        let deadline = MonotonicClock.now() + Int64(answerLimit) * 1000
        // A call would wait for the hello by itself, but without a limit on a bus that hangs.
        while unsafe sd_bus_is_ready(bus) == 0 {
            let left = (deadline - MonotonicClock.now()) / 1000
            let status = unsafe sd_bus_process(bus, nil)
            if status < 0 || left <= 0 { return unsafe abandon(bus) }
            if status == 0, unsafe sd_bus_wait(bus, UInt64(left)) < 0 { return unsafe abandon(bus) }
        }
        return unsafe sd_bus_is_ready(bus) > 0 ? bus : unsafe abandon(bus)
    }

    private static func abandon(_ bus: OpaquePointer) -> OpaquePointer? {
        unsafe sd_bus_close_unref(bus)
        return nil
    }

    /// One method call with process, thread and the argument that `append` adds.
    private static func call(
        _ bus: OpaquePointer, _ method: String, _ who: Who, append: (OpaquePointer) -> Int32
    ) -> Bool {
        var created: OpaquePointer?
        let status = unsafe sd_bus_message_new_method_call(
            bus, &created, "org.freedesktop.RealtimeKit1", "/org/freedesktop/RealtimeKit1",
            "org.freedesktop.RealtimeKit1", method)
        guard status >= 0, let message = unsafe created else { return false }
        defer { unsafe sd_bus_message_unref(message) }
        var (process, thread) = (who.process, who.thread)
        guard unsafe sd_bus_message_append_basic(message, typeOfUInt64, &process) >= 0,
            unsafe sd_bus_message_append_basic(message, typeOfUInt64, &thread) >= 0,
            unsafe append(message) >= 0
        else { return false }
        var error = unsafe sd_bus_error()
        defer { unsafe sd_bus_error_free(&error) }
        return unsafe sd_bus_call(bus, message, answerLimit, &error, nil) >= 0
    }
}
