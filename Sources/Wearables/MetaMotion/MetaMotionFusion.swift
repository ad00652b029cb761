// The board's own orientation filter: its commands and outputs. Streaming does without it.

package import Kinematics

/// Modes of the fusion module.
package enum MetaMotionFusionMode: UInt8, Sendable, BitwiseCopyable {
    /// All nine axes.
    case ndof = 1
    /// Without the magnetometer.
    case imuPlus = 2

    package init?(name: String) {
        switch name.uppercased() {
        case "NDOF": self = .ndof
        case "IMU_PLUS", "IMUPLUS": self = .imuPlus
        default: return nil
        }
    }
}

/// Outputs of the fusion module, by their bit in the enable mask; the data register is 4 above.
package enum MetaMotionFusionOutput: UInt8, Sendable, CaseIterable {
    case acceleration, rate, field, quaternion, euler, gravity, linearAcceleration

    /// By the words that vectors and people use.
    package init?(words: String) {
        let words = words.lowercased()
        switch true {
        case words.contains("quat"): self = .quaternion
        case words.contains("euler"): self = .euler
        case words.contains("gravity"): self = .gravity
        case words.contains("linear"): self = .linearAcceleration
        case words.contains("gyro"): self = .rate
        case words.contains("mag"): self = .field
        case words.contains("acc"): self = .acceleration
        default: return nil
        }
    }

    package var mask: UInt8 { 1 << rawValue }
    package var register: UInt8 { rawValue + 4 }
}

extension MetaMotionCommand {
    /// Mode and ranges, then the sensors below at 100 Hz; nil for a range that there is not.
    package static func configureFusion(
        _ mode: MetaMotionFusionMode, _ chip: MetaMotionChip, rangeG: Double,
        rangeDegreesPerSecond: Double
    ) -> [[UInt8]]? {
        guard let force = forceRanges.firstIndex(of: rangeG),
            let rate = rateRanges.firstIndex(of: rangeDegreesPerSecond), rate < 4,
            let accelerometer = configureAccelerometer(chip, rateHertz: 100, rangeG: rangeG),
            let gyroscope = configureGyroscope(
                rateHertz: 100, rangeDegreesPerSecond: rangeDegreesPerSecond)
        else { return nil }
        let range = UInt8(force) | UInt8(rate + 1) << 4
        let head = [[0x19, 0x02, mode.rawValue, range], accelerometer, gyroscope]
        return mode == .ndof ? head + [[0x15, 0x04, 0x04, 0x0E], [0x15, 0x03, 0x06]] : head
    }

    /// Enables and starts the sensors below, then the filter.
    package static func startFusion(
        _ mode: MetaMotionFusionMode, _ output: MetaMotionFusionOutput
    ) -> [[UInt8]] {
        let sensors = sensors(of: mode)
        return sensors.map { enable($0, true) } + sensors.map { run($0, true) }
            + [[0x19, 0x03, output.mask, 0x00], [0x19, 0x01, 0x01]]
    }

    package static func stopFusion(_ mode: MetaMotionFusionMode) -> [[UInt8]] {
        let sensors = sensors(of: mode)
        return [[0x19, 0x01, 0x00], [0x19, 0x03, 0x00, 0x7F]]
            + sensors.map { run($0, false) } + sensors.map { enable($0, false) }
    }

    private static func sensors(of mode: MetaMotionFusionMode) -> [MetaMotionModule] {
        mode == .ndof
            ? [.accelerometer, .gyroscope, .magnetometer] : [.accelerometer, .gyroscope]
    }
}

/// One output of the fusion module in SI units (degrees for Euler angles, as the device gives them).
package struct MetaMotionFusionValue: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case vector(Vector3)
        case quaternion(Rotation)
        /// Heading, pitch, roll, yaw.
        case euler(heading: Double, pitch: Double, roll: Double, yaw: Double)
    }

    package var output: MetaMotionFusionOutput
    package var content: Content
    /// 0 unreliable to 3 high, of the corrected readings.
    package var accuracy: UInt8?

    /// Reads `19 register data…`.
    package init(_ packet: Span<UInt8>) throws(DecodeError) {
        let register = try packet.uint8(at: 1)
        guard try packet.uint8(at: 0) == 0x19, register >= 4,
            let known = MetaMotionFusionOutput(rawValue: register - 4)
        else { throw .malformed }
        output = known
        switch known {
        case .acceleration:
            content = .vector(try packet.float32Vector(at: 2, scale: standardGravity / 1000))
            accuracy = try packet.uint8(at: 14)
        case .rate:
            content = .vector(try packet.float32Vector(at: 2, scale: radiansPerDegree))
            accuracy = try packet.uint8(at: 14)
        case .field:
            content = .vector(try packet.float32Vector(at: 2))
            accuracy = try packet.uint8(at: 14)
        case .gravity, .linearAcceleration:
            content = .vector(try packet.float32Vector(at: 2))
        case .quaternion:
            content = .quaternion(
                Rotation(
                    w: try packet.float32(at: 2), x: try packet.float32(at: 6),
                    y: try packet.float32(at: 10), z: try packet.float32(at: 14)))
        case .euler:
            content = .euler(
                heading: try packet.float32(at: 2), pitch: try packet.float32(at: 6),
                roll: try packet.float32(at: 10), yaw: try packet.float32(at: 14))
        }
    }
}
