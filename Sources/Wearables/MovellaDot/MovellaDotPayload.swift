// The measurement payloads of a Movella DOT: which fields a mode has, and their numbers in SI units.

package import Kinematics

/// A payload mode that the vendor documents.
///
/// Modes 1, 17 and 25 carry a proprietary format and are left out (R table 13, footnotes).
package enum MovellaDotMode: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case extendedQuaternion = 2
    case completeQuaternion = 3
    case euler = 4
    case quaternion = 5
    case freeAcceleration = 6
    case extendedEuler = 7
    case completeEuler = 16
    case deltaQuantitiesWithMagnetometer = 18
    case deltaQuantities = 19
    case rateQuantitiesWithMagnetometer = 20
    case rateQuantities = 21
    case custom1 = 22
    case custom2 = 23
    case custom3 = 24
    case custom5 = 26

    /// The fields after the time stamp (R tables 14 to 16).
    ///
    /// In every mode they follow one another in the order of `Fields`, so the set says the layout.
    package var fields: Fields {
        @_noLocks get {
            switch self {
            case .extendedQuaternion: .orientation + .freeAcceleration + .clipping
            case .completeQuaternion: .orientation + .freeAcceleration
            case .euler: .euler
            case .quaternion: .orientation
            case .freeAcceleration: .freeAcceleration
            case .extendedEuler: .euler + .freeAcceleration + .clipping
            case .completeEuler: .euler + .freeAcceleration
            case .deltaQuantitiesWithMagnetometer: .increments + .magneticField
            case .deltaQuantities: .increments
            case .rateQuantitiesWithMagnetometer: .specificForce + .angularRate + .magneticField
            case .rateQuantities: .specificForce + .angularRate
            case .custom1: .euler + .freeAcceleration + .angularRate
            case .custom2: .euler + .freeAcceleration + .magneticField
            case .custom3: .orientation + .angularRate
            case .custom5: .orientation + .specificForce + .angularRate
            }
        }
    }

    /// The characteristic that carries the mode: by payload size, at most 20, at most 40, or more
    /// (R table 12).
    package var characteristic: CharacteristicIndex {
        @_noLocks get {
            switch self {
            case .euler, .quaternion, .freeAcceleration: MovellaDot.shortPayload
            case .custom5: MovellaDot.longPayload
            default: MovellaDot.mediumPayload
            }
        }
    }

    /// Groups of fields, in their order in a payload.
    package struct Fields: Sendable, BitwiseCopyable, Equatable {
        package let rawValue: UInt8

        @_noLocks
        private init(_ rawValue: UInt8) { self.rawValue = rawValue }

        package static var orientation: Fields { @_noLocks get { Fields(1) } }
        package static var euler: Fields { @_noLocks get { Fields(2) } }
        /// Orientation and velocity increments.
        package static var increments: Fields { @_noLocks get { Fields(4) } }
        package static var freeAcceleration: Fields { @_noLocks get { Fields(8) } }
        package static var specificForce: Fields { @_noLocks get { Fields(16) } }
        package static var angularRate: Fields { @_noLocks get { Fields(32) } }
        package static var magneticField: Fields { @_noLocks get { Fields(64) } }
        /// The status word and the two counts of clipped samples.
        package static var clipping: Fields { @_noLocks get { Fields(128) } }

        @_noLocks
        package static func + (left: Fields, right: Fields) -> Fields {
            Fields(left.rawValue | right.rawValue)
        }

        @_noLocks
        package func has(_ other: Fields) -> Bool { rawValue & other.rawValue != 0 }
    }
}

/// The content of one measurement packet; what the mode does not have is nil.
package struct MovellaDotPayload: Sendable, BitwiseCopyable, Equatable {
    /// The sensor's clock since power-on; wraps after 71.6 minutes.
    package var microseconds: UInt32
    /// `worldFromSensor`, earth axes east, north, up, as sent (unit length within rounding).
    package var orientation: Rotation?
    /// Roll, pitch, yaw, degrees, as sent.
    package var eulerDegrees: Vector3?
    /// `dq`: change of orientation during the output interval.
    package var orientationIncrement: Rotation?
    /// `dv`: change of velocity during the output interval, m/s.
    package var velocityIncrement: Vector3?
    /// Earth axes, gravity removed, m/s².
    package var freeAcceleration: Vector3?
    /// Sensor axes, m/s².
    package var specificForce: Vector3?
    /// Sensor axes, rad/s.
    package var angularRate: Vector3?
    /// Sensor axes, 1.0 at the vendor's calibration field of about 40 µT.
    package var magneticField: Vector3?
    package var status: MovellaDotStatus?
    /// Clipped internal samples behind this packet, on any axis.
    package var accelerometerClipCount: UInt8?
    package var gyroscopeClipCount: UInt8?

    /// Reads a payload; trailing bytes beyond the mode's size are padding and are not read.
    ///
    /// Formats and units are those of R table 17.
    @_noLocks
    package init(_ packet: borrowing Span<UInt8>, mode: MovellaDotMode) throws(DecodeError) {
        let fields = mode.fields
        microseconds = try packet.uint32(at: 0)
        var offset = 4
        if fields.has(.orientation) {
            orientation = try Self.quaternion(packet, at: offset)
            offset += 16
        }
        if fields.has(.euler) {
            eulerDegrees = try packet.float32Vector(at: offset)
            offset += 12
        }
        if fields.has(.increments) {
            orientationIncrement = try Self.quaternion(packet, at: offset)
            velocityIncrement = try packet.float32Vector(at: offset + 16)
            offset += 28
        }
        if fields.has(.freeAcceleration) {
            freeAcceleration = try packet.float32Vector(at: offset)
            offset += 12
        }
        if fields.has(.specificForce) {
            specificForce = try packet.float32Vector(at: offset)
            offset += 12
        }
        if fields.has(.angularRate) {
            angularRate = try packet.float32Vector(at: offset, scale: radiansPerDegree)
            offset += 12
        }
        if fields.has(.magneticField) {
            // 12 fractional bits (xsens/xsens_dot_server, user manual XD0502P 4.2.2).
            magneticField = try packet.int16Vector(at: offset, scale: 1 / 4096.0)
            offset += 6
        }
        if fields.has(.clipping) {
            status = MovellaDotStatus(rawValue: try packet.uint16(at: offset))
            accelerometerClipCount = try packet.uint8(at: offset + 2)
            gyroscopeClipCount = try packet.uint8(at: offset + 3)
        }
    }

    @_noLocks
    private static func quaternion(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> Rotation {
        Rotation(
            w: try packet.float32(at: offset), x: try packet.float32(at: offset + 4),
            y: try packet.float32(at: offset + 8), z: try packet.float32(at: offset + 12))
    }

    /// False where specific force and angular rate are exactly zero, which no worn sensor measures.
    package var isMeasured: Bool {
        @_noLocks get {
            guard let force = specificForce, let rate = angularRate else { return true }
            return force.squaredNorm > 0 || rate.squaredNorm > 0
        }
    }

    /// The clip flags, from the status word and counts where the mode has them, else from values at
    /// the range limit.
    package var clipFlags: SampleFlags {
        @_noLocks get {
            var flags = SampleFlags(rawValue: 0)
            let accelerometer =
                (status?.clipsAccelerometer ?? false) || (accelerometerClipCount ?? 0) > 0
                || Self.isAtLimit(specificForce, range: MovellaDot.specificForceRange)
            let gyroscope =
                (status?.clipsGyroscope ?? false) || (gyroscopeClipCount ?? 0) > 0
                || Self.isAtLimit(angularRate, range: MovellaDot.angularRateRange)
            if accelerometer { flags = flags.with(.accelerometerClipped) }
            if gyroscope { flags = flags.with(.gyroscopeClipped) }
            return flags
        }
    }

    /// A 16-bit converter ends at 32767/32768 (0.99997) of its range, and the sensor sends the value
    /// as a rounded float: 0.9999 catches both.
    @_noLocks
    private static func isAtLimit(_ value: Vector3?, range: Double) -> Bool {
        guard let value else { return false }
        let limit = 0.9999 * range
        return abs(value.x) >= limit || abs(value.y) >= limit || abs(value.z) >= limit
    }
}

/// The status word (R 3.5.1).
package struct MovellaDotStatus: RawRepresentable, Sendable, BitwiseCopyable, Equatable {
    package let rawValue: UInt16

    @_noLocks
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package var clipsAccelerometer: Bool { @_noLocks get { rawValue & 0x007 != 0 } }
    package var clipsGyroscope: Bool { @_noLocks get { rawValue & 0x038 != 0 } }
    /// The magnetometer sampled anew for this packet.
    package var magnetometerIsNew: Bool { @_noLocks get { rawValue & 0x200 != 0 } }

    /// Whether the axes x, y, z were out of range; `sensor` 0 accelerometer, 1 gyroscope,
    /// 2 magnetometer.
    package func clippedAxes(sensor: UInt16) -> [Bool] {
        (0..<3).map { axis in rawValue >> (sensor * 3 + UInt16(axis)) & 1 != 0 }
    }
}
