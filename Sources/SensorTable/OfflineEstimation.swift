// Runs the tilt filter over a recording, without daemon, clock or thread.

package import Estimation
package import Kinematics

/// How a recording is to be read.
package struct EstimationOptions: Sendable {
    /// Samples a second, nominal, Hz.
    package var rate: Double
    /// Largest rate that the gyroscope reads, deg/s; nil where it is to be seen.
    package var gyroscopeRangeDegrees: Double?
    /// Largest force that the accelerometer reads, g; nil where it is to be seen.
    package var accelerometerRangeGravities: Double?
    /// What the accelerometer reads too much, m/s², sensor frame.
    package var accelerometerBias = Vector3.zero

    package init(rate: Double) { self.rate = rate }

    /// The filter's settings with these.
    var parameters: TiltParameters {
        var parameters = TiltParameters()
        parameters.gyroscopeRange = (gyroscopeRangeDegrees ?? 0) * radiansPerDegree
        parameters.accelerometerRange = (accelerometerRangeGravities ?? 0) * standardGravity
        parameters.accelerometerBias = accelerometerBias
        return parameters
    }
}

/// One sensor's recording with its estimates.
package struct EstimatedTable: Sendable {
    /// One sample and what the filter made of it.
    package struct Row: Sendable {
        /// s since the first sample.
        package var time: Double
        package var sample: ImuSample
        package var worldFromSensor: Rotation
        /// One standard deviation of inclination, rad.
        package var sigma: Double
        package var isUnknown: Bool
        package var isSaturated: Bool
    }

    package var rows: [Row]
    package var summary: EstimationSummary
    /// Host time of the first sample, s; nil where no arrivals tell.
    package var hostStart: Double?
}

/// The tilt of a recorded sensor, sample by sample, as the daemon would have had it.
package enum OfflineEstimation {
    /// Sample rates that can be estimated from, Hz: below one a second the filter would start again
    /// at every sample; above 4000 no wearable's inertial sensor goes.
    package static let sampleRates = 1.0...4000.0

    /// The samples of a table at an even rate (Hz, within `sampleRates`), row by row, whatever else
    /// the table says.
    package static func samples(_ table: SensorTable, rate: Double) -> [ImuSample] {
        let period = 1 / rate
        return table.readings.enumerated().map { index, reading in
            ImuSample(
                interval: index == 0 ? 0 : period, angularRate: reading.angularRate,
                specificForce: reading.specificForce)
        }
    }

    /// One estimate a row, at an even rate.
    package static func estimates(_ table: SensorTable, rate: Double) -> [TiltEstimate] {
        var filter = TiltFilter(samplePeriod: 1 / rate)
        return samples(table, rate: rate).map { filter.step($0) }
    }

    /// One estimate for each sample of a table, in order and in time.
    package static func trace(
        _ table: SensorTable, rate: Double, file: String
    ) throws(SensorTableError) -> (rows: [(TimedRow, TiltEstimate)], rateHertz: Double) {
        let timing = try TableTiming(table, rate: rate, file: file)
        var filter = TiltFilter(samplePeriod: 1 / rate)
        return (timing.rows.map { ($0, filter.step($0.sample)) }, timing.rateHertz)
    }

    /// The whole of `rehabctl estimate`: the text and the summary for a recording's bytes.
    package static func run(
        _ bytes: Span<UInt8>, file: String, options: EstimationOptions,
        format: EstimateWriter.Format
    ) throws(SensorTableError) -> (text: [UInt8], summary: EstimationSummary) {
        let table = try SensorTable(parsing: bytes, file: file)
        let timing = try TableTiming(table, rate: options.rate, file: file)
        var writer = EstimateWriter(format: format, expecting: timing.rows.count)
        let summary = walk(timing, options: options) { row, estimate in
            writer.append(estimate, number: row.number, time: row.time)
        }
        return (writer.bytes, summary)
    }

    /// A recording of one of several sensors: every estimate, and when its clock began.
    package static func trace(
        _ bytes: Span<UInt8>, file: String, options: EstimationOptions
    ) throws(SensorTableError) -> EstimatedTable {
        let table = try SensorTable(parsing: bytes, file: file)
        let timing = try TableTiming(table, rate: options.rate, file: file)
        var rows: [EstimatedTable.Row] = []
        rows.reserveCapacity(timing.rows.count)
        let summary = walk(timing, options: options) { row, estimate in
            rows.append(
                EstimatedTable.Row(
                    time: row.time, sample: row.sample, worldFromSensor: estimate.worldFromSensor,
                    sigma: estimate.sigma, isUnknown: estimate.flags.has(.unknown),
                    isSaturated: estimate.flags.has(.saturated)))
        }
        return EstimatedTable(rows: rows, summary: summary, hostStart: timing.hostStart)
    }

    /// Steps a filter through the samples; `each` gets every one with its estimate.
    private static func walk(
        _ timing: TableTiming, options: EstimationOptions, each: (TimedRow, TiltEstimate) -> Void
    ) -> EstimationSummary {
        var filter = TiltFilter(samplePeriod: 1 / options.rate, parameters: options.parameters)
        var summary = EstimationSummary()
        for row in timing.rows {
            let estimate = filter.step(row.sample)
            each(row, estimate)
            if estimate.flags.has(.saturated) { summary.saturated += 1 }
            if estimate.flags.has(.unknown) { summary.unknown += 1 }
            summary.gyroscopeBiasDegrees = estimate.gyroscopeBias * degreesPerRadian
        }
        summary.rateHertz = timing.rateHertz
        summary.nominalRateHertz = options.rate
        summary.rows = timing.rows.count
        summary.seconds = timing.rows.last?.time ?? 0
        summary.gaps = timing.gaps
        summary.lost = timing.lost
        summary.longestGap = timing.longestGap
        summary.duplicates = timing.duplicates
        summary.reordered = timing.reordered
        summary.tooLate = timing.tooLate
        summary.restarts = timing.restarts
        summary.hasRested = filter.restingForce > 0
        summary.accelerometerNorm =
            summary.hasRested
            ? filter.restingForce
            : calmestForce(timing, seconds: 1, bias: options.accelerometerBias)
        return summary
    }

    /// What the accelerometer reads too much, from a recording of standing and one that goes on from
    /// it with the turn and the second stand.
    package static func turnRound(
        stand: SensorTable, turned: SensorTable, rate: Double, file: String
    ) throws(SensorTableError) -> TurnRoundResult {
        var samples = try TableTiming(stand, rate: rate, file: file).rows.map(\.sample)
        for row in try TableTiming(turned, rate: rate, file: file).rows {
            var sample = row.sample
            if sample.interval <= 0 { sample.interval = 1 / rate }
            samples.append(sample)
        }
        do throws(TurnRoundProblem) {
            return try turnRoundBias(samples)
        } catch {
            throw turnRoundError(error, file: file)
        }
    }

    /// The same as one JSON object.
    package static func turnRoundText(_ result: TurnRoundResult) -> [UInt8] {
        let bias = result.accelerometerBias
        let values = [bias.x, bias.y, bias.z].map { text($0, 4) }
        let members = [
            ("accel_bias", "[" + values.joined(separator: ", ") + "]"),
            ("unit", "\"m/s^2\""), ("sigma", text(result.sigma, 4)),
            ("turn_deg", text(result.turn * degreesPerRadian, 1)),
            ("stand_s", "[\(text(result.stands.first, 2)), \(text(result.stands.second, 2))]"),
            ("option", "\"--accel-bias \(values.joined(separator: ","))\""),
        ]
        let lines = members.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n")
        return Array("{\n\(lines)\n}\n".utf8)
    }

    private static func turnRoundError(
        _ problem: TurnRoundProblem, file: String
    ) -> SensorTableError {
        let message =
            switch problem {
            case .noFirstStand: "there is no second of standing still"
            case .noSecondStand: "there is no second stand after the first"
            case .turnTooSmall(let angle):
                "the sensor turned by \(text(angle * degreesPerRadian, 0)) degrees between the stands"
            }
        return SensorTableError(
            .turnRound, file: file, message: message,
            cure:
                "record without a pause: stand still for 3 s, turn half round, stand still again; "
                + "the turn may be in either file")
    }

    /// Length of the mean specific force over the calmest stretch, for a sensor never at rest.
    private static func calmestForce(
        _ timing: TableTiming, seconds: Double, bias: Vector3
    ) -> Double? {
        let rows = timing.rows
        guard let last = rows.last, last.time > seconds else { return nil }
        var best: (spread: Double, norm: Double)?
        var start = 0
        var end = 0
        while end < rows.count {
            while end < rows.count, rows[end].time - rows[start].time < seconds { end += 1 }
            guard end < rows.count else { break }
            let part = rows[start..<end]
            let scale = 1 / Double(part.count)
            let mean = part.reduce(Vector3.zero) { $0 + ($1.sample.specificForce - bias) } * scale
            let square = part.reduce(0) {
                $0 + ($1.sample.specificForce - bias - mean).squaredNorm
            }
            if square * scale < best?.spread ?? .infinity { best = (square * scale, mean.norm) }
            start += max(1, part.count / 2)
            end = max(end, start)
        }
        return best?.norm
    }
}
