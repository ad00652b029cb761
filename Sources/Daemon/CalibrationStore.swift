// Calibrations on disk: one small JSON file a sensor, replaced as a whole.

import FoundationEssentials
import Kinematics
import Movement
import Plumbing

/// A calibration as it is kept.
struct StoredCalibration: Codable, Sendable, Equatable {
    /// Breaking changes only.
    var version = 1
    var sensor: String
    var segment: String
    /// UTC, ISO 8601.
    var date: String
    /// Segment from sensor: w, x, y, z.
    var alignment: [Double]
    /// rad, raw.
    var neutralObliquity: Double
    var neutralAnteriorTilt: Double
    /// m/s³.
    var calmJerk: Double
    /// rad.
    var standSigma: Double
    /// 0 to 1.
    var varianceExplained: Double
    /// |specific force| in the stand, m/s².
    var forceNorm: Double
    var signProof: String
    /// What was taken off the accelerometer when the neutral was measured, m/s², sensor axes; nil:
    /// nothing.
    var accelerometerBias: [Double]?

    private enum CodingKeys: String, CodingKey {
        case version, sensor, segment, date, alignment
        case accelerometerBias = "accelerometer_bias_m_s2"
        case neutralObliquity = "neutral_obliquity_rad"
        case neutralAnteriorTilt = "neutral_anterior_tilt_rad"
        case calmJerk = "calm_jerk_m_s3"
        case standSigma = "stand_sigma_rad"
        case varianceExplained = "axis_variance_explained"
        case forceNorm = "force_norm_m_s2"
        case signProof = "sign_proof"
    }

    /// The alignment for the estimator; nil where the numbers are not one.
    var sensorAlignment: SensorAlignment? {
        guard alignment.count == 4,
            (alignment + [neutralObliquity, neutralAnteriorTilt, calmJerk, standSigma]).allSatisfy(
                \.isFinite)
        else { return nil }
        let rotation = Rotation(w: alignment[0], x: alignment[1], y: alignment[2], z: alignment[3])
        let length = alignment.reduce(0) { $0 + $1 * $1 }
        guard abs(length - 1) < 1e-6 else { return nil }
        return SensorAlignment(
            segmentFromSensor: rotation,
            neutral: SegmentAngles(
                obliquity: neutralObliquity, anteriorTilt: neutralAnteriorTilt),
            calmJerk: calmJerk, standSigma: standSigma)
    }

    /// The same calibration for an accelerometer off which `bias` is taken.
    ///
    /// The neutral was read with another bias, which leaned it: gravity in the stand, less the
    /// difference, gives what the corrected sensor would have read. The axis of the bows came from
    /// the gyroscope and stays.
    func corrected(for bias: Vector3?) -> StoredCalibration {
        let old = accelerometerBias ?? []
        let before = old.count == 3 ? Vector3(old[0], old[1], old[2]) : .zero
        let change = (bias ?? .zero) - before
        guard change.isFinite, change.norm > 0, let present = sensorAlignment else { return self }
        let tilt = sineAndCosine(neutralAnteriorTilt)
        let lean = sineAndCosine(neutralObliquity)
        let up = Vector3(-tilt.sine * lean.cosine, tilt.cosine * lean.cosine, -lean.sine)
        let force = up * standardGravity - present.segmentFromSensor.apply(change)
        guard let corrected = force.normalized() else { return self }
        let angles = SegmentAngles(upInSegment: corrected)
        var result = self
        result.neutralObliquity = angles.obliquity
        result.neutralAnteriorTilt = angles.anteriorTilt
        result.accelerometerBias = bias.map { [$0.x, $0.y, $0.z] }
        return result
    }

    /// Remarks for the person (compensations 1.5: said once, and not explained by guessing).
    var notes: [String] {
        var notes: [String] = []
        if segment == Segment.pelvis.name, abs(neutralObliquity) * degreesPerRadian > 3 {
            notes.append(
                "The pelvis stands \(oneDecimal(neutralObliquity * degreesPerRadian)) degrees off "
                    + "level in the quiet stand. It may be a tilted sensor, a leg-length "
                    + "difference or a habit; the program cannot tell which.")
        }
        let gravity = GravityError(norm: forceNorm)
        if gravity.isNotable {
            notes.append("The accelerometer \(gravity.sentence). \(GravityError.cure)")
        }
        return notes
    }
}

/// Reads and writes calibrations.
///
/// Owned by the Supervisor.
struct CalibrationStore: Sendable {
    /// What became of a look-up.
    enum Found: Sendable {
        case none
        case calibration(StoredCalibration)
        /// The file is there and cannot be used; a sentence with the cure.
        case unusable(String)
    }

    let directory: String

    func path(of sensor: String) -> String { "\(directory)/\(sensor).json" }

    func find(sensor: String) -> Found {
        let path = path(of: sensor)
        guard FileStore.attributes(path) != nil else { return .none }
        let bytes: [UInt8]
        do throws(PlumbingError) {
            switch try StateFile.first.read(path, limit: 64 * 1024) {
            case .present(let present, _): bytes = present
            // Its version, or what is amiss, is said below.
            case .newer, .unreadable: bytes = try FileStore.read(path, limit: 64 * 1024)
            }
        } catch {
            return .unusable("\(path) cannot be read (\(error.reason)): calibrate again")
        }
        let stored: StoredCalibration
        do {
            stored = try JSONDecoder().decode(StoredCalibration.self, from: Data(bytes))
        } catch {
            return .unusable(
                "\(path) is no calibration file (\(describe(error))): calibrate again")
        }
        guard stored.version == 1 else {
            return .unusable(
                "\(path) is of version \(stored.version), which a newer rehabd wrote: update "
                    + "rehabd, or calibrate again")
        }
        guard stored.sensorAlignment != nil, Segment(name: stored.segment) != nil else {
            return .unusable(
                "\(path) holds numbers that are no alignment (field \"alignment\" or \"segment\"): "
                    + "calibrate again")
        }
        return .calibration(stored)
    }

    func save(_ calibration: StoredCalibration) throws(PlumbingError) {
        try FileStore.makeDirectory(directory)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let path = path(of: calibration.sensor)
        guard let data = try? encoder.encode(calibration) else {
            throw PlumbingError("write \(path)", code: 22)
        }
        try FileStore.replace(path, with: Array(data) + [10])
    }

    private func describe(_ error: any Error) -> String {
        guard let decoding = error as? DecodingError else { return "not JSON" }
        switch decoding {
        case .keyNotFound(let key, _): return "field \"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            return "field \"\(field)\" is of another type"
        default: return "not JSON"
        }
    }
}

/// A number with one decimal place.
func oneDecimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "unknown" }
    let tenths = Int((abs(value) * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
}
