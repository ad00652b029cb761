// Why nothing is judged just now, with what to do about it.

import Control

/// Sentences for the gates a person can do something about.
enum GateText {
    /// In the order in which they matter; the others pass by themselves.
    private static let sentences: [(gate: String, text: String)] = [
        (
            "uncalibrated",
            "the pelvis sensor is not calibrated: end the set, then rehabctl calibrate"
        ),
        (
            "other-side",
            "you stand on the other leg than was named: change legs, or change the side"
        ),
        ("swapped", "the thigh sensors read as if swapped: swap them, or assign them anew"),
        ("slipped", "the sensor has slipped, or you lean: stand upright and still for 5 s"),
        ("posture", "not the posture of this exercise: see its instruction"),
        (
            "stance-unknown",
            "the standing leg is not known yet: shift your weight, or name the side"
        ),
        ("loss", "many samples are missing: come nearer, charge the sensor"),
        ("late", "samples come late: cues only after each movement"),
        ("uncertain", "the estimate settles: stand still for a moment"),
    ]

    /// What each gate is in a few words.
    private static let words = [
        "uncalibrated": "not calibrated", "stale": "samples came too late",
        "saturated": "the sensor is at its limit", "uncertain": "the estimate settles",
        "gap": "samples were missing", "shaking": "too much shaking",
        "posture": "not the posture of the exercise",
        "stance-unknown": "the standing leg is not known", "loss": "many samples are missing",
        "late": "samples come late", "slipped": "the sensor has slipped, or you lean",
        "swapped": "the thigh sensors read as if swapped", "other-side": "on the other leg",
    ]

    /// All of them in a few words each; what a newer daemon calls by another name is said as it is.
    static func brief(_ gates: [String]) -> String {
        gates.map { words[$0] ?? plain($0) }.joined(separator: ", ")
    }

    /// Where the named leg moves: lying it is the upper one, upright it does not stand.
    private static let lying = "you lie on the leg that was named: turn over, or change the side"
    private static let moving =
        "you move the other leg than was named: change legs, or change the side"

    /// The most important one of these; nil where all pass by themselves.
    ///
    /// The exercise says which leg a side names, "stance" or "moving", and in which posture.
    static func sentence(for gates: [String], in exercise: Rehab1.Exercise?) -> String? {
        guard let first = sentences.first(where: { gates.contains($0.gate) }) else { return nil }
        guard first.gate == "other-side", exercise?.side == "moving" else { return first.text }
        return exercise?.posture == "upright" ? moving : lying
    }
}
