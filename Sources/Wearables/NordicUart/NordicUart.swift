// The configurable driver for byte streams: Nordic UART Service and its like, for boards that speak no
// fixed protocol. What the bytes mean is a description (StreamDescription) that the user gives; without
// one the frame suggested for new firmware is expected. Service: Nordic Semiconductor, "Nordic UART
// Service (NUS)", also used by Espruino and Adafruit Bluefruit.

package import Kinematics

/// One connection to a board of the user's own.
package struct NordicUart: Wearable {
    // MARK: Identity

    package static let familyName = "nordic-uart"
    package static let serviceUUID = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
    package static let writeUUID = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
    package static let notifyUUID = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"

    package static let identity: WearableIdentity = WearableIdentity(
        name: familyName, services: [serviceUUID], characteristics: [notifyUUID, writeUUID],
        nominalRatesHertz: [50])

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var notify: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var write: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }

    /// The description's own UUIDs, in the same places.
    package var identity: WearableIdentity {
        WearableIdentity(
            name: description.name, services: [description.service],
            characteristics: [description.notify, description.write],
            nominalRatesHertz: [description.rateHertz])
    }

    // MARK: Recognise

    /// Many things speak through this service, so only the user can tell.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        advertisement.services.contains(serviceUUID) ? Recognition(.needsConnection) : nil
    }

    // MARK: Capabilities

    package static let capabilities: Capabilities = abilities(of: .suggested)

    package var capabilities: Capabilities { Self.abilities(of: description) }

    static func abilities(of description: StreamDescription) -> Capabilities {
        let hasRate = description.has(.gx)
        return Capabilities(
            streams: hasRate ? [.specificForce, .angularRate] : [.specificForce],
            specificForceRange: description.specificForceRange,
            angularRateRange: hasRate ? description.angularRateRange : 0,
            hasDeviceTime: StreamDecoder(description).hasDeviceTime,
            // A notification of 244 bytes with the smallest frames there can be.
            samplesPerPacket: 64,
            batchDelay: Double(description.samplesPerFrame - 1) / description.rateHertz,
            canIdentify: !description.commands.identify.isEmpty,
            canBuzz: !description.commands.buzz.isEmpty,
            tellsBattery: description.has(.battery))
    }

    package let description: StreamDescription
    private var decoder: StreamDecoder

    package var nominalRateHertz: Double { description.rateHertz }

    /// The suggested frame.
    package init(_ request: StreamRequest) {
        description = .suggested
        decoder = StreamDecoder(description)
    }

    /// A board as described; nil where the description is not sound.
    package init?(_ description: StreamDescription) {
        guard description.fault == nil else { return nil }
        self.description = description
        decoder = StreamDecoder(description)
    }

    // MARK: Plan

    /// Nothing is written but what the description says.
    package func plan() -> [PlanStep] {
        [.subscribe(Self.notify)] + Self.written(description.commands.start)
            + [.awaitSample(milliseconds: 5000, ifSilent: [])]
    }

    /// In pieces that fit the smallest MTU.
    static func written(_ bytes: [UInt8]) -> [PlanStep] {
        stride(from: 0, to: bytes.count, by: 20).map { start in
            .write(
                write, Array(bytes[start..<min(start + 20, bytes.count)]), .withoutResponse)
        }
    }

    private static func ifAny(_ bytes: [UInt8]) -> [PlanStep]? {
        bytes.isEmpty ? nil : written(bytes)
    }

    package func identify() -> [PlanStep]? { Self.ifAny(description.commands.identify) }

    package func askBattery() -> [PlanStep]? { Self.ifAny(description.commands.battery) }

    package func buzz(milliseconds: Int) -> [PlanStep]? {
        let words = Array("{ms}".utf8)
        let template = description.commands.buzz
        guard template.count >= words.count,
            let place = (0...template.count - words.count).first(where: {
                template[$0..<$0 + words.count].elementsEqual(words)
            })
        else { return Self.ifAny(template) }
        let time = Array("\(max(0, milliseconds))".utf8)
        return Self.written(
            Array(template[..<place]) + time + Array(template[(place + words.count)...]))
    }

    // MARK: Decode

    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard characteristic.rawValue == Self.notify.rawValue else {
            throw .unexpectedCharacteristic
        }
        try decoder.take(packet, into: &samples)
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? { decoder.takeEvent() }

    // MARK: Stop

    package func stop() -> [PlanStep] {
        Self.written(description.commands.stop) + [.unsubscribe(Self.notify)]
    }

    // MARK: Vectors

    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        switch question.kind {
        case .notification, .sequence:
            streamAnswer(question, NordicUart(StreamRequest()), from: notify)
        case .advertisedName:
            VectorWords.recognition(NordicUart.self, Advertisement(localName: question.name))
        default: .unsupported("nordic-uart has no \(question.kind.rawValue)")
        }
    }
}
