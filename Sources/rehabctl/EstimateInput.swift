// What `rehabctl estimate` takes besides a recording: vectors on the command line, turn-rounds.

import ArgumentParser
import Foundation
import Kinematics
import SensorTable

enum EstimateInput {
    /// Three numbers with commas between, m/s².
    static func vector(_ text: String) throws -> Vector3 {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { Double($0.trimmingCharacters(in: .whitespaces)) }
        // A bias of more than half of gravity is a mistaken unit or a broken sensor.
        guard parts.count == 3, let x = parts[0], let y = parts[1], let z = parts[2],
            [x, y, z].allSatisfy({ $0.magnitude <= 5 })
        else {
            throw ValidationError(
                "--accel-bias \(text) is not three numbers of up to 5 m/s²; write it as "
                    + "--accel-bias 0.12,-0.05,0.30.")
        }
        return Vector3(x, y, z)
    }

    /// The accelerometer's biases from two recordings, as JSON.
    static func turnRound(
        stand: String, turned: String, rate: Double
    ) throws(SensorTableError) -> [UInt8] {
        let first = try TableFile.read(stand)
        let second = try TableFile.read(turned)
        return OfflineEstimation.turnRoundText(
            try OfflineEstimation.turnRound(
                stand: try SensorTable(parsing: first.span, file: stand),
                turned: try SensorTable(parsing: second.span, file: turned), rate: rate,
                file: turned))
    }
}
