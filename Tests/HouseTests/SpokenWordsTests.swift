// Every string that can leave the program, searched for the words that are never said (compensations 5.2).

import Exercises
import Foundation
import Movement
import Testing

@Suite("Words that leave the program")
struct SpokenWordsTests {
    /// The list itself has to spell the words.
    static let exempt: Set<String> = ["Sources/Exercises/Wording.swift"]

    @Test("the reader of literals finds what a person would read")
    func readerWorks() {
        let source = """
            // "comment" is none
            let a = "one \\(b ? "two" : "three\\(4)") five" /* "six" */
            let c = #"se"ven"#
            let d = \"\"\"
                eight "nine"
                \"\"\"
            """
        let words = StringLiteralReader.literals(in: source).map {
            $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        #expect(
            Set(words) == ["one five", "two", "three", "se\"ven", "eight \"nine\""], "\(words)")
    }

    @Test("a planted word is found, with its endings")
    func plantedWordIsFound() {
        for text in ["this is wrong", "Danger ahead", "it failed", "badly done", "weakness"] {
            #expect(Wording.forbiddenWord(in: text) != nil, "\(text)")
        }
        #expect(Wording.forbiddenWord(in: "badge, weekly, dangling") == nil)
    }

    @Test("no string of any program has one")
    func literalsAreClean() throws {
        var count = 0
        for file in House.swiftFiles(in: "Sources") where !Self.exempt.contains(file) {
            for literal in StringLiteralReader.literals(in: try House.text(file)) {
                count += 1
                let word = Wording.forbiddenWord(in: literal.text)
                #expect(word == nil, "\(file):\(literal.line) says \"\(word ?? "")\"")
            }
        }
        // Some thousands: fewer would mean that the walk does not reach them.
        #expect(count > 3000, "\(count)")
    }

    @Test("no exercise, cue or interface text has one")
    func dataAreClean() throws {
        for folder in [
            "Sources/Exercises/Catalogue", "Sources/Exercises/Languages", "Sources/Control",
            "systemd", "udev", "packaging/man", "packaging/debian",
        ] {
            let path = House.root.appending(path: folder).path
            for name in try FileManager.default.contentsOfDirectory(atPath: path)
            where !name.hasSuffix(".swift") && name.contains(".") && !name.hasSuffix(".docc")
                || ["control", "changelog", "rules"].contains(name)
            {
                let word = Wording.forbiddenWord(in: try House.text("\(folder)/\(name)"))
                #expect(word == nil, "\(folder)/\(name) says \"\(word ?? "")\"")
            }
        }
        for exercise in try Catalogue.load() {
            #expect(Wording.forbiddenWord(in: ExerciseText.show(exercise)) == nil)
        }
    }

    @Test("no spoken cue in any language has one, nor is any too long")
    func spokenCuesAreClean() throws {
        for language in try CueLanguages.load() {
            for (number, words) in language.spoken {
                let word = Wording.forbiddenWord(in: words)
                #expect(word == nil, "\(language.code) \(number) says \"\(word ?? "")\"")
                #expect(Wording.longestSentence(words) <= Wording.cueWords, "\(words)")
            }
        }
        let folder = House.root.appending(path: "Sources/Exercises/Languages")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files) == Set(CueLanguages.fileNames))
    }

    @Test("every rule has a cue of at most five words a sentence, and says what to do")
    func cuesAreShort() throws {
        for number in UInt8(1)...20 {
            for signal in [Signal?.none] + Signal.allCases {
                let words = try #require(CueText(rule: RuleID(number: number), signal: signal))
                #expect(Wording.longestSentence(words.spoken) <= Wording.cueWords)
                for text in [words.spoken, words.shown] {
                    #expect(Wording.forbiddenWord(in: text) == nil, "\(text)")
                    #expect(!text.isEmpty)
                }
            }
        }
    }
}
