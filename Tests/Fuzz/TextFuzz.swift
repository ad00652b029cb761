// Commands as lines of text, and tables of readings.

import Estimation
import Kinematics
import Movement
import Pipeline
import SensorTable

/// Input: command lines as recordings hold them; a few samples follow each.
enum CommandFuzz {
    static func run(_ bytes: [UInt8]) {
        var estimator = Estimator()
        var frame = MotionFrame()
        var sequence: UInt64 = 0
        for line in bytes.split(separator: 10).prefix(64) {
            guard let action = EstimatorAction(text: String(decoding: line, as: UTF8.self)) else {
                continue
            }
            let text = action.text
            promise(!text.utf8.contains(10), "a command of two lines")
            promise(EstimatorAction(text: text)?.text == text, "a command changes: \(text)")
            estimator.apply(action)
            for _ in 0..<6 {
                sequence += 1
                let alert = estimator.step(sample(sequence), frame: &frame)
                FrameChecks.check(frame, alert)
                promise(frame.sequence == sequence, "another frame")
            }
        }
    }

    /// A person who sways while standing: channels 0 to 2 in turn, 50 Hz each.
    private static func sample(_ sequence: UInt64) -> TaggedSample {
        let round = sequence / 3
        let angle = 0.15 * sineAndCosine(Double(round % 360) * 0.1).sine
        let force = sineAndCosine(angle)
        let time = Int64(round + 1) * 20_000_000
        return TaggedSample(
            sequence: sequence, channel: UInt8(sequence % 3), arrival: time + 5_000_000,
            sample: ImuSample(
                hostTime: time, interval: round == 0 ? 0 : 0.02,
                angularRate: Vector3(0.1 * force.cosine, 0, 0),
                specificForce: Vector3(
                    0, standardGravity * force.cosine, standardGravity * force.sine)))
    }
}

/// Input: a CSV table.
enum SensorTableFuzz {
    static func run(_ bytes: [UInt8]) {
        do throws(SensorTableError) {
            check(try SensorTable(parsing: bytes.span, file: "fuzz.csv"), bytes)
        } catch {
            promise(error.description.hasPrefix("fuzz.csv"), "an error without its file")
            promise(!error.cure.isEmpty, "an error without a cure")
        }
    }

    private static func check(_ table: SensorTable, _ bytes: [UInt8]) {
        promise(!table.readings.isEmpty, "an empty table was taken")
        for reading in table.readings {
            promise(reading.angularRate.isFinite && reading.specificForce.isFinite, "no number")
        }
        // Written by the standard library and read again, the same bits.
        var text = SensorTable.columns.joined(separator: ",") + "\n"
        for reading in table.readings {
            let (r, f) = (reading.angularRate, reading.specificForce)
            text += "\(r.x),\(r.y),\(r.z),\(f.x),\(f.y),\(f.z)\n"
        }
        let again = try? SensorTable(parsing: Array(text.utf8).span, file: "fuzz.csv")
        promise(again?.readings == table.readings, "the table changes")
        estimate(table, rate: Double(1 + bytes.count % 4000))
    }

    private static func estimate(_ table: SensorTable, rate: Double) {
        let estimates = OfflineEstimation.estimates(table, rate: rate)
        promise(estimates.count == table.readings.count, "an estimate a row")
        var writer = EstimateWriter(format: .csv)
        for estimate in estimates {
            let q = estimate.worldFromSensor
            let length = q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z
            promise(abs(length - 1) < 1e-6, "the orientation has the squared length \(length)")
            promise(estimate.sigma >= 0 && estimate.sigma <= 3.15, "sigma is \(estimate.sigma)")
            promise(estimate.gyroscopeBias.isFinite, "the bias is no number")
            writer.append(estimate)
        }
        promise(writer.bytes.count { $0 == 10 } == estimates.count + 1, "a line a row")
    }
}
