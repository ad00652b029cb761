// Signals of a program with one thread, read like keys: what ends it can first be put in order.

import CLinux
import Glibc

/// Signals that wait to be read in place of ending the process.
///
/// For programs of one thread; the daemon's loop has its own.
package final class SignalReader {
    private let descriptor: Descriptor

    /// Hang-up, interrupt, quit, termination: the program is to end.
    package static var endings: [Int32] { [SIGHUP, SIGINT, SIGQUIT, SIGTERM] }
    /// The window has another size.
    package static var resize: Int32 { SIGWINCH }
    /// The shell puts the program in the background, and takes it out again.
    package static var suspend: Int32 { SIGTSTP }
    package static var resume: Int32 { SIGCONT }

    package init(_ signals: [Int32]) throws(PlumbingError) {
        let status = unsafe rehab_signalfd(signals, Int32(signals.count))
        if status < 0 { throw PlumbingError("read signals from a descriptor", code: status) }
        descriptor = Descriptor(owning: status)
    }

    package var rawValue: Int32 { descriptor.rawValue }

    /// The next signal that came; nil when none waits.
    package func next() -> Int32? {
        let number = rehab_signalfd_read(descriptor.rawValue)
        return number > 0 ? number : nil
    }

    /// Ends this process as the signal would have.
    package static func end(by signal: Int32) { rehab_end_by_signal(signal) }

    /// Stops this process until it is told to go on.
    package static func stop() { rehab_stop_self() }
}

/// Waiting on several descriptors at once.
package enum InputWait {
    /// Waits until one is readable, or the time is up; returns which are.
    @discardableResult
    package static func readable(_ descriptors: [Int32], milliseconds: Int32) -> [Bool] {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
        return entries.map { $0.revents != 0 }
    }
}
