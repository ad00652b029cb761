// The live view on the terminal: draws what changed, follows resizes, takes keys and signals.

import Control
import Plumbing

/// What a key asks for.
enum LiveKey: Equatable {
    case pause, side, mark, endSet, leave

    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "p"), UInt8(ascii: "P"): self = .pause
        case UInt8(ascii: "s"), UInt8(ascii: "S"): self = .side
        case UInt8(ascii: "m"), UInt8(ascii: "M"): self = .mark
        case UInt8(ascii: "x"), UInt8(ascii: "X"): self = .endSet
        // 3 is Ctrl-C, 4 is Ctrl-D.
        case UInt8(ascii: "q"), UInt8(ascii: "Q"), 3, 4: self = .leave
        default: return nil
        }
    }

    /// The keys among bytes; sequences of arrow and function keys are none.
    static func keys(in bytes: [UInt8]) -> [LiveKey] {
        var keys: [LiveKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == 0x1B, let next = rest.first, next == 0x5B || next == 0x4F {
                rest.removeFirst()
                // CSI: parameters up to the final byte.
                while let part = rest.popFirst(), !(0x40...0x7E).contains(part) {}
                continue
            }
            if let key = LiveKey(byte) { keys.append(key) }
        }
        return keys
    }
}

/// The signals of a program that puts things in order before it ends.
final class ProgramSignals {
    private let reader: SignalReader?
    /// The signal that asked the program to end.
    private(set) var endedBy: Int32?

    /// `isDrawing`: window sizes and job control matter as well.
    init(isDrawing: Bool) {
        reader = try? SignalReader(
            SignalReader.endings
                + (isDrawing ? [SignalReader.resize, SignalReader.suspend] : []))
    }

    var rawValue: Int32 { reader?.rawValue ?? -1 }

    /// Takes what came; returns what a screen has to answer.
    func take() -> (resized: Bool, suspended: Bool) {
        var news = (resized: false, suspended: false)
        while let signal = reader?.next() {
            if signal == SignalReader.resize {
                news.resized = true
            } else if signal == SignalReader.suspend {
                news.suspended = true
            } else {
                endedBy = signal
            }
        }
        return news
    }

    /// Ends the program as the signal would have, where one came.
    func endIfAsked() {
        if let endedBy { SignalReader.end(by: endedBy) }
    }
}

/// Draws states; the terminal is put back by `close`, by a crash, and before a signal ends the program.
final class LiveScreen {
    private let screen: TerminalScreen
    private let style = Style.standardOutput()
    private var last: [String] = []
    let signals: ProgramSignals
    var keyHelp = LiveView.watching

    /// The signals' reader exists before the terminal is taken: one in between would leave it behind.
    init(signals: ProgramSignals = ProgramSignals(isDrawing: true)) {
        self.signals = signals
        screen = TerminalScreen()
    }

    /// The signal that asked the program to end.
    var endedBy: Int32? { signals.endedBy }

    /// Waits for keys, signals or `source`, up to a twentieth of a second; returns the keys.
    func wait(for source: Int32) -> [LiveKey] {
        let keyboard: Int32 = screen.hasKeys ? 0 : -1
        InputWait.readable([source, signals.rawValue, keyboard], milliseconds: 50)
        let news = signals.take()
        if news.resized { last = [] }
        if news.suspended {
            screen.restore()
            SignalReader.stop()
            screen.enter()
            last = []
        }
        return LiveKey.keys(in: screen.keys())
    }

    func draw(_ state: LiveState) {
        let size = Terminal.size()
        var view = LiveView(style: style, width: size.columns, height: size.rows)
        view.keys = keyHelp
        let lines = view.lines(state)
        guard lines != last else { return }
        last = lines
        screen.show(lines)
    }

    /// Puts the terminal back.
    func restore() { screen.restore() }

    /// Puts the terminal back; where a signal ended the view, the program ends by it.
    func close() {
        screen.restore()
        signals.endIfAsked()
    }
}
