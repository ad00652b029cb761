// Waiting for something to become true, with an end.

import Plumbing

/// Something did not happen in time.
package struct Overdue: Error, CustomStringConvertible {
    package let description: String

    package init(_ what: String, seconds: Double) {
        description = "after \(seconds) s still waiting for: \(what)"
    }
}

/// Asks `condition` again and again until it gives a value; throws `Overdue` after `seconds`.
///
/// The machine may be busy with other things, so limits are generous: what is to be fast is measured
/// by the stamps in what comes back, not by how soon a test notices.
package func eventually<Value>(
    _ what: String, within seconds: Double = 20, _ condition: () throws -> Value?
) throws -> Value {
    let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
    while true {
        if let value = try condition() { return value }
        guard MonotonicClock.now() < deadline else { throw Overdue(what, seconds: seconds) }
        MonotonicClock.sleep(until: MonotonicClock.now() + 5_000_000)
    }
}

/// As above, for something that is true or not.
package func waitUntil(
    _ what: String, within seconds: Double = 20, _ condition: () throws -> Bool
) throws {
    _ = try eventually(what, within: seconds) { try condition() ? true : nil }
}

/// Nanoseconds in milliseconds, for figures.
package func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) * 1e-6 }
