// The gate into the next stage, line by line: met, not met, or not known. Nobody is moved up by it.

/// One line of a gate.
package struct GateLine: Sendable, Equatable {
    package enum State: String, Sendable {
        case met
        case notMet = "not met"
        case notKnown = "not known"
    }

    package let name: String
    package let state: State
    package let text: String
}

/// The gate out of the present stage, from the last seven days of the log (programme 2).
package enum Gate {
    /// Shares that the programme names.
    private static let done = 0.7
    private static let capped = 0.9
    private static let clean = 0.8

    /// Nil in the last stage, and without a stage.
    package static func lines(_ log: WorkoutLog, on day: Day) -> [GateLine]? {
        guard let (since, entry) = log.stage, let stage = Programme.stage(entry.stage),
            stage.number <= Programme.gates.count
        else { return nil }
        let limits = Programme.gates[stage.number - 1]
        let week = log.sets.filter { day - $0.day < 7 && $0.day <= day }
        return [
            length(stage, since: since, day),
            workouts(week, stage),
            pain(week, stage),
            mornings(log.mornings, limits, day),
            night(log.mornings, limits, day),
            trend(log.mornings, day),
            clean(week, limits),
            GateLine(
                name: "one-leg stand", state: .notKnown,
                text: limits.oneLegStand + "; see the test, this log does not hold it"),
            limits.stepDown.map {
                GateLine(
                    name: "step-down", state: .notKnown,
                    text: "score " + $0 + "; see the test, this log does not hold it")
            },
            stage.number == 4
                ? GateLine(
                    name: "own best kept", state: .notKnown,
                    text: "at least 90 % in hold, repetitions and load; yours to say") : nil,
        ].compactMap(\.self)
    }

    private static func length(_ stage: Stage, since: Day, _ day: Day) -> GateLine {
        let least = stage.leastDays ?? 0
        let days = day - since
        return GateLine(
            name: "time in the stage", state: days >= least ? .met : .notMet,
            text: "\(days) of at least \(least) days")
    }

    private static func workouts(
        _ week: [(day: Day, set: SetEntry)], _ stage: Stage
    ) -> GateLine {
        let count = Set(week.map(\.set.workout)).count
        let share = Double(count) / Double(stage.workoutsAWeek)
        return GateLine(
            name: "workouts", state: share >= done ? .met : .notMet,
            text: "\(count) of \(stage.workoutsAWeek) planned in seven days, 70 % asked for")
    }

    private static func pain(_ week: [(day: Day, set: SetEntry)], _ stage: Stage) -> GateLine {
        let answered = week.filter { $0.set.during != nil }
        guard !answered.isEmpty else {
            return GateLine(name: "pain in sets", state: .notKnown, text: "no answer in seven days")
        }
        let kept = answered.count {
            ($0.set.during ?? 0)
                <= (Programme.cap(stage: stage.number, exercise: $0.set.number) ?? stage.cap)
        }
        let share = Double(kept) / Double(answered.count)
        return GateLine(
            name: "pain in sets", state: share >= capped ? .met : .notMet,
            text: "at most \(stage.cap) in \(kept) of \(answered.count) sets, 90 % asked for")
    }

    private static func mornings(
        _ mornings: [Day: MorningEntry], _ limits: GateLimits, _ day: Day
    ) -> GateLine {
        let days = (0..<7).map { day + -$0 }
        let judged = days.filter {
            mornings[$0]?.pain != nil && PainRules.usual(mornings, before: $0) != nil
        }
        guard judged.count >= 4 else {
            return GateLine(
                name: "mornings", state: .notKnown,
                text: "\(judged.count) mornings of seven can be compared with usual")
        }
        let above = judged.count {
            Double(mornings[$0]?.pain ?? 0) > (PainRules.usual(mornings, before: $0) ?? 0) + 1
        }
        return GateLine(
            name: "mornings", state: above <= limits.mornings ? .met : .notMet,
            text: "\(above) more than 1 above usual, at most \(limits.mornings) asked for")
    }

    private static func night(
        _ mornings: [Day: MorningEntry], _ limits: GateLimits, _ day: Day
    ) -> GateLine {
        let nights = (0..<7).compactMap { mornings[day + -$0]?.night }
        guard let worst = nights.max() else {
            return GateLine(name: "nights", state: .notKnown, text: "no answer in seven days")
        }
        return GateLine(
            name: "nights", state: worst <= limits.night ? .met : .notMet,
            text: "worst \(worst), at most \(limits.night) asked for (\(nights.count) answers)")
    }

    private static func trend(_ mornings: [Day: MorningEntry], _ day: Day) -> GateLine {
        guard let now = PainRules.weekMean(mornings, endingOn: day),
            let before = PainRules.weekMean(mornings, endingOn: day + -7)
        else {
            return GateLine(
                name: "weekly mean", state: .notKnown, text: "two weeks of answers are needed")
        }
        return GateLine(
            name: "weekly mean", state: now - before <= 1 ? .met : .notMet,
            text: "\(fixed(now)) after \(fixed(before)), higher by at most 1 asked for")
    }

    private static func clean(
        _ week: [(day: Day, set: SetEntry)], _ limits: GateLimits
    ) -> GateLine {
        let names = limits.cleanExercises.map { $0 < 10 ? "EX0\($0)" : "EX\($0)" }
            .joined(separator: " or ")
        let shares = week.filter { limits.cleanExercises.contains($0.set.number) }
            .compactMap { set in set.set.cleanShare.map { ($0, set.set.repetitions) } }
        let count = shares.reduce(0) { $0 + $1.1 }
        guard count > 0 else {
            return GateLine(
                name: "clean repetitions", state: .notKnown, text: "no \(names) in seven days")
        }
        let share = shares.reduce(0) { $0 + $1.0 * Double($1.1) } / Double(count)
        return GateLine(
            name: "clean repetitions", state: share >= clean ? .met : .notMet,
            text: "\(Int((share * 100).rounded())) % of \(count) in \(names), 80 % asked for")
    }
}

/// One decimal.
func fixed(_ value: Double) -> String {
    let tenths = Int((value.magnitude * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
}
