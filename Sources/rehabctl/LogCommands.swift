// `rehabctl log` and `rehabctl progress`: what was done and what it shows, and only what was measured.

import ArgumentParser
import History
import Movement
import Plumbing

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show the workout log: sets, mornings, stages, thresholds.",
        discussion: """
            The log is yours alone: a file in your home directory that no daemon reads and nothing sends.
            """)

    @OptionGroup var logging: LogOptions

    @Option(name: .long, help: ArgumentHelp("Only the last days.", valueName: "n"))
    var days = 14

    @Flag(name: .long, help: "Print JSON: one entry a line.")
    var json = false

    func validate() throws {
        guard (1...36_500).contains(days) else {
            throw ValidationError("--days must be at least 1.")
        }
    }

    func run() throws {
        let log = try logging.open()
        let entries = log.entries.filter { today() - $0.day < days }
        if json {
            for entry in entries { try printJSON(LogLineJSON(line: entry)) }
            return
        }
        guard !entries.isEmpty else {
            print("Nothing in the last \(days) days. The log: \(logging.path)")
            return
        }
        for line in LogCommand.lines(entries) { print(line) }
    }

    /// Day by day; a morning told afterwards stands with its own day, and what a second answer replaced says so.
    static func lines(_ entries: [LogEntry]) -> [String] {
        var lines: [String] = []
        for (day, ofDay) in Dictionary(grouping: entries, by: \.day).sorted(by: { $0.key < $1.key })
        {
            lines.append(day.text)
            var mornings = ofDay.count { LogCommand.isMorning($0.content) }
            for entry in ofDay {
                var text = LogCommand.line(entry.content)
                if LogCommand.isMorning(entry.content) {
                    mornings -= 1
                    if mornings > 0 { text += " (answered again later)" }
                }
                lines.append("  " + text)
            }
        }
        return lines
    }

    private static func isMorning(_ content: LogEntry.Content) -> Bool {
        if case .morning = content { true } else { false }
    }

    static func line(_ content: LogEntry.Content) -> String {
        func said(_ value: Int?) -> String { value.map { "\($0)" } ?? "unknown" }
        switch content {
        case .set(let set):
            var text = set.exercise + (set.side.map { ", \($0) leg" } ?? "")
            if set.probe { text += ", without cues" }
            if let load = WorkoutText.load(set) { text += ", \(visible(load))" }
            text +=
                ": \(WorkoutText.amount(set)), \(WorkoutText.quality(set)), \(counted(set.cues, "cue"))"
            text += "; pain before \(said(set.before)), highest \(said(set.during))"
            text += ", effort \(said(set.effort))"
            if !["asked", "reached"].contains(set.endedBy) {
                text += "; ended: \(SetEnds.words(set.endedBy))"
            }
            if !set.thresholds.isEmpty {
                text += "; own thresholds: \(set.thresholds.joined(separator: "; "))"
            }
            return text
        case .morning(let morning):
            return "morning: pain \(said(morning.pain))"
                + (morning.place.map { ", \(visible($0))" } ?? "")
                + ", night \(said(morning.night))"
                + (morning.woken.map { $0 ? ", woken by the hip" : "" } ?? "")
        case .stage(let stage):
            return "stage \(stage.stage)"
                + (stage.from.map { $0 == stage.stage ? "" : " after \($0)" } ?? "")
                + ": \(visible(stage.why))" + (stage.locked ? ", held by a clinician" : "")
                + (stage.passedOver.map { "; passed over: " + visible($0.joined(separator: ", ")) }
                    ?? "") + LogCommand.clock(stage.time)
        case .health(let health):
            if health.seen { return "questions before exercise: seen by a professional" }
            return "questions before exercise: " + (health.applies ? "one applies" : "none applies")
        case .threshold(let change):
            return "threshold \(change.exercise) \(change.rule): \(visible(change.change))"
                + LogCommand.clock(change.time)
        case .person(let person): return "painful side: \(visible(person.painfulSide))"
        }
    }

    /// "; 14:03 UTC", where the log has the time of day.
    private static func clock(_ time: String?) -> String {
        guard let time, let start = time.firstIndex(of: "T") else { return "" }
        return "; \(visible(String(time[start...].dropFirst().prefix(5)))) UTC"
    }
}

struct ProgressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress", abstract: "Show then and now, and whether that is a change.",
        discussion: """
            The first day beside the newest, for each exercise and leg, with and without cues apart. A \
            change is called one only above the size that counts: 4 degrees for an angle of the pelvis, 5 s \
            for a hold, 2 points for pain. What was kept without cues is told of every exercise whose \
            last set had none.
            """)

    @OptionGroup var logging: LogOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let log = try logging.open()
        if json { return try printJSON(ProgressReply(log, on: today())) }
        let lines = Progress.lines(log)
        let pain = Progress.pain(log, on: today())
        guard !lines.isEmpty || pain != nil else {
            print("Nothing to compare yet. Do a set with: rehabctl start one-leg-stand")
            print("Tests of the battery compare by themselves: rehabctl test results")
            return
        }
        if let pain {
            print(
                "\(pain.name): \(decimal(pain.first.value, 1)) (to \(pain.first.day.text)), now "
                    + "\(decimal(pain.now.value, 1)) (to \(pain.now.day.text)): \(pain.verdict)")
        } else {
            print("morning pain: not known (three answers in a week are needed: rehabctl pain)")
        }
        showWeek(log)
        for line in lines { show(line).forEach { print($0) } }
        showWithoutCues(log)
    }

    /// What sets without cues kept of what cues brought, then and now.
    private func showWithoutCues(_ log: WorkoutLog) {
        let kept = Progress.withoutCues(log)
        guard !kept.isEmpty else { return }
        var columns = Columns()
        for one in kept {
            func cell(_ point: (day: Day, value: Double, count: Int)) -> String {
                "\(point.day.text) \(decimal(point.value, 0)) %"
            }
            guard let trend = one.trend else { continue }
            let isOne = trend.days == 0
            var workouts = one.workouts == 1 ? "1 workout" : "\(one.workouts) workouts"
            if one.withoutError > 0 {
                workouts += ", in \(one.withoutError) of them no angle left its band"
            }
            columns.add(one.exercise, cell(trend.first), isOne ? "" : cell(trend.now), workouts)
        }
        let lines = columns.lines(indent: "  ")
        if !lines.isEmpty { print("kept without cues (of the improvement with them):") }
        lines.forEach { print($0) }
        for one in kept where one.trend == nil {
            let sentence =
                one.withoutError == one.workouts
                ? CueDependence.noErrorSentence : CueDependence.noImprovementSentence
            print("\(one.exercise): \(sentence)")
        }
    }

    private func showWeek(_ log: WorkoutLog) {
        if let load = Weeks.load(log, on: today()) {
            var text = "load of seven days (repetitions x effort): \(decimal(load.now, 0))"
            text += load.usual.map { ", usual \(decimal($0, 0))" } ?? ", usual is not known yet"
            if load.unknown > 0 { text += "; \(load.unknown) sets without an answer are not in it" }
            if load.isBigger { text += ": a bigger week than usual" }
            print(text)
        }
        if let weeks = Weeks.streak(log, on: today()), weeks > 0 {
            print("weeks in a row with 70 % of the planned workouts: \(weeks)")
        }
    }

    private func show(_ line: Progress.Line) -> [String] {
        var title = line.exercise + (line.side.map { ", \($0) leg" } ?? "")
        title += line.probe ? ", without cues" : ", with cues"
        var columns = Columns()
        for trend in line.trends {
            func cell(_ point: (day: Day, value: Double, count: Int)) -> String {
                let sigma = trend.uncertainty.map { " ± \(decimal($0, 1))" } ?? ""
                return "\(point.day.text) \(decimal(point.value, 1))\(sigma)\(trend.unit) "
                    + "(n \(point.count))"
            }
            columns.add(
                trend.name, cell(trend.first), trend.days == 0 ? "" : cell(trend.now), trend.verdict
            )
        }
        var lines = ["\(title): \(line.sets) \(line.sets == 1 ? "set" : "sets")"]
        lines += columns.lines(indent: "  ")
        if !line.notMeasured.isEmpty {
            lines.append("  not measured: \(line.notMeasured.joined(separator: ", "))")
        }
        return lines
    }
}
