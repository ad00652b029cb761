// Opens a TOML text and reads it field by field, noticing what nobody asked for.

import TOMLKit

/// A parsed TOML text.
///
/// The parser is toml++ through TOMLKit; this adds typed fields with ranges, positions, and
/// complaints about unknown fields.
package struct TomlDocument {
    package let root: TomlSection

    /// Largest text accepted, bytes: files people write are far smaller.
    package static let limit = 256 * 1024

    /// Parses `text`; `file` is what errors call it.
    package init(text: String, file: String) throws(TomlError) {
        guard text.utf8.count <= TomlDocument.limit else {
            throw TomlError(
                file: file, line: nil, field: nil,
                message: "the file is longer than \(TomlDocument.limit / 1024) KiB; split it")
        }
        // toml++ reads a C string, so a NUL byte would silently end the file there.
        guard !text.utf8.contains(0) else {
            throw TomlError(
                file: file, line: nil, field: nil, message: "the file holds a NUL byte; remove it")
        }
        if let hazard = TomlGuard.hazard(in: text) {
            throw TomlError(
                file: file, line: hazard.line, field: nil,
                message: "not valid TOML: \(hazard.problem)")
        }
        do {
            let table = try TOMLTable(string: text)
            root = TomlSection(
                table: table, path: "", context: TomlContext(file: file, lines: LineIndex(text)))
        } catch let error as TOMLParseError {
            throw TomlError(
                file: file, line: error.source.begin.line, field: nil,
                message: "not valid TOML: \(error.description)")
        } catch {
            throw TomlError(file: file, line: nil, field: nil, message: "not valid TOML: \(error)")
        }
    }
}

/// What every section of a document shares.
final class TomlContext {
    let file: String
    let lines: LineIndex

    init(file: String, lines: LineIndex) {
        self.file = file
        self.lines = lines
    }
}
