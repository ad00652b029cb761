// The gauges of the live view: pelvis, trunk and stance thigh, each on a scale with its band.

import Control

/// Draws one scale a measured segment.
struct LiveGauges {
    let style: Style
    let width: Int

    /// Degrees from the middle to an end.
    private static let reach = 12.0

    func lines(_ state: LiveState) -> [String] {
        guard let frame = state.frame, frame.phase != .idle else { return [] }
        var lines: [String] = []
        if let on = frame.dropOnDegrees {
            // A lift that is only told leaves that side of the band open.
            let hike = frame.hikeOnDegrees
            lines.append(
                scale(
                    "pelvis", frame, value: frame.dropDegrees, from: hike.map(-), to: on,
                    ends: ("hike", "drop")))
        }
        if let lean = frame.trunkLeanDegrees {
            let band = trunkBand(state, stance: frame.stanceSide)
            lines.append(
                scale(
                    "trunk", frame, value: lean, from: band.from, to: band.to,
                    ends: ("left", "right")))
        }
        if let view = frame.view, let thigh = view.stanceThighDegrees {
            // The rule counts what comes on top of the person's own lean: the band is of that alone.
            if let lean = view.legLeanDegrees, let on = rule("leg-lean", of: state) {
                lines.append(
                    scale("leg", frame, value: lean, from: nil, to: on, ends: ("in", "out")))
            } else {
                lines.append(
                    scale("thigh", frame, value: thigh, from: nil, to: nil, ends: ("in", "out")))
            }
        }
        return lines
    }

    /// The band of the trunk, by the person's left and right; nil where the exercise has no rule for it.
    private func trunkBand(
        _ state: LiveState, stance: String?
    ) -> (from: Double?, to: Double?) {
        guard let stance else { return (nil, nil) }
        let towards = rule("lean-ipsilateral", of: state)
        let away = rule("lean-away", of: state)
        return stance == "right" ? (away.map(-), towards) : (towards.map(-), away)
    }

    private func rule(_ signal: String, of state: LiveState) -> Double? {
        let own = state.status?.set?.thresholds.first { $0.signal == signal }?.onDegrees
        return own ?? state.exercise?.rules.first { $0.signal == signal }?.onDegrees
    }

    /// `pelvis  hike [-----====|==O-----] drop 2.1 deg, in band -5.0 to 4.0`.
    private func scale(
        _ name: String, _ frame: Rehab1.Frame, value: Double?, from: Double?, to: Double?,
        ends: (String, String)
    ) -> String {
        let span = max(15, min(width - 52, 49)) | 1
        let reach = LiveGauges.reach
        func place(_ value: Double) -> Int {
            let share = (max(-reach, min(reach, value)) + reach) / (2 * reach)
            return Int((share * Double(span - 1)).rounded())
        }
        var cells = Array(repeating: Character("-"), count: span)
        if from != nil || to != nil {
            for column in place(from ?? -reach)...max(place(from ?? -reach), place(to ?? reach)) {
                cells[column] = "="
            }
        }
        cells[place(0)] = "|"
        if let value { cells[place(value)] = "O" }
        let left = padded(name, 7) + String(repeating: " ", count: max(0, 5 - ends.0.count))
        var text = "  \(left)\(ends.0) [\(String(cells))] \(padded(ends.1, 5)) "
        text += decimal(value, 1, unit: " deg")
        guard from != nil || to != nil, let value else { return text }
        guard frame.gates.isEmpty else { return text + ", not judged" }
        let isIn = value < (to ?? .infinity) && value > (from ?? -.infinity)
        return isIn ? text + ", in band" : text + style.alarm(", OUT of band")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

/// Draws the tempo and the strip of what was done.
struct LiveTempo {
    let style: Style
    let width: Int

    func lines(_ state: LiveState) -> [String] {
        guard let frame = state.frame, frame.phase != .idle else { return [] }
        return [tempo(state, frame), strip(state, frame)].compactMap(\.self)
    }

    /// `tempo  raise > HOLD > lower > rest  [####....] 0.6 of 1 s`; the present phase in capitals.
    private func tempo(_ state: LiveState, _ frame: Rehab1.Frame) -> String? {
        guard let phase = frame.repetitionPhase else { return nil }
        let names = ["raise", "hold", "lower", "rest"]
        let targets = state.exercise?.dose?.tempoSeconds ?? []
        let words = PhaseWords(state.exercise)
        let path = names.enumerated().compactMap { index, name -> String? in
            // A phase that the exercise does not have is not shown, unless the person is in it.
            if targets.count == 4, targets[index] == 0, name != phase { return nil }
            // By the clock the person follows the view, and not the view the person.
            let shown = frame.phaseSeen ? name : words.word(name) ?? name
            return name == phase ? shown.uppercased() : shown
        }.joined(separator: " > ")
        var text = "  tempo   \(path)  "
        let target = names.firstIndex(of: phase).flatMap { targets.count == 4 ? targets[$0] : nil }
        if let target, target > 0 {
            // What stands behind it keeps its place, however many digits it has just now.
            let behind = 12 + (frame.phaseSeen ? 11 : 15)
            text += bar(state.phaseSeconds / target, room: width - 3 - text.count - behind)
            text += " \(decimal(state.phaseSeconds, 1)) of \(decimal(target, 0, unit: " s"))"
        } else {
            text += decimal(state.phaseSeconds, 1, unit: " s")
        }
        if let share = frame.wayShare {
            let way = ", way \(percent(max(0, min(1.5, share))))"
            // As a whole or not at all: a long hold leaves no room, and half a number is another one.
            if text.count + way.count < width { text += way }
        }
        if !frame.phaseSeen { text += " (by the clock)" }
        return text
    }

    private func bar(_ share: Double, room: Int) -> String {
        let span = max(6, min(width - 62, 20, room))
        let filled = Int((max(0, min(1, share)) * Double(span)).rounded())
        return "[" + String(repeating: "#", count: filled)
            + String(repeating: ".", count: span - filled) + "]"
    }

    /// `done    + + o + . . . .  4 of 8`: + clean, o not, u by the clock only, n not judged.
    private func strip(_ state: LiveState, _ frame: Rehab1.Frame) -> String? {
        let done = frame.view?.strip ?? ""
        let wanted = state.wanted ?? Int(state.exercise?.dose?.repetitions ?? 0)
        guard frame.count > 0 || wanted > 0 else { return nil }
        let marks = done.map { $0 == "c" ? "+" : String($0) }
        let room = max(4, (width - 30) / 2)
        let shown = marks.suffix(room)
        let open = max(0, min(wanted - marks.count, room - shown.count))
        let cells = Array(shown) + Array(repeating: ".", count: open)
        let count = wanted > 0 ? "\(frame.count) of \(wanted)" : "\(frame.count) done"
        guard !done.isEmpty || wanted > 0 else { return "  done    \(count)" }
        var text = "  done    \(cells.joined(separator: " "))  \(count)"
        if done.contains("o") { text += style.dim("  + clean, o not") }
        if done.contains("n") { text += style.dim("  n not judged") }
        return text
    }
}
