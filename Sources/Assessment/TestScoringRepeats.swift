// The tests of five repetitions: step-downs, squats, stops and landings.

import Kinematics
package import Movement

extension TestScoring {
    private var repetitions: [RepetitionRecord] {
        Array((trace.record?.repetitions ?? []).filter(\.repetition.isSeen).prefix(5))
    }

    func scoreStepDown(_ outcome: inout TestOutcome) {
        addRepetitionAngles(&outcome, bothWays: true)
        outcome.stepDown = seenStepDown()
    }

    /// Rules by which the score looks the other way as well: with the thresholds of the exercise's own.
    package var mirroredRules: [Rule] {
        test.id == "T4" ? [trace.pelvis, trace.trunk].compactMap { $0?.mirrored } : []
    }

    /// What the rules of the exercise saw in any of the five repetitions.
    private func seenStepDown() -> StepDownScore.Seen {
        var seen = StepDownScore.Seen()
        guard let record = trace.record, !repetitions.isEmpty else { return seen }
        func isSeen(_ numbers: Set<UInt8>) -> Bool? {
            let rules = record.rules.filter { numbers.contains($0.rule.id.number) && $0.isMeasured }
            return rules.isEmpty ? nil : rules.contains { $0.active > 0 }
        }
        // A lean away or a lifted side that the exercise has rules for counts by those too.
        seen.trunkLeant = isSeen([3]) == true ? true : trace.trunk?.wasOff
        seen.pelvisOffLevel = isSeen([4]) == true ? true : trace.pelvis?.wasOff
        seen.wavered = isSeen([9, 19])
        if let most = trace.kneeIn.max(), trace.kneeIn.count >= repetitions.count {
            // C10 for the first point, twice as much for the second [engineering default].
            seen.knee = most >= 20 * radiansPerDegree ? 2 : most >= 10 * radiansPerDegree ? 1 : 0
        }
        return seen
    }

    func scoreSquat(_ outcome: inout TestOutcome) {
        addRepetitionAngles(&outcome)
        outcome.measures.append(clean())
        let ways = repetitions.map(\.repetition.range)
        // Of a height nothing is published: what counts is what the own repetitions do not differ by.
        outcome.measures.append(
            trace.isHeightFollowed
                ? TestMeasure(
                    "depth", "depth, of the pelvis", .centimetres, mean: ways, counts: .ownSpread)
                : TestMeasure(
                    "depth", "depth, of the thigh", .degrees, mean: ways,
                    uncertainty: TestMeasure.stepUncertainty,
                    counts: .size(TestMeasure.angleChange)))
    }

    /// Clean repetitions of those that were judged.
    ///
    /// As many may be the other than they seem as come nearer to a threshold than an angle is known; and of five
    /// no count says more of the person than their number allows: (clean + 1) of (all + 2), by the rule of
    /// succession. One repetition is the least that counts.
    private func clean() -> TestMeasure {
        let judged = repetitions.filter(\.isJudged)
        guard !judged.isEmpty else { return TestMeasure("clean", cleanTitle, .points, nil) }
        let (count, n) = (Double(judged.count(where: \.isClean)), Double(judged.count))
        let share = (count + 1) / (n + 2)
        let chance = n * squareRoot(share * (1 - share) / (n + 3))
        return TestMeasure(
            "clean", cleanTitle, .points, count, count: judged.count,
            uncertainty: max(chance, Double(judged.count(where: isNearThreshold))),
            counts: .size(1))
    }

    private var cleanTitle: String { "clean repetitions" }

    private func isNearThreshold(_ record: RepetitionRecord) -> Bool {
        func isNear(_ angle: Double?, _ signal: Signal) -> Bool {
            guard let angle, let limit = trace.record?.plan.threshold(of: signal) else {
                return false
            }
            return abs(angle - limit) < TestMeasure.stepUncertainty
        }
        return isNear(record.maxDrop, .drop) || isNear(leans(record).max(), .leanIpsilateral)
    }

    private func addRepetitionAngles(_ outcome: inout TestOutcome, bothWays: Bool = false) {
        func add(_ id: String, _ title: String, _ values: [Double]) {
            outcome.measures.append(
                TestMeasure(
                    id, "\(title), mean of the repetitions", .degrees, mean: values,
                    uncertainty: TestMeasure.stepUncertainty,
                    counts: .size(TestMeasure.angleChange)))
        }
        add("drop-deg", "largest drop", repetitions.compactMap(\.maxDrop))
        if bothWays {
            add(
                "hike-deg", "largest lift of the free side",
                repetitions.compactMap { hikes($0).max() })
        }
        add(
            "lean-deg", "largest lean to the stance side",
            repetitions.compactMap { leans($0).max() })
        if bothWays {
            add(
                "lean-away-deg", "largest lean away from the stance side",
                repetitions.compactMap { leans($0).min().map { -$0 } })
        }
        let timed = repetitions.filter(\.repetition.isTimed)
        outcome.measures.append(
            TestMeasure(
                "lower-s", "lowering", .seconds, mean: timed.map(\.repetition.tempo.lower),
                counts: .share(0.2)))
        if timed.count < repetitions.count {
            outcome.notes.append(
                "lowering of \(timed.count) repetitions only: the others were too uneven for the pelvis' height"
            )
        }
        if repetitions.count < 5 { outcome.notes.append("\(repetitions.count) of 5 repetitions") }
    }

    /// The lifts of the free side in a repetition, rad.
    private func hikes(_ record: RepetitionRecord) -> [Double] {
        trace.hikes(from: record.repetition.start, to: record.repetition.end).hikes
    }

    /// The leans to the stance side in a repetition, rad; none where the trunk is not worn.
    private func leans(_ record: RepetitionRecord) -> [Double] {
        trace.moments.filter {
            $0.time >= record.repetition.start && $0.time <= record.repetition.end
                && $0.isTrusted && $0.lean.isFinite
        }.map(\.lean)
    }

    // MARK: landings

    /// s in which the body is expected to become steady, and what a take-off takes before a landing.
    private static let longest = 6.0
    private static let takeOff = 0.7
    /// s after a landing over which its drop is taken.
    private static let dropTime = 3.0

    func scoreLandings(_ outcome: inout TestOutcome) {
        let landings = Array(trace.landings.prefix(5))
        let calm = calm(before: landings.first?.time)
        if calm == nil, !landings.isEmpty {
            outcome.notes.append("no quiet standing before the first one: stand still for 3 s")
        }
        var times: [Double] = []
        for (index, landing) in landings.enumerated() {
            let next = index + 1 < trace.landings.count ? trace.landings[index + 1].time : Int64.max
            if let calm, let time = steady(landing.time, next: next, calm) { times.append(time) }
        }
        outcome.measures.append(
            TestMeasure(
                "steady-s", "time to steady", .seconds, mean: times, counts: .share(0.1)))
        if times.count < landings.count, calm != nil {
            outcome.notes.append("\(landings.count - times.count) did not become steady in 6 s")
        }
        if landings.count < 5 { outcome.notes.append("\(landings.count) of 5 seen") }
        outcome.measures.append(
            TestMeasure(
                "drop-deg", "largest drop after it, mean", .degrees, mean: drops(landings),
                uncertainty: TestMeasure.stepUncertainty, counts: .size(TestMeasure.angleChange)))
        outcome.measures.append(
            TestMeasure("peak", "peak, mean", .acceleration, mean: landings.map(\.peak)))
    }

    /// The quiet standing before the first landing.
    private func calm(before landing: Int64?) -> Calm? {
        guard let landing, let first = trace.moments.first?.time,
            let stretch = trace.stretch(
                from: first, to: min(first &+ 3_000_000_000, landing &- 1_000_000_000))
        else { return nil }
        return Calm(sideways: stretch.sideways, forward: stretch.forward, rate: stretch.rate)
    }

    private func steady(_ landing: Int64, next: Int64, _ calm: Calm) -> Double? {
        let wait = Int64(TestScoring.longest * 1e9)
        let end = min(
            landing &+ wait, next == .max ? .max : next &- Int64(TestScoring.takeOff * 1e9))
        guard let stretch = trace.stretch(from: landing, to: end) else { return nil }
        return Steadiness.seconds(
            sideways: stretch.sideways, forward: stretch.forward, rate: stretch.rate, calm: calm)
    }

    private func drops(_ landings: [Landing]) -> [Double] {
        landings.compactMap { landing in
            let end = landing.time &+ Int64(TestScoring.dropTime * 1e9)
            return trace.hikes(from: landing.time, to: end).hikes.min().map { -$0 }
        }
    }
}
