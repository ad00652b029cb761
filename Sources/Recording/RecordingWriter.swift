// Turns what happened into the recording's lines.

import Kinematics
package import Movement
package import Plumbing

/// Formats lines into a byte buffer.
///
/// Stateless but for the buffer; where the bytes go is the caller's.
package struct RecordingWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var packets = 0
    package private(set) var frames = 0
    package private(set) var cues = 0

    /// What some seconds of a few sensors need between two writes.
    private static let usual = 64 * 1024
    /// Memory beyond this is let go after a backlog, so that one late turn is not paid for ever.
    private static let most = 4 * usual

    package init() { bytes.reserveCapacity(RecordingWriter.usual) }

    /// Starts anew in the same memory: taken afresh several times a second, it would scatter the heap.
    package mutating func clear() {
        if bytes.capacity > RecordingWriter.most {
            bytes = []
            bytes.reserveCapacity(RecordingWriter.usual)
        } else {
            bytes.removeAll(keepingCapacity: true)
        }
    }

    /// Gives the lines so far away and starts anew.
    package mutating func take() -> [UInt8] {
        let taken = bytes
        bytes.removeAll(keepingCapacity: true)
        return taken
    }

    /// The head.
    ///
    /// Values lose line breaks; keys are the caller's constants.
    package mutating func head(_ entries: [(key: String, value: String)]) {
        line("# \(RecordingFormat.versionKey): \(RecordingFormat.version)")
        for entry in entries { line("# \(entry.key): \(RecordingWriter.oneLine(entry.value))") }
    }

    /// Names may come from outside: one word each, or the line could not be read back.
    package mutating func sensor(_ sensor: RecordedSensor) {
        let words = [sensor.name, sensor.kind, sensor.segment ?? "-"].map(RecordingWriter.oneWord)
        line("a \(sensor.channel) \(words.joined(separator: " ")) \(sensor.rateHertz)")
    }

    package mutating func packet(_ head: PacketHead, _ payload: ArraySlice<UInt8>) {
        packets += 1
        text("p \(head.stamp) \(head.channel) \(head.characteristic) ")
        for byte in payload {
            bytes.append(RecordingWriter.digit(byte >> 4))
            bytes.append(RecordingWriter.digit(byte & 15))
        }
        bytes.append(10)
    }

    package mutating func command(after: UInt64, text: String) {
        line("c \(after) \(RecordingWriter.oneLine(text))")
    }

    /// A frame, and its cue where it has one.
    package mutating func frame(_ frame: borrowing MotionFrame) {
        frames += 1
        let q = frame.worldFromSensor
        text("f \(frame.sequence) \(frame.channel) \(frame.time)")
        text(" \(q.w) \(q.x) \(q.y) \(q.z) \(frame.sigma) \(frame.tiltFlags)")
        if frame.segment == .pelvis { body(of: frame) }
        bytes.append(10)
        if let alert = frame.alert { cue(alert) }
    }

    private mutating func body(of frame: borrowing MotionFrame) {
        let side = frame.stanceSide?.name ?? "-"
        text(" \(frame.gates.rawValue) \(frame.posture.name) \(side) \(frame.stanceSource.name)")
        text(" \(frame.phase.name) \(frame.obliquity) \(frame.anteriorTilt) \(frame.trunkLean)")
        text(" \(frame.drop) \(frame.activeRules) \(frame.judgedRules) \(frame.holdSeconds)")
        text(" \(frame.completedHolds) \(frame.holdEnd.name)")
    }

    private mutating func cue(_ alert: Alert) {
        cues += 1
        line(
            "q \(alert.number) \(alert.sequence) \(alert.time) \(alert.crossed) \(alert.rule.name) "
                + "\(alert.signal.name) \(alert.value) \(alert.stanceSide?.name ?? "-")")
    }

    /// A remark at a host time: an exercise began, a summary.
    package mutating func mark(time: Int64, text: String) {
        line("m \(time) \(RecordingWriter.oneLine(text))")
    }

    /// Something that could not be recorded.
    package mutating func missing(_ what: String, count: Int) { line("x \(what) \(count)") }

    /// The orderly end.
    package mutating func end() { line("z \(packets) \(frames) \(cues)") }

    private mutating func line(_ content: String) {
        text(content)
        bytes.append(10)
    }

    private mutating func text(_ content: String) { bytes.append(contentsOf: content.utf8) }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    private static func oneWord(_ text: String) -> String {
        text.isEmpty ? "-" : String(text.map { $0.isWhitespace || $0 == "\0" ? "_" : $0 })
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }
}
