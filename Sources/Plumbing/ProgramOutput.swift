// The first line that another program prints: for versions.

import Glibc

package enum ProgramOutput {
    /// Runs the program at `path` with one argument and returns its first line; nil where it cannot be
    /// run or prints nothing.
    ///
    /// Waits for its end: for programs that answer at once. `path` and `argument` are the caller's own
    /// words, never a stranger's, and hold no quotes.
    package static func firstLine(of path: String, _ argument: String) -> String? {
        guard !path.contains("'"), !argument.contains("'") else { return nil }
        guard let stream = unsafe popen("exec '\(path)' '\(argument)' 2>/dev/null", "re") else {
            return nil
        }
        var buffer = [CChar](repeating: 0, count: 128)
        let line = unsafe fgets(&buffer, Int32(buffer.count), stream).map {
            unsafe String(cString: $0)
        }
        unsafe pclose(stream)
        let text = line?.split(whereSeparator: \.isNewline).first.map(String.init)
        return text?.isEmpty == true ? nil : text
    }
}
