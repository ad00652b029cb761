// What every registered driver must keep, asked of each without knowing it.

import Foundation
import Kinematics
import Testing
import Wearables

struct EveryWearableTests {
    static let names = wearableRegistry.map { $0.identity.name }

    private func family(_ name: String) throws -> any Wearable.Type {
        try #require(wearable(named: name))
    }

    @Test(
        "a sound stream yields samples of 1 g, at the rate and time that are stated",
        arguments: names)
    func soundStream(_ name: String) throws {
        let family = try family(name)
        var driver: any Wearable = family.init(StreamRequest())
        let room = driver.capabilities.samplesPerPacket
        var samples: [ImuSample] = []
        for n in 0..<40 {
            let packets = try #require(
                SoundStream.packets(of: name, n), "add \(name) to SoundStream")
            for packet in packets {
                samples += try decode(
                    packet.bytes, from: packet.characteristic, with: &driver, room: room)
            }
        }
        #expect(samples.count >= 38)
        let hasTime = driver.capabilities.hasDeviceTime
        let hasRate = driver.capabilities.streams.contains(.angularRate)
        var before: ImuSample?
        for sample in samples {
            #expect(abs(sample.specificForce.norm - standardGravity) < 0.1)
            #expect(sample.flags.has(.hasDeviceTime) == hasTime)
            #expect(sample.flags.has(.withoutAngularRate) == !hasRate)
            #expect((sample.angularRate.norm > 0) == hasRate)
            #expect(!sample.flags.has(.accelerometerClipped))
            if hasTime, let before {
                #expect(sample.deviceTime > before.deviceTime)
                #expect(!sample.flags.has(.newEpoch))
            }
            if hasTime && before == nil { #expect(sample.flags.has(.newEpoch)) }
            before = sample
        }
    }

    @Test("noise of every length on every characteristic neither traps nor lies", arguments: names)
    func noise(_ name: String) throws {
        let family = try family(name)
        var driver: any Wearable = family.init(StreamRequest())
        let room = driver.capabilities.samplesPerPacket
        var random = SeededBytes(seed: 0xB10E)
        let count = UInt8(driver.identity.characteristics.count)
        for length in Array(0...64) + Array(stride(from: 67, through: 515, by: 7)) {
            for index in 0...count {
                let source = CharacteristicIndex(rawValue: index)
                let packet = random.bytes(length)
                if let samples = try? decode(packet, from: source, with: &driver, room: room) {
                    PacketStorm.check(samples, driver.capabilities)
                }
                _ = driver.takeEvent()
                _ = driver.take(reply: packet, from: source)
            }
        }
    }

    @Test(
        "changed packets of a sound stream: 5,000, and none yields an absurd reading",
        arguments: names)
    func storm(_ name: String) throws {
        // REHAB_STORM asks for more, in release.
        let asked = ProcessInfo.processInfo.environment["REHAB_STORM"].flatMap(Int.init)
        let result = PacketStorm(try family(name)).run(packets: asked ?? 5_000)
        #expect(result.packets >= asked ?? 5_000)
        // The decoder goes on after what it refused.
        #expect(result.samples > result.packets / 10)
    }

    /// Families whose packets are whole at more than one length: several samples, blocks or packets of
    /// twelve bytes; Movesense learns its length from the first packets.
    private static let manyLengths: Set<String> = ["polar", "polar-h10", "nicla-bhy2", "movesense"]

    @Test("no cut of a packet yields a sample that is not in the whole one", arguments: names)
    func cuts(_ name: String) throws {
        let family = try family(name)
        let packets = try #require(SoundStream.packets(of: name, 3))
        let last = try #require(packets.last)
        for length in 0..<last.bytes.count {
            var driver: any Wearable = family.init(StreamRequest())
            for packet in packets.dropLast() {
                _ = try decode(packet.bytes, from: packet.characteristic, with: &driver, room: 256)
            }
            let cut = Array(last.bytes.prefix(length))
            let samples = try? decode(cut, from: last.characteristic, with: &driver, room: 256)
            PacketStorm.check(samples ?? [], driver.capabilities)
            if !Self.manyLengths.contains(name) {
                #expect((samples ?? []).isEmpty, "\(length) bytes")
            }
        }
    }

    @Test("without room a packet is refused or yields nothing, and nothing traps", arguments: names)
    func noRoom(_ name: String) throws {
        var driver: any Wearable = try family(name).init(StreamRequest())
        var refused = 0
        for n in 0..<20 {
            for packet in try #require(SoundStream.packets(of: name, n)) {
                let error = refusal(
                    packet.bytes, from: packet.characteristic, with: &driver, room: 0)
                if error == .noRoom { refused += 1 }
            }
        }
        #expect(refused > 5)
    }

    @Test(
        "every question of every kind, with noise for bytes, is answered or refused",
        arguments: names)
    func randomQuestions(_ name: String) throws {
        let family = try family(name)
        var random = SeededBytes(seed: 7)
        for kind in VectorQuestion.Kind.allCases {
            for characteristic in family.identity.characteristics + ["", "zz"] {
                for length in [0, 1, 2, 3, 8, 12, 19, 20, 21, 28, 64, 230] {
                    let frames = (0..<3).map { _ in random.bytes(length) }
                    let number = VectorValue.integer(Int128(random.next() % 40))
                    let context: [String: VectorValue] = [
                        "payload_mode": number, "do": .text("start"), "channels": number,
                        "resolution_bits": number, "sample_count": number,
                        "frame_t_ns": .integer(Int128(random.next())), "factor": .number(1e300),
                        "raw": .number(1e300), "register_0x72": number,
                    ]
                    _ = family.answer(
                        VectorQuestion(
                            kind: kind, characteristic: characteristic, frames: frames,
                            name: "Polar", context: context))
                }
            }
        }
    }

    @Test("names, rates and characteristics make sense", arguments: names)
    func identity(_ name: String) throws {
        let identity = try family(name).identity
        #expect(identity.nominalRatesHertz == identity.nominalRatesHertz.sorted())
        #expect(identity.characteristics.count <= 255)
        for uuid in identity.characteristics + identity.services {
            #expect(uuid.count == 36 && uuid == uuid.lowercased(), "\(uuid)")
        }
        // A UUID that stands twice must say in which service.
        for (place, uuid) in identity.characteristics.enumerated()
        where identity.characteristics.filter({ $0 == uuid }).count > 1 {
            #expect(identity.service(of: .init(rawValue: UInt8(place))) != nil)
        }
        for rate in identity.nominalRatesHertz {
            let driver = try family(name).init(StreamRequest(rateHertz: rate))
            #expect(driver.nominalRateHertz == rate)
        }
    }
}
