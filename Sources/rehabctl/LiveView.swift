// Draws the live view as lines of text: the pelvis as a level, the band, the tempo, the cues, the sensors.

import Control

/// Makes the picture.
///
/// Pure: state and size in, lines out. Colour never carries meaning alone: whatever is coloured is also
/// said in a word or drawn in another character.
struct LiveView {
    let style: Style
    let width: Int
    let height: Int
    /// What the keys do, for the last line.
    var keys = LiveView.watching

    static let watching = "space pause  s side  m mark  +/- volume  x end set  q leave"

    /// The same for lines: keys take Enter there.
    static let typed =
        "Keys, each with Enter: p pause, s side, m mark, + louder, - quieter, x end the set, q leave"

    /// The same keys where the line above does not fit, and where nothing does.
    private static let shorter = "space pause, s side, m mark, + - volume, x end, q leave"
    private static let shortest = "space s m + - x q (rehabctl live -h)"

    /// Obliquity that lifts the ends by the whole half height, degrees.
    private static let fullScale = 12.0

    func lines(_ state: LiveState) -> [String] {
        var head = headline(state)
        if let text = notice(state) { head.append(text) }
        if height >= 16, state.paused == "getting ready" || isAwaited(state) {
            head += wrapped(state.instruction)
        }
        // Above the level, where there is room: what to think of is no cue that follows a movement.
        if height >= 20, state.frame != nil, let focus = state.focus {
            head.append("  focus   " + focus)
        }
        let gauges =
            LiveGauges(style: style, width: width).lines(state)
            + LiveTempo(style: style, width: width).lines(state)
        let warnings = state.warnings.suffix(2).flatMap { wrapped("warning: " + visible($0)) }
            .map { style.notice($0) }
        let upper = numbers(state.frame) + cues(state)
        let others = head.count + gauges.count + upper.count + warnings.count + 1
        let tail = upper + sensors(state, room: height - others - LiveView.leastLevel)
        // The last row is the keys'; the level takes what the others leave, an odd number of rows.
        let taken = head.count + gauges.count + tail.count + warnings.count + 1
        let rows =
            max(LiveView.leastLevel, min(9, height - taken))
            - (max(LiveView.leastLevel, min(9, height - taken)) % 2 == 0 ? 1 : 0)
        var lines = head + level(state.frame, rows: rows) + gauges + tail + warnings
        let room = max(height - 1, 1)
        if lines.count > room { lines = Array(lines.prefix(room)) }
        lines += Array(repeating: "", count: max(0, room - lines.count))
        // All keys, if need be without their words.
        let help =
            [keys, LiveView.shorter].first { $0.count <= columns } ?? LiveView.shortest
        if height > 1 { lines.append(style.dim(help)) }
        return lines.map { clipped($0) }
    }

    /// Rows of the level where there is no more room.
    private static let leastLevel = 3

    /// A hold is to begin: what it begins with is the instruction.
    private func isAwaited(_ state: LiveState) -> Bool {
        state.paused == nil && state.frame?.phase == .waiting && isHold(state)
    }

    private func isHold(_ state: LiveState) -> Bool {
        state.exercise.map { $0.task == "single-leg-hold" } ?? true
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

    private func headline(_ state: LiveState) -> [String] {
        guard let frame = state.frame else {
            return [
                style.bold(
                    (state.title ?? "rehabd live") + ": "
                        + (state.isWaiting ? "waiting for the sensors" : "no pelvis data"))
            ]
        }
        var parts = [
            state.exercise?.title ?? state.title ?? state.status?.exercise
                ?? state.status?.activity.rawValue ?? "rehabd live"
        ]
        if !state.place.isEmpty { parts.append(state.place) }
        if state.frame?.view?.silent == true { parts.append("no cues now") }
        if frame.phase != .idle {
            if let side = namedSide(frame, state.exercise) {
                parts.append("\(side) leg (\(frame.stanceSource))")
            } else if frame.gates.contains("stance-unknown") {
                parts.append("side not known")
            }
            if frame.phase == .holding, frame.holdSeconds > 0 {
                let target = state.exercise?.dose.map(\.targetSeconds) ?? 0
                parts.append(
                    "holding \(decimal(frame.holdSeconds, 1, unit: " s"))"
                        + (target > 0 ? " of \(decimal(target, 0, unit: " s"))" : ""))
            } else if frame.phase == .waiting, isHold(state) {
                parts.append("waiting for you to lift the foot")
            } else if frame.phase != .holding, frame.phase != .waiting || isHold(state) {
                parts.append(frame.phase.rawValue)
            }
            if let share = frame.shareInBand { parts.append("in band \(percent(share))") }
        } else {
            parts.append(plain(frame.posture))
        }
        return joined(parts).map { style.bold($0) }
    }

    /// The leg as a person names it: where that is the one that moves, not the one that stands.
    private func namedSide(_ frame: Rehab1.Frame, _ exercise: Rehab1.Exercise?) -> String? {
        guard let stance = frame.stanceSide, exercise?.side == "moving" else {
            return frame.stanceSide
        }
        return stance == "left" ? "right" : "left"
    }

    /// Parts with bars between them, in two lines where one is too short and there is room for two.
    private func joined(_ parts: [String]) -> [String] {
        let line = parts.joined(separator: " | ")
        guard line.count > columns, height >= 20 else { return [line] }
        var first = 0
        var length = 0
        while first < parts.count, length + parts[first].count <= columns {
            length += parts[first].count + 3
            first += 1
        }
        guard first > 0, first < parts.count else { return [line] }
        return [
            parts[..<first].joined(separator: " | "),
            "  " + parts[first...].joined(separator: " | "),
        ]
    }

    /// What matters most just now: a pause, or what a key did.
    private func notice(_ state: LiveState) -> String? {
        if let paused = state.paused, paused != "getting ready" {
            return style.notice(
                "PAUSED"
                    + (paused == "asked" ? " (space goes on)" : ": \(visible(paused))")
                    + (state.answer.isEmpty || state.answer == "paused" ? "" : "  \(state.answer)"))
        }
        if !state.answer.isEmpty { return state.answer }
        if !state.message.isEmpty { return state.message }
        if state.status != nil, state.sensors.isEmpty {
            return style.notice("no sensor is attached; find yours with: rehabctl setup")
        }
        guard let frame = state.frame, frame.phase != .idle else { return nil }
        if let target = state.exercise?.dose?.targetSeconds, target > 0, frame.phase == .holding,
            frame.holdSeconds >= target
        {
            return "\(decimal(target, 0)) s reached: put the foot down when you like"
        }
        return GateText.sentence(for: frame.gates, in: state.exercise).map {
            style.notice($0)
        }
    }

    /// The pelvis from behind: left on the left, the lower side drawn lower.
    private func level(_ frame: Rehab1.Frame?, rows: Int) -> [String] {
        let span = max(21, min(width - 16, 61)) | 1
        var grid = Array(
            repeating: Array(repeating: Character(" "), count: span), count: rows)
        let middle = rows / 2
        for column in 0..<span where column % 4 == 0 { grid[middle][column] = "." }
        if let angle = frame?.obliquityDegrees {
            let slope = max(-1, min(1, angle / LiveView.fullScale))
            for column in 0..<span {
                let across = Double(column - span / 2) / Double(span / 2)
                let row = Double(middle) + slope * across * Double(middle)
                grid[Int(row.rounded())][column] = column == 0 || column == span - 1 ? "O" : "="
            }
        }
        let active = frame?.activeRules ?? []
        return grid.enumerated().map { index, row in
            let text = String(row)
            let labels = index == middle ? ("  left ", " right") : ("       ", "")
            // In words too: colour alone says nothing.
            let rules =
                index == 0 && !active.isEmpty
                ? style.alarm(" " + active.joined(separator: " ")) : labels.1
            return labels.0 + (active.isEmpty ? text : style.alarm(text)) + rules
        }
    }

    /// Why nothing is judged stands below them where it does not fit beside them.
    private func numbers(_ frame: Rehab1.Frame?) -> [String] {
        guard let frame else { return [] }
        var text = "  obliquity \(decimal(frame.obliquityDegrees, 1, unit: " deg"))"
        text += ", tilt \(decimal(frame.anteriorTiltDegrees, 1, unit: " deg"))"
        text += ", each ± \(decimal(frame.sigmaDegrees, 1, unit: " deg"))"
        guard !frame.gates.isEmpty else { return [text] }
        let reason = "not judged: \(GateText.brief(frame.gates))"
        return text.count + 2 + reason.count <= columns
            ? [text + style.notice(", " + reason)] : [text, style.notice("  " + reason)]
    }

    private func cues(_ state: LiveState) -> [String] {
        let room = max(1, min(6, height - 18))
        guard !state.cues.isEmpty else { return ["  cues: none yet (silence is success)"] }
        return state.cues.suffix(room).map { entry in
            let at = "  \(decimal(entry.at, 1, unit: " s"))  "
            let whole = at + LiveState.line(entry.cue)
            // What to do, and that it was not heard, are not cut off: the rest goes first.
            return whole.count <= columns ? whole : at + LiveState.brief(entry.cue)
        }
    }

    /// A row a sensor; with too little room those that need a look, and how many are well.
    private func sensors(_ state: LiveState, room: Int) -> [String] {
        let rows = state.sensors.map { (isWell: isWell($0), text: row($0)) }
        guard rows.count > max(1, room) else { return rows.map(\.text) }
        let well = rows.count(where: \.isWell)
        let summed = well > 0 ? ["  \(counted(well, "sensor")) streaming and calibrated"] : []
        return rows.filter { !$0.isWell }.map(\.text) + summed
    }

    private func isWell(_ sensor: Rehab1.Sensor) -> Bool {
        sensor.state == .streaming && (sensor.segment == nil || sensor.calibration != nil)
    }

    /// What matters most comes first; what does not fit is left out as a whole.
    private func row(_ sensor: Rehab1.Sensor) -> String {
        var parts = [sensor.state.rawValue]
        if sensor.segment != nil, sensor.calibration == nil { parts.append("not calibrated") }
        if let battery = sensor.link?.batteryPercent { parts.append("battery \(battery) %") }
        parts += [
            sensor.rateHertz.map { decimal($0, 1, unit: " Hz") } ?? "no rate yet",
            "gaps \(sensor.gaps)", "refused \(sensor.decodeErrors)",
        ]
        var text = "  \(visible(sensor.name)) (\(sensor.segment ?? "not worn")): \(parts[0])"
        for part in parts.dropFirst() where text.count + 2 + part.count <= columns {
            text += ", " + part
        }
        return sensor.state == .streaming ? text : style.notice("! " + text.dropFirst(2))
    }
}
