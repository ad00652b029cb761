// The recording reader, strict and lenient, and a replay of what it read.

import Glibc
import Movement
import Pipeline
import Plumbing
import Recording
import Wearables

/// Input: a recording file as it is.
enum RecordingFuzz {
    /// Packets replayed at most, and commands.
    private static let replayed = 300

    static func run(_ bytes: [UInt8]) {
        let strict = try? RecordingReader.parse(bytes, file: "fuzz")
        let lenient = try? RecordingReader.parse(bytes, file: "fuzz", lenient: true)
        if let strict {
            promise(strict.skippedLines == 0, "a strict reading left lines out")
            promise(lenient.map(written) == written(strict), "lenient reads otherwise than strict")
        }
        if let lenient {
            roundTrip(lenient)
            lines(lenient)
            replay(lenient)
            tornTail(bytes, lenient)
        }
        // A file each time would cost more than the parsing; one input in 32 is enough.
        if bytes.count % 32 == 5 { outline(bytes) }
    }

    /// What a writer makes of the recording's facts; frames and cues are not written from text.
    private static func written(_ recording: Recording) -> [UInt8] {
        var writer = RecordingWriter()
        writer.head(recording.head.filter { $0.key != RecordingFormat.versionKey })
        for sensor in recording.sensors { writer.sensor(sensor) }
        for command in recording.commands {
            writer.command(after: command.after, text: command.text)
        }
        for packet in recording.packets {
            let head = PacketHead(
                stamp: packet.stamp, channel: packet.channel, characteristic: packet.characteristic)
            writer.packet(head, packet.bytes[...])
        }
        for mark in recording.marks { writer.mark(time: 0, text: mark) }
        writer.end()
        return writer.take()
    }

    /// Written and read again the facts are the same; the first writing may tidy texts.
    private static func roundTrip(_ recording: Recording) {
        let first = written(recording)
        guard let again = try? RecordingReader.parse(first, file: "fuzz") else {
            promise(false, "the writer's own lines cannot be read")
            return
        }
        promise(again.sensors.count == recording.sensors.count, "sensors changed")
        promise(
            again.sensors.map(\.rateHertz) == recording.sensors.map(\.rateHertz), "rates changed")
        promise(again.packets == recording.packets, "packets changed")
        promise(again.commands.map(\.after) == recording.commands.map(\.after), "commands moved")
        promise(again.marks.count == recording.marks.count, "remarks changed")
        let second = written(again)
        let third = (try? RecordingReader.parse(second, file: "fuzz")).map(written)
        promise(second == third, "writing what was read changes it each time")
    }

    private static func lines(_ recording: Recording) {
        for line in recording.frames.prefix(100) {
            guard let frame = FrameLine(line), let body = frame.body else { continue }
            promise(body.obliquity?.isFinite ?? true, "an angle that is no number was read")
        }
        for command in recording.commands.prefix(100) {
            if let action = EstimatorAction(text: command.text) {
                promise(EstimatorAction(text: action.text) != nil, "a command cannot be read again")
            }
        }
    }

    /// A last line without its end never counts.
    private static func tornTail(_ bytes: [UInt8], _ recording: Recording) {
        guard !recording.lastLineTorn, bytes.last == 10 else { return }
        let torn = try? RecordingReader.parse(
            bytes + Array("p 1 0 0 00".utf8), file: "fuzz", lenient: true)
        promise(torn?.lastLineTorn == true, "a torn line was not noticed")
        promise(torn.map(written) == written(recording), "a torn line was taken")
    }

    /// What `rehabctl replay --offline` does with it.
    private static func replay(_ recording: Recording) {
        let pipeline = OfflinePipeline()
        for sensor in recording.sensors {
            guard let family = wearable(named: sensor.kind) else { return }
            pipeline.attach(family, channel: sensor.channel, rateHertz: sensor.rateHertz)
        }
        for (index, command) in recording.commands.prefix(replayed).enumerated() {
            guard let action = EstimatorAction(text: command.text) else { return }
            pipeline.queue(
                EstimatorCommand(
                    number: UInt32(index + 1), after: command.after, action: action))
        }
        for packet in recording.packets.prefix(replayed) {
            pipeline.accept(
                packet.bytes, channel: packet.channel,
                characteristic: CharacteristicIndex(rawValue: packet.characteristic),
                arrival: packet.stamp
            ) { frame, alert in FrameChecks.check(copy frame, alert) }
        }
        pipeline.finish()
    }

    private static func outline(_ bytes: [UInt8]) {
        let path = "/tmp/rehab-fuzz-\(getpid()).recording"
        guard (try? FileStore.replace(path, with: bytes)) != nil else { return }
        if let outline = RecordingOutline(path: path), let duration = outline.duration {
            promise(duration >= 0 && duration.isFinite, "a duration of \(duration)")
        }
        try? FileStore.remove(path)
    }
}
