// The features that BlueST characteristics carry, and the boards' advertising.

package import Kinematics

/// Readers of single features (J tests, K features).
package enum BlueSTFeature {
    /// mg.
    @_noLocks
    package static func force(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> Vector3 {
        try packet.int16Vector(at: offset, scale: standardGravity / 1000)
    }

    /// Tenths of a degree per second.
    @_noLocks
    package static func rate(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> Vector3 {
        try packet.int16Vector(at: offset, scale: radiansPerDegree / 10)
    }

    /// A tenth of a percent, mV, current, status.
    package struct Battery: Sendable, BitwiseCopyable {
        package var tenths: Int16
        package var level: BatteryLevel
        /// 0 low, 1 discharging, 2 plugged, 3 charging (J).
        package var status: UInt8
    }

    @_noLocks
    package static func battery(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> Battery {
        let tenths = try packet.int16(at: offset)
        let millivolts = try packet.int16(at: offset &+ 2)
        let status = try packet.uint8(at: offset &+ 6) & 0x7F
        guard tenths >= 0, tenths <= 1000, millivolts >= 0 else { throw .outOfRange }
        return Battery(
            tenths: tenths,
            level: BatteryLevel(
                percent: UInt8((tenths + 5) / 10), isCharging: status == 3,
                millivolts: UInt16(millivolts)),
            status: status)
    }

    /// x, y, z as singles, then w or, where it is missing, what makes the length one.
    package static func quaternion(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> Rotation {
        let x = try packet.float32(at: offset)
        let y = try packet.float32(at: offset + 4)
        let z = try packet.float32(at: offset + 8)
        let w =
            packet.count >= offset + 16
            ? try packet.float32(at: offset + 12)
            : squareRoot(max(0, 1 - x * x - y * y - z * z))
        return Rotation(w: w, x: x, y: y, z: z)
    }

    /// One to three quaternions of three int16, in ten thousandths.
    package static func compactQuaternions(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> [Rotation] {
        let size = packet.count - offset
        guard size >= 6 else { throw .tooShort }
        guard size % 6 == 0, size <= 18 else { throw .malformed }
        var found: [Rotation] = []
        for place in stride(from: offset, to: packet.count, by: 6) {
            let v = try packet.int16Vector(at: place, scale: 1 / 10_000)
            let w = squareRoot(max(0, 1 - v.squaredNorm))
            found.append(Rotation(w: w, x: v.x, y: v.y, z: v.z))
        }
        return found
    }
}

/// What a board says of itself, in either version of the protocol.
package struct BlueSTAdvertisement: Sendable, Equatable {
    package var version: Int
    package var board: UInt8
    /// Version 1 only.
    package var features: UInt32?
    package var address: DeviceAddress?

    /// STMicroelectronics.
    private static let company: UInt16 = 0x0030

    /// Version 1 has no company identifier: its first two bytes, version and board, are shown as one.
    package init?(_ advertisement: Advertisement) {
        for data in advertisement.manufacturerData {
            if data.company == Self.company {
                if data.bytes.count == 12, data.bytes[0] == 1 {
                    self.init(version1: data.bytes)
                    return
                }
                guard data.bytes.count == 6 || data.bytes.count == 12, data.bytes[0] == 2 else {
                    continue
                }
                self.init(version2: data.bytes)
                return
            }
            let whole = littleEndian(data.company) + data.bytes
            guard whole.count == 6 || whole.count == 12, whole[0] == 1 else { continue }
            self.init(version1: whole)
            return
        }
        return nil
    }

    /// `02 board firmware options(3) [address]`.
    private init(version2 bytes: [UInt8]) {
        version = 2
        board = bytes[1]
        features = nil
        address = DeviceAddress(bytes: Array(bytes.dropFirst(6)))
    }

    /// `01 board mask(4, most significant byte first) [address]`.
    private init(version1 bytes: [UInt8]) {
        version = 1
        // With bit 7 clear, bits 6 and 5 say asleep and general purpose (J).
        board = bytes[1] & 0x80 != 0 ? bytes[1] : bytes[1] & 0x1F
        features = bytes[2..<6].reduce(0) { $0 << 8 | UInt32($1) }
        address = DeviceAddress(bytes: Array(bytes.dropFirst(6)))
    }

    /// Nil for a board that is not in the vendor's list (K `Boards.kt`).
    package var boardName: String? {
        switch board {
        case 0x02: "SensorTile"
        case 0x03: "BlueCoin"
        case 0x05: "BlueNRG-Tile"
        case 0x06: "SensorTile.box"
        case 0x08, 0x09: "STWIN"
        case 0x0D, 0x11, 0x13: "SensorTile.box PRO"
        case 0x0E: "STWIN.box"
        case 0x80: "Nucleo"
        default: nil
        }
    }
}
