// Names of fields and sections as a person wrote them, and as messages write them.

/// How far a written name is from a known one, for "did you mean".
///
/// The letters that must change; but one where the known name begins as the written one does for three
/// quarters of its length: a word broken off ("reps" for "repetitions") or another unit ("min-on-ms").
func slip(_ written: String, from known: String) -> Int {
    let letters = editDistance(written, known)
    let shared = written.commonPrefix(with: known)
    return shared >= 3 && shared * 4 >= written.count * 3 ? min(letters, 1) : letters
}

extension String {
    /// Letters that both begin with.
    fileprivate func commonPrefix(with other: String) -> Int {
        zip(self, other).prefix { $0 == $1 }.count
    }
}

/// The header of a section as it stands in a file: `[dose]`, `[[rule]]` for "rule[1]".
func header(_ path: String) -> String {
    var name = ""
    var isIndex = false
    for character in path {
        if character == "[" { isIndex = true }
        if !isIndex { name.append(character) }
        if character == "]" { isIndex = false }
    }
    return path.hasSuffix("]") ? "[[\(name)]]" : "[\(name)]"
}

/// A bound without the ".0" of a whole one: people wonder what it is to say.
func short(_ bound: Double) -> String {
    Int(exactly: bound).map(String.init) ?? "\(bound)"
}
