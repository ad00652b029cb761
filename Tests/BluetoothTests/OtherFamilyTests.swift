// Another family over the same bus: a protocol of questions and answers, and a seldom sender's patience.

import Bluetooth
import FakeBlueZ
import Kinematics
import Plumbing
import Testing
import Wearables

extension CentralTests {
    @Suite("Another family")
    struct OtherFamilyTests {}
}

extension CentralTests.OtherFamilyTests {
    static let service = "f0001000-0451-4000-b000-000000000000"
    static let control = "f0001001-0451-4000-b000-000000000000"
    static let stream = "f0001002-0451-4000-b000-000000000000"

    /// A family whose plan asks, waits for the answer on a notification, and obeys it.
    struct Asking: Wearable {
        static let identity = WearableIdentity(
            name: "asking", services: [CentralTests.OtherFamilyTests.service],
            characteristics: [
                CentralTests.OtherFamilyTests.control, CentralTests.OtherFamilyTests.stream,
                "00002a19-0000-1000-8000-00805f9b34fb",
            ], nominalRatesHertz: [60])
        static let capabilities = ScriptedWearable.capabilities
        private static let control = CharacteristicIndex(rawValue: 0)
        private static let stream = CharacteristicIndex(rawValue: 1)
        private static let battery = CharacteristicIndex(rawValue: 2)
        var nominalRateHertz: Double { 60 }
        private(set) var levels: [[UInt8]] = []

        init(_ request: StreamRequest) {}

        static func recognise(_ advertisement: Advertisement) -> Recognition? { nil }

        func plan() -> [PlanStep] {
            [
                .read(Self.battery), .subscribe(Self.control), .subscribe(Self.stream),
                .write(Self.control, [0x02], .withResponse),
                .awaitReply(Self.control, prefix: [0xF0, 0x02], milliseconds: 1000, ifSilent: []),
                .awaitSample(milliseconds: 1000, ifSilent: []),
            ]
        }

        func stop() -> [PlanStep] { [.write(Self.control, [0x03], .withResponse)] }

        mutating func take(reply: [UInt8], from index: CharacteristicIndex) -> [PlanStep] {
            if index == Self.battery { levels.append(reply) }
            return reply.starts(with: [0xF0, 0x02])
                ? [.write(Self.control, [0x10, reply.last ?? 0], .withoutResponse)] : []
        }

        mutating func decode(
            _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
            into samples: inout OutputSpan<ImuSample>
        ) throws(DecodeError) {
            guard characteristic == Self.stream, packet.count == 2 else { throw .malformed }
            samples.append(
                ImuSample(deviceTime: 0, angularRate: .zero, specificForce: .zero, flags: []))
        }

        static func answer(_ question: VectorQuestion) -> VectorAnswer { fatalError("not asked") }
    }

    @Test(
        "answers come as notifications, the battery from BlueZ's own plug-in",
        arguments: [
            NotifyPath.signals, .descriptor,
        ])
    func asks(_ path: NotifyPath) async throws {
        let rig = try await Rig()
        var device = FakeDevice(
            address: Rig.address(1), name: "x", service: CentralTests.OtherFamilyTests.service,
            characteristics: [
                FakeCharacteristic(
                    CentralTests.OtherFamilyTests.control,
                    ["write", "write-without-response", "notify"]),
                FakeCharacteristic(CentralTests.OtherFamilyTests.stream, ["notify"]),
            ])
        device.battery = 77
        device.reaction = .exchanges([
            FakeExchange(
                CentralTests.OtherFamilyTests.control, prefix: [0x02],
                replies: [
                    (CentralTests.OtherFamilyTests.control, [0xF1]),
                    (CentralTests.OtherFamilyTests.control, [0xF0, 0x02, 42]),
                ]),
            FakeExchange(
                CentralTests.OtherFamilyTests.control, prefix: [0x10, 42],
                stream: (CentralTests.OtherFamilyTests.stream, [[1, 1], [1, 2]], 50)),
            FakeExchange(
                CentralTests.OtherFamilyTests.control, prefix: [0x03],
                stream: (CentralTests.OtherFamilyTests.stream, [], 1)),
        ])
        try await rig.start([device])
        let start = MonotonicClock.now()
        try await rig.central.add(
            SensorSpec(
                address: Rig.device(1), addressKind: .random, kind: WearableKind(Asking.self),
                notifyPath: path))
        _ = try await rig.streaming(1, from: start)
        let report = try #require(await rig.central.report(of: Rig.device(1)))
        #expect(report.battery == 77)
        #expect(report.state == .streaming)
        let replies = await rig.central.replies(of: try Rig.device(1))
        #expect(replies.map(\.bytes) == [[77], [0xF0, 0x02, 42]])
        let members = await rig.fake.calls
        // Replies that must not be missed come by signals, whatever the stream takes.
        let acquired = members.filter { $0.member == "AcquireNotify" }
        #expect(acquired.count == (path == .descriptor ? 1 : 0))
        #expect(acquired.allSatisfy { $0.characteristic == CentralTests.OtherFamilyTests.stream })
        await rig.central.stop()
        let writes = await rig.fake.calls.compactMap(\.bytes)
        #expect(writes == [[0x02], [0x10, 42], [0x03]])
        await rig.end()
    }
}
