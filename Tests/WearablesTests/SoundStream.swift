// Streams of sound packets for every family, packed here from the sheets' layouts and not by the drivers.

import Kinematics
import Wearables

/// A sensor at rest, z up, turning a little: the packets of sample or frame number `n`.
enum SoundStream {
    /// Nil for a family that this file does not know yet.
    static func packets(
        of family: String, _ n: Int
    ) -> [(characteristic: CharacteristicIndex, bytes: [UInt8])]? {
        switch family {
        case "movella-dot":
            [(MovellaDot.longPayload, DotPacket.custom5(microseconds: UInt32(n) &* 16_667))]
        case "metawear":
            // 8192 counts are 1 g at ±4 g; 14 ticks of 1.46 ms at 50 Hz.
            [
                (
                    MetaMotion.notify,
                    [0x09, 0x03, 0x02] + word32(UInt32(n) &* 14)
                        + words([10, -20, 8192, 33, -33, 66])
                )
            ]
        case "witmotion":
            [(WitMotion.notify, [0x55, 0x61] + words([5, -7, 2048, 16, -16, 8, 1, 2, 3]))]
        case "polar":
            [
                (PolarVerity.data, polarDelta(type: 2, n, [3, -5, 1000])),
                (PolarVerity.data, polarDelta(type: 5, n, [30, -60, 90])),
            ]
        case "polar-h10":
            [
                (
                    PolarH10.data,
                    [2] + word64(1_000_000_000 + UInt64(n) * 180_000_000) + [1]
                        + (0..<36).flatMap { _ in words([3, -5, 1000]) }
                )
            ]
        case "nordic-uart":
            [
                (
                    NordicUart.notify,
                    [0xA5, 0x5A, UInt8(n & 255), 0] + word32(UInt32(n) &* 20_000)
                        + words([3, -5, 1000, 10, -20, 30])
                )
            ]
        case "espruino":
            [(Espruino.notify, Array("\(n &* 20),3,-5,1000,10,-20,30\r\n".utf8))]
        case "movesense":
            [
                (
                    Movesense.notify,
                    [2, 1] + word32(UInt32(n) &* 77) + singles(8, [0.1, -0.2, 9.81])
                        + singles(8, [1, -2, 3])
                )
            ]
        case "st-bluest":
            [
                (
                    BlueST.nineAxes,
                    words([Int16(truncatingIfNeeded: n &* 5)])
                        + words([3, -5, 1000, 10, -20, 30, 1, 2, 3])
                )
            ]
        case "thingy52":
            [(Thingy52.readings, words([3, -5, 1024, 10, -20, 30, 1, 2, 3]))]
        case "myo":
            [(Myo.readings, words([16384, 0, 0, 0, 3, -5, 2048, 10, -20, 30]))]
        case "adafruit":
            [
                (Adafruit.rate, singles(1, [0.1, -0.2, 0.3])),
                (Adafruit.force, singles(1, [0.1, -0.2, 9.81])),
            ]
        case "nicla-bhy2":
            [
                (
                    NiclaSense.readings,
                    [13, 12] + words([3, -5, 7, 0, 0]) + [4, 12] + words([1, 2, 4096, 0, 0])
                )
            ]
        case "muse":
            [
                (Muse.rate, musePacket(n, [10, -20, 30])),
                (Muse.force, musePacket(n, [3, -5, 16384])),
            ]
        default: nil
        }
    }

    // MARK: Packing

    static func words(_ values: [Int16]) -> [UInt8] {
        values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    static func word32(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    static func word64(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    static func singles(_ count: Int, _ values: [Float]) -> [UInt8] {
        (0..<count).flatMap { _ in values.flatMap { word32($0.bitPattern) } }
    }

    /// 52 samples (a quarter second at 208 Hz): a reference and 51 deltas of zero, 4 bits wide.
    static func polarDelta(type: UInt8, _ n: Int, _ values: [Int16]) -> [UInt8] {
        let time = 1_000_000_000 + UInt64(n) * 250_000_000
        return [type] + word64(time) + [type == 2 ? 0x81 : 0x80] + words(values) + [4, 51]
            + [UInt8](repeating: 0, count: (51 * 3 * 4 + 7) / 8)
    }

    private static func musePacket(_ n: Int, _ values: [Int16]) -> [UInt8] {
        ([Int16(truncatingIfNeeded: n)] + values + values + values).flatMap {
            [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)]
        }
    }
}
