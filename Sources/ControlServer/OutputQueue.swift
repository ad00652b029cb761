// What waits to be written to one client: bounded, and honest about what it dropped.

/// Messages in order, of which events may be dropped.
///
/// An event gets its number when its turn to be written comes. So the numbers a client sees have no
/// gap, and what was lost before an event stands in that event's `dropped`.
struct OutputQueue {
    private enum Item {
        case message([UInt8])
        case event(EventBody)

        var size: Int {
            switch self {
            case .message(let bytes): bytes.count
            // The head of an event with two counters of usual length.
            case .event(let body): body.members.count + 80
            }
        }
    }

    private var items: [Item] = []
    /// What is being written, and how much of it was.
    private var current: [UInt8] = []
    private var written = 0
    private var itemBytes = 0
    private var sequence: Int64 = 0
    private var dropped: Int64 = 0

    /// Bytes that wait.
    var count: Int { itemBytes + current.count - written }

    var isEmpty: Bool { items.isEmpty && written == current.count }

    /// Adds a message that must arrive.
    mutating func append(_ message: [UInt8]) { push(.message(message)) }

    /// Adds an event, then drops events until no more than `limit` bytes wait: the least important,
    /// and the oldest of these, first.
    ///
    /// It may be the new one itself.
    mutating func append(_ event: EventBody, limit: Int) {
        push(.event(event))
        while count > limit, let index = mostDispensable() {
            itemBytes -= items.remove(at: index).size
            dropped &+= 1
        }
    }

    private mutating func push(_ item: Item) {
        itemBytes += item.size
        items.append(item)
    }

    private func mostDispensable() -> Int? {
        var best: (index: Int, importance: EventBody.Importance)?
        for (index, item) in items.enumerated() {
            guard case .event(let body) = item else { continue }
            if best.map({ body.importance < $0.importance }) ?? true {
                best = (index, body.importance)
            }
        }
        return best?.index
    }

    /// Hands the bytes to write next to `write`, which returns how many the socket took; stops when
    /// it takes none.
    ///
    /// Returns whether the socket took any.
    mutating func flush(_ write: (_ bytes: [UInt8], _ offset: Int) -> Int) -> Bool {
        var progress = false
        while true {
            if written == current.count {
                guard !items.isEmpty else {
                    current = []
                    written = 0
                    return progress
                }
                let item = items.removeFirst()
                itemBytes -= item.size
                current = bytes(of: item)
                written = 0
            }
            let taken = write(current, written)
            if taken <= 0 { return progress }
            written += min(taken, current.count - written)
            progress = true
        }
    }

    private mutating func bytes(of item: Item) -> [UInt8] {
        switch item {
        case .message(let bytes): return bytes
        case .event(let body):
            sequence &+= 1
            defer { dropped = 0 }
            return body.message(sequence: sequence, dropped: dropped)
        }
    }
}
