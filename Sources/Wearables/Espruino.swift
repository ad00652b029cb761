// Espruino: Puck.js v2 (six axes) and Bangle.js (acceleration only, vibrates) run the JavaScript that we
// send through the Nordic UART Service, so the stream is of our own making: lines of text at 50 Hz with
// the board's milliseconds. Sources: Espruino documentation, "Puck.js" and "Bangle.js";
// espruino/Espruino#2349. No packets from a real board were found: the vectors are built from the script.

package import Kinematics

/// One connection to an Espruino board.
package struct Espruino: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "espruino", services: [NordicUart.serviceUUID],
        characteristics: [NordicUart.notifyUUID, NordicUart.writeUUID], nominalRatesHertz: [52])

    package static var notify: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var write: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }

    // MARK: Recognise

    /// The service is anybody's, so the name must say it: other boards never get our JavaScript.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        guard let name = advertisement.localName else { return nil }
        return name.hasPrefix("Puck.js") || name.hasPrefix("Bangle.js")
            ? Recognition(.certain, model: String(name.prefix { $0 != " " })) : nil
    }

    // MARK: Capabilities

    /// Lines `t,ax,ay,az,gx,gy,gz`: ms, mg, tenths of °/s; the last three are empty on a Bangle.js.
    static let stream: StreamDescription = {
        var description = StreamDescription(
            name: identity.name, match: .init(name: "Puck.js*"),
            framing: .line(separator: 0x0A), format: .csv(decimalComma: false),
            fields: [
                .init(.t), .init(.ax), .init(.ay), .init(.az), .init(.gx, scale: 0.1),
                .init(.gy, scale: 0.1), .init(.gz, scale: 0.1),
            ],
            rateHertz: 52)
        description.units.force = standardGravity / 1000
        description.units.tickNumerator = 1_000_000
        description.specificForceRange = 4 * standardGravity
        description.angularRateRange = 250 * radiansPerDegree
        return description
    }()

    /// Puck.js: ±4 g, ±245 °/s (uncertain: check at rest that it reads 1 g).
    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: 4 * standardGravity,
        angularRateRange: 250 * radiansPerDegree, hasDeviceTime: true, samplesPerPacket: 32,
        canIdentify: true, canBuzz: true)

    package let nominalRateHertz = 52.0
    private var decoder = StreamDecoder(Espruino.stream)

    package init(_ request: StreamRequest) {}

    // MARK: Plan

    /// The script lives in RAM and ends with `reset()`; each line begins with 0x10, "no echo".
    static let script = [
        "w=(t,a,g)=>Bluetooth.println([t&4294967295].concat(a.map(Math.round),g).join())",
        "n=()=>Math.round(getTime()*1000)%4294967296",
        "if(global.Puck&&Puck.accelOn){Puck.accelOn(52);Puck.on('accel',e=>w(n(),"
            + "[e.acc.x,e.acc.y,e.acc.z].map(v=>v/8.192),"
            + "[e.gyro.x,e.gyro.y,e.gyro.z].map(v=>Math.round(v/13.1))))}",
        "if(global.Bangle){Bangle.setPollInterval(20);Bangle.on('accel',a=>w(n(),"
            + "[a.x,a.y,a.z].map(v=>v*1000),['','','']))}",
    ]

    private static func line(_ text: String) -> [PlanStep] {
        NordicUart.written([0x10] + Array(text.utf8) + [0x0A])
    }

    /// 0x03 ends whatever line someone left half typed.
    package func plan() -> [PlanStep] {
        [.subscribe(Self.notify)] + NordicUart.written([0x03]) + Self.line("reset();")
            + [.pause(milliseconds: 500)] + Self.script.flatMap(Self.line)
            + [.awaitSample(milliseconds: 5000, ifSilent: [])]
    }

    package func identify() -> [PlanStep]? {
        Self.line("if(global.LED1)digitalPulse(LED1,1,[200,200,200,200,200])")
            + Self.line("if(global.Bangle)Bangle.buzz(300)")
    }

    /// Only a Bangle.js does; on a Puck.js nothing happens.
    package func buzz(milliseconds: Int) -> [PlanStep]? {
        Self.line("if(global.Bangle)Bangle.buzz(\(max(0, milliseconds)))")
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
        Self.line("reset();") + [.unsubscribe(Self.notify)]
    }

    // MARK: Vectors

    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        switch question.kind {
        case .notification, .sequence:
            streamAnswer(question, Espruino(StreamRequest()), from: notify)
        case .command where question.wish == "reset":
            VectorWords.bytes([0x10] + Array("reset();\n".utf8), to: write, of: identity)
        case .advertisedName:
            VectorWords.recognition(Espruino.self, Advertisement(localName: question.name))
        default: .unsupported("espruino has no \(question.kind.rawValue)")
        }
    }
}
