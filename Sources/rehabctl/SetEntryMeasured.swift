// A set's entry in the log: what of the daemon's summary is kept.

import Control
import History
import Movement

extension SetEntry {
    /// Of an angle in a task that tells none: the larger default (compensations 2), degrees.
    private static let usualUncertainty = 4.5

    /// What was measured in a set.
    init(
        time: String, workout: String, exercise: String, number: Int, summary: Rehab1.Summary
    ) {
        self.init(time: time, workout: workout, exercise: exercise, number: number)
        probe = summary.probe
        seconds = summary.durationSeconds
        repetitions = summary.repetitions.count
        seen = summary.repetitions.count(where: \.seen)
        cleanShare = summary.cleanShare
        steps = summary.steps.map { Int($0.left.count + $0.right.count) } ?? 0
        landings = summary.landings.count
        // A time that nobody saw begin is no best one; that it was done counts.
        let known = summary.holds.filter { $0.seen != false }
        holds = known.map(\.durationSeconds)
        if holds.isEmpty, !summary.holds.isEmpty { repetitions = summary.holds.count }
        shareInBand = summary.shareInBand
        // A hold's own mean is of a thousand samples; one of repetitions wants five (compensations 2).
        let ofRepetitions = summary.repetitions.compactMap(\.meanDropDegrees)
        let drops =
            known.compactMap(\.meanDropDegrees)
            + (ofRepetitions.count >= ReportedMean.leastRepetitions ? ofRepetitions : [])
        meanDropDegrees = drops.isEmpty ? nil : drops.reduce(0, +) / Double(drops.count)
        cues = Int(summary.cues)
        notHeard = Int(summary.notHeard)
        unknownShare = summary.unknownShare
        notMeasured = summary.notMeasured
        for rule in summary.rules {
            if let typical = rule.typicalDegrees {
                typicalDegrees["\(rule.id) \(rule.signal)"] = typical
            }
        }
        takeMovement(of: summary)
        thresholds = (summary.course?.thresholds ?? []).map {
            "\($0.rule) \($0.signal ?? ""): \($0.onDegrees) in place of "
                + "\($0.standardDegrees.map { "\($0)" } ?? "none") by \($0.by)"
        }
        recording = summary.recording
        tempoKept = summary.tempoKept
        asymmetryPercent = summary.steps?.timeRatio.map { ($0 - 1) * 100 }
        // Only what was without cues tells what stays without them.
        if summary.probe || summary.silentPart != nil, let fading = summary.fading {
            cuedErrorDegrees = fading.cuedErrorDegrees
            uncuedErrorDegrees = fading.uncuedErrorDegrees
            dependence = fading.dependence
        }
    }

    /// What is always recorded (exercises 0): range, tempo by phase, share of time by rule, holds by the clock.
    private mutating func takeMovement(of summary: Rehab1.Summary) {
        let repetitions = summary.repetitions
        let whole = repetitions.filter { $0.seen && $0.judged != false }
        if let unit = whole.first(where: { $0.range != nil })?.rangeUnit {
            rangeUnit = unit
            // Where a sensor was lost on the way, the rest was followed in another measure.
            ranges = whole.filter { $0.rangeUnit == unit }.compactMap { $0.range.map(rounded) }
        }
        let timed = whole.filter { $0.timed != false }
        if !timed.isEmpty {
            tempo = PhaseTimes(
                raise: timed.map { rounded($0.raiseSeconds) },
                hold: timed.map { rounded($0.holdSeconds) },
                lower: timed.map { rounded($0.lowerSeconds) },
                rest: timed.filter { $0.number > 1 }.map { rounded($0.restSeconds) })
        }
        let unseen =
            summary.holds.filter { $0.seen == false }.map(\.durationSeconds)
            + repetitions.filter { !$0.seen && $0.holdSeconds > 0 }.map(\.holdSeconds)
        if !unseen.isEmpty { unseenHolds = unseen.map(rounded) }
        var shares: [String: Double] = [:]
        for rule in summary.rules where rule.measured {
            if let share = rule.activeShare { shares["\(rule.id) \(rule.signal)"] = share }
        }
        if !shares.isEmpty { activeShares = shares }
        uncertaintyDegrees =
            summary.holds.first?.uncertaintyDegrees ?? repetitions.first?.uncertaintyDegrees
            ?? summary.steps?.uncertaintyDegrees
            ?? (typicalDegrees.isEmpty ? nil : SetEntry.usualUncertainty)
    }

    /// To hundredths: finer is noise, and a log is kept for years.
    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    /// The leg that all holds stood on, where the side was to be detected; nil where they differ.
    static func side(of holds: [Rehab1.Hold]) -> String? {
        guard let first = holds.first?.side, holds.allSatisfy({ $0.side == first }),
            first == "left" || first == "right"
        else { return nil }
        return first
    }

    /// "5", "5 kg" and "2.5kg" are kilograms; anything else is kept as it was said.
    mutating func take(load text: String?, step: Double?) {
        stepCentimetres = step
        guard let text else { return }
        let number = text.lowercased().split(separator: "k", maxSplits: 1).first.map(String.init)
        let unit = text.lowercased().filter { $0.isLetter }
        if unit.isEmpty || unit == "kg",
            let kilograms = number.map({ trimmed($0) }).flatMap(Double.init),
            (0...500).contains(kilograms)
        {
            loadKilograms = kilograms
        } else {
            load = String(visible(text).prefix(40))
        }
    }
}
