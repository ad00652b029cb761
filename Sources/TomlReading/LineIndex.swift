// Finds the line of a field: the parser reports lines of its own errors only.

/// Lines of keys by section, from a plain walk over the text.
///
/// Enough for files of `[section]`, `[[list]]` and `key = value` lines; a key it cannot place
/// simply has no line.
struct LineIndex {
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section = ""
        var counts: [String: Int] = [:]
        // A line may end in CR LF, which Swift reads as one character.
        let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (number, raw) in all.enumerated() {
            let line = raw.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[[") {
                let name = LineIndex.name(line.dropFirst(2), until: "]")
                let index = counts[name, default: 0]
                counts[name] = index + 1
                section = "\(name)[\(index + 1)]"
                lines[section] = number + 1
            } else if line.hasPrefix("[") {
                section = LineIndex.name(line.dropFirst(), until: "]")
                lines[section] = number + 1
            } else if let equals = line.firstIndex(of: "="), !line.hasPrefix("#") {
                let key = LineIndex.name(line[..<equals], until: "=")
                let path = section.isEmpty ? key : "\(section).\(key)"
                if lines[path] == nil { lines[path] = number + 1 }
            }
        }
    }

    func line(of path: String) -> Int? { lines[path] }

    private static func name(_ text: Substring, until end: Character) -> String {
        String(text.prefix { $0 != end }).filter { $0 != " " && $0 != "\t" && $0 != "\"" }
    }
}
