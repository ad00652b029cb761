// Proof that the `Wearable` protocol fits families unlike Movella DOT: a chip found by asking, several
// samples a packet, frames split over packets, no device clock.

import Kinematics
import Testing
import Wearables

/// A family made up for the test; its set-up bytes are those of MetaMotion's accelerometer, its frames
/// are `A5`, a count n, and n times six int16.
private struct ChattySensor: Wearable {
    static let identity = WearableIdentity(
        name: "chatty", services: [],
        characteristics: [
            "00009001-0000-0000-0000-000000000000", "00009006-0000-0000-0000-000000000000",
        ],
        nominalRatesHertz: [50, 100])
    static var command: CharacteristicIndex { .init(rawValue: 0) }
    static var notify: CharacteristicIndex { .init(rawValue: 1) }
    static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: 4 * standardGravity,
        angularRateRange: 1000 * radiansPerDegree, hasDeviceTime: false, samplesPerPacket: 3)

    let nominalRateHertz: Double
    private var buffer: [64 of UInt8] = .init(repeating: 0)
    private var filled = 0

    init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
    }

    static func recognise(_ advertisement: Advertisement) -> Recognition? { nil }
    static func answer(_ question: VectorQuestion) -> VectorAnswer { .unsupported("made up") }

    func plan() -> [PlanStep] {
        [
            .subscribe(Self.notify), .write(Self.command, [0x03, 0x80], .withoutResponse),
            .awaitReply(Self.notify, prefix: [0x03, 0x80], milliseconds: 500, ifSilent: []),
            .write(Self.command, [0x03, 0x01, 0x01], .withoutResponse),
        ]
    }

    /// The reply names the chip, and the chip decides how 100 Hz and ±4 g are written.
    mutating func take(reply: [UInt8], from characteristic: CharacteristicIndex) -> [PlanStep] {
        switch reply.dropFirst(2).first {
        case 1: [.write(Self.command, [0x03, 0x03, 0x28, 0x05], .withoutResponse)]
        case 4: [.write(Self.command, [0x03, 0x03, 0xA8, 0x01], .withoutResponse)]
        default: []
        }
    }

    @_noLocks
    mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        for index in 0..<packet.count {
            let byte = packet[index]
            if filled == 0 && byte != 0xA5 { continue }
            buffer[filled] = byte
            filled += 1
            guard filled >= 2 else { continue }
            guard buffer[1] <= 3 else {
                filled = 0
                throw .malformed
            }
            if filled == 2 + 12 * Int(buffer[1]) {
                try emit(into: &samples)
                filled = 0
            }
        }
    }

    @_noLocks
    private mutating func emit(into samples: inout OutputSpan<ImuSample>) throws(DecodeError) {
        for number in 0..<Int(buffer[1]) {
            guard samples.freeCapacity > 0 else { throw .noRoom }
            let start = 2 + 12 * number
            samples.append(
                ImuSample(
                    angularRate: vector(at: start + 6), specificForce: vector(at: start)))
        }
    }

    @_noLocks
    private func vector(at start: Int) -> Vector3 {
        Vector3(number(at: start), number(at: start + 2), number(at: start + 4))
    }

    @_noLocks
    private func number(at place: Int) -> Double {
        Double(Int16(truncatingIfNeeded: Int(buffer[place]) | Int(buffer[place + 1]) << 8))
    }

    func stop() -> [PlanStep] { [.write(Self.command, [0x03, 0x01, 0x00], .withoutResponse)] }

    func buzz(milliseconds: Int) -> [PlanStep]? {
        guard let time = UInt16(exactly: milliseconds) else { return nil }
        return [
            .write(
                Self.command, [0x08, 0x01, 0xF8, UInt8(time & 255), UInt8(time >> 8), 0],
                .withoutResponse)
        ]
    }
}

struct ProtocolShapeTests {
    @Test("a reply steers the steps that follow it", arguments: [(1, "03032805"), (4, "0303a801")])
    func replySteers(implementation: UInt8, written: String) {
        // MetaMotion: implementation 1 is the BMI160, 4 the BMI270.
        var sensor = ScriptedSensor { sensor, name, bytes in
            if bytes == [0x03, 0x80] {
                sensor.replies["9006"] = [[0x03, 0x80, implementation, 2]]
            }
        }
        let isDone = sensor.run(ChattySensor(StreamRequest()))
        #expect(isDone)
        #expect(
            sensor.log == [
                "on 9006", "write 9001 0380", "write 9001 \(written)", "write 9001 030101",
            ])
    }

    @Test("a reply that does not come ends the plan")
    func silentReply() {
        var sensor = ScriptedSensor { _, _, _ in }
        let isDone = sensor.run(ChattySensor(StreamRequest()))
        #expect(!isDone)
        #expect(sensor.waited == 500)
    }

    @Test("several samples a packet, and a frame split anywhere gives the same samples")
    func splitFrames() throws {
        let values: [Int16] = [
            1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, 16, 17, 18,
        ]
        var frame: [UInt8] = [0xA5, 3]
        for value in values {
            frame += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        for split in 0...frame.count {
            var driver: any Wearable = ChattySensor(StreamRequest())
            var samples = try decode(
                Array(frame[..<split]), from: ChattySensor.notify, with: &driver)
            samples += try decode(Array(frame[split...]), from: ChattySensor.notify, with: &driver)
            #expect(samples.map(\.specificForce.x) == [1, 7, 13])
            #expect(samples.map(\.angularRate.z) == [-6, -12, 18])
            #expect(samples.allSatisfy { !$0.flags.has(.hasDeviceTime) })
        }
    }

    @Test("what a family cannot do is nil, without a line of code")
    func defaults() {
        let driver: any Wearable = ChattySensor(StreamRequest())
        #expect(driver.identify() == nil)
        #expect(driver.buzz(milliseconds: 300)?.count == 1)
    }
}
