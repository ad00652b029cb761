// Runs the tilt filter over a recording, without daemon, clock or thread.

package import Estimation
package import Kinematics

/// The tilt of a recorded sensor, sample by sample, as the daemon would have had it.
package enum OfflineEstimation {
    /// Sample rates that can be estimated from, Hz: below one a second the filter would start again
    /// at every sample; above 4000 no wearable's inertial sensor goes.
    package static let sampleRates = 1.0...4000.0

    /// The samples of a table at an even rate (Hz, within `sampleRates`).
    package static func samples(_ table: SensorTable, rate: Double) -> [ImuSample] {
        let period = 1 / rate
        return table.readings.enumerated().map { index, reading in
            ImuSample(
                interval: index == 0 ? 0 : period, angularRate: reading.angularRate,
                specificForce: reading.specificForce)
        }
    }

    /// One estimate a sample.
    package static func estimates(_ table: SensorTable, rate: Double) -> [TiltEstimate] {
        var filter = TiltFilter(samplePeriod: 1 / rate)
        return samples(table, rate: rate).map { filter.step($0) }
    }

    /// The whole of `rehabctl estimate`: the text for a recording's bytes.
    package static func run(
        _ bytes: Span<UInt8>, file: String, rate: Double, format: EstimateWriter.Format
    ) throws(SensorTableError) -> [UInt8] {
        let table = try SensorTable(parsing: bytes, file: file)
        var writer = EstimateWriter(format: format, expecting: table.readings.count)
        for estimate in estimates(table, rate: rate) { writer.append(estimate) }
        return writer.bytes
    }
}
