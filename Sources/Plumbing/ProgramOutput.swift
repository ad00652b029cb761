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

extension ProgramOutput {
    /// Runs the program at `path` and returns its lines and exit status; nil where it cannot be run.
    ///
    /// The words are the caller's own; at most `limit` lines are kept.
    package static func lines(
        of path: String, _ arguments: [String], limit: Int = 1000
    ) -> (lines: [String], status: Int32)? {
        let words = [path] + arguments
        guard ProcessFacts.mayExecute(path), words.allSatisfy({ !$0.contains("'") }) else {
            return nil
        }
        let command = words.map { "'\($0)'" }.joined(separator: " ")
        guard let stream = unsafe popen("exec \(command) 2>/dev/null </dev/null", "re") else {
            return nil
        }
        var lines: [String] = []
        var buffer = [CChar](repeating: 0, count: 4096)
        while unsafe fgets(&buffer, Int32(buffer.count), stream) != nil {
            guard lines.count < limit else { continue }
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let text = String(decoding: bytes, as: UTF8.self)
            lines.append(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        let status = unsafe pclose(stream)
        return (lines, (status >> 8) & 0xff)
    }
}
