// The fields of Movella DOT's values in the words of schema `wearable-vectors/1`, and its commands.

import Kinematics

extension MovellaDot {
    // MARK: Fields

    /// One sample; the mode decides which fields there are.
    static func sample(_ payload: MovellaDotPayload) -> [VectorField] {
        var fields = [
            VectorField("index", .integer(0)),
            VectorField("t_us", .integer(Int128(payload.microseconds))),
        ]
        func add(_ name: String, _ value: VectorValue?) {
            if let value { fields.append(VectorField(name, value)) }
        }
        add("quat", payload.orientation.map(components))
        add("euler_deg", payload.eulerDegrees.map(angles))
        add("dq", payload.orientationIncrement.map(components))
        add("dv", payload.velocityIncrement.map(components))
        add("free_acc", payload.freeAcceleration.map(components))
        add("acc", payload.specificForce.map(components))
        add("gyro", payload.angularRate.map(components))
        add("mag_au", payload.magneticField.map(components))
        add("status", payload.status.map { .integer(Int128($0.rawValue)) })
        add("acc_clip_count", payload.accelerometerClipCount.map { .integer(Int128($0)) })
        add("gyro_clip_count", payload.gyroscopeClipCount.map { .integer(Int128($0)) })
        if payload.specificForce != nil, payload.angularRate != nil {
            add("imu_valid", .flag(payload.isMeasured))
        }
        return fields
    }

    /// x, y, z.
    private static func components(_ vector: Vector3) -> VectorValue {
        .list([.number(vector.x), .number(vector.y), .number(vector.z)])
    }

    /// w, x, y, z.
    private static func components(_ rotation: Rotation) -> VectorValue {
        .list([
            .number(rotation.w), .number(rotation.x), .number(rotation.y), .number(rotation.z),
        ])
    }

    /// In the device's own order and sense; we do not use them.
    private static func angles(_ degrees: Vector3) -> VectorValue {
        .record([
            VectorField("roll", .number(degrees.x)), VectorField("pitch", .number(degrees.y)),
            VectorField("yaw", .number(degrees.z)),
        ])
    }

    /// The status word bit by bit.
    static func clipping(_ status: MovellaDotStatus) -> [VectorField] {
        ["acc_clip", "gyro_clip", "mag_clip"].enumerated().map { sensor, name in
            let axes = status.clippedAxes(sensor: UInt16(sensor))
            return VectorField(name, .list(axes.map(VectorValue.flag)))
        } + [VectorField("mag_new", .flag(status.magnetometerIsNew))]
    }

    /// Device information; the schema has no words for it yet, so these are ours.
    static func information(_ value: MovellaDotInformation) -> [VectorField] {
        [
            VectorField("address", .text(value.address.text)),
            VectorField(
                "firmware", .text(value.firmware.map(String.init).joined(separator: "."))),
            VectorField("firmware_built", .text(value.firmwareBuilt)),
            VectorField("radio_stack", .integer(Int128(value.radioStack))),
            VectorField("serial", .integer(Int128(value.serialNumber))),
            VectorField("product_code", .text(value.productCode)),
        ]
    }

    /// Device control as read; the words are ours.
    static func settings(_ value: MovellaDotSettings) -> [VectorField] {
        [
            VectorField("advertising_timeout_s", .integer(Int128(value.advertisingTimeout))),
            VectorField("connected_timeout_s", .integer(Int128(value.connectedTimeout))),
            VectorField("tag", .text(value.tag)),
            VectorField("output_rate_hz", .integer(Int128(value.outputRateHertz))),
            VectorField("filter_profile", .integer(Int128(value.filterProfile))),
        ]
    }

    /// A device report, in the words that other families' vectors use for events.
    static func report(_ value: MovellaDotReport) -> [VectorField] {
        switch value.event {
        case .poweredOff: return [VectorField("event", .text("powered off"))]
        case .powerSaving: return [VectorField("event", .text("power saving"))]
        case .buttonPressed(let clicks):
            return [
                VectorField("event", .text("click")),
                VectorField("count", .integer(Int128(clicks))),
                VectorField("t_ms", value.milliseconds.map { .integer(Int128($0)) } ?? .null),
            ]
        case .battery, .formatDoesNotFit: return []
        }
    }

    /// A message of the message service: acknowledgements in words, notices by the vendor's name.
    static func reply(_ value: MovellaDotReply) -> [VectorField] {
        func result(_ number: UInt8, _ name: String?) -> [VectorField] {
            [VectorField("result", .integer(Int128(number)))]
                + (name.map { [VectorField("result_name", .text($0))] } ?? [])
        }
        switch value {
        case .recordingAcknowledge(let number, let command):
            return [VectorField("message", .text("recording acknowledge"))]
                + result(number, MovellaDotReply.recordingResultName(number))
                + (command.map { [VectorField("command", .integer(Int128($0)))] } ?? [])
        case .syncAcknowledge(let number):
            return [VectorField("message", .text("sync acknowledge"))]
                + result(number, MovellaDotReply.syncResultName(number))
                + [VectorField("ok", .flag(number == 0))]
        case .factoryReset(let settings, let magneticMap):
            return [
                VectorField("message", .text("configuration acknowledge")),
                VectorField("settings_ok", .flag(settings)),
                VectorField("magnetic_map_ok", .flag(magneticMap)),
            ]
        case .configurationAcknowledge:
            return [VectorField("message", .text("configuration acknowledge"))]
        case .recordingNotice(let notice):
            // The vendor's names begin with a capital.
            let name = "\(notice)"
            return [VectorField("message", .text(name.prefix(1).uppercased() + name.dropFirst()))]
        case .syncStatus(let isSynchronized):
            return [
                VectorField("message", .text("SyncStatus")),
                VectorField("synced", .flag(isSynchronized)),
            ]
        case .stopSyncResult(let isDone):
            return [
                VectorField("message", .text("StopSyncResult")), VectorField("ok", .flag(isDone)),
            ]
        }
    }

    // MARK: Commands

    /// The bytes for what the vector asks, by the vendor's name of the message or in plain words.
    static func command(_ question: VectorQuestion) -> VectorAnswer {
        func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
            question.parameter(name)?.integer.flatMap { Number(exactly: $0) }
        }
        func lacking(_ what: String) -> VectorAnswer {
            .unsupported("the request lacks \(what), or it does not fit")
        }
        let mode = number("payload_mode").flatMap(MovellaDotMode.init(rawValue:))
        let file: UInt8? = number("file")
        switch question.wish {
        case "start": return mode.map { written(.start($0)) } ?? lacking("payload_mode")
        case "stop": return written(.stop(mode))
        case "resetheading": return written(.resetHeading)
        case "revertheading": return written(.revertHeading)
        case "identify": return amended(MovellaDotControl.identify)
        case "setoutputrate":
            let rate: UInt16? = number("rate_hz")
            return rate.map { amended(MovellaDotControl.outputRate($0)) } ?? lacking("rate_hz")
        case "getsyncstatus": return written(.getSyncStatus)
        case "startsync":
            let root = question.parameter("root")?.text.flatMap { DeviceAddress($0) }
            return root.map { written(.startSync(root: $0)) } ?? lacking("root, an address")
        case "stopsync": return written(.stopSync)
        case "getstate": return written(.getRecordingState)
        case "stoprecording": return written(.stopRecording)
        case "requestfileinfo":
            return file.map { written(.requestFileInfo(file: $0)) } ?? lacking("file")
        case "requestfiledata":
            return file.map { written(.requestFileData(file: $0)) } ?? lacking("file")
        case "reverttofactorysettings": return written(.revertToFactorySettings)
        case let wish: return .unsupported("movella-dot has no command '\(wish ?? "")'")
        }
    }

    private static func written(_ command: MovellaDotCommand) -> VectorAnswer {
        .bytes(command.bytes, characteristic: identity.uuid(of: command.characteristic) ?? "")
    }

    /// What is written where the sensor's settings read all zero; the visit mask keeps the sensor
    /// from taking the other fields.
    private static func amended(_ step: PlanStep) -> VectorAnswer {
        guard case .amend(let characteristic, let length, let wanted, let marks) = step,
            let uuid = identity.uuid(of: characteristic)
        else { return .unsupported("not a setting") }
        do throws(DecodeError) {
            let zeros = [UInt8](repeating: 0, count: length)
            let bytes = try PlanStep.amendment(
                of: zeros, length: length, wanted: wanted, marks: marks)
            return .bytes(bytes ?? zeros, characteristic: uuid)
        } catch {
            return .refused(error)
        }
    }
}
