// The hour and the day on the wall: for what must not happen at night, and what is counted by the day.

import Glibc

/// The local time of this machine.
package enum LocalTime {
    /// Hour of the day, 0 to 23, by the machine's time zone.
    package static func hour() -> Int {
        var seconds = time_t(MonotonicClock.wallTime() / 1_000_000_000)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 12 }
        return unsafe Int(parts.tm_hour)
    }

    /// Number of the day in the year, with the year: the same until midnight by the machine's time zone.
    package static func day() -> Int {
        var seconds = time_t(MonotonicClock.wallTime() / 1_000_000_000)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe Int(parts.tm_year) * 366 + Int(parts.tm_yday)
    }
}
