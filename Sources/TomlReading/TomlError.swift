// What was not right in a TOML file: which file, which line, which field, and the cure.

/// A fault of a TOML file, said so that a person can mend it.
package struct TomlError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file as the user named it.
    package let file: String
    /// 1-based, where known.
    package let line: Int?
    /// The field with its section: "rule[2].on".
    package let field: String?
    /// What is not right and what is wanted.
    package let message: String

    package init(file: String, line: Int?, field: String?, message: String) {
        self.file = file
        self.line = line
        self.field = field
        self.message = message
    }

    package var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let field { place += ": \(field)" }
        return "\(place): \(message)"
    }
}
