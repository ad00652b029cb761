// Takes names and addresses of sensors out of texts that leave the person's hands: log, reports.

/// Removal of what tells devices apart.
package enum Anonymity {
    /// `text` without addresses, and with the names in `hidden` replaced by what stands for them.
    ///
    /// Whole words only, with whatever punctuation stands around them. Read scalar by scalar: a combining mark
    /// after a blank makes one character with it, and the words on both sides would be one.
    package static func remove(from text: String, hidden: [String: String]) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let blank = rest.firstIndex(where: \.properties.isWhitespace) {
            append(rest[..<blank], to: &result, hidden)
            result.append(rest[blank])
            rest = rest[rest.index(after: blank)...]
        }
        append(rest, to: &result, hidden)
        return String(result)
    }

    private typealias Scalars = String.UnicodeScalarView

    private static func append(
        _ word: Substring.UnicodeScalarView, to result: inout Scalars, _ hidden: [String: String]
    ) {
        guard let start = word.firstIndex(where: isOfName),
            let last = word.lastIndex(where: isOfName)
        else {
            result.append(contentsOf: word)
            return
        }
        let core = word[start...last]
        result.append(contentsOf: word[..<start])
        if let replacement = hidden[String(core)] {
            result.append(contentsOf: replacement.unicodeScalars)
        } else {
            appendWithoutAddresses(Array(core), to: &result)
        }
        result.append(contentsOf: word[word.index(after: last)...])
    }

    private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// Addresses inside a word too, as in `/org/bluez/hci0/dev_D4_22_CD_00_00_01`.
    private static func appendWithoutAddresses(
        _ word: [Unicode.Scalar], to result: inout Scalars
    ) {
        var place = 0
        while place < word.count {
            if isAddress(word, at: place) {
                result.append(contentsOf: "(address)".unicodeScalars)
                place += 17
            } else {
                result.append(word[place])
                place += 1
            }
        }
    }

    /// Six pairs of hexadecimal digits with the same separator between, not part of a longer run.
    private static func isAddress(_ text: [Unicode.Scalar], at place: Int) -> Bool {
        guard place + 17 <= text.count else { return false }
        if place > 0, text[place - 1].properties.isHexDigit { return false }
        if place + 17 < text.count, text[place + 17].properties.isHexDigit { return false }
        let separator = text[place + 2]
        guard separator == ":" || separator == "-" || separator == "_" else { return false }
        for offset in 0..<17 {
            let scalar = text[place + offset]
            guard offset % 3 == 2 ? scalar == separator : scalar.properties.isHexDigit else {
                return false
            }
        }
        return true
    }
}
