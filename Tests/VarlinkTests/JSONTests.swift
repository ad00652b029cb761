// JSON as strangers send it. Expected values are RFC 8259's and Python's.

import Testing

@testable import Varlink

@Suite struct JSONTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    private static let wellFormed: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true\n", true), ("\t-12 ", -12), ("[]", []), ("{ }", [:]),
        ("[1,[2,{}]]", [1, [2, [:]]]), (#"{"a" : {"b":[null]}}"#, ["a": ["b": [.null]]]),
        ("1.5", .number(1.5)), ("-0.0", .number(0)), ("2E+2", .number(200)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(0x1p63)),
        (#""""#, ""), (#""\"\\\/\b\f\n\r\t\u0041""#, "\"\\/\u{8}\u{c}\n\r\tA"),
        // RFC 8259 section 7: the G clef character as a surrogate pair.
        (#""\uD834\uDD1E""#, "\u{1D11E}"), ("\"\u{1D11E}é\"", "\u{1D11E}é"),
    ]

    @Test(arguments: wellFormed)
    func wellFormedTextIsRead(text: String, expected: JSONValue) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "truex", "01", "-", "+1", "1.", ".5", "1e", "0x10", "NaN", "Infinity",
        "1e999", "[1,]", "[1 2]", "[", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\\uD834\"", "\"\\uD834\\u0041\"", "\"\\uDD1E\"",
        "\"a\nb\"",
        "1 2", "[] []", "'a'", "\u{FEFF}{}", "{} //",
    ])
    func malformedTextIsRefused(text: String) {
        #expect(throws: VarlinkError.self) { try read(text) }
    }

    @Test(arguments: [
        // RFC 3629 sections 3, 4 and 10: overlong, surrogate, beyond U+10FFFF, cut short, stray.
        [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3],
        [0x80], [0xFF], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ])
    func textThatIsNotUTF8IsRefused(bytes: [UInt8]) {
        #expect(throws: VarlinkError.notJSON(offset: 0, reason: "the text is not UTF-8")) {
            try JSONReader.read([0x22] + bytes + [0x22])
        }
    }

    @Test func aNameMayOccurOnceInAnObject() throws {
        #expect(throws: VarlinkError.self) { try read(#"{"a":1,"b":2,"a":1}"#) }
        // The same name written with an escape.
        #expect(throws: VarlinkError.self) { try read(#"{"a":1,"\u0061":2}"#) }
        #expect(try read(#"{"a":{"a":1}}"#) == ["a": ["a": 1]])
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func nestingIsLimitedAndADepthBombIsOnlyRefused(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        _ = try read(nested(JSONReader.maximumDepth - 1))
        #expect(throws: VarlinkError.self) { try read(nested(JSONReader.maximumDepth)) }
        #expect(throws: VarlinkError.self) { try read(nested(10_000)) }
        #expect(throws: VarlinkError.self) { try read(String(repeating: open, count: 10_000)) }
    }

    @Test(arguments: [
        // Left: the number; right: what json.dumps of Python 3.11.7 writes for it.
        (0.1, "0.1"), (1e-5, "1e-05"), (1e16, "1e+16"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (Double.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (-0.0, "-0.0"),
        (100.0, "100.0"), (1.0 / 3, "0.3333333333333333"), (2.5e-7, "2.5e-07"), (1e22, "1e+22"),
    ])
    func numbersAreWrittenShortAndExact(value: Double, text: String) throws {
        #expect(String(decoding: JSONValue.number(value).bytes, as: UTF8.self) == text)
        guard case .number(let back) = try read(text) else {
            Issue.record("no number")
            return
        }
        #expect(back.bitPattern == value.bitPattern)
    }

    @Test func whatIsNoNumberIsWrittenAsNull() {
        let values: JSONValue = [.number(.nan), .number(.infinity), .number(-.infinity)]
        #expect(String(decoding: values.bytes, as: UTF8.self) == "[null,null,null]")
    }

    @Test func membersAreSortedAndControlCharactersEscaped() {
        let value: JSONValue = ["b": 1, "a": "\u{0}\u{1F}\n\"\\é"]
        #expect(
            String(decoding: value.bytes, as: UTF8.self)
                == #"{"a":"\u0000\u001f\n\"\\é","b":1}"#)
    }

    @Test func wholeNumbersWrittenWithAPointCountAsWhole() throws {
        #expect(try read("3.0").integerValue == 3)
        #expect(try read("3.5").integerValue == nil)
        #expect(try read("1e300").integerValue == nil)
    }

    @Test func anyBytesAreReadOrRefusedAndWhatIsReadIsWrittenBack() throws {
        var noise = Noise(seed: 1)
        let seed = Array(
            #"{"method":"a.B","parameters":{"x":[1,-2.5e3,true,null,"é\n\uD834\uDD1E"]},"more":true}"#
                .utf8)
        var read = 0
        for _ in 0..<20_000 {
            let bytes = noise.mutation(of: seed)
            guard let value = try? JSONReader.read(bytes) else { continue }
            read += 1
            #expect(try JSONReader.read(value.bytes) == value)
        }
        // Both outcomes must have been seen, or the mutations test nothing.
        #expect(read > 500 && read < 19_500)
    }
}
