// A day of the calendar as a number, so that weeks can be counted without a clock or a time zone.

/// A day; which one it is now the caller says, by the person's own time zone.
package struct Day: Sendable, Hashable, Comparable, Codable {
    /// Days since 1970-01-01.
    package let number: Int

    package init(number: Int) { self.number = number }

    /// The day that holds this moment.
    ///
    /// `offset`: s that local time is ahead of UTC.
    package init(secondsSince1970 seconds: Int64, offset: Int) {
        let local = seconds &+ Int64(offset)
        let whole = local / 86_400
        number = Int(local < 0 && local % 86_400 != 0 ? whole - 1 : whole)
    }

    /// A day as "2026-11-26"; nil where the text is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1900...2999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Days from civil (the proleptic Gregorian calendar, years beginning in March).
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear
        number = era * 146_097 + dayOfEra - 719_468
        // The 31st of a month with 30 days is another day's text.
        guard self.text == text else { return nil }
    }

    /// "2026-11-26".
    package var text: String {
        let days = number + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let ofEra = days - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(two(month))-\(two(day))"
    }

    package static func < (a: Day, b: Day) -> Bool { a.number < b.number }
    package static func + (day: Day, count: Int) -> Day { Day(number: day.number + count) }
    package static func - (a: Day, b: Day) -> Int { a.number - b.number }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = Day(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a day")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
