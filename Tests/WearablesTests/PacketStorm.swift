// A seeded storm of changed packets on one driver, and what must hold of every sample that comes out.

import Kinematics
import Testing
import Wearables

/// Sound packets, of which most are damaged: bytes changed, ends cut or lengthened, halves swapped,
/// repeated, put on another characteristic, or replaced by noise.
struct PacketStorm {
    struct Result {
        var packets = 0
        var samples = 0
        var refused = 0
    }

    private let family: any Wearable.Type

    init(_ family: any Wearable.Type) { self.family = family }

    func run(packets: Int, seed: UInt64 = 0x5702) -> Result {
        var random = SeededBytes(seed: seed)
        var result = Result()
        var driver: any Wearable = family.init(StreamRequest())
        let capabilities = driver.capabilities
        let count = UInt64(driver.identity.characteristics.count)
        var n = 0
        var before: Int64?
        while result.packets < packets {
            // A connection now and then begins anew, in the middle of a stream.
            if result.packets % 5_000 == 4_999 {
                driver = family.init(StreamRequest())
                before = nil
            }
            n += random.next() % 50 == 0 ? Int(random.next() % 40_000) : 1
            for (index, sound) in SoundStream.packets(of: family.identity.name, n) ?? [] {
                var packet = sound
                var source = index
                change(&packet, &random)
                if random.next() % 40 == 0 {
                    source = CharacteristicIndex(rawValue: UInt8(random.next() % (count + 2)))
                }
                for _ in 0..<(random.next() % 30 == 0 ? 2 : 1) {
                    result.packets += 1
                    do throws(DecodeError) {
                        let samples = try decode(
                            packet, from: source, with: &driver,
                            room: capabilities.samplesPerPacket)
                        result.samples += samples.count
                        Self.check(samples, capabilities)
                        Self.checkTime(samples, &before)
                    } catch {
                        result.refused += 1
                        // What stood before the error moved the clock, too.
                        before = nil
                    }
                }
                if case .battery(let level) = driver.takeEvent() { #expect(level.percent <= 100) }
            }
        }
        return result
    }

    private func change(_ packet: inout [UInt8], _ random: inout SeededBytes) {
        guard !packet.isEmpty else { return }
        switch random.next() % 16 {
        case 0..<8: return
        case 8..<12:
            for _ in 0...(random.next() % 4) {
                let place = Int(random.next() % UInt64(packet.count))
                packet[place] = UInt8(truncatingIfNeeded: random.next())
            }
        case 12: packet.removeLast(Int(random.next() % UInt64(packet.count + 1)))
        case 13: packet += random.bytes(Int(random.next() % 20) + 1)
        case 14: packet = Array(packet.reversed())
        default: packet = random.bytes(Int(random.next() % 513))
        }
    }

    /// Finite, and within twice the range of the sensor.
    static func check(_ samples: [ImuSample], _ capabilities: Capabilities) {
        let force = 2 * capabilities.specificForceRange * 1.000_1
        let rate = 2 * capabilities.angularRateRange * 1.000_1
        for sample in samples {
            let (f, r) = (sample.specificForce, sample.angularRate)
            let isSound =
                sample.isFinite && max(abs(f.x), abs(f.y), abs(f.z)) <= force
                && max(abs(r.x), abs(r.y), abs(r.z)) <= rate
            if !isSound { Issue.record("an absurd sample: \(sample)") }
        }
    }

    /// Within an epoch the sensor's time rises.
    private static func checkTime(_ samples: [ImuSample], _ before: inout Int64?) {
        for sample in samples where sample.flags.has(.hasDeviceTime) {
            if let before, !sample.flags.has(.newEpoch), sample.deviceTime <= before {
                Issue.record("time fell from \(before) to \(sample.deviceTime)")
            }
            before = sample.deviceTime
        }
    }
}
