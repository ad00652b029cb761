// The encoder against packets of a live Movella DOT.

import Kinematics
import Synthetic
import Testing

@Suite struct DotPacketTests {
    /// Two packets of a live DOT in Custom mode 5 (shiven01/movella-dot data/sensor_readings.json
    /// @5c06ea07, vectors dot-cm5-65980806 and dot-cm5-66014140): what its log says, and the bytes.
    static let live: [(SensorReading, String)] = [
        (
            reading(
                time: 65_980_806,
                quaternion: [
                    0.9418836236000061, -0.005717085674405098, -0.00015569833340123296,
                    0.33589059114456177,
                ],
                force: [-0.042892180383205414, -0.11032022535800934, 9.878744125366211],
                degrees: [1.0856775045394897, 0.46806567907333374, 0.6992331147193909]),
            "86c9ee03491f713f6456bbbbf44223b9daf9ab3e"
                + "b6af2fbd92efe1bd560f1e417bf78a3f4ea6ef3ef100333f"
        ),
        (
            reading(
                time: 66_014_140,
                quaternion: [
                    0.946488082408905, -0.009657259099185467, 0.003942390438169241,
                    0.322570264339447,
                ],
                force: [0.23598548769950867, -0.18111366033554077, 9.667339324951172],
                degrees: [-2.8020753860473633, -3.3296542167663574, -68.31942749023438]),
            "bc4bef030b4d723f7b391ebc2b2f813bee27a53e"
                + "2ea6713edc7539be6cad1a41345533c00e1955c08ca388c2"
        ),
    ]

    static func reading(
        time: UInt64, quaternion q: [Double], force a: [Double], degrees g: [Double]
    ) -> SensorReading {
        SensorReading(
            index: 0, sensorTime: time, hostTime: 0,
            angularRate: Vector3(g[0], g[1], g[2]) * (Double.pi / 180),
            specificForce: Vector3(a[0], a[1], a[2]),
            worldFromSensor: Rotation(w: q[0], x: q[1], y: q[2], z: q[3]))
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    @Test(arguments: 0..<2)
    func aLivePacketIsReproducedByteForByte(index: Int) {
        let (reading, hex) = Self.live[index]
        #expect(Self.hex(DotPackets.encode(reading, mode: .custom5)) == hex)
    }

    /// Vector dot-con-rate: the same sample in mode 21, built from the published tables.
    @Test func rateQuantitiesLeaveTheQuaternionOut() {
        let bytes = DotPackets.encode(Self.live[0].0, mode: .rateQuantities)
        #expect(
            Self.hex(bytes) == "86c9ee03b6af2fbd92efe1bd560f1e417bf78a3f4ea6ef3ef100333f")
        #expect(bytes.count == DotPackets.Mode.rateQuantities.size)
    }

    /// 4294.97 s after power-on the stamp starts again.
    @Test func theTimeStampWrapsAt32Bits() {
        var reading = Self.live[0].0
        reading.sensorTime = (1 << 32) + 0x0102_0304
        #expect(
            Array(DotPackets.encode(reading, mode: .custom5).prefix(4)) == [4, 3, 2, 1])
    }

    @Test func valuesOutsideSingleRangeDoNotTrap() {
        var reading = Self.live[0].0
        reading.specificForce = Vector3(1e300, -.infinity, .nan)
        reading.sensorTime = .max
        #expect(DotPackets.encode(reading, mode: .custom5).count == 44)
    }
}
