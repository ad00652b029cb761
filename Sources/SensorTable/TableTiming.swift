// When each row of a table was sampled, by whatever clocks the table has.

import Estimation
package import Kinematics

/// A row in its place and time.
package struct TimedRow: Equatable, Sendable {
    /// Index of the row in the table.
    package var row: Int
    /// The counter as the table gives it, or the row's index.
    package var number: Int64
    /// Seconds since the first sample.
    package var time: Double
    package var sample: ImuSample
}

/// The samples of a table in order, with the true time between them.
///
/// The counter says how many periods lie between two samples; the sensor's own clock says how long
/// they are by that clock; and the arrivals say how fast that clock runs (`ArrivalLine`). Each is
/// used where it is there, and only what had arrived by then.
package struct TableTiming: Sendable {
    package private(set) var rows: [TimedRow] = []
    /// Samples a second, as known at the end.
    package private(set) var rateHertz: Double
    package private(set) var duplicates = 0
    package private(set) var tooLate = 0
    package private(set) var reordered = 0
    package private(set) var restarts = 0
    /// Holes, and the samples that are missing in them.
    package private(set) var gaps = 0
    package private(set) var lost = 0
    /// s.
    package private(set) var longestGap = 0.0
    /// Host time of the first sample by the line through its epoch's arrivals, s; nil without them.
    package private(set) var hostStart: Double?

    private let period: Double
    private let table: SensorTable
    private var line = ArrivalLine()
    private var stall = StallDetector()
    // Of the present epoch.
    private var firstArrival = 0.0
    private var device = 0.0
    private var time = 0.0
    // Sums for the rate.
    private var periods = 0.0
    private var seconds = 0.0

    /// - Parameter rate: the sensor's nominal rate, Hz.
    package init(
        _ table: SensorTable, rate: Double, file: String
    ) throws(SensorTableError) {
        self.table = table
        period = 1 / rate
        rateHertz = rate
        let order = try RowOrder(table, file: file)
        duplicates = order.duplicates
        tooLate = order.tooLate
        reordered = order.reordered
        restarts = order.restarts
        rows.reserveCapacity(order.entries.count)
        var before: RowOrder.Entry?
        for entry in order.entries {
            add(entry, after: before)
            before = entry
        }
        noteHostStart()
        if periods > 0, seconds > 0 {
            rateHertz = periods / seconds
            // Where arrivals tell, the line through them all says it best.
            if !table.arrivals.isEmpty { rateHertz = lineRate() }
        }
    }

    /// Samples a second of host time by the line through the arrivals.
    private func lineRate() -> Double {
        let perDevice = device > 0 ? devicePeriods / device : 1 / period
        return perDevice / (1 + line.slope)
    }

    /// Periods within the present epoch.
    private var devicePeriods = 0.0

    private mutating func add(_ entry: RowOrder.Entry, after before: RowOrder.Entry?) {
        let reading = table.readings[entry.row]
        var sample = ImuSample(
            angularRate: reading.angularRate, specificForce: reading.specificForce)
        if let before, !entry.startsEpoch {
            var steps = max(1, Double(entry.number - before.number))
            var step = deviceStep(entry, before, steps: steps)
            if table.counters.isEmpty { steps = max(1, (step / period).rounded()) }
            device += step
            devicePeriods += steps
            observe(entry)
            let missing = missingSamples(entry)
            if missing > 0 {
                steps += missing
                step += missing * period
            }
            sample.interval = step * (1 + line.slope)
            if steps > 1.5 {
                sample.flags = sample.flags.with(.afterGap)
                gaps += 1
                lost += Int(min(steps - 1, 1e9))
                longestGap = max(longestGap, sample.interval)
            }
            periods += steps
            seconds += sample.interval
        } else {
            beginEpoch(entry, after: before)
            sample.interval = 0
            if before != nil { sample.flags = sample.flags.with(.newEpoch) }
        }
        time += sample.interval
        let number = table.counters.isEmpty ? Int64(entry.row) : table.counters[entry.row]
        rows.append(TimedRow(row: entry.row, number: number, time: time, sample: sample))
    }

    /// At the end of the first epoch: what its arrivals say of its first sample.
    private mutating func noteHostStart() {
        guard hostStart == nil, !table.arrivals.isEmpty, !rows.isEmpty else { return }
        hostStart = firstArrival + line.intercept
    }

    private mutating func beginEpoch(_ entry: RowOrder.Entry, after before: RowOrder.Entry?) {
        if let before {
            noteHostStart()
            // Host time goes on across a restart; without it, nobody knows for how long.
            let away =
                table.arrivals.isEmpty
                ? period : table.arrivals[entry.row] - table.arrivals[before.row]
            time += max(period, away)
        }
        line = ArrivalLine()
        stall = StallDetector()
        device = 0
        devicePeriods = 0
        if !table.arrivals.isEmpty { firstArrival = table.arrivals[entry.row] }
        observe(entry)
    }

    /// Time between two samples by the sensor's own clock, s; by its nominal rate where it has none,
    /// or one that contradicts the counter (it wrapped, or was set).
    private func deviceStep(
        _ entry: RowOrder.Entry, _ before: RowOrder.Entry, steps: Double
    ) -> Double {
        guard !table.deviceTimes.isEmpty else { return steps * period }
        let step = table.deviceTimes[entry.row] - table.deviceTimes[before.row]
        if table.counters.isEmpty {
            return step > 0 && step < 3600 ? step : period
        }
        let nominal = steps * period
        return step > 0.5 * nominal && step < 1.6 * nominal ? step : nominal
    }

    private mutating func observe(_ entry: RowOrder.Entry) {
        guard !table.arrivals.isEmpty else { return }
        line.add(device: device, arrival: table.arrivals[entry.row] - firstArrival)
    }

    /// Samples that must be missing before this one where only arrivals can tell.
    private mutating func missingSamples(_ entry: RowOrder.Entry) -> Double {
        guard table.counters.isEmpty, table.deviceTimes.isEmpty, !table.arrivals.isEmpty else {
            return 0
        }
        let arrival = table.arrivals[entry.row] - firstArrival
        let late = arrival - device * (1 + line.slope) - line.intercept
        let excess = stall.take(late: late, elapsed: period)
        guard excess > 0 else { return 0 }
        let missing = (excess / period).rounded()
        device += missing * period
        devicePeriods += missing
        return missing
    }
}
