// Words that never leave the program, and how long a cue may be.

/// The rules for texts (compensations 5.2, programme 7).
package enum Wording {
    /// Never in a cue, nor anywhere else.
    package static let forbidden = [
        "wrong", "bad", "damage", "danger", "failed", "weak", "collapse", "injury",
    ]
    /// Never in any text: they promise, or name a diagnosis. (One is put together: this file is searched
    /// for it as well.)
    package static let forbiddenClaims = [
        "guaran" + "teed", "cures", "treats", "prevents", "injuries", "cleared",
    ]
    /// Findings, which sensors do not make (compensations 4.1); put together as above.
    package static let forbiddenFindings = [
        "positive " + "trendelenburg", "tendinopathy " + "detected", "trendelenburg " + "positive",
    ]
    /// The same in the languages that are spoken besides English.
    package static let forbiddenTranslations = [
        "falsch", "schlecht", "schaden", "schädlich", "gefahr", "gefährlich", "versagt", "schwach",
        "zusammenbruch", "verletzung",
    ]
    /// Most words in one sentence of a cue.
    package static let cueWords = 5

    private static let endings = [
        "s", "d", "ed", "er", "ing", "ly", "ness", "ous", "ful", "e", "en", "es",
    ]

    /// The first word of `text` that must not be said, with any usual ending; nil where there is none.
    package static func forbiddenWord(in text: String) -> String? {
        let words = words(text)
        let plain = words.joined(separator: " ")
        if let finding = forbiddenFindings.first(where: plain.contains) { return finding }
        for word in words {
            for root in forbidden + forbiddenClaims + forbiddenTranslations {
                if word == root || endings.contains(where: { word == root + $0 }) { return word }
            }
        }
        return nil
    }

    /// Words of each sentence of a cue.
    package static func longestSentence(_ cue: String) -> Int {
        cue.split(whereSeparator: { ".!?".contains($0) })
            .map { $0.split(separator: " ").count }.max() ?? 0
    }

    /// Lower-case words, letters only.
    private static func words(_ text: String) -> [String] {
        text.lowercased().split(whereSeparator: { !$0.isLetter }).map(String.init)
    }
}
