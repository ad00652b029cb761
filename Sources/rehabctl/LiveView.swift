// Draws the live view as lines of text: the pelvis as a level, the band, the cues, the sensors.

import Control

/// Makes the picture.
///
/// Pure: state and size in, lines out.
struct LiveView {
    let style: Style
    let width: Int
    let height: Int

    /// Rows of the level; odd, so that level is the middle one.
    private static let rows = 7
    /// Obliquity that lifts the ends by the whole half height, degrees.
    private static let fullScale = 12.0

    func lines(_ state: LiveState) -> [String] {
        var lines = [headline(state), ""]
        lines += level(state.frame)
        lines += [""] + movement(state.frame) + band(state.frame) + numbers(state.frame) + [""]
        lines += cues(state)
        lines += [""] + sensors(state)
        for warning in state.warnings.suffix(2) {
            lines += wrapped("warning: " + visible(warning)).map { style.notice($0) }
        }
        if lines.count > height { lines = Array(lines.prefix(max(height, 1))) }
        return lines.map { clipped($0) }
    }

    /// Columns that are used: a full last column makes some terminals wrap.
    private var columns: Int { max(width - 1, 10) }

    /// A line cut where it would wrap and tear the picture; colour codes take no room.
    private func clipped(_ line: String) -> String {
        var room = columns
        var isCode = false
        var result = ""
        for character in line {
            if character == "\u{1B}" { isCode = true }
            // Codes behind the cut are kept: they end the colour.
            if isCode || room > 0 { result.append(character) }
            if isCode {
                isCode = !character.isLetter
            } else {
                room -= 1
            }
        }
        return result
    }

    /// Text broken between words.
    private func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private func headline(_ state: LiveState) -> String {
        guard let frame = state.frame else { return style.bold("rehabd live: no pelvis data") }
        var parts = [state.status?.exercise ?? state.status?.activity.rawValue ?? "rehabd live"]
        if frame.phase != .idle {
            if let side = frame.stanceSide {
                parts.append("\(side) leg (\(frame.stanceSource))")
            } else if frame.gates.contains("stance-unknown") {
                parts.append("side not known")
            }
            parts.append(
                frame.phase == .holding && frame.holdSeconds > 0
                    ? "holding \(decimal(frame.holdSeconds, 1, unit: " s"))"
                    : frame.phase.rawValue)
            if let share = frame.shareInBand { parts.append("in band \(percent(share))") }
        } else {
            parts.append(frame.posture)
        }
        return style.bold(String(parts.joined(separator: " | ").prefix(max(width, 10))))
    }

    /// The pelvis from behind: left on the left, the lower side drawn lower.
    private func level(_ frame: Rehab1.Frame?) -> [String] {
        let span = max(21, min(width - 16, 61)) | 1
        var grid = Array(
            repeating: Array(repeating: Character(" "), count: span), count: LiveView.rows)
        let middle = LiveView.rows / 2
        for column in 0..<span where column % 4 == 0 { grid[middle][column] = "." }
        if let angle = frame?.obliquityDegrees {
            let slope = max(-1, min(1, angle / LiveView.fullScale))
            for column in 0..<span {
                let across = Double(column - span / 2) / Double(span / 2)
                let row = Double(middle) + slope * across * Double(middle)
                grid[Int(row.rounded())][column] = column == 0 || column == span - 1 ? "O" : "="
            }
        }
        let isActive = !(frame?.activeRules.isEmpty ?? true)
        return grid.enumerated().map { index, row in
            let text = String(row)
            let labels = index == middle ? ("  left ", " right") : ("       ", "")
            return labels.0 + (isActive ? style.alarm(text) : text) + labels.1
        }
    }

    /// Repetitions or steps so far, the phase, and how far the movement has gone.
    private func movement(_ frame: Rehab1.Frame?) -> [String] {
        guard let frame, frame.phase != .idle, let text = LiveState.movement(frame) else {
            return []
        }
        guard let share = frame.wayShare else { return ["  \(text)"] }
        let span = max(11, min(width - 50, 31))
        let filled = Int((max(0, min(1, share)) * Double(span)).rounded())
        let bar =
            String(repeating: "#", count: filled) + String(repeating: ".", count: span - filled)
        return ["  way [\(bar)] \(text)"]
    }

    /// The drop on a scale with its band.
    private func band(_ frame: Rehab1.Frame?) -> [String] {
        guard let frame, frame.phase != .idle, let on = frame.dropOnDegrees,
            let hike = frame.hikeOnDegrees
        else { return [] }
        let span = max(21, min(width - 30, 61)) | 1
        let reach = 12.0
        func place(_ value: Double) -> Int {
            let share = (max(-reach, min(reach, value)) + reach) / (2 * reach)
            return Int((share * Double(span - 1)).rounded())
        }
        var scale = Array(repeating: Character("-"), count: span)
        for column in place(-hike)...max(place(-hike), place(on)) { scale[column] = "=" }
        scale[place(0)] = "|"
        if let drop = frame.dropDegrees { scale[place(drop)] = "O" }
        let value = decimal(frame.dropDegrees, 1, unit: " deg")
        return [
            "  hike [\(String(scale))] drop \(value)",
            style.dim(
                "       band from hike \(decimal(hike, 1)) to drop \(decimal(on, 1)) degrees"),
        ]
    }

    private func numbers(_ frame: Rehab1.Frame?) -> [String] {
        guard let frame else { return [] }
        var text = "  obliquity \(decimal(frame.obliquityDegrees, 1, unit: " deg"))"
        text += ", tilt \(decimal(frame.anteriorTiltDegrees, 1, unit: " deg"))"
        text += ", trunk lean \(decimal(frame.trunkLeanDegrees, 1, unit: " deg"))"
        var trust = "  sigma \(decimal(frame.sigmaDegrees, 2, unit: " deg"))"
        if !frame.gates.isEmpty {
            trust += style.notice(", not judged: \(frame.gates.joined(separator: " "))")
        }
        return [text, trust]
    }

    private func cues(_ state: LiveState) -> [String] {
        let room = max(2, min(6, height - 20))
        guard !state.cues.isEmpty else { return ["  cues: none yet (silence is success)"] }
        return state.cues.suffix(room).map { entry in
            "  \(decimal(entry.at, 1, unit: " s"))  \(LiveState.line(entry.cue))"
        }
    }

    private func sensors(_ state: LiveState) -> [String] {
        state.sensors.map { sensor in
            let name = "\(visible(sensor.name)) (\(sensor.segment ?? "not worn"))"
            let text =
                "  \(name): \(sensor.state.rawValue), "
                + "\(sensor.rateHertz.map { decimal($0, 1, unit: " Hz") } ?? "no rate yet"), "
                + "gaps \(sensor.gaps), refused \(sensor.decodeErrors)"
            return sensor.state == .streaming ? text : style.notice(text)
        }
    }
}
