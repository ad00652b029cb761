// The built-in one-leg stand says what the clinical reference says.

import Kinematics
import Movement
import Testing
import TomlReading

@testable import Exercises

@Suite struct OneLegStandTests {
    private func exercise() throws -> Exercise {
        try #require(try Catalogue.load().first { $0.id == "one-leg-stand" })
    }

    @Test func theCatalogueHoldsIt() throws {
        #expect(Catalogue.fileNames.contains("one-leg-stand.toml"))
        #expect(try Catalogue.load().count == Catalogue.fileNames.count)
    }

    /// Thresholds of compensations 4, column "static stance" (C04: "upright moving-leg tasks");
    /// degrees, seconds; `min_off` 0.3 s and refractory 4 s in holds by its section 4.
    @Test(arguments: [
        ("C01", Signal.drop, 4.0, 2.5, 0.5), ("C02", Signal.leanIpsilateral, 5.0, 3.0, 0.5),
        ("C03", Signal.leanAway, 5.0, 3.0, 0.5), ("C04", Signal.hike, 5.0, 3.5, 0.3),
        ("C05", Signal.legLean, 4.0, 3.0, 0.5),
    ])
    func thresholdsAreThoseOfTheReference(
        _ name: String, _ signal: Signal, _ on: Double, _ off: Double, _ minimumOn: Double
    ) throws {
        let rules = try exercise().rules.filter { $0.id.name == name }
        let rule = try #require(rules.first)
        #expect(rules.count == 1)
        #expect(rule.signal == signal)
        #expect(abs(rule.on - on * Double.pi / 180) < 1e-15)
        #expect(abs(rule.off - off * Double.pi / 180) < 1e-15)
        #expect(rule.minimumOn == minimumOn)
        #expect(rule.minimumOff == 0.3)
        #expect(rule.refractory == 4)
        // EX09 lists no C04: the pattern "hike" is told, a small lift is normal and not cued.
        #expect(rule.reportOnly == (name == "C04"))
    }

    /// C19: "jerk > 5 × calm", immediate.
    @Test func balanceIsLostAtFiveTimesTheCalmJerk() throws {
        let rule = try #require(try exercise().rules.first { $0.id.name == "C19" })
        #expect(rule.signal == .jerkRatio)
        #expect(rule.on == 5)
        #expect(rule.minimumOn == 0)
    }

    @Test func itHasNoOtherRules() throws {
        #expect(
            try Set(exercise().rules.map(\.id.name)) == [
                "C01", "C02", "C03", "C04", "C05", "C09", "C19",
            ])
    }

    /// Clinical catalogue, EX09: upright, one leg, 10 to 30 s, pelvis sensor needed.
    @Test func itIsTheNinthExercise() throws {
        let exercise = try exercise()
        #expect(exercise.number == 9)
        #expect(exercise.posture == .upright)
        #expect(exercise.task == .singleLegHold)
        #expect(exercise.sensorsNeeded == ["pelvis"])
        #expect(exercise.targetHold >= 10 && exercise.targetHold <= 30)
    }

    @Test func itsPlanHoldsTheRulesInOrder() throws {
        let exercise = try exercise()
        for side in [Side?.none, .left, .right] {
            let plan = exercise.plan(stanceSide: side)
            #expect(plan.stanceSide == side)
            #expect(plan.posture == .upright)
            #expect(plan.targetHold == exercise.targetHold)
            #expect(plan.ruleCount == exercise.rules.count)
            for (index, rule) in exercise.rules.enumerated() { #expect(plan.rules[index] == rule) }
        }
    }

    /// A rule that may be cued has words for it.
    @Test func everyCuedRuleHasWords() throws {
        for exercise in try Catalogue.load() {
            for rule in exercise.rules where !rule.reportOnly {
                #expect(CueText(rule: rule.id) != nil, "\(exercise.id) \(rule.id.name)")
            }
        }
    }
}

/// Compensations 5.2, word for word.
@Suite struct CueTextTests {
    @Test(arguments: [
        (1, "Float the belt level", "belt: lift free side"),
        (2, "Zip up tall", "trunk: back to centre"),
        (3, "Chest over your foot", "trunk: over stance foot"),
        (4, "Long waist", "belt: let the side lengthen"),
        (5, "Belt buckle over laces", "hips: less sideways"),
        (19, "Step down, no rush", "rep ended"),
    ])
    func wordsAreThoseOfTheReference(_ number: UInt8, _ spoken: String, _ shown: String) throws {
        let text = try #require(CueText(rule: RuleID(number: number)))
        #expect(text.spoken == spoken)
        #expect(text.shown == shown)
    }

    @Test func noCueIsLongOrAlarming() {
        let forbidden = [
            "wrong", "bad", "damage", "danger", "failed", "weak", "collapse", "injury",
        ]
        var seen = 0
        for number in UInt8(0)...255 {
            guard let text = CueText(rule: RuleID(number: number)) else { continue }
            seen += 1
            #expect(text.spoken.split(separator: " ").count <= 5)
            for word in forbidden {
                #expect(!text.spoken.lowercased().contains(word))
                #expect(!text.shown.lowercased().contains(word))
            }
        }
        #expect(seen >= 6)
    }

    @Test func noFileOfTheCatalogueUsesAlarmingWords() throws {
        let forbidden = [
            "wrong", "bad", "damage", "danger", "failed", "weak", "collapse", "injury",
        ]
        for exercise in try Catalogue.load() {
            let said = [
                exercise.title, exercise.instruction, exercise.cue, exercise.easier,
                exercise.harder, exercise.goUp, exercise.caution,
            ].joined(separator: " ").lowercased()
            for word in forbidden { #expect(!said.contains(word)) }
            #expect(exercise.cue.split(separator: " ").count <= 5)
        }
    }
}
