// Writes samples as notifications of a Movella DOT, from its published layout.

import Kinematics

/// Encoder for two payload modes of the Movella DOT ("Movella DOT BLE Service Specification",
/// XD0506P revision C, July 2023, tables 15 to 17): little-endian, a u32 time stamp in µs that
/// wraps, then float32 fields; acceleration in m/s² with gravity, angular rate in deg/s, both in
/// sensor axes.
package enum DotPackets {
    /// A payload mode of the measurement service.
    package enum Mode: UInt8, Sendable, CaseIterable {
        /// Custom mode 5, 44 bytes on characteristic 2002: quaternion, acceleration, angular rate.
        case custom5 = 26
        /// Rate quantities, 28 bytes on characteristic 2003: acceleration, angular rate.
        case rateQuantities = 21

        /// The characteristic's UUID.
        package var characteristic: String {
            switch self {
            case .custom5: "15172002-4947-11e9-8646-d663bd873d93"
            case .rateQuantities: "15172003-4947-11e9-8646-d663bd873d93"
            }
        }

        /// Payload bytes.
        package var size: Int {
            switch self {
            case .custom5: 44
            case .rateQuantities: 28
            }
        }
    }

    /// One notification for one sample.
    package static func encode(_ reading: SensorReading, mode: Mode) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(mode.size)
        append(UInt32(truncatingIfNeeded: reading.sensorTime), to: &bytes)
        if mode == .custom5 {
            // Sensor with respect to an earth frame with Z up, scalar first: as our truth.
            let orientation = reading.worldFromSensor
            for part in [orientation.w, orientation.x, orientation.y, orientation.z] {
                append(Float(part).bitPattern, to: &bytes)
            }
        }
        append(reading.specificForce, to: &bytes)
        append(reading.angularRate * degreesPerRadian, to: &bytes)
        return bytes
    }

    private static func append(_ vector: Vector3, to bytes: inout [UInt8]) {
        for part in [vector.x, vector.y, vector.z] {
            append(Float(part).bitPattern, to: &bytes)
        }
    }

    private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(word >> shift & 0xff)) }
    }
}
