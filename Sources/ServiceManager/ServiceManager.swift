// What systemd is told and asked: ready, status, alive, closing; and the sockets it opened for us.

import CSystemd
import Glibc
package import Plumbing

/// The service manager this process was started by, or nobody: then every call does nothing.
///
/// Stateless but for the environment, which is read at start. May be called from any thread, never from a
/// real-time one.
package enum ServiceManager {
    /// READY=1, once: the control socket listens.
    package static func ready(_ status: String) { notify("READY=1\nSTATUS=\(oneLine(status))") }

    /// The settings are being read again; `ready` ends it.
    package static func reloading() {
        notify("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.now() / 1000)")
    }

    /// The line that `systemctl status` shows.
    package static func status(_ text: String) { notify("STATUS=\(oneLine(text))") }

    /// Every part of the program has moved on since the last time.
    package static func isAlive() { notify("WATCHDOG=1") }

    package static func stopping(_ status: String) {
        notify("STOPPING=1\nSTATUS=\(oneLine(status))")
    }

    /// Asks for `seconds` more before the manager takes the program for stuck.
    package static func extendTimeout(seconds: Int) {
        notify("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)")
    }

    /// How often `isAlive` must be called at the least, ns; nil where nobody watches.
    package static var watchdogPeriod: Int64? {
        var microseconds: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return Int64(clamping: microseconds) &* 1000
    }

    /// The listening socket named `name` that the manager opened; nil without one.
    ///
    /// Call once: the caller owns what it gets.
    package static func listeningSocket(named name: String) -> SharedDescriptor? {
        inherited(named: name).map { SharedDescriptor(Descriptor(owning: $0)) }
    }

    /// The number of the first inherited descriptor of that name.
    static func inherited(named name: String) -> Int32? {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(0, &names)
        guard count > 0 else { return nil }
        var found: Int32?
        for place in 0..<Int(count) {
            let descriptor = Int32(place) + 3  // SD_LISTEN_FDS_START
            let text = unsafe names?[place].map { unsafe String(cString: $0) } ?? ""
            if found == nil, text == name { found = descriptor }
            unsafe free(names?[place])
        }
        unsafe free(names)
        return found
    }

    private static func notify(_ text: String) { _ = unsafe sd_notify(0, text) }

    /// A line end in a status would begin another assignment.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
