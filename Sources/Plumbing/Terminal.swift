// The terminal: its size, keys without Enter, and putting everything back.

import CLinux
import Glibc

/// Facts about and control of the process's terminal.
package enum Terminal {
    package static var inputIsTerminal: Bool { isatty(0) == 1 }
    package static var outputIsTerminal: Bool { isatty(1) == 1 }
    package static var errorIsTerminal: Bool { isatty(2) == 1 }

    /// Columns and rows of standard output; 80 by 24 where it has none.
    package static func size() -> (columns: Int, rows: Int) {
        var columns: Int32 = 0
        var rows: Int32 = 0
        let status = unsafe rehab_terminal_size(1, &columns, &rows)
        guard status == 0, columns > 0, rows > 0 else { return (80, 24) }
        return (Int(columns), Int(rows))
    }

    /// Hands printed lines over as they come, also into a pipe: what runs for long is watched.
    package static func bufferByLine() { rehab_line_buffer_output() }

    /// Hands over what was printed without a line end.
    package static func flush() { rehab_flush_output() }

    /// What standard input holds now: on a terminal in its usual mode a line; empty at its end.
    package static func readInput() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(0, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// Writes all of `text` to standard output or standard error at once, without buffering.
    package static func write(_ text: String, toError: Bool = false) {
        try? FileStore.write(Array(text.utf8), to: toError ? 2 : 1, path: "the terminal")
    }
}

/// The alternate screen with keys read one by one, until `restore`.
package final class TerminalScreen {
    private var saved = termios()
    package let hasKeys: Bool
    private(set) var isShown = false

    package init() {
        hasKeys = unsafe tcgetattr(0, &saved) == 0
        enter()
    }

    /// Takes the terminal, at first and after every `restore`.
    package func enter() {
        guard !isShown else { return }
        isShown = true
        // A crash puts it back as well.
        rehab_guard_terminal()
        if hasKeys {
            var raw = saved
            // Without ISIG Ctrl-C comes as a key, so the screen is put back before the program ends.
            raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            _ = unsafe tcsetattr(0, TCSANOW, &raw)
        }
        Terminal.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Keys pressed since the last call.
    package func keys() -> [UInt8] {
        var keys: [UInt8] = []
        while hasKeys, keys.count < 64, UnixSocket.waitReadable(0, milliseconds: 0) {
            var key: UInt8 = 0
            guard unsafe read(0, &key, 1) == 1 else { break }
            keys.append(key)
        }
        return keys
    }

    /// Shows `lines` from the top and clears the rest.
    package func show(_ lines: [String]) {
        let body = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        Terminal.write("\u{1B}[H" + body + "\u{1B}[J")
    }

    /// Puts the terminal back as it was.
    package func restore() {
        guard isShown else { return }
        isShown = false
        Terminal.write("\u{1B}[?25h\u{1B}[?1049l")
        if hasKeys { _ = unsafe tcsetattr(0, TCSANOW, &saved) }
        rehab_unguard_terminal()
    }
}
