// What a whole recording showed, as JSON: rate, bias, the accelerometer's truth, trouble on the way.

import Estimation
package import Kinematics

/// The summary of one estimation.
package struct EstimationSummary: Sendable {
    package var rateHertz = 0.0
    package var nominalRateHertz = 0.0
    /// deg/s, sensor frame, as known at the end.
    package var gyroscopeBiasDegrees = Vector3.zero
    /// Length of the mean specific force at rest, m/s²; nil without one.
    package var accelerometerNorm: Double?
    /// Whether the sensor was ever at rest.
    package var hasRested = false
    package var rows = 0
    package var seconds = 0.0
    package var saturated = 0
    package var unknown = 0
    package var gaps = 0
    package var lost = 0
    package var longestGap = 0.0
    package var duplicates = 0
    package var reordered = 0
    package var tooLate = 0
    package var restarts = 0

    /// Relative distance of the norm from standard gravity from which it is reported: half of it is
    /// the largest difference of gravity between places, and no sensor's noise is as large.
    private static let normLimit = 0.015
    private static let rateLimit = 0.001

    /// What the reader should know, a sentence each.
    package var warnings: [String] {
        var warnings: [String] = []
        if let norm = accelerometerNorm {
            let off = norm / standardGravity - 1
            if abs(off) >= EstimationSummary.normLimit {
                // An error in an arbitrary direction is √2 times as large across as along.
                let tilt = squareRoot(2) * abs(off) * degreesPerRadian
                warnings.append(
                    "the accelerometer reads \(text(norm, 3)) m/s² at rest, \(text(100 * off, 1)) % "
                        + "off: angles to the vertical may be off by about \(text(tilt, 1)) degrees; "
                        + "a turn-round (--stand, --turned) measures it")
            }
        }
        if !hasRested {
            warnings.append("the sensor was never at rest: the gyroscope's bias is less certain")
        }
        let clock = rateHertz / nominalRateHertz - 1
        if abs(clock) >= EstimationSummary.rateLimit {
            warnings.append(
                "the samples came at \(text(rateHertz, 3)) Hz, \(text(100 * clock, 2)) % off the rate "
                    + "given")
        }
        if saturated > 0 {
            warnings.append("\(saturated) samples were at the end of the sensor's range")
        }
        if lost > 0 {
            warnings.append(
                "\(lost) samples are missing in \(gaps) gaps, the longest \(text(longestGap, 2)) s")
        }
        if tooLate > 0 {
            warnings.append("\(tooLate) rows came too late for their place and were left out")
        }
        if restarts > 0 { warnings.append("the sensor restarted \(restarts) times") }
        if unknown > 0 { warnings.append("for \(unknown) samples the tilt is unknown") }
        return warnings
    }

    /// One JSON object, a member a line.
    package var json: [UInt8] {
        let bias = gyroscopeBiasDegrees
        let norm = accelerometerNorm.map { text($0, 4) } ?? "null"
        let members = [
            ("rate_hz", text(rateHertz, 5)), ("nominal_rate_hz", text(nominalRateHertz, 5)),
            ("gyro_bias_dps", "[\(text(bias.x, 4)), \(text(bias.y, 4)), \(text(bias.z, 4))]"),
            ("accel_norm", norm),
            ("warnings", "[" + warnings.map { "\"\($0)\"" }.joined(separator: ", ") + "]"),
            ("gaps", "\(gaps)"), ("saturated", "\(saturated)"), ("samples", "\(rows)"),
            ("duration_s", text(seconds, 4)), ("lost", "\(lost)"),
            ("longest_gap_s", text(longestGap, 4)), ("duplicates", "\(duplicates)"),
            ("reordered", "\(reordered)"), ("too_late", "\(tooLate)"),
            ("restarts", "\(restarts)"), ("unknown", "\(unknown)"),
        ]
        let lines = members.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n")
        return Array("{\n\(lines)\n}\n".utf8)
    }
}

/// A number with so many digits after the point.
func text(_ value: Double, _ decimals: Int) -> String {
    var bytes: [UInt8] = []
    appendDecimal(value, decimals: decimals, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}
