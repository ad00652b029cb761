// Lines on a terminal are broken between words; into a pipe they stay whole.

import Testing

@testable import rehabctl

@Suite struct WrappingTests {
    @Test func aLineIsBrokenBetweenWords() {
        let text = "Stand on one leg near a wall. Lift the other foot a little."
        let rows = wrapped(text, to: 24)
        #expect(rows == ["Stand on one leg near a", "wall. Lift the other", "foot a little."])
        #expect(rows.joined(separator: " ") == text)
        #expect(wrapped(text, to: nil) == [text])
        #expect(wrapped(text, to: text.count) == [text])
    }

    @Test func whatGoesOnStandsIn() {
        #expect(
            wrapped("  not measured: trunk lean, sideways shift", to: 28) == [
                "  not measured: trunk lean,", "    sideways shift",
            ])
        // Blanks between columns stay where the row goes on.
        #expect(wrapped("  a    b", to: 80) == ["  a    b"])
        // A word longer than a row, and colour, stay as they are.
        #expect(wrapped("aaaaaaaaaa bb", to: 5) == ["aaaaaaaaaa", "bb"])
        #expect(wrapped("\u{1B}[1maaa bbb\u{1B}[0m", to: 5) == ["\u{1B}[1maaa bbb\u{1B}[0m"])
        #expect(wrapped("", to: 5) == [""])
    }

    @Test func theLastCellGoesOnBelowItself() {
        var columns = Columns()
        columns.add("1", "Bridge", "ten light ones, then five offset")
        #expect(
            columns.lines(indent: "  ", width: 30) == [
                "  1  Bridge  ten light ones,", "             then five offset",
            ])
        #expect(columns.lines(width: nil) == ["1  Bridge  ten light ones, then five offset"])
        // A table that does not fit is told row by row.
        var table = Columns()
        table.add(["hold", "leg", "held"])
        table.add(["1", "right", "12.9 s"])
        #expect(table.table(width: 19) == ["hold  leg    held", "1     right  12.9 s"])
        #expect(table.table(indent: " ", width: 18) == [" hold 1: leg right, held 12.9 s"])
        #expect(table.table(width: nil).count == 2)
        // Too narrow to be worth it.
        #expect(columns.lines(width: 20) == ["1  Bridge  ten light ones, then five offset"])
    }
}
