// The recordings with an optical reference, read independently of the code under test.

import Estimation
import Foundation
import Kinematics
import Testing

/// A trial of the BROAD benchmark with what a published filter scores on it.
struct BroadTrial: CustomTestStringConvertible, Sendable {
    let name: String
    /// Inclination RMSE of VQF in degrees, as printed in the data's README.
    let publishedDegrees: Double

    var testDescription: String { name }

    static let sampleRate = 2000.0 / 7

    static let all = [
        BroadTrial(name: "02_undisturbed_slow_rotation_B", publishedDegrees: 0.43),
        BroadTrial(name: "07_undisturbed_fast_rotation_B", publishedDegrees: 1.02),
        BroadTrial(name: "12_undisturbed_slow_translation_C", publishedDegrees: 0.25),
        BroadTrial(name: "16_undisturbed_fast_translation_B", publishedDegrees: 0.54),
        BroadTrial(name: "24_disturbed_tapping_A", publishedDegrees: 0.61),
        BroadTrial(name: "32_disturbed_attached_magnet_1cm", publishedDegrees: 0.56),
    ]

    private var file: URL {
        Self.folder.appending(path: "broad/\(name).csv")
    }

    /// `$REHABD_DATA`, else the folder beside the package's.
    private static var folder: URL {
        if let path = ProcessInfo.processInfo.environment["REHABD_DATA"] {
            return URL(filePath: path)
        }
        return URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized
    }

    static var areThere: Bool {
        all.allSatisfy { FileManager.default.isReadableFile(atPath: $0.file.path) }
    }

    /// The rows of the trial.
    func rows() throws -> [BroadRow] {
        let bytes = [UInt8](try Data(contentsOf: file))
        var rows: [BroadRow] = []
        var fields: [Double] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
            fields.removeAll(keepingCapacity: true)
            for field in line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            {
                fields.append(plainDecimal(field))
            }
            rows.append(try BroadRow(fields))
        }
        return rows
    }

    struct Malformed: Error {}
}

/// One row: gx gy gz ax ay az qw qx qy qz move.
struct BroadRow {
    let sample: ImuSample
    /// Sensor to earth, w x y z; NaN where the cameras lost the body.
    let reference: [Double]
    let isMovement: Bool

    init(_ fields: [Double]) throws {
        guard fields.count == 11 else { throw BroadTrial.Malformed() }
        sample = ImuSample(
            interval: 1 / BroadTrial.sampleRate,
            angularRate: Vector3(fields[0], fields[1], fields[2]),
            specificForce: Vector3(fields[3], fields[4], fields[5]))
        reference = Array(fields[6..<10])
        isMovement = fields[10] == 1
    }

    /// The angle between the estimated and the reference "up", both in the sensor frame, degrees;
    /// nil without a reference.
    ///
    /// Written from the data's README, with the C library's functions.
    func inclinationErrorDegrees(_ estimate: Rotation) -> Double? {
        let length = sqrt(reference.reduce(0) { $0 + $1 * $1 })
        guard length.isFinite else { return nil }
        let truth = upInSensor(reference.map { $0 / length })
        let guess = upInSensor([estimate.w, estimate.x, estimate.y, estimate.z])
        let cross = [
            truth[1] * guess[2] - truth[2] * guess[1],
            truth[2] * guess[0] - truth[0] * guess[2],
            truth[0] * guess[1] - truth[1] * guess[0],
        ]
        let sine = sqrt(cross.reduce(0) { $0 + $1 * $1 })
        let cosine = truth[0] * guess[0] + truth[1] * guess[1] + truth[2] * guess[2]
        return atan2(sine, cosine) * 180 / Double.pi
    }
}

/// Third row of the rotation matrix of a unit quaternion w x y z.
private func upInSensor(_ q: [Double]) -> [Double] {
    [
        2 * (q[1] * q[3] - q[0] * q[2]), 2 * (q[2] * q[3] + q[0] * q[1]),
        1 - 2 * (q[1] * q[1] + q[2] * q[2]),
    ]
}

/// A number such as -12.3456 (no exponent, at most 15 digits), NaN for an empty field.
private func plainDecimal(_ text: ArraySlice<UInt8>) -> Double {
    var units = 0.0
    var scale = 1.0
    var isBehindPoint = false
    for byte in text where byte != UInt8(ascii: "-") {
        if byte == UInt8(ascii: ".") {
            isBehindPoint = true
            continue
        }
        units = units * 10 + Double(byte) - 48
        if isBehindPoint { scale *= 10 }
    }
    guard !text.isEmpty else { return .nan }
    return text.first == UInt8(ascii: "-") ? -units / scale : units / scale
}
