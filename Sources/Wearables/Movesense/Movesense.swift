// Movesense with the vendor's sample firmware for GATT (`gatt_sensordata_app`): acceleration and rate at
// 104 or 208 Hz with a millisecond clock, several samples a packet, little-endian. Protocol: Y,
// sensein/movesense-py @800da2ab (`src/movesense/protocol.py`, `sensor.py`); F, the vendor's firmware
// sample `GATTSensorDataClient.cpp`. The packets of the vectors are a third party's tests, not captures.

package import Kinematics

/// One connection to a Movesense.
package struct Movesense: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "movesense", services: ["34802252-7185-4d5d-b431-630e7050e8f0"],
        characteristics: [
            "34800002-7185-4d5d-b431-630e7050e8f0", "34800001-7185-4d5d-b431-630e7050e8f0",
        ],
        // At 52 Hz a packet of eight samples would be 0.15 s old.
        nominalRatesHertz: [104, 208])

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var notify: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var command: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }

    // MARK: Recognise

    /// Stock firmware has the same name and no open stream: only the service tells.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        if advertisement.services.contains(where: identity.services.contains) {
            return Recognition(.certain)
        }
        return advertisement.localName?.hasPrefix("Movesense") == true
            ? Recognition(.needsConnection) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s: the largest ranges, for the plain service cannot set them.
    package static var specificForceRange: Double { @_noLocks get { 16 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: specificForceRange,
        angularRateRange: angularRateRange, hasDeviceTime: true, samplesPerPacket: 32,
        // Eight samples at 104 Hz; sixteen at 208.
        batchDelay: 0.077, minimumMTU: 161, tellsBattery: true)

    package let nominalRateHertz: Double
    private var assembly = MovesenseAssembly()
    private var clock = DeviceClock(bits: 32, nanosecondsPerTick: 1_000_000)
    private var lastTime: Int64 = 0
    private var event: WearableEvent?

    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
    }

    // MARK: Plan

    private static let stream: UInt8 = 1
    private static let energy: UInt8 = 2

    package func plan() -> [PlanStep] {
        let path = "/Meas/IMU6/\(Int(nominalRateHertz))"
        return [
            .ifPresent(
                Self.notify, then: [],
                otherwise: [
                    .refuse(
                        reason:
                            "it runs stock firmware, which has no open stream: put the vendor's "
                            + "gatt_sensordata_app on it")
                ]), .subscribe(Self.notify), Self.write(Self.unsubscribe(Self.stream)),
            .pause(milliseconds: 100),
        ] + (askBattery() ?? []) + [
            Self.write(Self.subscribe(path, reference: Self.stream)),
            .awaitReply(
                Self.notify, prefix: [1, Self.stream], milliseconds: 3000, ifSilent: []),
            .awaitSample(milliseconds: 3000, ifSilent: []),
        ]
    }

    private static func write(_ bytes: [UInt8]) -> PlanStep {
        .write(command, bytes, .withResponse)
    }

    static func subscribe(_ path: String, reference: UInt8) -> [UInt8] {
        [1, reference] + Array(path.utf8) + [0]
    }

    static func unsubscribe(_ reference: UInt8) -> [UInt8] { [2, reference] }

    /// `1 reference status(u16)`: 200 is good.
    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.notify, reply.starts(with: [1, Self.stream]) else { return [] }
        let status = (try? reply.span.uint16(at: 2)) ?? 0
        if status == 200 { return [] }
        return [.refuse(reason: "it does not start to measure: it answers with status \(status)")]
    }

    package func askBattery() -> [PlanStep]? {
        [Self.write([4, Self.energy] + Array("/System/Energy/Level".utf8) + [0])]
    }

    // MARK: Decode

    /// Packets longer than the MTU come in parts; the time belongs to the first sample (uncertain).
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard characteristic.rawValue == Self.notify.rawValue else {
            throw .unexpectedCharacteristic
        }
        let kind = try packet.uint8(at: 0)
        let reference = try packet.uint8(at: 1)
        if kind == 1 {
            if reference == Self.energyReference, packet.count == 5 {
                let percent = try packet.uint8(at: 4)
                guard percent <= 100 else { throw .outOfRange }
                event = .battery(BatteryLevel(percent: percent))
            }
            return
        }
        guard reference == Self.streamReference else { throw .unexpectedCharacteristic }
        switch kind {
        case 2: try assembly.begin(packet)
        case 3, 4: try assembly.append(packet)
        default: throw .malformed
        }
        if assembly.isComplete { try emit(into: &samples) }
    }

    private static var streamReference: UInt8 { @_noLocks get { 1 } }
    private static var energyReference: UInt8 { @_noLocks get { 2 } }

    @_noLocks
    private mutating func emit(into samples: inout OutputSpan<ImuSample>) throws(DecodeError) {
        let count = assembly.sampleCount
        assembly.close()
        guard count > 0 else { throw .tooShort }
        guard samples.freeCapacity >= count else { throw .noRoom }
        // All readings are looked at before one is taken.
        var index = 0
        while index < count {
            let force = assembly.vector(index)
            let rate = assembly.vector(count + index) * radiansPerDegree
            guard force.isFinite, rate.isFinite else { throw .notFinite }
            guard ReadingCheck.isPossible(force, range: Self.specificForceRange),
                ReadingCheck.isPossible(rate, range: Self.angularRateRange)
            else { throw .outOfRange }
            index += 1
        }
        let reading = try clock.advance(to: UInt64(assembly.milliseconds))
        // The samples of a packet reach beyond its time: the next must begin behind them.
        if !reading.startsEpoch, reading.nanoseconds <= lastTime { throw .stale }
        lastTime = reading.nanoseconds &+ Int64(Double(count - 1) * 1e9 / nominalRateHertz)
        index = 0
        while index < count {
            var flags = SampleFlags.hasDeviceTime
            if reading.startsEpoch, index == 0 { flags = flags.with(.newEpoch) }
            try ReadingCheck.append(
                force: assembly.vector(index), within: Self.specificForceRange,
                rate: assembly.vector(count + index) * radiansPerDegree,
                within: Self.angularRateRange, flags: flags,
                deviceTime: reading.nanoseconds
                    &+ Int64(Double(index) * 1e9 / nominalRateHertz),
                into: &samples)
            index += 1
        }
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }

    // MARK: Stop

    package func stop() -> [PlanStep] {
        [Self.write(Self.unsubscribe(Self.stream)), .unsubscribe(Self.notify)]
    }
}
