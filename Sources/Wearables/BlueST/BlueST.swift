// ST SensorTile, SensorTile.box, BlueCoin, STWIN and other BlueST boards: acceleration, rate and field in
// one characteristic at 20 to 50 Hz, ticks of 8 ms, little-endian. Protocol: STMicroelectronics'
// BlueSTSDK_Android: D, `BlueST-SDK.md` @78d2b028; J, the older Java SDK and its tests @b9714ab9; W,
// ST's firmware packages (time stamps are `HAL_GetTick() >> 3`).

package import Kinematics

/// One connection to a BlueST board.
package struct BlueST: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "st-bluest",
        services: [
            "00000000-0001-11e1-9ab4-0002a5d5c51b", "00000000-000f-11e1-9ab4-0002a5d5c51b",
        ],
        characteristics: [
            uuid("00e00000"), uuid("00c00000"), uuid("00800000"), uuid("00400000"),
            uuid("00020000"), uuid("00200000"), uuid("00000100"), uuid("00000080"),
        ],
        // The firmware's, not ours to set: 20 to 30 Hz, some 50; a step of up to 60 ms is no gap.
        nominalRatesHertz: [25])

    /// The first 32 bits of a characteristic are the features it carries (D).
    private static func uuid(_ mask: String) -> String { "\(mask)-0001-11e1-ac36-0002a5d5c51b" }

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var nineAxes: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var sixAxes: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var force: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }
    package static var rate: CharacteristicIndex { @_noLocks get { .init(rawValue: 3) } }
    package static var battery: CharacteristicIndex { @_noLocks get { .init(rawValue: 4) } }

    // MARK: Recognise

    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        BlueSTAdvertisement(advertisement).map {
            Recognition($0.boardName == nil ? .needsConnection : .likely, model: $0.boardName)
        }
    }

    // MARK: Capabilities

    /// m/s² and rad/s: what the boards' chips can at the most; the firmware does not tell its range.
    package static var specificForceRange: Double { @_noLocks get { 16 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate, .magneticField],
        specificForceRange: specificForceRange, angularRateRange: angularRateRange,
        hasDeviceTime: true, samplesPerPacket: 1, tellsBattery: true)

    package let nominalRateHertz = 25.0
    private var clock = DeviceClock(bits: 16, nanosecondsPerTick: 8_000_000)
    private var pairing = ArrivalPairing()
    private var event: WearableEvent?

    package init(_ request: StreamRequest) {}

    // MARK: Plan

    /// Nothing is written at all: a subscription starts a stream.
    package func plan() -> [PlanStep] {
        let separate: [PlanStep] = [
            .ifPresent(
                Self.force, then: [.subscribe(Self.rate), .subscribe(Self.force)],
                otherwise: [
                    .refuse(reason: "its firmware shows neither acceleration nor angular rate")
                ])
        ]
        return stop() + [
            .ifPresent(
                Self.battery, then: [.subscribe(Self.battery)], otherwise: []),
            .ifPresent(
                Self.nineAxes, then: [.subscribe(Self.nineAxes)],
                otherwise: [
                    .ifPresent(
                        Self.sixAxes, then: [.subscribe(Self.sixAxes)], otherwise: separate)
                ]), .awaitSample(milliseconds: 3000, ifSilent: []),
        ]
    }

    // MARK: Decode

    /// Two bytes of time, then the features from the highest mask bit down.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        let tick = try packet.uint16(at: 0)
        switch characteristic.rawValue {
        case Self.nineAxes.rawValue, Self.sixAxes.rawValue:
            let size = characteristic.rawValue == Self.nineAxes.rawValue ? 20 : 14
            guard packet.count >= size else { throw .tooShort }
            try append(
                try BlueSTFeature.force(packet, at: 2), try BlueSTFeature.rate(packet, at: 8),
                tick, into: &samples)
        case Self.force.rawValue:
            pairing.put(force: try BlueSTFeature.force(packet, at: 2))
            if let pair = pairing.take() {
                try append(pair.force, pair.rate, tick, into: &samples)
            }
        case Self.rate.rawValue:
            pairing.put(rate: try BlueSTFeature.rate(packet, at: 2))
            if let pair = pairing.take() {
                try append(pair.force, pair.rate, tick, into: &samples)
            }
        case Self.battery.rawValue:
            event = .battery(try BlueSTFeature.battery(packet, at: 2).level)
        default:
            throw .unexpectedCharacteristic
        }
    }

    @_noLocks
    private mutating func append(
        _ force: Vector3, _ rate: Vector3, _ tick: UInt16,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        // Before the clock moves: a refused packet must not take the mark of a new epoch with it.
        guard ReadingCheck.isPossible(force, range: Self.specificForceRange),
            ReadingCheck.isPossible(rate, range: Self.angularRateRange)
        else { throw .outOfRange }
        guard samples.freeCapacity > 0 else { throw .noRoom }
        let reading = try clock.advance(to: UInt64(tick))
        var flags = SampleFlags.hasDeviceTime
        if reading.startsEpoch { flags = flags.with(.newEpoch) }
        try ReadingCheck.append(
            force: force, within: Self.specificForceRange, rate: rate,
            within: Self.angularRateRange, flags: flags, deviceTime: reading.nanoseconds,
            into: &samples)
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }

    // MARK: Stop

    package func stop() -> [PlanStep] {
        [Self.nineAxes, Self.sixAxes, Self.force, Self.rate, Self.battery].map {
            .unsubscribe($0)
        }
    }
}
