// Polar Verity Sense: acceleration and rate in delta-compressed frames with a nanosecond clock, in
// batches of tenths of a second, little-endian. Protocol: D, polarofficial/polar-ble-sdk
// `technical_documentation/online_measurement.pdf` v1.0 @8fb5311c; A, its Android client; M, its
// `documentation/*.md`. Frames, control point and vectors are in the files beside this one.

package import Kinematics

/// One connection to a Verity Sense (or another Polar with a gyroscope).
package struct PolarVerity: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "polar", services: ["fb005c80-02e7-f387-1cad-8acd2d8df0c8"],
        characteristics: [
            "fb005c81-02e7-f387-1cad-8acd2d8df0c8", "fb005c82-02e7-f387-1cad-8acd2d8df0c8",
        ],
        nominalRatesHertz: [26, 52, 104, 208])

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var control: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var data: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }

    // MARK: Recognise

    /// Polar Electro (A `BDScanCallback.kt`).
    static let company: UInt16 = 0x006B

    /// The name tells the model; H10 and its kin are another driver's.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        if let name = PolarName(advertisement.localName) {
            if name.isWithoutGyroscope { return nil }
            let isKnown = name.model == "Sense" || name.model == "Verity Sense"
            return Recognition(isKnown ? .certain : .needsConnection, model: name.model)
        }
        let isVendors = advertisement.manufacturerData.contains { $0.company == company }
        let hasService = advertisement.services.contains(where: identity.services.contains)
        return isVendors || hasService ? Recognition(.needsConnection) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s: the ranges that the plan sets.
    package static var specificForceRange: Double { @_noLocks get { 8 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    /// A frame holds 60 samples and more, 0.3 s at 208 Hz, and a reading may wait as long again for its
    /// partner in a frame of the other stream (frames of 57 and 60 samples: issues #443, #331).
    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: specificForceRange,
        angularRateRange: angularRateRange, hasDeviceTime: true, samplesPerPacket: 256,
        batchDelay: 0.6, minimumMTU: 235, tellsBattery: true)

    /// In SDK mode, which takes over the device; else 52.
    private static let sdkRate = 208.0

    package let nominalRateHertz: Double
    private var decoder: PolarDecoder
    private var isInSdkMode = true
    /// A stream that ran already was stopped once.
    private var hasRetried = false

    /// Streams run at 208 Hz, so that a frame fills soon; means of 1, 2, 4 or 8 readings are the samples.
    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
        decoder = PolarDecoder(
            streamRateHertz: Self.sdkRate, thinning: max(1, Int(Self.sdkRate / nominalRateHertz)),
            hasRate: true, forceRange: Self.specificForceRange, rateRange: 1000 * radiansPerDegree)
        if request.angularRateRange > 1001 * radiansPerDegree {
            decoder.rateRange = Self.angularRateRange
        }
    }

    /// Without SDK mode frames fill at 52 Hz: up to 1.2 s, and the partner's.
    package var capabilities: Capabilities {
        var known = Self.capabilities
        if !isInSdkMode { known.batchDelay = 2.4 }
        return known
    }

    // MARK: Plan

    /// Reading the control point shows what the device measures; answers to commands come only as
    /// indications, so they are switched on first (polar-ble-sdk#306).
    package func plan() -> [PlanStep] {
        [.read(Self.control), .subscribe(Self.control), .subscribe(Self.data)]
            + quiet()
            + [
                Self.write([0x02, PolarMeasurement.sdkMode.rawValue]),
                Self.answer(0x02, .sdkMode), .awaitSample(milliseconds: 5000, ifSilent: []),
            ]
    }

    static func write(_ bytes: [UInt8]) -> PlanStep { .write(control, bytes, .withResponse) }

    static func answer(_ operation: UInt8, _ measurement: PolarMeasurement) -> PlanStep {
        .awaitReply(
            control, prefix: [0xF0, operation, measurement.rawValue], milliseconds: 3000,
            ifSilent: [])
    }

    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.control else { return [] }
        guard let response = try? PolarResponse(reply) else { return Self.judge(features: reply) }
        guard response.operation == 0x02 else { return [] }
        switch (response.measurement, response.status) {
        case (.sdkMode, let status):
            useSdkMode(status == 0 || status == 6)
            return start(.acceleration)
        case (let measurement?, 6) where !hasRetried:
            hasRetried = true
            return [
                Self.write(PolarCommand.stop(measurement)), Self.answer(0x03, measurement),
            ] + start(measurement)
        case (.acceleration, 0):
            decoder.forceFactor = response.factor ?? 0
            hasRetried = false
            return start(.rate)
        case (.rate, 0):
            decoder.rateFactor = response.factor ?? 0
            return []
        default:
            return [
                .refuse(
                    reason: "it does not start to measure: "
                        + PolarResponse.words(status: response.status))
            ]
        }
    }

    /// `0F b1 b2`: bit 2 acceleration, bit 5 angular rate.
    private static func judge(features: [UInt8]) -> [PlanStep] {
        guard features.count >= 2, features[0] == 0x0F, features[1] & 0x04 != 0 else {
            return [.refuse(reason: "its control point does not offer acceleration")]
        }
        guard features[1] & 0x20 != 0 else {
            return [
                .refuse(
                    reason: "it has no gyroscope: add it as \(PolarH10.identity.name), for "
                        + "recordings and slow cues")
            ]
        }
        return []
    }

    /// Outside SDK mode the device offers 52 Hz and full ranges only.
    private mutating func useSdkMode(_ on: Bool) {
        isInSdkMode = on
        guard !on else { return }
        decoder.streamRateHertz = 52
        decoder.thinning = max(1, Int(52 / nominalRateHertz))
        decoder.rateRange = Self.angularRateRange
    }

    private func start(_ measurement: PolarMeasurement) -> [PlanStep] {
        let isRate = measurement == .rate
        let range = isRate ? decoder.rateRange * degreesPerRadian + 0.5 : 8
        let settings = PolarCommand.opticalSettings(
            rateHertz: UInt32(decoder.streamRateHertz), range: UInt32(range))
        return [
            Self.write(PolarCommand.start(measurement, settings)), Self.answer(0x02, measurement),
        ]
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

    /// SDK mode is left only when nothing runs (status 12).
    private func quiet() -> [PlanStep] {
        [
            Self.write(PolarCommand.stop(.acceleration)), Self.write(PolarCommand.stop(.rate)),
            Self.write(PolarCommand.stop(.sdkMode)),
        ]
    }

    package func stop() -> [PlanStep] {
        quiet() + [.unsubscribe(Self.data), .unsubscribe(Self.control)]
    }
}
