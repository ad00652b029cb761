// The battery's metrics against an independent computation: Vectors/metrics.py (NumPy and SciPy).

import Foundation
import Kinematics
import Movement
import Testing

@testable import Assessment

/// The vectors' file.
private struct Vectors: Decodable {
    struct Case: Decodable {
        let kind: String
        let name: String
        let rate: Double?
        let sideways: [Double]?
        let forward: [Double]?
        let calmSideways: [Double]?
        let calmForward: [Double]?
        let times: [Double]?
        let hikes: [Double]?
        let held: Double?
        let expected: [String: Value]
    }

    /// A number, a truth value or null.
    enum Value: Decodable {
        case number(Double), truth(Bool), null

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let truth = try? container.decode(Bool.self) {
                self = .truth(truth)
            } else {
                self = .number(try container.decode(Double.self))
            }
        }

        var number: Double? { if case .number(let value) = self { value } else { nil } }
        var truth: Bool? { if case .truth(let value) = self { value } else { nil } }
    }

    let cases: [Case]

    static func load(_ kind: String) throws -> [Case] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Vectors/metrics.json")
        let all = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: path)).cases
        let found = all.filter { $0.kind == kind }
        try #require(!found.isEmpty)
        return found
    }
}

@Suite struct MetricsTests {
    private func expect(
        _ value: Double?, _ expected: Vectors.Value?, within share: Double, _ what: String
    ) throws {
        let wanted = try #require(expected?.number, "\(what) is not in the vectors")
        let value = try #require(value, "\(what)")
        #expect(abs(value - wanted) <= share * abs(wanted), "\(what): \(value), not \(wanted)")
    }

    /// The project's figure: within 2 %.
    @Test func swayIsThatOfSciPy() throws {
        let cases = try Vectors.load("sway")
        #expect(cases.count == 4)
        for one in cases {
            let sway = try #require(
                Sway(
                    sideways: one.sideways ?? [], forward: one.forward ?? [], rate: one.rate ?? 0))
            for (name, value) in [
                ("rms_sideways", sway.rmsSideways), ("rms_forward", sway.rmsForward),
                ("rms_both", sway.rmsBoth), ("path", sway.path), ("jerk", sway.jerk),
                ("ellipse", sway.ellipse),
            ] {
                try expect(value, one.expected[name], within: 0.02, "\(one.name), \(name)")
            }
        }
    }

    @Test func timeToSteadyIsThatOfSciPy() throws {
        for one in try Vectors.load("steady") {
            let rate = one.rate ?? 0
            let calm = try #require(
                Calm(
                    sideways: one.calmSideways ?? [], forward: one.calmForward ?? [], rate: rate))
            for (name, value) in [
                ("sideways", calm.sideways), ("forward", calm.forward),
                ("spread_sideways", calm.spreadSideways), ("spread_forward", calm.spreadForward),
            ] {
                try expect(value, one.expected[name], within: 0.02, "\(one.name), \(name)")
            }
            let seconds = Steadiness.seconds(
                sideways: one.sideways ?? [], forward: one.forward ?? [], rate: rate, calm: calm)
            try expect(seconds, one.expected["seconds"], within: 0.02, one.name)
        }
    }

    /// The summary of a set times landings as they come, sample by sample: to the same moment.
    ///
    /// A sensor that is `times` as fast feels the same; what is averaged of it falls into the vector's samples.
    @Test(arguments: [1, 4, 8]) func timeToSteadyInASetIsThatOfSciPy(times: Int) throws {
        for one in try Vectors.load("steady") {
            var tracker = LandingTracker()
            tracker.begin()
            let rate = (one.rate ?? 0) * Double(times)
            var index = 0.0
            var found: [Landing] = []
            func step(_ sideways: Double, _ forward: Double, _ upward: Double, _ isQuiet: Bool) {
                for part in 0..<times {
                    index += 1
                    let isOver = tracker.step(
                        horizontal: (sideways * sideways + forward * forward).squareRoot(),
                        forward: forward, sideways: sideways, upward: part == 0 ? upward : 0,
                        isQuiet: isQuiet, interval: 1 / rate, time: Int64(index / rate * 1e9))
                    if isOver { found.append(tracker.last) }
                }
            }
            for (sideways, forward) in zip(one.calmSideways ?? [], one.calmForward ?? []) {
                step(sideways, forward, 0, true)
            }
            // On the way to the landing nobody is quiet.
            for _ in 0..<30 { step(0.5, 1, 0, false) }
            for (place, both) in zip(one.sideways ?? [], one.forward ?? []).enumerated() {
                step(both.0, both.1, place == 0 ? 12 : 0, false)
            }
            #expect(found.count == 1, "\(one.name)")
            try expect(found.first?.steadyAfter, one.expected["seconds"], within: 0.02, one.name)
        }
    }

    @Test func timeToFallIsThatOfSciPy() throws {
        for one in try Vectors.load("fall") {
            let fall = try #require(
                PelvisFall(
                    times: one.times ?? [], hikes: one.hikes ?? [], held: one.held ?? 0))
            try expect(fall.plateau, one.expected["plateau"], within: 0.02, "\(one.name), plateau")
            try expect(fall.seconds, one.expected["seconds"], within: 0.001, one.name)
            #expect(fall.fell == one.expected["fell"]?.truth, "\(one.name)")
        }
    }

    /// A circle of known radius and pace: every number follows from geometry.
    @Test func aCircleHasItsGeometry() throws {
        let rate = 100.0
        let pace = 2 * Double.pi * 0.5
        let time = (0..<Int(20 * rate)).map { Double($0) / rate }
        let sway = try #require(
            Sway(
                sideways: time.map { 0.2 * sin(pace * $0) },
                forward: time.map { 0.2 * cos(pace * $0) }, rate: rate))
        let near = { (value: Double, wanted: Double) in abs(value - wanted) < 0.01 * wanted }
        #expect(near(sway.rmsSideways, 0.2 / 2.0.squareRoot()))
        #expect(near(sway.rmsBoth, 0.2))
        #expect(near(sway.path, 0.2 * pace * 20))
        #expect(near(sway.jerk, 0.5 * 0.04 * pace * pace * 20))
        #expect(near(sway.ellipse, Double.pi * -2 * log(0.05) * 0.02))
    }

    @Test func thirdsThatAreAlikeHaveNoError() throws {
        let wave = (0..<3000).map { 0.1 * sin(2 * Double.pi * Double($0) / 100) }
        let error = try #require(Sway.standardError(sideways: wave, forward: wave, rate: 100))
        #expect(error.rmsBoth < 0.001)
        let growing = wave.enumerated().map { $1 * (1 + Double($0) / 3000) }
        let more = try #require(Sway.standardError(sideways: growing, forward: wave, rate: 100))
        #expect(more.rmsSideways > 0.005)
    }

    @Test func whatCannotBeMeasuredIsNone() {
        #expect(Sway(sideways: [], forward: [], rate: 60) == nil)
        #expect(Sway(sideways: [1, 2], forward: [1], rate: 60) == nil)
        #expect(Calm(sideways: [0.1], forward: [0.1], rate: 60) == nil)
        #expect(PelvisFall(times: [5], hikes: [0.1], held: 6) == nil)
        #expect(PelvisFall(times: [.nan], hikes: [.nan], held: .infinity) == nil)
    }
}

@Suite struct ScoreTests {
    @Test func partsAreMeasuredOrAsked() {
        var seen = StepDownScore.Seen()
        seen.pelvisOffLevel = true
        seen.wavered = false
        var asked = StepDownScore.Asked()
        asked.steppedDown = true
        asked.knee = 2
        let score = StepDownScore(seen: seen, asked: asked)
        // Pelvis 1, knee 2, stepped down 1; trunk and hands are open.
        #expect(score.points == 4)
        #expect(score.open == 2)
        #expect(score.grade == "poor")
        #expect(
            score.parts.map(\.source) == [.unknown, .measured, .asked, .asked, .unknown])
    }

    @Test func openPartsLeaveTheClassOpen() {
        var seen = StepDownScore.Seen()
        seen.trunkLeant = false
        seen.pelvisOffLevel = true
        #expect(StepDownScore(seen: seen, asked: .init()).grade == nil)
        seen.wavered = false
        seen.knee = 0
        var asked = StepDownScore.Asked()
        asked.handsLeftWaist = false
        // That nobody wavered does not say that no foot took weight.
        #expect(StepDownScore(seen: seen, asked: asked).grade == nil)
        #expect(StepDownScore(seen: seen, asked: asked).parts[3].source == .unknown)
        asked.steppedDown = false
        #expect(StepDownScore(seen: seen, asked: asked).grade == "good")
    }

    /// `now` held against a run before it that had `value`.
    private func change(
        from value: Double?, spread: Double? = nil, uncertainty: Double? = nil, to now: TestMeasure
    ) -> TestChange? {
        var before = now
        before.value = value
        before.spread = spread
        before.uncertainty = uncertainty
        return TestChange(from: before, to: now)
    }

    @Test func changeIsOnlyWhatCounts() {
        let hold = TestMeasure("fall-s", "", .seconds, 20, counts: .size(5))
        #expect(change(from: 15, to: hold) == .more)
        #expect(change(from: 16, to: hold) == TestChange.none)
        #expect(change(from: 26, to: hold) == .less)
        #expect(change(from: nil, to: hold) == nil)
        #expect(TestChange(from: nil, to: hold) == nil)
        let sway = TestMeasure("sway-both", "", .acceleration, 0.12, counts: .share(0.3))
        #expect(change(from: 0.10, to: sway) == TestChange.none)
        #expect(change(from: 0.09, to: sway) == .more)
        let tries = TestMeasure(
            "hold-mean-s", "", .seconds, mean: [20, 24, 22], counts: .ownSpread)
        #expect(tries.spread.map { abs($0 - 2) < 1e-9 } == true)
        #expect(change(from: 20, spread: 1, to: tries) == TestChange.none)
        #expect(change(from: 17, spread: 1, to: tries) == .more)
        #expect(change(from: 17, spread: 6, to: tries) == TestChange.none)
    }

    /// A drop known to 3 degrees has not changed by 2, whatever the programme would count.
    @Test func whatIsNotResolvedDoesNotCount() {
        let drop = TestMeasure("drop-left-deg", "", .degrees, 6, uncertainty: 3, counts: .size(2))
        #expect(drop.limit(from: nil) == 3)
        #expect(change(from: 3.5, uncertainty: 3, to: drop) == TestChange.none)
        #expect(change(from: 3, uncertainty: 3, to: drop) == .more)
        // The coarser of the two runs.
        #expect(change(from: 2, uncertainty: 4.5, to: drop) == TestChange.none)
        #expect(change(from: 1, uncertainty: 4.5, to: drop) == .more)
        let step = TestMeasure("step-left-s", "", .seconds, 0.6, counts: .share(0.1))
        // On a first run: what the next one must differ by.
        #expect(step.limit(from: nil).map { abs($0 - 0.06) < 1e-12 } == true)
        // Points of open parts are no error.
        let score = TestMeasure("score", "", .points, 2, uncertainty: 2, counts: .size(1))
        #expect(change(from: 1, uncertainty: 2, to: score) == .more)
    }

    /// What is printed of a test in words is what its numbers count from.
    @Test func theWordsNameWhatIsResolved() throws {
        func degrees(_ test: String, _ id: String, _ uncertainty: Double) throws {
            let size = TestMeasure(
                id, "", .degrees, 0, uncertainty: uncertainty,
                counts: .size(TestMeasure.angleChange))
            let limit = try #require(size.limit(from: nil)) * degreesPerRadian
            let words = limit == limit.rounded() ? "\(Int(limit))" : "\(limit)"
            let told = try #require(TestBattery.test(test)?.counts)
            #expect(told.contains("\(words) degrees"), "\(test): \(told), not \(words)")
        }
        try degrees("T4", "drop-deg", TestMeasure.stepUncertainty)
        try degrees("T5", "drop-deg", TestMeasure.stepUncertainty)
        try degrees("T8", "drop-deg", TestMeasure.stepUncertainty)
    }

    @Test func everyTestIsComplete() {
        #expect(TestBattery.all.map(\.id) == (1...8).map { "T\($0)" })
        for test in TestBattery.all {
            #expect(!test.instructions.isEmpty && !test.counts.isEmpty && test.exercise != nil)
        }
        #expect(TestBattery.test("t3")?.exercise(hasSide: false) == nil)
        #expect(TestBattery.test("T3")?.goal(hasSide: false) == .time(30))
        #expect(TestBattery.test("T9") == nil)
        // Programme 5, T1: the lift is the most there is, the neck over the foot.
        let lift = TestBattery.test("T1")?.instructions.joined(separator: " ") ?? ""
        #expect(
            lift.contains("as high as possible") && lift.contains("neck over the foot"), "\(lift)")
    }
}
