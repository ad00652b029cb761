// Writes tilt estimates as text, a row each.

package import Estimation
import Kinematics

/// Collects rows of estimates as bytes, in one of two shapes.
package struct EstimateWriter: Sendable {
    /// How a row looks.
    package enum Format: Sendable {
        /// `n,t_s,qw,qx,qy,qz,sigma_deg,flags`, the flags' names joined by `|`, under a header.
        case csv
        /// The same as a JSON object a line, the flags as an array.
        case jsonLines
    }

    /// The text so far, UTF-8.
    package private(set) var bytes: [UInt8] = []
    private let format: Format

    /// - Parameter rows: how many rows will come, so that memory is asked for once.
    package init(format: Format, expecting rows: Int = 0) {
        self.format = format
        bytes.reserveCapacity(64 + max(rows, 0) * (format == .csv ? 96 : 160))
        if format == .csv { append("n,t_s,qw,qx,qy,qz,sigma_deg,flags\n") }
    }

    /// One row: the quaternion from sensor to earth with nine decimals, which is a ten-millionth of
    /// a degree, and sigma in degrees with four.
    ///
    /// - Parameters:
    ///   - number: the sample's, as the sensor counts.
    ///   - time: s since the first sample.
    package mutating func append(
        _ estimate: TiltEstimate, number: Int64 = 0, time: Double = 0
    ) {
        let rotation = estimate.worldFromSensor
        let sigmaDegrees = estimate.sigma * degreesPerRadian
        switch format {
        case .csv:
            append("\(number),")
            append(time, decimals: 6, then: ",")
            append(rotation.w, decimals: 9, then: ",")
            append(rotation.x, decimals: 9, then: ",")
            append(rotation.y, decimals: 9, then: ",")
            append(rotation.z, decimals: 9, then: ",")
            append(sigmaDegrees, decimals: 4, then: ",")
            if estimate.flags.rawValue != 0 {
                append(estimate.flags.names.joined(separator: "|"))
            }
            append("\n")
        case .jsonLines:
            append("{\"n\":\(number),\"t_s\":")
            append(time, decimals: 6, then: ",\"qw\":")
            append(rotation.w, decimals: 9, then: ",\"qx\":")
            append(rotation.x, decimals: 9, then: ",\"qy\":")
            append(rotation.y, decimals: 9, then: ",\"qz\":")
            append(rotation.z, decimals: 9, then: ",\"sigma_deg\":")
            append(sigmaDegrees, decimals: 4, then: ",\"flags\":[")
            append(estimate.flags.names.map { "\"\($0)\"" }.joined(separator: ","))
            append("]}\n")
        }
    }

    private mutating func append(_ value: Double, decimals: Int, then text: StaticString) {
        appendDecimal(value, decimals: decimals, to: &bytes)
        append("\(text)")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
