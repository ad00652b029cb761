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
        columns.add("exercise", "leg", "done", "quality", "cues", "pain", "effort")
        for (entry, summary) in done {
            columns.add(
                summary.title, entry.side ?? "-", WorkoutText.amount(entry),
                WorkoutText.quality(entry), entry.probe ? "off" : "\(entry.cues)",
                entry.during.map { "\($0)" } ?? "unknown",
                entry.effort.map { "\($0)" } ?? "unknown")
        }
        var unseen: [String] = []
        for name in done.flatMap(\.entry.notMeasured) where !unseen.contains(name) {
            unseen.append(name)
        }
        var lines = ["", style.bold("Workout: \(done.count) sets")] + columns.table(indent: "  ")
        if let before = done.first?.entry.before { lines.append("  pain before: \(before)") }
        if !unseen.isEmpty {
            lines.append("  not measured: \(unseen.joined(separator: ", "))")
        }
        if let mix = SetPatterns.mix(
            done.flatMap { $0.summary.holds.map(\.label) + $0.summary.repetitions.map(\.label) })
        {
            lines.append("  patterns: \(mix)")
        }
        lines += SetPatterns.leftRight(done).map { "  \($0)" }
        lines += tempo(done)
        lines += probes(done)
        return lines
    }

    /// What was held or worn, and stood on: "5 kg, red band, step 15 cm"; nil where nothing was said.
    static func load(_ entry: SetEntry) -> String? {
        let parts = [
            entry.loadKilograms.map { "\(plainNumber($0)) kg" }, entry.load,
            entry.stepCentimetres.map { "step \(plainNumber($0)) cm" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func plainNumber(_ value: Double) -> String {
        decimal(value, value == value.rounded() ? 0 : 1)
    }

    /// Sets in which the lowering became shorter by a fifth or more (C16).
    private func tempo(_ done: [(entry: SetEntry, summary: Rehab1.Summary)]) -> [String] {
        done.enumerated().compactMap { index, one in
            guard let kept = one.entry.tempoKept, kept <= 0.8 else { return nil }
            return "  tempo was lost in set \(index + 1), \(one.summary.title): lowering "
                + "\(decimal((1 - kept) * 100, 0)) % shorter at the end"
        }
    }

    /// What was done, in the exercise's own measure.
    static func amount(_ entry: SetEntry) -> String {
        if entry.steps > 0 { return counted(entry.steps, "step") }
        if entry.landings > 0 { return counted(entry.landings, "landing") }
        if !entry.holds.isEmpty {
            return "held "
                + entry.holds.map { decimal($0, 1) }.joined(separator: ", ") + " s"
        }
        if entry.repetitions > 0 {
            return counted(entry.repetitions, "repetition")
                + (entry.seen == 0 ? " by the clock" : "")
                + unseenHolds(entry)
        }
        return entry.seconds > 0 ? decimal(entry.seconds, 0, unit: " s") : "nothing"
    }

    /// ", held 5.0 s each": as long as the clock said.
    private static func unseenHolds(_ entry: SetEntry) -> String {
        guard let holds = entry.unseenHolds, let first = holds.first else { return "" }
        return holds.allSatisfy { $0 == first }
            ? ", held \(decimal(first, 1)) s each"
            : ", held " + holds.map { decimal($0, 1) }.joined(separator: ", ") + " s"
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
        return lines + dependence(done)
    }

    /// The dependence of each exercise in plain words, from its last set without cues.
    private func dependence(
        _ done: [(entry: SetEntry, summary: Rehab1.Summary)]
    ) -> [String] {
        var told: [(title: String, text: String)] = []
        for (entry, summary) in done where entry.probe || summary.silentPart != nil {
            guard let fading = summary.fading, let sentence = fading.sentence else { continue }
            told.removeAll { $0.title == summary.title }
            told.append((summary.title, sentence))
        }
        return told.map { "  \($0.title): \($0.text)" }
    }
}

extension Rehab1.Fading {
    /// "You kept N % of the improvement without sound."; nil where too little was measured.
    var sentence: String? {
        guard dependence != nil else { return nil }
        return text.split(separator: ". ").last.map(String.init)
    }
}
