// Commands as text: every action comes back bit for bit, and hostile text gives none.

import Kinematics
import Movement
import Testing

@testable import Pipeline

private let doubles: [Double] = [
    0, -0.0, 1.0 / 3, 0.1, Double.leastNonzeroMagnitude, -Double.leastNonzeroMagnitude,
    .leastNormalMagnitude, .greatestFiniteMagnitude, 1e22,
    9007199254740992, .pi,
]

private func bits(_ action: EstimatorAction?) -> String {
    guard let action else { return "nil" }
    func hex(_ values: Double...) -> String {
        values.map { String($0.bitPattern, radix: 16) }.joined(separator: ",")
    }
    switch action {
    case .attach(let channel, let period, let segment):
        return "attach \(channel) \(hex(period)) \(String(describing: segment))"
    case .detach(let channel): return "detach \(channel)"
    case .assign(let channel, let segment):
        return "assign \(channel) \(String(describing: segment))"
    case .align(let channel, let a):
        let r = a.segmentFromSensor
        return "align \(channel) "
            + hex(r.w, r.x, r.y, r.z, a.neutral.obliquity, a.neutral.anteriorTilt, a.calmJerk)
            + hex(a.standSigma)
    case .correct(let channel, let b): return "correct \(channel) " + hex(b.x, b.y, b.z)
    case .begin(let plan):
        var text =
            "begin \(plan.task) \(plan.posture) \(String(describing: plan.stanceSide)) "
            + hex(plan.targetHold)
        for index in 0..<plan.ruleCount {
            let rule = plan.rules[index]
            text +=
                " [\(rule.id.number) \(rule.signal) "
                + hex(rule.on, rule.off, rule.minimumOn, rule.minimumOff, rule.refractory)
                + " \(rule.reportOnly)]"
        }
        return text
    case .cueAtEnd: return "cue-at-end"
    case .end: return "end"
    }
}

private func comesBack(_ action: EstimatorAction) -> Bool {
    let text = action.text
    return bits(EstimatorAction(text: text)) == bits(action) && !text.contains("\n")
}

@Suite struct CommandTextTests {
    @Test func attachAssignDetachAndEndComeBack() {
        for channel in UInt8(0)..<32 {
            for segment in Segment.allCases.map(Optional.some) + [nil] {
                for period in [1 / 60.0, 1 / 3.0, 0.0002, 1, 0.016666666666666666.nextUp] {
                    #expect(
                        comesBack(
                            .attach(channel: channel, samplePeriod: period, segment: segment)))
                }
                #expect(comesBack(.assign(channel: channel, segment: segment)))
            }
            #expect(comesBack(.detach(channel: channel)))
        }
        #expect(comesBack(.end))
    }

    @Test func alignmentsComeBack() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<500 {
            let rotation = Rotation(
                axis: Vector3(
                    Double.random(in: -1...1, using: &random),
                    Double.random(in: -1...1, using: &random),
                    Double.random(in: -1...1, using: &random)),
                angle: Double.random(in: -3...3, using: &random))
            for number in doubles {
                let alignment = SensorAlignment(
                    segmentFromSensor: rotation,
                    neutral: SegmentAngles(obliquity: number, anteriorTilt: -number),
                    calmJerk: number, standSigma: -number)
                #expect(comesBack(.align(channel: 7, alignment: alignment)))
            }
        }
    }

    @Test func accelerometerBiasesComeBack() {
        for number in doubles + [5, -5] where abs(number) <= 5 {
            let bias = Vector3(number, -number, number / 3)
            #expect(comesBack(.correct(channel: 31, accelerometerBias: bias)))
        }
        for text in [
            "correct 0 5.1 0 0", "correct 0 0 nan 0", "correct 0 0 0", "correct 0 0 0 0 0",
            "correct 32 0 0 0", "correct - 0 0 0", "correct 0 0 0 inf",
        ] {
            #expect(EstimatorAction(text: text) == nil, "\(text)")
        }
    }

    @Test func plansComeBack() {
        for side in [Side?.none, .left, .right] {
            for posture in Posture.allCases {
                for count in [0, 1, 5, 32] {
                    var plan = MovementPlan(
                        task: .singleLegHold, posture: posture, stanceSide: side,
                        targetHold: 1 / 3.0)
                    for index in 0..<count {
                        _ = plan.add(
                            Rule(
                                id: RuleID(number: UInt8(index % 20 + 1)),
                                signal: Signal.allCases[index % Signal.count],
                                on: doubles[index % doubles.count],
                                off: doubles[(index + 1) % doubles.count],
                                minimumOn: doubles[(index + 2) % doubles.count],
                                minimumOff: doubles[(index + 3) % doubles.count],
                                refractory: doubles[(index + 4) % doubles.count],
                                reportOnly: index % 3 == 0))
                    }
                    #expect(comesBack(.begin(plan: plan)))
                }
            }
        }
    }

    private static let align = "align 0 1.0 0.0 0.0 0.0 0.0 0.0 1.0 0.01"
    private static let rule = " C01 drop 0.07 0.04 0.5 0.3 4.0 cue"

    @Test func theGoodTextsAreTaken() {
        #expect(EstimatorAction(text: Self.align) != nil)
        #expect(EstimatorAction(text: "begin single-leg-hold upright - 10.0" + Self.rule) != nil)
        #expect(EstimatorAction(text: "attach 0 0.016 pelvis") != nil)
    }

    @Test(arguments: [
        "", " ", "attach", "attach 0", "attach 0 0.016", "attach 0 0.016 hip", "attach 32 0.016 -",
        "attach -1 0.016 -", "attach 256 0.016 -", "attach 0 0 -", "attach 0 -0.016 -",
        "attach 0 nan -", "attach 0 inf -", "attach 0 1.1 -", "attach 0 0.0001 -",
        "attach 0 0.016 - x", "detach", "detach x", "detach 32", "detach 0 1", "assign 0",
        "assign 0 foot", "assign 99 -", "end now", "End", "align 0 1 0 0 0 0 0 1",
        "align 0 1 0 0 0 0 0 1 0 1", "align 0 1 1 0 0 0 0 1 0", "align 0 0 0 0 0 0 0 1 0",
        "align 0 nan 0 0 0 0 0 1 0", "align 0 1 0 0 0 inf 0 1 0", "align 0 1 0 0 0 0 0 1 nan",
        "align 32 1 0 0 0 0 0 1 0", "align 0 a b c d e f g h", "align 0 1e200 0 0 0 0 0 1 0",
        "begin", "begin single-leg-hold", "begin single-leg-hold upright - x",
        "begin single-leg-hold upright - nan", "begin single-leg-hold upright - inf",
        "begin juggle upright - 10", "begin single-leg-hold standing - 10",
        "begin single-leg-hold upright both 10",
        "begin single-leg-hold upright - 10 C01 drop 0.07 0.04 0.5 0.3 4.0",
        "begin single-leg-hold upright - 10 C01 drop 0.07 0.04 0.5 0.3 4.0 maybe",
        "begin single-leg-hold upright - 10 C99 drop 0.07 0.04 0.5 0.3 4.0 cue",
        "begin single-leg-hold upright - 10 C01 dorp 0.07 0.04 0.5 0.3 4.0 cue",
        "begin single-leg-hold upright - 10 C01 drop nan 0.04 0.5 0.3 4.0 cue",
        "begin single-leg-hold upright - 10 C01 drop 0.07 0.04 0.5 0.3 inf cue",
        "shutdown", "attach\n0 0.016 -", "\0",
    ])
    func otherTextGivesNone(_ text: String) {
        #expect(EstimatorAction(text: text) == nil)
    }

    @Test func thirtyThreeRulesAreTooMany() {
        let head = "begin single-leg-hold upright left 10.0"
        let full = head + String(repeating: Self.rule, count: 32)
        #expect(EstimatorAction(text: full) != nil)
        #expect(EstimatorAction(text: full + Self.rule) == nil)
    }

    @Test func randomTextNeverTraps() {
        var random = SystemRandomNumberGenerator()
        let words = [
            "attach", "detach", "assign", "align", "begin", "end", "0", "31", "32", "-1", "1e308",
            "nan", "inf", "-", "pelvis", "left", "single-leg-hold", "upright", "C01", "drop", "cue",
            "0.5", "99999999999999999999", "é", "\u{0}",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...20, using: &random))
                .map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
            _ = EstimatorAction(text: text)
        }
    }
}
