// A sensor's life driven by hand: events and time in, states and effects out.

import Bluetooth
import Kinematics
import Testing
import Wearables

/// A life with a clock that a test turns.
struct LifeRow {
    static let millisecond: Int64 = 1_000_000

    var life: SensorLife
    var now: Int64 = 1_000_000_000
    /// Effects of the last event.
    var effects: [SensorEffect] = []
    /// All effects since the start.
    var all: [SensorEffect] = []
    var link = LinkFacts()

    init(serialNumber: String? = nil) {
        life = SensorLife(
            condition: .ready,
            gapLimit: RetryPolicy.gapLimit(
                rateHertz: 60, batchDelay: 0, connectionInterval: 0.05),
            expectedSerialNumber: serialNumber, makeDriver: { ScriptedWearable() })
    }

    mutating func take(_ event: SensorEvent) {
        (life, effects) = SensorLife.next(life, event, at: now)
        all += effects
    }

    mutating func set(_ change: (inout LinkFacts) -> Void) {
        change(&link)
        take(.link(link))
    }

    /// Lets time go on, with a tick at every deadline on the way.
    mutating func wait(milliseconds: Int64) {
        let end = now + milliseconds * LifeRow.millisecond
        var ticks: [SensorEffect] = []
        while let deadline = life.deadline, deadline <= end {
            now = max(now, deadline)
            take(.tick)
            ticks += effects
            if ticks.count > 10_000 { break }
        }
        now = end
        effects = ticks
    }

    /// Brings the sensor to its turn, with an object known to BlueZ.
    mutating func toTurn() {
        set { $0.isKnown = true }
        take(.want)
        take(.granted)
    }

    mutating func toConnected() {
        toTurn()
        take(.connectAnswered(.success))
        set {
            $0.isConnected = true
            $0.isResolved = true
            $0.isComplete = true
        }
    }

    /// Answers the scripted plan's two steps.
    mutating func toStreaming() {
        toConnected()
        take(.plan(.done(.success)))
        take(.plan(.done(.success)))
        #expect(kind == "streaming")
        now += 10 * LifeRow.millisecond
        take(.data(at: now))
        all = []
    }

    /// The state's name, without what it carries.
    var kind: String {
        let text = "\(life.state)"
        return String(text.prefix { $0 != "(" })
    }

    var waitingUntil: Int64? {
        if case .waiting(let until) = life.state { until } else { nil }
    }

    func counts(_ effect: SensorEffect) -> Int { all.count { $0 == effect } }

    var losses: [LossCause] {
        all.compactMap { if case .tellLost(let cause) = $0 { cause } else { nil } }
    }
}

/// A driver whose plan is one subscription and one write; every packet of 2 bytes is a sample.
struct ScriptedWearable: Wearable {
    static let identity = WearableIdentity(
        name: "scripted", services: ["s"], characteristics: ["a", "b"], nominalRatesHertz: [60])
    static let capabilities = Capabilities(
        streams: [.specificForce], specificForceRange: 1, angularRateRange: 1,
        hasDeviceTime: false, samplesPerPacket: 1)
    static let stream = CharacteristicIndex(rawValue: 0)
    static let control = CharacteristicIndex(rawValue: 1)

    var nominalRateHertz: Double { 60 }
    var replies: [[UInt8]] = []

    init(_ request: StreamRequest = StreamRequest()) {}

    static func recognise(_ advertisement: Advertisement) -> Recognition? { nil }

    func plan() -> [PlanStep] {
        [.subscribe(Self.stream), .write(Self.control, [1], .withResponse)]
    }

    func stop() -> [PlanStep] { [.write(Self.control, [0], .withResponse)] }

    /// A reply that begins with 9 asks for one more write.
    mutating func take(reply: [UInt8], from characteristic: CharacteristicIndex) -> [PlanStep] {
        replies.append(reply)
        return reply.first == 9 ? [.write(Self.control, [99], .withResponse)] : []
    }

    mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard packet.count == 2 else { throw .malformed }
        samples.append(
            ImuSample(deviceTime: 0, angularRate: .zero, specificForce: .zero, flags: []))
    }

    static func answer(_ question: VectorQuestion) -> VectorAnswer { fatalError("not asked") }
}
