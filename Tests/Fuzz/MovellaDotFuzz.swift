// A whole connection's packets in one input: the Movella DOT driver and everything behind it.

import Kinematics
import Plumbing
import Wearables

/// Input: one byte for the driver's mode, then records of three bytes and a payload: the
/// characteristic's index, the time since the record before (a place in `steps`), the payload's length.
enum MovellaDotFuzz {
    /// ns; the first is 60 Hz.
    private static let steps: [Int64] = [
        16_666_667, 1_000, 1_000_000, 100_000_000, 400_000_000, 2_000_000_000, 11_000_000_000,
        3_600_000_000_000,
    ]

    static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let modes = MovellaDotMode.allCases
        var driver = MovellaDot(StreamRequest(), mode: modes[Int(first) % modes.count])
        var buffer = FixedBuffer<ImuSample>(capacity: MovellaDot.capabilities.samplesPerPacket)
        var pipeline = CheckedPipeline(MovellaDot.self)
        var arrival: Int64 = 1_000_000_000
        var deviceTime: Int64?
        var place = 1
        while place + 3 <= bytes.count {
            let characteristic = CharacteristicIndex(rawValue: bytes[place] % 16)
            arrival += steps[Int(bytes[place + 1]) % steps.count]
            let end = min(place + 3 + Int(bytes[place + 2]), bytes.count)
            let packet = Array(bytes[(place + 3)..<end])
            place = end
            decode(packet, characteristic, &driver, &buffer, &deviceTime)
            everyReading(of: packet, first)
            pipeline.accept(packet, characteristic: characteristic, arrival: arrival)
        }
    }

    private static func decode(
        _ packet: [UInt8], _ characteristic: CharacteristicIndex, _ driver: inout MovellaDot,
        _ buffer: inout FixedBuffer<ImuSample>, _ deviceTime: inout Int64?
    ) {
        var failure: DecodeError?
        buffer.refill { (output: inout OutputSpan<ImuSample>) in
            do throws(DecodeError) {
                try driver.decode(packet.span, from: characteristic, into: &output)
            } catch {
                failure = error
            }
        }
        promise(failure == nil || buffer.count == 0, "a refused packet left a sample")
        for index in 0..<buffer.count {
            let sample = buffer[index]
            FrameChecks.check(
                sample, force: MovellaDot.specificForceRange, rate: MovellaDot.angularRateRange)
            promise(sample.flags.has(.hasDeviceTime), "a sample without the sensor's time")
            if let before = deviceTime, !sample.flags.has(.newEpoch) {
                promise(sample.deviceTime > before, "the sensor's clock fell within an epoch")
                promise(sample.deviceTime - before <= 10_000_000_000, "a jump within an epoch")
            }
            deviceTime = sample.deviceTime
        }
        if case .battery(let level) = driver.takeEvent() {
            promise(level.percent <= 100, "a battery of \(level.percent) %")
        }
        promise(driver.takeEvent() == nil, "an event was handed out twice")
        _ = driver.take(reply: packet, from: characteristic)
    }

    /// The other readers of this family, on the same bytes.
    private static func everyReading(of packet: [UInt8], _ choice: UInt8) {
        for mode in MovellaDotMode.allCases {
            guard let payload = try? MovellaDotPayload(packet.span, mode: mode) else { continue }
            for vector in [
                payload.eulerDegrees, payload.velocityIncrement, payload.freeAcceleration,
                payload.specificForce, payload.angularRate, payload.magneticField,
            ] {
                promise(vector?.isFinite ?? true, "a payload field is not finite")
            }
            // Cut anywhere before its last field, a payload is refused.
            let size = size(of: mode)
            promise(packet.count >= size, "a payload of mode \(mode.rawValue) was cut and taken")
            promise(
                (try? MovellaDotPayload(packet.span.extracting(..<(size - 1)), mode: mode)) == nil,
                "a payload of mode \(mode.rawValue) without its last byte was taken")
        }
        if let message = try? MovellaDotMessage(packet.span) {
            promise((try? MovellaDotMessage(message.bytes.span)) == message, "a message changed")
            _ = try? MovellaDotReply(acknowledge: message)
            _ = try? MovellaDotReply(notice: message)
        }
        _ = try? MovellaDotInformation(packet.span)
        _ = try? MovellaDotSettings(packet.span)
        _ = try? MovellaDotReport(packet.span)
        let control = BytePatch(at: Int(choice), [1, 2])
        _ = try? PlanStep.amendment(of: packet, length: 32, wanted: [control], marks: [])
        if let advertisement = try? Advertisement(advertisingData: packet) {
            _ = MovellaDot.recognise(advertisement)
        }
        let kinds = VectorQuestion.Kind.allCases
        _ = MovellaDot.answer(
            VectorQuestion(
                kind: kinds[Int(choice) % kinds.count],
                characteristic: MovellaDot.identity.characteristics[Int(choice) % 13],
                frames: [packet], context: ["payload_mode": .integer(Int128(choice % 32))]))
    }

    /// Bytes of a mode's payload (XD0506P tables 14 to 16): time stamp, then its fields.
    private static func size(of mode: MovellaDotMode) -> Int {
        switch mode {
        case .euler, .freeAcceleration: 16
        case .quaternion: 20
        case .completeEuler, .rateQuantities: 28
        case .completeQuaternion, .extendedEuler, .deltaQuantities, .custom3: 32
        case .rateQuantitiesWithMagnetometer, .custom2: 34
        case .extendedQuaternion: 36
        case .deltaQuantitiesWithMagnetometer: 38
        case .custom1: 40
        case .custom5: 44
        }
    }
}
