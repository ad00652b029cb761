// A workout in words: how sets ended, and what came of all of them.

import Control
import History

/// Makes lines of a workout.
struct WorkoutText {
    let style: Style

    /// What to say of an end that is not the ordinary one.
    static func ending(_ end: SetEnd) -> String? {
        switch end {
        case .reached, .asked, .left: nil
        case .still(let seconds):
            "Nothing moved for \(seconds) s: the set was closed with what was done."
        case .closed: "The set was closed before its end; what was done is kept."
        case .signal: "Ended from outside; what was done is kept."
        }
    }

    /// The end as the log has it.
    static func word(_ end: SetEnd, _ summary: Rehab1.Summary) -> String {
        switch end {
        case .reached: "reached"
        case .asked, .left: "asked"
        case .still: "still"
        case .closed: summary.course?.endedBy ?? "closed"
        case .signal: "signal"
        }
    }

    /// The whole workout.
    func workout(_ done: [(entry: SetEntry, summary: Rehab1.Summary)]) -> [String] {
        var columns = Columns()
        columns.add("exercise", "leg", "done", "clean or in band", "cues", "pain", "effort", "")
        for (entry, summary) in done {
            columns.add(
                summary.title, entry.side ?? "-", WorkoutText.amount(entry),
                WorkoutText.quality(entry), "\(entry.cues)",
                entry.during.map { "\($0)" } ?? "unknown",
                entry.effort.map { "\($0)" } ?? "unknown", entry.probe ? "without cues" : "")
        }
        var unseen: [String] = []
        for name in done.flatMap(\.entry.notMeasured) where !unseen.contains(name) {
            unseen.append(name)
        }
        var lines = ["", style.bold("Workout: \(done.count) sets")] + columns.lines(indent: "  ")
        if let before = done.first?.entry.before { lines.append("  pain before: \(before)") }
        if !unseen.isEmpty {
            lines.append("  not measured: \(unseen.joined(separator: ", "))")
        }
        lines += probes(done)
        return lines
    }

    /// What was done, in the exercise's own measure.
    static func amount(_ entry: SetEntry) -> String {
        if entry.steps > 0 { return "\(entry.steps) steps" }
        if entry.landings > 0 { return "\(entry.landings) landings" }
        if !entry.holds.isEmpty {
            return "held "
                + entry.holds.map { decimal($0, 1) }.joined(separator: ", ") + " s"
        }
        if entry.repetitions > 0 {
            return "\(entry.repetitions) repetitions"
                + (entry.seen == 0 ? " by the clock" : "")
        }
        return entry.seconds > 0 ? decimal(entry.seconds, 0, unit: " s") : "nothing"
    }

    static func quality(_ entry: SetEntry) -> String {
        if let clean = entry.cleanShare { return percent(clean) + " clean" }
        if let share = entry.shareInBand { return percent(share) + " in band" }
        return "not measured"
    }

    /// The set without cues beside those with, for every exercise and leg that has both.
    private func probes(_ done: [(entry: SetEntry, summary: Rehab1.Summary)]) -> [String] {
        var lines: [String] = []
        for (probe, summary) in done where probe.probe {
            let cued = done.filter {
                $0.entry.exercise == probe.exercise && $0.entry.side == probe.side
                    && !$0.entry.probe
            }.map(\.entry)
            func value(_ entry: SetEntry) -> Double? { entry.cleanShare ?? entry.shareInBand }
            let shares = cued.compactMap(value)
            guard let without = value(probe), !shares.isEmpty else { continue }
            let with = shares.reduce(0, +) / Double(shares.count)
            lines.append(
                "  \(summary.title)" + (probe.side.map { ", \($0) leg" } ?? "")
                    + ": \(percent(with)) with cues, \(percent(without)) without")
        }
        return lines
    }
}
