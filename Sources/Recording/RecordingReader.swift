// Reads a recording back: total on any bytes, exact on good ones, honest on torn ones.

/// The reader of recordings, version 1.
package enum RecordingReader {
    /// Reads `bytes`; `file` is what errors call it.
    ///
    /// A last line without its end is left out. A line that cannot be read is an error, or left out
    /// and counted where `lenient`.
    package static func parse(
        _ bytes: [UInt8], file: String, lenient: Bool = false
    ) throws(RecordingError) -> Recording {
        var recording = Recording()
        var earlier: [Recording] = []
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            guard let end = bytes[start...].firstIndex(of: 10) else {
                recording.lastLineTorn = true
                break
            }
            let line = bytes[start..<end]
            start = end + 1
            if number == 1 {
                try checkVersion(line, file: file)
            } else if line.starts(with: versionPrefix) {
                // Another head: the daemon was restarted, and what follows is a session of its own.
                try checkVersion(line, file: file)
                earlier.append(recording)
                recording = Recording()
            }
            if !take(line, into: &recording) {
                guard lenient else {
                    throw RecordingError(
                        file: file, line: number,
                        message: "this line cannot be read; it may have been edited or cut. "
                            + "Use --lenient to leave such lines out.")
                }
                recording.skippedLines += 1
            }
        }
        if number == 0 || (number == 1 && recording.lastLineTorn) {
            throw RecordingError(
                file: file, line: nil, message: "the file is empty or cut in its head")
        }
        guard var first = earlier.first else { return recording }
        first.later = earlier.dropFirst() + [recording]
        // The file has one last line, whichever session it belongs to.
        first.lastLineTorn = recording.lastLineTorn
        return first
    }

    private static let versionPrefix = Array("# \(RecordingFormat.versionKey): ".utf8)

    private static func checkVersion(
        _ line: ArraySlice<UInt8>, file: String
    ) throws(RecordingError) {
        let prefix = versionPrefix
        guard line.starts(with: prefix) else {
            throw RecordingError(
                file: file, line: 1,
                message: "this is no recording of rehabd: the first line must be "
                    + "\"# \(RecordingFormat.versionKey): \(RecordingFormat.version)\"")
        }
        let text = String(decoding: line.dropFirst(prefix.count), as: UTF8.self)
        guard let version = Int(text), version >= 1, version <= RecordingFormat.version else {
            throw RecordingError(
                file: file, line: 1,
                message: "version \(text.prefix(20)) is not known to this program; a newer rehabd "
                    + "wrote it. Update rehabd.")
        }
    }

    /// Takes one line; false where it is of a known kind but cannot be read.
    private static func take(_ line: ArraySlice<UInt8>, into recording: inout Recording) -> Bool {
        guard let kind = line.first else { return true }
        let rest = line.dropFirst(2)
        switch kind {
        case UInt8(ascii: "p"):
            guard let packet = packet(rest) else { return false }
            recording.packets.append(packet)
        case UInt8(ascii: "f"):
            recording.frames.append(String(decoding: line, as: UTF8.self))
        case UInt8(ascii: "q"):
            recording.cues.append(String(decoding: line, as: UTF8.self))
        case UInt8(ascii: "c"):
            guard let command = command(rest) else { return false }
            recording.commands.append(command)
        case UInt8(ascii: "a"):
            guard let sensor = sensor(rest) else { return false }
            recording.sensors.append(sensor)
        case UInt8(ascii: "m"):
            guard let space = rest.firstIndex(of: 32) else { return false }
            recording.marks.append(String(decoding: rest[(space + 1)...], as: UTF8.self))
        case UInt8(ascii: "x"):
            recording.missing.append(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "z"):
            recording.isComplete = true
        case UInt8(ascii: "#"):
            guard let entry = headEntry(rest) else { return true }
            recording.head.append(entry)
        default: break
        }
        return true
    }

    private static func headEntry(_ rest: ArraySlice<UInt8>) -> (key: String, value: String)? {
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let value = rest[(colon + 1)...].drop { $0 == 32 }
        return (
            String(decoding: rest[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)
        )
    }

    private static func packet(_ rest: ArraySlice<UInt8>) -> RecordedPacket? {
        let words = rest.split(separator: 32, omittingEmptySubsequences: false)
        guard words.count == 4, let stamp = Int64(String(decoding: words[0], as: UTF8.self)),
            let channel = UInt8(String(decoding: words[1], as: UTF8.self)),
            let characteristic = UInt8(String(decoding: words[2], as: UTF8.self)),
            words[3].count % 2 == 0, words[3].count <= 2 * 544
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words[3].count / 2)
        var index = words[3].startIndex
        while index < words[3].endIndex {
            guard let high = nibble(words[3][index]), let low = nibble(words[3][index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
            index += 2
        }
        return RecordedPacket(
            stamp: stamp, channel: channel, characteristic: characteristic, bytes: bytes)
    }

    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 48...57: character - 48
        case 97...102: character - 87
        default: nil
        }
    }

    private static func command(_ rest: ArraySlice<UInt8>) -> RecordedCommand? {
        guard let space = rest.firstIndex(of: 32),
            let after = UInt64(String(decoding: rest[..<space], as: UTF8.self))
        else { return nil }
        return RecordedCommand(
            after: after, text: String(decoding: rest[(space + 1)...], as: UTF8.self))
    }

    private static func sensor(_ rest: ArraySlice<UInt8>) -> RecordedSensor? {
        let words = rest.split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 5, let channel = UInt8(words[0]), channel < 32,
            let rate = Double(words[4]), rate >= 1, rate <= 5000
        else { return nil }
        return RecordedSensor(
            channel: channel, name: words[1], kind: words[2],
            segment: words[3] == "-" ? nil : words[3], rateHertz: rate)
    }
}
