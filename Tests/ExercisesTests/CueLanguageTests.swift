// The spoken cues in each language, and files that are refused.

import Exercises
import Movement
import Testing
import TomlReading

@Suite("Languages of the cues")
struct CueLanguageTests {
    @Test("every language speaks every cue, in at most five words a sentence")
    func complete() throws {
        let languages = try CueLanguages.load()
        #expect(languages.map(\.code) == ["en", "de"])
        for language in languages {
            #expect(Set(language.spoken.keys) == Set(1...21))
            for (number, words) in language.spoken {
                #expect(Wording.longestSentence(words) <= Wording.cueWords, "\(number) \(words)")
                #expect(Wording.forbiddenWord(in: words) == nil, "\(number) \(words)")
            }
        }
        #expect(languages[0].spoken[1] == "Float the belt level")
        #expect(languages[1].spoken[21] == "An der Mitte anhalten")
    }

    private static func file(_ changes: [String: String] = [:], voice: String = "de") -> String {
        var text = "format = 1\nlanguage = \"xx\"\nname = \"X\"\nvoice = \"\(voice)\"\n[spoken]\n"
        for number in 1...21 {
            let key = number == 21 ? "C12-midline" : number < 10 ? "C0\(number)" : "C\(number)"
            text += "\(key) = \"\(changes[key] ?? "Say this")\"\n"
        }
        return text
    }

    @Test("a file with a mistake is refused with line, field and cure")
    func refused() throws {
        #expect(try CueLanguage.parse(Self.file(), file: "x.toml").spoken.count == 21)
        for (text, words) in [
            (Self.file(["C03": "one two three four five six"]), "x.toml:8: spoken.C03"),
            (Self.file(["C05": "Das ist falsch"]), "falsch"),
            (Self.file(["C02": "..."]), "says nothing"),
            (Self.file(voice: "-v"), "voice"),
            (Self.file(voice: "a b"), "espeak-ng --voices"),
            (Self.file().replacing("C20 =", with: "C21 ="), "C20"),
            ("format = 2", "format"),
        ] {
            do throws(TomlError) {
                _ = try CueLanguage.parse(text, file: "x.toml")
                Issue.record("taken: \(text)")
            } catch {
                #expect(error.description.contains(words), "\(error)")
            }
        }
    }
}
