// The five stages (programme 2): their lengths, workouts, caps, and the gate into the next.

/// One stage of the programme.
package struct Stage: Sendable, Equatable {
    package let number: Int
    package let name: String
    package let goal: String
    /// Days before the next may be entered; nil: open.
    package let leastDays: Int?
    package let workoutsAWeek: Int
    package let workouts: String
    package let effort: String
    package let tempo: String
    package let cues: String
    /// Most pain in a set, 0 to 10.
    package let cap: Int
}

/// What the gate into the next stage asks for, over the last seven days (programme 2).
package struct GateLimits: Sendable, Equatable {
    package let mornings: Int
    package let night: Int
    /// Numbers in the catalogue, any of them.
    package let cleanExercises: [Int]
    package let oneLegStand: String
    package let stepDown: String?
}

/// The programme of the clinical reference, as a plan with cautious defaults; a physiotherapist's plan
/// replaces any part of it.
package enum Programme {
    package static let stages: [Stage] = [
        Stage(
            number: 1, name: "Settle and find",
            goal: "calm the hip, find the muscle, look after daily habits", leastDays: 7,
            workoutsAWeek: 7, workouts: "daily, short; the first two exercises twice",
            effort: "light", tempo: "own pace, slow onset", cues: "all", cap: 2),
        Stage(
            number: 2, name: "Early load", goal: "load on two legs, on one with support",
            leastDays: 7, workoutsAWeek: 7, workouts: "daily", effort: "light to somewhat hard",
            tempo: "2-1-3-1", cues: "two of three", cap: 3),
        Stage(
            number: 3, name: "Build", goal: "load on one leg, steps, walking", leastDays: 28,
            workoutsAWeek: 4, workouts: "4 to 6 a week", effort: "somewhat hard",
            tempo: "2-1-3-1", cues: "half, later a third", cap: 5),
        Stage(
            number: 4, name: "Strong and even", goal: "heavy and slow, carrying, endurance",
            leastDays: 28, workoutsAWeek: 3,
            workouts: "3 to 4 a week, 48 hours between hard ones", effort: "hard (5 to 6)",
            tempo: "3-0-3-0", cues: "a third, later one in ten", cap: 5),
        Stage(
            number: 5, name: "Return and keep", goal: "stops, hops, sport, upkeep",
            leastDays: nil, workoutsAWeek: 2, workouts: "2 to 3 a week",
            effort: "hard, plus sport", tempo: "as the task asks", cues: "a weekly check", cap: 5),
    ]

    /// Of the gates out of stages 1 to 4.
    package static let gates: [GateLimits] = [
        GateLimits(
            mornings: 1, night: 3, cleanExercises: [3, 6],
            oneLegStand: "painful side 10 s with a fingertip", stepDown: nil),
        GateLimits(
            mornings: 1, night: 3, cleanExercises: [7, 11],
            oneLegStand: "painful side 20 s without touch", stepDown: nil),
        GateLimits(
            mornings: 1, night: 2, cleanExercises: [15],
            oneLegStand: "painful side 30 s, drop in band at least 90 %",
            stepDown: "at most 3 at 15 cm"),
        GateLimits(
            mornings: 0, night: 2, cleanExercises: [17],
            oneLegStand: "30 s without cues, sway within 25 % of the other side",
            stepDown: "at most 1 at 20 cm"),
    ]

    /// Hops have a cap of their own in stage 5 (engineering default).
    package static let hops = 21
    package static let hopsCap = 3
    /// What remains where pain before a set is above 5: EX01 to EX03 and the habits.
    package static let gentle: Set<Int> = [1, 2, 3, 22]

    package static func stage(_ number: Int) -> Stage? { stages.first { $0.number == number } }

    /// The cap of the stage for an exercise; nil without a stage.
    package static func cap(stage: Int?, exercise: Int) -> Int? {
        guard let stage, let found = self.stage(stage) else { return nil }
        return exercise == hops ? min(hopsCap, found.cap) : found.cap
    }

    /// The questions before any exercise (programme 3, red flags).
    package static let healthQuestions = [
        "a fall or a blow", "you cannot put weight on the leg", "fever, or feeling ill",
        "the hip is hot, red or swollen",
        "constant pain at rest or at night that nothing changes", "weight loss",
        "a history of cancer", "numbness, loss of strength, or a change of bladder or bowel",
        "sudden severe pain in the groin", "recent hip surgery or an injection",
        "swelling of the calf",
    ]
    package static let healthStop =
        "This needs a professional. Do not exercise with this program until you have spoken to one."
    /// Days after which they are asked again.
    package static let healthDays = 30
}
