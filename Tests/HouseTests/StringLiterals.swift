// Finds the string literals in Swift source: what a program can say is written in them.

/// One literal, interpolations cut out of it.
struct StringLiteral {
    let line: Int
    let text: String
}

/// A small lexer: comments, plain, raw and multi-line strings, interpolations with strings inside.
struct StringLiteralReader {
    private let source: [Character]
    private var place = 0
    private var line = 1
    private(set) var found: [StringLiteral] = []

    static func literals(in text: String) -> [StringLiteral] {
        var reader = StringLiteralReader(text)
        reader.code(untilParenthesis: false)
        return reader.found
    }

    private init(_ text: String) { source = Array(text) }

    private func sees(_ text: String) -> Bool {
        let wanted = Array(text)
        guard place + wanted.count <= source.count else { return false }
        return Array(source[place..<place + wanted.count]) == wanted
    }

    private mutating func skip(_ count: Int) {
        for _ in 0..<count where place < source.count {
            if source[place].isNewline { line += 1 }
            place += 1
        }
    }

    /// Code up to the end, or to the parenthesis that closes an interpolation.
    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while place < source.count {
            if sees("//") {
                while place < source.count, !source[place].isNewline { skip(1) }
            } else if sees("/*") {
                skip(2)
                while place < source.count, !sees("*/") { skip(1) }
                skip(2)
            } else if source[place] == "\"" {
                literal(hashes: 0)
            } else if source[place] == "#", let hashes = rawHashes {
                skip(hashes)
                literal(hashes: hashes)
            } else {
                if source[place] == "(" { depth += 1 }
                if source[place] == ")" {
                    if untilParenthesis, depth == 0 { return skip(1) }
                    depth -= 1
                }
                skip(1)
            }
        }
    }

    /// How many `#` stand before a quote; nil where none follows.
    private var rawHashes: Int? {
        var end = place
        while end < source.count, source[end] == "#" { end += 1 }
        return end < source.count && source[end] == "\"" ? end - place : nil
    }

    private mutating func literal(hashes: Int) {
        let begin = line
        let quote = sees("\"\"\"") ? "\"\"\"" : "\""
        let marks = String(repeating: "#", count: hashes)
        skip(quote.count)
        var text = ""
        while place < source.count, !sees(quote + marks) {
            if sees("\\" + marks + "(") {
                skip(2 + hashes)
                code(untilParenthesis: true)
                text += " "
            } else if sees("\\" + marks) {
                // An escape: a line break or a tab parts words, a folded line end does not.
                skip(1 + hashes)
                if place < source.count, "ntr0".contains(source[place]) { text += " " }
                skip(1)
            } else {
                text.append(source[place])
                skip(1)
            }
        }
        skip(quote.count + hashes)
        found.append(StringLiteral(line: begin, text: text))
    }
}
