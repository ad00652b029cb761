// What can be written to a Movella DOT, byte for byte.

/// A write to the measurement, heading or message characteristic.
///
/// The daemon starts and stops; the others are for synchronising sensors and for asking one that is
/// found recording. A factory reset is never sent.
package enum MovellaDotCommand: Sendable, Equatable {
    case start(MovellaDotMode)
    /// The mode is ignored on stop (R table 13).
    case stop(MovellaDotMode?)
    /// Only while measuring; must be reverted before the next one (R 3.6).
    case resetHeading
    case revertHeading
    /// Answered by a notice.
    case getSyncStatus
    /// To every sensor alike, then all disconnect for 14 s (R 5.3.5).
    case startSync(root: DeviceAddress)
    case stopSync
    case getRecordingState
    case stopRecording
    /// `file` counts from one.
    case requestFileInfo(file: UInt8)
    case requestFileData(file: UInt8)
    case revertToFactorySettings

    package var characteristic: CharacteristicIndex {
        switch self {
        case .start, .stop: MovellaDot.measurement
        case .resetHeading, .revertHeading: MovellaDot.headingReset
        default: MovellaDot.messageControl
        }
    }

    /// Control words: R tables 13 and 18; message identifiers: R 5.5.
    package var bytes: [UInt8] {
        switch self {
        case .start(let mode): [1, 1, mode.rawValue]
        // Zero in the mode's place was seen to work on a live sensor.
        case .stop(let mode): [1, 0, mode?.rawValue ?? 0]
        case .resetHeading: [1, 0]
        case .revertHeading: [7, 0]
        case .getSyncStatus: message(.synchronization, [0x08])
        case .startSync(let root): message(.synchronization, [0x01] + root.leastSignificantFirst)
        case .stopSync: message(.synchronization, [0x02])
        case .getRecordingState: message(.recording, [0x02])
        case .stopRecording: message(.recording, [0x41])
        case .requestFileInfo(let file): message(.recording, [0x60, file])
        case .requestFileData(let file): message(.recording, [0x70, file])
        case .revertToFactorySettings: message(.configuration, [0x04])
        }
    }

    /// The command as a step of a plan.
    ///
    /// All of these characteristics are plain "write" (F 1.3, and the listing of a live sensor):
    /// acknowledged.
    package var step: PlanStep { .write(characteristic, bytes, .withResponse) }

    private func message(_ subject: MovellaDotMessage.Subject, _ data: [UInt8]) -> [UInt8] {
        MovellaDotMessage(subject: subject, data: data).bytes
    }
}

/// Changes to the device control characteristic, 32 bytes (R table 7): the value is read, the wanted
/// fields are put in, and the visit mask in byte 0 names the fields that the sensor shall take.
package enum MovellaDotControl {
    package static let length = 32

    /// The LED blinks fast for ten seconds.
    package static var identify: PlanStep { amend(visit: 0x01, BytePatch(at: 1, [1])) }

    /// Samples a second; only before measuring or synchronising.
    ///
    /// Stays in flash.
    package static func outputRate(_ hertz: UInt16) -> PlanStep {
        amend(
            visit: 0x10,
            BytePatch(at: 24, [UInt8(truncatingIfNeeded: hertz), UInt8(hertz >> 8)]))
    }

    private static func amend(visit: UInt8, _ wanted: BytePatch) -> PlanStep {
        .amend(
            MovellaDot.deviceControl, length: length, wanted: [wanted],
            marks: [BytePatch(at: 0, [visit])])
    }
}
