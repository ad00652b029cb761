// A glance at a recording: its head, its sensors and its end, without reading what lies between.

import Plumbing

/// What a list of recordings shows.
package struct RecordingOutline: Sendable, Equatable {
    package var date: String?
    package var sensors: [String] = []
    package var exercises: [String] = []
    package var firstStamp: Int64?
    package var lastStamp: Int64?
    package var isComplete = false

    /// s between first and last packet.
    package var duration: Double? {
        guard let firstStamp, let lastStamp, lastStamp > firstStamp else { return nil }
        let (span, overflows) = lastStamp.subtractingReportingOverflow(firstStamp)
        return (overflows ? Double(lastStamp) - Double(firstStamp) : Double(span)) * 1e-9
    }

    /// Prefix of the remark that names an exercise.
    package static let exerciseMark = "exercise "

    /// Bytes read at each end.
    private static let part = 64 * 1024

    /// Looks at the file; nil where it is no recording.
    ///
    /// Exercises are found where the recorder repeats them: in the last lines.
    package init?(path: String) {
        guard let ends = try? FileStore.readEnds(path, part: RecordingOutline.part) else {
            return nil
        }
        let head = ends.head.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        guard let first = head.first,
            first.starts(with: Array("# \(RecordingFormat.versionKey):".utf8))
        else { return nil }
        for line in head { take(line) }
        for line in ends.tail.split(separator: 10, omittingEmptySubsequences: false).dropFirst() {
            take(line)
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        guard let kind = line.first else { return }
        let text = String(decoding: line.prefix(200), as: UTF8.self)
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        switch kind {
        case UInt8(ascii: "#") where text.hasPrefix("# date: "):
            // That of the beginning, where a restart put another head into the file.
            if date == nil { date = String(text.dropFirst(8)) }
        case UInt8(ascii: "#") where text.hasPrefix("# \(RecordingFormat.versionKey):"):
            isComplete = false
        case UInt8(ascii: "a") where words.count == 3:
            let name = words[2].prefix { $0 != " " }
            if !sensors.contains(String(name)) { sensors.append(String(name)) }
        case UInt8(ascii: "p") where words.count == 3:
            guard let stamp = Int64(words[1]) else { return }
            if firstStamp == nil { firstStamp = stamp }
            lastStamp = stamp
        case UInt8(ascii: "m")
        where words.count == 3 && words[2].hasPrefix(RecordingOutline.exerciseMark):
            let name = words[2].dropFirst(RecordingOutline.exerciseMark.count).prefix { $0 != " " }
            if !exercises.contains(String(name)) { exercises.append(String(name)) }
        case UInt8(ascii: "z"): isComplete = true
        default: break
        }
    }
}
