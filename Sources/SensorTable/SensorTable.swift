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

/// The readings of one sensor, in the order in which they were received.
///
/// The first line names the columns. Those named `gx gy gz` (rad/s) and `ax ay az` (m/s²) are read,
/// in any order, and `n` (the sensor's counter), `arrival_s` and `t_device_s` where they are there;
/// others may hold anything, except a comma. Lines end with LF or CRLF, the last one
/// need not end; empty lines at the end are ignored.
package struct SensorTable: Equatable, Sendable {
    /// The columns read, in the order of a reading's six numbers.
    package static let columns = ["gx", "gy", "gz", "ax", "ay", "az"]
    /// Those that a table may have besides: the sample's number, when its packet arrived (host
    /// clock, s) and when the sensor says it was taken (its own clock, s).
    package static let optionalColumns = ["n", "arrival_s", "t_device_s"]

    package private(set) var readings: [SensorReading] = []
    /// A number a row where the table has the column, else empty.
    package private(set) var counters: [Int64] = []
    package private(set) var arrivals: [Double] = []
    package private(set) var deviceTimes: [Double] = []

    /// The line of a row, as editors count.
    package func line(ofRow row: Int) -> Int { row + 2 }

    /// A table made elsewhere; `counters` and `arrivals` are empty or as many as the readings.
    package init(readings: [SensorReading], counters: [Int64] = [], arrivals: [Double] = []) {
        precondition(counters.isEmpty || counters.count == readings.count)
        precondition(arrivals.isEmpty || arrivals.count == readings.count)
        self.readings = readings
        self.counters = counters
        self.arrivals = arrivals
    }

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
            try append(bytes, line, header, file: file)
        }
        guard !readings.isEmpty else {
            throw SensorTableError(
                .empty, file: file, line: 1, message: "there is no row below the header",
                cure: "give a recording with at least one sample")
        }
    }

    /// Takes the numbers of one line; fields of other columns are counted and passed over.
    private mutating func append(
        _ bytes: Span<UInt8>, _ line: Line, _ header: Header, file: String
    ) throws(SensorTableError) {
        var reading = SensorReading(angularRate: .zero, specificForce: .zero)
        var column = 0
        var start = line.start
        while true {
            let end = fieldEnd(bytes, from: start, to: line.end)
            guard column < header.roles.count else {
                throw header.ragged(file: file, line: line.number, fields: column + 1)
            }
            if let role = header.roles[column] {
                let value: Double
                do throws(DecimalProblem) {
                    value = try parseDecimal(bytes, from: start, to: end)
                } catch {
                    throw Self.numberError(
                        error, text: excerpt(bytes, from: start, to: end), file: file,
                        line: line.number, column: Header.known[role])
                }
                switch role {
                case 6: counters.append(try Self.counter(value, file: file, line: line.number))
                case 7: arrivals.append(try Self.time(value, role, file: file, line: line.number))
                case 8:
                    deviceTimes.append(try Self.time(value, role, file: file, line: line.number))
                default: reading.set(role, value)
                }
            }
            column += 1
            if end == line.end { break }
            start = end + 1
        }
        guard column == header.roles.count else {
            throw header.ragged(file: file, line: line.number, fields: column)
        }
        readings.append(reading)
    }

    /// A counter's value: a whole number that a Double holds exactly.
    private static func counter(
        _ value: Double, file: String, line: Int
    ) throws(SensorTableError) -> Int64 {
        guard value >= 0, value <= 9e15, value == value.rounded() else {
            throw SensorTableError(
                .number, file: file, line: line, column: "n",
                message: "\(value) is no sample number",
                cure: "give whole numbers from 0 that rise by one with every sample taken")
        }
        return Int64(value)
    }

    /// A time of either clock, s: within 30 years of zero, or a difference would lose its
    /// milliseconds.
    private static func time(
        _ value: Double, _ role: Int, file: String, line: Int
    ) throws(SensorTableError) -> Double {
        guard value.magnitude < 1e10 else {
            throw SensorTableError(
                .number, file: file, line: line, column: Header.known[role],
                message: "\(value) s is no time of a clock", cure: "give it in seconds")
        }
        return value
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
