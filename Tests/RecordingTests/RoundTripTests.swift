// What the writer wrote, the reader reads, to the last bit.

import Kinematics
import Movement
import Plumbing
import Testing

@testable import Recording

private func written(_ body: (inout RecordingWriter) -> Void) -> [UInt8] {
    var writer = RecordingWriter()
    writer.head([])
    body(&writer)
    return writer.take()
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite struct RoundTripTests {
    /// Several times a second for hours: fresh memory each time would scatter the heap, and one backlog would be
    /// paid for ever.
    @Test func theWritersMemoryStaysTheSameAndABacklogsIsLetGo() {
        var writer = RecordingWriter()
        func place() -> Int { writer.bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
        let before = place()
        for round in 1...50 {
            for _ in 0..<20 * round { writer.mark(time: 1, text: "a remark of some length") }
            writer.clear()
            #expect(place() == before && writer.bytes.isEmpty)
        }
        for _ in 0..<100_000 { writer.mark(time: 1, text: "a remark of some length") }
        #expect(writer.bytes.capacity > 1 << 20)
        writer.clear()
        #expect(writer.bytes.isEmpty && writer.bytes.capacity <= 256 * 1024)
    }

    @Test func packetsKeepEveryByteAndStamp() throws {
        var expected: [RecordedPacket] = []
        let bytes = written { writer in
            for (index, stamp) in [Int64.min, -1, 0, 1, 1_722_000_000_123_456_789, .max]
                .enumerated()
            {
                for size in [0, 1, 20, 63, 512, 544] {
                    let packet = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 37 + index) }
                    let head = PacketHead(
                        stamp: stamp, channel: UInt8(index * 6), characteristic: UInt8(255 - index))
                    writer.packet(head, packet[...])
                    expected.append(
                        RecordedPacket(
                            stamp: stamp, channel: head.channel,
                            characteristic: head.characteristic, bytes: packet))
                }
            }
        }
        let recording = try RecordingReader.parse(bytes, file: "t")
        #expect(recording.packets == expected)
        #expect(!recording.lastLineTorn && !recording.isComplete)
    }

    /// Every value of a byte, both ways.
    @Test func hexIsTwoSmallDigitsAByte() throws {
        let all = (0...255).map { UInt8($0) }
        let bytes = written {
            $0.packet(PacketHead(stamp: 5, channel: 1, characteristic: 2), all[...])
        }
        #expect(text(bytes).contains("p 5 1 2 000102030405060708090a0b0c0d0e0f10"))
        #expect(text(bytes).contains("fafbfcfdfeff\n"))
        #expect(try RecordingReader.parse(bytes, file: "t").packets.first?.bytes == all)
    }

    /// A slice's indices do not begin at zero.
    @Test func aSliceOfABufferIsWrittenWhole() throws {
        let bytes = written {
            $0.packet(
                PacketHead(stamp: 5, channel: 1, characteristic: 2), [9, 9, 1, 2, 3, 9][2..<5])
        }
        #expect(try RecordingReader.parse(bytes, file: "t").packets.first?.bytes == [1, 2, 3])
    }

    @Test(arguments: difficultDoubles.indices)
    func frameNumbersKeepEveryBit(_ offset: Int) throws {
        let frame = difficultFrame(offset)
        let bytes = written { $0.frame(frame) }
        let recording = try RecordingReader.parse(bytes, file: "t")
        let words = try #require(recording.frames.first).split(separator: " ").map(String.init)
        // The fields in the order of the format's head comment.
        #expect(words.count == 24)
        #expect(words[0] == "f")
        #expect(UInt64(words[1]) == frame.sequence)
        #expect(UInt8(words[2]) == frame.channel)
        #expect(Int64(words[3]) == frame.time)
        let q = frame.worldFromSensor
        for (word, number) in zip(words[4...8], [q.w, q.x, q.y, q.z, frame.sigma]) {
            #expect(sameBits(Double(word), number), "\(word)")
        }
        #expect(words[9] == "65535" && words[10] == "1023" && words[11] == "left-side")
        #expect(words[12] == (offset % 3 == 0 ? "-" : "left"))
        #expect(words[13] == "detected" && words[14] == "holding")
        let body = [frame.obliquity, frame.anteriorTilt, frame.trunkLean, frame.drop]
        for (word, number) in zip(words[15...18], body) {
            #expect(sameBits(Double(word), number), "\(word)")
        }
        #expect(words[19] == "4294967295" && words[20] == "2147483649")
        #expect(sameBits(Double(words[21]), frame.holdSeconds))
        #expect(words[22] == "65535" && words[23] == "balance-lost")
    }

    @Test func aFrameEndsWithHoldsAndTheirEnd() throws {
        var frame = difficultFrame(0)
        frame.completedHolds = 7
        frame.holdEnd = .lowered
        let line = try #require(
            try RecordingReader.parse(written { $0.frame(frame) }, file: "t").frames.first)
        #expect(line.hasSuffix(" 7 lowered"))
    }

    @Test func otherSegmentsHaveNoBodyPart() throws {
        var frame = difficultFrame(3)
        frame.segment = .trunk
        let line = try #require(
            try RecordingReader.parse(written { $0.frame(frame) }, file: "t").frames.first)
        #expect(line.split(separator: " ").count == 10)
    }

    @Test(arguments: difficultDoubles.indices)
    func cuesKeepEveryBit(_ offset: Int) throws {
        var frame = difficultFrame(offset)
        let alert = Alert(
            number: 4_294_967_295, sequence: .max, time: .min, crossed: .max,
            rule: RuleID(number: 19), signal: .jerkRatio, value: difficultDoubles[offset],
            stanceSide: .right)
        frame.alert = alert
        let recording = try RecordingReader.parse(written { $0.frame(frame) }, file: "t")
        let words = try #require(recording.cues.first).split(separator: " ").map(String.init)
        #expect(
            words[0...6] == [
                "q", "4294967295", "18446744073709551615", "-9223372036854775808",
                "9223372036854775807", "C19", "jerk-ratio",
            ])
        #expect(sameBits(Double(words[7]), difficultDoubles[offset]))
        #expect(words[8] == "right")
        #expect(recording.frames.count == 1)
    }

    @Test func theRestIsReadBack() throws {
        var writer = RecordingWriter()
        writer.head([("date", "2024-05-01T10:00:00Z"), ("note", "a: b\nc\r\nd\u{2028}e\0f")])
        let sensor = RecordedSensor(
            channel: 31, name: "belt", kind: "movella-dot", segment: "pelvis", rateHertz: 59.94)
        writer.sensor(sensor)
        writer.sensor(
            RecordedSensor(channel: 0, name: "x", kind: "y", segment: nil, rateHertz: 1))
        writer.command(after: 0, text: "attach 0 0.016666666666666666 pelvis")
        writer.command(after: .max, text: "end")
        writer.mark(time: -5, text: "exercise one-leg-stand left")
        writer.mark(time: 7, text: "two\nlines")
        writer.missing("frames", count: 12)
        writer.packet(PacketHead(stamp: 1, channel: 0, characteristic: 0), [1])
        writer.frame(MotionFrame())
        writer.end()
        let recording = try RecordingReader.parse(writer.take(), file: "t")
        #expect(recording.head.map(\.key) == ["rehabd-recording", "date", "note"])
        #expect(recording.value("rehabd-recording") == "1")
        #expect(recording.value("date") == "2024-05-01T10:00:00Z")
        #expect(recording.value("note") == "a: b c d e f")
        #expect(recording.value("none") == nil)
        #expect(recording.sensors.first == sensor)
        #expect(recording.sensors.last?.segment == nil)
        #expect(
            recording.commands == [
                RecordedCommand(after: 0, text: "attach 0 0.016666666666666666 pelvis"),
                RecordedCommand(after: .max, text: "end"),
            ])
        #expect(recording.marks == ["exercise one-leg-stand left", "two lines"])
        #expect(recording.missing == ["frames 12"])
        #expect(recording.isComplete)
        #expect(writer.packets == 1 && writer.frames == 1 && writer.cues == 0)
    }

    /// Names reach the recorder over the control socket: whatever they hold, the file stays readable
    /// and gains no line.
    @Test(arguments: [
        "my belt", "a\np 1 0 0 00", "a\tb", "", " ", "é ü", "a\u{a0}b", "x\r\ny", "\0",
    ])
    func aSensorsNameCannotBreakTheFile(_ name: String) throws {
        let bytes = written {
            $0.sensor(
                RecordedSensor(channel: 3, name: name, kind: name, segment: name, rateHertz: 60))
        }
        #expect(bytes.count { $0 == 10 } == 2)
        let recording = try RecordingReader.parse(bytes, file: "t")
        let sensor = try #require(recording.sensors.first)
        #expect(sensor.channel == 3 && sensor.rateHertz == 60)
        #expect(!sensor.name.isEmpty)
        #expect(recording.packets.isEmpty)
    }

    @Test func durationsNeedTwoPackets() throws {
        func recording(_ stamps: [Int64]) throws -> Recording {
            try RecordingReader.parse(
                written { writer in
                    for stamp in stamps {
                        writer.packet(
                            PacketHead(stamp: stamp, channel: 0, characteristic: 0), [])
                    }
                }, file: "t")
        }
        #expect(try recording([]).duration == nil)
        #expect(try recording([5]).duration == nil)
        #expect(try recording([1_000_000_000, 2, 3_500_000_000]).duration == 2.5)
        #expect(try recording([.min, .max]).duration != nil)
    }
}

@Suite struct FrameLineTests {
    private func line(_ frame: MotionFrame) throws -> String {
        try #require(
            try RecordingReader.parse(written { $0.frame(frame) }, file: "t").frames.first)
    }

    @Test(arguments: difficultDoubles.indices)
    func aFrameLineIsReadBackIntoItsNumbers(_ offset: Int) throws {
        let frame = difficultFrame(offset)
        let read = try #require(FrameLine(try line(frame)))
        #expect(read.sequence == frame.sequence && read.channel == frame.channel)
        #expect(read.time == frame.time && read.flags == frame.tiltFlags)
        let q = frame.worldFromSensor
        #expect(zip(read.quaternion, [q.w, q.x, q.y, q.z]).allSatisfy { sameBits($0, $1) })
        #expect(sameBits(read.sigma, frame.sigma))
        let body = try #require(read.body)
        #expect(body.gates == frame.gates.rawValue && body.posture == "left-side")
        #expect(body.stanceSide == frame.stanceSide?.name && body.phase == "holding")
        let angles = [
            (body.obliquity, frame.obliquity), (body.anteriorTilt, frame.anteriorTilt),
            (body.drop, frame.drop),
        ]
        for (value, number) in angles {
            // What is no number was not measured.
            #expect(number.isFinite ? sameBits(value, number) : value == nil)
        }
        #expect(sameBits(body.holdSeconds, frame.holdSeconds))
        #expect(body.completedHolds == 65535)
    }

    @Test func otherSegmentsHaveNoBody() throws {
        var frame = difficultFrame(1)
        frame.segment = .trunk
        let read = try #require(FrameLine(try line(frame)))
        #expect(read.body == nil)
    }

    @Test(arguments: [
        "", "f", "p 1 0 0 00", "f 1 2 3", "f x 0 0 1 0 0 0 0.1 0", "f 1 0 0 a 0 0 0 0.1 0",
    ])
    func otherLinesAreNone(_ line: String) {
        #expect(FrameLine(line) == nil)
    }
}
