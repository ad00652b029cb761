// The message service of a Movella DOT: framing with a checksum, and what the replies mean.

/// A message of the characteristics 7001, 7002 and 7003: subject, length, data, checksum (R 5.1).
package struct MovellaDotMessage: Sendable, Equatable {
    package enum Subject: UInt8, Sendable {
        case recording = 1
        case synchronization = 2
        case configuration = 3
    }

    package var subject: Subject
    /// At most 157 bytes (R 5.1).
    package var data: [UInt8]

    package init(subject: Subject, data: [UInt8]) {
        self.subject = subject
        self.data = data
    }

    /// The message as sent.
    ///
    /// The checksum makes the sum of all bytes zero modulo 256.
    package var bytes: [UInt8] {
        let head = [subject.rawValue, UInt8(truncatingIfNeeded: data.count)] + data
        return head + [0 &- head.reduce(0, &+)]
    }

    /// Reads a message; the characteristics are padded with zeros to 160 bytes, so what follows the
    /// checksum is not looked at.
    package init(_ packet: Span<UInt8>) throws(DecodeError) {
        let length = Int(try packet.uint8(at: 1))
        guard try packet.byteSum(from: 0, to: length + 3) == 0 else { throw .checksum }
        guard let subject = Subject(rawValue: try packet.uint8(at: 0)) else { throw .malformed }
        var data: [UInt8] = []
        for offset in 2..<2 + length { data.append(try packet.uint8(at: offset)) }
        self.init(subject: subject, data: data)
    }
}

/// What a sensor says on 7002 (acknowledge) or 7003 (notice).
package enum MovellaDotReply: Sendable, Equatable {
    /// `command` is missing in short acknowledgements.
    case recordingAcknowledge(result: UInt8, command: UInt8?)
    case syncAcknowledge(result: UInt8)
    /// Whether settings and magnetic map went back to factory values.
    case factoryReset(settings: Bool, magneticMap: Bool)
    /// Another reply about configuration; which one only the command tells.
    case configurationAcknowledge
    case recordingNotice(RecordingNotice)
    case syncStatus(isSynchronized: Bool)
    case stopSyncResult(isDone: Bool)

    /// Things a sensor says of its own accord about recording; raw values from R 5.2.4.
    package enum RecordingNotice: UInt8, Sendable {
        case flashProcessBusy = 0x03
        case storeFlashInfoDone = 0x33
        case flashFull = 0x34
        case invalidFlashFormat = 0x35
        case recordingStopped = 0x41
        case recordingTime = 0x43
        case exportFlashInfo = 0x51
        case exportFlashInfoDone = 0x52
        case exportFileInfo = 0x61
        case exportFileInfoDone = 0x62
        case noRecordingFile = 0x63
        case exportFileData = 0x71
        case exportFileDataDone = 0x72
        case exportDataStopped = 0x73
        case exportFileDataInvalid = 0x76
    }

    /// A message read from the acknowledge characteristic 7002.
    package init(acknowledge message: MovellaDotMessage) throws(DecodeError) {
        let data = message.data
        switch message.subject {
        case .recording:
            guard data.count >= 2 else { throw .tooShort }
            guard data[0] == 0x01 else { throw .malformed }
            self = .recordingAcknowledge(result: data[1], command: data.count > 2 ? data[2] : nil)
        case .synchronization:
            guard data.count >= 2 else { throw .tooShort }
            guard data[0] == 0x03 else { throw .malformed }
            self = .syncAcknowledge(result: data[1])
        case .configuration:
            // The reply to a factory reset names no command: two results and six reserved bytes
            // (R 5.4.3.4). Others of this length are a serial number.
            let isReset =
                data.count == 8 && data[0] <= 1 && data[1] <= 1
                && data[2...].allSatisfy { $0 == 0 }
            self =
                isReset
                ? .factoryReset(settings: data[0] == 0, magneticMap: data[1] == 0)
                : .configurationAcknowledge
        }
    }

    /// A message notified by characteristic 7003.
    package init(notice message: MovellaDotMessage) throws(DecodeError) {
        let data = message.data
        guard let identifier = data.first else { throw .tooShort }
        switch message.subject {
        case .recording:
            guard let notice = RecordingNotice(rawValue: identifier) else { throw .malformed }
            self = .recordingNotice(notice)
        case .synchronization:
            guard data.count >= 2 else { throw .tooShort }
            switch (identifier, data[1]) {
            case (0x50, _): self = .stopSyncResult(isDone: data[1] == 0)
            case (0x51, 0x04): self = .syncStatus(isSynchronized: true)
            case (0x51, 0x09): self = .syncStatus(isSynchronized: false)
            default: throw .malformed
            }
        case .configuration:
            // None exist in this revision (R 5.4.4).
            throw .malformed
        }
    }

    /// The word for the result of a recording command, or for the state it met (R table 26).
    package static func recordingResultName(_ result: UInt8) -> String? {
        switch result {
        case 0x00: "success"
        case 0x02: "invalid command"
        case 0x03: "flash busy"
        case 0x06: "idle"
        case 0x30: "erasing"
        case 0x40: "recording"
        case 0x50: "exporting flash information"
        case 0x60: "exporting file information"
        case 0x70: "exporting file data"
        default: nil
        }
    }

    /// The word for the result of a synchronisation (R table 30).
    package static func syncResultName(_ result: UInt8) -> String? {
        switch result {
        case 0x00: "success"
        case 0x05: "not enough samples"
        case 0x07: "skew too large"
        case 0x08: "start time"
        case 0x09: "not started"
        default: nil
        }
    }
}
