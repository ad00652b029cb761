// Every payload mode of Movella DOT, against bytes laid out independently.

import Kinematics
import Testing
import Wearables

struct MovellaDotPayloadTests {
    /// One packet a mode and its size in the vendor's tables 14 to 16.
    ///
    /// Laid out with Python's `struct` from tables 14 to 17 of XD0506P revision C, time
    /// 4,000,000,000 µs, from the values below.
    static let packets: [MovellaDotMode: (hex: String, size: Int)] = [
        .extendedQuaternion: (
            "00286bee0000003f000000bf0000003f0000003f0000003f000080be0000003e12020301", 36
        ),
        .completeQuaternion: (
            "00286bee0000003f000000bf0000003f0000003f0000003f000080be0000003e", 32
        ),
        .euler: ("00286bee000044c10000604000c02a43", 16),
        .quaternion: ("00286bee0000003f000000bf0000003f0000003f", 20),
        .freeAcceleration: ("00286bee0000003f000080be0000003e", 16),
        .extendedEuler: (
            "00286bee000044c10000604000c02a430000003f000080be0000003e12020301", 32
        ),
        .completeEuler: ("00286bee000044c10000604000c02a430000003f000080be0000003e", 28),
        .deltaQuantitiesWithMagnetometer: (
            "00286bee05f67f3f56f88e3c0000000000000000cdcc4c3c000000bf5452273e001000f80004", 38
        ),
        .deltaQuantities: (
            "00286bee05f67f3f56f88e3c0000000000000000cdcc4c3c000000bf5452273e", 32
        ),
        .rateQuantitiesWithMagnetometer: (
            "00286bee0000c0be000018410000e03f0000b442000034c30000003f001000f80004", 34
        ),
        .rateQuantities: ("00286bee0000c0be000018410000e03f0000b442000034c30000003f", 28),
        .custom1: (
            "00286bee000044c10000604000c02a430000003f000080be0000003e0000b442000034c30000003f", 40
        ),
        .custom2: (
            "00286bee000044c10000604000c02a430000003f000080be0000003e001000f80004", 34
        ),
        .custom3: ("00286bee0000003f000000bf0000003f0000003f0000b442000034c30000003f", 32),
        .custom5: (
            "00286bee0000003f000000bf0000003f0000003f0000c0be000018410000e03f0000b442000034c30000003f",
            44
        ),
    ]

    private static let quaternion = Rotation(w: 0.5, x: -0.5, y: 0.5, z: 0.5)
    private static let euler = Vector3(-12.25, 3.5, 170.75)
    private static let free = Vector3(0.5, -0.25, 0.125)
    private static let force = Vector3(-0.375, 9.5, 1.75)
    /// 90, −180 and 0.5 °/s.
    private static let rate = Vector3(
        1.5707963267948966, -3.141592653589793, 0.008726646259971648)
    private static let field = Vector3(1, -0.5, 0.25)
    private static let turn = Rotation(w: 0.9998477101325989, x: 0.01745240017771721, y: 0, z: 0)
    private static let push = Vector3(0.012500000186264515, -0.5, 0.16339999437332153)

    @Test(
        "each mode has the fields that the vendor's table gives it, and no others",
        arguments: MovellaDotMode.allCases)
    func fieldsOfMode(_ mode: MovellaDotMode) throws {
        let packet = try #require(Self.packets[mode])
        let bytes = VectorFixture.bytes(packet.hex)
        #expect(bytes.count == packet.size)
        let got = try MovellaDotPayload(bytes.span, mode: mode)
        let number = mode.rawValue
        func when<Value>(_ modes: Set<UInt8>, _ value: Value) -> Value? {
            modes.contains(number) ? value : nil
        }
        #expect(got.microseconds == 4_000_000_000)
        #expect(got.orientation == when([2, 3, 5, 24, 26], Self.quaternion))
        #expect(got.eulerDegrees == when([4, 7, 16, 22, 23], Self.euler))
        #expect(got.orientationIncrement == when([18, 19], Self.turn))
        #expect(got.velocityIncrement == when([18, 19], Self.push))
        #expect(got.freeAcceleration == when([2, 3, 6, 7, 16, 22, 23], Self.free))
        #expect(got.specificForce == when([20, 21, 26], Self.force))
        #expect(isClose(got.angularRate, when([20, 21, 22, 24, 26], Self.rate)))
        #expect(got.magneticField == when([18, 20, 23], Self.field))
        #expect(got.status?.rawValue == when([2, 7], 0x0212))
        #expect(got.accelerometerClipCount == when([2, 7], 3))
        #expect(got.gyroscopeClipCount == when([2, 7], 1))
    }

    private func isClose(_ left: Vector3?, _ right: Vector3?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return (left - right).norm < 1e-15
    }

    @Test("each mode refuses every length below its size", arguments: MovellaDotMode.allCases)
    func truncationsOfMode(_ mode: MovellaDotMode) throws {
        let packet = try #require(Self.packets[mode])
        let bytes = VectorFixture.bytes(packet.hex)
        for length in 0..<packet.size {
            let cut = Array(bytes.prefix(length))
            #expect(throws: DecodeError.tooShort, "\(length) bytes") {
                try MovellaDotPayload(cut.span, mode: mode)
            }
        }
    }

    @Test("each mode belongs to the characteristic of its size", arguments: MovellaDotMode.allCases)
    func characteristicOfMode(_ mode: MovellaDotMode) throws {
        // R table 12: up to 20, 21 to 40, above 40.
        let size = try #require(Self.packets[mode]).size
        let expected =
            size <= 20
            ? MovellaDot.shortPayload
            : size <= 40 ? MovellaDot.mediumPayload : MovellaDot.longPayload
        #expect(mode.characteristic == expected)
    }

    @Test("proprietary modes do not exist for us", arguments: [1, 17, 25] as [UInt8])
    func proprietaryModes(_ number: UInt8) {
        #expect(MovellaDotMode(rawValue: number) == nil)
    }

    @Test("clip bits and clip counts set the flags of their sensor")
    func clipBits() throws {
        // Mode 2, status and counts at 32 to 35; bits from R 3.5.1.
        let cases: [([UInt8], Bool, Bool)] = [
            ([0x04, 0x00, 0, 0], true, false), ([0x08, 0x00, 0, 0], false, true),
            ([0x20, 0x00, 0, 0], false, true), ([0xC0, 0x03, 0, 0], false, false),
            ([0x00, 0x00, 1, 0], true, false), ([0x00, 0x00, 0, 9], false, true),
        ]
        let packet = VectorFixture.bytes(try #require(Self.packets[.extendedQuaternion]).hex)
        for (tail, clipsForce, clipsRate) in cases {
            let bytes = packet.prefix(32) + tail
            let payload = try MovellaDotPayload(Array(bytes).span, mode: .extendedQuaternion)
            #expect(payload.clipFlags.has(.accelerometerClipped) == clipsForce, "\(tail)")
            #expect(payload.clipFlags.has(.gyroscopeClipped) == clipsRate, "\(tail)")
        }
    }
}
