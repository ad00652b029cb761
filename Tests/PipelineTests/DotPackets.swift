// Movella DOT packets by hand, and small recordings made of them.

import Glibc
import Kinematics
import Movement
import Pipeline
import Wearables

/// A measurement packet after the vendor's sheet: u32 microseconds, in mode 26 a quaternion, then
/// acceleration (m/s²) and angular rate (deg/s), all little-endian.
enum DotPacket {
    /// 2002, mode 26.
    static let long = CharacteristicIndex(rawValue: 0)
    /// 2003, mode 21.
    static let medium = CharacteristicIndex(rawValue: 1)

    static func mode26(
        microseconds: UInt32, force: Vector3, rateDegrees: Vector3
    ) -> [UInt8] {
        bytes(microseconds, [1, 0, 0, 0] + numbers(force) + numbers(rateDegrees))
    }

    static func mode21(
        microseconds: UInt32, force: Vector3, rateDegrees: Vector3
    ) -> [UInt8] {
        bytes(microseconds, numbers(force) + numbers(rateDegrees))
    }

    private static func numbers(_ v: Vector3) -> [Float] { [Float(v.x), Float(v.y), Float(v.z)] }

    private static func bytes(_ microseconds: UInt32, _ floats: [Float]) -> [UInt8] {
        ([microseconds] + floats.map(\.bitPattern)).flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }
}

/// One packet on its way, as a recording keeps it.
struct Sent: Sendable {
    var channel: UInt8
    var characteristic: CharacteristicIndex
    var arrival: Int64
    var bytes: [UInt8]

    /// With the head of a door with stamps in band.
    func withHead(order: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: arrival) >> (8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: order >> (8 * $0)) } + bytes
    }
}

/// A sensor in a made-up session.
struct SessionSensor {
    var segment: Segment?
    var rate = 60.0
    /// Its clock's error, parts of one.
    var clockError = 0.0
    var mode26 = true
}

/// A made-up session: packets in the order of their arrival, commands with their places.
struct MadeUpSession {
    var sensors: [SessionSensor]
    var packets: [Sent] = []
    var commands: [(after: UInt64, action: EstimatorAction)] = []

    /// Obliquity of the pelvis, degrees: level, then a drop of the left side, then a hike.
    static func obliquity(_ time: Double) -> Double {
        func bump(_ start: Double, _ size: Double) -> Double {
            let part = (time - start) / 3
            return part > 0 && part < 1 ? size * pow(sin(Double.pi * part), 2) : 0
        }
        return 0.05 * sin(2 * time) + bump(8, -8) + bump(13, 9)
    }

    /// `seconds` of several sensors at once with jitter, bursts and losses, right stance.
    init(_ sensors: [SessionSensor], seconds: Double, seed: UInt64, start: Int64 = 7_000_000_000) {
        self.sensors = sensors
        var random = SeededRandom(seed: seed)
        for (channel, sensor) in sensors.enumerated() {
            var lastArrival: Int64 = 0
            for index in 0..<Int(seconds * sensor.rate) {
                let time = Double(index) / sensor.rate * (1 + sensor.clockError)
                // One packet in fifty is lost, and a dozen in a row once.
                let isLost =
                    Int.random(in: 0..<50, using: &random) == 0 || (960..<972).contains(index)
                // Connection events every 30 ms, now and then a late one.
                let event = (time / 0.03).rounded(.up) * 0.03
                var delay = Double.random(in: 0...0.004, using: &random)
                if Int.random(in: 0..<100, using: &random) == 0 { delay += 0.12 }
                let arrival = max(lastArrival, start + Int64((event + delay) * 1e9))
                if isLost { continue }
                lastArrival = arrival + 1
                let angle = Self.obliquity(time) * radiansPerDegree
                let rate =
                    (Self.obliquity(time + 0.001) - Self.obliquity(time - 0.001)) / 0.002
                // Obliquity turns about X: up in the sensor is (0, cos, −sin).
                let force =
                    Vector3(0, cos(angle), -sin(angle)) * standardGravity
                    + Vector3(random.normal(0.02), random.normal(0.02), random.normal(0.02))
                let rateDegrees = Vector3(
                    rate + random.normal(0.1), random.normal(0.1), random.normal(0.1))
                let microseconds = UInt32(
                    truncatingIfNeeded: 4_290_000_000 + Int64(Double(index) / sensor.rate * 1e6))
                packets.append(
                    Sent(
                        channel: UInt8(channel),
                        characteristic: sensor.mode26 ? DotPacket.long : DotPacket.medium,
                        arrival: arrival,
                        bytes: sensor.mode26
                            ? DotPacket.mode26(
                                microseconds: microseconds, force: force, rateDegrees: rateDegrees)
                            : DotPacket.mode21(
                                microseconds: microseconds, force: force, rateDegrees: rateDegrees))
                )
            }
        }
        packets.sort { ($0.arrival, $0.channel) < ($1.arrival, $1.channel) }
        for (channel, sensor) in sensors.enumerated() {
            commands.append(
                (
                    0,
                    .attach(
                        channel: UInt8(channel), samplePeriod: 1 / sensor.rate,
                        segment: sensor.segment)
                ))
            commands.append(
                (
                    0,
                    .align(
                        channel: UInt8(channel),
                        alignment: SensorAlignment(
                            segmentFromSensor: .identity,
                            neutral: SegmentAngles(obliquity: 0, anteriorTilt: 0), calmJerk: 3))
                ))
        }
        commands.append((20, .begin(plan: Self.plan)))
    }

    /// C01, C04 and C19 of the one-leg stand on the right leg.
    static var plan: MovementPlan {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: .right, targetHold: 5)
        _ = plan.add(
            Rule(
                id: .pelvicDrop, signal: .drop, on: 4 * radiansPerDegree,
                off: 2.5 * radiansPerDegree,
                minimumOn: 0.5))
        _ = plan.add(
            Rule(
                id: .hipHike, signal: .hike, on: 5 * radiansPerDegree, off: 3.5 * radiansPerDegree,
                minimumOn: 0.3))
        _ = plan.add(
            Rule(id: .balanceLost, signal: .jerkRatio, on: 5, off: 4, minimumOn: 0))
        return plan
    }
}

/// Every field of a frame, bit for bit.
func bits(_ frame: MotionFrame) -> String {
    func bits(_ values: Double...) -> String {
        values.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
    }
    let s = frame.sample
    let q = frame.worldFromSensor
    var words = [
        "\(frame.sequence) \(frame.channel) \(frame.segment?.name ?? "-") \(frame.time) \(frame.arrival)",
        "\(s.hostTime) \(s.deviceTime) \(s.flags.rawValue)",
        bits(s.interval, s.angularRate.x, s.angularRate.y, s.angularRate.z),
        bits(s.specificForce.x, s.specificForce.y, s.specificForce.z),
        bits(q.w, q.x, q.y, q.z, frame.sigma), "\(frame.tiltFlags) \(frame.posture.name)",
        "\(frame.gates.rawValue) \(frame.stanceSide?.name ?? "-") \(frame.stanceSource.name)",
        "\(frame.phase.name) \(frame.holdStart) \(frame.holdEndTime) \(frame.holdEnd.name)",
        bits(frame.holdSeconds, frame.obliquity, frame.anteriorTilt, frame.trunkLean, frame.drop),
        "\(frame.completedHolds) \(frame.activeRules) \(frame.judgedRules) \(frame.command)",
    ]
    if let alert = frame.alert {
        words.append(
            "alert \(alert.number) \(alert.sequence) \(alert.time) \(alert.crossed) "
                + "\(alert.rule.name) \(alert.signal.name) \(bits(alert.value)) "
                + "\(alert.stanceSide?.name ?? "-")")
    }
    return words.joined(separator: " ")
}
