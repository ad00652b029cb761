// Lines for a terminal, broken between words and not inside them.

import FoundationEssentials
import Plumbing

/// Whether a picture can be drawn: a terminal that takes more than lines.
func terminalDraws() -> Bool {
    Terminal.outputIsTerminal && ProcessInfo.processInfo.environment["TERM"] != "dumb"
}

/// Columns of the terminal that is written to; nil into a pipe or a file, where lines stay whole.
func terminalWidth() -> Int? {
    Terminal.outputIsTerminal ? max(20, Terminal.size().columns) : nil
}

/// Columns of a table of many rows: those of the terminal, or of the usual one where nobody's is known.
func tableWidth() -> Int { terminalWidth() ?? 80 }

/// Prints lines, each broken between words where the terminal would break it anywhere.
func tell(_ lines: [String]) {
    let width = terminalWidth()
    for line in lines { wrapped(line, to: width).forEach { print($0) } }
}

/// A line as rows of at most `width` columns; what goes on stands in by two more than the line began.
///
/// A line with colour codes, and a word that is longer than a row, stay as they are.
func wrapped(_ line: String, to width: Int?) -> [String] {
    guard let width, line.count > width, !line.contains("\u{1B}") else { return [line] }
    let lead = line.prefix { $0 == " " }.count
    let hanging = String(repeating: " ", count: lead == 0 ? 0 : min(lead + 2, width / 2))
    var rows: [String] = []
    var row = String(repeating: " ", count: lead)
    var isEmpty = true
    // Several blanks between two columns of a table are kept where they do not end a row.
    for word in line.dropFirst(lead).split(separator: " ", omittingEmptySubsequences: false) {
        if isEmpty {
            row += word
        } else if row.count + 1 + word.count <= width {
            row += " " + word
        } else {
            rows.append(row)
            row = hanging + word
        }
        isEmpty = row.allSatisfy { $0 == " " }
    }
    return rows + [row]
}
