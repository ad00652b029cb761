// Errors of the four phases' durations by exercise: the table that tells where the tail comes from.

import Movement
import Synthetic

/// Signed errors of each phase over many repetitions, s; above zero: reported too long.
struct PhaseErrors {
    private var raise: [Double] = []
    private var hold: [Double] = []
    private var lower: [Double] = []
    /// The rest before the second and every later repetition.
    private var rest: [Double] = []

    /// Takes the repetitions of one set in their order.
    mutating func add(_ found: [Tempo], truth: [PhaseTimes]) {
        for index in found.indices where index < truth.count {
            raise.append(found[index].raise - truth[index].raise)
            hold.append(found[index].hold - truth[index].hold)
            lower.append(found[index].lower - truth[index].lower)
            if index > 0 { rest.append(found[index].rest - truth[index - 1].rest) }
        }
    }

    mutating func add(_ other: PhaseErrors) {
        raise += other.raise
        hold += other.hold
        lower += other.lower
        rest += other.rest
    }

    /// One row an exercise: median of the signed errors, median and 95th percentile of their sizes, ms.
    static func table(_ rows: [(name: String, errors: PhaseErrors)]) -> String {
        var lines = [
            padded("", 20) + ["raise", "hold", "lower", "rest"].map { padded($0, 21) }.joined(),
            padded("exercise (ms)", 20)
                + [String](repeating: padded("bias   p50   p95", 21), count: 4).joined(),
        ]
        for (name, errors) in rows where !errors.raise.isEmpty {
            let cells = [errors.raise, errors.hold, errors.lower, errors.rest].map(cell)
            lines.append(padded(name, 20) + cells.joined())
        }
        return lines.joined(separator: "\n")
    }

    /// The holds' errors in one line: their least, quartiles and largest, ms.
    static func holds(_ errors: [Double]) -> String {
        guard !errors.isEmpty else { return "holds: none" }
        let sorted = errors.sorted()
        let told = [0, 5, 25, 50, 75, 95, 100].map { percent in
            let value = sorted[min(sorted.count - 1, sorted.count * percent / 100)]
            return value.isFinite && abs(value) < 1e6 ? "\(Int((value * 1000).rounded()))" : "-"
        }
        return "holds, errors (ms) at 0, 5, 25, 50, 75, 95, 100 %: " + told.joined(separator: " ")
    }

    private static func cell(_ errors: [Double]) -> String {
        guard !errors.isEmpty else { return padded("-", 21) }
        func milliseconds(_ sorted: [Double], _ percent: Int) -> String {
            let value = sorted[min(sorted.count - 1, sorted.count * percent / 100)]
            guard value.isFinite, abs(value) < 1e6 else { return "-" }
            return "\(Int((value * 1000).rounded()))"
        }
        let sizes = errors.map(abs).sorted()
        let numbers = [
            milliseconds(errors.sorted(), 50), milliseconds(sizes, 50), milliseconds(sizes, 95),
        ]
        return padded(numbers.map { aligned($0, 4) }.joined(separator: "  "), 21)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func aligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
