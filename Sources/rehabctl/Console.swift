// The person at the terminal during a workout: lines said, questions asked, waits that keys cut short.

import Plumbing

/// How the console speaks and whether it asks.
struct ConsoleSettings {
    /// Lines in place of a drawing.
    var isPlain = false
    var asksQuestions = true
    /// Nothing is said: what comes out is for a program.
    var isSilent = false
}

/// Speech and questions; ends cleanly by a signal, whoever waits.
final class Console {
    let isDrawing: Bool
    let isAsking: Bool
    let isSilent: Bool
    let signals: ProgramSignals
    let style = Style.standardOutput()
    private var input: [UInt8] = []
    private(set) var isAtEnd = false

    init(_ settings: ConsoleSettings) {
        isSilent = settings.isSilent
        isDrawing =
            !settings.isSilent && terminalDraws() && Terminal.inputIsTerminal && !settings.isPlain
        // Without somebody at a terminal nothing is asked, and nothing waits for an answer.
        isAsking =
            settings.asksQuestions && !settings.isSilent && Terminal.inputIsTerminal
            && Terminal.outputIsTerminal
        signals = ProgramSignals(isDrawing: isDrawing)
    }

    var hasEnded: Bool { signals.endedBy != nil }

    func say(_ line: String) {
        guard !isSilent else { return }
        tell([line])
        Terminal.flush()
    }

    func say(_ lines: [String]) { lines.forEach { say($0) } }

    /// The answer to a question, without blanks around; nil where nobody answers.
    func ask(_ question: String) -> String? {
        guard isAsking, !isAtEnd, !hasEnded else { return nil }
        print(question, terminator: " ")
        Terminal.flush()
        while !hasEnded {
            if let line = takeLine() { return line }
            let ready = InputWait.readable([0, signals.rawValue], milliseconds: 1_000)
            noteSignals()
            guard ready[0] else { continue }
            let bytes = Terminal.readInput()
            if bytes.isEmpty {
                isAtEnd = true
                print("")
                return nil
            }
            input += bytes
        }
        print("")
        return nil
    }

    /// Somebody is at the keyboard, whether or not questions are asked.
    var hasKeyboard: Bool {
        !isSilent && Terminal.inputIsTerminal && Terminal.outputIsTerminal && !isAtEnd
    }

    /// Keys typed with Enter while lines are shown; none where nobody types.
    func typedKeys() -> [LiveKey] {
        guard hasKeyboard, UnixSocket.waitReadable(0, milliseconds: 0) else { return [] }
        let bytes = Terminal.readInput()
        isAtEnd = bytes.isEmpty
        return LiveKey.keys(in: bytes.filter { $0 != UInt8(ascii: " ") })
    }

    private func takeLine() -> String? {
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = String(decoding: input[..<end], as: UTF8.self)
        input.removeFirst(end + 1)
        return line.filter { !$0.isWhitespace || $0 == " " }
            .split(separator: " ").joined(separator: " ")
    }

    private func noteSignals() {
        if signals.take().suspended { SignalReader.stop() }
    }

    /// A number from 0 to 10; nil where it is skipped, which counts as unknown and never as 0.
    func scale(_ question: String) -> Int? {
        for _ in 0..<3 {
            guard let answer = ask("\(question) 0 to 10, Enter skips:"), !answer.isEmpty else {
                return nil
            }
            if let number = scaleNumber(answer) { return number }
            say("A whole number from 0 to 10, please, or Enter.")
        }
        return nil
    }

    func agrees(_ question: String, isYes: Bool) -> Bool {
        guard let answer = ask("\(question) [\(isYes ? "Y/n" : "y/N")]") else { return false }
        if answer.isEmpty { return isYes }
        return answer.lowercased().hasPrefix("y")
    }

    /// Waits; Enter (or a key's line) cuts it short where somebody is there.
    ///
    /// `tell` gets the seconds that are left, once each.
    func wait(seconds: Double, _ tell: (Int) -> Void) {
        let deadline = MonotonicClock.now() + Int64(seconds * 1e9)
        var told = -1
        while !hasEnded {
            let left = deadline - MonotonicClock.now()
            guard left > 0 else { return }
            let whole = Int((left + 999_999_999) / 1_000_000_000)
            if whole != told {
                told = whole
                tell(whole)
            }
            let keyboard: Int32 = isAsking && !isAtEnd ? 0 : -1
            let ready = InputWait.readable(
                [keyboard, signals.rawValue], milliseconds: Int32(min(200, left / 1_000_000 + 1)))
            noteSignals()
            if keyboard == 0, ready[0] {
                isAtEnd = Terminal.readInput().isEmpty
                return
            }
        }
    }
}
