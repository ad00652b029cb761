// How text reaches a person: colour where it is wanted, columns that line up.

import FoundationEssentials
import Plumbing

/// Text for a terminal.
///
/// Colour never carries meaning alone.
struct Style {
    /// True where colour may be used: a terminal, no NO_COLOR (no-color.org), not TERM=dumb.
    let isColourful: Bool

    static func standardOutput() -> Style {
        let environment = ProcessInfo.processInfo.environment
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(
            isColourful: Terminal.outputIsTerminal && !refused && environment["TERM"] != "dumb")
    }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func good(_ text: String) -> String { wrap(text, "32") }
    func notice(_ text: String) -> String { wrap(text, "33") }
    func alarm(_ text: String) -> String { wrap(text, "31") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColourful ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Rows printed in aligned columns.
///
/// Widths are counted before colour is added.
struct Columns {
    private var rows: [[String]] = []

    mutating func add(_ cells: String...) { rows.append(cells) }
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Rows under the first one's headings; where they do not fit, each row as a sentence of its own,
    /// with its headings: a table torn in two cannot be read.
    func table(indent: String = "", width: Int? = terminalWidth()) -> [String] {
        let whole = lines(indent: indent, width: nil)
        guard let width, let headings = rows.first, whole.contains(where: { $0.count > width })
        else { return whole }
        return rows.dropFirst().map { row in
            let cells = zip(headings, row).dropFirst().filter { !$1.isEmpty }
            return indent + "\(headings.first ?? "") \(row.first ?? ""): "
                + cells.map { "\($0) \($1)" }.joined(separator: ", ")
        }
    }

    /// The lines; the last cell of a row is not padded, and goes on below itself where the terminal ends.
    func lines(
        indent: String = "", width: Int? = terminalWidth(), narrowest: Int = Columns.narrowest
    ) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], cell.count)
            }
        }
        return rows.flatMap { row in
            let padded = row.dropLast().enumerated().map { index, cell in
                cell + String(repeating: " ", count: widths[index] - cell.count) + "  "
            }
            let start = indent + padded.joined()
            let last = row.last ?? ""
            guard let width, width - start.count >= narrowest else { return [start + last] }
            let rest = wrapped(last, to: width - start.count)
            let below = String(repeating: " ", count: start.count)
            return rest.enumerated().map { ($0 == 0 ? start : below) + $1 }
        }
    }

    /// The lines where they fit, the last cell broken if need be; else each row as a sentence.
    func fitted(indent: String = "", width: Int) -> [String] {
        // Three words of a cell, one below the other, are still better than a table torn into sentences.
        let whole = lines(indent: indent, width: width, narrowest: Columns.narrowest / 2 + 2)
        return whole.contains { $0.count > width } ? table(indent: indent, width: width) : whole
    }

    /// Columns below which a last cell is not broken.
    private static let narrowest = 16
}

/// A number with a fixed count of decimals; "not measured" for nil.
func decimal(_ value: Double?, _ places: Int = 1, unit: String = "") -> String {
    guard let value, value.isFinite, abs(value) < 1e12 else { return "not measured" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let whole = scaled / Int64(scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(whole)\(unit)" }
    let rest = String(scaled % Int64(scale))
    let zeros = String(repeating: "0", count: places - rest.count)
    return "\(sign)\(whole).\(zeros)\(rest)\(unit)"
}

/// A share from 0 to 1 as whole percent.
func percent(_ share: Double?) -> String {
    share == nil ? "not measured" : decimal(share.map { $0 * 100 }, 0, unit: " %")
}

/// "1 step", "2 steps".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Text from outside made safe to show: control characters become spaces.
func visible(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
}

/// Text without the white space around it.
func trimmed(_ text: some StringProtocol) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
        let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
}

/// The last part of a path.
func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
