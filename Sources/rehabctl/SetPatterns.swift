// Patterns of a set and of a workout in words: the mix, the drift inside a set, left against right.

import Control
import History
import Movement

/// Says what compensations 4 and 4.1 ask of summaries; never which leg is better.
enum SetPatterns {
    /// Below these a set has drifted: drop by 2 degrees, lowering by a fifth (C16).
    private static let driftDegrees = 2.0
    private static let driftShare = 0.2
    /// Two sides' times are even within a tenth (C15), repetitions' within a quarter (C20).
    private static let evenTime = 0.1
    private static let evenRepetition = 0.25
    /// Smallest difference of a pelvic angle that is called one, degrees (compensations 2).
    private static let evenDegrees = 4.0

    // MARK: of a set

    /// "drop? in 5 of 8, level? in 3"; nil with one movement or none.
    static func mix(_ summary: Rehab1.Summary) -> String? {
        mix(
            summary.holds.filter { $0.seen != false }.map(\.label)
                + summary.repetitions.filter { $0.judged != false }.map(\.label))
    }

    static func mix(_ labels: [String]) -> String? {
        guard labels.count > 1 else { return nil }
        var counts: [(label: String, count: Int)] = []
        for label in labels {
            if let index = counts.firstIndex(where: { $0.label == label }) {
                counts[index].count += 1
            } else {
                counts.append((label, 1))
            }
        }
        // As they came where they are equally often.
        let sorted = counts.enumerated()
            .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .map(\.element)
        return sorted.enumerated().map { index, one in
            "\(one.label) in \(one.count)" + (index == 0 ? " of \(labels.count)" : "")
        }.joined(separator: ", ")
    }

    /// First third of the repetitions against the last; nil below five that were seen, or with nothing to compare.
    static func drift(_ summary: Rehab1.Summary) -> String? {
        let seen = summary.repetitions.filter(\.seen)
        let third = thirdOfSet(seen.count)
        guard third > 0 else { return nil }
        var parts: [String] = []
        var alike: [String] = []
        var unknown: [String] = []
        let first = seen.prefix(third).compactMap(\.meanDropDegrees)
        let last = seen.suffix(third).compactMap(\.meanDropDegrees)
        if let then = mean(first), let now = mean(last) {
            if now - then >= driftDegrees {
                // Of fewer the size is not told, only that it counts.
                parts.append(
                    min(first.count, last.count) >= ReportedMean.leastRepetitions
                        ? "mean drop \(decimal(now - then, 1)) deg more"
                        : "mean drop more by \(decimal(driftDegrees, 0)) deg or above")
            } else {
                alike.append("mean drop below \(decimal(driftDegrees, 0)) deg")
            }
        } else {
            unknown.append("mean drop")
        }
        if let kept = summary.tempoKept {
            if kept <= 1 - driftShare {
                parts.append("lowering \(decimal((1 - kept) * 100, 0)) % shorter")
            } else {
                alike.append("lowering below \(percent(driftShare))")
            }
        } else {
            unknown.append("lowering")
        }
        guard !parts.isEmpty || !alike.isEmpty else { return nil }
        let found =
            parts.isEmpty
            ? "none that counts (\(alike.joined(separator: ", ")))"
            : parts.joined(separator: ", ") + " in the last third"
        // Silence about what was not seen would pass for "none".
        return unknown.isEmpty ? found : found + "; \(unknown.joined()) not measured"
    }

    // MARK: of a workout

    /// A line for each exercise that both legs did.
    static func leftRight(
        _ done: [(entry: SetEntry, summary: Rehab1.Summary)]
    ) -> [String] {
        var lines: [String] = []
        var told: Set<String> = []
        for (entry, summary) in done where told.insert(entry.exercise).inserted {
            func sets(_ side: String) -> [(entry: SetEntry, summary: Rehab1.Summary)] {
                done.filter { $0.entry.exercise == entry.exercise && $0.entry.side == side }
            }
            let left = sets("left")
            let right = sets("right")
            guard !left.isEmpty, !right.isEmpty else { continue }
            let parts = compared(left, right)
            guard !parts.isEmpty else { continue }
            lines.append("\(summary.title), left and right: " + parts.joined(separator: "; "))
        }
        return lines
    }

    private static func compared(
        _ left: [(entry: SetEntry, summary: Rehab1.Summary)],
        _ right: [(entry: SetEntry, summary: Rehab1.Summary)]
    ) -> [String] {
        typealias Sets = [(entry: SetEntry, summary: Rehab1.Summary)]
        func both(_ value: (Sets) -> Double?) -> (left: Double, right: Double)? {
            guard let a = value(left), let b = value(right) else { return nil }
            return (a, b)
        }
        var parts: [String] = []
        if let holds = both({ $0.flatMap(\.entry.holds).max() }) {
            parts.append(
                "held \(decimal(holds.left, 1)) and \(decimal(holds.right, 1)) s"
                    + apart(holds, even: evenTime))
        }
        let timed = (
            left.flatMap { repetitionTimes($0.summary) },
            right.flatMap { repetitionTimes($0.summary) }
        )
        if !timed.0.isEmpty, !timed.1.isEmpty,
            min(timed.0.count, timed.1.count) < ReportedMean.leastRepetitions
        {
            parts.append(
                "times of repetitions not measured (\(ReportedMean.leastRepetitions) a leg are needed)"
            )
        } else if let a = mean(timed.0), let b = mean(timed.1) {
            parts.append(
                "repetitions of \(decimal(a, 1)) and \(decimal(b, 1)) s, mean of \(timed.0.count) and "
                    + "\(timed.1.count)" + apart((a, b), even: evenRepetition))
        }
        if let drops = both({ sets in mean(sets.compactMap(\.entry.meanDropDegrees)) }) {
            let difference = (drops.left - drops.right).magnitude
            let sigma = (left + right).compactMap(\.entry.uncertaintyDegrees).max()
            parts.append(
                "mean drop \(decimal(drops.left, 1)) and \(decimal(drops.right, 1)) deg"
                    + (sigma.map { ", each ± \(decimal($0, 1)) deg" } ?? "") + ", of "
                    + "\(left.count { $0.entry.meanDropDegrees != nil }) and "
                    + counted(right.count { $0.entry.meanDropDegrees != nil }, "set")
                    + (difference >= evenDegrees
                        ? " (\(decimal(difference, 1)) apart)" : " (no measurable difference)"))
        }
        if let clean = both({ sets in mean(sets.compactMap(\.entry.cleanShare)) }) {
            parts.append("clean \(percent(clean.left)) and \(percent(clean.right))")
        }
        return parts
    }

    private static func repetitionTimes(_ summary: Rehab1.Summary) -> [Double] {
        summary.repetitions.filter { $0.seen && $0.timed != false }.map {
            $0.raiseSeconds + $0.holdSeconds + $0.lowerSeconds
        }
    }

    /// " (even)" or " (17 % apart)".
    private static func apart(_ pair: (left: Double, right: Double), even: Double) -> String {
        let least = min(pair.left, pair.right)
        guard least > 0 else { return "" }
        let share = max(pair.left, pair.right) / least - 1
        return share <= even + 1e-9 ? " (even)" : " (\(decimal(share * 100, 0)) % apart)"
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
