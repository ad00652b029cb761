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
    /// s of the recording.
    let from: Double
    let to: Double
    /// Standing still is right in each of these; so is walking in the walks.
    let exercises: [String]
    /// False: daily activities between walks, which nobody labelled; told, not counted.
    var isLabelled = true

    private static let qmt: [(segment: Segment, file: String)] = [
        (.pelvis, "qmt_full_body/hip.csv"), (.trunk, "qmt_full_body/upper_back.csv"),
        (.leftThigh, "qmt_full_body/upper_leg_left.csv"),
        (.rightThigh, "qmt_full_body/upper_leg_right.csv"),
    ]

    private static let standing = [
        "static-abd-stand", "squat", "hinge", "habits", "march", "side-step",
    ]

    /// The data sets' descriptions label them: standing at 16.7 to 39 s, straight walks.
    static let all: [RealStretch] =
        [
            RealStretch(
                name: "standing, pelvis", files: Array(qmt.prefix(1)), from: 16.7, to: 39,
                exercises: standing),
            RealStretch(
                name: "standing, four sensors", files: qmt, from: 16.7, to: 39,
                exercises: standing),
        ]
        + [
            "HA_001_Test5_Trial1", "HA_001_Test5_Trial2", "MS_001_Test5_Trial1",
            "MS_001_Test5_Trial2", "HA_001_Test11_Trial1",
        ].map { name in
            RealStretch(
                name: "walking, \(name)",
                files: [(.pelvis, "lower_back_mobgap/\(name).csv")], from: 0, to: 1_000,
                exercises: ["gait", "carry"], isLabelled: !name.contains("Test11"))
        }
}

/// What was cued in the stretches.
struct RealScore {
    var cues = 0
    var seconds = 0.0
    var steps = 0
    var told: [String] = []
    /// Cues in stretches without labels.
    var unlabelled = 0

    var falseRate: Double { seconds > 0 ? Double(cues) / seconds * 300 : 0 }
}

enum FeedbackReal {
    private static var rate: Double { 100 }

    static func run(_ options: BenchOptions) throws -> RealScore {
        let catalogue = try Catalogue.load()
        var score = RealScore()
        for stretch in RealStretch.all {
            let segments = try stretch.files.map {
                try segment($0.segment, $0.file, standing: stretch.from, options)
            }
            for id in stretch.exercises {
                guard let exercise = catalogue.first(where: { $0.id == id }) else { continue }
                var plan = exercise.plan(side: nil)
                plan.repetitions = 0
                try score.add(segments, plan: plan, stretch: stretch, exercise: id)
            }
        }
        return score
    }

    private static func segment(
        _ segment: Segment, _ file: String, standing from: Double, _ options: BenchOptions
    ) throws -> OfflineSegment {
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
        // Both data sets wear their sensors with z out of the back.
        result.alignment =
            OfflineBody.alignment(of: result, forward: Vector3(0, 0, -1))?.alignment
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
        var plan = plan
        // A walk's side is inferred; standing needs none.
        plan.stanceSide = nil
        for frame in OfflineBody.frames(segments, plan: plan, from: start)
        where frame.time >= start && frame.time < end {
            if stretch.isLabelled {
                seconds += frame.sample.interval
                if frame.step != nil { steps += 1 }
            }
            guard let alert = frame.alert else { continue }
            let at = Double((frame.time - origin) / 100_000_000) / 10
            guard stretch.isLabelled else {
                unlabelled += 1
                continue
            }
            cues += 1
            told.append("\(stretch.name), \(exercise): \(alert.rule.name) at \(at) s")
        }
    }
}
