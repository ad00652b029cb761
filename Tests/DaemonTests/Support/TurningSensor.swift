// A sensor on a person who stands, turns half round on the spot and stands again: plain mechanics.

import Kinematics
import Synthetic

/// Its readings over time.
///
/// The person leans a little and sways; the turn is a smooth half turn. The accelerometer reads
/// `accelerometerBias` too much.
package struct TurningSensor: Sendable {
    /// s: when the turn begins and how long it takes.
    package var turnStart = 8.0
    package var turnLength = 3.0
    /// rad.
    package var turn = Double.pi
    package var sensorFromSegment = SensorModel.mounting(yaw: 0.3, roll: -0.15, pitch: 0.25)
    package var accelerometerBias = Vector3(0.25, -0.1, 0.2)
    package var gyroscopeBias = Vector3(0.004, -0.003, 0.005)
    /// Lean of the segment, rad: forward, and to the right.
    package var tilt = 6 * radiansPerDegree
    package var lean = 1 * radiansPerDegree
    /// Change of the tilt during the turn, rad.
    package var tiltChange = 0.0
    /// s between samples, and of the recording.
    package var period = 0.016_667
    package var length = 40.0

    package init() {}

    /// Up in sensor axes while standing, apart from sway.
    package var up: Vector3 { orientation(0).inverse.apply(Vector3(0, 0, 1)) }

    /// The part of the bias across the vertical: what a turn about it can show.
    package var horizontalBias: Vector3 {
        accelerometerBias - up * accelerometerBias.dot(up)
    }

    /// What a segment's angles read where the accelerometer tells "up", rad: with its bias or without.
    ///
    /// Obliquity is −asin z, anterior tilt −atan2(x, y) of up in segment axes.
    package func angles(biased: Bool) -> (obliquity: Double, anteriorTilt: Double) {
        let force = up * standardGravity + (biased ? accelerometerBias : .zero)
        let segment = sensorFromSegment.inverse.apply(force)
        return (
            -arcsine(segment.z / segment.norm), -arctangent(y: segment.x, x: segment.y)
        )
    }

    /// The file that a calibration leaves for a sensor of that name on the pelvis, the neutral read
    /// with the bias.
    package func calibrationFile(of name: String) -> String {
        let rotation = sensorFromSegment.inverse
        let neutral = angles(biased: true)
        return """
            {
              "version": 1, "sensor": "\(name)", "segment": "pelvis",
              "date": "\(isoTime())",
              "alignment": [\(rotation.w), \(rotation.x), \(rotation.y), \(rotation.z)],
              "neutral_obliquity_rad": \(neutral.obliquity),
              "neutral_anterior_tilt_rad": \(neutral.anteriorTilt),
              "calm_jerk_m_s3": 2.0, "stand_sigma_rad": 0.004,
              "axis_variance_explained": 0.99, "force_norm_m_s2": 9.81, "sign_proof": "agreed"
            }
            """
    }

    /// How far the turn has come: a smooth step (3s² − 2s³).
    private func share(_ time: Double) -> Double {
        let share = min(1, max(0, (time - turnStart) / turnLength))
        return share * share * (3 - 2 * share)
    }

    /// Sensor to world, z up, without sway.
    private func orientation(_ time: Double) -> Rotation {
        // Segment axes in the world: X forward, Y up, Z right.
        let upright = Rotation(
            columnX: Vector3(1, 0, 0), columnY: Vector3(0, 0, 1), columnZ: Vector3(0, -1, 0))
        // 0.25 degrees of sway at 0.3 Hz, forward and back.
        let sway = 0.25 * radiansPerDegree * sineAndCosine(2 * Double.pi * 0.3 * time).sine
        let leaning =
            Rotation(axis: Vector3(0, 0, 1), angle: -(tilt + tiltChange * share(time) + sway))
            * Rotation(axis: Vector3(1, 0, 0), angle: lean)
        return Rotation(axis: Vector3(0, 0, 1), angle: turn * share(time)) * upright * leaning
            * sensorFromSegment.inverse
    }

    /// All packets of a Movella DOT, sent as they are taken.
    package func packets() -> [TimedPacket] {
        var random = RandomSource(seed: 7, stream: 1)
        var packets: [TimedPacket] = []
        let step = 0.001
        for index in 0..<Int(length / period) {
            let time = Double(index) * period
            let now = orientation(time)
            let change = now.inverse * orientation(time + step)
            let sign = change.w < 0 ? -2.0 : 2.0
            let rate = Vector3(change.x, change.y, change.z) * (sign / step)
            let force = now.inverse.apply(Vector3(0, 0, standardGravity))
            func noise(_ size: Double) -> Vector3 {
                Vector3(random.gaussian(), random.gaussian(), random.gaussian()) * size
            }
            let reading = SensorReading(
                index: UInt64(index), sensorTime: UInt64(1_000_000 + index * 16_667),
                hostTime: Int64(time * 1e9),
                angularRate: rate + gyroscopeBias + noise(0.1 * radiansPerDegree),
                specificForce: force + accelerometerBias + noise(0.02), worldFromSensor: now)
            packets.append(
                TimedPacket(
                    time: Int64(time * 1e9), bytes: DotPackets.encode(reading, mode: .custom5)))
        }
        return packets
    }
}
