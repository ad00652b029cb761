// The spoken cues in one language: a small TOML file each, English built in.

import Kinematics
import Movement
package import TomlReading

/// What is said for each rule in one language.
package struct CueLanguage: Sendable, Equatable {
    /// "en", "de".
    package var code: String
    /// As its speakers call it.
    package var name: String
    /// espeak-ng's voice.
    package var voice: String
    /// By rule number; 21 is the second text of C12, for the midline.
    package var spoken: [UInt8: String]

    /// The number under which C12's text for the midline stands.
    package static let midline: UInt8 = 21
    /// Longest text, characters: about two seconds of speech.
    package static let longest = 60

    /// The words of the catalogue itself.
    package static let english: CueLanguage = {
        var spoken: [UInt8: String] = [:]
        for number in UInt8(1)...20 {
            spoken[number] = CueText(rule: RuleID(number: number))?.spoken
        }
        spoken[midline] = CueText(rule: RuleID(number: 12), signal: .pastMidline)?.spoken
        return CueLanguage(code: "en", name: "English", voice: "en-gb", spoken: spoken)
    }()

    /// The language of a file; every text must be there, so that no cue falls silent.
    package static func parse(_ text: String, file: String) throws(TomlError) -> CueLanguage {
        let document = try TomlDocument(text: text, file: file)
        let root = document.root
        _ = try root.int("format", in: 1...1)
        let code = try root.string("language", length: 12)
        guard !code.isEmpty, code.utf8.allSatisfy(isPlain) else {
            throw root.fault("language", "must be letters and hyphens, such as \"de\" or \"pt-br\"")
        }
        let name = try root.string("name", length: 40)
        let voice = try root.string("voice", length: 40)
        // It becomes an argument of a program.
        guard let first = voice.utf8.first, first != 45,
            voice.utf8.allSatisfy({ isPlain($0) || $0 == 43 || $0 == 95 })
        else {
            throw root.fault("voice", "must be a voice of espeak-ng: see espeak-ng --voices")
        }
        guard let section = try root.section("spoken") else { throw root.missing("spoken") }
        var spoken: [UInt8: String] = [:]
        for number in UInt8(1)...midline {
            let key = number == midline ? "C12-midline" : RuleID(number: number).name
            let words = try section.string(key, length: longest)
            try check(words, key, section)
            spoken[number] = words
        }
        try section.finish()
        try root.finish()
        return CueLanguage(code: code, name: name, voice: voice, spoken: spoken)
    }

    private static func check(
        _ words: String, _ key: String, _ section: TomlSection
    ) throws(TomlError) {
        guard words.contains(where: \.isLetter) else {
            throw section.fault(key, "says nothing; give the words to speak")
        }
        guard Wording.longestSentence(words) <= Wording.cueWords else {
            throw section.fault(key, "has a sentence of more than \(Wording.cueWords) words")
        }
        if let word = Wording.forbiddenWord(in: words) {
            throw section.fault(key, "says \"\(word)\", which no cue may; say what to do")
        }
    }

    /// Letters, digits, hyphens.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
            || byte == 45
    }
}

/// The languages this program brings: one line each.
package enum CueLanguages {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("de.toml", PackageResources.de_toml)
    ]

    /// Names of the built-in files, for the house's own checks.
    package static var fileNames: [String] { files.map(\.name) }

    /// English first.
    package static func load() throws(TomlError) -> [CueLanguage] {
        var languages = [CueLanguage.english]
        for file in files {
            languages.append(
                try CueLanguage.parse(
                    String(decoding: file.bytes, as: UTF8.self), file: file.name))
        }
        return languages
    }
}
