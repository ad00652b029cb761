// Host time: CLOCK_MONOTONIC in nanoseconds, the only clock of stamps.

import CLinux
import CRealtime

/// Reads host clocks.
///
/// The pure rooms never do: time reaches them as data.
package enum MonotonicClock {
    /// Now, nanoseconds.
    @_noLocks
    package static func now() -> Int64 { rehab_monotonic_ns() }

    /// What must be added to a CLOCK_REALTIME stamp of about now to get host time, nanoseconds.
    package static func offsetFromRealtime() -> Int64 { rehab_monotonic_minus_realtime_ns() }

    /// Wall-clock time, nanoseconds since 1970 UTC: a label for people, never used for spacing.
    package static func wallTime() -> Int64 { rehab_clock_ns(0) }

    /// Sleeps until a host time.
    package static func sleep(until deadline: Int64) {
        while true {
            let left = deadline - now()
            if left <= 0 { return }
            rehab_sleep_ns(left)
        }
    }
}
