// Arduino Nicla Sense ME (Bosch BHI260AP) with the sketch "App" of the Arduino_BHY2 library: acceleration
// and rate in packets of their own at 50 or 100 Hz, several in a notification, no clock, little-endian.
// Protocol: N, arduino/nicla-sense-me-fw @deb425b0 (`Arduino_BHY2/src/BLEHandler.cpp`,
// `sensors/SensorTypes.h`, `SensorID.h`, `DataParser.cpp`). No packets from a real board were found: the
// vectors are built from the layout.

package import Kinematics

/// One connection to a Nicla Sense ME.
package struct NiclaSense: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "nicla-bhy2", services: ["34c2e3bb-34aa-11eb-adc1-0242ac120002"],
        characteristics: [
            "34c2e3bc-34aa-11eb-adc1-0242ac120002", "34c2e3bd-34aa-11eb-adc1-0242ac120002",
            "45622512-6468-465a-b141-0b9b0f96b468", "45622513-6468-465a-b141-0b9b0f96b468",
        ],
        nominalRatesHertz: [50, 100])

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var readings: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var settings: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    /// Only OpenEarable has these: its firmware version and its hardware's.
    package static var earableFirmware: CharacteristicIndex { .init(rawValue: 2) }
    package static var earableHardware: CharacteristicIndex { .init(rawValue: 3) }

    // MARK: Recognise

    /// OpenEarable has the same service under another name.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        let name = advertisement.localName?.uppercased() ?? ""
        if name.hasPrefix("OPENEARABLE") { return nil }
        let hasService = advertisement.services.contains(where: identity.services.contains)
        if name.hasPrefix("NICLA") { return Recognition(hasService ? .certain : .likely) }
        return hasService ? Recognition(.needsConnection) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s: the sketch's defaults, which cannot be asked for over the air.
    package static var specificForceRange: Double { @_noLocks get { 8 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: specificForceRange,
        angularRateRange: angularRateRange, hasDeviceTime: false,
        // Twenty packets of twelve bytes fill a notification; ten pairs.
        samplesPerPacket: 20)

    package let nominalRateHertz: Double
    private var pairing = ArrivalPairing()

    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
    }

    // MARK: Plan

    /// Identifiers of the chip's virtual sensors (N `SensorID.h`).
    private static let force: UInt8 = 4
    private static let rate: UInt8 = 13

    /// `id rate(float32) latency(u32 ms)`: rate 0 is off, latency 0 sends at once.
    static func configure(_ sensor: UInt8, hertz: Float) -> [UInt8] {
        [sensor] + littleEndian(hertz.bitPattern) + littleEndian(UInt32(0))
    }

    package func plan() -> [PlanStep] {
        let refusal = PlanStep.refuse(reason: "it is an OpenEarable, not a Nicla Sense")
        return [
            .ifPresent(Self.earableFirmware, then: [refusal], otherwise: []),
            .ifPresent(Self.earableHardware, then: [refusal], otherwise: []),
        ] + stop() + [
            .subscribe(Self.readings), set(Self.rate, nominalRateHertz),
            set(Self.force, nominalRateHertz), .awaitSample(milliseconds: 3000, ifSilent: []),
        ]
    }

    private func set(_ sensor: UInt8, _ hertz: Double) -> PlanStep {
        .write(Self.settings, Self.configure(sensor, hertz: Float(hertz)), .withResponse)
    }

    // MARK: Decode

    /// `id size data(10)`, twelve bytes each.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard characteristic.rawValue == Self.readings.rawValue else {
            throw .unexpectedCharacteristic
        }
        guard packet.count > 0, packet.count % 12 == 0 else { throw .tooShort }
        var place = 0
        while place < packet.count {
            switch try packet.uint8(at: place) {
            case 4:
                pairing.put(
                    force: try packet.int16Vector(
                        at: place &+ 2, scale: Self.specificForceRange / 32768))
            case 13:
                pairing.put(
                    rate: try packet.int16Vector(
                        at: place &+ 2, scale: Self.angularRateRange / 32768))
            default:
                // Sensors that another host left running.
                break
            }
            if let pair = pairing.take() {
                try ReadingCheck.append(
                    force: pair.force, within: Self.specificForceRange, rate: pair.rate,
                    within: Self.angularRateRange, into: &samples)
            }
            place &+= 12
        }
    }

    // MARK: Stop

    package func stop() -> [PlanStep] {
        [set(Self.force, 0), set(Self.rate, 0), .unsubscribe(Self.readings)]
    }
}

// MARK: Vectors

extension NiclaSense {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        switch question.kind {
        case .notification, .sequence:
            return streamAnswer(question, NiclaSense(StreamRequest()), from: readings)
        case .command:
            guard question.wish == "configure", let sensor: UInt8 = question.number("sensor"),
                let rate = question.double("rate_hz")
            else { return VectorWords.noCommand(question, identity) }
            return VectorWords.bytes(
                configure(sensor, hertz: Float(rate)), to: settings, of: identity)
        case .advertisedName:
            return VectorWords.recognition(
                NiclaSense.self, Advertisement(localName: question.name))
        default: return .unsupported("nicla-bhy2 has no \(question.kind.rawValue)")
        }
    }
}
