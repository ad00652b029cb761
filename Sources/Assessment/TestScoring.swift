// From the trace of a run to its numbers.

package import Kinematics
import Movement

/// Turns a finished trace into measures, one function a test.
package struct TestScoring: Sendable {
    let test: BatteryTest
    let trace: TestTrace
    /// The leg under test; nil for both.
    let side: Side?

    package init(test: BatteryTest, trace: TestTrace, side: Side?) {
        self.test = test
        self.trace = trace
        self.side = side
    }

    /// s at the end of a hold in which the foot is already on its way down.
    private static let lastMoments = 0.5
    /// s below which sway says nothing [engineering default: a third of the test].
    private static let leastSway = 10.0
    /// A hold's ends are seen to two tenths of a second.
    private static let holdUncertainty = 0.2
    /// Tries of T2 (programme 5).
    package static let tries = 3

    package func outcome() -> TestOutcome {
        var outcome = TestOutcome()
        outcome.unknownShare = trace.unknownShare
        switch test.id {
        case "T1": scoreLift(&outcome)
        case "T2": scoreHolds(&outcome)
        case "T3": scoreSway(&outcome)
        case "T4": scoreStepDown(&outcome)
        case "T5": scoreSquat(&outcome)
        case "T6": scoreWalk(&outcome)
        case "T7", "T8": scoreLandings(&outcome)
        default: break
        }
        if let unseenNote { outcome.notes.append(unseenNote) }
        if outcome.unknownShare > 0.1 {
            let share = Int((outcome.unknownShare * 100).rounded())
            outcome.notes.append("the data could not be trusted in \(share) % of the time")
        }
        return outcome
    }

    // MARK: holds

    /// Moments of a hold, host ns; the trace's record counts from its first frame.
    private func span(_ hold: HoldRecord) -> (start: Int64, end: Int64)? {
        guard let record = trace.record else { return nil }
        let start = record.start &+ Int64(hold.start * 1e9)
        return (start, start &+ Int64(hold.duration * 1e9))
    }

    /// Holds that a shift of weight began: of others nobody knows whether the foot was off the floor.
    private var seenHolds: [HoldRecord] { (trace.record?.holds ?? []).filter(\.isSeen) }

    /// The longest hold of the run.
    private var longestHold: HoldRecord? { seenHolds.max { $0.duration < $1.duration } }

    private var unseenNote: String? {
        let unseen = (trace.record?.holds ?? []).count - seenHolds.count
        guard unseen > 0 else { return nil }
        return (unseen == 1 ? "a hold was" : "\(unseen) holds were")
            + " left out: no shift of weight was seen, so whether the foot was off the floor is not "
            + "measured; begin on both feet and lift after \"Go\""
    }

    private func scoreLift(_ outcome: inout TestOutcome) {
        let hold = longestHold
        outcome.measures.append(holdMeasure(hold.map { min($0.duration, 30) }, most: 30))
        var fall: PelvisFall?
        if let hold, let span = span(hold) {
            let held = min(hold.duration, 30)
            let seen = trace.hikes(from: span.start, to: span.end)
            fall = PelvisFall(times: seen.times, hikes: seen.hikes, held: held)
            outcome.curve = fall?.curve ?? []
            outcome.notes.append("pattern: \(hold.text)")
        }
        outcome.measures.append(
            TestMeasure(
                "fall-s", "time to fall of the pelvis", .seconds, fall?.seconds, uncertainty: 1,
                counts: .size(5)))
        if let fall, !fall.fell {
            outcome.notes.append("the pelvis stayed up to the end of the hold")
        } else if let fall, fall.plateau <= 0 {
            outcome.notes.append("the free side was not lifted in seconds 1 to 3")
        }
        outcome.measures.append(
            angle("lift-deg", "lift of the free side, seconds 1 to 3", fall?.plateau))
        outcome.measures.append(angle("drop-mean-deg", "mean drop", hold?.meanDrop))
        outcome.measures.append(angle("drop-max-deg", "largest drop", hold?.maxDrop))
        outcome.measures.append(inBand(hold))
    }

    private func angle(
        _ id: String, _ title: String, _ value: Double?, count: Int = 1
    ) -> TestMeasure {
        TestMeasure(
            id, title, .degrees, value, count: count, uncertainty: TestMeasure.gaitUncertainty,
            counts: .size(TestMeasure.angleChange))
    }

    /// Share of the hold with the pelvis not below the drop's threshold: lifting it is the task.
    ///
    /// The share is known as well as an angle that is off by its uncertainty leaves it; what counts of it is
    /// the test's 5 s (programme 5).
    private func inBand(_ hold: HoldRecord?) -> TestMeasure {
        var (share, error): (Double?, Double?)
        var counts = TestMeasure.Counts.none
        if let hold, let span = span(hold), let limit = trace.record?.plan.threshold(of: .drop) {
            let hikes = trace.hikes(from: span.start, to: span.end).hikes
            func inside(_ off: Double) -> Double {
                Double(hikes.count { -$0 < limit + off }) / Double(hikes.count)
            }
            if !hikes.isEmpty {
                let (own, off) = (inside(0), TestMeasure.gaitUncertainty)
                share = own
                error = max(inside(off) - own, own - inside(-off))
                counts = .size(min(1, 5 / max(1, min(hold.duration, 30))))
            }
        }
        return TestMeasure(
            "in-band", "time without drop beyond the band", .percent, share, uncertainty: error,
            counts: counts)
    }

    private func holdMeasure(_ seconds: Double?, most: Double) -> TestMeasure {
        TestMeasure(
            "hold-s", "hold, at most \(Int(most)) s", .seconds, seconds,
            uncertainty: TestScoring.holdUncertainty, counts: .size(5))
    }

    private func scoreHolds(_ outcome: inout TestOutcome) {
        let holds = seenHolds.prefix(3).map { min($0.duration, 45) }
        TestScoring.addTries(holds, to: &outcome)
    }

    /// Best and mean of the tries, s; what counts of either is a change beyond their spread (programme 5).
    package static func addTries(_ holds: [Double], to outcome: inout TestOutcome) {
        var mean = TestMeasure(
            "hold-mean-s", "mean of the tries", .seconds, mean: holds, counts: .ownSpread)
        if holds.count < tries { mean.spread = nil }
        mean.uncertainty = mean.value.map { _ in max(mean.uncertainty ?? 0, holdUncertainty) }
        outcome.measures.append(
            TestMeasure(
                "hold-best-s", "best of the tries, at most 45 s", .seconds, holds.max(),
                count: holds.count, uncertainty: holdUncertainty, spread: mean.spread,
                counts: .ownSpread))
        outcome.measures.append(mean)
        if holds.count < tries { outcome.notes.append("\(holds.count) of \(tries) tries") }
    }

    private func scoreSway(_ outcome: inout TestOutcome) {
        var stretch: TestTrace.Stretch?
        if side != nil {
            if let hold = longestHold, let span = span(hold) {
                let end = span.end &- Int64(TestScoring.lastMoments * 1e9)
                stretch = trace.stretch(
                    from: span.start, to: min(end, span.start &+ 30_000_000_000))
            }
        } else if let first = trace.moments.first, let last = trace.moments.last {
            // The last half minute: getting in place comes before it.
            stretch = trace.stretch(
                from: max(first.time, last.time &- 30_000_000_000), to: last.time)
        }
        var sway: Sway?
        var error: Sway?
        if let stretch, stretch.duration >= TestScoring.leastSway {
            sway = Sway(sideways: stretch.sideways, forward: stretch.forward, rate: stretch.rate)
            error = Sway.standardError(
                sideways: stretch.sideways, forward: stretch.forward, rate: stretch.rate)
        } else if let stretch {
            let held = Int(stretch.duration)
            outcome.notes.append("\(held) s of standing: 10 s are needed")
        }
        func add(
            _ id: String, _ title: String, _ unit: TestMeasure.Unit, _ pick: (Sway) -> Double
        ) {
            outcome.measures.append(
                TestMeasure(
                    id, title, unit, sway.map(pick), uncertainty: error.map(pick),
                    counts: .share(0.3)))
        }
        outcome.measures.append(
            TestMeasure("seconds", "standing", .seconds, sway?.seconds, uncertainty: 0.2))
        add("sway-sideways", "sway sideways, RMS", .acceleration) { $0.rmsSideways }
        add("sway-forward", "sway forward, RMS", .acceleration) { $0.rmsForward }
        add("sway-both", "sway, RMS", .acceleration) { $0.rmsBoth }
        add("sway-path", "sway path", .acceleration) { $0.path }
        add("sway-jerk", "jerk", .jerk) { $0.jerk }
        add("sway-ellipse", "ellipse of 95 %", .ellipse) { $0.ellipse }
    }
}
