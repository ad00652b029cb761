// Puts the rows of a table in the order in which the sensor took them.

/// The order of a table's rows by their counters, and what became of those that do not fit.
///
/// A link may deliver packets up to three places late and more than once; the counter may wrap at 8,
/// 16 or 32 bits, and begins again when the sensor restarts. A packet is what arrived at one time,
/// or, without arrival times, what counts up by one.
struct RowOrder {
    /// One row in its place.
    struct Entry: Equatable {
        var row: Int
        /// The counter without its wraps; rises from entry to entry within an epoch.
        var number: Int64
        /// The sensor restarted before this one.
        var startsEpoch: Bool
    }

    private(set) var entries: [Entry] = []
    /// Rows that repeat one before.
    private(set) var duplicates = 0
    /// Rows that came more than `places` packets late and are left out.
    private(set) var tooLate = 0
    /// Rows that came late and were put in their place.
    private(set) var reordered = 0
    private(set) var restarts = 0

    /// How many places a packet may be late: three in what links do, more for repeated packets
    /// between, since a table can wait.
    static let places = 8

    // The present epoch: its rows by number, its packets' first numbers in order of arrival.
    private var epoch: [Entry] = []
    private var rowOf: [Int64: Int] = [:]
    private var packets: [Int64] = []
    private var highest: Int64 = -1
    private var offset: Int64 = 0
    private var backwards = 0

    private let table: SensorTable
    private let file: String
    private let largest: Int64

    init(_ table: SensorTable, file: String) throws(SensorTableError) {
        self.table = table
        self.file = file
        largest = table.counters.max() ?? 0
        if table.counters.isEmpty {
            entries = table.readings.indices.map {
                Entry(row: $0, number: Int64($0), startsEpoch: $0 == 0)
            }
            return
        }
        for row in table.readings.indices { try take(row) }
        close()
    }

    private mutating func take(_ row: Int) throws(SensorTableError) {
        var number = unwrapped(table.counters[row])
        if beginsPacket(row), rowOf[number] == nil { packets.append(number) }
        if epoch.isEmpty || number > highest {
            add(row, number)
            highest = max(highest, number)
            backwards = 0
            return
        }
        if let earlier = rowOf[number] {
            let repeats = table.readings[earlier] == table.readings[row]
            if isRestart(row, repeats: repeats) {
                restart(row, &number)
            } else {
                duplicates += 1
            }
            return
        }
        if packetsAfter(number) <= RowOrder.places {
            add(row, number)
            reordered += 1
        } else if isRestart(row, repeats: false) {
            restart(row, &number)
        } else {
            tooLate += 1
            if beginsPacket(row) { backwards += 1 }
            guard backwards <= 3 else {
                throw SensorTableError(
                    .order, file: file, line: table.line(ofRow: row), column: "n",
                    message: "the counter runs backwards",
                    cure: "give the rows in the order in which their packets arrived")
            }
        }
    }

    private mutating func add(_ row: Int, _ number: Int64) {
        rowOf[number] = row
        epoch.append(Entry(row: row, number: number, startsEpoch: false))
    }

    /// True for the first row of a packet.
    private func beginsPacket(_ row: Int) -> Bool {
        guard row > 0 else { return true }
        if !table.arrivals.isEmpty { return table.arrivals[row] != table.arrivals[row - 1] }
        return table.counters[row] != table.counters[row - 1] + 1
    }

    /// Packets that came before the present one though they begin with a later number.
    private func packetsAfter(_ number: Int64) -> Int {
        var count = 0
        // What is further back than this is in order, or beyond repair.
        for first in packets.suffix(64).reversed() {
            if first > number { count += 1 }
            if count > RowOrder.places || (first < number && count > 0) { break }
        }
        return count
    }

    /// Whether the counter goes on from this row, which is below where it was; after a late or
    /// repeated packet it jumps back to the highest.
    ///
    /// - Parameter repeats: whether the row has the readings that came with its number before; then
    ///   only a stretch longer than any packet shows a restart.
    private func isRestart(_ row: Int, repeats: Bool) -> Bool {
        let top = highest - offset
        var previous = table.counters[row]
        var rises = 0
        var falls = 0
        for next in (row + 1)..<max(row + 1, min(row + 65, table.counters.count)) {
            let number = table.counters[next]
            let crosses = number > top && previous <= top
            if crosses, repeats || rises == 0 || number > previous + 1 { return false }
            if number > previous { rises += 1 } else { falls += 1 }
            previous = number
        }
        return rises > (repeats ? 40 : falls)
    }

    private mutating func restart(_ row: Int, _ number: inout Int64) {
        close()
        offset = 0
        number = table.counters[row]
        packets = [number]
        highest = number
        restarts += 1
        add(row, number)
    }

    /// The counter with the wraps so far added: one that falls from the top of 8, 16 or 32 bits to
    /// the bottom has wrapped, and one that rises so is late from before the wrap.
    private mutating func unwrapped(_ raw: Int64) -> Int64 {
        guard !epoch.isEmpty else { return raw }
        let last = highest - offset
        for bits: Int64 in [8, 16, 32] {
            let range: Int64 = 1 << bits
            let margin = min(range / 4, 1024)
            // A counter that is ever higher has another range.
            guard largest < range else { continue }
            if last >= range - margin, raw < margin {
                offset += range
                return raw + offset
            }
            if offset >= range, last < margin, raw >= range - margin {
                return raw + offset - range
            }
        }
        return raw + offset
    }

    /// Puts the epoch's rows in order.
    private mutating func close() {
        epoch.sort { $0.number < $1.number }
        if !epoch.isEmpty { epoch[0].startsEpoch = true }
        entries += epoch
        epoch = []
        rowOf = [:]
        packets = []
        highest = -1
        backwards = 0
    }
}
