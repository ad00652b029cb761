// Wakes another thread: an eventfd with two ends.

import CLinux
import CRealtime

/// A counter in the kernel that one thread raises and another waits for.
///
/// `signal` may be called from any thread, real-time ones included; `wait` and `clear` belong to the
/// one thread that is woken.
package struct Wakeup: ~Copyable, Sendable {
    private let descriptor: Descriptor

    package init() throws(PlumbingError) {
        descriptor = Descriptor(
            owning: try checked(rehab_eventfd(false), "create a wake-up counter"))
    }

    /// The descriptor for epoll.
    package var rawValue: Int32 { @_noLocks get { descriptor.rawValue } }

    @_noLocks
    package func signal() { rehab_eventfd_signal(descriptor.rawValue) }

    /// Waits until signalled at least once since the last wait.
    @_noLocks
    package func wait() { _ = rehab_eventfd_wait(descriptor.rawValue) }
}
