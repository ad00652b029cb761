// `rehabctl status`: the present state, for people and programs.

import ArgumentParser
import Control

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what the daemon is doing.")

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        var client = try daemon.connect()
        let status: Rehab1.Status
        do throws(ControlError) {
            status = try client.call(Rehab1.GetStatus()).status
        } catch {
            throw complaint(error)
        }
        if daemon.json {
            try printJSON(status)
        } else {
            StatusText(style: .standardOutput()).lines(status).forEach { print($0) }
        }
    }
}

/// The status in words.
struct StatusText {
    let style: Style

    func lines(_ status: Rehab1.Status) -> [String] {
        var columns = Columns()
        columns.add(
            "rehabd",
            "\(status.version), process \(status.processID), "
                + "up \(decimal(status.uptimeSeconds, 0, unit: " s"))")
        columns.add("activity", activity(status))
        columns.add(
            "real time",
            "estimator \(status.realtime.estimator), intake \(status.realtime.intake), "
                + "alerts \(status.realtime.alert), memory "
                + (status.realtime.memoryLocked ? "locked" : "not locked"))
        columns.add(
            "uses",
            "\(decimal(Double(status.residentBytes) / 1e6, 1, unit: " MB")), "
                + "\(decimal(status.cpuSeconds, 2, unit: " s")) of CPU")
        columns.add("recording", recording(status))
        for output in status.outputs { columns.add("output", outputText(output)) }
        var lines = columns.lines()
        if status.sensors.isEmpty {
            lines.append("sensors    none attached; find and calibrate yours with: rehabctl setup")
        } else {
            lines += sensorLines(status.sensors)
        }
        let version = RunningVersion(status)
        if let finding = version.finding {
            lines.append(style.notice("warning: ") + visible("\(finding): \(version.cure)"))
        }
        lines += status.warnings.map { style.notice("warning: ") + visible($0) }
        return lines
    }

    func sensorLines(_ sensors: [Rehab1.Sensor]) -> [String] {
        var columns = Columns()
        columns.add(
            "sensor", "worn", "state", "battery", "signal", "rate", "age", "packets", "gaps",
            "lost", "refused", "interval", "sigma", "calibrated")
        for sensor in sensors {
            columns.add(
                visible(sensor.name), sensor.segment ?? "-", sensor.state.rawValue,
                sensor.link?.batteryPercent.map { "\($0) %" } ?? "-",
                sensor.link?.rssiDecibelMilliwatts.map { "\($0) dBm" } ?? "-",
                sensor.rateHertz.map { decimal($0, 2, unit: " Hz") } ?? "-",
                sensor.ageMilliseconds.map { decimal($0, 0, unit: " ms") } ?? "-",
                "\(sensor.packets)", "\(sensor.gaps)", "\(sensor.lostSamples)",
                "\(sensor.decodeErrors + sensor.refused)",
                sensor.link?.connectionIntervalMilliseconds.map { decimal($0, 2, unit: " ms") }
                    ?? "-", sensor.sigmaDegrees.map { decimal($0, 2, unit: " deg") } ?? "-",
                calibrated(sensor))
        }
        var lines = columns.lines()
        if let first = lines.first { lines[0] = style.dim(first) }
        for sensor in sensors {
            if let reason = sensor.link?.reason, sensor.state != .streaming {
                lines.append("\(visible(sensor.name)): \(visible(reason))")
            }
            lines += (sensor.calibration?.notes ?? []).map { "\(visible(sensor.name)): \($0)" }
        }
        return lines
    }

    private func activity(_ status: Rehab1.Status) -> String {
        var text = status.activity.rawValue
        if let exercise = status.exercise { text += " (\(exercise))" }
        if status.replaying { text += ", replaying a recording" }
        return text
    }

    private func recording(_ status: Rehab1.Status) -> String {
        guard let name = status.recording else { return "none" }
        var text = "\(name), \(status.recordedPackets) packets"
        if status.recordingRests == true {
            text += ", resting: only reminders run; it goes on with the next set"
        }
        if status.unrecordedPackets > 0 { text += ", \(status.unrecordedPackets) not recorded" }
        return text
    }

    private func outputText(_ output: Rehab1.Output) -> String {
        let (one, many, missed) =
            switch output.name {
            case "notification": ("reminder", "reminders", "not shown")
            case "vibration": ("cue", "cues", "not felt")
            default: ("cue", "cues", "not heard")
            }
        var text =
            "\(output.name): \(output.state.rawValue), \(output.presented) "
            + (output.presented == 1 ? one : many)
        if output.notHeard > 0 { text += ", \(output.notHeard) \(missed)" }
        if let reason = output.reason { text += " (\(visible(reason)))" }
        return output.state == .failing ? style.notice(text) : text
    }

    private func calibrated(_ sensor: Rehab1.Sensor) -> String {
        guard let calibration = sensor.calibration else {
            return sensor.calibratedBefore.map { "no, of an earlier wear: \($0)" } ?? "no"
        }
        return calibration.restored ? "restored \(calibration.date)" : calibration.date
    }
}
