// Takes names and addresses of sensors out of texts that leave the person's hands: log, reports.

/// Removal of what tells devices apart.
package enum Anonymity {
    /// `text` without addresses, and with the names in `hidden` replaced by what stands for them.
    ///
    /// Whole words only, with whatever punctuation stands around them.
    package static func remove(from text: String, hidden: [String: String]) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ", omittingEmptySubsequences: false)
                .map { word($0, hidden) }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    private static func word(_ word: Substring, _ hidden: [String: String]) -> String {
        guard let start = word.firstIndex(where: isOfName),
            let last = word.lastIndex(where: isOfName)
        else { return String(word) }
        let core = word[start...last]
        let after = word[word.index(after: last)...]
        if let replacement = hidden[String(core)] {
            return word[..<start] + replacement + after
        }
        return word[..<start] + withoutAddresses(core) + after
    }

    private static func isOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }

    /// Addresses inside a word too, as in `/org/bluez/hci0/dev_D4_22_CD_00_00_01`.
    private static func withoutAddresses(_ word: Substring) -> String {
        let characters = Array(word)
        var result = ""
        var place = 0
        while place < characters.count {
            if isAddress(characters, at: place) {
                result += "(address)"
                place += 17
            } else {
                result.append(characters[place])
                place += 1
            }
        }
        return result
    }

    /// Six pairs of hexadecimal digits with the same separator between, not part of a longer run.
    private static func isAddress(_ text: [Character], at place: Int) -> Bool {
        guard place + 17 <= text.count else { return false }
        if place > 0, text[place - 1].isHexDigit { return false }
        if place + 17 < text.count, text[place + 17].isHexDigit { return false }
        let separator = text[place + 2]
        guard ":-_".contains(separator) else { return false }
        for offset in 0..<17 {
            let character = text[place + offset]
            guard offset % 3 == 2 ? character == separator : character.isHexDigit else {
                return false
            }
        }
        return true
    }
}
