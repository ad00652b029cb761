// The demo's course: status, calibration, a one-leg stand on each side, live, with what came of it.

import ArgumentParser
import Control
import FakeWearable
import FoundationEssentials
import Kinematics
import Plumbing

struct DemoShow {
    let style: Style
    let daemon: DaemonOptions
    let person: DemoPerson

    func run() throws {
        let monitor = try DemoMonitor(daemon: daemon)
        defer { monitor.stop() }
        try showStatus()
        try calibrate()
        var summaries: [Rehab1.Summary] = []
        for (side, task) in [("right", "stand-right"), ("left", "stand-left")] {
            summaries.append(try stand(side: side, task: task, monitor: monitor))
        }
        for summary in summaries {
            print("")
            ExerciseText(style: style).summary(summary).forEach { print($0) }
        }
        print("")
        DemoReport(planted: person.planted(), cues: monitor.cues).lines(style).forEach { print($0) }
    }

    private func showStatus() throws {
        var client = try daemon.connect()
        print("")
        do throws(ControlError) {
            StatusText(style: style).lines(try client.call(Rehab1.GetStatus()).status)
                .forEach { print($0) }
        } catch {
            throw complaint(error)
        }
    }

    private func calibrate() throws {
        print("")
        print(style.bold("Calibration (the person does what rehabd asks)"))
        let progress = CalibrationProgress(style: style, json: false, rings: false)
        var asked: Rehab1.CalibrationStep.Step?
        var failure: (any Error)?
        let last: Rehab1.CalibrationStep?
        do throws(ControlError) {
            last = try CalibrateCommand.follow(try ControlClient(socket: daemon.socket), leadIn: 1)
            {
                progress.show($0)
                guard $0.step != asked else { return }
                asked = $0.step
                do {
                    if $0.step == .bow { try person.perform("bows") }
                    if $0.step == .lift || $0.step == .repeatLift {
                        try person.perform("lift-left")
                    }
                } catch { failure = error }
            }
        } catch {
            throw complaint(error)
        }
        if let failure { throw failure }
        guard last?.step == .done else { throw ExitCode(65) }
        // Both feet down again before the first stand.
        MonotonicClock.sleep(until: person.isDoneAt + 1_000_000_000)
    }

    private func stand(
        side: String, task: String, monitor: DemoMonitor
    ) throws -> Rehab1.Summary {
        var client = try daemon.connect()
        do throws(ControlError) {
            _ = try client.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: side))
        } catch {
            throw complaint(error)
        }
        print("")
        print(style.bold("One-leg stand, \(side) leg"))
        let performed = try person.perform(task)
        monitor.show(until: performed.end + 700_000_000, style: style)
        do throws(ControlError) {
            return try client.call(Rehab1.StopExercise()).summary
        } catch {
            throw complaint(error)
        }
    }
}

/// Planted faults against cues.
struct DemoReport {
    let planted: [PlantedFault]
    let cues: [Rehab1.Cue]

    func lines(_ style: Style) -> [String] {
        var columns = Columns()
        columns.add(
            "planted", "leg", "size", "cued", "after crossing", "of it minimum time", "heard")
        var matched: Set<Int> = []
        for fault in planted {
            guard let rule = fault.rule else {
                columns.add(
                    fault.name, fault.side.name, decimal(fault.degrees, 1, unit: " deg"),
                    "told, no cue", "-", "-", "-")
                continue
            }
            let found = cues.indices.first { index in
                !matched.contains(index) && cues[index].rule == rule
                    && cues[index].side == fault.side.name && cues[index].time >= fault.crossed
                    && cues[index].time <= fault.end + 300_000_000
            }
            guard let found else {
                columns.add(
                    fault.name, fault.side.name, decimal(fault.degrees, 1, unit: " deg"), "missed",
                    "-", "-", "-")
                continue
            }
            matched.insert(found)
            let cue = cues[found]
            let delay = Double((cue.presented ?? cue.time) - fault.crossed) * 1e-6
            columns.add(
                fault.name, fault.side.name, decimal(fault.degrees, 1, unit: " deg"), cue.rule,
                decimal(delay, 0, unit: " ms"), "500 ms",
                cue.heard ? "yes" : "no")
        }
        let extra = cues.count - matched.count
        return [style.bold("Cues against planted faults")] + columns.lines(indent: "  ") + [
            "  \(matched.count) of \(planted.count { $0.rule != nil }) planted faults cued, "
                + "\(extra) other cues"
        ]
    }
}
