// Before a set of hops: what the log says against it, guided and detached; the set is the person's all the same.

import Control
import DaemonTestKit
import Foundation
import Testing

@Suite(.scene()) struct HopsWarningTests {
    /// The catalogue's hops with a pelvis sensor alone, and a log whose last hops were so many hours ago.
    private func start(
        _ arguments: [String], hoursAgo: Double, landings: Int
    ) throws -> ProgramResult {
        let path = Products.repository + "/Sources/Exercises/Catalogue/hops.toml"
        let hops = try String(contentsOfFile: path, encoding: .utf8)
            .replacing(
                #"sensors-needed = ["pelvis", "trunk"]"#, with: #"sensors-needed = ["pelvis"]"#)
        let scene = try FeedbackScene(Scenario.quiet(seconds: 40), exercises: ["hops.toml": hops])
        defer { scene.player.stop() }
        let then = Date(timeIntervalSinceNow: -hoursAgo * 3600)
        let set =
            #"{"cues":0,"endedBy":"reached","exercise":"hops","holds":[],"landings":\#(landings),"#
            + #""notHeard":0,"notMeasured":[],"number":21,"probe":false,"repetitions":0,"seconds":60,"#
            + #""seen":0,"steps":0,"thresholds":[],"time":"\#(then.formatted(.iso8601))","#
            + #""typicalDegrees":{},"unknownShare":0,"workout":"before"}"#
        let calendar = Calendar(identifier: .gregorian)
        let parts = calendar.dateComponents([.year, .month, .day], from: then)
        let day = String(
            format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        let log = scene.folder.path + "/log.jsonl"
        try """
        {"format":"rehabd-log","version":1}
        {"day":"\(day)","set":\(set)}

        """.write(toFile: log, atomically: true, encoding: .utf8)
        return try scene.daemon.rehabctl(
            ["start", "hops", "--side", "right", "--log", log] + arguments)
    }

    @Test(arguments: [["--guided", "--plain", "--countdown", "0", "--seconds", "1"], ["--detach"]])
    func theRestBetweenIsSaidBeforeTheSet(_ arguments: [String]) throws {
        let told = try start(arguments, hoursAgo: 26.5, landings: 12)
        #expect(told.code == 0, "\(told)")
        #expect(
            told.lines.contains(
                "Caution: The last hops were 26 h ago: 48 h between are asked for."), "\(told)")
    }

    @Test func whoeverHasRestedHearsNothing() throws {
        let told = try start(["--detach"], hoursAgo: 49, landings: 12)
        #expect(told.code == 0 && !told.output.contains("hops were"), "\(told)")
    }

    @Test func moreThanFortyADayAreSaid() throws {
        let told = try start(["--detach"], hoursAgo: 0, landings: 36)
        #expect(
            told.lines.contains(
                "Caution: 36 landings today, and 6 more would be above the 40 a day that are the limit."
            ), "\(told)")
    }
}
