// Movella DOT's answers to test vectors, in the words of schema `wearable-vectors/1`.

import Kinematics

extension MovellaDot {
    /// Goes through the same payload, message and clock code as a live connection.
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        do throws(DecodeError) {
            switch question.kind {
            case .notification, .read, .indication:
                return try content(of: question)
            case .sequence:
                return try sequence(question)
            case .command:
                return command(question)
            case .checksum:
                _ = try MovellaDotMessage(firstFrame(of: question).span)
                return .fields([VectorField("ok", .flag(true))])
            case .statusWord:
                let word = try firstFrame(of: question).span.uint16(at: 0)
                return .fields(clipping(MovellaDotStatus(rawValue: word)))
            case .advertisement:
                return recognition(
                    of: try Advertisement(advertisingData: firstFrame(of: question)))
            case .advertisedName:
                return recognition(of: Advertisement(localName: question.name))
            default:
                return .unsupported("movella-dot has no \(question.kind.rawValue)")
            }
        } catch {
            return .refused(error)
        }
    }

    /// The bytes of kinds that have one frame; none is read as empty, and refused as too short.
    private static func firstFrame(of question: VectorQuestion) -> [UInt8] {
        question.frames.first ?? []
    }

    private static func recognition(of advertisement: Advertisement) -> VectorAnswer {
        .fields([VectorField("recognised", .flag(recognise(advertisement) != nil))])
    }

    // MARK: Values read and notified

    /// A value by its characteristic.
    private static func content(of question: VectorQuestion) throws(DecodeError) -> VectorAnswer {
        guard let uuid = question.characteristic, let index = identity.index(of: uuid) else {
            return .unsupported("not a characteristic of movella-dot")
        }
        let frame = firstFrame(of: question)
        switch index {
        case longPayload, mediumPayload, shortPayload:
            return try measurement(frame, from: index, question)
        case measurement:
            guard try frame.span.uint8(at: 0) == 1 else { throw .malformed }
            return .fields([
                VectorField("measuring", .flag(try frame.span.uint8(at: 1) == 1)),
                VectorField("payload_mode", .integer(Int128(try frame.span.uint8(at: 2)))),
            ])
        case deviceInfo: return .fields(information(try MovellaDotInformation(frame.span)))
        case deviceControl: return .fields(settings(try MovellaDotSettings(frame.span)))
        case deviceReport: return .fields(report(try MovellaDotReport(frame.span)))
        case headingStatus:
            return .fields([VectorField("ok", .flag(try frame.span.uint8(at: 0) == 1))])
        case battery:
            let level = try MovellaDotReport.battery(frame.span)
            return .fields([
                VectorField(
                    "battery",
                    .record([
                        VectorField("percent", .integer(Int128(level.percent))),
                        VectorField("charging", level.isCharging.map(VectorValue.flag) ?? .null),
                    ]))
            ])
        case messageReply:
            return .fields(reply(try MovellaDotReply(acknowledge: MovellaDotMessage(frame.span))))
        case messageNotice:
            return .fields(reply(try MovellaDotReply(notice: MovellaDotMessage(frame.span))))
        default: return .unsupported("movella-dot only writes \(uuid)")
        }
    }

    /// A payload as it is, also one that a live connection drops or cannot use.
    private static func measurement(
        _ frame: [UInt8], from index: CharacteristicIndex, _ question: VectorQuestion
    ) throws(DecodeError) -> VectorAnswer {
        guard let mode = payloadMode(question, of: index) else { return unknownMode }
        guard mode.characteristic == index else { throw .unexpectedCharacteristic }
        let payload = try MovellaDotPayload(frame.span, mode: mode)
        return .fields([
            VectorField("stream", .text("imu")),
            VectorField("samples", .list([.record(sample(payload))])),
        ])
    }

    /// The mode of the context or, without one, that of a running connection.
    private static func payloadMode(
        _ question: VectorQuestion, of index: CharacteristicIndex
    ) -> MovellaDotMode? {
        guard let value = question.context["payload_mode"] else {
            switch index {
            case longPayload: return .custom5
            case mediumPayload: return .rateQuantities
            default: return nil
            }
        }
        guard let number = value.integer, let raw = UInt8(exactly: number) else { return nil }
        return MovellaDotMode(rawValue: raw)
    }

    private static var unknownMode: VectorAnswer {
        .unsupported("context.payload_mode is missing or not a mode that the vendor documents")
    }

    // MARK: Sequences

    /// Frames through the clock of a running connection.
    ///
    /// Times are those of accepted frames; what was dropped is listed.
    private static func sequence(_ question: VectorQuestion) throws(DecodeError) -> VectorAnswer {
        guard let uuid = question.characteristic, let index = identity.index(of: uuid) else {
            return .unsupported("not a characteristic of movella-dot")
        }
        guard let mode = payloadMode(question, of: index) else { return unknownMode }
        guard mode.characteristic == index else { throw .unexpectedCharacteristic }
        var clock = DeviceClock(bits: 32, nanosecondsPerTick: 1000)
        var times: [VectorValue] = []
        var steps: [VectorValue] = []
        var yaws: [VectorValue] = []
        var dropped: [VectorValue] = []
        var previous: Int64?
        for (place, frame) in question.frames.enumerated() {
            do throws(DecodeError) {
                let payload = try MovellaDotPayload(frame.span, mode: mode)
                let reading = try clock.advance(to: UInt64(payload.microseconds))
                times.append(.integer(Int128(reading.nanoseconds / 1000)))
                if let previous {
                    // Across a restart there is no interval.
                    let isForward = reading.nanoseconds > previous
                    steps.append(
                        isForward
                            ? .number(seconds(fromNanoseconds: reading.nanoseconds - previous))
                            : .null)
                }
                previous = reading.nanoseconds
                if let q = payload.orientation {
                    yaws.append(.number(2 * arctangent(y: q.z, x: q.w) * degreesPerRadian))
                }
            } catch {
                dropped.append(
                    .record([
                        VectorField("frame", .integer(Int128(place))),
                        VectorField("error", .text(error.message)),
                    ]))
            }
        }
        var fields = [VectorField("t_us", .list(times)), VectorField("dt_s", .list(steps))]
        if !yaws.isEmpty { fields.append(VectorField("yaw_like_deg", .list(yaws))) }
        if !dropped.isEmpty { fields.append(VectorField("dropped", .list(dropped))) }
        return .fields(fields)
    }
}
