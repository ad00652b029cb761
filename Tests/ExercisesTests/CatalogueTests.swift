// The 22 exercises against the clinical catalogue, and the words that never leave the program.

import Movement
import Testing
import TomlReading

@testable import Exercises

/// Rules of an exercise as the clinical catalogue lists them: number, signal, on, off, least time.
struct ListedRules: Sendable, CustomTestStringConvertible {
    var id: String
    var number: Int
    var stages: ClosedRange<Int>
    var rules: [(UInt8, Signal, Double, Double, Double)]

    var testDescription: String { id }

    init(
        _ id: String, _ number: Int, _ stages: ClosedRange<Int>,
        _ rules: [(UInt8, Signal, Double, Double, Double)]
    ) {
        self.id = id
        self.number = number
        self.stages = stages
        self.rules = rules
    }

    private static let c11: (UInt8, Signal, Double, Double, Double) = (
        11, .loweringShortfall, 0.3, 0.2, 0
    )

    /// Exercises.md, block by block; what it names without numbers has those of compensations 4.
    static let all = [
        ListedRules("glute-set", 1, 1...1, [(8, .tiltChange, 3, 2, 0.5)]),
        ListedRules(
            "static-abd-supine", 2, 1...1, [(8, .tiltChange, 5, 3, 0.5), (1, .sag, 5, 3, 0.5)]),
        ListedRules(
            "static-abd-stand", 3, 1...1,
            [(1, .obliquity, 4, 2.5, 0.5), (8, .tiltChange, 10, 7, 0.5), (17, .hang, 4, 3, 30)]),
        ListedRules(
            "clam", 4, 1...2,
            [
                (7, .roll, 10, 7, 0.3), (4, .hikeUpper, 9, 7, 0.3), c11,
                (12, .rangeShortfall, 0.2, 0.15, 0), (12, .pastMidline, 5, 4, 0.3),
            ]),
        ListedRules(
            "side-lift", 5, 2...2,
            [
                (4, .hikeUpper, 9, 7, 0.3), (7, .roll, 10, 7, 0.3), (12, .pastMidline, 5, 4, 0.3),
                c11,
            ]),
        ListedRules("bridge", 6, 1...3, [(1, .sag, 5, 3.5, 0.3), c11, (16, .fatigue, 1, 0.8, 0)]),
        ListedRules(
            "stand-abd", 7, 2...3,
            [
                (1, .drop, 5, 3.5, 0.3), (2, .leanIpsilateral, 6, 4, 0.3), (4, .hike, 5, 3.5, 0.3),
                (5, .legLean, 4, 3, 0.5), (8, .tiltChange, 10, 7, 0.5), c11,
                (12, .rangeShortfall, 0.2, 0.15, 0), (12, .pastMidline, 5, 4, 0.3),
            ]),
        ListedRules(
            "hip-hitch", 8, 2...3,
            [
                (1, .drop, 3, 1, 0.3), (2, .leanIpsilateral, 5, 3, 0.5),
                (13, .holdLoss, 0.5, 0.3, 0.5),
            ]),
        ListedRules(
            "march", 10, 2...3,
            [
                (1, .drop, 5, 3.5, 0.3), (2, .leanIpsilateral, 6, 4, 0.3), (4, .hike, 5, 3.5, 0.3),
                (8, .tiltChange, 10, 7, 0.5), (15, .stepAsymmetry, 0.1, 0.05, 0),
                (20, .tempoImbalance, 0.25, 0.2, 0),
            ]),
        ListedRules(
            "squat", 11, 1...3,
            [(1, .obliquity, 4, 2.5, 0.3), (7, .turn, 10, 7, 0.3), (10, .kneeIn, 10, 7, 0.2), c11]),
        ListedRules(
            "hinge", 12, 2...4,
            [
                (2, .spineDifference, 15, 10, 0.3), (1, .obliquity, 4, 2.5, 0.3),
                (7, .turn, 10, 7, 0.3), c11,
            ]),
        ListedRules(
            "side-step", 13, 1...4,
            [
                (1, .drop, 5, 3.5, 0.2), (2, .leanIpsilateral, 6, 4, 0.2),
                (12, .pastMidline, 5, 4, 0.3), (9, .swayRatio, 2, 1.5, 1),
            ]),
        ListedRules(
            "sit-stand", 14, 1...3, [(1, .obliquity, 4, 2.5, 0.3), (5, .legLean, 4, 3, 0.5), c11]),
        ListedRules(
            "step-up", 15, 3...4,
            [
                (1, .drop, 7, 5, 0.2), (2, .leanIpsilateral, 10, 8, 0.2), (3, .leanAway, 5, 3, 0.3),
                (5, .legLean, 4, 3, 0.5), (10, .kneeIn, 10, 7, 0.2), c11,
            ]),
        ListedRules(
            "side-step-down", 16, 3...5,
            [
                (1, .drop, 7, 5, 0.2), (2, .leanIpsilateral, 10, 8, 0.2), (5, .legLean, 4, 3, 0.5),
                (9, .swayRatio, 2, 1.5, 1), (10, .kneeIn, 10, 7, 0.2), c11,
            ]),
        ListedRules(
            "sl-squat", 17, 4...5,
            [
                (1, .drop, 10, 7.5, 0.2), (2, .leanIpsilateral, 10, 8, 0.2),
                (6, .hipAdduction, 13, 10.5, 0.2), (10, .kneeIn, 10, 7, 0.2), c11,
                (16, .fatigue, 1, 0.8, 0),
            ]),
        ListedRules(
            "carry", 18, 3...5,
            [
                (1, .stepDropExcess, 2, 1, 0), (2, .stepLeanExcess, 2, 1, 0),
                (15, .stepAsymmetry, 0.1, 0.05, 0), (9, .swayRatio, 2, 1.5, 1),
            ]),
        ListedRules(
            "gait", 19, 2...5,
            [
                (1, .stepDropExcess, 2, 1, 0), (2, .stepLeanExcess, 2, 1, 0),
                (3, .stepLeanAwayExcess, 2, 1, 0), (14, .strikeExcess, 1, 0.95, 0),
                (15, .stepAsymmetry, 0.1, 0.05, 0), (20, .tempoImbalance, 0.25, 0.2, 0),
            ]),
        ListedRules(
            "decelerate", 20, 4...5,
            [
                (1, .drop, 10, 7.5, 0.2), (2, .leanIpsilateral, 10, 8, 0.2),
                (19, .jerkRatio, 5, 4, 0),
            ]),
        ListedRules(
            "hops", 21, 5...5,
            [
                (1, .drop, 10, 7.5, 0.2), (2, .leanIpsilateral, 10, 8, 0.2),
                (14, .strikeExcess, 1, 0.95, 0), (19, .jerkRatio, 5, 4, 0),
            ]),
        ListedRules("habits", 22, 1...5, [(17, .hang, 4, 3, 30), (18, .sittingTime, 1800, 60, 0)]),
    ]
}

@Suite struct CatalogueTests {
    @Test func thereAreTwentyTwo() throws {
        let all = try Catalogue.load()
        // Those of the clinical catalogue, in its order; others come after them, each in its own place.
        #expect(all.prefix(22).map(\.number) == Array(1...22))
        #expect(all.dropFirst(22).allSatisfy { $0.number > 22 })
        #expect(Set(all.map(\.id)).count == all.count)
        #expect(Set(all.map(\.number)).count == all.count)
    }

    @Test(arguments: ListedRules.all)
    func rulesAreThoseOfTheCatalogue(_ listed: ListedRules) throws {
        let exercise = try #require(try Catalogue.load().first { $0.id == listed.id })
        #expect(exercise.number == listed.number)
        #expect(exercise.stages == listed.stages)
        #expect(exercise.rules.count == listed.rules.count)
        for (rule, wanted) in zip(exercise.rules, listed.rules) {
            let unit = wanted.1.isAngle ? Double.pi / 180 : 1
            #expect(rule.id.number == wanted.0 && rule.signal == wanted.1)
            #expect(abs(rule.on - wanted.2 * unit) < 1e-12)
            #expect(abs(rule.off - wanted.3 * unit) < 1e-12)
            #expect(rule.minimumOn == wanted.4)
            #expect(rule.reportOnly == (wanted.0 == 10))
        }
    }

    /// Tempos of the catalogue, up-hold-down-rest.
    @Test(arguments: [
        ("clam", [2.0, 1, 3, 1]), ("side-lift", [2, 2, 3, 1]), ("bridge", [2, 2, 3, 1]),
        ("stand-abd", [2, 1, 3, 1]), ("hip-hitch", [2, 5, 3, 1]), ("march", [1, 2, 1, 0]),
        ("squat", [3, 0, 3, 0]), ("hinge", [2, 1, 3, 1]), ("sit-stand", [2, 0, 3, 1]),
        ("step-up", [2, 1, 3, 1]), ("side-step-down", [2, 0, 3, 0]), ("sl-squat", [2, 1, 3, 1]),
    ])
    func temposAreThoseOfTheCatalogue(_ id: String, _ wanted: [Double]) throws {
        let tempo = try #require(try Catalogue.load().first { $0.id == id }).tempo
        #expect([tempo.raise, tempo.hold, tempo.lower, tempo.rest] == wanted)
    }

    /// Every string that an exercise can bring to a person.
    @Test func noTextSaysAForbiddenWord() throws {
        for exercise in try Catalogue.load() {
            let texts =
                [
                    exercise.title, exercise.instruction, exercise.easier, exercise.harder,
                    exercise.goUp, exercise.goDown, exercise.caution, exercise.note, exercise.entry,
                    exercise.source, exercise.dose.text, exercise.dose.effort,
                ] + exercise.cues + exercise.measure
                + [ExerciseText.show(exercise), ExerciseText.show(exercise, worn: [.pelvis])]
            for text in texts { #expect(Wording.forbiddenWord(in: text) == nil, "\(text)") }
            for cue in exercise.cues { #expect(Wording.longestSentence(cue) <= 5, "\(cue)") }
            #expect(!exercise.source.isEmpty && !exercise.measure.isEmpty)
        }
        for signal in Signal.allCases {
            #expect(Wording.forbiddenWord(in: signal.plainWords) == nil)
        }
        for text in [ExerciseDefaults.goUp, ExerciseDefaults.goDown, ExerciseDefaults.stop] {
            #expect(Wording.forbiddenWord(in: text) == nil)
        }
    }

    /// Programme 5, readiness before the jog of EX20 and before EX21: all of it.
    @Test(arguments: ["decelerate", "hops"])
    func theReadinessIsSaidInFull(_ id: String) throws {
        let entry = try #require(try Catalogue.load().first { $0.id == id }).entry
        for part in [
            "14 days", "30 s on one leg without cues, drop in band (T1)", "at most 1 (T4)",
            "5 clean single-leg squats (T5)", "30 min of walking with the next morning usual",
            "at a walk within 10 % left to right (T7)",
        ] { #expect(entry.contains(part), "\(part): \(entry)") }
    }

    /// The reference's default: what a next morning may be, and the order of what is changed.
    @Test func goingUpChangesOneThingInOrder() {
        #expect(ExerciseDefaults.goUp.contains("next morning not above usual by 1 or more"))
        #expect(ExerciseDefaults.goUp.hasSuffix("range, repetitions, hold, load, height"))
        #expect(ExerciseDefaults.goDown.contains("begin with EX01"))
    }

    @Test func wordsWithEndingsAreFoundAndHarmlessOnesAreNot() {
        #expect(Wording.forbiddenWord(in: "A weakness.") == "weakness")
        #expect(Wording.forbiddenWord(in: "It was Damaged!") == "damaged")
        #expect(Wording.forbiddenWord(in: "Bad, dangerous") == "bad")
        #expect(Wording.forbiddenWord(in: "play badminton this week") == nil)
        // Compensations 4.1: findings are not allowed either.
        for finding in ["Positive Trendelenburg!", "We saw: tendinopathy  detected."] {
            #expect(Wording.forbiddenWord(in: finding) != nil, "\(finding)")
        }
        #expect(Wording.forbiddenWord(in: "textbooks: uncompensated Trendelenburg pattern") == nil)
        #expect(Wording.longestSentence("Long waist. Lift from the heel.") == 4)
    }

    /// EX22 needs no side; EX04 names the moving leg, so the other one stands.
    @Test func aSideMeansTheLegOfTheExercise() throws {
        let all = try Catalogue.load()
        let clam = try #require(all.first { $0.id == "clam" })
        #expect(clam.plan(side: .right).stanceSide == .left)
        let step = try #require(all.first { $0.id == "step-up" })
        #expect(step.plan(side: .right).stanceSide == .right)
        let squat = try #require(all.first { $0.id == "squat" })
        #expect(squat.plan(side: .right).stanceSide == nil)
        #expect(!squat.plan(side: nil, mayCue: false).mayCue)
        #expect(clam.plan(side: nil).allows(.rightSide) && !clam.plan(side: nil).allows(.upright))
    }

    @Test func theListNamesEveryExerciseOnce() throws {
        let all = try Catalogue.load()
        let lines = ExerciseText.list(all).split(separator: "\n")
        #expect(lines.count == Catalogue.fileNames.count)
        for (line, exercise) in zip(lines, all) {
            #expect(line.hasPrefix(exercise.id) && line.hasSuffix(exercise.title))
        }
        // With nothing on, nothing is missing yet: each rule says what it needs.
        let stand = try #require(all.first { $0.id == "one-leg-stand" })
        for bare in [ExerciseText.show(stand), ExerciseText.show(stand, worn: [])] {
            #expect(!bare.contains("not measured"), "\(bare)")
            let rules = bare.components(separatedBy: "\n").filter { $0.hasPrefix("  C") }
            #expect(rules.count == stand.rules.count)
            for (rule, sensors) in [
                ("C01", "(pelvis)"), ("C02", "(pelvis and trunk)"), ("C05", "(pelvis and thigh)"),
            ] {
                #expect(
                    rules.contains { $0.hasPrefix("  \(rule)") && $0.hasSuffix(sensors) }, "\(bare)"
                )
            }
        }
        let knee = ExerciseText.show(try #require(all.first { $0.id == "squat" }))
        #expect(knee.contains("(pelvis, thigh and shank)"), "\(knee)")
        let dressed = ExerciseText.show(stand, worn: [.pelvis])
        #expect(dressed.contains("(not measured)") && !dressed.contains("(pelvis"), "\(dressed)")
        let text = ExerciseText.show(all[16], worn: [.pelvis])
        #expect(text.contains("C06") && text.contains("(not measured)"))
    }
}
