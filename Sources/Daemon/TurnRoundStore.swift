// What accelerometers read too much, on disk: one small JSON file a sensor, beside its calibration.

import Control
import FoundationEssentials
import Kinematics
import Pipeline
import Plumbing

/// A turn-round as it is kept.
///
/// It belongs to the sensor, wherever that is worn, so it is not part of a segment's calibration.
struct StoredTurnRound: Codable, Sendable, Equatable {
    /// Breaking changes only.
    var version = 1
    var sensor: String
    /// UTC, ISO 8601.
    var date: String
    /// m/s², sensor axes.
    var accelerometerBias: [Double]
    /// m/s².
    var sigma: Double
    /// rad.
    var turn: Double

    private enum CodingKeys: String, CodingKey {
        case version, sensor, date
        case accelerometerBias = "accelerometer_bias_m_s2"
        case sigma = "sigma_m_s2"
        case turn = "turn_rad"
    }

    /// The bias for the estimator; nil where the numbers are none.
    var bias: Vector3? {
        guard accelerometerBias.count == 3, sigma.isFinite, turn.isFinite,
            accelerometerBias.allSatisfy({ $0.magnitude <= largestAccelerometerBias })
        else { return nil }
        return Vector3(accelerometerBias[0], accelerometerBias[1], accelerometerBias[2])
    }

    /// The turn-round for clients.
    var told: Rehab1.TurnRound {
        let size = (bias ?? .zero).norm
        return Rehab1.TurnRound(
            date: date, accelerometerBias: accelerometerBias, sigma: sigma,
            turnDegrees: turn * degreesPerRadian,
            tiltDegrees: arctangent(y: size, x: standardGravity) * degreesPerRadian)
    }
}

extension CalibrationStore {
    /// What became of a look-up.
    enum FoundTurnRound: Sendable {
        case none
        case turnRound(StoredTurnRound)
        /// The file is there and cannot be used; a sentence with the cure.
        case unusable(String)
    }

    /// In a directory of its own: sensors' names may hold dots, but no slash.
    private var turnRounds: String { "\(directory)/turn-round" }

    private func turnRoundPath(_ sensor: String) -> String { "\(turnRounds)/\(sensor).json" }

    func findTurnRound(sensor: String) -> FoundTurnRound {
        let path = turnRoundPath(sensor)
        guard FileStore.attributes(path) != nil else { return .none }
        let cure = "measure it again with: rehabctl calibrate --turn-round"
        let bytes: [UInt8]
        do throws(PlumbingError) {
            switch try StateFile.first.read(path, limit: 64 * 1024) {
            case .present(let present, _): bytes = present
            // Its version, or what is amiss, is said below.
            case .newer, .unreadable: bytes = try FileStore.read(path, limit: 64 * 1024)
            }
        } catch {
            return .unusable("\(path) cannot be read (\(error.reason)): \(cure)")
        }
        guard let stored = try? JSONDecoder().decode(StoredTurnRound.self, from: Data(bytes)) else {
            return .unusable("\(path) is no turn-round file: \(cure)")
        }
        guard stored.version == 1 else {
            return .unusable(
                "\(path) is of version \(stored.version), which a newer rehabd wrote: update rehabd, "
                    + "or \(cure)")
        }
        guard stored.bias != nil else {
            return .unusable(
                "\(path) holds numbers that are no bias (field \"accelerometer_bias_m_s2\"): \(cure)"
            )
        }
        return .turnRound(stored)
    }

    func save(_ turnRound: StoredTurnRound) throws(PlumbingError) {
        try FileStore.makeDirectory(turnRounds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let path = turnRoundPath(turnRound.sensor)
        guard let data = try? encoder.encode(turnRound) else {
            throw PlumbingError("write \(path)", code: 22)
        }
        try FileStore.replace(path, with: Array(data) + [10])
    }
}
