// What a monitoring client knows: the newest of everything, and the last cues.

import Control

/// Collects events for the live view.
struct LiveState {
    /// A cue with the time since the view began, s.
    struct LoggedCue {
        let at: Double
        let cue: Rehab1.Cue
    }

    private(set) var status: Rehab1.Status?
    private(set) var frame: Rehab1.Frame?
    private(set) var sensors: [Rehab1.Sensor] = []
    private(set) var cues: [LoggedCue] = []
    private(set) var warnings: [String] = []
    private(set) var dropped: Int64 = 0
    /// Host time of the newest frame's arrival here, ns.
    private(set) var frameSeen: Int64 = 0
    private var began: Int64 = 0

    /// Takes an event; returns a line that should be said at once, if any.
    mutating func take(_ event: Rehab1.Event, at now: Int64) -> String? {
        if began == 0 { began = now }
        dropped += event.dropped
        switch event.payload {
        case .status(let status):
            self.status = status
            sensors = status.sensors
            // What was settled meanwhile is no longer in it.
            warnings = status.warnings
        case .frame(let frame):
            self.frame = frame
            frameSeen = now
        case .sensor(let sensor):
            sensors.removeAll { $0.name == sensor.name }
            if sensor.state != .ended { sensors.append(sensor) }
            return "sensor \(visible(sensor.name)): \(sensor.state.rawValue)"
        case .cue(let cue):
            cues.append(LoggedCue(at: Double(now - began) * 1e-9, cue: cue))
            if cues.count > 50 { cues.removeFirst() }
            return LiveState.line(cue)
        case .set(let summary):
            return LiveState.line(summary)
        case .warning(let text):
            warnings.append(text)
            return "warning: \(visible(text))"
        case nil: break
        }
        return nil
    }

    /// A finished set in one line.
    static func line(_ summary: Rehab1.Summary) -> String {
        var parts: [String] = []
        if let steps = summary.steps {
            parts.append("\(steps.left.count + steps.right.count) steps")
        }
        if !summary.repetitions.isEmpty {
            parts.append("\(summary.repetitions.count) repetitions")
            parts.append("clean \(percent(summary.cleanShare))")
        }
        if !summary.landings.isEmpty { parts.append("\(summary.landings.count) landings") }
        if parts.isEmpty {
            parts.append("\(summary.holds.count) holds")
            parts.append("in band \(percent(summary.shareInBand))")
        }
        return "\(summary.title): " + (parts + ["\(summary.cues) cues"]).joined(separator: ", ")
    }

    /// A cue in one line.
    static func line(_ cue: Rehab1.Cue) -> String {
        let value = cue.rule == "C19" ? "" : " \(decimal(cue.valueDegrees, 1, unit: " deg"))"
        let side = cue.side.map { ", \($0) stance" } ?? ""
        return "cue \(cue.rule) \(cue.signal)\(value)\(side): \(cue.text)"
            + (cue.heard ? "" : " (not heard)")
    }

    /// What repetitions or steps there are: "3 done, raise (by the clock)".
    static func movement(_ frame: Rehab1.Frame) -> String? {
        guard frame.count > 0 || frame.repetitionPhase != nil else { return nil }
        var text = "\(frame.count) done"
        if let phase = frame.repetitionPhase {
            text += ", \(phase)"
            if let share = frame.wayShare { text += " \(percent(max(0, min(1.5, share))))" }
            if !frame.phaseSeen { text += " (by the clock)" }
        }
        return text
    }

    /// The present moment in one line, for logs and screen readers.
    var plainLine: String {
        guard let frame else { return "no pelvis data" }
        var parts = [frame.posture]
        parts.append("obliquity \(decimal(frame.obliquityDegrees, 1, unit: " deg"))")
        parts.append("tilt \(decimal(frame.anteriorTiltDegrees, 1, unit: " deg"))")
        if frame.phase != .idle {
            // On two legs, or lying, there is no stance side and no drop to tell.
            if frame.stanceSide != nil || frame.gates.contains("stance-unknown") {
                parts.append("stance \(frame.stanceSide ?? "unknown")")
                parts.append("drop \(decimal(frame.dropDegrees, 1, unit: " deg"))")
            }
            parts.append(
                frame.phase == .holding && frame.holdSeconds > 0
                    ? "hold \(decimal(frame.holdSeconds, 1, unit: " s"))" : frame.phase.rawValue)
            if let movement = LiveState.movement(frame) { parts.append(movement) }
            if let share = frame.shareInBand { parts.append("in band \(percent(share))") }
        }
        if !frame.activeRules.isEmpty {
            parts.append("active \(frame.activeRules.joined(separator: " "))")
        }
        if !frame.gates.isEmpty {
            parts.append("not judged: \(frame.gates.joined(separator: " "))")
        }
        return parts.joined(separator: ", ")
    }
}
