// Reads the angular rates and specific forces out of a CSV recording.

package import Kinematics

/// One row of a recording: what a sensor read at one time.
package struct SensorReading: BitwiseCopyable, Equatable, Sendable {
    /// rad/s, sensor frame.
    package var angularRate: Vector3
    /// m/s², sensor frame.
    package var specificForce: Vector3

    package init(angularRate: Vector3, specificForce: Vector3) {
        self.angularRate = angularRate
        self.specificForce = specificForce
    }
}

/// The readings of one sensor, evenly spaced in time.
///
/// The first line names the columns. Those named `gx gy gz` (rad/s) and `ax ay az` (m/s²) are read,
/// in any order; others may hold anything, except a comma. Lines end with LF or CRLF, the last one
/// need not end; empty lines at the end are ignored.
package struct SensorTable: Equatable, Sendable {
    /// The columns read, in the order of a reading's six numbers.
    package static let columns = ["gx", "gy", "gz", "ax", "ay", "az"]

    package private(set) var readings: [SensorReading] = []

    /// Reads a whole file's bytes, of any content, without a trap.
    ///
    /// - Parameter file: the file's name as it is to stand in errors.
    package init(parsing bytes: Span<UInt8>, file: String) throws(SensorTableError) {
        var lines = LineReader(bytes)
        guard let first = lines.next(bytes) else {
            throw SensorTableError(
                .empty, file: file, message: "the file is empty",
                cure: "give a CSV file whose first line names the columns gx,gy,gz,ax,ay,az")
        }
        let header = try Header(bytes, first, file: file)
        // A row of this kind of table is seldom shorter than 40 bytes.
        readings.reserveCapacity(bytes.count / 40)
        while let line = lines.next(bytes) {
            readings.append(try Self.reading(bytes, line, header, file: file))
        }
        guard !readings.isEmpty else {
            throw SensorTableError(
                .empty, file: file, line: 1, message: "there is no row below the header",
                cure: "give a recording with at least one sample")
        }
    }

    /// The six numbers of one line; fields of other columns are counted and passed over.
    private static func reading(
        _ bytes: Span<UInt8>, _ line: Line, _ header: Header, file: String
    ) throws(SensorTableError) -> SensorReading {
        var reading = SensorReading(angularRate: .zero, specificForce: .zero)
        var column = 0
        var start = line.start
        while true {
            let end = fieldEnd(bytes, from: start, to: line.end)
            guard column < header.roles.count else {
                throw header.ragged(file: file, line: line.number, fields: column + 1)
            }
            if let role = header.roles[column] {
                do throws(DecimalProblem) {
                    reading.set(role, try parseDecimal(bytes, from: start, to: end))
                } catch {
                    throw numberError(
                        error, text: excerpt(bytes, from: start, to: end), file: file,
                        line: line.number, column: columns[role])
                }
            }
            column += 1
            if end == line.end { break }
            start = end + 1
        }
        guard column == header.roles.count else {
            throw header.ragged(file: file, line: line.number, fields: column)
        }
        return reading
    }

    /// What is the matter with a field, and what to do about it.
    private static func numberError(
        _ problem: DecimalProblem, text: String, file: String, line: Int, column: String
    ) -> SensorTableError {
        let message =
            switch problem {
            case .empty: "the field is empty"
            case .notANumber: "\"\(text)\" is not a number"
            case .notFinite: "\"\(text)\" is not a finite number"
            }
        let cure =
            switch problem {
            case .notANumber: "write it as a decimal, for example -9.81"
            // Rows are evenly spaced in time: taking one out would shift all after it.
            case .empty, .notFinite: "fill it in, for example with the mean of the rows around it"
            }
        return SensorTableError(
            .number, file: file, line: line, column: column, message: message, cure: cure)
    }
}

extension SensorReading {
    /// Sets the reading of the column at this place in `SensorTable.columns`.
    fileprivate mutating func set(_ role: Int, _ value: Double) {
        switch role {
        case 0: angularRate.x = value
        case 1: angularRate.y = value
        case 2: angularRate.z = value
        case 3: specificForce.x = value
        case 4: specificForce.y = value
        default: specificForce.z = value
        }
    }
}
