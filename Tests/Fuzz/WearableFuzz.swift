// A whole connection's packets in one input, for every registered driver: decoder, replies, vectors, and
// everything behind them.

import Kinematics
import Plumbing
import Wearables

/// Input: one byte for the family (its place in the registry), then records of three bytes and a payload:
/// the characteristic's index, the time since the record before (a place in `steps`), the payload's
/// length.
enum WearableFuzz {
    /// ns; the first is 50 Hz.
    private static let steps: [Int64] = [
        20_000_000, 1_000, 1_000_000, 250_000_000, 400_000_000, 2_000_000_000, 11_000_000_000,
        3_600_000_000_000,
    ]

    static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let family = wearableRegistry[Int(first) % wearableRegistry.count]
        var driver: any Wearable = family.init(StreamRequest())
        let capabilities = family.capabilities
        var buffer = FixedBuffer<ImuSample>(capacity: capabilities.samplesPerPacket)
        var pipeline = CheckedPipeline(family)
        var arrival: Int64 = 1_000_000_000
        var deviceTime: Int64?
        var place = 1
        while place + 3 <= bytes.count {
            let count = driver.identity.characteristics.count + 1
            let characteristic = CharacteristicIndex(
                rawValue: UInt8(Int(bytes[place]) % count))
            arrival += steps[Int(bytes[place + 1]) % steps.count]
            let end = min(place + 3 + Int(bytes[place + 2]), bytes.count)
            let packet = Array(bytes[(place + 3)..<end])
            place = end
            buffer.refill { (output: inout OutputSpan<ImuSample>) in
                do throws(DecodeError) {
                    try driver.decode(packet.span, from: characteristic, into: &output)
                } catch {}
            }
            for index in 0..<buffer.count { check(buffer[index], capabilities, &deviceTime) }
            checkEvent(&driver)
            others(driver, family, packet, characteristic)
            pipeline.accept(packet, characteristic: characteristic, arrival: arrival)
        }
    }

    private static func check(
        _ sample: ImuSample, _ capabilities: Capabilities, _ before: inout Int64?
    ) {
        FrameChecks.check(
            sample, force: capabilities.specificForceRange,
            rate: capabilities.angularRateRange)
        guard sample.flags.has(.hasDeviceTime) else { return }
        if let before, !sample.flags.has(.newEpoch) {
            promise(sample.deviceTime > before, "the sensor's clock fell within an epoch")
        }
        before = sample.deviceTime
    }

    private static func checkEvent(_ driver: inout any Wearable) {
        if case .battery(let level) = driver.takeEvent() {
            promise(level.percent <= 100, "a battery of \(level.percent) %")
        }
        promise(driver.takeEvent() == nil, "an event was handed out twice")
    }

    /// The same bytes as a reply, as a vector and as advertising.
    ///
    /// On copies: what a reply teaches would change the stream.
    private static func others(
        _ driver: any Wearable, _ family: any Wearable.Type, _ packet: [UInt8],
        _ characteristic: CharacteristicIndex
    ) {
        var asked = driver
        _ = asked.take(reply: packet, from: characteristic)
        _ = asked.capabilities.cueFitness
        _ = asked.stop()
        let kinds = VectorQuestion.Kind.allCases
        let number = Int(packet.first ?? 0)
        _ = family.answer(
            VectorQuestion(
                kind: kinds[number % kinds.count],
                characteristic: family.identity.uuid(of: characteristic), frames: [packet],
                context: [
                    "channels": .integer(Int128(number % 6)),
                    "resolution_bits": .integer(Int128(number % 40)),
                ]))
        if let advertisement = try? Advertisement(advertisingData: packet) {
            _ = wearable(recognising: advertisement)
        }
    }
}
