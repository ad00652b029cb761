// The interface org.rehabd.rehab1 as Swift: its text, its methods' names, who may call them.

package import Varlink

/// Everything of our interface lives here under the name it has in the interface text.
///
/// The members are spelt the Swift way, with units in full (`length_s` is `lengthSeconds`); a test
/// compares them with the text.
package enum Rehab1 {
    /// The interface's name, which is also its version: what breaks a client gets another name.
    package static let interface = "org.rehabd.rehab1"

    /// The interface text, comments included.
    ///
    /// Lives in the binary.
    package static let text = String(
        decoding: PackageResources.org_rehabd_rehab1_varlink, as: UTF8.self)

    /// The text, parsed.
    ///
    /// A text that does not parse gives an interface without methods; tests prove that ours does.
    package static let description = (try? InterfaceText(parsing: text))

    /// What a call needs besides access to the socket.
    package enum Access: Sendable {
        /// Changes nothing.
        case read
        /// Changes what the daemon does now; nothing is lost by it.
        case change
        /// Cannot be undone: for the user the daemon runs as, and root.
        case owner
    }

    /// The methods of the interface.
    package enum Method: String, Sendable, CaseIterable {
        case getStatus = "GetStatus"
        case monitor = "Monitor"
        case attachSensor = "AttachSensor"
        case detachSensor = "DetachSensor"
        case assignSegment = "AssignSegment"
        case scan = "Scan"
        case addSensor = "AddSensor"
        case forgetSensor = "ForgetSensor"
        case connectSensor = "ConnectSensor"
        case disconnectSensor = "DisconnectSensor"
        case identifySensor = "IdentifySensor"
        case buzzSensor = "BuzzSensor"
        case pairSensor = "PairSensor"
        case getBluetooth = "GetBluetooth"
        case calibrate = "Calibrate"
        case listExercises = "ListExercises"
        case startExercise = "StartExercise"
        case stopExercise = "StopExercise"
        case pause = "Pause"
        case changeSide = "ChangeSide"
        case mark = "Mark"
        case listRecordings = "ListRecordings"
        case removeRecording = "RemoveRecording"
        case replay = "Replay"
        case reload = "Reload"
        case getSound = "GetSound"
        case setSound = "SetSound"
        case playSound = "PlaySound"
        case breathe = "Breathe"
        case listFading = "ListFading"
        case setFading = "SetFading"
        case listTests = "ListTests"
        case startTest = "StartTest"
        case stopTest = "StopTest"
        case giveUpTest = "GiveUpTest"
        case answerTest = "AnswerTest"
        case listTestResults = "ListTestResults"

        /// The name used in calls.
        package var fullName: String { "\(Rehab1.interface).\(rawValue)" }

        package var access: Access {
            switch self {
            case .getStatus, .monitor, .listExercises, .listRecordings, .getBluetooth,
                .getSound, .listFading:
                .read
            case .attachSensor, .detachSensor, .assignSegment, .calibrate, .startExercise,
                .stopExercise, .replay, .scan, .addSensor, .forgetSensor, .connectSensor,
                .disconnectSensor, .identifySensor, .buzzSensor, .pause, .changeSide, .mark,
                .reload, .setSound, .playSound, .breathe, .setFading:
                .change
            case .listTests, .listTestResults: .read
            case .startTest, .stopTest, .giveUpTest, .answerTest: .change
            case .removeRecording, .pairSensor: .owner
            }
        }

        /// Lasts until it is ended, rather than being answered at once.
        package var streams: Bool { streamsOnly || self == .replay || self == .scan }

        /// Answers only calls with `more`.
        package var streamsOnly: Bool {
            self == .monitor || self == .calibrate || self == .breathe
        }
    }

    /// The result of a method that only succeeds.
    package struct Empty: Codable, Sendable, Equatable {
        package init() {}
    }
}

/// A method of our interface; the conforming type's own properties are its parameters.
package protocol ControlMethod: Codable, Sendable {
    associatedtype Reply: Codable, Sendable
    static var method: Rehab1.Method { get }
}
