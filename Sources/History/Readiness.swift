// Readiness for stops and hops (programme 5): seven lines, from stage 4 on; offered, never urged.

/// What must hold before EX20 at a jog and EX21.
package enum Readiness {
    /// EX21, which asks for it; stops at a jog (EX20) do too, stops at a walk do not.
    package static let hops = Programme.hops
    private static let flareDays = 14
    private static let walk = 30.0 * 60
    /// Side to side, of the time to steady.
    private static let evenness = 0.1
    private static let stand = StandLimits(30, inBand: 0.9)
    private static let stepDown = StepDownLimits(1, height: 20)

    /// Nil below stage 4 and without a stage.
    package static func lines(
        _ log: WorkoutLog, tests: [TestEvidence]?, on day: Day
    ) -> [GateLine]? {
        guard let stage = log.stage?.entry.stage, stage >= 4 else { return nil }
        let recent = RecentTests(tests, painful: log.painfulSide, on: day)
        return [
            flares(log, day),
            recent.line("one-leg stand", asked: stand.text, command: "T1 --side both") {
                stand.judge($0, recent)
            },
            recent.line("step-down", asked: stepDown.text, command: "T4 --side both") {
                stepDown.judge($0, recent)
            },
            recent.line("single-leg squat", asked: "5 clean", command: "T5 --side both") {
                squat($0, recent)
            },
            walk(log, day),
            stops(recent, tests != nil),
        ]
    }

    private static func flares(_ log: WorkoutLog, _ day: Day) -> GateLine {
        let mornings = log.mornings
        let flares = (0..<flareDays).count { PainRules.isFlare(mornings, day + -$0) }
        let answers = (0..<flareDays).count { mornings[day + -$0]?.pain != nil }
        let state: GateLine.State =
            flares > 0 ? .notMet : answers >= flareDays / 2 ? .met : .notKnown
        return GateLine(
            name: "mornings", state: state,
            text: "no morning well above usual in 14 days asked for; \(flares) of \(answers) "
                + "answered")
    }

    private static func squat(_ leg: String, _ tests: RecentTests) -> Verdict? {
        guard let run = tests.newest(["T5"], side: leg) else { return nil }
        guard let clean = run.clean, let all = run.repetitions, all > 0 else {
            return Verdict(.notKnown, "clean ones not measured")
        }
        let text = "\(clean) clean of \(all) (\(run.day.text))"
        return Verdict(clean >= 5 ? .met : .notMet, text)
    }

    /// A day with half an hour of walking, and the morning after it.
    private static func walk(_ log: WorkoutLog, _ day: Day) -> GateLine {
        func line(_ state: GateLine.State, _ text: String) -> GateLine {
            GateLine(
                name: "walking", state: state,
                text: "30 min with the next morning usual asked for; \(text)")
        }
        let mornings = log.mornings
        let walks = log.sets.filter { $0.set.exercise == "gait" && $0.day <= day }
        let long = Dictionary(grouping: walks, by: \.day)
            .filter {
                day - $0.key < flareDays && $0.value.reduce(0) { $0 + $1.set.seconds } >= walk
            }
        guard let newest = long.keys.max() else {
            return line(.notKnown, "no such walk was recorded in 14 days")
        }
        let next = newest + 1
        guard let pain = mornings[next]?.pain, let usual = PainRules.usual(mornings, before: next)
        else { return line(.notKnown, "the morning after \(newest.text) is not known") }
        return line(
            Double(pain) < usual + 1 ? .met : .notMet,
            "\(newest.text), the morning after \(pain), usual \(fixed(usual))")
    }

    private static func stops(_ tests: RecentTests, _ isKnown: Bool) -> GateLine {
        func line(_ state: GateLine.State, _ text: String) -> GateLine {
            GateLine(
                name: "stops", state: state,
                text: "time to steady at a walk within 10 % side to side asked for; \(text)")
        }
        guard isKnown else { return line(.notKnown, RecentTests.notAsked) }
        guard let left = tests.newest(["T7"], side: "left", pace: "walk")?.steady,
            let right = tests.newest(["T7"], side: "right", pace: "walk")?.steady,
            min(left, right) > 0
        else {
            return line(
                .notKnown,
                "not measured on both legs at a walk: rehabctl test T7 --side both --pace walk")
        }
        let difference = max(left, right) / min(left, right) - 1
        return line(
            difference <= evenness ? .met : .notMet,
            "left \(fixed(left)) s, right \(fixed(right)) s")
    }
}
