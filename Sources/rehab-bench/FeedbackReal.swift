// Labelled stretches of real recordings, standing and walking, in which nothing wants a cue.

import Estimation
import Exercises
import Foundation
import Kinematics
import Movement
import SensorTable

/// A stretch of a real recording, with the exercises that it is a right way of doing.
struct RealStretch: Sendable {
    let name: String
    /// Segments and their files, relative to the recordings' directory.
    let files: [(segment: Segment, file: String)]
    /// The person's front in the sensors' axes.
    let forward: Vector3
    /// s of the recording in which each exercise's set runs.
    let from: Double
    let to: Double
    /// Nil: all that people do standing, for which standing still is right, with either side.
    let exercises: [String]?
    /// Those parts of the set, s of the recording, that the data set labels as what the exercise is; what is cued
    /// in between is told, not counted.
    let labelled: [ClosedRange<Double>]

    /// Kinds that are told apart: hours of one would hide what is cued in another.
    enum Kind: String, CaseIterable {
        case standing, walking
        /// A set runs through all daily activities, of which only the walks are labelled.
        case walkingAmongActivities = "walking among daily activities"
    }

    var kind: Kind {
        guard exercises != nil else { return .standing }
        return labelled.count == 1 ? .walking : .walkingAmongActivities
    }

    private static let qmt: [(segment: Segment, file: String)] = [
        (.pelvis, "qmt_full_body/hip.csv"), (.trunk, "qmt_full_body/upper_back.csv"),
        (.leftThigh, "qmt_full_body/upper_leg_left.csv"),
        (.rightThigh, "qmt_full_body/upper_leg_right.csv"),
    ]

    /// The data sets' descriptions label them: standing at 0 to 4.6 and 16.7 to 39 s, straight walks.
    static let all: [RealStretch] =
        [(0.0, 4.6), (16.7, 39.0)].flatMap { from, to in
            [("standing, pelvis", 1), ("standing, four sensors", qmt.count)].map { name, count in
                RealStretch(
                    name: "\(name), from \(from) s", files: Array(qmt.prefix(count)),
                    forward: Vector3(0, 0, -1), from: from, to: to, exercises: nil,
                    labelled: [from...to])
            }
        }
        + [
            "HA_001_Test5_Trial1", "HA_001_Test5_Trial2", "MS_001_Test5_Trial1",
            "MS_001_Test5_Trial2",
        ].map { walk($0, labelled: [0...1_000]) }
        + [walk("HA_001_Test11_Trial1", labelled: boutsOfDailyActivities)]

    private static func walk(_ name: String, labelled: [ClosedRange<Double>]) -> RealStretch {
        RealStretch(
            name: "walking, \(name)", files: [(.pelvis, "lower_back_mobgap/\(name).csv")],
            forward: Vector3(0, 0, 1), from: 0, to: 1_000, exercises: ["gait", "carry"],
            labelled: labelled)
    }

    /// The walking bouts of the simulated daily activities, first to last contact of a foot, s.
    ///
    /// From the reference system of the data set (pressure insoles, inertial and distance sensors), as its
    /// authors print it for this trial: mobgap, commit 7b5eb014, test_icd_evaluation_reference_ics.json.
    private static let boutsOfDailyActivities = [
        6.32...9.87, 28.64...33.24, 38.53...50.84, 76.41...86.20, 94.51...99.31, 119.89...125.16,
    ]
}

/// What was cued in the stretches.
struct RealScore {
    var cues = 0
    /// s of labelled movement over all exercises, and of the recordings themselves.
    var seconds = 0.0
    var recorded = 0.0
    /// Labelled s of the newest set.
    fileprivate var lastSeconds = 0.0
    var steps = 0
    var told: [String] = []
    /// Cues by rule where the movement is labelled, and where it is not.
    var rules: [String: Int] = [:]
    var unlabelled: [String: Int] = [:]
    var unlabelledSeconds = 0.0
    var unlabelledTold: [String] = []

    var falseRate: Double { seconds > 0 ? Double(cues) / seconds * 300 : 0 }

    /// One line for people: what was listened to, and each rule's cues in five minutes.
    var note: String {
        func text(_ rules: [String: Int], _ seconds: Double) -> String {
            rules.sorted { $0.key < $1.key }.map { name, count in
                let rate = (Double(count) / max(seconds, 1) * 3000).rounded() / 10
                return "\(name) \(count) (\(rate) in 5 min)"
            }.joined(separator: ", ")
        }
        var parts = [
            "\(cues) in \(Int(seconds)) s of \(Int(recorded)) s recorded, \(steps) steps"
                + (rules.isEmpty ? "" : ": " + text(rules, seconds)),
            unlabelledSeconds == 0
                ? ""
                : "\(unlabelled.values.reduce(0, +)) in \(Int(unlabelledSeconds)) s between the walks of "
                    + "daily activities, which nobody labelled"
                    + (unlabelled.isEmpty ? "" : ": " + text(unlabelled, unlabelledSeconds)),
        ]
        parts += told
        return parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }
}

enum FeedbackReal {
    private static var rate: Double { 100 }

    static func run(_ options: BenchOptions, kind: RealStretch.Kind) throws -> RealScore {
        let catalogue = try Catalogue.load()
        var score = RealScore()
        for stretch in RealStretch.all where stretch.kind == kind {
            let segments = try stretch.files.map {
                try segment($0.segment, $0.file, of: stretch, options)
            }
            for (place, one) in sets(catalogue, stretch).enumerated() {
                var plan = one.plan
                plan.repetitions = 0
                try score.add(segments, plan: plan, stretch: stretch, exercise: one.name)
                // Two sets on one recording, or one more sensor, are no more of it.
                if place == 0, stretch.files.count == 1 { score.recorded += score.lastSeconds }
            }
        }
        if options.tellsMisses {
            for text in score.told + score.unlabelledTold { print("  real: \(text)") }
        }
        return score
    }

    /// The sets in which the stretch is a right way of moving, or of waiting.
    private static func sets(
        _ catalogue: [Exercise], _ stretch: RealStretch
    ) -> [(name: String, plan: MovementPlan)] {
        catalogue.flatMap { exercise -> [(name: String, plan: MovementPlan)] in
            if let wanted = stretch.exercises {
                // A walk's side is inferred.
                return wanted.contains(exercise.id)
                    ? [(exercise.id, exercise.plan(stanceSide: nil))] : []
            }
            guard exercise.postures.contains(.upright) else { return [] }
            guard exercise.side != nil, exercise.task != .steps else {
                return [(exercise.id, exercise.plan(stanceSide: nil))]
            }
            return Side.allCases.map {
                ("\(exercise.id) \($0.name)", exercise.plan(stanceSide: $0))
            }
        }
    }

    private static func segment(
        _ segment: Segment, _ file: String, of stretch: RealStretch, _ options: BenchOptions
    ) throws -> OfflineSegment {
        let from = stretch.from
        let path = "\(options.data)/\(file)"
        let table = try SensorTable(parsing: try TableFile.read(path).span, file: path)
        var filter = TiltFilter(samplePeriod: 1 / rate)
        var samples: [OfflineSegment.Sample] = []
        for (index, reading) in table.readings.enumerated() {
            let sample = ImuSample(
                hostTime: 1_000_000_000 + Int64(Double(index) / rate * 1e9),
                interval: index == 0 ? 0 : 1 / rate, angularRate: reading.angularRate,
                specificForce: reading.specificForce)
            let estimate = filter.step(sample)
            samples.append(
                OfflineSegment.Sample(
                    sample: sample, worldFromSensor: estimate.worldFromSensor,
                    sigma: estimate.sigma, unknown: estimate.flags.has(.unknown)))
        }
        var result = OfflineSegment(segment: segment, period: 1 / rate, samples: samples)
        result.alignment =
            OfflineBody.alignment(of: result, forward: stretch.forward)?.alignment
        if from > 0, let alignment = result.alignment {
            // As before a set: the neutral is the stand that the stretch begins with.
            var stand = QuietStand()
            let start = 1_000_000_000 + Int64(from * 1e9)
            for entry in samples
            where entry.sample.hostTime >= start && entry.sample.hostTime < start + 5_000_000_000 {
                stand.add(
                    entry.sample, up: entry.worldFromSensor.destinationZInSource,
                    sigma: entry.sigma)
            }
            result.alignment = SensorAlignment(
                segmentFromSensor: alignment.segmentFromSensor,
                neutral: stand.neutral(segmentFromSensor: alignment.segmentFromSensor),
                calmJerk: stand.calmJerk, standSigma: stand.sigma)
        }
        return result
    }
}

extension RealScore {
    fileprivate mutating func add(
        _ segments: [OfflineSegment], plan: MovementPlan, stretch: RealStretch, exercise: String
    ) throws {
        let origin: Int64 = 1_000_000_000
        let (start, end) = (
            origin + Int64(stretch.from * 1e9), origin + Int64(stretch.to * 1e9)
        )
        lastSeconds = 0
        for frame in OfflineBody.frames(segments, plan: plan, from: start)
        where frame.time >= start && frame.time < end {
            let time = Double(frame.time - origin) / 1e9
            let isLabelled = stretch.labelled.contains { $0.contains(time) }
            if isLabelled {
                lastSeconds += frame.sample.interval
                if frame.step != nil { steps += 1 }
            } else {
                unlabelledSeconds += frame.sample.interval
            }
            guard let alert = frame.alert else { continue }
            let text =
                "\(stretch.name), \(exercise): \(alert.rule.name) at \((time * 10).rounded() / 10) s"
            if isLabelled {
                cues += 1
                rules[alert.rule.name, default: 0] += 1
                told.append(text)
            } else {
                unlabelled[alert.rule.name, default: 0] += 1
                unlabelledTold.append(text)
            }
        }
        seconds += lastSeconds
    }
}
