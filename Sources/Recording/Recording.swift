// A recording as it was read back.

/// The content of a recording file.
package struct Recording: Sendable {
    /// The head's keys and values, in order.
    package var head: [(key: String, value: String)] = []
    package var sensors: [RecordedSensor] = []
    package var packets: [RecordedPacket] = []
    package var commands: [RecordedCommand] = []
    /// Frame and cue lines as they stand, without the line end, in order.
    package var frames: [String] = []
    package var cues: [String] = []
    /// Remarks, without their times.
    package var marks: [String] = []
    /// Lines `x`: what the recorder could not keep.
    package var missing: [String] = []
    /// True where the orderly end was found.
    package var isComplete = false
    /// True where the file's last line was cut short and left out, also where it belongs to a later session.
    package var lastLineTorn = false
    /// Lines left out in a lenient reading.
    package var skippedLines = 0

    /// Where the daemon was restarted in mid-session: what was recorded after each restart, each a session of
    /// its own whose samples are numbered from 0.
    package var later: [Recording] = []

    package init() {}

    /// This part alone, then those after each restart.
    package var parts: [Recording] {
        guard !later.isEmpty else { return [self] }
        var first = self
        first.later = []
        return [first] + later
    }

    /// The sensors ran before this part began, unrecorded.
    package var isMidStream: Bool { value(RecordingFormat.midStreamKey) != nil }

    /// Why there are several parts, for people.
    package var interruption: String {
        later.allSatisfy(\.isMidStream)
            ? "this recording rested while only reminders ran"
            : "rehabd was restarted in this recording"
    }

    /// The first value of a head key.
    package func value(_ key: String) -> String? { head.first { $0.key == key }?.value }

    /// s from the first packet to the last; nil with fewer than two.
    package var duration: Double? {
        guard let first = packets.first, let last = packets.last, packets.count > 1 else {
            return nil
        }
        return Double(last.stamp &- first.stamp) * 1e-9
    }
}
