// A set in lines as it goes, for those who listen: repetitions, seconds of a hold, pauses, cues.

import Control

/// Says what changed since it was last asked.
///
/// Pure: frames in, lines out.
struct SetNews {
    let exercise: Rehab1.Exercise
    private let wanted: Int64
    private var count: Int64 = 0
    private var countOnOther: Int64 = 0
    private var holdTold = 0
    private var wasHolding = false
    private var gates: [String] = []
    private var isSilent = false
    private let words: PhaseWords
    /// Of the clock; nil where it stands still, or the movement is seen.
    private var phase: String?
    private var focus = FocusNews()

    /// `wanted`: repetitions in place of the dose.
    init(exercise: Rehab1.Exercise, wanted: Int? = nil) {
        self.exercise = exercise
        words = PhaseWords(exercise)
        self.wanted = wanted.map(Int64.init) ?? exercise.dose?.repetitions ?? 0
    }

    /// Seconds of a hold between two lines.
    private static let holdStep = 5

    mutating func take(_ frame: Rehab1.Frame) -> [String] {
        var lines: [String] = []
        if exercise.task == "single-leg-hold" {
            lines += holds(frame)
        } else if frame.count > count {
            lines.append(done(frame))
        }
        count = max(count, frame.count)
        if let line = focus.take(frame) { lines.append(line) }
        if let line = pace(frame) { lines.append(line) }
        let silent = frame.view?.silent == true
        // While a set is paused nothing is cued anyway.
        if silent != isSilent, frame.phase != .idle {
            lines.append(silent ? "from here without cues" : "from here with cues again")
            isSilent = silent
        }
        if let onOther = frame.view?.otherSide, onOther > countOnOther {
            countOnOther = onOther
            lines.append("\(otherLeg(frame)): not counted")
        }
        let reasons = frame.gates.filter { $0 != "stance-unknown" }
        if reasons != gates {
            if !reasons.isEmpty, frame.phase != .idle {
                lines.append(
                    "not judged now: "
                        + (GateText.sentence(for: reasons, in: exercise)
                            ?? GateText.brief(reasons)))
            }
            gates = reasons
        }
        return lines
    }

    /// What to do now, as the clock of the tempo says it.
    private mutating func pace(_ frame: Rehab1.Frame) -> String? {
        let before = phase
        phase = frame.phase == .idle || frame.phaseSeen ? nil : frame.repetitionPhase
        guard let phase, phase != before else { return nil }
        return words.line(phase)
    }

    private func otherLeg(_ frame: Rehab1.Frame) -> String {
        // Lying, the leg that was to stay below has moved.
        guard let stance = frame.stanceSide else { return "a repetition on the other leg" }
        let other = stance == "right" ? "left" : "right"
        return "a repetition on the \(exercise.side == "moving" ? stance : other) leg"
    }

    private func done(_ frame: Rehab1.Frame) -> String {
        let noun =
            switch exercise.task {
            case "steps": "step"
            case "landings": "landing"
            default: "repetition"
            }
        var text = "\(noun) \(frame.count)"
        if wanted > 0, exercise.task != "steps" { text += " of \(wanted)" }
        switch frame.view?.strip.last {
        case "c": text += exercise.task == "landings" ? ", steady" : ", clean"
        case "u": text += ", by the clock"
        case "n": text += ", not judged: data were missing"
        default: break
        }
        return text
    }

    private mutating func holds(_ frame: Rehab1.Frame) -> [String] {
        defer { wasHolding = frame.phase == .holding }
        guard frame.phase == .holding else {
            let ended = wasHolding && frame.count > count
            holdTold = 0
            guard ended else { return [] }
            return ["the hold is over" + (frame.view?.strip.last == "c" ? ", in band" : "")]
        }
        if !wasHolding { return ["holding" + (frame.stanceSide.map { " on the \($0) leg" } ?? "")] }
        let whole = Int(frame.holdSeconds) / SetNews.holdStep * SetNews.holdStep
        let target = Int(exercise.dose?.targetSeconds ?? 0)
        if target > 0, Int(frame.holdSeconds) >= target, holdTold < target {
            holdTold = max(target, whole)
            return ["\(target) s reached: put the foot down when you like"]
        }
        guard whole > holdTold else { return [] }
        holdTold = whole
        return ["\(whole) s"]
    }
}
