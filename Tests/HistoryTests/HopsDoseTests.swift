// EX21's dose from the log: at most 40 landings a day, 48 h between; and the moments that sets are kept with.

import Testing

@testable import History

@Suite struct HopsDoseTests {
    /// 2026-11-26T08:00:00Z: `date -u -d 2026-11-26T08:00:00 +%s`.
    private static let morning: Int64 = 1_795_680_000

    private func hops(
        _ landings: Int, time: String, day: Day = Logs.today, workout: String = "w"
    ) -> LogEntry {
        var set = Logs.set("hops", number: 21, workout: workout) { $0.landings = landings }
        set.time = time
        return LogEntry(day: day, .set(set))
    }

    private func warnings(
        _ entries: [LogEntry], hoursLater: Int64, wanted: Int = 6, workout: String? = "new",
        on day: Day = Logs.today
    ) throws -> [String] {
        HopsDose.warnings(
            try Logs.log(entries), on: day, now: HopsDoseTests.morning + hoursLater * 3600,
            wanted: wanted, workout: workout)
    }

    @Test func momentsAreThoseOfTheSystem() {
        #expect(SetMoment(text: "2026-11-26T08:00:00Z")?.seconds == HopsDoseTests.morning)
        #expect(SetMoment(text: "1970-01-01T00:00:01.5Z")?.seconds == 1)
        for text in ["", "2026-11-26", "2026-11-26T08:00Z", "2026-11-26T25:00:00Z", "T08:00:00Z"] {
            #expect(SetMoment(text: text) == nil, "\(text)")
        }
    }

    @Test func fortyEightHoursAreAskedForBetweenWorkouts() throws {
        let last = [hops(12, time: "2026-11-26T08:00:00Z")]
        let next = Logs.today + 1
        #expect(
            try warnings(last, hoursLater: 20, on: next)
                == ["The last hops were 20 h ago: 48 h between are asked for."])
        #expect(try warnings(last, hoursLater: 47, on: next).count == 1)
        #expect(try warnings(last, hoursLater: 48, on: next + 1).isEmpty)
        // The sets of one workout need no rest.
        #expect(try warnings(last, hoursLater: 0, workout: "w").isEmpty)
        #expect(
            try warnings(last, hoursLater: 0)
                == ["The last hops were less than an hour ago: 48 h between are asked for."])
    }

    @Test func fortyLandingsADayAreTheLimit() throws {
        let sets = (0..<6).map { _ in hops(6, time: "2026-11-26T08:00:00Z") }
        // 36 and four more are 40.
        #expect(try warnings(sets, hoursLater: 0, wanted: 4, workout: "w").isEmpty)
        #expect(
            try warnings(sets, hoursLater: 0, wanted: 6, workout: "w") == [
                "36 landings today, and 6 more would be above the 40 a day that are the limit."
            ])
        #expect(
            try warnings([], hoursLater: 0, wanted: 50)
                == ["50 landings are more than the 40 a day that are the limit."])
        // Those of another day do not count, nor do other exercises' landings.
        let before = sets.map { entry in LogEntry(day: Logs.today + -3, entry.content) }
        #expect(try warnings(before, hoursLater: 60, wanted: 40).isEmpty)
        let stops = LogEntry(
            day: Logs.today, .set(Logs.set("decelerate", number: 20) { $0.landings = 39 }))
        #expect(try warnings([stops], hoursLater: 0, wanted: 6).isEmpty)
    }
}

@Suite struct SetEntryFormTests {
    /// A line as rehabctl wrote it before ranges and tempos were kept.
    @Test func linesOfBeforeAreReadStill() throws {
        let path = try Folder.shared.path + "/old-\(UInt64.random(in: 0 ... .max)).jsonl"
        let old = """
            {"format":"rehabd-log","version":1}
            {"day":"2026-11-26","set":{"cleanShare":0.5,"cues":1,"endedBy":"reached","exercise":"squat","holds":[],"landings":0,"notHeard":0,"notMeasured":[],"number":11,"probe":false,"repetitions":8,"seconds":60,"seen":8,"steps":0,"thresholds":[],"time":"2026-11-26T08:00:00Z","typicalDegrees":{},"unknownShare":0,"workout":"w"}}

            """
        try old.write(toFile: path, atomically: true, encoding: .utf8)
        let log = try WorkoutLog(path: path)
        #expect(log.unread == 0)
        let set = try #require(log.sets.first?.set)
        #expect(set.repetitions == 8 && set.cleanShare == 0.5)
        #expect(set.ranges == nil && set.tempo == nil && set.activeShares == nil)
        #expect(set.unseenHolds == nil && set.uncertaintyDegrees == nil)
    }

    @Test func whatIsAlwaysRecordedComesBackAsItWas() throws {
        let set = Logs.set {
            $0.ranges = [35.25, 34]
            $0.rangeUnit = "degrees"
            $0.tempo = PhaseTimes(raise: [2, 2.1], hold: [1, 1], lower: [3, 2.9], rest: [1])
            $0.activeShares = ["C01 drop": 0.25]
            $0.unseenHolds = [5, 5]
            $0.uncertaintyDegrees = 4.5
        }
        let log = try Logs.log([LogEntry(day: Logs.today, .set(set))])
        #expect(try WorkoutLog(path: log.path).sets.first?.set == set)
    }
}
