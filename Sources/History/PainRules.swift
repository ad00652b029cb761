// What pain asks for: in a set (P1, P2), the morning after (P3 to P6), and over weeks (P7, P8).

/// A rule of the programme that applies now, in words for the person.
package struct Advice: Sendable, Equatable {
    package let rule: String
    package let text: String
}

/// What comes of the highest pain in a set.
package enum PainVerdict: Sendable, Equatable {
    case goOn
    /// P1: this exercise ends.
    case endExercise
    /// P2: the workout ends.
    case endWorkout
}

/// The most pain that is asked to be kept under in a set (programme 3).
package enum SetCap: Sendable, Equatable {
    case upTo(Int)
    /// Pain before is above 5: only EX01 to EX03 and the habits today.
    case gentleOnly
    /// No stage is known, or pain before was not answered and no stage gives a cap.
    case notKnown
}

package enum PainRules {
    /// Above this a set is not acceptable, whatever the stage (programme 3).
    package static let limit = 5
    /// A rise within a set that ends the workout.
    package static let jump = 3

    /// People arrive with pain: above the stage's cap it becomes `before + 1`, never above 5.
    package static func cap(stage: Int?, exercise: Int, before: Int?) -> SetCap {
        if let before, before > limit {
            return Programme.gentle.contains(exercise) ? .upTo(min(10, before)) : .gentleOnly
        }
        guard let cap = Programme.cap(stage: stage, exercise: exercise) else { return .notKnown }
        guard let before, before > cap else { return .upTo(cap) }
        return .upTo(min(before + 1, limit))
    }

    /// After a set; an answer that is missing decides nothing.
    package static func verdict(before: Int?, during: Int?, cap: Int?) -> PainVerdict {
        guard let during else { return .goOn }
        // Where pain was above 5 before a gentle set, only its rise counts.
        if during > limit, during > (before ?? 0) { return .endWorkout }
        if let before, during - before >= jump { return .endWorkout }
        return during > (cap ?? limit) ? .endExercise : .goOn
    }

    /// The person's own median morning pain over the seven days before; nil below three answers
    /// (engineering default: fewer are no habit).
    package static func usual(_ mornings: [Day: MorningEntry], before day: Day) -> Double? {
        let answers = (1...7).compactMap { mornings[day + -$0]?.pain }.sorted()
        guard answers.count >= 3 else { return nil }
        let middle = answers.count / 2
        return answers.count % 2 == 1
            ? Double(answers[middle]) : Double(answers[middle - 1] + answers[middle]) / 2
    }

    /// P3: the morning is 2 or more above usual, or the hip woke the person.
    package static func isFlare(_ mornings: [Day: MorningEntry], _ day: Day) -> Bool {
        guard let morning = mornings[day] else { return false }
        if morning.woken == true { return true }
        guard let pain = morning.pain, let usual = usual(mornings, before: day) else {
            return false
        }
        return Double(pain) >= usual + 2
    }

    /// Mean morning pain of the seven days that end with `day`; nil below three answers.
    package static func weekMean(_ mornings: [Day: MorningEntry], endingOn day: Day) -> Double? {
        let answers = (0...6).compactMap { mornings[day + -$0]?.pain }
        guard answers.count >= 3 else { return nil }
        return Double(answers.reduce(0, +)) / Double(answers.count)
    }

    private static func flares(_ mornings: [Day: MorningEntry], last days: Int, _ day: Day) -> Int {
        (0..<days).count { isFlare(mornings, day + -$0) }
    }

    /// Everything that applies on `day`, gravest first.
    package static func advice(_ log: WorkoutLog, on day: Day) -> [Advice] {
        let mornings = log.mornings
        var found: [Advice] = []
        let means = (0...2).map { weekMean(mornings, endingOn: day + -7 * $0) }
        let rising =
            if let now = means[0], let one = means[1], let two = means[2] {
                now - one > 1 && one - two > 1
            } else { false }
        if flares(mornings, last: 14, day) >= 3 || rising {
            found.append(
                Advice(
                    rule: "P5",
                    text: "Progress pauses. Please talk to your physiotherapist. `rehabctl log` "
                        + "shows what to bring along."))
        } else if flares(mornings, last: 7, day) >= 2 {
            found.append(
                Advice(
                    rule: "P4",
                    text:
                        "Two mornings of this week were well above usual, or the hip woke you: one "
                        + "stage down for seven days. Look at walking, stairs, sitting and lying on the side first."
                ))
        } else if isFlare(mornings, day) || isFlare(mornings, day + -1) {
            found.append(
                Advice(
                    rule: "P3",
                    text:
                        "A morning was well above usual, or the hip woke you: in the next workout the "
                        + "last change is undone, a third of the sets is left out, EX01 to EX03 come first. No new "
                        + "load for 48 hours."))
        }
        if let change = fourWeeks(mornings, day), abs(change) < 2 {
            found.append(
                Advice(
                    rule: "P6",
                    text:
                        "Four weeks without a change of 2 points in the weekly mean: the plan may "
                        + "not suit. Please talk to your physiotherapist."))
        }
        let fortnight = (0..<14).compactMap { mornings[day + -$0]?.pain }
        if fortnight.count >= 10, fortnight.allSatisfy({ $0 == 0 }) {
            found.append(
                Advice(rule: "P7", text: "No pain for 14 days: the gate can be looked at."))
        }
        if let missing = missing(log, day) { found.append(missing) }
        return found
    }

    /// Change of the weekly mean over four weeks; nil without both, or below 1 point of pain, where a
    /// fall of 2 is not to be had.
    private static func fourWeeks(_ mornings: [Day: MorningEntry], _ day: Day) -> Double? {
        guard let now = weekMean(mornings, endingOn: day),
            let then = weekMean(mornings, endingOn: day + -28), then >= 1
        else { return nil }
        return now - then
    }

    /// P8: three days without an answer hold progression; after three more nobody asks.
    private static func missing(_ log: WorkoutLog, _ day: Day) -> Advice? {
        guard let first = log.sets.first?.day, day - first >= 3 else { return nil }
        let mornings = log.mornings
        let answered = (0..<3).contains { mornings[day + -$0]?.pain != nil }
        let recent = (0..<6).contains { mornings[day + -$0]?.pain != nil }
        guard !answered else { return nil }
        return Advice(
            rule: "P8",
            text: recent || day - first < 6
                ? "Three mornings without an answer: progress waits. `rehabctl pain` takes ten seconds."
                : "Progress waits for answers: `rehabctl pain`.")
    }

    /// The stage that the next workout is done in: one down where P4 applies.
    package static func stageNow(_ log: WorkoutLog, on day: Day) -> (stage: Int, reason: String?)? {
        guard let stage = log.stage?.entry.stage else { return nil }
        let mornings = log.mornings
        let isDown = (0..<7).contains { flares(mornings, last: 7, day + -$0) >= 2 }
        guard isDown, stage > 1 else { return (stage, nil) }
        return (
            stage - 1,
            "stage \(stage - 1) for seven days in place of \(stage): two mornings within a week were "
                + "well above usual (P4)"
        )
    }
}
