// Rules: hysteresis, minimum times, and who may speak.

import Kinematics
import Testing

@testable import Movement

private let second: Int64 = 1_000_000_000
private let degree = Double.pi / 180

/// C01 of the static stance: 4 / 2.5 degrees, 0.5 s, off after 0.3 s.
private let drop = Rule(
    id: .pelvicDrop, signal: .drop, on: 4 * degree, off: 2.5 * degree, minimumOn: 0.5)

/// One step of a course: until `until` s the signal reads `degrees` (nil: not measured).
private struct Stretch {
    var until: Double
    var degrees: Double?
}

/// Runs a rule over a course at 100 Hz; gives the times, s, at which the verdict changes.
private func course(_ rule: Rule, _ stretches: [Stretch]) -> [(Double, RuleVerdict)] {
    var state = RuleState()
    var changes: [(Double, RuleVerdict)] = []
    var last: RuleVerdict?
    var step: Int64 = 0
    for stretch in stretches {
        while Double(step) * 0.01 < stretch.until - 1e-9 {
            let time = 10 * second + step * (second / 100)
            let verdict = state.step(rule, value: stretch.degrees.map { $0 * degree }, time: time)
            if verdict != last { changes.append((Double(step) * 0.01, verdict)) }
            last = verdict
            step += 1
        }
    }
    return changes
}

private func expect(
    _ changes: [(Double, RuleVerdict)], _ expected: [(Double, RuleVerdict)],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let same =
        changes.count == expected.count
        && zip(changes, expected).allSatisfy { abs($0.0 - $1.0) < 1e-9 && $0.1 == $1.1 }
    #expect(same, "\(changes)", sourceLocation: sourceLocation)
}

@Suite struct RuleStateTests {
    @Test func aLastingDropEntersAfterItsMinimumTime() {
        expect(
            course(drop, [Stretch(until: 1, degrees: 0), Stretch(until: 3, degrees: 5)]),
            [(0, .idle), (1.5, .entered), (1.51, .active)])
    }

    @Test func justOnTheThresholdCounts() {
        var state = RuleState()
        _ = state.step(drop, value: drop.on, time: second)
        #expect(state.crossed == second)
        let verdict = state.step(drop, value: drop.on, time: second + second / 2)
        #expect(verdict == .entered)
        #expect(state.isActive)
    }

    @Test func aShortDropIsIgnored() {
        expect(
            course(
                drop,
                [
                    Stretch(until: 1, degrees: 0), Stretch(until: 1.49, degrees: 9),
                    Stretch(until: 3, degrees: 0),
                ]),
            [(0, .idle)])
    }

    @Test func aDipBelowOnStartsTheCountAnew() {
        expect(
            course(
                drop,
                [
                    Stretch(until: 0.4, degrees: 5), Stretch(until: 0.41, degrees: 3.9),
                    Stretch(until: 2, degrees: 5),
                ]),
            [(0, .idle), (0.91, .entered), (0.92, .active)])
    }

    /// Between off and on an active rule stays active; at or below off for 0.3 s it ends.
    @Test func hysteresisHoldsBetweenTheThresholds() {
        expect(
            course(
                drop,
                [
                    Stretch(until: 1, degrees: 5), Stretch(until: 5, degrees: 2.6),
                    Stretch(until: 5.2, degrees: 2.5), Stretch(until: 5.3, degrees: 2.6),
                    Stretch(until: 6, degrees: 2.4),
                ]),
            [(0, .idle), (0.5, .entered), (0.51, .active), (5.6, .idle)])
    }

    @Test func anEpisodeRemembersItsCrossing() {
        var state = RuleState()
        for step in 0..<200 {
            let time = second + Int64(step) * (second / 100)
            let value = step < 20 ? 0 : 5 * degree
            _ = state.step(drop, value: value, time: time)
        }
        #expect(state.isActive)
        #expect(state.crossed == second + 20 * (second / 100))
        for step in 200..<300 {
            _ = state.step(drop, value: 0, time: second + Int64(step) * (second / 100))
        }
        #expect(!state.isActive)
        #expect(state.crossed == 0)
    }

    /// What was not seen is not assumed: an active rule forgets, a waiting one counts anew.
    @Test func aMissingValueResets() {
        expect(
            course(
                drop,
                [
                    Stretch(until: 1, degrees: 5), Stretch(until: 1.1, degrees: nil),
                    Stretch(until: 2, degrees: 5),
                ]),
            [
                (0, .idle), (0.5, .entered), (0.51, .active), (1.0, .unknown), (1.1, .idle),
                (1.6, .entered), (1.61, .active),
            ])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func aValueThatIsNoNumberIsUnknown(_ value: Double) {
        var state = RuleState()
        let verdict = state.step(drop, value: value, time: second)
        #expect(verdict == .unknown)
    }

    @Test func withoutMinimumTimesTheRuleFollowsAtOnce() {
        let quick = Rule(
            id: .balanceLost, signal: .jerkRatio, on: 5, off: 4, minimumOn: 0, minimumOff: 0)
        var state = RuleState()
        let entered = state.step(quick, value: 5, time: 1)
        let active = state.step(quick, value: 4.5, time: 2)
        let still = state.step(quick, value: 4, time: 3)
        let idle = state.step(quick, value: 4, time: 4)
        #expect(entered == .entered && active == .active && still == .active && idle == .idle)
    }

    @Test func theEmptyRuleNeverFires() {
        var state = RuleState()
        for time in 0..<100 {
            let verdict = state.step(.none, value: 1e8, time: Int64(time) * 1000 * second)
            #expect(verdict == .idle)
        }
    }
}

@Suite struct RuleIDTests {
    /// Compensations 5: C19 > C01/C04/C06 > C02/C03/C05 > C07/C08 > C11 > others.
    @Test func prioritiesAreThoseOfTheReference() {
        let order: [[UInt8]] = [
            [19], [1, 4, 6], [2, 3, 5], [7, 8], [11], [9, 10, 12, 13, 14, 15, 16, 17, 18, 20],
        ]
        for (place, numbers) in order.enumerated() {
            for number in numbers { #expect(RuleID(number: number).priority == place) }
        }
    }

    @Test func namesGoBothWays() {
        for number in UInt8(1)...20 {
            let id = RuleID(number: number)
            #expect(RuleID(name: id.name) == id)
        }
        #expect(RuleID(number: 4).name == "C04")
        #expect(RuleID.pelvicDrop.name == "C01")
        #expect(RuleID.hipHike.name == "C04")
        #expect(RuleID.balanceLost.name == "C19")
        for name in ["C00", "C21", "C1", "c01", "C001", "D01", "C+1", "C-1", "", "C٣٣"] {
            #expect(RuleID(name: name) == nil, "\(name)")
        }
    }
}

/// Offers the rules of a plan at 100 Hz and notes who is cued when.
private struct Offering {
    var policy = AlertPolicy()
    var cues: [(Double, UInt8)] = []

    mutating func run(
        _ rules: [(Rule, ClosedRange<Double>)], from start: Double = 0, until end: Double
    ) {
        for step in Int(start * 100)..<Int(end * 100) {
            let now = Double(step) * 0.01
            let time = 100 * second + Int64(step) * (second / 100)
            policy.open()
            for (index, entry) in rules.enumerated() where entry.1.contains(now) {
                policy.offer(entry.0, at: index, time: time)
            }
            if let chosen = policy.choose(time: time) {
                cues.append((now, rules[chosen].0.id.number))
            }
        }
    }

    func expect(_ expected: [(Double, UInt8)], sourceLocation: SourceLocation = #_sourceLocation) {
        let same =
            cues.count == expected.count
            && zip(cues, expected).allSatisfy { abs($0.0 - $1.0) < 1e-9 && $0.1 == $1.1 }
        #expect(same, "\(cues)", sourceLocation: sourceLocation)
    }
}

private func rule(
    _ number: UInt8, refractory: Double = 4, reportOnly: Bool = false
) -> Rule {
    Rule(
        id: RuleID(number: number), signal: .drop, on: 1, off: 0.5, minimumOn: 0,
        refractory: refractory, reportOnly: reportOnly)
}

@Suite struct AlertPolicyTests {
    @Test func silenceWithoutAnActiveRule() {
        var offering = Offering()
        offering.run([], until: 10)
        offering.expect([])
    }

    /// A cue at entry, then at most one per refractory.
    @Test func anActiveRuleIsCuedOncePerRefractory() {
        var offering = Offering()
        offering.run([(rule(1), 1...10)], until: 12)
        offering.expect([(1, 1), (5, 1), (9, 1)])
    }

    /// A second episode within the refractory stays silent until it is over.
    @Test func theRefractoryReachesAcrossEpisodes() {
        var offering = Offering()
        offering.run([(rule(1), 1...1.5)], until: 2)
        offering.run([(rule(1), 2...7)], from: 2, until: 7)
        offering.expect([(1, 1), (5, 1)])
    }

    /// One at a time: the smaller priority first, the other after the first is over (1.2 s).
    @Test func oneCueAtATimeByPriority() {
        var offering = Offering()
        offering.run([(rule(8), 1...3), (rule(2), 1...3), (rule(1), 1...3)], until: 3)
        offering.expect([(1, 1), (2.2, 2)])
    }

    @Test func amongEqualsTheFirstOfThePlanSpeaks() {
        var offering = Offering()
        offering.run([(rule(4), 1...2), (rule(1), 1...2)], until: 2)
        offering.expect([(1, 4)])
    }

    @Test func aLostBalanceDoesNotWait() {
        var offering = Offering()
        offering.run([(rule(1), 1...3), (rule(19), 1.5...1.6)], until: 3)
        offering.expect([(1, 1), (1.5, 19)])
    }

    @Test func nothingFollowsALostBalanceAtOnce() {
        var offering = Offering()
        offering.run([(rule(19), 1...1), (rule(1), 1...3)], until: 3)
        offering.expect([(1, 19), (2.2, 1)])
    }

    @Test func aRuleForReportsIsNeverCued() {
        var offering = Offering()
        offering.run([(rule(1, reportOnly: true), 0...9)], until: 9)
        offering.expect([])
    }

    @Test func aPlaceOutsideThePlanIsIgnored() {
        var policy = AlertPolicy()
        policy.open()
        for index in [-1, 32, Int.max, Int.min] { policy.offer(rule(1), at: index, time: second) }
        let chosen = policy.choose(time: second)
        #expect(chosen == nil)
        policy.offer(rule(1), at: 31, time: second)
        let last = policy.choose(time: second)
        #expect(last == 31)
    }
}

@Suite struct MovementPlanTests {
    @Test func thirtyTwoRulesAreTheMost() {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: nil, targetHold: 10)
        for number in 0..<32 {
            let added = plan.add(rule(UInt8(number % 20 + 1)))
            #expect(added)
        }
        let refused = plan.add(rule(1))
        #expect(!refused)
        #expect(plan.ruleCount == 32)
    }

    @Test func aThresholdIsThatOfTheFirstRuleOfItsSignal() {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: nil, targetHold: 10)
        #expect(plan.threshold(of: .drop) == nil)
        for on in [0.07, 0.09] {
            let added = plan.add(
                Rule(id: .pelvicDrop, signal: .drop, on: on, off: 0.01, minimumOn: 0))
            #expect(added)
        }
        #expect(plan.threshold(of: .drop) == 0.07)
        #expect(plan.threshold(of: .hike) == nil)
    }

    @Test func taskNamesGoBothWays() {
        for task in TaskKind.allCases { #expect(TaskKind(name: task.name) == task) }
        #expect(TaskKind(name: "walk") == nil)
    }

    /// C19 and C16 say "stop", not how to move: no fading and no silent part holds them back.
    @Test func stoppingIsSaidWhateverIsFaded() throws {
        func rule(_ name: String, _ signal: Signal) throws -> Rule {
            Rule(
                id: try #require(RuleID(name: name)), signal: signal, on: 1, off: 0.5, minimumOn: 0)
        }
        var policy = AlertPolicy()
        policy.open()
        #expect(!policy.isUrgent)
        policy.offer(try rule("C16", .fatigue), at: 0, time: 1_000_000_000)
        #expect(policy.isUrgent)
        // What comes before it by priority is faded as ever.
        policy.offer(try rule("C01", .drop), at: 1, time: 1_000_000_000)
        #expect(!policy.isUrgent)
        policy.offer(try rule("C16", .fatigue), at: 0, time: 1_000_000_000)
        #expect(!policy.isUrgent)
        policy.offer(try rule("C19", .jerkRatio), at: 2, time: 1_000_000_000)
        #expect(policy.isUrgent)
    }
}
