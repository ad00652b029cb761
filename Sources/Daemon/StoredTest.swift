// A kept run of a test: one small JSON file, replaced as a whole.

import Assessment
import Control
import FoundationEssentials
import Kinematics
import Plumbing

/// A run as it is kept.
///
/// Numbers are SI; `unit` only says how they are shown.
struct StoredTest: Codable, Sendable, Equatable {
    struct Measure: Codable, Sendable, Equatable {
        var id: String
        var title: String
        var unit: String
        var value: Double?
        var source: String
        var count: Int
        var uncertainty: Double?
        var spread: Double?
        /// The size of change that counts: "size 0.07", "share 0.3", "spread" or "none".
        var counts: String
    }

    /// A threshold that was in force.
    struct Threshold: Codable, Sendable, Equatable {
        var rule: String
        var signal: String
        /// Rad, or a ratio.
        var on: Double
    }

    struct Seen: Codable, Sendable, Equatable {
        var trunkLeant: Bool?
        var pelvisOffLevel: Bool?
        var wavered: Bool?
        var knee: Int?
    }

    /// Breaking changes only.
    var version = 1
    var name: String
    var test: String
    /// UTC, ISO 8601.
    var date: String
    var side: String?
    var sensors: [String]
    var exercise: String?
    var exerciseVersion: Int?
    var thresholds: [Threshold]
    var measures: [Measure]
    /// Median lift of each second, rad.
    var curve: [Double?]
    var notes: [String]
    var stepDown: Seen?
    var answers = Rehab1.TestAnswers()
    var unknownShare: Double
    var recording: String?

    /// Numbers in the measures' own units, rad and s.
    var outcome: TestOutcome {
        var outcome = TestOutcome()
        outcome.measures = measures.compactMap { TestMeasure($0) }
        outcome.curve = curve
        outcome.notes = notes
        outcome.unknownShare = unknownShare
        if let stepDown {
            var seen = StepDownScore.Seen()
            seen.trunkLeant = stepDown.trunkLeant
            seen.pelvisOffLevel = stepDown.pelvisOffLevel
            seen.wavered = stepDown.wavered
            seen.knee = stepDown.knee
            outcome.stepDown = seen
        }
        return outcome
    }

    /// The outcome with the answers in it, and without the means of too few.
    var answered: TestOutcome {
        guard let test = TestBattery.test(test) else { return outcome }
        return TestAnswers(answers).added(to: outcome.leavingOutFew(of: test), of: test)
    }

    /// The run as it is held against others.
    var compared: ComparedRun {
        ComparedRun(
            test: test, sensors: Set(sensors), answers: TestAnswers(answers), outcome: answered)
    }

    init(
        name: String, test: BatteryTest, date: String, side: Side?, sensors: [String],
        outcome: TestOutcome
    ) {
        self.name = name
        self.test = test.id
        self.date = date
        self.side = side?.name
        self.sensors = sensors
        thresholds = []
        measures = outcome.measures.map { Measure($0) }
        curve = outcome.curve
        notes = outcome.notes
        unknownShare = outcome.unknownShare
        if let seen = outcome.stepDown {
            stepDown = Seen(
                trunkLeant: seen.trunkLeant, pelvisOffLevel: seen.pelvisOffLevel,
                wavered: seen.wavered, knee: seen.knee)
        }
    }
}

extension StoredTest.Measure {
    init(_ measure: TestMeasure) {
        self.init(
            id: measure.id, title: measure.title, unit: measure.unit.rawValue,
            value: measure.value, source: measure.source.rawValue, count: measure.count,
            uncertainty: measure.uncertainty, spread: measure.spread,
            counts: {
                switch measure.counts {
                case .size(let size): "size \(size)"
                case .share(let share): "share \(share)"
                case .ownSpread: "spread"
                case .none: "none"
                }
            }())
    }
}

extension TestMeasure {
    /// Nil for a measure that this version does not know.
    init?(_ stored: StoredTest.Measure) {
        guard let unit = Unit(rawValue: stored.unit), let source = Source(rawValue: stored.source)
        else { return nil }
        let words = stored.counts.split(separator: " ")
        let number = words.count == 2 ? Double(String(words[1])) : nil
        let counts: Counts
        switch (words.first, number) {
        case ("size", let size?): counts = .size(size)
        case ("share", let share?): counts = .share(share)
        case ("spread", _): counts = .ownSpread
        default: counts = .none
        }
        self.init(
            stored.id, stored.title, unit, stored.value, source: source, count: stored.count,
            uncertainty: stored.uncertainty, spread: stored.spread, counts: counts)
    }
}

extension TestAnswers {
    init(_ told: Rehab1.TestAnswers) {
        self.init()
        pain = told.pain
        fingertip = told.fingertip
        stepHeight = told.stepHeightCentimetres.map { $0 / 100 }
        handsLeftWaist = told.handsLeftWaist
        steppedDown = told.steppedDown
        knee = told.knee.map { Int($0) }
        pace = told.pace.flatMap { Pace(rawValue: $0) }
    }
}

/// Reads and writes kept runs.
///
/// Owned by the Supervisor.
struct TestStore: Sendable {
    let directory: String

    /// Files read at most: years of weekly tests.
    private static let limit = 5_000

    func save(_ test: StoredTest) throws(PlumbingError) {
        try FileStore.makeDirectory(directory)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let path = "\(directory)/\(test.name).json"
        guard let data = try? encoder.encode(test) else {
            throw PlumbingError("write \(path)", code: 22)
        }
        try FileStore.replace(path, with: Array(data) + [10])
    }

    /// A name that no kept run has.
    func freeName(date: String, test: String, side: String?) -> String {
        let digits = date.filter { $0.isNumber || $0 == "T" }
        let stem = "\(digits)-\(test)-\(side ?? "both")"
        var name = stem
        var number = 2
        while FileStore.attributes("\(directory)/\(name).json") != nil, number < 1_000 {
            name = "\(stem)-\(number)"
            number += 1
        }
        return name
    }

    /// All kept runs, the oldest first, and sentences on files that cannot be used.
    func all() throws(PlumbingError) -> (tests: [StoredTest], complaints: [String]) {
        guard FileStore.attributes(directory) != nil else { return ([], []) }
        var tests: [StoredTest] = []
        var complaints: [String] = []
        for name in try FileStore.list(directory).sorted().suffix(TestStore.limit)
        where name.hasSuffix(".json") {
            let path = "\(directory)/\(name)"
            do throws(PlumbingError) {
                let bytes = try FileStore.read(path, limit: 256 * 1024)
                let decoder = JSONDecoder()
                if let test = try? decoder.decode(StoredTest.self, from: Data(bytes)),
                    test.version == 1, "\(test.name).json" == name
                {
                    tests.append(test)
                } else {
                    complaints.append(
                        "\(path) is no test result of this version: move it away, or update rehabd")
                }
            } catch {
                complaints.append(error.description)
            }
        }
        return (tests.sorted { ($0.date, $0.name) < ($1.date, $1.name) }, complaints)
    }
}

extension StatePaths {
    /// Kept runs of the test battery.
    package var tests: String { state + "/tests" }
}
