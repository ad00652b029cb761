// Makes a stranger's text fit for logs, terminals and events.

/// `text` with everything but plain letters, marks, digits, punctuation and single spaces written as
/// `\u{…}`, at most `limit` characters long.
///
/// A device's name is up to 248 bytes of anything: control characters that move a cursor, characters
/// that turn the direction of writing, invisible ones that make two names look alike.
package func printableName(_ text: String, limit: Int = 64) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count >= limit { return result + "…" }
        count += 1
        if isPlain(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
    return result
}

private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\\" { return false }
    if scalar == " " { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .decimalNumber, .letterNumber, .otherNumber, .dashPunctuation, .openPunctuation,
        .closePunctuation, .initialPunctuation, .finalPunctuation, .connectorPunctuation,
        .otherPunctuation, .mathSymbol, .currencySymbol, .otherSymbol, .modifierSymbol:
        return !scalar.properties.isDefaultIgnorableCodePoint
    default: return false
    }
}
