// The catalogue's exercises as trials: the pelvis of synthetic people, with the true vertical.

import Exercises
import Kinematics
import Movement
import Synthetic

/// What no recording with cameras holds: a pelvis that sits down, lands, lies and walks.
///
/// As the daemon meets it. The truth is the sensor's own orientation, skin included.
enum AccuracyPeople {
    /// Rate of the cheap sensors that most people wear, Hz.
    static let rateHertz = 60.0
    /// s of quiet standing before an exercise, as before every set.
    private static let stand = 8.0

    /// Every exercise once by each of `count` people; only the exercise counts.
    static func cases(people count: Int, seed: UInt64 = 1) throws -> [AccuracyCase] {
        var cases: [AccuracyCase] = []
        for kind in ExerciseKind.allCases where kind != .habits {
            for person in 0..<UInt64(count) {
                let trial = try trial(kind, seed: seed + person)
                cases.append(AccuracyCase("\(kind.rawValue), pelvis at 60 Hz", trial))
            }
        }
        return cases
    }

    private static func trial(_ kind: ExerciseKind, seed: UInt64) throws -> AccuracyTrial {
        let tempo = kind.usualTempo
        let isWalk = kind == .gait || kind == .carry
        let motion = ExerciseMotion.set(
            kind, side: seed % 2 == 0 ? .left : .right, pattern: .level, size: 0,
            count: isWalk ? 70 : kind.isSteps ? 14 : 6,
            tempo: PhaseTimes(raise: tempo[0], hold: tempo[1], lower: tempo[2], rest: tempo[3]),
            clean: 0, seed: seed)
        var random = RandomSource(seed: seed, stream: 99)
        var script = Script()
        script.seed = seed
        script.person = FeedbackTrial.person(&random)
        script.tasks = [
            NamedTask(name: "stand", task: .quietStand(seconds: stand)),
            NamedTask(name: "set", task: .exercise(motion)),
        ]
        script.sensors = [
            FeedbackTrial.sensor(.pelvis, rate: rateHertz, seed: seed, &random)
        ]
        let run = try SyntheticRun(script)
        guard let track = run.track(.pelvis), track.truth.count == track.readings.count else {
            throw BenchError("the synthetic person of \(kind.rawValue) has no truth")
        }
        return AccuracyTrial(
            name: "\(kind.rawValue) \(seed)", rateHertz: rateHertz,
            measured: track.readings.map { ($0.angularRate, $0.specificForce) },
            truth: track.truth.map { row in
                seconds(fromNanoseconds: row.time) < stand
                    ? nil : row.worldFromSensor.destinationZInSource
            })
    }
}
