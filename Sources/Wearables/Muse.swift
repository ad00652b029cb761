// Muse headband (2016, Muse 2): acceleration and rate at 52 Hz, three samples a packet, a packet counter
// for a clock, **big-endian**; for the trunk's or head's lean in the seat. Protocol: M, urish/muse-js
// @4e864578 (`src/muse.ts`, `src/lib/muse-parse.ts` and its tests with recorded packets).

package import Kinematics

/// One connection to a Muse.
package struct Muse: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "muse", services: [standardUUID("fe8d")],
        characteristics: ["000a", "0009", "0001", "000b"].map(uuid), nominalRatesHertz: [52])

    private static func uuid(_ short: String) -> String {
        "273e\(short)-4c4d-454d-96be-f03bac821358"
    }

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var force: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var rate: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var control: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }
    package static var telemetry: CharacteristicIndex { @_noLocks get { .init(rawValue: 3) } }

    // MARK: Recognise

    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        let isNamed = advertisement.localName?.hasPrefix("Muse-") == true
        let hasService = advertisement.services.contains(where: identity.services.contains)
        if isNamed && hasService { return Recognition(.certain) }
        return isNamed || hasService ? Recognition(.likely) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s per count (M: 0.0000610352 g, 0.0074768 °/s).
    private static var forceScale: Double { @_noLocks get { 0.000_061_035_2 * standardGravity } }
    private static var rateScale: Double { @_noLocks get { 0.007_476_8 * radiansPerDegree } }
    /// Full scale is 32768 counts.
    package static var specificForceRange: Double { @_noLocks get { 32768 * forceScale } }
    package static var angularRateRange: Double { @_noLocks get { 32768 * rateScale } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: specificForceRange,
        angularRateRange: angularRateRange, hasDeviceTime: true, samplesPerPacket: 3,
        // Three samples, and up to as many for the other stream's packet.
        batchDelay: 0.077, tellsBattery: true)

    package let nominalRateHertz = 52.0
    /// A packet every three samples.
    private var clock = DeviceClock(bits: 16, nanosecondsPerTick: 57_692_308)
    private var forces: InlineArray<3, Vector3> = InlineArray(repeating: .zero)
    private var rates: InlineArray<3, Vector3> = InlineArray(repeating: .zero)
    private var forceSequence: UInt16 = 0
    private var hasForce = false
    private var hasRate = false
    private var event: WearableEvent?

    package init(_ request: StreamRequest) {}

    // MARK: Plan

    /// Length, text, newline.
    static func command(_ text: String) -> [UInt8] {
        [UInt8(truncatingIfNeeded: text.utf8.count + 1)] + Array(text.utf8) + [0x0A]
    }

    private static func write(_ text: String) -> PlanStep {
        .write(control, command(text), .withoutResponse)
    }

    package func plan() -> [PlanStep] {
        [
            .subscribe(Self.control), Self.write("h"), .pause(milliseconds: 50),
            Self.write("p21"), .pause(milliseconds: 50), Self.write("s"),
            .subscribe(Self.telemetry), .subscribe(Self.rate), .subscribe(Self.force),
            Self.write("d"), .awaitSample(milliseconds: 5000, ifSilent: []),
        ]
    }

    // MARK: Decode

    /// u16 sequence and three samples of x, y, z.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        switch characteristic.rawValue {
        case Self.control.rawValue: return
        case Self.telemetry.rawValue:
            let level = try packet.uint16(at: 2, .bigEndian) / 512
            guard level <= 100 else { throw .outOfRange }
            event = .battery(BatteryLevel(percent: UInt8(truncatingIfNeeded: level)))
            return
        case Self.force.rawValue:
            guard packet.count >= 20 else { throw .tooShort }
            guard packet.count == 20 else { throw .malformed }
            forceSequence = try packet.uint16(at: 0, .bigEndian)
            try fill(&forces, packet, scale: Self.forceScale)
            hasForce = true
        case Self.rate.rawValue:
            guard packet.count >= 20 else { throw .tooShort }
            guard packet.count == 20 else { throw .malformed }
            try fill(&rates, packet, scale: Self.rateScale)
            hasRate = true
        default: throw .unexpectedCharacteristic
        }
        if hasForce, hasRate {
            hasForce = false
            hasRate = false
            try emit(into: &samples)
        }
    }

    @_noLocks
    private func fill(
        _ vectors: inout InlineArray<3, Vector3>, _ packet: Span<UInt8>, scale: Double
    ) throws(DecodeError) {
        var index = 0
        while index < 3 {
            vectors[index] = try packet.int16Vector(at: 2 + 6 * index, scale: scale, .bigEndian)
            index += 1
        }
    }

    @_noLocks
    private mutating func emit(into samples: inout OutputSpan<ImuSample>) throws(DecodeError) {
        guard samples.freeCapacity >= 3 else { throw .noRoom }
        let reading = try clock.advance(to: UInt64(forceSequence))
        var index = 0
        while index < 3 {
            var flags = SampleFlags.hasDeviceTime
            if reading.startsEpoch, index == 0 { flags = flags.with(.newEpoch) }
            try ReadingCheck.append(
                force: forces[index], within: Self.specificForceRange, rate: rates[index],
                within: Self.angularRateRange, flags: flags,
                deviceTime: reading.nanoseconds &+ Int64(index) &* 19_230_769, into: &samples)
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
        [
            Self.write("h"), .unsubscribe(Self.force), .unsubscribe(Self.rate),
            .unsubscribe(Self.telemetry), .unsubscribe(Self.control),
        ]
    }
}

// MARK: Vectors

extension Muse {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        switch question.kind {
        case .notification:
            do throws(DecodeError) {
                return .fields(try content(question))
            } catch {
                return .refused(error)
            }
        case .command:
            guard let text = question.parameter("text")?.text, text.utf8.count < 255 else {
                return VectorWords.noCommand(question, identity)
            }
            return VectorWords.bytes(command(text), to: control, of: identity)
        case .advertisedName:
            return VectorWords.recognition(Muse.self, Advertisement(localName: question.name))
        default: return .unsupported("muse has no \(question.kind.rawValue)")
        }
    }

    private static func content(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        let packet = question.firstFrame.span
        guard let uuid = question.characteristic, let index = identity.index(of: uuid) else {
            throw .unexpectedCharacteristic
        }
        let sequence = VectorField(
            "sequence", VectorWords.integer(try packet.uint16(at: 0, .bigEndian)))
        switch index {
        case force, rate:
            guard packet.count >= 20 else { throw .tooShort }
            guard packet.count == 20 else { throw .malformed }
            var vectors: InlineArray<3, Vector3> = InlineArray(repeating: .zero)
            let isForce = index == force
            try Muse(StreamRequest()).fill(
                &vectors, packet, scale: isForce ? forceScale : rateScale)
            let name = isForce ? "acc" : "gyro"
            let samples = (0..<3).map { [VectorField(name, VectorWords.list(vectors[$0]))] }
            return [sequence] + VectorWords.samples(name, samples)
        case telemetry:
            let percent = Double(try packet.uint16(at: 2, .bigEndian)) / 512
            let volts = Double(try packet.uint16(at: 4, .bigEndian)) * 0.0022
            return [sequence, VectorWords.battery(percent: .number(percent), volts: volts)]
        default: throw .unexpectedCharacteristic
        }
    }
}
