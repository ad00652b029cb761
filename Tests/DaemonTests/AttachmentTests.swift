// Attaching with everything a caller can get wrong: refused with a name for it, nothing left behind.

import Control
import DaemonTestKit
import FakeWearable
import Foundation
import Glibc
import Plumbing
import Testing

/// A packet socket pair of which both ends live here.
private struct Door {
    let sink: SharedDescriptor
    let source: SharedDescriptor

    init() throws {
        let ends = try PacketSocket.pair().split()
        sink = SharedDescriptor(Descriptor(owning: ends.sink))
        source = SharedDescriptor(Descriptor(owning: ends.source))
    }
}

@Suite(.scene()) struct AttachmentTests {
    private func call(
        name: String = "s", kind: String = "movella-dot", segment: String? = nil, rate: Double = 60,
        characteristics: [String] = [AttachedSensor.longPayload]
    ) -> Rehab1.AttachSensor {
        Rehab1.AttachSensor(
            name: name, kind: kind, segment: segment, rateHertz: rate,
            characteristics: characteristics)
    }

    @Test func namesKindsSegmentsAndRatesAreChecked() throws {
        let daemon = try RunningDaemon()
        let door = try Door()
        func refusal(_ call: Rehab1.AttachSensor) throws -> ControlRefusal? {
            try daemon.refusal(of: call, descriptors: [door.sink.rawValue])
        }
        let badNames = [
            "", ".", ".hidden", "../calibrations", "a/b", "a b", "tab\t", "nul\0", "line\n",
            "ümlaut", "%s", "a;b", String(repeating: "x", count: 41),
        ]
        for name in badNames {
            #expect(try refusal(call(name: name)) == .invalidParameter("name"), "\(name)")
        }
        let unknown = try refusal(call(kind: "acme"))
        guard case .unknownKind("acme", let known) = unknown else {
            Issue.record("an unknown kind was taken: \(String(describing: unknown))")
            return
        }
        #expect(Set(known).isSuperset(of: ["movella-dot", "metawear", "witmotion", "polar"]))
        #expect(unknown?.cure?.hasPrefix("known are: movella-dot, ") == true)
        #expect(try refusal(call(segment: "tail")) == .noSuchSegment(segment: "tail"))
        for rate in [0, 0.5, -60, 4_001, 1e300] {
            #expect(try refusal(call(rate: rate)) == .invalidParameter("rate_hz"), "\(rate)")
        }
        for list in [[], ["15172002"], ["0000180f-0000-1000-8000-00805f9b34fb"], [""]] {
            let told = try daemon.refusal(
                of: call(characteristics: list),
                descriptors: list.isEmpty ? [] : [door.sink.rawValue])
            #expect(told == .invalidParameter("characteristics"), "\(list)")
        }
        #expect(try daemon.status().sensors == [])
        // The door was not used up by all that.
        #expect(try refusal(call(name: String(repeating: "x", count: 40))) == nil)
        #expect(
            try refusal(call(name: String(repeating: "x", count: 40)))
                == .sensorExists(name: String(repeating: "x", count: 40)))
    }

    @Test func onlyOnePacketSocketForEachCharacteristic() throws {
        let daemon = try RunningDaemon()
        let door = try Door()
        func refusal(_ descriptors: [Int32], characteristics: Int = 1) throws -> ControlRefusal? {
            try daemon.refusal(
                of: call(
                    characteristics: Array(
                        repeating: AttachedSensor.longPayload, count: characteristics)),
                descriptors: descriptors)
        }
        let sink = door.sink.rawValue
        for (given, named) in [([], 1), ([sink, sink], 1), ([sink], 2)] {
            guard
                case .badDescriptors(let expected, let received, _) = try refusal(
                    given, characteristics: named)
            else {
                Issue.record("\(given.count) descriptors for \(named) characteristics were taken")
                continue
            }
            #expect(expected == named)
            #expect(received == given.count)
        }
        // A file, a pipe, a stream socket, a datagram socket.
        var pipes: [Int32] = [0, 0]
        #expect(unsafe pipe(&pipes) == 0)
        let file = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        let stream = try UnixSocket.connect(path: daemon.socket)
        let datagram = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        for other in [pipes[0], file, stream.rawValue, datagram] {
            guard case .badDescriptors(_, _, let reason) = try refusal([other]) else {
                Issue.record("descriptor \(other) was taken for a packet socket")
                continue
            }
            #expect(reason == "not a SEQPACKET socket")
        }
        for descriptor in pipes + [file, datagram] { close(descriptor) }
        #expect(try daemon.status().sensors == [])
    }

    /// Descriptors that come with calls which take none are closed, not kept.
    @Test func strayDescriptorsDoNotPileUp() throws {
        let daemon = try RunningDaemon()
        let door = try Door()
        func openDescriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process.id)/fd")
                .count
        }
        let before = try openDescriptors()
        for _ in 0..<100 {
            _ = try daemon.call(
                Rehab1.GetStatus(), descriptors: Array(repeating: door.sink.rawValue, count: 8))
            _ = try daemon.refusal(
                of: call(kind: "acme"), descriptors: Array(repeating: door.sink.rawValue, count: 8))
        }
        try waitUntil("the descriptors to be closed") { try openDescriptors() <= before }
    }

    @Test func twoSensorsCannotBeWornAtOnePlace() throws {
        let daemon = try RunningDaemon()
        let first = try AttachedSensor("first", segment: "pelvis", to: daemon)
        let door = try Door()
        let busy = try daemon.refusal(
            of: call(name: "second", segment: "pelvis"), descriptors: [door.sink.rawValue])
        guard case .busy(let activity, let cure) = busy else {
            Issue.record("\(String(describing: busy))")
            return
        }
        #expect(activity == "the pelvis carries the sensor first")
        #expect(cure == "assign that one elsewhere first, or detach it")
        let second = try AttachedSensor("second", to: daemon)
        #expect(
            try daemon.refusal(of: Rehab1.AssignSegment(name: "second", segment: "pelvis")) == busy)
        try daemon.call(Rehab1.AssignSegment(name: first.name, segment: "trunk"))
        try daemon.call(Rehab1.AssignSegment(name: second.name, segment: "pelvis"))
        #expect(try daemon.status().sensors.map(\.segment) == ["trunk", "pelvis"])
        #expect(
            try daemon.refusal(of: Rehab1.AssignSegment(name: "third", segment: "pelvis"))
                == .noSuchSensor(name: "third"))
        #expect(
            try daemon.refusal(of: Rehab1.DetachSensor(name: "third"))
                == .noSuchSensor(name: "third"))
    }

    /// 32 sensors fit a session (house rule: several sensors from the start); the next is told why not.
    @Test func theThirtyThirdSensorIsRefused() throws {
        let daemon = try RunningDaemon()
        var sensors: [AttachedSensor] = []
        for number in 1...32 { sensors.append(try AttachedSensor("s\(number)", to: daemon)) }
        let door = try Door()
        let refusal = try daemon.refusal(
            of: call(name: "s33"), descriptors: [door.sink.rawValue])
        guard case .busy(let activity, let cure) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(activity.contains("32 sensors"))
        #expect(cure.contains("detach all sensors"))
        // All of them work.
        for sensor in sensors { sensor.send(DotPacket.still(microseconds: 1_000)) }
        try waitUntil("a packet from each") {
            try daemon.status().sensors.map(\.packets) == Array(repeating: 1, count: 32)
        }
        for sensor in sensors { try daemon.call(Rehab1.DetachSensor(name: sensor.name)) }
        // The cure holds: a new session takes sensors again.
        #expect(try daemon.refusal(of: call(name: "s33"), descriptors: [door.sink.rawValue]) == nil)
    }

    /// A hundred times the same sensor: descriptors and memory come back to where they were.
    @Test func attachingAndDetachingLeaksNothing() throws {
        let daemon = try RunningDaemon()
        func cycle() throws {
            let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
            sensor.send(DotPacket.still(microseconds: 1_000))
            try daemon.call(Rehab1.DetachSensor(name: "belt"))
        }
        func openDescriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process.id)/fd")
                .count
        }
        for _ in 0..<10 { try cycle() }
        let descriptors = try openDescriptors()
        let memory = try daemon.status().residentBytes
        for _ in 0..<100 { try cycle() }
        try waitUntil("the descriptors to be closed") { try openDescriptors() <= descriptors }
        let grown = Double(try daemon.status().residentBytes - memory) / 1_048_576
        print("100 sessions: memory +\(grown) MiB")
        #expect(grown < 4)
        #expect(daemon.recordingFiles() == [])
    }
}
