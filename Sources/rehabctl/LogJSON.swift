// The log's commands as JSON: pain, progress and programme, for scripts and other programs.

import Control
import History

/// What a morning's answers mean.
struct MorningReply: Encodable {
    let day: Day
    /// Absent: not answered, never 0.
    let pain: Int?
    let place: String?
    let night: Int?
    let woken: Bool?
    /// The person's own median of the week before; absent below three answers.
    let usual: Double?
    let advice: [AdviceReply]

    init(_ answer: MorningEntry, on day: Day, _ log: WorkoutLog) {
        self.day = day
        pain = answer.pain
        place = answer.place
        night = answer.night
        woken = answer.woken
        usual = PainRules.usual(log.mornings, before: day)
        advice = AdviceReply.all(log, on: day)
    }
}

/// A rule of the programme that applies now.
struct AdviceReply: Encodable {
    let rule: String
    let text: String

    static func all(_ log: WorkoutLog, on day: Day) -> [AdviceReply] {
        PainRules.advice(log, on: day).map { AdviceReply(rule: $0.rule, text: $0.text) }
    }
}

/// The stage and its gate.
struct ProgrammeReply: Encodable {
    struct Line: Encodable {
        let name: String
        /// Met, not met, not known.
        let state: String
        let text: String

        init(_ line: GateLine) {
            name = line.name
            state = line.state.rawValue
            text = line.text
        }
    }

    /// Absent before the first one is chosen.
    var stage: Int?
    var name: String?
    var goal: String?
    var since: Day?
    /// A clinician holds it.
    var held: Bool?
    /// The stage of the next workout, and why where it is another one.
    var stageNow: Int?
    var reason: String?
    var painCap: Int?
    var painfulSide: String?
    /// Absent in the last stage.
    var gate: [Line]?
    /// For stops and hops, from stage 4 on.
    var readiness: [Line]?
    /// What the lines together say.
    var offer: String?
    /// Tests of the battery that are due.
    var testsDue: [String] = []
    var advice: [AdviceReply]

    init(_ log: WorkoutLog, tests: [TestEvidence]?, on day: Day) {
        advice = AdviceReply.all(log, on: day)
        painfulSide = log.painfulSide
        guard let (since, entry) = log.stage, let found = Programme.stage(entry.stage) else {
            return
        }
        stage = found.number
        name = found.name
        goal = found.goal
        self.since = since
        held = entry.locked
        let now = PainRules.stageNow(log, on: day)
        stageNow = now?.stage
        reason = now?.reason
        painCap = found.cap
        let lines = Gate.lines(log, tests: tests, on: day)
        gate = lines?.map { Line($0) }
        offer = lines.map { ProgrammeCommand.offer($0, entry) }
        readiness = Readiness.lines(log, tests: tests, on: day)?.map { Line($0) }
        testsDue = TestSchedule.due(log, tests: tests, on: day)
    }

    private enum CodingKeys: String, CodingKey {
        case stage, name, goal, since, held, reason, gate, readiness, offer, advice
        case stageNow = "stage_now"
        case painCap = "pain_cap"
        case painfulSide = "painful_side"
        case testsDue = "tests_due"
    }
}

/// Then and now.
struct ProgressReply: Encodable {
    struct Point: Encodable {
        let day: Day
        let value: Double
        /// Repetitions, holds or answers behind it.
        let count: Int

        init(_ point: (day: Day, value: Double, count: Int)) {
            day = point.day
            value = point.value
            count = point.count
        }
    }

    struct Quantity: Encodable {
        let name: String
        let unit: String
        let first: Point
        let now: Point
        /// Size of change that counts; absent where none is known.
        let counts: Double?
        /// More, less or none; absent where the two cannot be compared.
        let change: String?
        let verdict: String
        /// Of an angle, in the unit; absent where none was told.
        let uncertainty: Double?

        init(_ trend: Trend) {
            name = trend.name
            unit = trend.unit.filter { $0 != " " }
            first = Point(trend.first)
            now = Point(trend.now)
            counts = trend.counts
            change = trend.change
            verdict = trend.verdict
            uncertainty = trend.uncertainty
        }
    }

    struct Line: Encodable {
        let exercise: String
        let side: String?
        /// True: sets without cues.
        let probe: Bool
        let sets: Int
        let quantities: [Quantity]
        let notMeasured: [String]

        private enum CodingKeys: String, CodingKey {
            case exercise, side, probe, sets, quantities
            case notMeasured = "not_measured"
        }
    }

    struct Week: Encodable {
        let load: Double
        let usual: Double?
        let unknownSets: Int
        let isBigger: Bool

        private enum CodingKeys: String, CodingKey {
            case load, usual
            case unknownSets = "unknown_sets"
            case isBigger = "bigger_than_usual"
        }
    }

    let pain: Quantity?
    let week: Week?
    let weeksAsPlanned: Int?
    let lines: [Line]
    let withoutCues: [Quantity]

    init(_ log: WorkoutLog, on day: Day) {
        pain = Progress.pain(log, on: day).map { Quantity($0) }
        week = Weeks.load(log, on: day).map {
            Week(load: $0.now, usual: $0.usual, unknownSets: $0.unknown, isBigger: $0.isBigger)
        }
        weeksAsPlanned = Weeks.streak(log, on: day)
        lines = Progress.lines(log).map { line in
            Line(
                exercise: line.exercise, side: line.side, probe: line.probe, sets: line.sets,
                quantities: line.trends.map { Quantity($0) }, notMeasured: line.notMeasured)
        }
        withoutCues = Progress.withoutCues(log).compactMap { $0.trend.map { Quantity($0) } }
    }

    private enum CodingKeys: String, CodingKey {
        case pain, week, lines
        case weeksAsPlanned = "weeks_as_planned"
        case withoutCues = "kept_without_cues"
    }
}
