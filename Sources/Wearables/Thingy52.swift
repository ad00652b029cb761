// Nordic Thingy:52: six axes at 50 to 200 Hz in bursts, light and a small speaker, no clock,
// little-endian. Protocol: N, NordicSemiconductor/Nordic-Thingy52-FW @6ada0a9a
// (`source/doc/dox/02_firmware_architecture.dox`, `source/modules/m_motion.c`).

package import Kinematics

/// One connection to a Thingy:52.
package struct Thingy52: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "thingy52", services: ["0100", "0300", "0400", "0500"].map(uuid),
        characteristics: ["0406", "0401", "0301", "0501", "0502", "0302", "0404"].map(uuid),
        // Divisors of the chip's 200 Hz.
        nominalRatesHertz: [50, 100, 200])

    private static func uuid(_ short: String) -> String {
        "ef68\(short)-9b35-4933-9b10-52ffa9740042"
    }

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var readings: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var settings: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var light: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }
    package static var soundSettings: CharacteristicIndex { @_noLocks get { .init(rawValue: 3) } }
    package static var sound: CharacteristicIndex { @_noLocks get { .init(rawValue: 4) } }
    package static var button: CharacteristicIndex { @_noLocks get { .init(rawValue: 5) } }
    package static var orientation: CharacteristicIndex { @_noLocks get { .init(rawValue: 6) } }

    // MARK: Recognise

    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        if advertisement.services.contains(identity.services[0]) { return Recognition(.certain) }
        return advertisement.localName == "Thingy" ? Recognition(.likely) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s: where the fixed-point formats end (N: 6Q10 g, 11Q5 °/s).
    package static var specificForceRange: Double { @_noLocks get { 32 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 1024 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate, .magneticField],
        specificForceRange: specificForceRange, angularRateRange: angularRateRange,
        hasDeviceTime: false, samplesPerPacket: 1, canIdentify: true, canBuzz: true,
        tellsBattery: true)

    package let nominalRateHertz: Double
    private var event: WearableEvent?

    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
    }

    // MARK: Plan

    /// The settings stand in flash, so they are written only where the rate differs.
    package func plan() -> [PlanStep] {
        [
            .unsubscribe(Self.readings), .read(Self.settings),
            .amend(
                Self.settings, length: 9,
                wanted: [BytePatch(at: 6, littleEndian(UInt16(nominalRateHertz)))], marks: []),
            .subscribe(Self.button), .subscribe(Self.readings),
            .awaitSample(milliseconds: 3000, ifSilent: []),
        ]
    }

    /// Nine bytes whose rate is one that the firmware allows, or it is another product.
    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.settings else { return [] }
        if reply.count == 9, let rate = try? reply.span.uint16(at: 6), (5...200).contains(rate) {
            return []
        }
        return [.refuse(reason: "its motion settings are not a Thingy:52's")]
    }

    /// Breathes blue.
    package func identify() -> [PlanStep]? {
        [.write(Self.light, [0x02, 0x04, 100] + littleEndian(UInt16(500)), .withResponse)]
    }

    /// A tone: it has a speaker and no motor.
    package func buzz(milliseconds: Int) -> [PlanStep]? {
        guard let time = UInt16(exactly: milliseconds) else { return nil }
        return [
            .amend(
                Self.soundSettings, length: 2, wanted: [BytePatch(at: 0, [1])], marks: []),
            .write(
                Self.sound, Self.tone(hertz: 880, milliseconds: time, volume: 60),
                .withoutResponse),
        ]
    }

    static func tone(hertz: UInt16, milliseconds: UInt16, volume: UInt8) -> [UInt8] {
        littleEndian(hertz) + littleEndian(milliseconds) + [min(100, volume)]
    }

    // MARK: Decode

    /// Acceleration, rate, field, nine int16.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        if characteristic.rawValue == Self.button.rawValue {
            let isDown = try packet.uint8(at: 0) == 1
            if isDown { event = .buttonPressed(clicks: 1) }
            return
        }
        guard characteristic.rawValue == Self.readings.rawValue else {
            throw .unexpectedCharacteristic
        }
        guard packet.count >= 18 else { throw .tooShort }
        let force = try packet.int16Vector(at: 0, scale: standardGravity / 1024)
        let rate = try packet.int16Vector(at: 6, scale: radiansPerDegree / 32)
        guard packet.count == 18 else { throw .malformed }
        try ReadingCheck.append(
            force: force, within: Self.specificForceRange, rate: rate,
            within: Self.angularRateRange, into: &samples)
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
            .unsubscribe(Self.readings), .unsubscribe(Self.button),
            .write(Self.light, [0x00], .withResponse),
        ]
    }
}

// MARK: Vectors

extension Thingy52 {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        do throws(DecodeError) {
            switch question.kind {
            case .notification, .read: return .fields(try content(question))
            case .command: return command(question)
            case .advertisement:
                return VectorWords.recognition(
                    Thingy52.self, try Advertisement(advertisingData: question.firstFrame))
            case .advertisedName:
                return VectorWords.recognition(
                    Thingy52.self, Advertisement(localName: question.name))
            default: return .unsupported("thingy52 has no \(question.kind.rawValue)")
            }
        } catch {
            return .refused(error)
        }
    }

    private static func content(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        let packet = question.firstFrame.span
        guard let uuid = question.characteristic, let index = identity.index(of: uuid) else {
            throw .unexpectedCharacteristic
        }
        switch index {
        case readings:
            let force = try packet.int16Vector(at: 0, scale: standardGravity / 1024)
            let rate = try packet.int16Vector(at: 6, scale: radiansPerDegree / 32)
            let field = try packet.int16Vector(at: 12, scale: 1 / 16)
            guard packet.count == 18 else { throw .malformed }
            return VectorWords.samples(
                "imu",
                [
                    [
                        VectorField("acc", VectorWords.list(force)),
                        VectorField("gyro", VectorWords.list(rate)),
                        VectorField("mag", VectorWords.list(field)),
                    ]
                ])
        case orientation:
            var numbers: [VectorValue] = []
            for place in 0..<4 {
                let raw = try packet.int32(at: 4 * place)
                numbers.append(.number(Double(raw) / Double(1 << 30)))
            }
            return VectorWords.samples("quat", [[VectorField("quat", .list(numbers))]])
        case button: return [VectorField("button", .flag(try packet.uint8(at: 0) == 1))]
        default: throw .unexpectedCharacteristic
        }
    }

    private static func command(_ question: VectorQuestion) -> VectorAnswer {
        switch question.wish {
        case "motionconfiguration":
            guard let step: UInt16 = question.number("step_ms"),
                let temperature: UInt16 = question.number("temperature_ms"),
                let compass: UInt16 = question.number("compass_ms"),
                let rate: UInt16 = question.number("rate_hz"),
                case .flag(let wakes)? = question.parameter("wake_on_motion")
            else { return .unsupported("the context lacks a part of the configuration") }
            let bytes = [step, temperature, compass, rate].flatMap(littleEndian)
            return VectorWords.bytes(bytes + [wakes ? 1 : 0], to: settings, of: identity)
        case "ledconstant":
            guard case .list(let rgb)? = question.parameter("rgb"), rgb.count == 3 else {
                return .unsupported("the context lacks rgb")
            }
            let colours = rgb.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }
            return VectorWords.bytes([0x01] + colours, to: light, of: identity)
        case "ledoff": return VectorWords.bytes([0x00], to: light, of: identity)
        case "tone":
            guard let hertz: UInt16 = question.number("hz"),
                let time: UInt16 = question.number("ms"),
                let volume: UInt8 = question.number("volume_percent")
            else { return .unsupported("the context lacks hz, ms or volume_percent") }
            return VectorWords.bytes(
                tone(hertz: hertz, milliseconds: time, volume: volume), to: sound, of: identity)
        default: return VectorWords.noCommand(question, identity)
        }
    }
}
