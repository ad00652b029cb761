// `rehabctl start` and `rehabctl stop`: one set, and its summary.

import ArgumentParser
import Control

struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a set of an exercise.",
        discussion: """
            The exercises: rehabctl exercises list. See a set live with rehabctl live, end it and see \
            what came of it with rehabctl stop. Do the last set of an exercise with --probe: no cues \
            are given, and the summary shows what stays without them.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "The exercise, for example one-leg-stand.")
    var exercise: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The leg that stands, or that moves where the exercise says so: left, right, or detect.",
            valueName: "side"))
    var side = "detect"

    @Flag(
        inversion: .prefixedNo,
        help:
            "A set without cues, to see what stays without them (usual for an exercise's last set)."
    )
    var probe: Bool?

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
                    record: noRecording ? false : nil, probe: probe)
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
