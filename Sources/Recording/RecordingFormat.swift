// The recording format: text, one fact a line, raw packets first and decisions beside them.
//
//   # key: value                                    head: who, when, with what
//   a CHANNEL NAME KIND SEGMENT RATE                a sensor; SEGMENT "-" where worn nowhere
//   p STAMP CHANNEL CHARACTERISTIC HEX              a packet as it came; STAMP in ns
//   c AFTER COMMAND…                                a command, applied once AFTER samples were processed
//   f SEQUENCE CHANNEL TIME QW QX QY QZ SIGMA FLAGS [GATES POSTURE SIDE SOURCE PHASE OBLIQUITY TILT
//     LEAN DROP ACTIVE JUDGED HOLD HOLDS END]       a frame; the body part for the pelvis only
//   q NUMBER SEQUENCE TIME CROSSED RULE SIGNAL VALUE SIDE      a cue that was decided
//   m TIME TEXT                                     a remark
//   x WHAT COUNT                                    something that could not be recorded
//   z PACKETS FRAMES CUES                           the orderly end
//
// Angles in rad, times in ns of CLOCK_MONOTONIC; numbers are written so that every bit comes back.
// Readers ignore lines and head keys they do not know; the version changes for breaking changes only.

/// Names and limits of the format.
package enum RecordingFormat {
    package static let version = 1
    package static let fileExtension = "recording"
    /// The head's first key.
    package static let versionKey = "rehabd-recording"
    /// Head key of a part whose sensors ran before it began; its value says why nothing was recorded.
    package static let midStreamKey = "mid-stream"
    /// Longest file a reader takes, bytes: about eight hours of one sensor.
    package static let readLimit = 1 << 31
}

/// One sensor of a recording.
package struct RecordedSensor: Sendable, Equatable {
    package var channel: UInt8
    package var name: String
    package var kind: String
    /// Nil where it is worn nowhere.
    package var segment: String?
    package var rateHertz: Double

    package init(channel: UInt8, name: String, kind: String, segment: String?, rateHertz: Double) {
        self.channel = channel
        self.name = name
        self.kind = kind
        self.segment = segment
        self.rateHertz = rateHertz
    }
}

/// `RecordedSensor` where another room has a type of that name too.
package typealias SessionSensor = RecordedSensor

/// One raw packet of a recording.
package struct RecordedPacket: Sendable, Equatable {
    package var stamp: Int64
    package var channel: UInt8
    package var characteristic: UInt8
    package var bytes: [UInt8]

    package init(stamp: Int64, channel: UInt8, characteristic: UInt8, bytes: [UInt8]) {
        self.stamp = stamp
        self.channel = channel
        self.characteristic = characteristic
        self.bytes = bytes
    }
}

/// One command of a recording: its text as the pipeline writes it.
package struct RecordedCommand: Sendable, Equatable {
    package var after: UInt64
    package var text: String

    package init(after: UInt64, text: String) {
        self.after = after
        self.text = text
    }
}

/// A recording that could not be read.
package struct RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    package let file: String
    /// 1-based; nil where the file as a whole is meant.
    package let line: Int?
    package let message: String

    package init(file: String, line: Int?, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String {
        "\(file)\(line.map { ":\($0)" } ?? ""): \(message)"
    }
}
