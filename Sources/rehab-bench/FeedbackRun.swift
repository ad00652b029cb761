// Synthetic people do every exercise with every pattern; what was cued, counted and named is scored.

import Estimation
import Exercises
import Kinematics
import Movement
import Synthetic

/// One exercise done once by one synthetic person.
struct FeedbackTrial {
    var exercise: Exercise
    var truth: [RepetitionTruth]
    var pattern: PlantedPattern
    /// Size of the planted pattern, rad or share.
    var size: Double
    var record: SetRecord
    /// Cues: s since the start of the motion, rule, signal.
    var cues: [(time: Double, alert: Alert)]
    /// s of the set, getting in place and back included.
    var length: Double
    var seed: UInt64
    var shape: MovementShape
    /// The way out goes down.
    var lowersFirst: Bool
    /// s that the foot was off the floor in a hold.
    var heldFor: Double

    /// The phases of every repetition as they count.
    var countedPhases: [PhaseTimes] {
        PhaseTimes.counted(truth.map(\.phases), shape, lowersFirst: lowersFirst)
    }

    private static let origin: Int64 = 1_000_000_000_000

    /// s since the start of the motion.
    func after(_ time: Int64) -> Double {
        seconds(fromNanoseconds: time - FeedbackTrial.origin)
    }

    /// s of quiet standing before the set: it gives the neutral.
    static let stand = 8.0

    /// Runs the person, the sensors, the tilt filters and the body.
    ///
    /// `isOtherLeg`: the person was asked for the leg that is not the exercise's.
    static func run(
        _ exercise: Exercise, kind: ExerciseKind, pattern: PlantedPattern, size: Double,
        count: Int, worn: [Segment], side: Side, seed: UInt64, shape: MovementShape,
        rateHertz: Double = 60, isOtherLeg: Bool = false
    ) throws -> FeedbackTrial {
        let tempo = kind.usualTempo
        let motion = ExerciseMotion.set(
            kind, side: side, pattern: pattern, size: size, count: count,
            tempo: PhaseTimes(
                raise: tempo[0], hold: tempo[1], lower: tempo[2], rest: tempo[3]),
            clean: kind.isSteps ? (kind == .gait || kind == .carry ? 44 : 4) : 2, seed: seed)
        var random = RandomSource(seed: seed, stream: 99)
        var script = script(motion, worn: worn, rate: rateHertz, seed: seed, &random)
        script.person.shape = shape
        let run = try SyntheticRun(script)
        let segments = run.tracks.map { segment($0, rate: rateHertz, &random) }
        // A person who is asked for a side names the leg that the exercise is about.
        let meant = exercise.side == .moving ? side.opposite : side
        var plan = exercise.plan(side: isOtherLeg ? meant.opposite : meant)
        plan.repetitions = UInt16(clamping: exercise.task == .repetitions ? count : 0)
        let start = origin + Int64(stand * 1e9)
        let frames = OfflineBody.frames(segments, plan: plan, from: start)
        var record = SetRecord(plan: plan)
        var cues: [(time: Double, alert: Alert)] = []
        for frame in frames where frame.time >= start {
            record.add(frame)
            if let alert = frame.alert {
                cues.append((seconds(fromNanoseconds: frame.time - origin), alert))
            }
        }
        if let last = frames.last { record.finish(at: last.time) }
        return FeedbackTrial(
            exercise: exercise, truth: motion.truth(from: stand), pattern: pattern, size: size,
            record: record, cues: cues, length: motion.duration, seed: seed,
            shape: shape, lowersFirst: kind.lowersFirst,
            heldFor: motion.heldFor)
    }

    /// A person who stands for `stand` s and does a set.
    static func script(
        _ motion: ExerciseMotion, worn: [Segment], rate: Double, seed: UInt64,
        _ random: inout RandomSource
    ) -> Script {
        var script = Script()
        script.seed = seed
        script.person = person(&random)
        script.tasks = [
            NamedTask(name: "stand", task: .quietStand(seconds: stand)),
            NamedTask(name: "set", task: .exercise(motion)),
        ]
        script.sensors = worn.map { sensor($0, rate: rate, seed: seed, &random) }
        return script
    }

    /// Somebody's own posture, sway and weight shift.
    static func person(_ random: inout RandomSource) -> Person {
        var person = Person()
        person.neutralTilt = (4 + 8 * random.uniform()) * radiansPerDegree
        person.neutralObliquity = (2 * random.uniform() - 1) * radiansPerDegree
        person.swayAngle = (0.15 + 0.2 * random.uniform()) * radiansPerDegree
        person.shift = 0.055 + 0.03 * random.uniform()
        return person
    }

    /// A sensor strapped on somehow, as good as consumer parts are.
    static func sensor(
        _ segment: Segment, rate: Double, seed: UInt64, _ random: inout RandomSource
    ) -> WornSensor {
        var worn = WornSensor(segment: segment)
        worn.sensor.rate = rate
        worn.sensor.seed = seed &* 31 &+ UInt64(segment.index)
        func spread() -> Double { 2 * random.uniform() - 1 }
        worn.sensor.gyroscopeBias =
            Vector3(spread(), spread(), spread()) * (0.2 * radiansPerDegree)
        worn.sensor.accelerometerBias = Vector3(spread(), spread(), spread()) * 0.04
        // Sensors are strapped on any way round, some degrees askew.
        let turned = Double(seed % 4) * Double.pi / 2
        worn.sensor.sensorFromSegment = SensorModel.mounting(
            yaw: 0.25 * spread(), roll: turned + 0.15 * spread(), pitch: 0.15 * spread())
        // From half to twice the noise of a consumer part, and skin that gives way or not.
        let noise = 0.5 + 1.5 * random.uniform() * random.uniform()
        worn.sensor.gyroscopeNoise *= noise
        worn.sensor.accelerometerNoise *= noise
        worn.sensor.wobble.compliance =
            seed % 3 == 0 ? 0.1 * radiansPerDegree * random.uniform() : 0
        return worn
    }

    /// The filter over a track; the alignment is the true one with up to 2° of yaw error.
    private static func segment(
        _ track: SensorTrack, rate: Double, _ random: inout RandomSource
    ) -> OfflineSegment {
        var filter = TiltFilter(samplePeriod: 1 / rate)
        var samples: [OfflineSegment.Sample] = []
        var quiet = QuietStand()
        for (index, reading) in track.readings.enumerated() {
            let sample = ImuSample(
                hostTime: origin + reading.hostTime, interval: index == 0 ? 0 : 1 / rate,
                angularRate: reading.angularRate, specificForce: reading.specificForce)
            let estimate = filter.step(sample)
            samples.append(
                OfflineSegment.Sample(
                    sample: sample, worldFromSensor: estimate.worldFromSensor,
                    sigma: estimate.sigma, unknown: estimate.flags.has(.unknown)))
            let time = seconds(fromNanoseconds: reading.hostTime)
            if time > stand - 5.5, time < stand - 0.2 {
                quiet.add(
                    sample, up: estimate.worldFromSensor.destinationZInSource,
                    sigma: estimate.sigma)
            }
        }
        let error = Rotation(
            axis: Vector3(0, 1, 0), angle: (2 * random.uniform() - 1) * 2 * radiansPerDegree)
        let segmentFromSensor = error * track.worn.sensor.sensorFromSegment.inverse
        return OfflineSegment(
            segment: track.worn.segment, period: 1 / rate, samples: samples,
            alignment: SensorAlignment(
                segmentFromSensor: segmentFromSensor,
                neutral: quiet.neutral(segmentFromSensor: segmentFromSensor),
                calmJerk: quiet.calmJerk, standSigma: quiet.sigma))
    }
}
