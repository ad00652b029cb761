// The two descriptors that only this room needs: a timer of the kernel, and signals read as data.

import CLinux
package import Plumbing

/// A timerfd.
///
/// Owned by the loop's thread.
struct KernelTimer: ~Copyable, Sendable {
    private let descriptor: Descriptor

    init() throws(PlumbingError) {
        let status = rehab_timerfd()
        if status < 0 { throw PlumbingError("create a timer", code: status) }
        descriptor = Descriptor(owning: status)
    }

    var rawValue: Int32 { descriptor.rawValue }

    /// Fires once at `deadline` nanoseconds of CLOCK_MONOTONIC, at once if that is past; nil: never.
    func set(_ deadline: Int64?) {
        // The kernel takes 0 as "never", so a deadline at or before the clock's origin becomes 1.
        _ = rehab_timerfd_set(descriptor.rawValue, deadline.map { max(1, $0) } ?? 0)
    }

    func clear() { _ = rehab_counter_clear(descriptor.rawValue) }
}

/// Signals of the process, delivered on a loop as ordinary events.
///
/// Make it before any other thread starts: the signals are blocked in the calling thread and in
/// every thread started by it afterwards, and only then reach the descriptor instead of ending the
/// process.
package final class UnixSignals: Sendable {
    private let descriptor: SharedDescriptor
    private let watch: Watch

    /// Calls `body` on the loop with the number of each of `signals` that arrives.
    package init(
        _ signals: [Int32], on loop: EventLoop, _ body: @escaping @Sendable (Int32) -> Void
    ) throws(PlumbingError) {
        let status = unsafe rehab_signalfd(signals, Int32(signals.count))
        if status < 0 { throw PlumbingError("read signals from a descriptor", code: status) }
        let descriptor = SharedDescriptor(Descriptor(owning: status))
        self.descriptor = descriptor
        watch = try loop.watch(descriptor.rawValue, for: .readable) { _ in
            while true {
                let signal = rehab_signalfd_read(descriptor.rawValue)
                if signal <= 0 { return }
                body(signal)
            }
        }
    }

    /// Stops listening.
    ///
    /// The signals stay blocked.
    package func end(on loop: EventLoop) { loop.remove(watch) }
}
