// What a monitoring client knows: the newest of everything, and the last cues.

import Control

/// Collects events for the live view.
struct LiveState {
    /// A cue with the time since the view began, s.
    struct LoggedCue: Equatable {
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
    /// The finished set, once the daemon tells of it.
    private(set) var finished: Rehab1.Summary?
    /// s in the present phase of the tempo.
    private(set) var phaseSeconds = 0.0
    /// What the workout wants to say.
    var message = ""
    /// What a key did last: said for some seconds, since it hides what else there is to say.
    private(set) var answer = ""
    private var answeredAt: Int64 = 0
    /// The catalogue, for titles, doses and tempos; empty where it was not asked for.
    var exercises: [Rehab1.Exercise] = []
    /// Repetitions asked for in place of the exercise's dose.
    var wanted: Int?
    /// "set 2 of 3", in a workout.
    var place = ""
    /// The exercise of a set before the daemon tells of it, and how it is done, shown until it begins.
    var title: String?
    var instruction = ""
    /// Nothing came yet, and it is too early to miss it.
    private(set) var isWaiting = false
    private var watched: Int64 = 0
    private var phase: String?
    private var phaseBegan: Int64 = 0
    private var began: Int64 = 0

    /// ns without a frame after which nothing is shown of the body: an old reading is none.
    private static let staleAfter: Int64 = 1_000_000_000

    /// The exercise that runs.
    var exercise: Rehab1.Exercise? {
        status?.exercise.flatMap { id in exercises.first { $0.id == id } }
    }

    /// What to think of: this minute's focus, or the exercise's own words; nil where there are none.
    var focus: String? {
        let text = frame?.view?.focus ?? exercise?.cueText
        return text.flatMap { $0.isEmpty ? nil : visible($0) }
    }

    /// Why the set is paused; nil while it runs.
    var paused: String? { status?.set?.paused }

    /// Lets go of a body that is no longer told of.
    mutating func noteTime(_ now: Int64) {
        if watched == 0 { watched = now }
        if answeredAt == 0 { answeredAt = now }
        if now - answeredAt > LiveState.answerTime { answer = "" }
        isWaiting = frameSeen == 0 && now - watched < 2 * LiveState.staleAfter
        if frame != nil, now - frameSeen > LiveState.staleAfter { frame = nil }
    }

    /// ns for which a key's answer is shown.
    private static let answerTime: Int64 = 4_000_000_000

    /// A key was carried out.
    mutating func note(answer text: String) {
        answer = text
        answeredAt = 0
    }

    private static func isLookedFor(_ state: Rehab1.Sensor.State) -> Bool {
        [.searching, .connecting, .configuring].contains(state)
    }

    /// Takes an event; returns a line that should be said at once, if any.
    mutating func take(_ event: Rehab1.Event, at now: Int64) -> String? {
        if began == 0 { began = now }
        dropped += event.dropped
        switch event.payload {
        case .status(let status): return take(status)
        case .frame(let frame):
            takePhase(frame)
            self.frame = frame
            frameSeen = now
        case .sensor(let sensor):
            let before = sensors.first { $0.name == sensor.name }?.state
            sensors.removeAll { $0.name == sensor.name }
            if sensor.state != .ended { sensors.append(sensor) }
            // One that is away is looked for again and again: said once.
            if let before, LiveState.isLookedFor(before), LiveState.isLookedFor(sensor.state) {
                return nil
            }
            return "sensor \(visible(sensor.name)): \(sensor.state.rawValue)"
        case .cue(let cue):
            cues.append(LoggedCue(at: Double(now - began) * 1e-9, cue: cue))
            if cues.count > 50 { cues.removeFirst() }
            return LiveState.line(cue)
        case .set(let summary):
            finished = summary
            return LiveState.line(summary)
        case .warning(let text):
            warnings.append(text)
            return "warning: \(visible(text))"
        case nil: break
        }
        return nil
    }

    private mutating func take(_ status: Rehab1.Status) -> String? {
        let before = paused
        // What was said of the last set is over.
        if self.status?.set == nil, status.set != nil { message = "" }
        self.status = status
        sensors = status.sensors
        // What was settled meanwhile is no longer in it.
        warnings = status.warnings
        guard before != paused else { return nil }
        if let paused { return "paused: \(paused)" }
        guard status.set != nil else { return nil }
        return before == "getting ready" ? "go" : "the set goes on"
    }

    private mutating func takePhase(_ frame: Rehab1.Frame) {
        if frame.repetitionPhase != phase {
            phase = frame.repetitionPhase
            phaseBegan = frame.time
        }
        phaseSeconds = phase == nil ? 0 : Double(max(0, frame.time - phaseBegan)) * 1e-9
    }

    /// The next set begins: what belongs to the last one is let go.
    mutating func beginSet() {
        finished = nil
        message = ""
    }

    /// A finished set in one line.
    static func line(_ summary: Rehab1.Summary) -> String {
        var parts: [String] = []
        if let steps = summary.steps {
            parts.append(counted(Int(steps.left.count + steps.right.count), "step"))
        }
        if !summary.repetitions.isEmpty {
            parts.append(counted(summary.repetitions.count, "repetition"))
            parts.append("clean \(percent(summary.cleanShare))")
        }
        if let count = summary.otherSide {
            parts.append("\(counted(Int(count), "repetition")) on the other leg, not counted")
        }
        if !summary.landings.isEmpty { parts.append(counted(summary.landings.count, "landing")) }
        if parts.isEmpty {
            parts.append(counted(summary.holds.count, "hold"))
            parts.append("in band \(percent(summary.shareInBand))")
        }
        return "\(summary.title): "
            + (parts + [counted(Int(summary.cues), "cue")]).joined(separator: ", ")
    }

    /// A cue in one line.
    static func line(_ cue: Rehab1.Cue) -> String {
        // A lost balance and a broken hold have no size.
        let isEvent = cue.rule == "C19" || cue.rule == "C13"
        let value = isEvent ? "" : " " + ThresholdBook.amount(cue.valueDegrees, of: cue.signal)
        let side = cue.side.map { ", \($0) stance" } ?? ""
        return "cue \(cue.rule) \(cue.signal)\(value)\(side): \(cue.text)"
            + (cue.heard ? "" : " (not heard)")
    }

    /// A cue where there is little room.
    static func brief(_ cue: Rehab1.Cue) -> String {
        "cue \(cue.rule)\(cue.heard ? "" : " (not heard)"): \(cue.text)"
    }

    /// What repetitions or steps there are: "3 done, push (by the clock)".
    static func movement(_ frame: Rehab1.Frame, of exercise: Rehab1.Exercise?) -> String? {
        guard frame.count > 0 || frame.repetitionPhase != nil else { return nil }
        var text = "\(frame.count) done"
        if let phase = frame.repetitionPhase {
            let word = frame.phaseSeen ? nil : PhaseWords(exercise).word(phase)
            text += ", \(word ?? phase)"
            if let share = frame.wayShare { text += " \(percent(max(0, min(1.5, share))))" }
            if !frame.phaseSeen { text += " (by the clock)" }
        }
        return text
    }

    /// The present moment in one line, for logs and screen readers.
    var plainLine: String {
        guard let frame else { return "no pelvis data" }
        var parts = [plain(frame.posture)]
        if let paused { parts.append("paused (\(paused))") }
        parts.append("obliquity \(decimal(frame.obliquityDegrees, 1, unit: " deg"))")
        parts.append("tilt \(decimal(frame.anteriorTiltDegrees, 1, unit: " deg"))")
        if frame.phase != .idle {
            // On two legs, or lying, there is no stance side and no drop to tell.
            if frame.stanceSide != nil || frame.gates.contains("stance-unknown") {
                parts.append("stance \(frame.stanceSide ?? "unknown")")
                parts.append("drop \(decimal(frame.dropDegrees, 1, unit: " deg"))")
            }
            if let lean = frame.trunkLeanDegrees {
                parts.append("trunk lean \(decimal(lean, 1, unit: " deg"))")
            }
            if let thigh = frame.view?.stanceThighDegrees {
                parts.append("stance thigh \(decimal(thigh, 1, unit: " deg"))")
            }
            parts.append(
                frame.phase == .holding && frame.holdSeconds > 0
                    ? "hold \(decimal(frame.holdSeconds, 1, unit: " s"))" : frame.phase.rawValue)
            if let movement = LiveState.movement(frame, of: exercise) { parts.append(movement) }
            if let share = frame.shareInBand { parts.append("in band \(percent(share))") }
        }
        if !frame.activeRules.isEmpty {
            parts.append("active \(frame.activeRules.joined(separator: " "))")
        }
        if !frame.gates.isEmpty {
            parts.append("not judged: \(GateText.brief(frame.gates))")
        }
        return parts.joined(separator: ", ")
    }
}
