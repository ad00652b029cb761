// The loop's deadlines in order of time: a pure value that fires nothing by itself.

/// Names a timer until it has fired for the last time or was cancelled.
package struct TimerID: Hashable, Sendable {
    let number: UInt64
}

/// Deadlines, earliest first; equal deadlines in the order in which they were set.
///
/// A sorted array: a daemon of this kind has some dozens of timers, where an array is quicker than a
/// heap and easier to reason about.
struct TimerQueue {
    struct Entry {
        let id: TimerID
        /// Nanoseconds of host time.
        var deadline: Int64
        /// Nanoseconds between two firings, or nil for a timer that fires once.
        let interval: Int64?
        let body: @Sendable () -> Void
    }

    private var entries: [Entry] = []
    private var lastNumber: UInt64 = 0

    /// The earliest deadline, or nil without timers.
    var earliest: Int64? { entries.first?.deadline }

    var count: Int { entries.count }

    mutating func add(
        deadline: Int64, interval: Int64?, _ body: @escaping @Sendable () -> Void
    ) -> TimerID {
        lastNumber &+= 1
        let id = TimerID(number: lastNumber)
        insert(Entry(id: id, deadline: deadline, interval: interval, body: body))
        return id
    }

    mutating func remove(_ id: TimerID) { entries.removeAll { $0.id == id } }

    /// Takes the first timer that is due at `now`, or nil.
    ///
    /// A repeating one stays in the queue with its next deadline: deadlines already past are
    /// skipped, so a loop that was held up fires once and not in a burst.
    mutating func popDue(at now: Int64) -> Entry? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        entries.removeFirst()
        if let interval = first.interval, interval > 0 {
            var next = first
            let missed = (now &- first.deadline) / interval
            next.deadline = first.deadline &+ (missed &+ 1) &* interval
            insert(next)
        }
        return first
    }

    private mutating func insert(_ entry: Entry) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].deadline <= entry.deadline {
                low = middle + 1
            } else {
                high = middle
            }
        }
        entries.insert(entry, at: low)
    }
}
