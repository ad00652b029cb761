// The replay method as a stranger would call it: refused with a reason, or carried out to its end.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Recording
import Testing

/// One replay call with one door, and a file for what comes out.
private final class Doorway {
    let folder: TemporaryFolder
    let sink: SharedDescriptor
    var source: SharedDescriptor?
    let output: SharedDescriptor

    init() throws {
        folder = try TemporaryFolder()
        let ends = try PacketSocket.pair().split()
        sink = SharedDescriptor(Descriptor(owning: ends.sink))
        source = SharedDescriptor(Descriptor(owning: ends.source))
        output = SharedDescriptor(try FileStore.create(folder.path + "/out"))
    }

    var descriptors: [Int32] { [sink.rawValue, output.rawValue] }

    func send(_ packet: [UInt8], stamp: Int64, order: UInt64) {
        guard let source else { return }
        var bytes: [UInt8] = []
        for word in [UInt64(bitPattern: stamp), order] {
            for shift: UInt64 in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        #expect(PacketSocket.send(bytes + packet, to: source))
    }

    func recording() throws -> Recording {
        let path = folder.path + "/out"
        return try RecordingReader.parse(FileStore.read(path, limit: 1 << 26), file: path)
    }
}

@Suite(.scene()) struct ReplayDoorTests {
    private static let attach = "0 attach 0 0.016666666666666666 pelvis"

    private func call(
        kind: String = "movella-dot", channel: Int64 = 0, rate: Double = 60,
        commands: [String] = [attach]
    ) -> Rehab1.Replay {
        Rehab1.Replay(
            title: "test",
            channels: [
                Rehab1.ReplayChannel(
                    channel: channel, sensor: "belt", kind: kind, segment: "pelvis",
                    rateHertz: rate, characteristic: 0)
            ], commands: commands)
    }

    @Test func whatCannotBeReplayedIsRefused() throws {
        let daemon = try RunningDaemon()
        let doorway = try Doorway()
        func refusal(_ call: Rehab1.Replay, _ descriptors: [Int32]) throws -> ControlRefusal? {
            try daemon.refusal(of: call, descriptors: descriptors)
        }
        for descriptors in [
            [], [doorway.sink.rawValue], doorway.descriptors + [doorway.output.rawValue],
        ] {
            guard case .badDescriptors(2, descriptors.count, _) = try refusal(call(), descriptors)
            else {
                Issue.record("\(descriptors.count) descriptors were taken")
                continue
            }
        }
        let files = [doorway.output.rawValue, doorway.output.rawValue]
        guard case .badDescriptors(_, _, "not a SEQPACKET socket") = try refusal(call(), files)
        else {
            Issue.record("a file was taken for a door")
            return
        }
        let all = doorway.descriptors
        guard case .unknownKind("acme", _) = try refusal(call(kind: "acme"), all) else {
            Issue.record("a recording of an unknown kind was taken")
            return
        }
        for channel in [-1, 1, 31, 256, Int64.max] {
            #expect(try refusal(call(channel: channel), all) == .invalidParameter("channels"))
        }
        #expect(try refusal(call(rate: 0), all) == .invalidParameter("channels"))
        for command in [
            "", "attach", "-1 end", "0 dance", "0 attach 99 0.01 -", "x end",
            "99999999999999999999 end", "0 align 0 nan 0 0 0 0 0 0 0", "0 begin",
        ] {
            #expect(
                try refusal(call(commands: [command]), all) == .invalidParameter("commands"),
                "\(command)")
        }
        #expect(try !daemon.status().replaying)
    }

    @Test func packetsAreTakenInTheirOrderAndTheEndIsTold() throws {
        let daemon = try RunningDaemon()
        let doorway = try Doorway()
        var replies = try daemon.connect().stream(call(), descriptors: doorway.descriptors)
        // Without a head there is no place for a packet: passed over.
        for length in [1, 8, 15] {
            #expect(
                PacketSocket.send(
                    [UInt8](repeating: 7, count: length), to: try #require(doorway.source)))
        }
        for number in 0..<200 {
            doorway.send(
                DotPacket.still(microseconds: UInt32(number) * 16_667),
                stamp: 1_000_000_000 + Int64(number) * 16_667_000, order: UInt64(number))
        }
        #expect(try daemon.status().replaying)
        let busy = try daemon.refusal(of: call(), descriptors: doorway.descriptors)
        #expect(busy?.sentence == "rehabd is busy: a replay is running")
        doorway.source = nil
        var last: Rehab1.Replay.Reply?
        while let reply = try replies.next() { last = reply }
        #expect(last?.done == true)
        #expect(last?.packets == 200)
        #expect(last?.frames == 200)
        let recording = try doorway.recording()
        #expect(recording.isComplete)
        #expect(recording.packets.count == 200)
        #expect(recording.packets.first?.stamp == 1_000_000_000)
        #expect(recording.commands.map(\.text) == [String(ReplayDoorTests.attach.dropFirst(2))])
        #expect(try !daemon.status().replaying)
    }

    /// Someone who leaves in the middle ends their replay; a sensor that streams meanwhile loses nothing.
    @Test func leavingEndsTheReplayAndDisturbsNobody() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 30))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        for _ in 0..<5 {
            let doorway = try Doorway()
            let replies = try daemon.connect().stream(call(), descriptors: doorway.descriptors)
            try waitUntil("the replay to begin") { try daemon.status().replaying }
            for number in 0..<100 {
                doorway.send(
                    DotPacket.still(microseconds: UInt32(number) * 16_667),
                    stamp: Int64(number), order: UInt64(number))
            }
            _ = consume replies
            try waitUntil("the replay to end") { try !daemon.status().replaying }
        }
        let progress = player.stop()
        let told = try eventually("all packets") {
            let told = try daemon.sensor("belt")
            return told?.packets == Int64(progress.sent) ? told : nil
        }
        #expect(told.gaps == 0)
        #expect(told.refused == 0)
        #expect(try daemon.terminate() == .exited(0))
    }
}
