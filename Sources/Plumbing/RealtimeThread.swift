// Starts a named thread with a small stack and the best scheduling the system grants.

import CLinux
import CRealtime
import Glibc

/// What the system granted a thread, best first.
package enum SchedulingGrant: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case fifo, rtkit, nice, plain

    /// Whether ordinary threads make way for this one.
    package var isRealtime: Bool { self == .fifo || self == .rtkit }

    package var name: String {
        switch self {
        case .fifo: "fifo"
        case .rtkit: "rtkit"
        case .nice: "nice"
        case .plain: "plain"
        }
    }
}

/// A running thread.
///
/// Whoever holds it joins it.
package struct RealtimeThread: ~Copyable, Sendable {
    private let id: UInt64

    /// Starts `body` on a thread of its own.
    ///
    /// `stackBytes` counts against locked memory, so it is small.
    package init(
        name: String, stackBytes: Int = 256 * 1024, _ body: @escaping @Sendable () -> Void
    ) throws(PlumbingError) {
        let box = unsafe Unmanaged.passRetained(ThreadBody(body))
        var id: UInt64 = 0
        let status = unsafe rehab_thread_start(
            name, stackBytes,
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
            }, box.toOpaque(), &id)
        guard status == 0 else {
            unsafe box.release()
            throw PlumbingError("start the thread \(name)", code: status)
        }
        self.id = id
    }

    /// Waits for the thread's end.
    package consuming func join() { rehab_thread_join(id) }

    /// The kernel's id of the calling thread, for rtkit and logs.
    package static func currentID() -> Int32 { rehab_thread_id() }

    /// Asks for SCHED_FIFO at `priority`, else lets `broker` try (rtkit), else nice −11, else nothing.
    ///
    /// Called by the thread itself before its loop. Priorities: house rules keep below 50, where the
    /// kernel's interrupt threads live.
    package static func requestScheduling(
        fifoPriority priority: Int32, broker: (Int32) -> Bool = { _ in false }
    ) -> SchedulingGrant {
        if rehab_thread_fifo(priority) == 0 { return .fifo }
        // A thread under real-time class that spins must not take the machine with it.
        if broker(currentID()) { return .rtkit }
        if rehab_thread_nice(-11) == 0 { return .nice }
        return .plain
    }

    /// Keeps the calling thread on one processor, the same for every thread that calls this.
    ///
    /// For threads of the real-time class that hand each sample on: waking a neighbour on another,
    /// sleeping processor costs an interrupt between processors and cold caches, several times what
    /// the sample itself costs. Where the system refuses, or takes the processor away later, the
    /// thread runs wherever the kernel puts it.
    package static func shareProcessor() { _ = rehab_thread_settle_on_last_processor() }

    /// Lets threads of the same priority that wait for this processor go first.
    package static func giveWay() { _ = sched_yield() }

    /// Touches the thread's stack, so that later calls do not fault.
    ///
    /// Denormal numbers stay on: flushed to zero here they would make a replay on another thread, or on
    /// another kind of processor, come to other bits. They are too rare for their cost to be seen.
    package static func settle() { rehab_prefault_stack(96 * 1024) }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Process-wide settings that belong before the first real-time thread.
package enum RealtimeProcess {
    /// Locks pages as they are touched.
    ///
    /// False where the limit forbids it.
    package static func lockMemory() -> Bool { rehab_lock_memory() == 0 }

    /// Keeps freed memory in the process, so that later allocations do not fault.
    package static func settleAllocator() { rehab_settle_allocator() }

    /// Bounds the CPU time a real-time thread may use without a system call, microseconds.
    package static func limitRealtimeCPU(softMicroseconds: UInt64, hardMicroseconds: UInt64) {
        _ = rehab_limit_realtime_cpu(softMicroseconds, hardMicroseconds)
    }

    /// Gives back code and constants that only the start needed; call before `lockMemory`.
    ///
    /// Nearly half of what was resident: readers of the catalogue, of settings, of the interface text.
    package static func releaseStartupPages() { rehab_release_code_pages() }

    /// Puts every real-time thread back to normal priority, so that one that spins leaves the machine usable;
    /// returns how many there were.
    package static func demote() -> Int { max(0, Int(rehab_demote_threads())) }

    /// Resident memory of this process, bytes.
    package static func residentBytes() -> Int { max(0, Int(rehab_resident_bytes())) }

    /// CPU time of this process, nanoseconds.
    package static func cpuTime() -> Int64 { rehab_process_cpu_ns() }
}
