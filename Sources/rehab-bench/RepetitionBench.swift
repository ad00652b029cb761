// Times the samples at which a repetition ends: all that is looked back on is computed there and then.

import Estimation
import Exercises
import Kinematics
import Movement
import Plumbing
import Synthetic

/// Single steps of the body over whole sets of synthetic people, with and without sensors on the legs.
///
/// A step of the estimator's thread is one of the body beside a filter's, which `StepBench` times. Each set is
/// run several times; a step's time is the shortest, so that what the machine does besides is none of it.
enum RepetitionBench {
    /// Microseconds that a step may take: an eighth of the time to the next sample at 120 Hz, so that a cue is
    /// not late by anything that is felt.
    private static let goal = 1000.0

    private static let kinds: [ExerciseKind] = [
        .squat, .singleLegSquat, .stepUp, .bridge, .clam,
    ]
    private static let wearings: [[Segment]] = [
        [.pelvis], [.pelvis, .trunk, .leftThigh, .rightThigh],
    ]
    /// The usual tempo, and one that fills the histories of twenty seconds.
    private static let paces = [1.0, 2.5]

    static func run(quick: Bool) throws -> [Figure] {
        var ends: [Double] = []
        var others: [Double] = []
        var slowest: (microseconds: Double, set: String) = (0, "-")
        var sets = 0
        for kind in kinds {
            for worn in wearings {
                for pace in paces {
                    for seed in UInt64(1)...(quick ? 1 : 4) {
                        let set = try RepetitionSet(kind, worn: worn, pace: pace, seed: seed)
                        let times = set.stepTimes(runs: quick ? 3 : 9)
                        sets += 1
                        ends += times.ends
                        others += times.others
                        if let most = times.ends.max(), most > slowest.microseconds {
                            slowest = (
                                most,
                                "\(kind.rawValue), \(worn.count == 1 ? "1 sensor" : "\(worn.count) sensors")"
                                    + ", tempo x \(pace)"
                            )
                        }
                    }
                }
            }
        }
        let (ending, other) = (Sorted(ends), Sorted(others))
        let details = [
            "sets": Double(sets), "repetitions": Double(ends.count),
            "samples": Double(others.count),
            "p50_us": ending.median, "p95_us": ending.quantile(0.95), "maximum_us": ending.maximum,
            "other_p50_us": other.median, "other_p999_us": other.quantile(0.999),
            "other_maximum_us": other.maximum,
        ]
        let us = Unit.microseconds
        return [
            Figure(
                "repetition-end-p50", "body step that ends a repetition, p50", ending.median, us,
                details: details),
            Figure(
                "repetition-end-worst", "body step that ends a repetition, worst", ending.maximum,
                us, .atMost(goal),
                note: "\(ends.count) repetitions of \(sets) sets; 95 % "
                    + "\(us.text(ending.quantile(0.95))); slowest: \(slowest.set)",
                details: details),
            Figure(
                "body-step-worst", "any other body step of these sets, worst", other.maximum, us,
                .atMost(goal), note: "\(others.count) steps, p50 \(us.text(other.median))",
                details: details),
        ]
    }
}

/// What a body is fed with during one set.
private struct RepetitionSet {
    private let plan: MovementPlan
    private let alignments: [(segment: Segment, alignment: SensorAlignment)]
    private let observations: [(segment: Segment, seen: SegmentObservation)]
    private let begin: Int64

    private static let origin: Int64 = 1_000_000_000_000
    private static let rate = 120.0

    init(_ kind: ExerciseKind, worn: [Segment], pace: Double, seed: UInt64) throws {
        guard let exercise = try Catalogue.load().first(where: { $0.id == kind.rawValue }) else {
            throw BenchError("the catalogue has no \(kind.rawValue)")
        }
        let tempo = kind.usualTempo.map { $0 * pace }
        let side: Side = seed % 2 == 0 ? .left : .right
        let count = 6
        let motion = ExerciseMotion.set(
            kind, side: side, pattern: .level, size: 0, count: count,
            tempo: PhaseTimes(
                raise: tempo[0], hold: tempo[1], lower: tempo[2], rest: tempo[3]),
            seed: seed)
        var random = RandomSource(seed: seed, stream: 99)
        let script = FeedbackTrial.script(
            motion, worn: worn, rate: RepetitionSet.rate, seed: seed, &random)
        var plan = exercise.plan(side: exercise.side == .moving ? side.opposite : side)
        plan.repetitions = UInt16(count)
        self.plan = plan
        begin = RepetitionSet.origin + Int64(FeedbackTrial.stand * 1e9)
        var alignments: [(segment: Segment, alignment: SensorAlignment)] = []
        var observations: [(segment: Segment, seen: SegmentObservation)] = []
        for track in try SyntheticRun(script).tracks {
            let segment = track.worn.segment
            let result = RepetitionSet.observe(track)
            alignments.append((segment, result.alignment))
            observations += result.seen.map { (segment, $0) }
        }
        self.alignments = alignments
        // The pelvis last at equal times, so that it is judged with the others' newest.
        self.observations = observations.sorted {
            ($0.seen.time, $0.segment == .pelvis ? 1 : 0)
                < ($1.seen.time, $1.segment == .pelvis ? 1 : 0)
        }
    }

    private static func observe(
        _ track: SensorTrack
    ) -> (seen: [SegmentObservation], alignment: SensorAlignment) {
        var filter = TiltFilter(samplePeriod: 1 / rate)
        var quiet = QuietStand()
        var seen: [SegmentObservation] = []
        for (index, reading) in track.readings.enumerated() {
            let sample = ImuSample(
                hostTime: origin + reading.hostTime, interval: index == 0 ? 0 : 1 / rate,
                angularRate: reading.angularRate, specificForce: reading.specificForce)
            let estimate = filter.step(sample)
            seen.append(
                SegmentObservation(
                    time: sample.hostTime, interval: sample.interval, period: 1 / rate,
                    upInSensor: estimate.up, specificForce: sample.specificForce,
                    sigma: estimate.sigma, saturated: false,
                    unknown: estimate.flags.has(.unknown), batched: false,
                    angularRate: sample.angularRate))
            let time = Double(reading.hostTime) * 1e-9
            if time > FeedbackTrial.stand - 5.5, time < FeedbackTrial.stand - 0.2 {
                quiet.add(sample, up: estimate.up, sigma: estimate.sigma)
            }
        }
        let segmentFromSensor = track.worn.sensor.sensorFromSegment.inverse
        return (
            seen,
            SensorAlignment(
                segmentFromSensor: segmentFromSensor,
                neutral: quiet.neutral(segmentFromSensor: segmentFromSensor),
                calmJerk: quiet.calmJerk, standSigma: quiet.sigma)
        )
    }

    /// µs of every step of the pelvis within the set, those that end a repetition apart.
    func stepTimes(runs: Int) -> (ends: [Double], others: [Double]) {
        var passes: [[(time: Int64, ends: Bool)]] = []
        for _ in 0..<runs { passes.append(pass()) }
        var ends: [Double] = []
        var others: [Double] = []
        for (index, step) in (passes.first ?? []).enumerated() {
            let time = Sorted(passes.map { Double($0[index].time) * 1e-3 }).minimum
            if step.ends { ends.append(time) } else { others.append(time) }
        }
        return (ends, others)
    }

    @inline(never)
    private func pass() -> [(time: Int64, ends: Bool)] {
        var body = Body()
        for (segment, alignment) in alignments { body.align(segment, alignment) }
        var steps: [(time: Int64, ends: Bool)] = []
        steps.reserveCapacity(observations.count)
        var hasBegun = false
        for (segment, seen) in observations {
            if !hasBegun, seen.time >= begin {
                body.begin(plan, time: seen.time)
                hasBegun = true
            }
            var frame = MotionFrame()
            let start = MonotonicClock.now()
            frame.time = seen.time
            frame.arrival = seen.time
            frame.alert = body.step(segment, seen, frame: &frame)
            let end = MonotonicClock.now()
            guard hasBegun, segment == .pelvis else { continue }
            steps.append((end - start, frame.repetition != nil))
        }
        return steps
    }
}
