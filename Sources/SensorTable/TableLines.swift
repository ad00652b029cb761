// Cuts a CSV text into lines and fields, and makes sense of its header.

/// A line without its end: the bytes from `start` up to `end`.
struct Line {
    /// From 1, as editors count.
    var number: Int
    var start: Int
    var end: Int
}

/// Hands out the lines of a text one by one.
struct LineReader {
    // The text itself is passed to each call: a Span cannot be kept in a struct that escapes.
    private var position = 0
    private var number = 0
    /// Where the text ends, empty lines at its end left out.
    private let end: Int

    init(_ bytes: Span<UInt8>) {
        var end = bytes.count
        while end > 0, isLineEnd(bytes[end - 1]) || isBlank(bytes[end - 1]) { end -= 1 }
        self.end = end
        // The byte order mark that some programs put before UTF-8.
        if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    }

    /// The next line; `bytes` must be those the reader was made for.
    mutating func next(_ bytes: Span<UInt8>) -> Line? {
        guard position < end else { return nil }
        let start = position
        var stop = start
        while stop < end, bytes[stop] != UInt8(ascii: "\n") { stop += 1 }
        position = stop + 1
        number += 1
        if stop > start, bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
        return Line(number: number, start: start, end: stop)
    }
}

/// What each column of a table is for.
struct Header {
    /// The columns that are read: those a table must have, then those it may have.
    static let known = SensorTable.columns + SensorTable.optionalColumns

    /// For each column its place in `known`, nil for those that are not read.
    private(set) var roles: [Int?] = []
    /// The columns' names, shortened for showing.
    private var names: [String] = []

    /// Reads the header line; throws where one of `SensorTable.columns` is missing or named twice.
    init(_ bytes: Span<UInt8>, _ line: Line, file: String) throws(SensorTableError) {
        var start = line.start
        while true {
            let end = fieldEnd(bytes, from: start, to: line.end)
            let name = excerpt(bytes, from: start, to: end)
            let role = Header.known.firstIndex(of: name)
            if let role, roles.contains(role) {
                throw SensorTableError(
                    .header, file: file, line: line.number, column: name,
                    message: "the header names this column twice",
                    cure: "rename the one that is not meant")
            }
            roles.append(role)
            names.append(name)
            if end == line.end { break }
            start = end + 1
        }
        let missing = SensorTable.columns.indices.filter { !roles.contains($0) }
        guard missing.isEmpty else {
            let missingNames = missing.map { SensorTable.columns[$0] }.joined(separator: " ")
            let shown = names.prefix(12).joined(separator: ",")
            throw SensorTableError(
                .header, file: file, line: line.number, column: missingNames,
                message: "not in the header, which is \"\(shown)\"",
                cure: "the first line must name, separated by commas, gx gy gz (rad/s) "
                    + "and ax ay az (m/s²)")
        }
    }

    /// The error for a row of so many fields: it names the first column without one, or the number
    /// of the first field without a column.
    func ragged(file: String, line: Int, fields: Int) -> SensorTableError {
        let column = fields < names.count ? names[fields] : "\(fields)"
        let message =
            fields < names.count
            ? "the row ends before it, after \(fields) of \(names.count) fields"
            : "the row has more fields than the header's \(names.count)"
        return SensorTableError(
            .ragged, file: file, line: line, column: column, message: message,
            cure: "give every row the fields that the header names, separated by commas")
    }
}

/// Where the field that begins at `start` ends: at a comma, or at the end of the line.
func fieldEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
    var position = start
    while position < end, bytes[position] != UInt8(ascii: ",") { position += 1 }
    return position
}

/// A field as text to show: at most 24 characters, without blanks and quotes around it and without
/// anything that a terminal could take for a command.
func excerpt(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> String {
    var first = start
    var last = end
    while first < last, isBlank(bytes[first]) { first += 1 }
    while last > first, isBlank(bytes[last - 1]) { last -= 1 }
    let quote = UInt8(ascii: "\"")
    if last - first >= 2, bytes[first] == quote, bytes[last - 1] == quote {
        first += 1
        last -= 1
    }
    var text = ""
    for index in first..<min(last, first + 24) {
        let byte = bytes[index]
        text.unicodeScalars.append(byte >= 0x20 && byte < 0x7F ? Unicode.Scalar(byte) : "?")
    }
    return last - first > 24 ? text + "..." : text
}

/// True for both characters that lines can end with.
private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
}
