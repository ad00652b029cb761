// Reads the [[sensor]] sections of a script.

import Kinematics
import TomlReading

extension WornSensor {
    init(_ section: TomlSection, seed: UInt64) throws(TomlError) {
        let segmentName = try section.string("segment")
        guard let segment = Segment(name: segmentName) else {
            let known = Segment.allCases.map(\.name).joined(separator: ", ")
            throw section.fault("segment", "is not known; use one of \(known)")
        }
        self.init(name: try section.name("name"), segment: segment)
        switch try section.optionalString("mode") ?? "custom-5" {
        case "custom-5": mode = .custom5
        case "rate-quantities": mode = .rateQuantities
        default:
            throw section.fault("mode", "is not known; use custom-5 or rate-quantities")
        }
        sensor = try SensorModel(section, seed: seed)
        if let inner = try section.section("link") {
            link = try section.within("link") { () throws(TomlError) in
                let model = try LinkModel(inner)
                try inner.finish()
                return model
            }
        }
        link.seed = seed
    }
}

extension SensorModel {
    init(_ section: TomlSection, seed: UInt64) throws(TomlError) {
        self.init()
        self.seed = seed
        rate = try section.optionalDouble("rate_hz", in: 1...1_000) ?? rate
        sensorFromSegment = try Self.mounting(section)
        gyroscopeNoise = try section.degrees("gyroscope_noise_deg_s", in: 0...100) ?? gyroscopeNoise
        accelerometerNoise =
            try section.optionalDouble("accelerometer_noise_m_s2", in: 0...20) ?? accelerometerNoise
        gyroscopeBias =
            (try section.vector("gyroscope_bias_deg_s", in: -100...100) ?? .zero)
            * radiansPerDegree
        accelerometerBias = try section.vector("accelerometer_bias_m_s2", in: -5...5) ?? .zero
        gyroscopeScale = try section.vector("gyroscope_scale", in: 0.5...2) ?? gyroscopeScale
        accelerometerScale =
            try section.vector("accelerometer_scale", in: 0.5...2) ?? accelerometerScale
        gyroscopeRange =
            try section.degrees("gyroscope_range_deg_s", in: 10...4_000) ?? gyroscopeRange
        accelerometerRange =
            (try section.optionalDouble("accelerometer_range_g", in: 1.5...64)).map {
                $0 * standardGravity
            }
            ?? accelerometerRange
        wobble.compliance =
            try section.degrees("wobble_degrees_per_m_s2", in: 0...2) ?? wobble.compliance
        wobble.frequency = try section.optionalDouble("wobble_hz", in: 1...30) ?? wobble.frequency
        wobble.damping =
            try section.optionalDouble("wobble_damping", in: 0.01...2) ?? wobble.damping
        clockSkew =
            (try section.optionalDouble("clock_percent", in: -3...3)).map { $0 / 100 } ?? clockSkew
        clockStart = UInt32(try section.optionalInt("clock_start_us", in: 0...4_294_967_295) ?? 0)
        firstSample = Int64(
            (try section.optionalDouble("first_sample_ms", in: 0...60_000) ?? 0) * 1e6)
    }

    /// Three angles or a quaternion; none of them is no turn.
    private static func mounting(_ section: TomlSection) throws(TomlError) -> Rotation {
        let yaw = try section.degrees("yaw_degrees", in: -360...360)
        let roll = try section.degrees("roll_degrees", in: -360...360)
        let pitch = try section.degrees("pitch_degrees", in: -360...360)
        let key = "sensor_from_segment"
        guard section.has(key) else {
            return mounting(yaw: yaw ?? 0, roll: roll ?? 0, pitch: pitch ?? 0)
        }
        let parts = try section.doubles(key, in: -1...1, count: 4...4)
        guard yaw == nil, roll == nil, pitch == nil else {
            throw section.fault(key, "stands beside mounting angles; keep one of them")
        }
        let rotation = Rotation(w: parts[0], x: parts[1], y: parts[2], z: parts[3])
        let square = (rotation * rotation.inverse).w
        guard square > 0.98, square < 1.02 else {
            throw section.fault(key, "must be w, x, y, z of length one")
        }
        return rotation.normalized()
    }
}

extension LinkModel {
    init(_ section: TomlSection) throws(TomlError) {
        self.init()
        func nanoseconds(_ milliseconds: Double?) -> Int64? { milliseconds.map { Int64($0 * 1e6) } }
        func share(_ percent: Double?) -> Double? { percent.map { $0 / 100 } }
        interval = nanoseconds(try section.optionalDouble("interval_ms", in: 0...4_000)) ?? interval
        latency = nanoseconds(try section.optionalDouble("latency_ms", in: 0...5_000)) ?? latency
        jitter = nanoseconds(try section.optionalDouble("jitter_ms", in: 0...5_000)) ?? jitter
        independentLoss =
            share(try section.optionalDouble("loss_percent", in: 0...100)) ?? independentLoss
        burstLoss = share(try section.optionalDouble("burst_loss_percent", in: 0...90)) ?? burstLoss
        burstLength = try section.optionalDouble("burst_packets", in: 1...10_000) ?? burstLength
        duplicates =
            share(try section.optionalDouble("duplicate_percent", in: 0...100)) ?? duplicates
        late = share(try section.optionalDouble("late_percent", in: 0...100)) ?? late
        latePlaces = try section.optionalInt("late_places", in: 1...3) ?? latePlaces
    }
}
