// A started set and what came of it, in words.

import Control
import Movement

/// Makes lines for people of what the daemon tells of a set.
struct ExerciseText {
    let style: Style

    func started(_ exercise: Rehab1.Exercise, side: String) -> [String] {
        var lines = [style.bold("\(exercise.title): started")]
        if let meaning = exercise.side {
            let detected =
                meaning == "moving"
                ? "The side is seen from how you lie."
                : "The stance side will be detected from the shift of weight."
            let named = meaning == "moving" ? "Move the \(side) leg." : "Stand on the \(side) leg."
            lines.append(side == "detect" ? detected : named)
            if side != "detect", exercise.sideMeasured == false {
                lines.append(
                    "Which leg you stand on is not measured with the sensors worn: what is told counts for "
                        + "the \(side) one.")
            }
        }
        if !exercise.instruction.isEmpty { lines.append(exercise.instruction) }
        lines.append("Cue: \(exercise.cueText)")
        if !exercise.caution.isEmpty { lines.append("Caution: \(exercise.caution)") }
        switch exercise.cueing {
        case "end-of-movement":
            lines.append("Sensor or sound is late: cues come at the end of each movement.")
        case "none": lines.append("No cues in this set: it shows what stays without them.")
        default: break
        }
        if let silent = exercise.silentPart {
            lines.append("No cues in \(silent): it shows what stays without them.")
        }
        var unseen: [String] = []
        for rule in exercise.rules where !rule.measured {
            let words = Signal(name: rule.signal)?.plainWords ?? rule.signal
            if !unseen.contains(words) { unseen.append(words) }
        }
        if !unseen.isEmpty {
            lines.append("not measured with the sensors worn: \(unseen.joined(separator: ", "))")
        }
        lines.append("End it with: rehabctl stop")
        return lines
    }

    func summary(_ summary: Rehab1.Summary) -> [String] {
        var lines = [style.bold("\(summary.title): summary")]
        lines += courseLines(summary.course)
        lines += otherSideLines(summary)
        if summary.probe { lines.append("  a set without cues: what you did without them") }
        if let silent = summary.silentPart { lines.append("  without cues: \(silent)") }
        var facts = Columns()
        facts.add("duration", decimal(summary.durationSeconds, 1, unit: " s"))
        addMovement(summary, to: &facts)
        facts.add(
            "cues",
            "\(summary.cues)"
                + (summary.notHeard > 0 ? ", \(summary.notHeard) not heard (rehabctl sound)" : "")
                + (summary.cueing == "end-of-movement" ? ", each after its movement" : ""))
        facts.add("not judged", "\(percent(summary.unknownShare)) of the time")
        facts.add(
            "packets",
            "\(summary.packets), \(summary.gaps) gaps, "
                + "\(summary.lostSamples) samples lost")
        if let recording = summary.recording { facts.add("recording", recording) }
        lines += facts.lines(indent: "  ")
        lines += holdLines(summary.holds)
        lines += repetitionLines(
            summary.repetitions, isOneLegged: summary.rules.contains { $0.signal == "drop" })
        lines += stepLines(summary.steps)
        lines += landingLines(summary.landings)
        lines += ruleLines(summary.rules)
        if let fading = summary.fading {
            if let with = fading.cuedErrorDegrees, let without = fading.uncuedErrorDegrees {
                lines.append(
                    "  error    \(decimal(with, 1)) deg with cues, \(decimal(without, 1)) without")
            }
            lines.append("  fading   \(fading.text)")
        }
        if !summary.notMeasured.isEmpty {
            lines.append("  not measured: \(summary.notMeasured.joined(separator: ", "))")
        }
        if hasOpenLabel(summary) {
            lines.append("  ?: what is not measured could change this pattern")
        }
        return lines
    }

    /// What was done on the other leg, and what to do about it.
    private func otherSideLines(_ summary: Rehab1.Summary) -> [String] {
        guard let count = summary.otherSide, count > 0, let side = summary.side else { return [] }
        let text = "\(counted(Int(count), "repetition")), neither counted nor judged"
        // Which leg it was then depends on when it was.
        if let course = summary.course, course.sideChanges > 0 {
            return ["  done with the other leg than was named: \(text)"]
        }
        let other = side == "right" ? "left" : "right"
        return [
            "  done with the \(other) leg: \(text), since the set was for the \(side) one",
            "  for the \(other) leg: rehabctl start \(summary.exercise) --side \(other)",
        ]
    }

    /// Pauses, and thresholds that are not the exercise's own.
    private func courseLines(_ course: Rehab1.Course?) -> [String] {
        guard let course else { return [] }
        var lines: [String] = []
        if course.endedBy != "asked" { lines.append("  ended: \(SetEnds.words(course.endedBy))") }
        if course.pauses > 0 {
            lines.append(
                "  paused \(times(course.pauses)), \(decimal(course.pausedSeconds, 0, unit: " s"))")
        }
        if course.sideChanges > 0 { lines.append("  side changed \(times(course.sideChanges))") }
        for one in course.thresholds {
            lines.append(
                "  own threshold \(one.rule) \(one.signal ?? ""): "
                    + "\(ThresholdBook.amount(one.onDegrees, of: one.signal ?? "")) in place of "
                    + "\(ThresholdBook.amount(one.standardDegrees, of: one.signal ?? "")), by \(visible(one.by))"
            )
        }
        return lines
    }

    private func times(_ count: Int64) -> String { count == 1 ? "once" : "\(count) times" }

    /// Below a bin of the measure the two move together.
    private func trunkLag(_ lag: Double) -> String {
        if abs(lag) < 0.05 { return "tips together with the pelvis" }
        return "tips \(decimal(abs(lag), 2, unit: " s")) " + (lag > 0 ? "after" : "before")
            + " the pelvis"
    }

    /// What the set consists of; a set without holds has no share in band.
    private func addMovement(_ summary: Rehab1.Summary, to facts: inout Columns) {
        if let steps = summary.steps {
            facts.add("steps", "left \(steps.left.count), right \(steps.right.count)")
            facts.add(
                "cadence",
                steps.cadence.map { "\(decimal($0, 0)) a minute" }
                    ?? "not measured (\(ReportedMean.leastSteps) steps are needed)")
            facts.add(
                "left-right",
                steps.timeRatio.map { "step times differ by \(decimal(($0 - 1) * 100, 0)) %" }
                    ?? "not measured (ten steps a side are needed)")
            if let lag = steps.trunkLagSeconds { facts.add("trunk", trunkLag(lag)) }
        } else if !summary.repetitions.isEmpty {
            let isSeen = summary.repetitions.contains(where: \.seen)
            facts.add(
                "repetitions",
                "\(summary.repetitions.count)"
                    + (isSeen ? "" : ", counted by the clock of the tempo"))
            facts.add("clean", percent(summary.cleanShare))
            if let kept = summary.tempoKept, kept < 1 {
                facts.add("tempo", "lowering \(decimal((1 - kept) * 100, 0)) % shorter at the end")
            }
            if let drift = SetPatterns.drift(summary) { facts.add("drift", drift) }
        } else if !summary.landings.isEmpty {
            facts.add("landings", "\(summary.landings.count)")
        } else {
            facts.add(
                summary.holds.isEmpty ? "done" : "in band",
                summary.holds.isEmpty
                    ? "no repetition and no hold seen" : percent(summary.shareInBand))
        }
        if let mix = SetPatterns.mix(summary) { facts.add("patterns", mix) }
        if let difference = holdDifference(summary.holds) { facts.add("left-right", difference) }
    }

    /// Both sides' mean drop where both held.
    private func holdDifference(_ holds: [Rehab1.Hold]) -> String? {
        func mean(_ side: String) -> (value: Double, count: Int)? {
            let drops = holds.filter { $0.side == side }.compactMap(\.meanDropDegrees)
            guard !drops.isEmpty else { return nil }
            return (drops.reduce(0, +) / Double(drops.count), drops.count)
        }
        guard let left = mean("left"), let right = mean("right") else { return nil }
        return "mean drop left \(decimal(left.value, 1)) (\(counted(left.count, "hold"))), "
            + "right \(decimal(right.value, 1)) deg (\(counted(right.count, "hold")))"
            + eachAngle(holds.first?.uncertaintyDegrees)
    }

    /// ", each ± 3.0 deg"; nothing where a daemon does not tell.
    private func eachAngle(_ degrees: Double?) -> String {
        degrees.map { ", each ± \(decimal($0, 1, unit: " deg"))" } ?? ""
    }

    /// The head of a column of angles: "mean drop ± 3.0".
    private func head(_ name: String, _ uncertainty: Double?) -> String {
        uncertainty.map { "\(name) ± \(decimal($0, 1))" } ?? name
    }

    private func hasOpenLabel(_ summary: Rehab1.Summary) -> Bool {
        (summary.holds.map(\.label) + summary.repetitions.map(\.label)).contains {
            $0.hasSuffix("?")
        }
    }

    private func holdLines(_ holds: [Rehab1.Hold]) -> [String] {
        guard !holds.isEmpty else { return [] }
        var columns = Columns()
        let sigma = holds.first?.uncertaintyDegrees
        columns.add(
            "hold", "leg", "held", "in band", head("mean drop", sigma), head("most drop", sigma),
            head("most hike", sigma), "ended", "pattern")
        for (index, hold) in holds.enumerated() {
            columns.add(
                "\(index + 1)", hold.side, decimal(hold.durationSeconds, 1, unit: " s"),
                percent(hold.shareInBand), decimal(hold.meanDropDegrees, 1, unit: " deg"),
                decimal(hold.maxDropDegrees, 1, unit: " deg"),
                decimal(hold.maxHikeDegrees, 1, unit: " deg"), plain(hold.endedBy), hold.label)
        }
        var lines = columns.table(indent: "  ")
        let unseen = holds.indices.filter { holds[$0].seen == false }.map { "\($0 + 1)" }
        if !unseen.isEmpty {
            lines.append(
                "  hold \(unseen.joined(separator: ", ")): no shift of weight was seen before it, so whether "
                    + "the foot was off the floor is not measured; it is no longest hold")
        }
        return lines
    }

    /// `isOneLegged`: on two legs, or lying, there is no drop to tell.
    private func repetitionLines(
        _ repetitions: [Rehab1.Repetition], isOneLegged: Bool
    ) -> [String] {
        guard !repetitions.isEmpty else { return [] }
        var columns = Columns()
        let sigma = repetitions.first?.uncertaintyDegrees
        let drop = isOneLegged ? [head("most drop", sigma)] : []
        // Centimetres have another error, which is not known.
        let isAngle = repetitions.contains { $0.range != nil && $0.rangeUnit != "cm" }
        columns.add(
            [
                "repetition", "raise", "hold", "lower", "rest",
                isAngle ? head("range", sigma) : "range",
            ] + drop + ["clean", "pattern"])
        for one in repetitions {
            func time(_ seconds: Double) -> String {
                guard one.seen else { return "-" }
                return (one.timed == false ? "about " : "") + decimal(seconds, 1, unit: " s")
            }
            let unit = one.rangeUnit == "cm" ? " cm" : " deg"
            let drop = isOneLegged ? [decimal(one.maxDropDegrees, 1, unit: " deg")] : []
            columns.add(
                [
                    "\(one.number)", time(one.raiseSeconds), time(one.holdSeconds),
                    time(one.lowerSeconds), one.number > 1 ? time(one.restSeconds) : "-",
                    decimal(one.range, 0, unit: unit),
                ] + drop + [
                    one.judged == false ? "not measured" : one.clean ? "yes" : "no",
                    one.judged == false ? "not measured" : one.label,
                ])
        }
        return columns.table(indent: "  ")
    }

    private func stepLines(_ steps: Rehab1.Steps?) -> [String] {
        guard let steps else { return [] }
        var columns = Columns()
        let sigma = steps.uncertaintyDegrees
        columns.add(
            "leg", "steps", "mean time", head("mean drop", sigma), head("mean lean", sigma))
        var few: [String] = []
        for (name, side) in [("left", steps.left), ("right", steps.right)] {
            let isEnough = side.count >= ReportedMean.leastSteps
            if !isEnough { few.append(name) }
            func mean(_ value: Double?, _ places: Int, _ unit: String) -> String {
                decimal(isEnough ? value : nil, places, unit: unit)
            }
            columns.add(
                name, "\(side.count)", mean(side.meanSeconds, 2, " s"),
                mean(side.meanDropDegrees, 1, " deg"), mean(side.meanLeanDegrees, 1, " deg"))
        }
        var lines = columns.table(indent: "  ")
        if !few.isEmpty {
            lines.append(
                "  means of the \(few.joined(separator: " and the ")) leg's steps: not measured "
                    + "(\(ReportedMean.leastSteps) steps are needed)")
        }
        return lines
    }

    private func landingLines(_ landings: [Rehab1.Landing]) -> [String] {
        guard !landings.isEmpty else { return [] }
        var columns = Columns()
        columns.add("landing", "peak upward", "deceleration", "time to steady")
        for landing in landings {
            columns.add(
                "\(landing.number)", decimal(landing.peak, 1, unit: " m/s2"),
                decimal(landing.deceleration, 1, unit: " m/s2"),
                decimal(landing.steadySeconds, 1, unit: " s"))
        }
        return columns.lines(indent: "  ")
    }

    private func ruleLines(_ rules: [Rehab1.RuleResult]) -> [String] {
        var columns = Columns()
        columns.add("rule", "signal", "episodes", "cues", "active")
        for rule in rules {
            columns.add(
                rule.id, rule.signal, rule.measured ? "\(rule.episodes)" : "-",
                rule.measured ? "\(rule.cues)" : "-",
                rule.measured
                    ? (rule.activeShare.map { percent($0) } ?? "not judged") : "not measured")
        }
        return columns.table(indent: "  ")
    }
}
