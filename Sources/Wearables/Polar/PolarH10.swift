// Polar H10, OH1 and 360: acceleration only, in frames of 0.2 s and more. They speak the protocol of
// Verity Sense (PolarVerity.swift names the sources); without a gyroscope they are for recordings and
// slow cues.

package import Kinematics

/// One connection to a Polar without a gyroscope.
package struct PolarH10: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "polar-h10", services: PolarVerity.identity.services,
        characteristics: PolarVerity.identity.characteristics,
        nominalRatesHertz: [25, 50, 100, 200])

    package static var control: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var data: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }

    // MARK: Recognise

    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        guard let name = PolarName(advertisement.localName), name.isWithoutGyroscope else {
            return nil
        }
        return Recognition(.certain, model: name.model)
    }

    // MARK: Capabilities

    /// 36 samples a frame at 200 Hz (D).
    package static let capabilities = Capabilities(
        streams: [.specificForce], specificForceRange: 8 * standardGravity, angularRateRange: 0,
        hasDeviceTime: true, samplesPerPacket: 256, batchDelay: 0.18, minimumMTU: 235,
        tellsBattery: true)

    package let nominalRateHertz: Double
    private var decoder: PolarDecoder
    private var attempts = 0

    /// H10 runs at 200 Hz, so that a frame fills soon, and is thinned out.
    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
        decoder = PolarDecoder(
            streamRateHertz: 200, thinning: max(1, Int(200 / nominalRateHertz)), hasRate: false,
            forceRange: 8 * standardGravity, rateRange: 1)
    }

    /// OH1 and 360 have 50 Hz only: a frame fills in 1.2 s.
    package var capabilities: Capabilities {
        var known = Self.capabilities
        if decoder.streamRateHertz < 200 { known.batchDelay = 1.2 }
        return known
    }

    // MARK: Plan

    package func plan() -> [PlanStep] {
        [.read(Self.control), .subscribe(Self.control), .subscribe(Self.data)]
            + [
                PolarVerity.write(PolarCommand.stop(.acceleration)),
                // The default of ±2 g is known to stick at its limit (#634): ask for 8.
                PolarVerity.write(
                    PolarCommand.start(
                        .acceleration, PolarCommand.chestSettings(rateHertz: 200, range: 8))),
                PolarVerity.answer(0x02, .acceleration),
                .awaitSample(milliseconds: 5000, ifSilent: []),
            ]
    }

    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.control else { return [] }
        guard let response = try? PolarResponse(reply) else {
            let offers = reply.count >= 2 && reply[0] == 0x0F && reply[1] & 0x04 != 0
            return offers
                ? [] : [.refuse(reason: "its control point does not offer acceleration")]
        }
        guard response.operation == 0x02, response.measurement == .acceleration else { return [] }
        if response.status == 0 {
            decoder.forceFactor = response.factor ?? 0
            return []
        }
        attempts += 1
        // Another rate, number of settings or state: the optical models' 50 Hz, after a stop.
        guard attempts == 1 else {
            let words = PolarResponse.words(status: response.status)
            return [.refuse(reason: "it does not start to measure: \(words)")]
        }
        var again = PolarCommand.chestSettings(rateHertz: 200, range: 8)
        if response.status != 6 {
            useOpticalRate()
            again = PolarCommand.opticalSettings(rateHertz: 50, range: 8)
        }
        return [
            PolarVerity.write(PolarCommand.stop(.acceleration)),
            PolarVerity.write(PolarCommand.start(.acceleration, again)),
            PolarVerity.answer(0x02, .acceleration),
        ]
    }

    private mutating func useOpticalRate() {
        decoder.streamRateHertz = 50
        decoder.thinning = max(1, Int(50 / nominalRateHertz))
    }

    // MARK: Decode

    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        if characteristic.rawValue == Self.control.rawValue { return }
        guard characteristic.rawValue == Self.data.rawValue else {
            throw .unexpectedCharacteristic
        }
        try decoder.take(packet, into: &samples)
    }

    // MARK: Stop

    /// H10 runs on and drains when it is not stopped (M known issue 2).
    package func stop() -> [PlanStep] {
        [
            PolarVerity.write(PolarCommand.stop(.acceleration)), .unsubscribe(Self.data),
            .unsubscribe(Self.control),
        ]
    }

    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        PolarVerity.answer(question)
    }
}
