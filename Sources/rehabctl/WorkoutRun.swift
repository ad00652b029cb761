// A workout from the first question to its summary: exercises, sides, sets, rests, pain and effort.

import ArgumentParser
import Control
import History
import Plumbing

/// What a workout consists of.
struct WorkoutPlan {
    struct Part {
        var exercise: Rehab1.Exercise
        /// Nil: the exercise has no side, or it is to be detected.
        var sides: [String?]
        var sets: Int
    }

    var parts: [Part]
    /// s between sets.
    var rest = 45.0
    var leadIn = 5.0
    var keepsRecording = true
    /// Every set without cues.
    var isProbe = false
    /// The person wants cues to the end of a single set.
    var isCued = false
    var count: Int?
    var hold: Double?
    var seconds: Double?
    var stillAfter = 60.0
    /// What is held or worn, and the step's height, as the person says.
    var load: String?
    var step: Double?
}

/// A set as a program gets it: what the log keeps, and the daemon's summary.
private struct SetReply: Encodable {
    let set: EntryJSON<SetEntry>
    let summary: Rehab1.Summary
}

/// Carries a workout out and keeps its log.
final class WorkoutRun {
    private let runner: SetRunner
    private let console: Console
    private let options: LogOptions
    /// Nil where it is not kept.
    private var log: WorkoutLog?
    private let workout = nowText()
    private(set) var done: [(entry: SetEntry, summary: Rehab1.Summary)] = []
    private var before: Int?
    private var isOver = false

    init(runner: SetRunner, console: Console, options: LogOptions, log: WorkoutLog?) {
        self.runner = runner
        self.console = console
        self.options = options
        self.log = log
    }

    private var stage: Int? { log.flatMap { PainRules.stageNow($0, on: today())?.stage } }

    /// Everything; throws what the daemon refuses at the very beginning.
    func run(_ plan: WorkoutPlan) throws {
        before = console.scale("Pain now,")
        for (index, part) in plan.parts.enumerated() where !isOver && !console.hasEnded {
            let next = index + 1 < plan.parts.count ? plan.parts[index + 1].exercise.title : nil
            try run(part, plan, following: next)
        }
        if done.count > 1 { console.say(WorkoutText(style: console.style).workout(done)) }
        sayMorning()
        sayRest(of: plan)
        console.signals.endIfAsked()
    }

    private func run(_ part: WorkoutPlan.Part, _ plan: WorkoutPlan, following: String?) throws {
        let exercise = part.exercise
        let cap = PainRules.cap(stage: stage, exercise: Int(exercise.number), before: before)
        if cap == .gentleOnly {
            console.say(
                "\(exercise.title): left out. Pain is above 5: today EX01 to EX03 and the habits only."
            )
            return
        }
        console.say("")
        console.say(console.style.bold(exercise.title))
        if !exercise.instruction.isEmpty { console.say(exercise.instruction) }
        if !exercise.cueText.isEmpty { console.say("Cue: \(exercise.cueText)") }
        if !exercise.caution.isEmpty { console.say("Caution: \(exercise.caution)") }
        if let text = exercise.dose?.text, !text.isEmpty { console.say("Dose: \(text)") }
        if case .upTo(let limit) = cap {
            console.say("Keep pain at \(limit) or below; above it the exercise ends.")
        }
        let thresholds = ownThresholds(of: exercise)
        for one in thresholds {
            console.say(
                "Own threshold: \(one.rule) \(one.signal ?? ""), "
                    + "\(ThresholdBook.amount(one.onDegrees, of: one.signal ?? "")) in place of "
                    + "\(ThresholdBook.amount(one.standardDegrees, of: one.signal ?? "")), by \(one.by)"
            )
        }
        for set in 1...max(1, part.sets) {
            for (index, side) in part.sides.enumerated() {
                guard !isOver, !console.hasEnded else { return }
                var next = SetPlan(exercise: exercise, side: side)
                next.isProbe = plan.isProbe || part.sets > 1 && set == part.sets
                next.leavesProbeOpen = !plan.isProbe && !plan.isCued && part.sets == 1
                next.keepsRecording = plan.keepsRecording
                // The daemon knows its own standard; the call says only what is asked for.
                next.thresholds = thresholds.map {
                    Rehab1.Threshold(
                        rule: $0.rule, signal: $0.signal, onDegrees: $0.onDegrees, by: $0.by)
                }
                next.leadIn = plan.leadIn
                next.count = plan.count
                // Of a workout's exercises those that hold; one on its own is refused with the reason.
                if plan.parts.count == 1 || exercise.holds { next.hold = plan.hold }
                next.seconds = plan.seconds
                next.stillAfter = plan.stillAfter
                next.load = plan.load
                next.step = plan.step
                next.place = part.sets > 1 ? "set \(set) of \(part.sets)" : ""
                warnOfHops(exercise, count: plan.count)
                if next.isProbe { console.say("This set is without cues: it shows what stays.") }
                let after = upcoming(part, set: set, index: index, following: following)
                guard try carryOut(next, cap: cap, rest: plan.rest, before: after) else { return }
            }
        }
    }

    /// EX21 asks for rest: what the log says against this set is said before it, and the set is the person's.
    private func warnOfHops(_ exercise: Rehab1.Exercise, count: Int?) {
        guard let log, Int(exercise.number) == Programme.hops else { return }
        HopsDose.warnings(
            log, on: today(), now: nowSeconds(),
            wanted: count ?? Int(exercise.dose?.repetitions ?? 0), workout: workout
        ).forEach { console.say("Caution: \($0)") }
    }

    /// What the rest after a set leads to, in words; nil after the last one.
    private func upcoming(
        _ part: WorkoutPlan.Part, set: Int, index: Int, following: String?
    ) -> String? {
        func leg(_ side: String?) -> String { side.map { ", \($0) leg" } ?? "" }
        if index + 1 < part.sides.count { return "the other side" + leg(part.sides[index + 1]) }
        if set < part.sets {
            return "set \(set + 1) of \(part.sets)" + leg(part.sides.first ?? nil)
        }
        return following
    }

    /// One set with its questions; false where the exercise ends here.
    ///
    /// `before`: what follows it.
    private func carryOut(
        _ plan: SetPlan, cap: SetCap, rest: Double, before next: String?
    ) throws -> Bool {
        let outcome: SetOutcome
        do throws(ControlError) {
            outcome = try runner.run(plan)
        } catch {
            // Later sets may be possible where this one was not; the first says why and ends.
            if done.isEmpty { throw complaint(error) }
            complain(error.sentence, cure: error.cure)
            return false
        }
        console.say("")
        if let text = WorkoutText.ending(outcome.end) { console.say(text) }
        console.say(ExerciseText(style: console.style).summary(outcome.summary))
        for text in Set(outcome.warnings).sorted() { console.say("  noted: \(visible(text))") }
        let limit: Int? = if case .upTo(let cap) = cap { cap } else { nil }
        let isRunning = outcome.end != .signal
        let during = isRunning ? console.scale("Highest pain in this set,") : nil
        let effort = isRunning ? console.scale("Effort,") : nil
        keep(outcome, plan, during: during, effort: effort, cap: limit)
        let goesOn = judge(during: during, cap: limit, outcome.end)
        if goesOn, rest > 0, let next { takeRest(rest, before: next) }
        return goesOn
    }

    private func judge(during: Int?, cap: Int?, _ end: SetEnd) -> Bool {
        switch PainRules.verdict(before: before, during: during, cap: cap) {
        case .endWorkout:
            isOver = true
            console.say(
                "The workout ends here (P2): pain above 5, or 3 more than before. Rest; tell your "
                    + "physiotherapist if it does not settle by tomorrow.")
            return false
        case .endExercise:
            console.say(
                "This exercise ends here (P1): pain above \(cap ?? PainRules.limit). EX01 "
                    + "(glute-set) is there for settling.")
            settle()
            return false
        case .goOn: break
        }
        switch end {
        case .left, .signal:
            isOver = true
            return false
        default: return true
        }
    }

    /// P1: the rest is kept only where pain falls within two minutes.
    private func settle() {
        guard console.isAsking else {
            isOver = true
            return
        }
        console.say("Two minutes of rest; Enter ends them early.")
        console.wait(seconds: 120) { _ in }
        let now = console.scale("Pain now,")
        guard let now, now <= (before ?? 0) else {
            isOver = true
            console.say("The workout ends here: pain did not fall to where it was.")
            return
        }
    }

    private func takeRest(_ seconds: Double, before next: String) {
        console.say(
            "Rest \(decimal(seconds, 0, unit: " s")), then \(next)"
                + (console.isAsking ? "; Enter goes on at once." : "."))
        console.wait(seconds: seconds) { left in
            if left == 10, seconds > 15 { console.say("10 s") }
        }
    }

    // MARK: the log

    private func ownThresholds(of exercise: Rehab1.Exercise) -> [Rehab1.Threshold] {
        guard let log else { return [] }
        return ThresholdBook.inForce(exercise, log: log)
    }

    private func keep(
        _ outcome: SetOutcome, _ plan: SetPlan, during: Int?, effort: Int?, cap: Int?
    ) {
        var entry = SetEntry(
            time: nowText(), workout: workout, exercise: plan.exercise.id,
            number: Int(plan.exercise.number), summary: outcome.summary)
        entry.side = outcome.summary.side ?? plan.side ?? SetEntry.side(of: outcome.summary.holds)
        entry.stage = stage
        entry.before = before
        entry.during = during
        entry.effort = effort
        entry.cap = cap
        entry.endedBy = WorkoutText.word(outcome.end, outcome.summary)
        entry.take(load: plan.load, step: plan.step)
        done.append((entry, outcome.summary))
        if console.isSilent {
            try? printJSON(SetReply(set: entry.printed, summary: outcome.summary))
        }
        guard log != nil else { return }
        do throws(HistoryError) {
            try log?.append([LogEntry(day: today(), .set(entry))])
        } catch {
            // The workout matters more than its log.
            complain(error.reason, cure: error.cure)
            log = nil
        }
    }

    private func sayMorning() {
        guard !done.isEmpty, log != nil else { return }
        console.say("")
        console.say("Kept in the log. Tomorrow morning: rehabctl pain")
    }

    /// What of an exercise's dose a single set leaves, and how to do it.
    private func sayRest(of plan: WorkoutPlan) {
        guard !isOver, !console.hasEnded, plan.parts.count == 1, let part = plan.parts.first,
            !done.isEmpty
        else { return }
        let id = part.exercise.id
        let legs = Set(done.compactMap(\.entry.side))
        if part.exercise.side != nil, legs.count == 1, let leg = legs.first {
            let other = leg == "left" ? "right" : "left"
            console.say("The other leg: rehabctl start \(id) --side \(other)")
        }
        let sets = Int(part.exercise.dose?.sets ?? 1)
        if part.sets == 1, sets > 1 {
            console.say("The dose is \(sets) sets: rehabctl workout \(id) does them with rests.")
        }
    }
}

extension Rehab1.Exercise {
    /// There is a hold to make longer: on one leg, or in the tempo.
    fileprivate var holds: Bool {
        let tempo = dose?.tempoSeconds ?? []
        return task == "single-leg-hold" || task == "repetitions" && tempo.count > 1 && tempo[1] > 0
    }
}
