// Reading TOML field by field: what comes out, and how every fault names file, line and field.

import Testing

@testable import TomlReading

private let good = """
    # a comment
    name = "Ann"
    count = 3
    ratio = 1.5
    whole = 2
    on = true
    list = [1, 2.5, 3]
    words = ["a", "b"]

    [inner]
    x = 1

    [[item]]
    y = 1

    [[item]]
    y = 2
    """

private func root(_ text: String) throws -> TomlSection {
    try TomlDocument(text: text, file: "t.toml").root
}

private func fault(_ body: () throws -> Void) -> TomlError? {
    do {
        try body()
        return nil
    } catch {
        return error as? TomlError
    }
}

@Suite struct TomlReadingTests {
    @Test func fieldsOfEveryKindAreRead() throws {
        let root = try root(good)
        #expect(try root.string("name") == "Ann")
        #expect(try root.int("count", in: 1...5) == 3)
        #expect(try root.double("ratio", in: 0...2) == 1.5)
        #expect(try root.double("whole", in: 0...2) == 2)
        #expect(try root.bool("on", default: false))
        #expect(try root.bool("off", default: true))
        #expect(try root.doubles("list", in: 0...5) == [1, 2.5, 3])
        #expect(try root.strings("words") == ["a", "b"])
        #expect(try root.optionalString("nickname") == nil)
        #expect(try root.optionalInt("age", in: 0...9) == nil)
        #expect(try root.optionalDouble("mass", in: 0...9) == nil)
        #expect(try root.strings("none") == [])
        let inner = try #require(try root.section("inner"))
        #expect(try inner.int("x", in: 0...1) == 1)
        try inner.finish()
        let items = try root.sections("item")
        #expect(try items.map { try $0.int("y", in: 0...9) } == [1, 2])
        try root.finish()
    }

    @Test func aMissingFieldIsNamedWithItsSection() throws {
        let root = try root(good)
        #expect(fault { _ = try root.int("counts", in: 0...1) }?.field == "counts")
        let inner = try #require(try root.section("inner"))
        let error = try #require(fault { _ = try inner.int("z", in: 0...1) })
        #expect(error.file == "t.toml")
        #expect(error.field == "inner.z")
        #expect(error.line == 10)
        #expect(error.message.contains("missing"))
        let item = try #require(try root.sections("item").last)
        #expect(fault { _ = try item.string("name") }?.field == "item[2].name")
        #expect(fault { _ = try item.string("name") }?.line == 16)
    }

    @Test(arguments: [
        ("count", 3), ("ratio", 4), ("name", 2), ("on", 6), ("list", 7), ("words", 8),
    ])
    func aFieldOfTheWrongKindIsNamedWithItsLine(_ key: String, _ line: Int) throws {
        let root = try root(good)
        let error: TomlError? =
            switch key {
            case "count": fault { _ = try root.string("count") }
            case "ratio": fault { _ = try root.int("ratio", in: 0...9) }
            case "name": fault { _ = try root.double("name", in: 0...9) }
            case "on": fault { _ = try root.int("on", in: 0...9) }
            case "list": fault { _ = try root.strings("list") }
            default: fault { _ = try root.doubles("words", in: 0...9) }
            }
        #expect(error?.field == key)
        #expect(error?.line == line)
        #expect(error?.file == "t.toml")
    }

    @Test func aBooleanInQuotesOrASectionThatIsNoneIsRefused() throws {
        let root = try root(good)
        #expect(fault { _ = try root.bool("name", default: true) }?.line == 2)
        #expect(fault { _ = try root.section("name") }?.line == 2)
        #expect(fault { _ = try root.sections("name") }?.line == 2)
        #expect(fault { _ = try root.sections("list") }?.line == 7)
    }

    @Test func rangesAreClosedAndSaid() throws {
        let root = try root(good)
        #expect(try root.int("count", in: 3...3) == 3)
        let error = try #require(fault { _ = try root.int("count", in: 4...9) })
        #expect(error.description == "t.toml:3: count: must be from 4 to 9")
        #expect(fault { _ = try root.double("ratio", in: 1.6...2) }?.line == 4)
        #expect(fault { _ = try root.doubles("list", in: 0...2) }?.line == 7)
        #expect(fault { _ = try root.doubles("list", in: 0...5, count: 4...4) }?.line == 7)
        #expect(fault { _ = try root.sections("item", limit: 1) }?.field == "item")
    }

    @Test(arguments: ["nan", "inf", "-inf", "+nan"])
    func numbersThatAreNoneAreRefused(_ word: String) throws {
        let root = try root("a = \(word)\nb = [\(word)]\n")
        #expect(fault { _ = try root.double("a", in: -1e300...1e300) }?.line == 1)
        #expect(fault { _ = try root.doubles("b", in: -1e300...1e300) }?.line == 2)
    }

    @Test func textsHaveALimit() throws {
        let root = try root("a = \"\(String(repeating: "x", count: 501))\"\n")
        #expect(fault { _ = try root.string("a") }?.message.contains("500") == true)
        #expect(try root.string("a", length: 501).count == 501)
    }

    @Test func anUnknownFieldIsNamedWithTheNearestKnownOne() throws {
        let root = try root("name = \"x\"\ncuont = 3\n")
        _ = try root.string("name")
        _ = fault { _ = try root.int("count", in: 0...9) }
        let error = try #require(fault { try root.finish() })
        #expect(error.line == 2)
        #expect(error.field == "cuont")
        #expect(error.message.contains("\"count\""))
    }

    @Test func anUnknownFieldUnlikeAnyListsTheKnownOnes() throws {
        let root = try root("zzzzzzzz = 1\n")
        _ = try root.optionalString("name")
        _ = try root.optionalString("kind")
        #expect(fault { try root.finish() }?.message.contains("kind, name") == true)
    }

    @Test func linesAreThoseOfAFileWithWindowsLineEnds() throws {
        let root = try root("a = 1\r\n\r\n[s]\r\nb = \"x\"\r\n")
        let section = try #require(try root.section("s"))
        #expect(fault { _ = try section.int("b", in: 0...1) }?.line == 4)
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        #expect(try root("\u{feff}a = 1\n").int("a", in: 0...1) == 1)
    }

    @Test(arguments: [
        // Swaps, drops, one replaced: counted by hand.
        ("count", "count", 0), ("count", "coun", 1), ("count", "cuont", 2), ("", "abc", 3),
        ("abc", "", 3), ("kitten", "sitting", 3), ("", "", 0),
    ])
    func editDistanceCountsLetters(_ a: String, _ b: String, _ distance: Int) {
        #expect(editDistance(a, b) == distance)
    }
}

@Suite struct TomlHostileTests {
    @Test(arguments: [
        ("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("a == 1\n", 1), ("\n\nx\n", 3),
        ("a = \"abc\n", 1), ("a = [1, 2\nb = 3\n", 2), ("a = 99999999999999999999\n", 1),
    ])
    func whatIsNoTomlIsRefusedWithItsLine(_ text: String, _ line: Int) throws {
        let error = try #require(fault { _ = try root(text) })
        #expect(error.line == line)
        #expect(error.message.hasPrefix("not valid TOML"))
    }

    @Test func aZeroByteIsRefused() {
        #expect(fault { _ = try root("a = 1\0b = 2") }?.message.contains("NUL") == true)
        #expect(fault { _ = try root("x = 1\na = \"\\u0000\"") }?.line == 2)
    }

    @Test func aTextBeyondTheLimitIsRefused() throws {
        let line = "# " + String(repeating: "x", count: 1021) + "\n"
        let full = String(repeating: line, count: 256)
        #expect(full.utf8.count == 256 * 1024)
        _ = try root(full)
        #expect(fault { _ = try root(full + "#") }?.message.contains("256 KiB") == true)
    }

    /// Each of these ended the process before the guard: toml++ aborts or overflows the stack.
    @Test(arguments: [
        ("\n[=]\n", 2), ("[[=]]\n", 1), ("[[[a]]]\n", 1), ("x = 1\na = [ }\n", 2),
        ("a = [1, }\n", 1), ("a" + String(repeating: ".a", count: 100_000) + " = 1\n", 1),
        ("[" + String(repeating: "a.", count: 100_000) + "a]\n", 1),
        ("a = {b" + String(repeating: " . b", count: 20_000) + " = 1}\n", 1),
        ("a" + String(repeating: ".\"b\"", count: 20_000) + " = 1\n", 1),
        ("a = " + String(repeating: "[", count: 100_000), 1),
        ("a = " + String(repeating: "{a=", count: 50_000), 1), ("a = 1\"\u{325}", 1),
        ("a = 1[\"\u{325}", 1), ("a = 1.\"\u{325}", 1), ("b = 0\na = t.\"\u{325}", 2),
        ("a = -d=\"\u{325}", 1), ("a = \"\"\"b\\\u{feff}", 1), ("a = [1, # b\n  1+\"\u{325}", 2),
        ("a = true'ä'", 1),
    ])
    func whatTheParserDoesNotSurviveIsRefused(_ text: String, _ line: Int) throws {
        #expect(fault { _ = try root(text) }?.line == line)
    }

    @Test(arguments: [
        "a = \"[=] { } # . . .\"\n", "a = '''\n[=]\n}}}'''\n", "a = \"\"\"x\"\"\"\"\n",
        "a = 'it\"s'\n", "a = \"\\\"]\"\n", "# [=] }\n", "a = [\n  1, # ]\n  2\n]\n",
        "a = {b = {c = 1}}\n", "a.b.c = 1\n", "[ a . b ]\nc = 1\n", "[\"x y\"]\nz = 1\n",
        "a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]\n",
        "a = \"\\\\\"\nb = 1\n", "a = \"\"\"\n\\\"\"\" \"\"\"\n", "a = \"é ü 漢\" # é\n", "a = -1\n",
        "a.\"b c\" = 1\n", "[a.\"ä\"]\nb = 1\n", "a = [[1, 2], [3]]\n", "a = 1e-3\n", "a = 0x1f\n",
        "a-1 = 1\n", "1979 = 1\n",
    ])
    func theGuardLetsGoodTextPass(_ text: String) throws {
        _ = try root(text)
    }

    @Test func randomTextNeverTraps() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\n", " ", "a", "\"", "\"\"\"", "'",
            "'''", "\\", "#", "1", "-", "inf", "true", "é", "\r\n", "\u{1}", "[a]", "a = ",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...12, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            _ = fault { _ = try root(text) }
        }
    }
}
