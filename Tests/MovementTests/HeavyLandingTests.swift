// C14 of landings: three in succession above the person's own 90th percentile.

import Foundation
import Kinematics
import Testing

@testable import Movement

/// Sets of hops with that rule alone.
private struct Hopping {
    var wearing = Wearing()
    private let plan: MovementPlan

    init(hasRule: Bool = true) {
        var plan = MovementPlan(
            task: .landings, posture: .upright, stanceSide: .right, targetHold: 0)
        plan.restsUpright = false
        if hasRule {
            _ = plan.add(
                Rule(
                    id: RuleID(number: 14), signal: .strikeExcess, on: 1, off: 0.95, minimumOn: 0))
        }
        self.plan = plan
        wearing.run(3, segmentUp(0))
    }

    /// Landings of these upward accelerations, m/s²; each is over once the body has stood still.
    mutating func set(_ peaks: [Double]) {
        wearing.body.begin(plan, time: wearing.time)
        wearing.run(1, segmentUp(0))
        for peak in peaks {
            for index in 0..<15 {
                let part = sin(Double.pi * (Double(index) + 0.5) / 15)
                wearing.change = {
                    $0.specificForce = $0.specificForce + Vector3(0, peak * part, 0)
                }
                wearing.step(segmentUp(0))
            }
            wearing.change = { _ in }
            wearing.run(3, segmentUp(0))
        }
        wearing.body.end(time: wearing.time)
    }

    /// The numbers of the landings, over all sets, at which the rule was judged, and at which it was cued.
    var judged: [Int] { numbers { $0.judgedRules & 1 != 0 } }
    var cued: [Int] { numbers { $0.alert != nil } }

    private func numbers(_ isOne: (MotionFrame) -> Bool) -> [Int] {
        wearing.frames.filter { $0.landing != nil }.enumerated().filter { isOne($0.element) }
            .map { $0.offset + 1 }
    }
}

@Suite("Heavy landings")
struct HeavyLandingTests {
    /// The largest of nine is the least that a tenth landing exceeds one time in ten.
    @Test("a first set of six, or of eleven, is not judged; three in succession after nine are")
    func notJudgedYet() {
        for count in [6, 11] {
            var hopping = Hopping()
            hopping.set((0..<count).map { 8 + Double($0) })
            #expect(hopping.wearing.frames.filter { $0.landing != nil }.count == count)
            #expect(hopping.judged.isEmpty && hopping.cued.isEmpty)
        }
        var hopping = Hopping()
        hopping.set([8, 9, 8.5, 9, 8, 9.5])
        hopping.set([8, 9, 8.5, 9, 8, 9.5])
        #expect(hopping.judged == [12] && hopping.cued.isEmpty)
    }

    @Test("three above the largest of nine are told at the third")
    func heavy() throws {
        var hopping = Hopping()
        hopping.set([8, 9, 8.5, 9, 8, 10])
        hopping.set([8, 9, 8.5, 11, 12, 11.5])
        #expect(hopping.cued == [12])
        let alert = try #require(hopping.wearing.alerts.first).alert
        // The least of the three over the largest before them.
        #expect(alert.rule.number == 14 && abs(alert.value - 1.1) < 0.02, "\(alert.value)")
    }

    @Test("two, or three with a soft one between, or three over two sets, are not")
    func notHeavy() {
        for last in [[9.0, 12, 12], [12, 12, 9], [12, 9, 12, 12, 9]] {
            var hopping = Hopping()
            hopping.set([8, 9, 8.5, 9, 8, 10])
            hopping.set([8, 9, 8.5] + last)
            #expect(!hopping.judged.isEmpty && hopping.cued.isEmpty, "\(last)")
        }
        var hopping = Hopping()
        hopping.set([8, 9, 8.5, 9, 8, 10, 8, 9, 8.5, 12])
        hopping.set([12, 12, 9])
        #expect(hopping.judged == [13] && hopping.cued.isEmpty)
    }

    /// Of nineteen the second largest is the 90th percentile: one landing far out is not the measure of all.
    @Test("with nineteen before, one that was far out does not hide three heavy ones")
    func oneFarOut() {
        for (before, isCued) in [(12, false), (19, true)] {
            var hopping = Hopping()
            hopping.set([18] + [Double](repeating: 8, count: before - 1) + [10, 10, 10])
            #expect(hopping.cued == (isCued ? [before + 3] : []), "\(before)")
        }
    }

    @Test("without the rule, as in stops, nothing is judged or kept")
    func withoutTheRule() {
        var hopping = Hopping(hasRule: false)
        hopping.set([Double](repeating: 8, count: 12) + [12, 12, 12])
        #expect(hopping.cued.isEmpty)
        #expect(hopping.wearing.frames.allSatisfy { $0.signals.value(.strikeExcess) == nil })
    }
}
