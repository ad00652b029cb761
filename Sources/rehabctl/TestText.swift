// Tests and their results in words.

import Control

/// Makes lines for people of what the daemon tells of a test.
struct TestText {
    let style: Style

    func definition(_ test: Rehab1.Test) -> [String] {
        [style.bold("\(test.id)  \(test.title)")] + test.instructions.map { "  \($0)" }
            + ["  Change that counts: \(test.counts)."]
    }

    /// A result, in lines that fit.
    func result(_ result: Rehab1.TestResult, width: Int = tableWidth()) -> [String] {
        let lines = whole(result, width).flatMap { wrapped($0, to: width) }
        return lines.enumerated().map { $0 == 0 ? style.bold($1) : $1 }
    }

    private func whole(_ result: Rehab1.TestResult, _ width: Int) -> [String] {
        let side = result.side.map { ", \($0) leg" } ?? ""
        var lines = ["\(result.test) \(result.title)\(side): result"]
        lines.append(
            "  \(result.date), sensors: \(result.sensors.joined(separator: ", ")), "
                + "kept as \(visible(result.name))")
        var columns = Columns()
        columns.add("measure", "value", "uncertainty", "n", "source", "change")
        for measure in result.measures {
            columns.add(
                measure.title, value(measure.value, measure.unit), uncertainty(measure),
                measure.count > 0 ? "\(measure.count)" : "-",
                measure.source == "not-measured" ? "-" : measure.source, change(measure))
        }
        lines += columns.fitted(indent: "  ", width: width)
        if let earlier = result.earlierDate {
            lines.append("  compared with the run of \(earlier)")
        }
        if !result.curve.isEmpty {
            let curve = result.curve.map { decimal($0.liftDegrees, 0) }.joined(separator: " ")
            lines.append("  lift of the free side, degrees, second by second: \(curve)")
        }
        for one in result.symmetry {
            lines.append(
                "  this side against the other (\(one.otherDate)), \(one.title): "
                    + "\(decimal(one.percent, 0, unit: " %"))")
        }
        if result.unknownShare > 0.01 {
            lines.append("  not judged: \(percent(result.unknownShare)) of the time")
        }
        lines += result.notes.map { "  \($0)" }
        return lines
    }

    private func value(_ value: Double?, _ unit: String) -> String {
        let name = unit == "points" || unit == "answer" ? "" : " \(unit)"
        return decimal(value, TestText.places(value, unit), unit: name)
    }

    /// Decimals that show three figures and no more than is measured.
    private static func places(_ value: Double?, _ unit: String) -> Int {
        switch unit {
        case "points", "answer", "%", "1/min", "cm": return 0
        case "deg": return 1
        // A step takes half a second: its tenths would hide every difference.
        case "s": return abs(value ?? 1) < 1 ? 2 : 1
        default:
            let size = abs(value ?? 1)
            return size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4
        }
    }

    private func uncertainty(_ measure: Rehab1.TestMeasure) -> String {
        guard measure.value != nil, let size = measure.uncertainty else { return "-" }
        if measure.id == "score" { return size > 0 ? "up to \(decimal(size, 0)) more" : "-" }
        // No finer than the value is told, and never as if there were none.
        let places = max(1, TestText.places(measure.value, measure.unit))
        let least = (0..<places).reduce(1.0) { part, _ in part / 10 }
        return "± " + decimal(max(size, least), places)
    }

    private func change(_ measure: Rehab1.TestMeasure) -> String {
        guard let value = measure.value, let earlier = measure.earlier, let change = measure.change
        else {
            return measure.value != nil && measure.counts != nil
                ? "counts from \(self.value(measure.counts, measure.unit))" : "-"
        }
        guard change != "none" else { return "no measurable change" }
        return "\(self.value(abs(value - earlier), measure.unit)) \(change)"
    }
}
