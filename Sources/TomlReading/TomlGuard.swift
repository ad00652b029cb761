// Refuses, before the parser sees it, a text on which the parser would end the process.

/// What is not to be handed to TOMLKit.
struct TomlHazard: Equatable, Sendable {
    /// From 1.
    var line: Int
    var problem: String
}

/// Looks for what the toml++ inside TOMLKit 0.6.0 does not survive.
///
/// It keeps its assertions in release builds and aborts where a header does not begin with a key
/// (`[=]`, `[[[a]]]`) and where a `}` stands for a value in an array (`a = [ }`); it overflows the
/// stack on a key of some thousand dotted parts; where a bare value runs on into a quote or a bracket
/// (`a = 1"ä`), or a letter follows a backslash, it runs into code that it calls unreachable. They are
/// found here with just as much of TOML's lexical grammar as that takes: comments, the four kinds of
/// strings, brackets, dots, where a value begins. Refused as well: brackets that do not match, anything
/// but ASCII outside of strings and comments (TOML 1.0 has none there), a `\u0000`, which would cut the
/// text short in C, and dates and times, which no file here uses.
struct TomlGuard {
    /// Parts of a dotted key, and levels of brackets: far more than any file here needs.
    private static let depthLimit = 16

    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private var open: [UInt8] = []
    private var dots = 0
    /// Nothing but blanks so far on this line, outside of any bracket.
    private var atStart = true
    /// What comes next is a value: an item of a list, or what stands behind `=`.
    private var expectsValue = false

    private init(_ text: String) {
        bytes = Array(text.utf8)
        // The byte order mark that some editors put first.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { place = 3 }
    }

    /// The first hazard of the text, or nil.
    static func hazard(in text: String) -> TomlHazard? {
        var scanner = TomlGuard(text)
        return scanner.scan().map { TomlHazard(line: scanner.line, problem: $0) }
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        place + offset < bytes.count ? bytes[place + offset] : nil
    }

    private mutating func advance() {
        if byte() == UInt8(ascii: "\n") { line += 1 }
        place += 1
    }

    /// The problem at `line`, or nil at the end.
    private mutating func scan() -> String? {
        while let current = byte() {
            let before = atStart
            atStart = false
            if let problem = bareValueProblem(current) { return problem }
            switch current {
            case UInt8(ascii: "\n"):
                atStart = open.isEmpty
                if atStart { expectsValue = false }
                dots = 0
                advance()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                atStart = before
                advance()
            case UInt8(ascii: "#"):
                while let next = byte(), next != UInt8(ascii: "\n") { advance() }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if let problem = skipString(current) { return problem }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if let problem = opening(current, isHeader: before) { return problem }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                let partner = current == UInt8(ascii: "]") ? UInt8(ascii: "[") : UInt8(ascii: "{")
                guard open.popLast() == partner else {
                    return "a closing bracket has no opening one of its kind"
                }
                advance()
            case UInt8(ascii: "."):
                dots += 1
                guard dots < TomlGuard.depthLimit else {
                    return "a name has more than \(TomlGuard.depthLimit) parts"
                }
                advance()
            case UInt8(ascii: "="), UInt8(ascii: ","):
                dots = 0
                expectsValue =
                    current == UInt8(ascii: "=") || open.last == UInt8(ascii: "[")
                advance()
            case 0x80...:
                return "a character outside of quotes is not plain ASCII"
            default:
                if isTime { return "dates and times are not used here; write them in quotes" }
                skipWord()
            }
        }
        return nil
    }

    /// An opening bracket: of a header, whose first byte must begin a key, or of a list or table.
    private mutating func opening(_ bracket: UInt8, isHeader: Bool) -> String? {
        dots = 0
        open.append(bracket)
        expectsValue = bracket == UInt8(ascii: "[") && !isHeader
        advance()
        guard isHeader, bracket == UInt8(ascii: "[") else {
            return open.count <= TomlGuard.depthLimit
                ? nil : "brackets stand more than \(TomlGuard.depthLimit) deep"
        }
        if byte() == UInt8(ascii: "[") {
            open.append(bracket)
            advance()
        }
        while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { advance() }
        guard let first = byte() else { return nil }
        let beginsKey =
            TomlGuard.isWord(first) || first == UInt8(ascii: "\"")
            || first == UInt8(ascii: "'")
        return beginsKey ? nil : "a section header does not begin with a name"
    }

    /// A number or word as a value goes on up to a blank, a comma, a closing bracket or a comment; the parser
    /// looks at every character until then, and does not survive all of them.
    private mutating func bareValueProblem(_ current: UInt8) -> String? {
        if TomlGuard.endsValue(current) || !expectsValue { return nil }
        expectsValue = false
        if TomlGuard.isForeign(current) { return nil }
        var offset = 0
        while let next = byte(offset), !TomlGuard.endsValue(next) {
            if TomlGuard.isForeign(next) {
                return "a value that is neither text nor list holds a character it cannot hold"
            }
            offset += 1
        }
        return nil
    }

    /// Begins a text, a list or a table, or belongs to no bare value.
    private static func isForeign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "["), UInt8(ascii: "{"),
            UInt8(ascii: "="), 0x80...:
            true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
            UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "#"):
            true
        default: false
        }
    }

    private mutating func skipWord() {
        advance()
        while let next = byte(), TomlGuard.isWord(next) { advance() }
    }

    /// Letters, digits, `_`, `-`: what a bare key is made of.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// True where a bare word begins like 1979- or 07:.
    private var isTime: Bool {
        var digits = 0
        while digits < 5, let next = byte(digits), (48...57).contains(next) { digits += 1 }
        return digits == 4 && byte(4) == UInt8(ascii: "-")
            || digits == 2 && byte(2) == UInt8(ascii: ":")
    }

    /// Passes over a string.
    ///
    /// One that does not end where it should is the parser's to refuse: it stops there and sees
    /// nothing of what follows.
    private mutating func skipString(_ quote: UInt8) -> String? {
        let escapes = quote == UInt8(ascii: "\"")
        let long = byte(1) == quote && byte(2) == quote
        for _ in 0..<(long ? 3 : 1) { advance() }
        while let current = byte() {
            if !long, current == UInt8(ascii: "\n") { return nil }
            if escapes, current == UInt8(ascii: "\\") {
                advance()
                if escapesZero { return "a text holds a zero character" }
                // The parser asks of what follows whether it is a blank, and its table of blanks does not
                // know every letter.
                var offset = 0
                while long, let next = byte(offset), TomlGuard.isBlank(next) { offset += 1 }
                if let next = byte(offset), next >= 0x80 {
                    return "a character that is not plain ASCII follows a backslash"
                }
                if byte() != nil { advance() }
                continue
            }
            advance()
            guard current == quote else { continue }
            if !long { return nil }
            if byte() == quote, byte(1) == quote {
                for _ in 0..<2 { advance() }
                // A long string may end in one or two quotes of its own.
                for _ in 0..<2 where byte() == quote { advance() }
                return nil
            }
        }
        return nil
    }

    /// True after a backslash where u0000 or U00000000 follows.
    private var escapesZero: Bool {
        switch byte() {
        case UInt8(ascii: "u"): (1...4).allSatisfy { byte($0) == UInt8(ascii: "0") }
        case UInt8(ascii: "U"): (1...8).allSatisfy { byte($0) == UInt8(ascii: "0") }
        default: false
        }
    }
}
