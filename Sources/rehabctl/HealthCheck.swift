// The questions that come before any exercise, at first and once a month (programme 3, red flags).

import ArgumentParser
import History

/// Asks, remembers, and stands in the way where a professional is needed first.
struct HealthCheck {
    let console: Console
    let options: LogOptions

    /// Returns where exercise may go on; ends the command where it may not.
    ///
    /// Without somebody to ask nothing is asked; an answer that stands in the way does so everywhere.
    func pass(_ log: WorkoutLog?) throws {
        guard var log else { return }
        let last = log.health
        if let last, last.entry.applies, !last.entry.seen {
            guard
                console.agrees(
                    "You said that one of these applies: have you spoken to a professional since?",
                    isYes: false)
            else {
                complain(
                    Programme.healthStop.split(separator: ". ").joined(separator: ". ").dropLast()
                        .description,
                    cure: "once you have, say so: rehabctl programme seen")
                throw ExitCode(77)
            }
            try keep(HealthEntry(applies: true, seen: true), &log)
            return
        }
        let isTroubled = PainRules.advice(log, on: today()).contains { $0.rule == "P5" }
        let isDue =
            last.map {
                let days = today() - $0.day
                return days >= Programme.healthDays || isTroubled && days > 0
            } ?? true
        guard isDue, console.isAsking else { return }
        console.say("Before exercise: does any of these apply to you, new or not yet looked at?")
        for question in Programme.healthQuestions { console.say("  - \(question)") }
        guard let applies = answer(), !console.hasEnded else { return }
        try keep(HealthEntry(applies: applies), &log)
        guard applies else { return }
        console.say(Programme.healthStop)
        throw ExitCode(77)
    }

    /// Yes or no; nil where it is skipped: unknown, and asked again before the next set.
    private func answer() -> Bool? {
        var question = "Any of them? y or n (Enter: ask me next time)"
        while let text = console.ask(question)?.lowercased() {
            switch text {
            case "": return nil
            case "y", "yes": return true
            case "n", "no": return false
            default: question = "y or n, please (Enter: ask me next time)"
            }
        }
        return nil
    }

    private func keep(_ entry: HealthEntry, _ log: inout WorkoutLog) throws {
        try options.append([LogEntry(day: today(), .health(entry))], to: &log)
    }
}
