// Thalmic Myo armband: quaternion, acceleration and rate at 50 Hz, a motor, no clock; worn on a thigh with
// its extender strap. Protocol: H, thalmiclabs/myo-bluetooth `myohw.h` @c79c1a5d; T, iomz/dl-myo
// `tests/test_myo/test_types.py` @c385880e. Little-endian: H's comment says otherwise, but the packets
// recorded in T are unit quaternions and 1 g only so.

package import Kinematics

/// One connection to a Myo.
package struct Myo: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "myo", services: [uuid("0001")],
        characteristics: ["0401", "0402", "0502", "0101"].map(uuid), nominalRatesHertz: [50])

    private static func uuid(_ short: String) -> String {
        "d506\(short)-a904-deb9-4748-2c7f4a124842"
    }

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var command: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var readings: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var motion: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }
    package static var info: CharacteristicIndex { @_noLocks get { .init(rawValue: 3) } }

    // MARK: Recognise

    /// The name is the owner's; the service is advertised.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        advertisement.services.contains(where: identity.services.contains)
            ? Recognition(.certain) : nil
    }

    // MARK: Capabilities

    /// m/s² and rad/s (H: 2048 counts per g, 16 per °/s).
    package static var specificForceRange: Double { @_noLocks get { 16 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate, .orientation],
        specificForceRange: specificForceRange, angularRateRange: angularRateRange,
        hasDeviceTime: false, samplesPerPacket: 1, canIdentify: true, canBuzz: true,
        tellsBattery: true)

    package let nominalRateHertz = 50.0
    private var event: WearableEvent?

    package init(_ request: StreamRequest) {}

    // MARK: Plan

    package func plan() -> [PlanStep] {
        [
            .read(Self.info), Self.write(MyoCommand.readings(on: false)),
            .subscribe(Self.readings), Self.write(MyoCommand.neverSleep),
            Self.write(MyoCommand.readings(on: true)),
            .awaitSample(milliseconds: 3000, ifSilent: []),
        ]
    }

    private static func write(_ bytes: [UInt8]) -> PlanStep {
        .write(command, bytes, .withResponse)
    }

    /// Device information is 20 bytes and begins with the address (H `myohw_fw_info_t`).
    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.info, reply.count < 8 else { return [] }
        return [.refuse(reason: "its device information is not a Myo's")]
    }

    package func identify() -> [PlanStep]? { [Self.write(MyoCommand.vibrate(.short))] }

    /// In the motor's three lengths.
    package func buzz(milliseconds: Int) -> [PlanStep]? {
        switch milliseconds {
        case ..<350: [Self.write(MyoCommand.vibrate(.short))]
        case ..<750: [Self.write(MyoCommand.vibrate(.medium))]
        default: [Self.write(MyoCommand.vibrate(.long))]
        }
    }

    // MARK: Decode

    /// Quaternion, acceleration, rate, each int16: 20 bytes.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        if characteristic.rawValue == Self.motion.rawValue {
            // Type 0 is a tap (H); the count is how often.
            let kind = try packet.uint8(at: 0)
            let count = try packet.uint8(at: 2)
            if kind == 0 { event = .buttonPressed(clicks: count) }
            return
        }
        guard characteristic.rawValue == Self.readings.rawValue else {
            throw .unexpectedCharacteristic
        }
        let force = try packet.int16Vector(at: 8, scale: standardGravity / 2048)
        let rate = try packet.int16Vector(at: 14, scale: radiansPerDegree / 16)
        guard packet.count == 20 else { throw .malformed }
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

    /// Deep sleep is never sent: only USB wakes it from that.
    package func stop() -> [PlanStep] {
        [Self.write(MyoCommand.readings(on: false)), .unsubscribe(Self.readings)]
    }
}

/// What can be written to a Myo (H).
package enum MyoCommand {
    package enum Vibration: UInt8, Sendable { case short = 1, medium, long }

    /// Muscle signals off, readings on or off, gestures off.
    package static func readings(on: Bool) -> [UInt8] {
        [0x01, 0x03, 0x00, on ? 0x01 : 0x00, 0x00]
    }
    package static func vibrate(_ length: Vibration) -> [UInt8] { [0x03, 0x01, length.rawValue] }
    package static let neverSleep: [UInt8] = [0x09, 0x01, 0x01]
}

// MARK: Vectors

extension Myo {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        do throws(DecodeError) {
            switch question.kind {
            case .notification, .indication: return .fields(try content(question))
            case .command: return command(question)
            case .advertisement:
                return VectorWords.recognition(
                    Myo.self, try Advertisement(advertisingData: question.firstFrame))
            case .advertisedName:
                return VectorWords.recognition(Myo.self, Advertisement(localName: question.name))
            default: return .unsupported("myo has no \(question.kind.rawValue)")
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
        if index == motion {
            let kind = try packet.uint8(at: 0)
            let direction = try packet.uint8(at: 1)
            let count = try packet.uint8(at: 2)
            return [
                VectorField("event", .text(kind == 0 ? "tap" : "motion \(kind)")),
                VectorField("direction", VectorWords.integer(direction)),
                VectorField("count", VectorWords.integer(count)),
            ]
        }
        guard index == readings else { throw .unexpectedCharacteristic }
        guard packet.count <= 20 else { throw .malformed }
        var quaternion: [VectorValue] = []
        for place in 0..<4 {
            quaternion.append(.number(Double(try packet.int16(at: 2 * place)) / 16384))
        }
        let force = try packet.int16Vector(at: 8, scale: standardGravity / 2048)
        let rate = try packet.int16Vector(at: 14, scale: radiansPerDegree / 16)
        return VectorWords.samples(
            "imu",
            [
                [
                    VectorField("quat", .list(quaternion)),
                    VectorField("acc", VectorWords.list(force)),
                    VectorField("gyro", VectorWords.list(rate)),
                ]
            ])
    }

    private static func command(_ question: VectorQuestion) -> VectorAnswer {
        let wish = question.wish ?? ""
        let bytes: [UInt8]? =
            switch wish {
            case "emgoff,imudataon,classifieroff": MyoCommand.readings(on: true)
            case _ where wish.contains("imuoff") || wish.contains("imudataoff"):
                MyoCommand.readings(on: false)
            case "shortvibration": MyoCommand.vibrate(.short)
            case "mediumvibration": MyoCommand.vibrate(.medium)
            case "longvibration": MyoCommand.vibrate(.long)
            case "neversleep": MyoCommand.neverSleep
            default: nil
            }
        guard let bytes else { return VectorWords.noCommand(question, identity) }
        return VectorWords.bytes(bytes, to: command, of: identity)
    }
}
