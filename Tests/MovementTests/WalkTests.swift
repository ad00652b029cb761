// Walks as they are between other things: starts, turns, stops, and what is no walk at all.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// The rules of the gait drill and of the carry that one pelvis sensor can judge.
private func walkingPlan(swapsSides: Bool = false) -> MovementPlan {
    var plan = MovementPlan(task: .steps, posture: .upright, stanceSide: nil, targetHold: 60)
    plan.source = .walking
    plan.swapsSides = swapsSides
    func add(_ number: UInt8, _ signal: Signal, _ on: Double, _ off: Double, _ wait: Double = 0) {
        _ = plan.add(
            Rule(
                id: RuleID(number: number), signal: signal, on: on, off: off, minimumOn: wait))
    }
    add(1, .stepDropExcess, 2 * degree, 1 * degree)
    add(14, .strikeExcess, 1, 0.95)
    add(15, .stepAsymmetry, 0.1, 0.05)
    add(20, .tempoImbalance, 0.25, 0.2)
    add(9, .swayRatio, 2, 1.5, 1)
    return plan
}

private func heard(
    _ walker: Walker, alternation: CueAlternation = CueAlternation(), swapsSides: Bool = false
) -> Wearing {
    var wearing = Wearing()
    wearing.run(3, segmentUp(0))
    var plan = walkingPlan(swapsSides: swapsSides)
    plan.alternation = alternation
    wearing.body.begin(plan, time: wearing.time)
    wearing.walk(walker)
    return wearing
}

private func rules(_ wearing: Wearing) -> [UInt8] { wearing.alerts.map(\.alert.rule.number) }

/// Steps that nobody's own are: even enough to be no fault, and not all alike.
private func vary(_ index: Int, _ step: inout WalkedStep) {
    step.bounce = 2 + 0.2 * sin(Double(index) * 2.4)
    step.drop = 3 + 0.3 * sin(Double(index) * 1.7)
    step.seconds *= 1 + 0.02 * sin(Double(index) * 3.1)
}

@Suite("Walks")
struct WalkTests {
    @Test(
        "steps last from contact to contact, on the leg whose foot landed",
        arguments: [0.45, 0.55, 0.7, 0.9], [0.8, 2, 4])
    func contacts(seconds: Double, bounce: Double) throws {
        var walker = Walker()
        walker.stand(2)
        walker.walk(30) { _, step in
            step.seconds = seconds
            step.bounce = bounce
        }
        walker.stand(3)
        let wearing = heard(walker)
        let found = wearing.frames.compactMap(\.step)
        #expect(abs(found.count - 30) <= 1, "\(found.count)")
        let origin = wearing.time - Int64((walker.length * 1e9).rounded())
        for step in found.dropFirst(2).dropLast() {
            let start = Double(step.start - origin) * 1e-9
            let nearest = try #require(
                walker.steps.min { abs($0.start - start) < abs($1.start - start) })
            #expect(abs(nearest.start - start) < 0.13, "\(start) for \(nearest.start)")
            #expect(nearest.side == step.side)
        }
    }

    /// Compensations 7: left and right are inferred, and the person corrects them once per walk.
    @Test("who says that the legs are the wrong way round has them turned round")
    func swapped() throws {
        var walker = Walker()
        walker.stand(2)
        walker.walk(30) { index, step in
            vary(index, &step)
            step.drop = index % 2 == 0 ? 5 : 2
        }
        walker.stand(3)
        let plain = heard(walker)
        let turned = heard(walker, swapsSides: true)
        let (steps, others) = (plain.frames.compactMap(\.step), turned.frames.compactMap(\.step))
        #expect(steps.count > 25 && others.map(\.side) == steps.map(\.side.opposite))
        for (step, other) in zip(steps, others) {
            #expect(abs(step.start - other.start) < 100_000_000)
        }
        // What was counted before the person said so is the other leg's, its drop the other's hike.
        var (record, mirrored) = (StepSummary(), StepSummary())
        for step in steps {
            record.add(step)
            var other = step
            other.side = step.side.opposite
            other.drop = -step.drop
            mirrored.add(other)
        }
        record.swapSides()
        #expect(record.left.count == mirrored.left.count && record.left.count > 12)
        for (one, other) in [(record.left, mirrored.left), (record.right, mirrored.right)] {
            #expect(abs(one.meanTime - other.meanTime) < 1e-12)
            #expect(abs(try #require(one.meanDrop) - (try #require(other.meanDrop))) < 1e-12)
        }
        #expect(abs(try #require(record.left.meanDrop)) > 0.5 * degree)
        let plan = try #require(MovementPlan(words: walkingPlan(swapsSides: true).words))
        #expect(plan.swapsSides && !walkingPlan().swapsSides)
    }

    @Test("whoever shifts the weight or turns without bouncing takes no step")
    func standingAbout() {
        var walker = Walker()
        walker.stand(1)
        walker.walk(12, vary)
        walker.stand(1)
        walker.stir(20, period: 2.5, sway: 0.8)
        walker.stir(20, period: 1.3, sway: 0.5, turn: 60)
        let wearing = heard(walker)
        let counted = wearing.frames.last?.steps ?? 0
        #expect(abs(Int(counted) - 12) <= 1, "\(counted) of 12")
    }

    /// Every walk starts small and late, turns with a tipping pelvis and heavy, uneven steps, and ends in one
    /// long step; between the walks somebody reaches about.
    @Test("a day of short walks with turns has nothing to cue", arguments: [0.4, 0.9])
    func dayOfWalks(reach: Double) {
        var walker = Walker()
        walker.stand(1)
        for round in 0..<8 {
            walker.walk(3) { index, step in
                step.bounce = 0.8 + 0.4 * Double(index)
                step.drop = 1
                step.seconds = 0.8 - 0.08 * Double(index)
            }
            walker.walk(6, vary)
            walker.walk(4) { index, step in
                step.turn = round % 2 == 0 ? 60 : -60
                step.bounce = 3.2
                step.drop = 7
                step.swing = 2
                step.seconds = index % 2 == 0 ? 0.45 : 0.7
            }
            walker.walk(6, vary)
            walker.walk(1) { _, step in
                step.seconds = 0.9
                step.bounce = 0.8
                step.drop = 6
            }
            walker.stir(4, period: 1.7, sway: reach, turn: 40)
        }
        let wearing = heard(walker)
        #expect(
            wearing.alerts.isEmpty, "\(wearing.alerts.map { ($0.time, $0.alert.rule.name) })")
        let counted = Int(wearing.frames.last?.steps ?? 0)
        #expect(abs(counted - walker.steps.count) <= 16, "\(counted) of \(walker.steps.count)")
    }

    @Test("in a steady walk the third dropped, heavy or uneven step in a row is cued")
    func steadyWalk() throws {
        func cued(_ change: (Int, inout WalkedStep) -> Void) -> [UInt8] {
            var walker = Walker()
            walker.stand(1)
            walker.walk(60, vary)
            walker.walk(12) { index, step in
                vary(index, &step)
                change(index, &step)
            }
            return rules(heard(walker))
        }
        #expect(cued { _, _ in }.isEmpty)
        #expect(cued { _, step in if step.side == .left { step.drop = 7.5 } } == [1])
        #expect(cued { index, step in if index > 3, index < 8 { step.bounce = 3.5 } } == [14])
        #expect(cued { _, step in step.seconds = step.side == .left ? 0.65 : 0.45 }.contains(20))
    }

    // EX19: a minute with cues, a minute without; the rule is judged in both.
    @Test("in a silent stretch nothing is cued, in the next cued one it is")
    func alternation() throws {
        var walker = Walker()
        walker.stand(1)
        walker.walk(60, vary)
        let faulty = walker.length
        walker.walk(30) { index, step in
            vary(index, &step)
            if step.side == .left { step.drop = 7.5 }
        }
        let seconds = UInt16(faulty.rounded())
        let inTurn = heard(walker, alternation: CueAlternation(cued: seconds - 5, silent: 12))
        let told = try #require(inTurn.alerts.first)
        #expect(told.alert.rule.number == 1)
        let began = inTurn.time - Int64((walker.length * 1e9).rounded())
        // The twelve silent seconds end seven after the fault began.
        #expect(Double(told.alert.time - began) * 1e-9 >= Double(seconds) + 7 - 0.1)
        #expect(
            inTurn.frames.contains { $0.activeRules & 1 != 0 && $0.time < told.alert.time - 1 })
        let always = try #require(heard(walker).alerts.first)
        #expect(always.alert.rule.number == 1)
        #expect(always.alert.time < told.alert.time)
        let silent = CueAlternation(cued: seconds - 5, silent: 60)
        #expect(rules(heard(walker, alternation: silent)).isEmpty)
    }

    @Test("a single heavy step is no heavy walk")
    func oneHeavyStep() {
        var walker = Walker()
        walker.stand(1)
        walker.walk(60, vary)
        walker.walk(20) { index, step in
            vary(index, &step)
            if index % 4 == 1 { step.bounce = 3.2 }
        }
        #expect(rules(heard(walker)).isEmpty)
    }
}
