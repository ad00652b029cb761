// One table of a TOML file, read by asking for each field once.

import TOMLKit

/// A table whose fields are asked for by name; `finish` then complains about the others.
package final class TomlSection {
    private let table: TOMLTable
    private let path: String
    private let context: TomlContext
    private var asked: Set<String> = []
    private var expected: Set<String> = []

    init(table: TOMLTable, path: String, context: TomlContext) {
        self.table = table
        self.path = path
        self.context = context
    }

    /// An error about `key` of this section (nil: about the section).
    package func fault(_ key: String?, _ message: String) -> TomlError {
        let field = fieldPath(key)
        let line = context.lines.line(of: field) ?? context.lines.line(of: path)
        return TomlError(
            file: context.file, line: line, field: field.isEmpty ? nil : field, message: message)
    }

    /// Names all fields that may be asked for, so that one which is none of them can be told for a slip of
    /// the pen before it was asked for.
    package func expect(_ names: [String]) { expected = Set(names) }

    package func has(_ key: String) -> Bool { table[key] != nil }

    /// A text of `length` characters at most.
    package func string(_ key: String, length: Int = 500) throws(TomlError) -> String {
        guard let value = try optionalString(key, length: length) else { throw missing(key) }
        return value
    }

    package func optionalString(_ key: String, length: Int = 500) throws(TomlError) -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw fault(key, "must be a text in quotes") }
        guard string.count <= length else {
            throw fault(key, "is longer than \(length) characters; shorten it")
        }
        return string
    }

    package func bool(_ key: String, default standard: Bool) throws(TomlError) -> Bool {
        guard let value = value(key) else { return standard }
        guard let bool = value.bool else { throw fault(key, "must be true or false") }
        return bool
    }

    package func int(_ key: String, in range: ClosedRange<Int>) throws(TomlError) -> Int {
        guard let value = value(key) else { throw missing(key) }
        guard let int = value.int else { throw fault(key, "must be a whole number") }
        guard range.contains(int) else {
            throw fault(key, "must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return int
    }

    package func optionalInt(_ key: String, in range: ClosedRange<Int>) throws(TomlError) -> Int? {
        value(key) == nil ? nil : try int(key, in: range)
    }

    package func double(_ key: String, in range: ClosedRange<Double>) throws(TomlError) -> Double {
        guard let value = value(key) else { throw missing(key) }
        guard let number = value.double ?? value.int.map(Double.init) else {
            throw fault(key, "must be a number")
        }
        guard number.isFinite, range.contains(number) else {
            throw fault(
                key, "must be from \(short(range.lowerBound)) to \(short(range.upperBound))")
        }
        return number
    }

    package func optionalDouble(
        _ key: String, in range: ClosedRange<Double>
    ) throws(TomlError) -> Double? {
        value(key) == nil ? nil : try double(key, in: range)
    }

    /// A list of numbers.
    package func doubles(
        _ key: String, in range: ClosedRange<Double>, count: ClosedRange<Int> = 0...64
    ) throws(TomlError) -> [Double] {
        var numbers: [Double] = []
        for item in try list(key, count: count) {
            guard let number = item.double ?? item.int.map(Double.init), number.isFinite,
                range.contains(number)
            else {
                throw fault(
                    key,
                    "must hold numbers from \(short(range.lowerBound)) to \(short(range.upperBound))"
                )
            }
            numbers.append(number)
        }
        return numbers
    }

    /// A list of texts; empty where the field is absent.
    package func strings(
        _ key: String, count: ClosedRange<Int> = 0...64
    ) throws(TomlError) -> [String] {
        var texts: [String] = []
        for item in try list(key, count: count) {
            guard let text = item.string, text.count <= 500 else {
                throw fault(key, "must hold texts in quotes")
            }
            texts.append(text)
        }
        return texts
    }

    /// A sub-table, or nil.
    package func section(_ key: String) throws(TomlError) -> TomlSection? {
        guard let value = value(key) else { return nil }
        guard let table = value.table else { throw fault(key, "must be a section [\(key)]") }
        return TomlSection(table: table, path: fieldPath(key), context: context)
    }

    /// The tables of a list `[[key]]`; empty where the field is absent.
    package func sections(_ key: String, limit: Int = 256) throws(TomlError) -> [TomlSection] {
        var found: [TomlSection] = []
        for item in try list(key, count: 0...limit) {
            guard let table = item.table else {
                throw fault(key, "must be a list of sections [[\(key)]]")
            }
            found.append(
                TomlSection(
                    table: table, path: "\(fieldPath(key))[\(found.count + 1)]", context: context))
        }
        return found
    }

    /// Complains about the first field that nobody asked for, with the nearest known name.
    package func finish() throws(TomlError) {
        for key in table.keys.sorted() where !asked.contains(key) {
            var message = "is not a known field here"
            if let near = nearest(to: key) {
                message += "; did you mean \"\(near)\"?"
            } else {
                message += "; known are \(asked.sorted().joined(separator: ", "))"
            }
            throw fault(key, message)
        }
    }

    /// An error for a field that must be there.
    package func missing(_ key: String) -> TomlError {
        // A slip of the pen is an unknown field as well: that is the line to look at.
        let near = table.keys.filter { !asked.contains($0) && !expected.contains($0) }
            .map { ($0, slip($0.lowercased(), from: key)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
        // Where fields may be asked for later, only what is very near is no such field.
        let limit =
            expected.isEmpty ? key.count / 4 : key.count <= 3 ? 1 : max(2, key.count / 3)
        var line = context.lines.line(of: path)
        var message = "is missing; add it\(path.isEmpty ? "" : " to \(header(path))")"
        if let near, near.1 <= limit {
            line = context.lines.line(of: fieldPath(near.0)) ?? line
            message += ", or is \"\(near.0)\" meant for it?"
        }
        return TomlError(file: context.file, line: line, field: fieldPath(key), message: message)
    }

    private func value(_ key: String) -> (any TOMLValueConvertible)? {
        asked.insert(key)
        return table[key]
    }

    private func list(
        _ key: String, count: ClosedRange<Int>
    ) throws(TomlError) -> [any TOMLValueConvertible] {
        guard let value = value(key) else {
            if count.lowerBound > 0 { throw missing(key) }
            return []
        }
        guard let array = value.array else { throw fault(key, "must be a list [ … ]") }
        guard count.contains(array.count) else {
            let wanted =
                count.lowerBound == count.upperBound
                ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
            throw fault(key, "must have \(wanted) entries")
        }
        return (0..<array.count).map { array[$0] }
    }

    private func fieldPath(_ key: String?) -> String {
        guard let key else { return path }
        return path.isEmpty ? key : "\(path).\(key)"
    }

    private func nearest(to key: String) -> String? {
        let scored = asked.sorted().map { ($0, slip(key, from: $0)) }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(2, key.count / 3) else {
            return nil
        }
        return best.0
    }
}

/// How many letters must change to make one word of the other.
package func editDistance(_ first: String, _ second: String) -> Int {
    let a = Array(first.prefix(64))
    let b = Array(second.prefix(64))
    var row = Array(0...b.count)
    for i in 1...max(a.count, 1) where i <= a.count {
        var diagonal = row[0]
        row[0] = i
        for j in 1...max(b.count, 1) where j <= b.count {
            let change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)
            diagonal = row[j]
            row[j] = min(change, row[j] + 1, row[j - 1] + 1)
        }
    }
    return row[b.count]
}
