// Files that are torn, edited, foreign or hostile: read as far as they are good, never a trap.

import Kinematics
import Movement
import Plumbing
import Testing

@testable import Recording

private func error(_ text: String, lenient: Bool = false) -> RecordingError? {
    do {
        _ = try RecordingReader.parse(Array(text.utf8), file: "x.recording", lenient: lenient)
        return nil
    } catch {
        return error
    }
}

private let head = "# rehabd-recording: 1\n"

@Suite struct HostileFileTests {
    /// Cut anywhere, a recording keeps every whole line before the cut and loses the torn one only.
    @Test func everyCutIsReadable() throws {
        var writer = RecordingWriter()
        writer.head([("date", "today")])
        writer.sensor(
            RecordedSensor(
                channel: 0, name: "belt", kind: "movella-dot", segment: "pelvis", rateHertz: 60))
        writer.command(after: 0, text: "attach 0 0.016 pelvis")
        for index in 0..<5 {
            writer.packet(
                PacketHead(stamp: Int64(index) * 16_000_000, channel: 0, characteristic: 0),
                [1, 2, 3, UInt8(index)])
            var frame = difficultFrame(index)
            if index == 3 { frame.alert = Alert(number: 1) }
            writer.frame(frame)
            writer.mark(time: 3, text: "here")
        }
        writer.end()
        let bytes = writer.take()
        let firstLine = head.utf8.count
        for cut in 0...bytes.count {
            let part = Array(bytes[..<cut])
            if cut < firstLine {
                #expect(throws: RecordingError.self) {
                    _ = try RecordingReader.parse(part, file: "t")
                }
                continue
            }
            let recording = try RecordingReader.parse(part, file: "t")
            let whole = part.split(separator: 10, omittingEmptySubsequences: false).dropLast()
            func count(_ kind: String) -> Int { whole.count { $0.first == kind.utf8.first } }
            #expect(recording.packets.count == count("p"))
            #expect(recording.frames.count == count("f"))
            #expect(recording.cues.count == count("q"))
            #expect(recording.marks.count == count("m"))
            #expect(recording.commands.count == count("c"))
            #expect(recording.sensors.count == count("a"))
            #expect(recording.isComplete == (cut == bytes.count))
            #expect(recording.lastLineTorn == (part.last != 10))
        }
    }

    /// Found by fuzzing: a file of two sessions has one last line, and the file is asked for it.
    @Test func aTornLineOfALaterSessionIsTold() throws {
        let head = "# rehabd-recording: 1\n"
        for (tail, isTorn) in [("p 1 0 0 00\n", false), ("p 1 0 0 00", true)] {
            let recording = try RecordingReader.parse(
                Array((head + "p 1 0 0 00\n" + head + tail).utf8), file: "t")
            #expect(recording.later.count == 1)
            #expect(recording.lastLineTorn == isTorn)
        }
    }

    @Test(arguments: [
        "p 1 0 0", "p 1 0 0 0", "p 1 0 0 zz", "p 1 0 0 AB", "p 1 0 256 00", "p 1 256 0 00",
        "p 1 -1 0 00", "p 9223372036854775808 0 0 00", "p x 0 0 00", "p 1 0 0 00 11", "p", "p ",
        "p  1 0 0 00", "p 1.5 0 0 00", "c 1", "c", "c x end", "c -1 end",
        "c 18446744073709551616 end", "a", "a 0 n k s", "a 32 n k s 60", "a 0 n k s 0",
        "a 0 n k s 0.5", "a 0 n k s 5001", "a 0 n k s nan", "a 0 n k s inf", "a 0 n k s 60 x",
        "a x n k s 60", "m 5",
    ])
    func aLineThatCannotBeReadIsNamed(_ line: String) throws {
        let text = head + "# a: b\n" + line + "\nz 0 0 0\n"
        let found = try #require(error(text))
        #expect(found.file == "x.recording")
        #expect(found.line == 3)
        #expect(found.description.hasPrefix("x.recording:3: "))
        #expect(found.message.contains("--lenient"))
        let recording = try RecordingReader.parse(Array(text.utf8), file: "x", lenient: true)
        #expect(recording.skippedLines == 1)
        #expect(recording.isComplete)
        #expect(recording.packets.isEmpty && recording.commands.isEmpty)
    }

    @Test func aPacketBeyondAnyWearablesIsRefused() {
        #expect(error(head + "p 1 0 0 " + String(repeating: "00", count: 544) + "\n") == nil)
        #expect(error(head + "p 1 0 0 " + String(repeating: "00", count: 545) + "\n")?.line == 2)
    }

    @Test func whatIsNotKnownIsPassedOver() throws {
        let text = head + "# no colon\n#\n\nw something new\n! 1 2 3\n# later: 5\nz 0 0 0\n"
        let recording = try RecordingReader.parse(Array(text.utf8), file: "x")
        #expect(recording.skippedLines == 0 && recording.isComplete)
        #expect(recording.value("later") == "5")
    }

    @Test(arguments: [
        ("# rehabd-recording: 2\n", "newer"),
        ("# rehabd-recording: 999999999999999999999\n", "newer"),
        ("# rehabd-recording: 0\n", "not known"), ("# rehabd-recording: x\n", "not known"),
        ("# rehabd-recording: \n", "not known"), ("# rehabd-recording:1\n", "no recording"),
        ("time,gx,gy\n", "no recording"), ("\n\n", "no recording"),
        ("{\"a\": 1}\n", "no recording"), ("\u{feff}# rehabd-recording: 1\n", "no recording"),
    ])
    func aForeignFileIsRefusedAtItsFirstLine(_ text: String, _ says: String) throws {
        let found = try #require(error(text))
        #expect(found.line == 1)
        #expect(found.message.contains(says))
        // Leniency is for lines, not for other people's files.
        #expect(error(text, lenient: true) == found)
    }

    @Test(arguments: ["", "# rehabd-rec", "# rehabd-recording: 1", "no line end"])
    func anEmptyOrHeadlessFileIsRefused(_ text: String) {
        #expect(error(text)?.line == nil)
        #expect(error(text)?.message.contains("empty") == true)
    }

    @Test func noMessageAlarms() {
        for text in ["", "x\n", head + "p\n", "# rehabd-recording: 7\n"] {
            let message = error(text)?.description.lowercased() ?? "none"
            for word in ["wrong", "bad", "damage", "danger", "failed", "weak", "collapse"] {
                #expect(!message.contains(word), "\(message)")
            }
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<400 {
            var bytes = Array(head.utf8)
            for _ in 0..<Int.random(in: 0...300, using: &random) {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            _ = try? RecordingReader.parse(bytes, file: "t", lenient: round % 2 == 0)
        }
    }

    /// Lines of the right kind with fields of every sort.
    @Test func randomFieldsNeverTrap() {
        var random = SystemRandomNumberGenerator()
        let words = [
            "0", "1", "-1", "255", "256", "9223372036854775807", "-9223372036854775808",
            "18446744073709551615", "99999999999999999999999999", "nan", "inf", "-", "", "x", "00",
            "0", "é", "pelvis", "1e308", "0x10", "+5", " ", "exercise",
        ]
        for _ in 0..<3000 {
            var line =
                ["p", "f", "q", "c", "a", "m", "x", "z", "#"].randomElement(using: &random) ?? "p"
            for _ in 0..<Int.random(in: 0...7, using: &random) {
                line += " " + (words.randomElement(using: &random) ?? "")
            }
            _ = error(head + line + "\n")
            _ = error(head + line + "\n", lenient: true)
        }
    }

    @Test func aLongLineIsRead() throws {
        let text = head + "m 1 " + String(repeating: "x", count: 1_000_000) + "\n"
        #expect(
            try RecordingReader.parse(Array(text.utf8), file: "x").marks.first?.count == 1_000_000)
    }
}

@Suite struct OutlineTests {
    private func outline(_ text: String) throws -> RecordingOutline? {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/x.recording"
        try FileStore.replace(path, with: Array(text.utf8))
        return RecordingOutline(path: path)
    }

    /// A recording of `packets` packets at 100 Hz, with the exercise at the end, as the daemon does.
    private func text(_ packets: Int, remark: String = "") -> String {
        var writer = RecordingWriter()
        writer.head([("date", "2024-05-01")])
        writer.sensor(
            RecordedSensor(
                channel: 0, name: "belt", kind: "movella-dot", segment: "pelvis", rateHertz: 100))
        for index in 0..<packets {
            writer.packet(
                PacketHead(
                    stamp: 1_000_000_000 + Int64(index) * 10_000_000, channel: 0, characteristic: 0),
                [1, 2, 3, 4])
        }
        if !remark.isEmpty { writer.mark(time: 1, text: remark) }
        writer.mark(time: 1, text: "exercise one-leg-stand left")
        writer.mark(time: 2, text: "exercise one-leg-stand right")
        writer.end()
        return String(decoding: writer.take(), as: UTF8.self)
    }

    @Test(arguments: [0, 1, 2, 100, 2000, 6000, 60_000])
    func headSensorsAndEndAreFoundWhateverTheLength(_ packets: Int) throws {
        let outline = try #require(try outline(text(packets)))
        #expect(outline.date == "2024-05-01")
        #expect(outline.sensors == ["belt"])
        #expect(outline.exercises == ["one-leg-stand"])
        #expect(outline.isComplete)
        let expected: Double? = packets < 2 ? nil : Double(packets - 1) * 0.01
        if let expected {
            #expect(abs((outline.duration ?? -1) - expected) < 1e-9)
        } else {
            #expect(outline.duration == nil)
        }
    }

    /// Around the lengths at which the file is no longer read whole, byte by byte.
    @Test func noLengthHidesTheEnd() throws {
        let part = 64 * 1024
        for near in [part, 2 * part] {
            let base = text((near - 600) / 21)
            for extra in stride(from: 0, through: 140, by: 1) {
                let pad = near - base.utf8.count - 70 + extra
                guard pad > 0 else { continue }
                let full = text((near - 600) / 21, remark: String(repeating: "x", count: pad))
                let outline = try #require(try outline(full))
                #expect(outline.isComplete, "\(full.utf8.count)")
                #expect(outline.exercises == ["one-leg-stand"])
                if !outline.isComplete { return }
            }
        }
    }

    @Test func aKilledRecordingIsNotComplete() throws {
        let full = text(100)
        let outline = try #require(try outline(String(full.dropLast(12))))
        #expect(!outline.isComplete)
        #expect(outline.lastStamp == 1_990_000_000)
    }

    @Test(arguments: ["", "x", "time,gx\n1,2\n", "# other: 1\n", "# rehabd-recording"])
    func whatIsNoRecordingHasNoOutline(_ text: String) throws {
        #expect(try outline(text) == nil)
    }

    @Test func aDirectoryOrNothingHasNoOutline() {
        #expect(RecordingOutline(path: "/tmp") == nil)
        #expect(RecordingOutline(path: "/tmp/there-is-no-such-file") == nil)
    }

    /// Stamps of a hostile file: their difference does not fit 64 bits.
    @Test func stampsOfAnySizeAreSurvived() throws {
        let outline = try #require(
            try outline(
                "# rehabd-recording: 1\np -9223372036854775808 0 0 00\np 9223372036854775807 0 0 00\n"
            ))
        #expect(outline.firstStamp == .min && outline.lastStamp == .max)
        let duration = try #require(outline.duration)
        #expect(abs(duration - 18446744073.709553) < 1)
    }

    @Test func hostileLinesAreSurvived() throws {
        let outline = try #require(
            try outline(
                "# rehabd-recording: 1\n\n \na\na 0\np\np x\nm\nm 1\nm 1 exercise\nm 1 exercise \n"
                    + "m 1 exercise \u{1}\nz\n# date: \nq\n\u{0}\n"))
        #expect(outline.firstStamp == nil && outline.isComplete)
    }
}
