// What the daemon logs as an event of its own: a message id that stays, and a text in the catalogue.

/// Events of the log.
///
/// The ids are for ever: journalctl finds entries by them (`journalctl MESSAGE_ID=…`). Each has its
/// explanation in `systemd/rehabd.catalog`.
enum JournalEvent: String, CaseIterable, Sendable {
    case started, stopped
    case notStarted = "not-started"
    case sensorStreaming = "sensor-streaming"
    case sensorLost = "sensor-lost"
    case recordingStopped = "recording-stopped"
    case recordingContinued = "recording-continued"
    case exerciseStarted = "exercise-started"
    case exerciseEnded = "exercise-ended"
    case configurationRead = "configuration-read"
    case configurationRefused = "configuration-refused"
    case filePutAside = "file-put-aside"
    case realtimeOverrun = "realtime-overrun"
    case warning

    /// 128 bits as `MESSAGE_ID` wants them.
    var messageID: String {
        switch self {
        case .started: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a01"
        case .stopped: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a02"
        case .notStarted: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a03"
        case .sensorStreaming: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a04"
        case .sensorLost: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a05"
        case .recordingStopped: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a06"
        case .recordingContinued: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a07"
        case .exerciseStarted: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a08"
        case .exerciseEnded: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a09"
        case .configurationRead: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a0a"
        case .configurationRefused: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a0b"
        case .filePutAside: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a0c"
        case .realtimeOverrun: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a0d"
        case .warning: "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a0e"
        }
    }
}
