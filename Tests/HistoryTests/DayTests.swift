// Days of the calendar: their texts, their numbers, and the ones that are none.

import Testing

@testable import History

@Suite struct DayTests {
    /// Numbers from Python: (date(y, m, d) - date(1970, 1, 1)).days.
    @Test(arguments: [
        ("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-11-26", 20_783), ("2100-03-01", 47_541),
        ("1969-12-31", -1), ("2024-12-31", 20_088),
    ])
    func textsAndNumbersAgree(_ text: String, _ number: Int) {
        #expect(Day(text)?.number == number)
        #expect(Day(number: number).text == text)
    }

    @Test(arguments: [
        "", "2026-02-30", "2025-02-29", "2026-13-01", "2026-1-01", "26-01-01", "2026-01-01-", "x",
        "2026-00-10", "２026-01-01",
    ])
    func whatIsNoDayIsRefused(_ text: String) {
        #expect(Day(text) == nil)
    }

    @Test func theDayIsThePersonsOwn() {
        // 2026-11-26T23:30:00Z is the 27th in Berlin and the 26th in New York.
        let moment: Int64 = 1_795_735_800
        #expect(Day(secondsSince1970: moment, offset: 3600).text == "2026-11-27")
        #expect(Day(secondsSince1970: moment, offset: -18_000).text == "2026-11-26")
        #expect(Day(secondsSince1970: -1, offset: 0).text == "1969-12-31")
    }
}
