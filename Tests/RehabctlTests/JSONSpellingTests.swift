// JSON has one spelling of a name, whichever program's part of a line it stands in.

import DaemonTestKit
import Foundation
import Testing

@Suite(.scene()) struct JSONSpellingTests {
    private func object(_ line: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }

    /// "endedBy" as the interface spells it: "ended_by".
    private func spelt(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    /// Every name in the interface's spelling; whoever reads the old one still finds it.
    private func check(_ fields: [String: Any]) {
        let old = fields.keys.filter { $0.contains(where: \.isUppercase) }
        for name in old {
            let value = fields[spelt(name)] as? NSObject
            #expect(value != nil && value == fields[name] as? NSObject, "\(name)")
        }
    }

    @Test func aSetIsSpeltAsItsSummaryIs() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        #expect(
            try practice.rehabctl(["thresholds", "set", "one-leg-stand", "C01", "5"]).code == 0)
        let run = try practice.rehabctl([
            "start", "one-leg-stand", "--side", "right", "--guided", "--json", "--countdown", "0",
            "--seconds", "3",
        ])
        #expect(run.code == 0, "\(run)")
        let line = try object(try #require(run.lines.last))
        let set = try #require(line["set"] as? [String: Any])
        let summary = try #require(line["summary"] as? [String: Any])
        let course = try #require(summary["course"] as? [String: Any])
        #expect(course["ended_by"] as? String == "asked")
        #expect(set["ended_by"] as? String == "reached", "\(set)")
        #expect(set["endedBy"] as? String == "reached")
        check(set)
        #expect(set["not_heard"] as? Int == summary["not_heard"] as? Int)

        // The log that is printed, and the threshold in it.
        let log = try practice.rehabctl(["log", "--json"])
        let entries = try log.lines.map { try object($0) }
        let logged = try #require(entries.compactMap { $0["set"] as? [String: Any] }.first)
        #expect(logged["ended_by"] as? String == "reached")
        check(logged)
        let threshold = try #require(
            entries.compactMap { $0["threshold"] as? [String: Any] }.first)
        #expect(threshold["on_degrees"] as? Double == 5)
        check(threshold)
        let stage = try practice.rehabctl(["programme", "stage", "1", "--json"])
        #expect(stage.code == 0, "\(stage)")
    }
}
