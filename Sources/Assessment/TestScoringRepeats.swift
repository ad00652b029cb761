// The tests of five repetitions: step-downs, squats, stops and landings.

import Kinematics
import Movement

extension TestScoring {
    private var repetitions: [RepetitionRecord] {
        Array((trace.record?.repetitions ?? []).filter(\.repetition.isSeen).prefix(5))
    }

    func scoreStepDown(_ outcome: inout TestOutcome) {
        addRepetitionAngles(&outcome)
        outcome.stepDown = seenStepDown()
    }

    /// What the rules of the exercise saw in any of the five repetitions.
    private func seenStepDown() -> StepDownScore.Seen {
        var seen = StepDownScore.Seen()
        guard let record = trace.record, !repetitions.isEmpty else { return seen }
        func isSeen(_ numbers: Set<UInt8>) -> Bool? {
            let rules = record.rules.filter { numbers.contains($0.rule.id.number) && $0.isMeasured }
            return rules.isEmpty ? nil : rules.contains { $0.active > 0 }
        }
        seen.trunkLeant = isSeen([2, 3])
        seen.pelvisOffLevel = isSeen([1, 4])
        seen.wavered = isSeen([9, 19])
        if let most = trace.kneeIn.max(), trace.kneeIn.count >= repetitions.count {
            // C10 for the first point, twice as much for the second [engineering default].
            seen.knee = most >= 20 * radiansPerDegree ? 2 : most >= 10 * radiansPerDegree ? 1 : 0
        }
        return seen
    }

    func scoreSquat(_ outcome: inout TestOutcome) {
        addRepetitionAngles(&outcome)
        let judged = repetitions.filter(\.isJudged)
        outcome.measures.append(
            TestMeasure(
                "clean", "clean repetitions", .points,
                judged.isEmpty ? nil : Double(judged.count(where: \.isClean)),
                count: judged.count))
        let inMetres = trace.isHeightFollowed
        outcome.measures.append(
            TestMeasure(
                "depth", inMetres ? "depth, of the pelvis" : "depth, of the thigh",
                inMetres ? .centimetres : .degrees, mean: repetitions.map(\.repetition.range)))
    }

    private func addRepetitionAngles(_ outcome: inout TestOutcome) {
        func add(_ id: String, _ title: String, _ values: [Double]) {
            outcome.measures.append(
                TestMeasure(
                    id, title, .degrees, mean: values, uncertainty: TestMeasure.stepUncertainty,
                    counts: .size(TestMeasure.angleChange)))
        }
        add("drop-deg", "largest drop, mean of the repetitions", repetitions.compactMap(\.maxDrop))
        add("lean-deg", "largest lean to the stance side, mean of the repetitions", largestLeans())
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

    /// The largest lean of each repetition, rad; none where the trunk is not worn.
    private func largestLeans() -> [Double] {
        repetitions.compactMap { record in
            let leans = trace.moments.filter {
                $0.time >= record.repetition.start && $0.time <= record.repetition.end
                    && $0.isTrusted && $0.lean.isFinite
            }
            return leans.map(\.lean).max()
        }
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
