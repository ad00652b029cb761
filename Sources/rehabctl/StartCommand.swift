// `rehabctl start` and `rehabctl stop`: one set, and its summary.

import ArgumentParser
import Control

struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start an exercise.",
        discussion: "Known exercises: one-leg-stand. See it live with: rehabctl live")

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "The exercise, for example one-leg-stand.")
    var exercise: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The leg you stand on: left, right, or detect.", valueName: "side"))
    var side = "detect"

    @Flag(name: .long, help: "Keep no recording of this session.")
    var noRecording = false

    func validate() throws {
        guard ["left", "right", "detect"].contains(side) else {
            throw ValidationError("--side must be left, right or detect.")
        }
    }

    func run() throws {
        var client = try daemon.connect()
        let started: Rehab1.Exercise
        do throws(ControlError) {
            started = try client.call(
                Rehab1.StartExercise(
                    exercise: exercise, side: side == "detect" ? nil : side,
                    record: noRecording ? false : nil)
            ).exercise
        } catch {
            throw complaint(error)
        }
        if daemon.json {
            try printJSON(started)
        } else {
            ExerciseText(style: .standardOutput()).started(started, side: side).forEach {
                print($0)
            }
        }
    }
}

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End the exercise and print its summary.")

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        var client = try daemon.connect()
        let summary: Rehab1.Summary
        do throws(ControlError) {
            summary = try client.call(Rehab1.StopExercise()).summary
        } catch {
            throw complaint(error)
        }
        if daemon.json {
            try printJSON(summary)
        } else {
            ExerciseText(style: .standardOutput()).summary(summary).forEach { print($0) }
        }
    }
}

/// An exercise and what came of it, in words.
struct ExerciseText {
    let style: Style

    func started(_ exercise: Rehab1.Exercise, side: String) -> [String] {
        var lines = [style.bold("\(exercise.title): started")]
        lines.append(
            side == "detect"
                ? "The stance side will be detected from the shift of weight."
                : "Stand on the \(side) leg.")
        lines.append(exercise.cue)
        let unseen = exercise.rules.filter { !$0.measured }.map(\.signal)
        if !unseen.isEmpty {
            lines.append("not measured with the sensors worn: \(unseen.joined(separator: ", "))")
        }
        lines.append("End it with: rehabctl stop")
        return lines
    }

    func summary(_ summary: Rehab1.Summary) -> [String] {
        var lines = [style.bold("\(summary.title): summary")]
        var facts = Columns()
        facts.add("duration", decimal(summary.durationSeconds, 1, unit: " s"))
        facts.add("in band", summary.holds.isEmpty ? "no hold seen" : percent(summary.shareInBand))
        facts.add(
            "cues",
            "\(summary.cues)"
                + (summary.notHeard > 0 ? ", \(summary.notHeard) not heard" : ""))
        facts.add("unknown", "\(percent(summary.unknownShare)) of the time")
        facts.add(
            "packets",
            "\(summary.packets), \(summary.gaps) gaps, "
                + "\(summary.lostSamples) samples lost")
        if let recording = summary.recording { facts.add("recording", recording) }
        lines += facts.lines(indent: "  ")
        lines += holdLines(summary.holds)
        lines += ruleLines(summary.rules)
        if !summary.notMeasured.isEmpty {
            lines.append("  not measured: \(summary.notMeasured.joined(separator: ", "))")
        }
        return lines
    }

    private func holdLines(_ holds: [Rehab1.Hold]) -> [String] {
        guard !holds.isEmpty else { return [] }
        var columns = Columns()
        columns.add(
            "hold", "leg", "held", "in band", "mean drop", "largest drop", "largest hike",
            "ended")
        for (index, hold) in holds.enumerated() {
            columns.add(
                "\(index + 1)", hold.side, decimal(hold.durationSeconds, 1, unit: " s"),
                percent(hold.shareInBand), decimal(hold.meanDropDegrees, 1, unit: " deg"),
                decimal(hold.maxDropDegrees, 1, unit: " deg"),
                decimal(hold.maxHikeDegrees, 1, unit: " deg"), hold.endedBy)
        }
        return columns.lines(indent: "  ")
    }

    private func ruleLines(_ rules: [Rehab1.RuleResult]) -> [String] {
        var columns = Columns()
        columns.add("rule", "signal", "episodes", "cues", "active")
        for rule in rules {
            columns.add(
                rule.id, rule.signal, rule.measured ? "\(rule.episodes)" : "-",
                rule.measured ? "\(rule.cues)" : "-",
                rule.measured ? percent(rule.activeShare ?? 0) : "not measured")
        }
        return columns.lines(indent: "  ")
    }
}
