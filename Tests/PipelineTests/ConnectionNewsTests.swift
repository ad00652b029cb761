// A new connection in the midst of a session: the decoder begins anew, the session goes on.

import Kinematics
import Movement
import Testing
import Wearables

@testable import Pipeline

@Suite struct ConnectionNewsTests {
    /// A DOT packet in custom mode 5 (XD0506P table 17): µs, then force (0, 0, 9.81) and some rate.
    private static func packet(microseconds: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ word: UInt32) {
            for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(word >> shift & 0xff)) }
        }
        add(microseconds)
        for value: Float in [1, 0, 0, 0, 0, 0, 9.81, 0.1, 0.1, 0.1] { add(value.bitPattern) }
        return bytes
    }

    /// Nil would be a DOT without its measurement characteristic, and every packet refused.
    private static let measurement =
        MovellaDot.identity.index(of: "15172002-4947-11e9-8646-d663bd873d93")
        ?? CharacteristicIndex(rawValue: 254)

    @Test func afterANewConnectionADeviceThatRestartedItsClockIsNoLongerADuplicate() {
        let decoder = ChannelDecoder(
            driver: MovellaDot(StreamRequest(rateHertz: 60)), rateHertz: 60)
        func decode(_ microseconds: UInt32, _ arrival: Int64) -> (PacketOutcome, ImuSample?) {
            let packet = Self.packet(microseconds: microseconds)
            let outcome = decoder.decode(packet.span, from: Self.measurement, arrival: arrival)
            if case .samples(1) = outcome { return (outcome, decoder.sample(0, arrival: arrival)) }
            return (outcome, nil)
        }
        #expect(decode(5_000_000, 1_000_000_000).1?.flags.has(.newEpoch) == true)
        #expect(decode(5_016_667, 1_016_700_000).1?.flags.has(.newEpoch) == false)
        let nothing: [UInt8] = []
        decoder.take(news: nothing.span)
        let first = decode(20_000, 3_000_000_000).1
        #expect(first?.flags.has(.newEpoch) == true)
        // The hole is told by host time: samples never go back, and never pretend to follow closely.
        #expect(first?.hostTime == 3_000_000_000)
        #expect(decode(36_667, 3_016_700_000).1?.flags.has(.newEpoch) == false)
    }

    @Test func newsIsWrittenAndReadInOrder() {
        let replies = [
            DriverReply(characteristic: CharacteristicIndex(rawValue: 4), bytes: [1, 2, 3]),
            DriverReply(characteristic: CharacteristicIndex(rawValue: 0), bytes: []),
        ]
        let packets = ConnectionNews.packets(replies)
        #expect(packets == [[], [4, 1, 2, 3], [0]])
        func read(_ bytes: [UInt8]) -> ConnectionNews { ConnectionNews(bytes.span) }
        guard case .began = read(packets[0]), case .reply(4, [1, 2, 3]) = read(packets[1]),
            case .reply(0, []) = read(packets[2])
        else { return #expect(Bool(false), "news reads as it was written") }
    }

    /// A batch of several samples is stamped before its arrival, each by its age, from the first on.
    @Test func aFirstBatchIsNotStampedAfterItsArrival() {
        var clock = ClockRecovery(nominalPeriod: 0.01)
        let arrival: Int64 = 5_000_000_000
        var times: [Int64] = []
        for index in 0..<4 {
            var sample = ImuSample(
                deviceTime: Int64(index) * 10_000_000, angularRate: .zero,
                specificForce: Vector3(0, 0, 9.81), flags: .hasDeviceTime)
            clock.stamp(&sample, arrival: index == 0 ? arrival - 30_000_000 : arrival)
            times.append(sample.hostTime)
        }
        #expect(
            times == [arrival - 30_000_000, arrival - 20_000_000, arrival - 10_000_000, arrival])
    }
}
