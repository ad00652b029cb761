// Reads JSON that comes from strangers: total, strict, and bounded in depth.

/// A recursive-descent reader of RFC 8259 JSON with the choices that the RFC leaves open made here:
/// nesting is limited, a name may occur once in an object, half surrogate pairs are refused, numbers
/// must fit a Double, and the text must be valid UTF-8 without a byte-order mark.
///
/// A parser of the system's library would leave duplicate names to chance and nest 512 deep; two
/// readers that disagree about one message are how permission checks get fooled.
package struct JSONReader {
    /// How deep arrays and objects may nest.
    ///
    /// Our own interface needs six.
    package static let maximumDepth = 64

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that `bytes` hold, with nothing after it but white space.
    package static func read(_ bytes: [UInt8]) throws(VarlinkError) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw .notJSON(offset: 0, reason: "the text is not UTF-8")
        }
        var reader = JSONReader(bytes)
        reader.skipSpace()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.position != bytes.count { throw reader.refusal("text after the end") }
        return value
    }

    private func refusal(_ reason: String) -> VarlinkError {
        .notJSON(offset: position, reason: reason)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: StaticString, as value: JSONValue) throws(VarlinkError)
        -> JSONValue
    {
        for character in "\(word)".utf8 {
            guard next == character else { throw refusal("not a value") }
            position += 1
        }
        return value
    }

    private mutating func value(depth: Int) throws(VarlinkError) -> JSONValue {
        guard depth < JSONReader.maximumDepth else {
            throw refusal("nested deeper than \(JSONReader.maximumDepth)")
        }
        guard let byte = next else { throw refusal("ends early") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try take(word: "true", as: .bool(true))
        case UInt8(ascii: "f"): return try take(word: "false", as: .bool(false))
        case UInt8(ascii: "n"): return try take(word: "null", as: .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw refusal("not a value")
        }
    }

    private mutating func object(depth: Int) throws(VarlinkError) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw refusal("a member's name is missing") }
            let start = position
            let name = try string()
            skipSpace()
            guard take(":") else { throw refusal("a colon is missing") }
            skipSpace()
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: name) == nil else {
                throw .notJSON(offset: start, reason: "a name occurs twice in one object")
            }
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw refusal("a comma or closing brace is missing") }
        }
    }

    private mutating func array(depth: Int) throws(VarlinkError) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(values) }
        while true {
            skipSpace()
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw refusal("a comma or closing bracket is missing") }
        }
    }

    // MARK: Numbers

    private mutating func digits() throws(VarlinkError) {
        guard let first = next, isDigit(first) else { throw refusal("a digit is missing") }
        while let byte = next, isDigit(byte) { position += 1 }
    }

    private mutating func number() throws(VarlinkError) -> JSONValue {
        let start = position
        var whole = true
        _ = take("-")
        if take("0") {
            if let byte = next, isDigit(byte) { throw refusal("a number starts with 0") }
        } else {
            try digits()
        }
        if take(".") {
            whole = false
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            whole = false
            position += 1
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw .notJSON(offset: start, reason: "a number is too large")
        }
        return .number(value)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    // MARK: Strings

    private mutating func string() throws(VarlinkError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                // The whole text was checked, and escapes add only whole characters.
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &content)
            case 0..<0x20: throw refusal("a control character in a string")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw refusal("a string ends early")
    }

    private mutating func escape(into content: inout [UInt8]) throws(VarlinkError) {
        guard let byte = next else { throw refusal("a string ends early") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: String(Character(try scalar())).utf8)
        default: throw refusal("an unknown escape in a string")
        }
    }

    /// The character of `\uXXXX`, or of two of them that form a surrogate pair.
    private mutating func scalar() throws(VarlinkError) -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, take("\\"), take("u") else { throw refusal("half a surrogate pair") }
        let low = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw refusal("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(VarlinkError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw refusal("four hexadecimal digits are missing")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
