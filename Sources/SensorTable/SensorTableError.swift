// What can go amiss with a table of sensor readings, told so that its owner can mend it.

/// A table that could not be read, or estimates that could not be written.
package struct SensorTableError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// The file is not there or not readable.
        case unreadable
        /// Nothing in it, or nothing but the header.
        case empty
        /// The header lacks a column, or names one twice.
        case header
        /// A row has more or fewer fields than the header.
        case ragged
        /// A field is no number, or not a finite one.
        case number
        /// The sample numbers go backwards.
        case order
        /// A turn-round without two stands and half a turn.
        case turnRound
        /// The result could not be written.
        case unwritable
    }

    package var kind: Kind
    /// As the user wrote it.
    package var file: String
    /// The line, from 1; nil where no line is to blame.
    package var line: Int?
    /// Name of the column; nil where none is to blame.
    package var column: String?
    /// What is there.
    package var message: String
    /// What to do about it.
    package var cure: String

    package init(
        _ kind: Kind, file: String, line: Int? = nil, column: String? = nil, message: String,
        cure: String
    ) {
        self.kind = kind
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.cure = cure
    }

    /// One line, such as `walk.csv, line 17, column ax: the field is empty; fill it in`.
    package var description: String {
        var place = file
        if let line { place += ", line \(line)" }
        if let column { place += ", column \(column)" }
        return "\(place): \(message); \(cure)"
    }
}
