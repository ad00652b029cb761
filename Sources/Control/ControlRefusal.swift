// The errors of the interface: their names and parameters on the wire, and what they say to a person.

package import Varlink

/// Why the daemon did not do what was asked: every error that can travel as a reply.
package enum ControlRefusal: Error, Equatable, Sendable {
    case noSuchSensor(name: String)
    case sensorExists(name: String)
    case unknownKind(kind: String, known: [String])
    case noSuchSegment(segment: String)
    case noSuchExercise(exercise: String, known: [String])
    case noSuchRecording(name: String)
    case busy(activity: String, cure: String)
    case notReady(reason: String, cure: String)
    case badDescriptors(expected: Int, received: Int, reason: String)
    case storageFailed(path: String, reason: String)
    case bluetoothFailed(reason: String, cure: String)
    case notExercising
    case denied(reason: String)
    // Errors that every Varlink service has.
    case interfaceNotFound(String)
    case methodNotFound(String)
    case methodNotImplemented(String)
    case invalidParameter(String)
    case permissionDenied
    case expectedMore
    /// An error of a newer daemon that this program does not know.
    case other(name: String, parameters: JSONValue)
}

extension ControlRefusal {
    /// What a set cannot begin without; rehabctl says it before it asks a person anything.
    package static let pelvisNotWorn = ControlRefusal.notReady(
        reason: "no sensor is on the pelvis",
        cure: "find, place and calibrate yours with: rehabctl setup; or see it all on a synthetic "
            + "person: rehabctl demo")

    package static let pelvisNotCalibrated = ControlRefusal.notReady(
        reason: "the pelvis sensor is not calibrated", cure: "calibrate with: rehabctl calibrate")

    /// `places`: whose sensors were calibrated at an earlier wear, on `date` the first of them.
    package static func calibratedBefore(_ places: [String], date: String) -> ControlRefusal {
        .notReady(
            reason:
                "the calibration of the sensor on the \(places.joined(separator: " and the ")) is of "
                + "\(date): put on again it sits otherwise",
            cure:
                "calibrate with: rehabctl calibrate; or, if it was never taken off, let calibrations "
                + "hold longer: rehabctl config edit, hours under [calibration]")
    }

    /// The error's full name and its parameters.
    private var wire: (name: String, parameters: JSONValue) {
        func ours(_ name: String, _ parameters: JSONValue) -> (String, JSONValue) {
            ("\(Rehab1.interface).\(name)", parameters)
        }
        func service(_ name: String, _ parameters: JSONValue = [:]) -> (String, JSONValue) {
            ("\(VarlinkService.interface).\(name)", parameters)
        }
        func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        switch self {
        case .noSuchSensor(let name): return ours("NoSuchSensor", ["name": .string(name)])
        case .sensorExists(let name): return ours("SensorExists", ["name": .string(name)])
        case .unknownKind(let kind, let known):
            return ours("UnknownKind", ["kind": .string(kind), "known": list(known)])
        case .noSuchSegment(let name): return ours("NoSuchSegment", ["segment": .string(name)])
        case .noSuchExercise(let name, let known):
            return ours("NoSuchExercise", ["exercise": .string(name), "known": list(known)])
        case .noSuchRecording(let name): return ours("NoSuchRecording", ["name": .string(name)])
        case .busy(let activity, let cure):
            return ours("Busy", ["activity": .string(activity), "cure": .string(cure)])
        case .notReady(let reason, let cure):
            return ours("NotReady", ["reason": .string(reason), "cure": .string(cure)])
        case .badDescriptors(let expected, let received, let reason):
            return ours(
                "BadDescriptors",
                [
                    "expected": .integer(Int64(expected)), "received": .integer(Int64(received)),
                    "reason": .string(reason),
                ])
        case .storageFailed(let path, let reason):
            return ours("StorageFailed", ["path": .string(path), "reason": .string(reason)])
        case .bluetoothFailed(let reason, let cure):
            return ours("BluetoothFailed", ["reason": .string(reason), "cure": .string(cure)])
        case .notExercising: return ours("NotExercising", [:])
        case .denied(let reason): return ours("Denied", ["reason": .string(reason)])
        case .interfaceNotFound(let name):
            return service("InterfaceNotFound", ["interface": .string(name)])
        case .methodNotFound(let name): return service("MethodNotFound", ["method": .string(name)])
        case .methodNotImplemented(let name):
            return service("MethodNotImplemented", ["method": .string(name)])
        case .invalidParameter(let name):
            return service("InvalidParameter", ["parameter": .string(name)])
        case .permissionDenied: return service("PermissionDenied")
        case .expectedMore: return service("ExpectedMore")
        case .other(let name, let parameters): return (name, parameters)
        }
    }

    /// The error's full name.
    package var name: String { wire.name }

    /// The error as a reply.
    package var reply: VarlinkReply {
        VarlinkReply(error: wire.name, parameters: wire.parameters)
    }

    /// The error that arrived as `name` with `parameters`; absent parameters read as empty.
    package init(name: String, parameters: JSONValue) {
        func text(_ field: String) -> String { parameters[field]?.stringValue ?? "" }
        func texts(_ field: String) -> [String] {
            parameters[field]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        func number(_ field: String) -> Int {
            Int(clamping: parameters[field]?.integerValue ?? 0)
        }
        let parts = VarlinkCall(method: name)
        switch (parts.interface, parts.member) {
        case (Rehab1.interface, "NoSuchSensor"): self = .noSuchSensor(name: text("name"))
        case (Rehab1.interface, "SensorExists"): self = .sensorExists(name: text("name"))
        case (Rehab1.interface, "UnknownKind"):
            self = .unknownKind(kind: text("kind"), known: texts("known"))
        case (Rehab1.interface, "NoSuchSegment"): self = .noSuchSegment(segment: text("segment"))
        case (Rehab1.interface, "NoSuchExercise"):
            self = .noSuchExercise(exercise: text("exercise"), known: texts("known"))
        case (Rehab1.interface, "NoSuchRecording"): self = .noSuchRecording(name: text("name"))
        case (Rehab1.interface, "Busy"):
            self = .busy(activity: text("activity"), cure: text("cure"))
        case (Rehab1.interface, "NotReady"):
            self = .notReady(reason: text("reason"), cure: text("cure"))
        case (Rehab1.interface, "BadDescriptors"):
            self = .badDescriptors(
                expected: number("expected"), received: number("received"),
                reason: text("reason"))
        case (Rehab1.interface, "StorageFailed"):
            self = .storageFailed(path: text("path"), reason: text("reason"))
        case (Rehab1.interface, "BluetoothFailed"):
            self = .bluetoothFailed(reason: text("reason"), cure: text("cure"))
        case (Rehab1.interface, "NotExercising"): self = .notExercising
        case (Rehab1.interface, "Denied"): self = .denied(reason: text("reason"))
        case (VarlinkService.interface, "InterfaceNotFound"):
            self = .interfaceNotFound(text("interface"))
        case (VarlinkService.interface, "MethodNotFound"): self = .methodNotFound(text("method"))
        case (VarlinkService.interface, "MethodNotImplemented"):
            self = .methodNotImplemented(text("method"))
        case (VarlinkService.interface, "InvalidParameter"):
            self = .invalidParameter(text("parameter"))
        case (VarlinkService.interface, "PermissionDenied"): self = .permissionDenied
        case (VarlinkService.interface, "ExpectedMore"): self = .expectedMore
        default: self = .other(name: name, parameters: parameters)
        }
    }
}

// MARK: For people

extension ControlRefusal: CustomStringConvertible {
    /// What happened, in one sentence without a full stop.
    package var sentence: String {
        switch self {
        case .noSuchSensor(let name): "no sensor is called \(name.debugDescription)"
        case .sensorExists(let name): "a sensor called \(name.debugDescription) is attached already"
        case .unknownKind(let kind, _): "no driver is called \(kind.debugDescription)"
        case .noSuchSegment(let name): "no body segment is called \(name.debugDescription)"
        case .noSuchExercise(let name, _): "no exercise is called \(name.debugDescription)"
        case .noSuchRecording(let name): "no recording is called \(name.debugDescription)"
        case .busy(let activity, _): "rehabd is busy: \(activity)"
        case .notReady(let reason, _): reason
        case .badDescriptors(let expected, let received, let reason):
            "the call brought \(received) descriptors where \(expected) were expected: \(reason)"
        case .storageFailed(let path, let reason): "\(path) cannot be used: \(reason)"
        case .bluetoothFailed(let reason, _): reason
        case .notExercising: "no exercise is running"
        case .denied(let reason): "rehabd does not allow this: \(reason)"
        case .interfaceNotFound(let name): "rehabd has no interface \(name)"
        case .methodNotFound(let name): "rehabd has no method \(name)"
        case .methodNotImplemented(let name): "rehabd does not offer \(name) yet"
        case .invalidParameter(let name):
            "the parameter \(name.debugDescription) is missing, unknown or of another type"
        case .permissionDenied: "only the user rehabd runs as, and root, may do this"
        case .expectedMore: "this method answers only calls that take several replies"
        case .other(let name, let parameters):
            "rehabd answered \(name) \(String(decoding: parameters.bytes, as: UTF8.self))"
        }
    }

    /// What to do about it, in one sentence without a full stop; nil where nothing general helps.
    package var cure: String? {
        switch self {
        case .noSuchSensor: "list the attached ones with: rehabctl sensors"
        case .sensorExists:
            "choose another name, or take that one out first: rehabctl sensors forget, or detach "
                + "where a program handed it over"
        case .unknownKind(_, let known), .noSuchExercise(_, let known):
            known.isEmpty ? nil : "known are: \(known.joined(separator: ", "))"
        case .noSuchSegment:
            "known are: pelvis, trunk, left-thigh, right-thigh, left-shank, right-shank"
        case .noSuchRecording: "list them with: rehabctl recordings list"
        case .busy(_, let cure), .notReady(_, let cure), .bluetoothFailed(_, let cure):
            cure.isEmpty ? nil : cure
        case .badDescriptors: "send one SEQPACKET socket for each, with the call itself"
        case .storageFailed: "free space or correct the permissions, then try again"
        case .notExercising: "start one with: rehabctl start one-leg-stand"
        case .denied: nil
        case .interfaceNotFound, .methodNotFound, .methodNotImplemented, .invalidParameter, .other:
            "rehabctl and rehabd may be of different versions: compare with rehabctl version"
        case .permissionDenied: "repeat it as that user, or with sudo"
        case .expectedMore: "call it with the flag \"more\""
        }
    }

    package var description: String { sentence + (cure.map { "; \($0)" } ?? "") }
}
