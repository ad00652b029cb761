// What to do in each phase of a repetition that goes by the clock, in the exercise's own words.

import Control

/// The words of raise, hold, lower and rest.
struct PhaseWords {
    private let words: [String]
    /// s of the hold; 0: none that is worth a number.
    private let hold: Double

    /// `exercise` nil: one that is not known.
    init(_ exercise: Rehab1.Exercise?) {
        words =
            switch exercise?.id {
            case "glute-set": ["squeeze", "hold", "let go", "rest"]
            case "static-abd-supine", "static-abd-stand": ["push", "hold", "let go", "rest"]
            case "clam": ["open", "hold", "close slowly", "rest"]
            case "side-lift", "stand-abd": ["lift", "hold", "lower slowly", "rest"]
            default: ["go", "hold", "back slowly", "rest"]
            }
        let tempo = exercise?.dose?.tempoSeconds ?? []
        hold = tempo.count == 4 ? tempo[1] : 0
    }

    private static let phases = ["raise", "hold", "lower", "rest"]

    /// The word of a phase; nil for one that is none.
    func word(_ phase: String) -> String? {
        PhaseWords.phases.firstIndex(of: phase).map { words[$0] }
    }

    /// What to say when a phase begins: "push", "hold 5 s"; nothing for the rest, which the count tells of.
    func line(_ phase: String) -> String? {
        guard phase != "rest", let word = word(phase) else { return nil }
        return phase == "hold" && hold >= 2 ? "\(word) \(decimal(hold, 0, unit: " s"))" : word
    }
}

extension Rehab1.Exercise {
    /// The exercise's own words in one line: "Small squeeze. Breathe."
    var cueText: String { (cues ?? [cue]).joined(separator: " ") }
}

/// Says what to think of when that changes.
struct FocusNews {
    private var told: String?

    mutating func take(_ frame: Rehab1.Frame) -> String? {
        guard frame.phase != .idle, let focus = frame.view?.focus, focus != told else { return nil }
        told = focus
        return "focus: \(visible(focus))"
    }
}
