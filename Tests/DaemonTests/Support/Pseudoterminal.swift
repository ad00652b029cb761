// A terminal that is a test: what a program draws can be read, keys can be pressed, modes compared.

import Glibc
import Plumbing

/// Both ends of a pseudo-terminal of 80 columns and 24 rows.
package final class Pseudoterminal {
    /// The end that a program gets as its terminal.
    private let terminal: SharedDescriptor
    private let keyboard: SharedDescriptor
    private var seen: [UInt8] = []

    package init() throws {
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0 else { throw PlumbingError("open a pseudo-terminal", code: errno) }
        keyboard = SharedDescriptor(Descriptor(owning: master))
        // TIOCSPTLCK and TIOCGPTN: unlock the other end, and ask for its number.
        var locked: Int32 = 0
        var number: UInt32 = 0
        _ = unsafe ioctl(master, 0x4004_5431, &locked)
        _ = unsafe ioctl(master, 0x8004_5430, &number)
        let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw PlumbingError("open a pseudo-terminal", code: errno) }
        terminal = SharedDescriptor(Descriptor(owning: slave))
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(slave, UInt(TIOCSWINSZ), &size)
    }

    /// Starts a program on this terminal.
    package func start(
        _ path: String, _ arguments: [String], environment: [String: String]
    ) throws -> ChildProcess {
        try ChildProcess(
            path, arguments, environment: environment, streams: .terminal(terminal.rawValue))
    }

    /// Gives the window another size; its program is told by SIGWINCH, which a test sends itself.
    package func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(terminal.rawValue, UInt(TIOCSWINSZ), &size)
    }

    /// Everything drawn so far.
    package func drawn() -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while UnixSocket.waitReadable(keyboard.rawValue, milliseconds: 0) {
            let count = unsafe read(keyboard.rawValue, &buffer, buffer.count)
            guard count > 0 else { break }
            seen += buffer[..<count]
        }
        return String(decoding: seen, as: UTF8.self)
    }

    /// Types a line.
    package func type(_ text: String) { for key in text.utf8 { press(key) } }

    package func press(_ key: UInt8) {
        var key = key
        _ = unsafe write(keyboard.rawValue, &key, 1)
    }

    /// The modes of the terminal, as a program would ask for them.
    package struct Modes: Equatable {
        package let isLineByLine: Bool
        package let echoes: Bool
        package let hasSignalKeys: Bool
    }

    package var modes: Modes {
        var settings = termios()
        _ = unsafe tcgetattr(terminal.rawValue, &settings)
        func isOn(_ flag: Int32) -> Bool { settings.c_lflag & tcflag_t(flag) != 0 }
        return Modes(isLineByLine: isOn(ICANON), echoes: isOn(ECHO), hasSignalKeys: isOn(ISIG))
    }
}
