// `rehabctl pain`: the next morning's questions, and what the programme makes of the answers.

import ArgumentParser
import History
import Plumbing

struct PainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pain", abstract: "Tell this morning's pain, 0 to 10, and where.",
        discussion: """
            Ask yourself once a morning. On a terminal what you leave out is asked for; Enter skips, and \
            a skipped answer is unknown, never 0. A second answer on one day takes the first one's place.
            """)

    @OptionGroup var logging: LogOptions

    @Argument(help: "Pain now, 0 (none) to 10.")
    var pain: Int?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Where it is, in your own words.", valueName: "text"))
    var place: String?

    @Option(name: .long, help: ArgumentHelp("The worst of the night, 0 to 10.", valueName: "0-10"))
    var night: Int?

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Whether the hip woke you last night.")
    var woken: Bool?

    @Option(
        name: .long,
        help: ArgumentHelp("Another day's morning, of the last fortnight.", valueName: "YYYY-MM-DD")
    )
    var date: String?

    @Flag(name: .long, help: "Ask nothing.")
    var noQuestions = false

    func validate() throws {
        for (name, value) in [("the pain", pain), ("--night", night)] {
            if let value, !(0...10).contains(value) {
                throw ValidationError("\(name) must be from 0 to 10.")
            }
        }
        if let place, place.count > 100 {
            throw ValidationError("--where takes at most 100 characters.")
        }
        if let date {
            guard let day = Day(date), day <= today(), today() - day <= 14 else {
                throw ValidationError("--date must be a day of the last fortnight, as 2026-11-26.")
            }
        }
    }

    func run() throws {
        let console = Console(ConsoleSettings(isPlain: true, asksQuestions: !noQuestions))
        var log = try logging.open()
        var answer = MorningEntry(
            pain: pain, place: place.map(visible), night: night, woken: woken)
        if console.isAsking { complete(&answer, console) }
        console.signals.endIfAsked()
        guard answer != MorningEntry() else {
            complain(
                "nothing was answered, so nothing is kept", cure: "for example: rehabctl pain 2")
            throw ExitCode(64)
        }
        let day = date.flatMap { Day($0) } ?? today()
        try logging.append([LogEntry(day: day, .morning(answer))], to: &log)
        say(answer, on: day, log).forEach { print($0) }
    }

    private func complete(_ answer: inout MorningEntry, _ console: Console) {
        if answer.pain == nil { answer.pain = console.scale("Pain now,") }
        if answer.place == nil, (answer.pain ?? 0) > 0 {
            let text = console.ask("Where? (in your own words, Enter skips)") ?? ""
            answer.place = text.isEmpty ? nil : String(text.prefix(100))
        }
        if answer.night == nil { answer.night = console.scale("Worst of the night,") }
        if answer.woken == nil {
            switch console.ask("Did the hip wake you? [y/n, Enter skips]")?.lowercased().first {
            case "y": answer.woken = true
            case "n": answer.woken = false
            default: break
            }
        }
    }

    private func say(_ answer: MorningEntry, on day: Day, _ log: WorkoutLog) -> [String] {
        let usual = PainRules.usual(log.mornings, before: day)
        var text = "\(day.text): pain \(answer.pain.map { "\($0)" } ?? "unknown")"
        if let place = answer.place { text += ", \(place)" }
        text +=
            usual.map { "; usual \(decimal($0, 1))" }
            ?? "; usual is not known yet (three mornings of the last seven are needed)"
        return [text] + PainRules.advice(log, on: day).map { "\($0.rule): \($0.text)" }
    }
}
