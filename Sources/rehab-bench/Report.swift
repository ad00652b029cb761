// Shows the figures as a table for people and as JSON for programs.

import Foundation

/// All figures of a run and the machine they belong to.
struct Report: Encodable {
    var program = "rehab-bench"
    var date = ISO8601DateFormatter().string(from: Date())
    var quick: Bool
    var machine = Machine()
    var seconds = 0.0
    var figures: [Figure] = []

    /// Sections with their figures, each as aligned rows.
    static func table(_ figures: [Figure]) -> String {
        let head = ["figure", "ours", "peer or goal", "ratio", "verdict"]
        let rows = figures.map { figure in
            [
                figure.title, figure.value.map { figure.unit.text($0) } ?? "-",
                figure.referenceText, figure.ratio.map { String(format: "%.2f", $0) } ?? "-",
                figure.verdict.rawValue,
            ]
        }
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        var lines = [line(head, widths), String(repeating: "-", count: widths.reduce(8, +))]
        for (row, figure) in zip(rows, figures) {
            lines.append(line(row, widths))
            if let note = figure.note { lines.append(contentsOf: wrapped(note, indent: 4)) }
        }
        return lines.joined(separator: "\n")
    }

    /// Words to the left, numbers to the right.
    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = zip(cells, widths).enumerated().map { column, cell in
            let space = String(repeating: " ", count: cell.1 - cell.0.count)
            return column == 0 || column == 4 ? cell.0 + space : space + cell.0
        }
        let text = padded.joined(separator: "  ")
        return text.replacing(/\s+$/, with: "")
    }

    private static func wrapped(_ text: String, indent: Int) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > 100 {
                lines.append(line)
                line = String(repeating: " ", count: indent)
            }
            line += (line.count > indent ? " " : "") + word
        }
        return lines + [line]
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data([10])).write(to: URL(filePath: path))
    }
}

/// What the figures depend on besides the program.
struct Machine: Encodable {
    var processor: String
    var cores: Int
    var kernel: String
    /// Load average of the last minute as the run began: the figures want an idle machine.
    var load: Double

    init() {
        processor =
            Machine.lines("/proc/cpuinfo").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }
            .map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        cores = ProcessInfo.processInfo.activeProcessorCount
        kernel =
            Machine.lines("/proc/sys/kernel/osrelease").first.map(String.init) ?? "unknown"
        load = Machine.presentLoad()
    }

    static func presentLoad() -> Double {
        lines("/proc/loadavg").first?.split(separator: " ").first.flatMap { Double($0) } ?? .nan
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    var description: String {
        "\(processor), \(cores) cores, Linux \(kernel), load \(String(format: "%.2f", load))"
    }
}
