// A recording with an optical reference, brought to another rate, and how an orientation is scored.

import Foundation
import Kinematics
import SensorTable

/// One trial: readings at an even rate, and the true vertical where the cameras saw the body.
struct AccuracyTrial: Sendable {
    let name: String
    let rateHertz: Double
    var readings: [SensorReading]
    /// True up in sensor axes; nil where it does not count (no movement, no reference).
    var truth: [Vector3?]
    /// First sample of the movement.
    let movement: Int

    /// Rate of the BROAD trials, Hz.
    static let broadRate = 2000.0 / 7

    static let names = [
        "02_undisturbed_slow_rotation_B", "07_undisturbed_fast_rotation_B",
        "12_undisturbed_slow_translation_C", "16_undisturbed_fast_translation_B",
        "24_disturbed_tapping_A", "32_disturbed_attached_magnet_1cm",
    ]

    /// Those whose movement is slow (E6).
    static let slow = [0, 2, 4]

    init(_ name: String, directory: String) throws {
        let path = "\(directory)/broad/\(name).csv"
        let bytes = try TableFile.read(path)
        let table = try SensorTable(parsing: bytes.span, file: path)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
        guard lines.count == table.readings.count else {
            throw BenchError("\(path) is no BROAD trial")
        }
        self.name = name
        rateHertz = AccuracyTrial.broadRate
        readings = table.readings
        // Columns 6 to 9 are the reference, column 10 says whether the authors count the sample.
        truth = lines.map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 11, fields[10].first == "1" else { return nil }
            let q = fields[6..<10].compactMap { Double($0) }
            guard q.count == 4 else { return nil }
            let length = (q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]).squareRoot()
            return Rotation(
                w: q[0] / length, x: q[1] / length, y: q[2] / length, z: q[3] / length
            ).destinationZInSource
        }
        movement = truth.firstIndex { $0 != nil } ?? 0
    }

    /// What a sensor read, and the true up beside each reading.
    init(
        name: String, rateHertz: Double, measured: [(rate: Vector3, force: Vector3)],
        truth: [Vector3?]
    ) {
        self.init(
            name: name, rateHertz: rateHertz,
            readings: measured.map {
                SensorReading(angularRate: $0.rate, specificForce: $0.force)
            }, truth: truth)
    }

    private init(
        name: String, rateHertz: Double, readings: [SensorReading], truth: [Vector3?]
    ) {
        self.name = name
        self.rateHertz = rateHertz
        self.readings = readings
        self.truth = truth
        movement = truth.firstIndex { $0 != nil } ?? 0
    }

    /// The same with the mean of each `count` samples in the place of the last of them.
    func averaged(_ count: Int) -> AccuracyTrial {
        guard count > 1 else { return self }
        var means: [SensorReading] = []
        var truths: [Vector3?] = []
        for start in stride(from: 0, to: readings.count - count + 1, by: count) {
            let part = readings[start..<start + count]
            let rate = part.reduce(Vector3.zero) { $0 + $1.angularRate }
            let force = part.reduce(Vector3.zero) { $0 + $1.specificForce }
            let scale = 1 / Double(count)
            means.append(SensorReading(angularRate: rate * scale, specificForce: force * scale))
            truths.append(truth[start + count - 1])
        }
        return AccuracyTrial(
            name: name, rateHertz: rateHertz / Double(count), readings: means, truth: truths)
    }

    /// From a sample on.
    func from(_ start: Int) -> AccuracyTrial {
        AccuracyTrial(
            name: name, rateHertz: rateHertz, readings: Array(readings.dropFirst(start)),
            truth: Array(truth.dropFirst(start)))
    }

    /// With each reading changed.
    func mapped(_ change: (SensorReading) -> SensorReading) -> AccuracyTrial {
        var trial = self
        trial.readings = readings.map(change)
        return trial
    }
}

/// The angle between true and estimated up, gathered over samples.
struct AccuracyScore: Sendable {
    private var sum = 0.0
    private var count = 0.0
    private var within = 0.0

    /// Takes a sample; `sigma` in rad, nil for peers that tell none.
    mutating func add(_ up: Vector3, truth: Vector3, sigma: Double?) {
        let angle = arctangent(y: up.cross(truth).norm, x: up.dot(truth))
        sum += angle * angle
        count += 1
        if let sigma, angle < 2 * sigma { within += 1 }
    }

    var degrees: Double { (sum / max(count, 1)).squareRoot() * degreesPerRadian }
    /// Share of the samples whose error lies within 2 sigma.
    var coverage: Double { within / max(count, 1) }
}
