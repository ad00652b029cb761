// Adafruit BLE sensor services (CLUE, Circuit Playground Bluefruit, Feather nRF52840 Sense): acceleration
// and rate in SI units and packets of their own at 50 Hz, pixels and a tone, no clock, little-endian; the
// board must run a program that offers them (Bluefruit Playground, CircuitPython). Protocol: A,
// adafruit/Adafruit_CircuitPython_BLE_Adafruit @8d02b941. No packets from a real board were found: the
// vectors are built from the layout.

package import Kinematics

/// One connection to a board with Adafruit's services.
package struct Adafruit: Wearable {
    // MARK: Identity

    /// The period's characteristic has the same UUID in every service.
    package static let identity = WearableIdentity(
        name: "adafruit", services: ["0200", "0400", "0900", "0c00"].map(uuid),
        characteristics: ["0201", "0401", "0001", "0001", "0903", "0c01", "0601"].map(uuid),
        nominalRatesHertz: [10, 20, 50],
        serviceByCharacteristic: [2: uuid("0200"), 3: uuid("0400")])

    private static func uuid(_ short: String) -> String {
        "adaf\(short)-c332-42a8-93bd-25e905756cb8"
    }

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var force: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var rate: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var forcePeriod: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }
    package static var ratePeriod: CharacteristicIndex { @_noLocks get { .init(rawValue: 3) } }
    package static var pixels: CharacteristicIndex { @_noLocks get { .init(rawValue: 4) } }
    package static var tone: CharacteristicIndex { @_noLocks get { .init(rawValue: 5) } }
    package static var buttons: CharacteristicIndex { @_noLocks get { .init(rawValue: 6) } }

    // MARK: Recognise

    /// The company's identifier is on all of its boards, also those with other programs.
    private static let company: UInt16 = 0x0822

    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        if advertisement.services.contains(where: identity.services.contains) {
            return Recognition(.certain)
        }
        return advertisement.manufacturerData.contains { $0.company == company }
            ? Recognition(.needsConnection) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s: the largest ranges of the boards' chips (LSM6DS33, LIS3DH); the services do not
    /// tell.
    package static var specificForceRange: Double { @_noLocks get { 16 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: specificForceRange,
        angularRateRange: angularRateRange, hasDeviceTime: false, samplesPerPacket: 1,
        canIdentify: true, canBuzz: true)

    package let nominalRateHertz: Double
    private var pairing = ArrivalPairing()
    private var event: WearableEvent?

    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
    }

    // MARK: Plan

    /// The period is a signed number of milliseconds; −1 stops, 0 is "on change".
    package func plan() -> [PlanStep] {
        let period = UInt32(1000 / nominalRateHertz)
        let start: [PlanStep] = [
            .subscribe(Self.rate), .subscribe(Self.force),
            .write(Self.ratePeriod, littleEndian(period), .withResponse),
            .write(Self.forcePeriod, littleEndian(period), .withResponse),
            .awaitSample(milliseconds: 3000, ifSilent: []),
        ]
        return [
            .ifPresent(
                Self.rate, then: [.read(Self.ratePeriod)],
                otherwise: [
                    .refuse(
                        reason: "its program offers no gyroscope (Circuit Playground Bluefruit "
                            + "has none)")
                ])
        ] + stop() + start
    }

    /// A period is four bytes, −1 or more.
    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.ratePeriod else { return [] }
        if reply.count == 4, let period = try? reply.span.int32(at: 0), period >= -1 { return [] }
        return [.refuse(reason: "its measurement period is not one of Adafruit's services")]
    }

    /// A green pixel in the first place, shown at once.
    package func identify() -> [PlanStep]? {
        [
            .ifPresent(
                Self.pixels,
                then: [.write(Self.pixels, [0, 0, 1, 0, 255, 0], .withResponse)], otherwise: [])
        ] + (buzz(milliseconds: 300) ?? [])
    }

    package func buzz(milliseconds: Int) -> [PlanStep]? {
        // 0 ms would sound without end.
        guard let time = UInt32(exactly: milliseconds), time > 0 else { return nil }
        return [
            .ifPresent(
                Self.tone,
                then: [
                    .write(
                        Self.tone, littleEndian(UInt16(880)) + littleEndian(time), .withResponse)
                ], otherwise: [])
        ]
    }

    // MARK: Decode

    /// Three singles in SI units.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        switch characteristic.rawValue {
        case Self.force.rawValue:
            let value = try vector(packet)
            guard ReadingCheck.isPossible(value, range: Self.specificForceRange) else {
                throw .outOfRange
            }
            pairing.put(force: value)
        case Self.rate.rawValue:
            let value = try vector(packet)
            guard ReadingCheck.isPossible(value, range: Self.angularRateRange) else {
                throw .outOfRange
            }
            pairing.put(rate: value)
        case Self.buttons.rawValue:
            let bits = try packet.uint32(at: 0)
            if bits & 0x06 != 0 { event = .buttonPressed(clicks: 1) }
            return
        default: throw .unexpectedCharacteristic
        }
        guard let pair = pairing.take() else { return }
        try ReadingCheck.append(
            force: pair.force, within: Self.specificForceRange, rate: pair.rate,
            within: Self.angularRateRange, into: &samples)
    }

    @_noLocks
    private func vector(_ packet: Span<UInt8>) throws(DecodeError) -> Vector3 {
        let value = try packet.float32Vector(at: 0)
        guard packet.count == 12 else { throw .malformed }
        return value
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }

    // MARK: Stop

    package func stop() -> [PlanStep] {
        let never = littleEndian(UInt32.max)
        return [
            .write(Self.forcePeriod, never, .withResponse),
            .write(Self.ratePeriod, never, .withResponse), .unsubscribe(Self.force),
            .unsubscribe(Self.rate),
        ]
    }
}

// MARK: Vectors

extension Adafruit {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        switch question.kind {
        case .notification, .read:
            do throws(DecodeError) {
                return .fields(try content(question))
            } catch {
                return .refused(error)
            }
        case .command: return command(question)
        case .advertisedName:
            return VectorWords.recognition(Adafruit.self, Advertisement(localName: question.name))
        default: return .unsupported("adafruit has no \(question.kind.rawValue)")
        }
    }

    private static func content(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        guard let uuid = question.characteristic, let index = identity.index(of: uuid) else {
            throw .unexpectedCharacteristic
        }
        let name: String
        switch index {
        case force: name = "acc"
        case rate: name = "gyro"
        default: throw .unexpectedCharacteristic
        }
        let value = try Adafruit(StreamRequest()).vector(question.firstFrame.span)
        return VectorWords.samples(name, [[VectorField(name, VectorWords.list(value))]])
    }

    private static func command(_ question: VectorQuestion) -> VectorAnswer {
        switch question.wish {
        case "setperiod":
            guard let period: Int32 = question.number("ms") else {
                return .unsupported("the context lacks ms")
            }
            return VectorWords.bytes(
                littleEndian(UInt32(bitPattern: period)), to: forcePeriod, of: identity)
        case "tone":
            guard let hertz: UInt16 = question.number("hz"),
                let time: UInt32 = question.number("ms")
            else { return .unsupported("the context lacks hz or ms") }
            return VectorWords.bytes(
                littleEndian(hertz) + littleEndian(time), to: tone, of: identity)
        default: return VectorWords.noCommand(question, identity)
        }
    }
}
