// The samples that the filter is timed on: a real recording where one is at hand, else a synthetic one.

import Foundation
import Kinematics
import SensorTable
import Synthetic

/// Readings at an even rate.
struct Workload: Sendable {
    let name: String
    let rateHertz: Double
    let samples: [ImuSample]

    /// A trial with movement from its first third to its last; its rate is 2000/7 Hz (BROAD's description).
    private static let trial = "broad/16_undisturbed_fast_translation_B.csv"
    private static let trialRate = 2000.0 / 7

    /// The BROAD trial below `directory`, else the synthetic person, which the name says.
    static func load(from directory: String) throws -> Workload {
        let path = "\(directory)/\(trial)"
        guard FileManager.default.isReadableFile(atPath: path) else { return try synthetic() }
        let bytes = try TableFile.read(path)
        let table = try SensorTable(parsing: bytes.span, file: path)
        return Workload(
            name: "BROAD trial 16, \(table.readings.count) samples",
            rateHertz: trialRate, samples: OfflineEstimation.samples(table, rate: trialRate))
    }

    private static func synthetic() throws -> Workload {
        let rate = 100.0
        let run = try SyntheticRun(
            BenchPerson.script(sensors: 1, rateHertz: rate, stands: 30))
        let samples = run.tracks[0].readings.enumerated().map { index, reading in
            ImuSample(
                interval: index == 0 ? 0 : 1 / rate, angularRate: reading.angularRate,
                specificForce: reading.specificForce)
        }
        return Workload(
            name: "the synthetic person (no BROAD trial at hand), \(samples.count) samples",
            rateHertz: rate, samples: samples)
    }

    /// Rows of six doubles, rate then force, little-endian: what the peers read.
    var bytes: Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * 48)
        for sample in samples {
            let (rate, force) = (sample.angularRate, sample.specificForce)
            for value in [rate.x, rate.y, rate.z, force.x, force.y, force.z] {
                let pattern = value.bitPattern
                for shift in 0..<8 {
                    bytes.append(UInt8(truncatingIfNeeded: pattern >> UInt64(8 * shift)))
                }
            }
        }
        return Data(bytes)
    }
}
