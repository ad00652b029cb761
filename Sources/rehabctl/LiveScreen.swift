// The live view on the terminal: draws what changed, follows resizes, listens for the end.

import Plumbing

/// Draws states until q, Q or Ctrl-C.
final class LiveScreen {
    private let screen = TerminalScreen()
    private let style = Style.standardOutput()
    private(set) var quitAsked = false
    private var last: [String] = []

    func draw(_ state: LiveState) {
        for key in screen.keys()
        where key == UInt8(ascii: "q") || key == UInt8(ascii: "Q") || key == 3 {
            quitAsked = true
        }
        // Asked for at each drawing: a resize needs no signal.
        let size = Terminal.size()
        let view = LiveView(style: style, width: size.columns, height: size.rows - 1)
        let lines = view.lines(state)
        guard lines != last else { return }
        last = lines
        screen.show(lines)
    }

    func close() { screen.restore() }
}
