// A rule watches what its words are about, and the article for people who write exercises says the same.

import Foundation
import Movement
import Testing

@testable import Exercises

@Suite struct RuleMeaningTests {
    /// The rows of the catalogue of compensations: what each rule is about.
    @Test(arguments: [
        (1, Signal.drop, Signal.leanIpsilateral), (2, .leanIpsilateral, .leanAway),
        (3, .leanAway, .leanIpsilateral), (4, .hike, .drop), (5, .legLean, .hipAdduction),
        (6, .hipAdduction, .kneeIn), (7, .roll, .tiltChange), (8, .tiltChange, .turn),
        (9, .swayRatio, .jerkRatio), (10, .kneeIn, .hipAdduction),
        (11, .loweringShortfall, .rangeShortfall), (12, .pastMidline, .loweringShortfall),
        (14, .strikeExcess, .stepAsymmetry), (15, .stepAsymmetry, .tempoImbalance),
        (16, .fatigue, .swayRatio), (17, .hang, .sittingTime), (18, .sittingTime, .hang),
        (19, .jerkRatio, .swayRatio), (20, .tempoImbalance, .stepAsymmetry),
    ])
    func wordsGoWithWhatTheyAreAbout(_ number: Int, _ own: Signal, _ foreign: Signal) throws {
        let rule = RuleID(number: UInt8(number))
        #expect(RuleMeaning.fault(rule, on: own) == nil)
        let fault = try #require(RuleMeaning.fault(rule, on: foreign))
        #expect(fault.contains("is not what \(rule.name) is about"))
        #expect(fault.contains("\(foreign.name) goes with C"))
    }

    @Test func aHoldThatIsLeftMayBeOfAnything() {
        for signal in Signal.allCases {
            #expect(RuleMeaning.fault(RuleID(number: 13), on: signal) == nil)
        }
    }

    /// The table that people write by: every rule with its words and its signals.
    @Test func theArticleSaysTheSame() throws {
        let house = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let article = try String(
            contentsOf: house.appendingPathComponent(
                "Sources/Daemon/Daemon.docc/AddingAnExercise.md"), encoding: .utf8)
        let rows = article.split(separator: "\n").filter { $0.hasPrefix("| C") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.map { $0[0] } == (UInt8(1)...20).map { RuleID(number: $0).name })
        for (row, number) in zip(rows, 1...20) {
            let rule = RuleID(number: UInt8(number))
            let told = Set(
                row[2].split(separator: "`").map(String.init).compactMap(Signal.init(name:)))
            let signals = RuleMeaning.signals(of: rule)
            #expect(told == Set(signals ?? [.holdLoss]), "\(rule.name)")
            for signal in told {
                let words = try #require(CueText(rule: rule, signal: signal)).spoken
                #expect(row[1].contains(words), "\(rule.name)")
            }
        }
    }
}
