// Lists and result tables fit 80 columns, in a pipe as well.

import Control
import DaemonTestKit
import Foundation
import Testing

@testable import rehabctl

@Suite(.scene()) struct NarrowTableTests {
    private func expectNarrow(_ text: String) {
        for line in text.split(separator: "\n") {
            #expect(line.count <= 80, "\(line.count): \(line)")
        }
    }

    @Test func theListOfExercisesFits() throws {
        let home = try TemporaryFolder()
        let list = try Program.run(
            Products.rehabctl, ["exercises", "list"],
            environment: Program.environment([
                "XDG_CONFIG_HOME": home.path, "REHABD_SOCKET": home.path + "/none",
            ]))
        expectNarrow(list.output)
        // Every one with its name, number and title, each at a line's beginning.
        #expect(list.lines.count(where: { $0.contains("EX") }) == 22, "\(list)")
        #expect(list.lines.contains { $0.hasPrefix("side-step-down ") })
    }

    /// A cell that is a little too long goes on below itself: the table stays one.
    @Test func aTableThatNearlyFitsStaysOne() {
        var columns = Columns()
        columns.add("measure", "value", "change")
        columns.add("sway, RMS", "0.037 m/s2", "no measurable change")
        #expect(
            columns.fitted(indent: " ", width: 40) == [
                " measure    value       change", " sway, RMS  0.037 m/s2  no measurable",
                "                        change",
            ])
        #expect(
            columns.fitted(width: 32) == [
                "measure sway, RMS: value 0.037 m/s2, change no measurable change"
            ])
    }

    @Test func aResultOfATestFits() {
        func measure(_ title: String, _ value: Double?) -> Rehab1.TestMeasure {
            Rehab1.TestMeasure(
                id: "x", title: title, unit: "m/s2", value: value,
                source: value == nil ? "not-measured" : "measured", count: 30, uncertainty: 0.1234,
                spread: 0.2, counts: 0.3, earlier: nil, change: nil)
        }
        let result = Rehab1.TestResult(
            version: 1, name: "2026-01-02T03-04-05Z-T3", test: "T3",
            title: "Sway in quiet standing on one leg or both", date: "2026-01-02T03:04:05Z",
            side: "left", sensors: ["pelvis", "trunk", "left-thigh", "right-thigh", "left-shank"],
            measures: [
                measure("sideways sway of the pelvis, root mean square", 0.1234),
                measure("time to fall of the pelvis from its plateau", nil),
            ],
            curve: (0..<30).map { Rehab1.TestCurvePoint(second: $0, liftDegrees: 6) },
            notes: [
                "not compared with 2026-01-01T03:04:05Z: it was done on the other leg and with other sensors"
            ], answers: Rehab1.TestAnswers(), earlierDate: "2026-01-01T03:04:05Z", symmetry: [],
            unknownShare: 0.2,
            recording: nil)
        let lines = TestText(style: Style(isColourful: false)).result(result)
        let shown = lines.flatMap { wrapped($0, to: 80) }.joined(separator: "\n")
        expectNarrow(shown)
        expectNarrow(lines.joined(separator: "\n"))
        #expect(shown.contains("sideways sway of the pelvis") && shown.contains("0.123 m/s2"))
    }
}
