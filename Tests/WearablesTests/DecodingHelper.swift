// Runs packets through a driver as intake does: an existential mutated in place, room from outside.

import Kinematics
import Wearables

/// The samples of one packet; what `decode` throws is thrown.
func decode(
    _ packet: [UInt8], from characteristic: CharacteristicIndex, with driver: inout any Wearable,
    room: Int = 8
) throws(DecodeError) -> [ImuSample] {
    var failure: DecodeError?
    let samples = [ImuSample](capacity: room) { output in
        do throws(DecodeError) {
            try driver.decode(packet.span, from: characteristic, into: &output)
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return samples
}

/// What `decode` throws, or nil.
func refusal(
    _ packet: [UInt8], from characteristic: CharacteristicIndex, with driver: inout any Wearable,
    room: Int = 8
) -> DecodeError? {
    do throws(DecodeError) {
        _ = try decode(packet, from: characteristic, with: &driver, room: room)
        return nil
    } catch {
        return error
    }
}

/// Packets of mode 26 and 21 with chosen numbers, written as the vendor's tables lay them out.
enum DotPacket {
    static func rateQuantities(
        microseconds: UInt32, acceleration: [Float] = [0, 0, 9.8125],
        degreesPerSecond: [Float] = [1, -2, 4]
    ) -> [UInt8] {
        word(microseconds) + (acceleration + degreesPerSecond).flatMap { word($0.bitPattern) }
    }

    static func custom5(
        microseconds: UInt32, quaternion: [Float] = [1, 0, 0, 0],
        acceleration: [Float] = [0, 0, 9.8125], degreesPerSecond: [Float] = [1, -2, 4]
    ) -> [UInt8] {
        word(microseconds)
            + (quaternion + acceleration + degreesPerSecond).flatMap { word($0.bitPattern) }
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value & 255), UInt8(value >> 8 & 255), UInt8(value >> 16 & 255), UInt8(value >> 24)]
    }
}

/// A small generator with a fixed start, so that a failure can be repeated (SplitMix64's constants).
struct SeededBytes {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
