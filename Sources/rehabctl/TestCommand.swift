// `rehabctl test`: the tests T1 to T8, guided, and what came of them.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run a test of the battery (T1 to T8), or see results.",
        subcommands: [TestRunCommand.self, TestListCommand.self, TestResultsCommand.self],
        defaultSubcommand: TestRunCommand.self)
}

struct TestListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tests with their protocols.")

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        var client = try daemon.connect()
        let tests = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.ListTests()).tests
        }
        if daemon.json {
            try printJSON(tests)
        } else {
            let text = TestText(style: .standardOutput())
            tests.forEach { tell(text.definition($0)) }
        }
    }
}

struct TestResultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results", abstract: "Show kept results.")

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "A test, for example T1; default: all.")
    var test: String?

    @Option(help: ArgumentHelp("Show this many of the newest.", valueName: "count"))
    var last = 10

    func run() throws {
        var client = try daemon.connect()
        let results = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.ListTestResults(test: test?.uppercased())).results
        }
        let shown = results.suffix(max(0, last))
        if daemon.json {
            try printJSON(Array(shown))
            return
        }
        let text = TestText(style: .standardOutput())
        if shown.isEmpty { print("no results yet; run a test with: rehabctl test T1 --side left") }
        for result in shown { tell(text.result(result)) }
    }
}

struct TestRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a test: its protocol, the run, the questions, the result.",
        discussion: """
            The tests: rehabctl test list. No cues are given. End a run early with Enter. Answers that \
            are given as options are not asked for; on no terminal nothing is asked.

            The results are measurements with their uncertainty. They name no diagnosis, and change is \
            called change only beyond the size that counts.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "The test: T1 to T8.")
    var test: String?

    @Option(
        help: ArgumentHelp("The leg under test: left, right or both in turn.", valueName: "side"))
    var side: String?

    @Option(name: .long, help: ArgumentHelp("Seconds to get ready.", valueName: "seconds"))
    var leadIn = 3.0

    @Option(name: .long, help: ArgumentHelp("End a run after this time.", valueName: "seconds"))
    var seconds = 300.0

    @Option(help: ArgumentHelp("Highest pain, 0 to 10.", valueName: "number"))
    var pain: Double?

    @Option(help: ArgumentHelp("A fingertip touched: yes or no.", valueName: "answer"))
    var fingertip: String?

    @Flag(name: .long, help: "Print lines in place of one that changes (for screen readers).")
    var plain = false

    @Option(name: .long, help: ArgumentHelp("Height of the step.", valueName: "cm"))
    var stepHeight: Double?

    @Option(help: ArgumentHelp("A hand left the waist: yes or no.", valueName: "answer"))
    var hands: String?

    @Option(help: ArgumentHelp("Stepped down or wobbled: yes or no.", valueName: "answer"))
    var stepped: String?

    @Option(
        help: ArgumentHelp(
            "The knee: 0 over the foot, 1 inside the second toe, 2 inside the foot.",
            valueName: "number"))
    var knee: Int64?

    @Option(help: ArgumentHelp("What you stop from in T7: walk or jog.", valueName: "pace"))
    var pace: String?

    func validate() throws {
        guard side == nil || ["left", "right", "both"].contains(side) else {
            throw ValidationError("--side must be left, right or both.")
        }
        guard (0...60).contains(leadIn) else {
            throw ValidationError("--lead-in must be from 0 to 60 seconds.")
        }
        guard (1...3_600).contains(seconds) else {
            throw ValidationError("--seconds must be from 1 to 3600.")
        }
        for answer in [fingertip, hands, stepped] where answer != nil && yes(answer) == nil {
            throw ValidationError("--fingertip, --hands and --stepped take yes or no.")
        }
        guard pace == nil || ["walk", "jog"].contains(pace) else {
            throw ValidationError("--pace must be walk or jog.")
        }
    }

    private func yes(_ answer: String?) -> Bool? {
        answer == "yes" ? true : answer == "no" ? false : nil
    }

    func run() throws {
        Terminal.bufferByLine()
        var client = try daemon.connect()
        let tests = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.ListTests()).tests
        }
        guard let test else {
            complain(
                "no test is named",
                cure: "for example: rehabctl test T1 --side left; all of them: rehabctl test list")
            throw ExitCode(64)
        }
        guard let wanted = tests.first(where: { $0.id == test.uppercased() }) else {
            complain(
                "there is no test \(visible(test))",
                cure: "use one of \(tests.map(\.id).joined(separator: ", "))")
            throw ExitCode(64)
        }
        let text = TestText(style: .standardOutput())
        if !daemon.json { tell(text.definition(wanted)) }
        var results: [Rehab1.TestResult] = []
        for side in try sides(of: wanted) {
            let run = TestRun(
                daemon: daemon, test: wanted, side: side, leadIn: leadIn, longest: seconds,
                quiet: daemon.json, isPlain: plain)
            var result = try run.result()
            result = try answered(result, questions: wanted.questions)
            results.append(result)
            if !daemon.json { tell(text.result(result)) }
        }
        if daemon.json { try printJSON(results) }
    }

    /// The runs of a test: each named leg, then both where the test has such a part.
    private func sides(of test: Rehab1.Test) throws -> [String?] {
        switch test.legs {
        case "both":
            guard side == nil else {
                complain("\(test.id) has no side", cure: "leave --side out")
                throw ExitCode(64)
            }
            return [nil]
        case "one-or-both": return named + [nil]
        default:
            guard side != nil else {
                complain(
                    "\(test.id) is done on one leg at a time",
                    cure: "add --side left, --side right, or --side both for one after the other")
                throw ExitCode(64)
            }
            return named
        }
    }

    private var named: [String?] { side == "both" ? ["left", "right"] : side.map { [$0] } ?? [] }

    // MARK: questions

    private func answered(
        _ result: Rehab1.TestResult, questions: [Rehab1.TestQuestion]
    ) throws -> Rehab1.TestResult {
        var answers = Rehab1.TestAnswers(
            pain: pain, fingertip: yes(fingertip), stepHeightCentimetres: stepHeight,
            handsLeftWaist: yes(hands), steppedDown: yes(stepped), knee: knee, pace: pace)
        if Terminal.inputIsTerminal, !daemon.json {
            for question in questions where !answers.has(question.id) {
                print("\(question.text) (Enter: no answer): ", terminator: "")
                Terminal.flush()
                if let line = readLine() { answers.set(question.id, line) }
            }
        }
        guard answers != Rehab1.TestAnswers() else { return result }
        var client = try daemon.connect()
        return try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.AnswerTest(name: result.name, answers: answers)).result
        }
    }
}

extension Rehab1.TestAnswers {
    /// Whether a question has its answer already.
    func has(_ question: String) -> Bool {
        switch question {
        case "pain": pain != nil
        case "fingertip": fingertip != nil
        case "step_height_cm": stepHeightCentimetres != nil
        case "hands_left_waist": handsLeftWaist != nil
        case "stepped_down": steppedDown != nil
        case "knee": knee != nil
        case "pace": pace != nil
        default: true
        }
    }

    /// Takes a typed answer; one that is none stays unknown.
    mutating func set(_ question: String, _ text: String) {
        let word = trimmed(text).lowercased()
        let yes: Bool? = word.hasPrefix("y") ? true : word.hasPrefix("n") ? false : nil
        switch question {
        case "pain": pain = Double(word).flatMap { (0...10).contains($0) ? $0 : nil }
        case "fingertip": fingertip = yes
        case "step_height_cm":
            stepHeightCentimetres = Double(word).flatMap { (1...60).contains($0) ? $0 : nil }
        case "hands_left_waist": handsLeftWaist = yes
        case "stepped_down": steppedDown = yes
        case "knee": knee = Int64(word).flatMap { (0...2).contains($0) ? $0 : nil }
        case "pace": pace = word.hasPrefix("w") ? "walk" : word.hasPrefix("j") ? "jog" : nil
        default: break
        }
    }
}
