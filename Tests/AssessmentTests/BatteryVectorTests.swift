// Angles, steps and scores of T4 to T6 against an independent computation: Vectors/battery.py.

import Foundation
import Kinematics
import Movement
import Testing

@testable import Assessment

/// The vectors' file: what sensors without error feel in a movement, and what it was.
struct BatteryCase: Decodable, Sendable, CustomTestStringConvertible {
    let kind: String
    let name: String
    var test: String?
    var side: String?
    var rate: Double?
    /// deg of C01 and C02.
    var dropOn: Double?
    var leanOn: Double?
    /// s at which the set begins.
    var begin: Double?
    /// rad: obliquity and anterior tilt at rest.
    var neutralPelvis: [Double]?
    var neutralTrunk: [Double]?
    /// Up in the segments' axes, in parts of 1/20000.
    var pelvis: [Int]?
    var trunk: [Int]?
    /// mm/s² up and to the right, mrad/s about the vertical.
    var upward: [Int]?
    var rightward: [Int]?
    var turning: [Int]?
    /// Of steps, left and right in turn: s, and rad (nil: not seen).
    var seconds: [Double]?
    var drops: [Double?]?
    var leans: [Double]?
    var affected: Double?
    var other: Double?
    var moreIsBetter: Bool?
    let expected: [String: Value]

    enum Value: Decodable, Sendable {
        case number(Double), truth(Bool)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let truth = try? container.decode(Bool.self) {
                self = .truth(truth)
            } else {
                self = .number(try container.decode(Double.self))
            }
        }
    }

    var testDescription: String { name }

    func number(_ name: String) throws -> Double {
        guard case .number(let value) = expected[name] else {
            throw BatteryVectorError.missing(name)
        }
        return value
    }

    func truth(_ name: String) throws -> Bool {
        guard case .truth(let value) = expected[name] else {
            throw BatteryVectorError.missing(name)
        }
        return value
    }

    private struct File: Decodable { let cases: [BatteryCase] }

    static func load(_ kind: String) -> [BatteryCase] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Vectors/battery.json")
        guard let data = try? Data(contentsOf: path),
            let file = try? JSONDecoder().decode(File.self, from: data)
        else { return [] }
        return file.cases.filter { $0.kind == kind }
    }
}

enum BatteryVectorError: Error { case missing(String) }

extension BatteryCase {
    private func alignment(_ neutral: [Double]?) throws -> SensorAlignment {
        let neutral = try #require(neutral)
        return SensorAlignment(
            segmentFromSensor: .identity,
            neutral: SegmentAngles(obliquity: neutral[0], anteriorTilt: neutral[1]), calmJerk: 2)
    }

    private func up(_ values: [Int], _ index: Int) throws -> Vector3 {
        let part = values[3 * index..<3 * index + 3].map { Double($0) / 20_000 }
        return try #require(Vector3(part[0], part[1], part[2]).normalized())
    }

    /// Worn by a body and judged by `plan`, as the daemon does it; the trunk's sensor is silent from `end` s on.
    func traced(_ plan: MovementPlan, trunkUntil end: Double = .infinity) throws -> TestTrace {
        var body = Body()
        let (pelvis, trunk) = (try #require(pelvis), try #require(trunk))
        let (rate, upward) = (try #require(rate), try #require(upward))
        let aligned = try alignment(neutralPelvis)
        body.align(.pelvis, aligned)
        body.align(.trunk, try alignment(neutralTrunk))
        var trace = TestTrace(plan: plan)
        var hasBegun = false
        for index in upward.indices {
            let passed = Double(index) / rate
            let time = 1_000_000_000_000 + Int64((passed * 1e9).rounded())
            if !hasBegun, passed >= begin ?? 0 {
                body.begin(plan, time: time)
                hasBegun = true
            }
            func observation(_ up: Vector3, _ force: Vector3, _ turn: Double) -> SegmentObservation
            {
                SegmentObservation(
                    time: time, interval: 1 / rate, period: 1 / rate, upInSensor: up,
                    specificForce: force, sigma: 0.3 * radiansPerDegree, saturated: false,
                    unknown: false, batched: false,
                    // A gyroscope that shows nothing at all proves no stand.
                    angularRate: up * turn + Vector3(0.01, 0, 0))
            }
            if passed < end {
                let up = try up(trunk, index)
                var unused = MotionFrame()
                _ = body.step(
                    .trunk, observation(up, up * standardGravity, 0), frame: &unused)
            }
            let up = try up(pelvis, index)
            let right = try #require((Vector3(0, 0, 1) - up * up.z).normalized())
            let force =
                up * (standardGravity + Double(upward[index]) / 1000) + right
                * (Double(rightward?[index] ?? 0) / 1000)
            let seen = observation(up, force, Double(turning?[index] ?? 0) / 1000)
            var frame = MotionFrame()
            frame.segment = .pelvis
            frame.time = time
            frame.sequence = UInt64(index)
            frame.sample = ImuSample(
                interval: 1 / rate, angularRate: seen.angularRate, specificForce: force)
            frame.worldFromSensor = Rotation(shortestFrom: up, to: Vector3(0, 0, 1))
            _ = body.step(.pelvis, seen, frame: &frame)
            if hasBegun { trace.add(frame, alignment: aligned) }
        }
        trace.finish()
        return trace
    }

    /// The rules of T4's and T5's exercises that score their angles.
    func repetitionPlan() throws -> MovementPlan {
        let side = try #require(Side(name: side ?? ""))
        var plan = MovementPlan(
            task: .repetitions, posture: .upright, stanceSide: side, targetHold: 0)
        plan.source = .height
        plan.fallback = .height
        plan.lowersFirst = true
        plan.restsUpright = false
        plan.tempo = Tempo(raise: 1.5, hold: 0, lower: 2, rest: 1)
        plan.repetitions = 5
        func add(_ number: UInt8, _ signal: Signal, _ on: Double?, below: Double) throws {
            let on = try #require(on)
            let isAdded = plan.add(
                Rule(
                    id: RuleID(number: number), signal: signal, on: on * radiansPerDegree,
                    off: (on - below) * radiansPerDegree, minimumOn: 0.2))
            #expect(isAdded)
        }
        try add(1, .drop, dropOn, below: 2)
        try add(2, .leanIpsilateral, leanOn, below: 2)
        return plan
    }
}

@Suite struct BatteryVectorTests {
    /// The project's figure: within 2 %, or `least` in the measure's own unit.
    private func expect(
        _ outcome: TestOutcome, _ id: String, _ one: BatteryCase, within share: Double = 0.02,
        atLeast least: Double = 0
    ) throws {
        let wanted = try one.number(id)
        let measure = try #require(outcome.measures.first { $0.id == id }, "\(id)")
        let value = try #require(measure.value, "\(id)") * measure.unit.factor
        #expect(
            abs(value - wanted) <= max(share * abs(wanted), least),
            "\(one.name), \(id): \(value), not \(wanted)")
    }

    private func expectError(_ outcome: TestOutcome, _ id: String, _ wanted: Double) throws {
        let measure = try #require(outcome.measures.first { $0.id == id }, "\(id)")
        let error = try #require(measure.uncertainty, "\(id)") * measure.unit.factor
        #expect(abs(error - wanted) <= 0.02 * wanted, "\(id): \(error), not \(wanted)")
    }

    @Test(arguments: BatteryCase.load("repetitions"))
    func anglesOfRepetitionsAreThoseOfSciPy(_ one: BatteryCase) throws {
        let test = try #require(TestBattery.test(one.test ?? ""))
        let trace = try one.traced(try one.repetitionPlan())
        let outcome = TestScoring(
            test: test, trace: trace, side: Side(name: one.side ?? "")
        ).outcome()
        #expect(outcome.measures.first { $0.id == "drop-deg" }?.count == 5)
        // Of 0° the most of a movement is what it was at the moment from which it was seen: 5 % of its way.
        for id in ["drop-deg", "lean-deg"] + (test.id == "T4" ? ["hike-deg", "lean-away-deg"] : [])
        {
            try expect(outcome, id, one, atLeast: 0.6)
        }
    }

    /// A pelvis off level and a trunk off upright are so either way, by the thresholds in force.
    @Test(arguments: BatteryCase.load("repetitions").filter { $0.test == "T4" })
    func theStepDownScoreSeesBothWays(_ one: BatteryCase) throws {
        let trace = try one.traced(try one.repetitionPlan())
        let outcome = TestScoring(
            test: try #require(TestBattery.test("T4")), trace: trace,
            side: Side(name: one.side ?? "")
        ).outcome()
        let seen = try #require(outcome.stepDown)
        #expect(seen.pelvisOffLevel == (try one.truth("pelvis_off")), "\(one.name)")
        #expect(seen.trunkLeant == (try one.truth("trunk_off")), "\(one.name)")
    }

    /// A trunk that was not seen in each repetition may have leant in the others.
    @Test func aPartThatWasSeenInSomeRepetitionsOnlyIsNotMeasured() throws {
        let one = try #require(BatteryCase.load("repetitions").first { $0.name == "hike" })
        let test = try #require(TestBattery.test("T4"))
        func seen(until end: Double) throws -> StepDownScore.Seen {
            let trace = try one.traced(try one.repetitionPlan(), trunkUntil: end)
            let outcome = TestScoring(test: test, trace: trace, side: Side(name: one.side ?? ""))
                .outcome()
            return try #require(outcome.stepDown)
        }
        #expect(try seen(until: .infinity).trunkLeant == false)
        // The fourth repetition begins at 18.5 s.
        #expect(try seen(until: 18).trunkLeant == nil)
        #expect(try seen(until: 0).trunkLeant == nil)
    }

    /// The numbers of steps that are known, and how well they are known.
    @Test(arguments: BatteryCase.load("steps"))
    func numbersOfStepsAreThoseOfSciPy(_ one: BatteryCase) throws {
        var trace = TestTrace(plan: walkingPlan)
        var time: Int64 = 1_000_000_000_000
        let (lasts, drops) = (try #require(one.seconds), try #require(one.drops))
        let leans = try #require(one.leans)
        let level = SensorAlignment(
            segmentFromSensor: .identity,
            neutral: SegmentAngles(obliquity: 0, anteriorTilt: 0), calmJerk: 2)
        for (index, seconds) in lasts.enumerated() {
            var frame = MotionFrame()
            frame.segment = .pelvis
            frame.phase = .holding
            let end = time + Int64((seconds * 1e9).rounded())
            frame.time = end
            frame.sample.interval = seconds
            frame.step = Step(
                number: UInt32(index + 1), side: index % 2 == 0 ? .left : .right, start: time,
                end: end, drop: drops[index] ?? .nan, leanIpsilateral: leans[index])
            trace.add(frame, alignment: level)
            time = end
        }
        let outcome = TestScoring(
            test: try #require(TestBattery.test("T6")), trace: trace, side: nil
        ).outcome()
        for side in ["left", "right"] {
            for id in ["drop-\(side)-deg", "lean-\(side)-deg", "step-\(side)-s"] {
                try expect(outcome, id, one, within: 1e-6)
            }
            try expectError(outcome, "step-\(side)-s", one.number("step-\(side)-error"))
        }
        for id in ["asymmetry", "cadence"] {
            try expect(outcome, id, one, within: 1e-6)
            try expectError(outcome, id, one.number("\(id)_error"))
        }
    }

    private var walkingPlan: MovementPlan {
        var plan = MovementPlan(
            task: .steps, posture: .upright, stanceSide: nil, targetHold: 0)
        plan.source = .walking
        return plan
    }

    /// From what the sensors feel: the steps have to be found first.
    ///
    /// Their contacts are found some 0.01 s off, and later where the pace changes: a twentieth of an angle's mean,
    /// a fiftieth of a step.
    @Test(arguments: BatteryCase.load("walk"))
    func aWalkThatIsFeltHasTheNumbersOfSciPy(_ one: BatteryCase) throws {
        let outcome = TestScoring(
            test: try #require(TestBattery.test("T6")), trace: try one.traced(walkingPlan),
            side: nil
        ).outcome()
        for side in ["left", "right"] {
            let count = outcome.measures.first { $0.id == "step-\(side)-s" }?.count ?? 0
            #expect((20...24).contains(count), "\(one.name), \(side): \(count)")
            try expect(outcome, "drop-\(side)-deg", one, within: 0.06)
            try expect(outcome, "lean-\(side)-deg", one, within: 0.06)
            try expect(outcome, "step-\(side)-s", one)
        }
        // The ratio of the legs within 3 %, which is that many points of a hundred.
        try expect(outcome, "asymmetry", one, within: 0, atLeast: 3)
        try expect(outcome, "cadence", one)
    }

    /// Programme 6: every number carries its uncertainty and the size that counts, on a first run too.
    @Test(arguments: BatteryCase.load("repetitions") + BatteryCase.load("walk"))
    func everyNumberHasItsUncertaintyAndItsSize(_ one: BatteryCase) throws {
        let isWalk = one.kind == "walk"
        let outcome = TestScoring(
            test: try #require(TestBattery.test(one.test ?? "T6")),
            trace: try one.traced(isWalk ? walkingPlan : try one.repetitionPlan()),
            side: one.side.flatMap { Side(name: $0) }
        ).outcome()
        let measured = outcome.measures.filter { $0.value != nil }
        #expect(measured.count == (isWalk ? 8 : 5), "\(measured.map(\.id))")
        for measure in measured {
            let error = try #require(measure.uncertainty, "\(one.name), \(measure.id)")
            let limit = try #require(measure.limit(from: nil), "\(one.name), \(measure.id)")
            #expect(error > 0 && limit >= error, "\(one.name), \(measure.id)")
        }
    }

    @Test func theSymmetryIndexIsThatOfNumPy() throws {
        let cases = BatteryCase.load("symmetry")
        #expect(cases.count == 4)
        for one in cases {
            guard let affected = one.affected, let other = one.other, let isMore = one.moreIsBetter
            else { throw BatteryVectorError.missing(one.name) }
            let percent = try #require(
                Symmetry.index(affected: affected, other: other, moreIsBetter: isMore))
            #expect(abs(percent - (try one.number("percent"))) < 1e-9, "\(one.name)")
        }
    }

    @Test func allKindsOfVectorsAreThere() {
        #expect(BatteryCase.load("repetitions").count == 4)
        #expect(BatteryCase.load("walk").count == 2)
        #expect(BatteryCase.load("steps").count == 1)
    }
}
