// Reads interface texts: total for any text, and strict enough that every other parser agrees.

/// A parser of the part of the interface language that systemd's and the Python package's parsers
/// both take.
///
/// Refused although the specification allows or suggests it: the set `[string]()`, arrays of
/// arrays, `[string]?T`, a comma before a closing parenthesis, names that are not declared.
struct InterfaceParser {
    /// How deep structures may nest in a text.
    private static let maximumDepth = 32
    private static let primitives: [String: FieldType] = [
        "bool": .bool, "int": .int, "float": .float, "string": .string, "object": .object,
    ]

    private let bytes: [UInt8]
    private var position = 0
    /// Lines of the comment block that ends right above the next word.
    private var comment: [String] = []
    /// Uses of named types, to be checked at the end.
    private var uses: [(name: String, position: Int)] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func interface() throws(VarlinkError) -> InterfaceText {
        var interface = InterfaceText()
        skip()
        interface.documentation = takeComment()
        guard word() == "interface" else { throw refusal("the keyword \"interface\" is missing") }
        skip()
        interface.name = try interfaceName()
        skip()
        while position < bytes.count {
            try member(of: &interface)
            skip()
        }
        for use in uses where interface.types[use.name] == nil {
            position = use.position
            throw refusal("the type \(use.name) is not declared")
        }
        return interface
    }

    private mutating func member(of interface: inout InterfaceText) throws(VarlinkError) {
        let documentation = takeComment()
        let start = position
        let keyword = word()
        skip()
        let place = position
        switch keyword {
        case "type", "method", "error": break
        default:
            position = start
            throw refusal("one of \"type\", \"method\", \"error\" is missing")
        }
        let name = word()
        guard isMemberName(name) else {
            position = place
            throw refusal("a name with a capital first letter is missing")
        }
        if interface.members.contains(name) {
            position = place
            throw refusal("\(name) is declared twice")
        }
        interface.members.append(name)
        skip()
        switch keyword {
        case "type":
            let type = try parentheses(depth: 0)
            if type == .structure([]) { throw refusal("the type \(name) is empty") }
            interface.types[name] = type
        case "method":
            let parameters = try fields()
            skip()
            guard take("-"), take(">") else { throw refusal("\"->\" is missing") }
            skip()
            interface.methods[name] = InterfaceText.Method(
                parameters: parameters, result: try fields(), documentation: documentation)
        default:
            interface.errors[name] = try fields()
        }
    }

    // MARK: Types

    /// The fields of a method's parameters or result, or of an error.
    private mutating func fields() throws(VarlinkError) -> [Field] {
        guard case .structure(let fields) = try parentheses(depth: 0) else {
            throw refusal("fields with types are expected here")
        }
        return fields
    }

    /// `(name: type, …)`, `(word, word)` or `()`.
    private mutating func parentheses(depth: Int) throws(VarlinkError) -> FieldType {
        guard depth < InterfaceParser.maximumDepth else { throw refusal("nested too deep") }
        guard take("(") else { throw refusal("an opening parenthesis is missing") }
        comment = []
        skip()
        if take(")") { return .structure([]) }
        var fields: [Field] = []
        var words: [String] = []
        while true {
            skip()
            let documentation = takeComment()
            let place = position
            let name = word()
            guard isFieldName(name) else {
                position = place
                throw refusal("a field name is missing")
            }
            if words.contains(name) {
                position = place
                throw refusal("\(name) occurs twice")
            }
            words.append(name)
            skip()
            if take(":") {
                skip()
                let type = try type(depth: depth + 1)
                fields.append(Field(name: name, type: type, documentation: documentation))
                skip()
            }
            guard fields.isEmpty || fields.count == words.count else {
                throw refusal("fields with and without a type are mixed")
            }
            if take(")") { break }
            guard take(",") else { throw refusal("a comma or closing parenthesis is missing") }
            comment = []
        }
        comment = []
        return fields.isEmpty ? .enumeration(words) : .structure(fields)
    }

    /// `[?][[]|[string]]element`.
    private mutating func type(depth: Int) throws(VarlinkError) -> FieldType {
        let nullable = take("?")
        var type: FieldType
        if take("[") {
            let map = next != UInt8(ascii: "]")
            if map, word() != "string" { throw refusal("\"[]\" or \"[string]\" is expected") }
            guard take("]") else { throw refusal("a closing bracket is missing") }
            let element = try element(depth: depth)
            type = map ? .map(element) : .array(element)
        } else {
            type = try element(depth: depth)
        }
        if nullable { type = .nullable(type) }
        return type
    }

    private mutating func element(depth: Int) throws(VarlinkError) -> FieldType {
        if next == UInt8(ascii: "(") {
            let type = try parentheses(depth: depth)
            if type == .structure([]) { throw refusal("an empty structure is no type") }
            return type
        }
        let place = position
        let name = word()
        if let primitive = InterfaceParser.primitives[name] { return primitive }
        guard isMemberName(name) else {
            position = place
            throw refusal("a type is missing")
        }
        uses.append((name, place))
        return .named(name)
    }

    // MARK: Words

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Passes white space and comments.
    ///
    /// An empty line ends a comment block.
    private mutating func skip() {
        var newlines = 0
        while let byte = next {
            switch byte {
            case UInt8(ascii: "#"):
                let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
                let text = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
                comment.append(text.hasPrefix(" ") ? String(text.dropFirst()) : text)
                position = end
                newlines = 0
            case 0x0A:
                newlines += 1
                if newlines > 1 { comment = [] }
                position += 1
            case 0x20, 0x09, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func takeComment() -> String {
        defer { comment = [] }
        return comment.joined(separator: "\n")
    }

    /// The letters, digits and underscores from here on; empty where there are none.
    private mutating func word() -> String {
        let start = position
        while let byte = next, isAlphanumeric(byte) || byte == UInt8(ascii: "_") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Two or more parts of lower-case letters, digits and inner dashes, joined by dots.
    private mutating func interfaceName() throws(VarlinkError) -> String {
        let start = position
        while let byte = next,
            isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        {
            position += 1
        }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let good = parts.allSatisfy { part in
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
                && part.utf8.allSatisfy { !isUpper($0) }
        }
        let startsWithLetter = name.utf8.first.map { $0 >= UInt8(ascii: "a") } ?? false
        guard parts.count >= 2, good, startsWithLetter else {
            position = start
            throw refusal("an interface name like org.example.thing is missing")
        }
        return name
    }

    private func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        isUpper(byte) || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
    }

    private func isMemberName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isUpper(first) else { return false }
        return !name.utf8.contains(UInt8(ascii: "_"))
    }

    /// Starts with a letter; underscores stand alone and between other characters.
    private func isFieldName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first >= 0x41, first != UInt8(ascii: "_") else {
            return false
        }
        return !name.hasSuffix("_") && !name.contains("__")
    }

    private func refusal(_ reason: String) -> VarlinkError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return .notAnInterface(line: line, column: position - lineStart + 1, reason: reason)
    }
}
