// Golden files: what a recording came to, in a form that is read in a review.

import FakeWearable
import Foundation
import Recording
import Testing

/// The golden form of a replay: all commands and cues, a digest of all frames, every n-th frame.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Recordings")

    /// What is to be written, the test failing all the same: `REHAB_RECORD=1` all goldens,
    /// `REHAB_RECORD=squat,gait-fault` the squat's `-clean` and `-fault`, and that one of the gait.
    private static let recorded = ProcessInfo.processInfo.environment["REHAB_RECORD"] ?? ""

    static var isRecording: Bool { !recorded.isEmpty }

    static func isRecording(_ name: String) -> Bool { isNamed(name, in: recorded) }

    /// Whether a list of exercises and single recordings, with commas between, names this recording.
    static func isNamed(_ name: String, in list: String) -> Bool {
        list.split(separator: ",").contains { item in
            item == "1" || ["", "-clean", "-fault"].contains { name == item + $0 }
        }
    }

    /// Lines of frames between two that are kept.
    private static let spacing = 60

    /// The golden text of a recording, run again offline.
    static func text(_ recording: Recording, name: String) throws -> String {
        let bytes = try OfflineReplay.run(recording)
        let again = try RecordingReader.parse(bytes, file: "replay")
        var lines = ["# rehabd-golden: 1", "# recording: \(name)"]
        lines += recording.head.map { "# \($0.key): \($0.value)" }
        lines.append("packets \(recording.packets.count)")
        lines.append("frames \(again.frames.count) digest \(digest(again.frames))")
        lines += again.commands.map { "c \($0.after) \($0.text)" }
        lines += again.cues
        for (index, frame) in again.frames.enumerated() where index % spacing == 0 {
            lines.append(frame)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// FNV-1a, 64 bit, over all lines: enough to notice any change.
    private static func digest(_ lines: [String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for line in lines {
            for byte in line.utf8 + [10] {
                hash ^= UInt64(byte)
                hash = hash &* 0x100_0000_01b3
            }
        }
        return String(hash, radix: 16)
    }

    /// Compares with the golden file; names the first line that differs.
    static func check(_ text: String, name: String) throws {
        let path = folder.appending(path: "\(name).golden")
        if isRecording(name) {
            try text.write(to: path, atomically: true, encoding: .utf8)
            Issue.record("\(name).golden was written: a recording run is not a pass")
            return
        }
        let golden = try String(contentsOf: path, encoding: .utf8)
        let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let actual = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, pair) in zip(expected, actual).enumerated() where pair.0 != pair.1 {
            Issue.record("\(name).golden:\(number + 1)\n  golden: \(pair.0)\n  now:    \(pair.1)")
            return
        }
        #expect(expected.count == actual.count)
    }
}
