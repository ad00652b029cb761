// WitMotion's answers to test vectors, in the words of schema `wearable-vectors/1`.

import Kinematics

extension WitMotion {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        do throws(DecodeError) {
            switch question.kind {
            case .notification, .response, .read: return .fields(try content(question))
            case .sequence: return .fields(try sequence(question))
            case .command: return command(question)
            case .scale: return scale(question)
            case .advertisement:
                return VectorWords.recognition(
                    WitMotion.self, try Advertisement(advertisingData: question.firstFrame))
            case .advertisedName:
                return VectorWords.recognition(
                    WitMotion.self, Advertisement(localName: question.name))
            default: return .unsupported("witmotion has no \(question.kind.rawValue)")
            }
        } catch {
            return .refused(error)
        }
    }

    private static func content(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        let packet = question.firstFrame.span
        guard try packet.uint8(at: 0) == 0x55 else { throw .malformed }
        switch try packet.uint8(at: 1) {
        case 0x61:
            guard packet.count >= 20 || question.isTruncated else { throw .tooShort }
            return VectorWords.samples("imu", [try readings(packet)])
        case 0x71: return try registers(packet)
        default: throw .malformed
        }
    }

    /// The fields that the bytes hold, which are all of them unless the vector is cut.
    private static func readings(_ packet: Span<UInt8>) throws(DecodeError) -> [VectorField] {
        let force = try packet.int16Vector(at: 2, scale: specificForceRange / 32768)
        let rate = try packet.int16Vector(at: 8, scale: angularRateRange / 32768)
        var angles: [VectorField] = []
        for (place, name) in ["roll", "pitch", "yaw"].enumerated()
        where packet.count >= 16 + 2 * place {
            let raw = try packet.int16(at: 14 + 2 * place)
            angles.append(VectorField(name, .number(Double(raw) * 180 / 32768)))
        }
        return [
            VectorField("acc", VectorWords.list(force)),
            VectorField("gyro", VectorWords.list(rate)),
            VectorField("euler_deg", .record(angles)),
        ]
    }

    private static func registers(_ packet: Span<UInt8>) throws(DecodeError) -> [VectorField] {
        let first = try packet.uint16(at: 2)
        var values: [Int16] = []
        for place in 0..<8 { values.append(try packet.int16(at: 4 + 2 * place)) }
        var fields = [
            VectorField("register", VectorWords.integer(first)),
            VectorField("values", .list(values.map { VectorWords.integer($0) })),
        ]
        switch first {
        case 0x3A:
            fields.append(
                VectorField("mag_raw", .list(values.prefix(3).map { VectorWords.integer($0) })))
        case 0x40:
            fields.append(VectorField("temperature_c", .number(Double(values[0]) / 100)))
        case 0x51:
            let quaternion = values.prefix(4).map { VectorValue.number(Double($0) / 32768) }
            fields.append(VectorField("quat", .list(quaternion)))
        case 0x64:
            let level = try WitMotionCommand.battery(UInt16(bitPattern: values[0]))
            fields.append(
                VectorWords.battery(
                    percent: VectorWords.integer(level.percent), volts: Double(values[0]) / 100))
        default: break
        }
        return fields
    }

    /// The frames of a running connection, cut as it cuts them.
    private static func sequence(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        var frames = WitMotionFrames()
        var dropped = 0
        var samples: [[VectorField]] = []
        var count = 0
        for bytes in question.frames {
            for byte in bytes { frames.put(byte) }
            var found = frames.next(dropped: &dropped)
            while found != .nothing {
                count += 1
                if found != .registers {
                    let force = (0..<3).map {
                        Double(frames.value($0)) * specificForceRange / 32768
                    }
                    samples.append([VectorField("acc", .list(force.map(VectorValue.number)))])
                }
                found = frames.next(dropped: &dropped)
            }
        }
        return [VectorField("frame_count", VectorWords.integer(count))]
            + VectorWords.samples("imu", samples)
            + [VectorField("dropped_bytes", VectorWords.integer(dropped))]
    }

    private static func scale(_ question: VectorQuestion) -> VectorAnswer {
        let kind: Int? = question.number("register_0x72")
        guard let raw = question.double("raw"), let kind,
            let scale = WitMotionCommand.fieldScale(kind)
        else { return .unsupported("the context lacks raw or a known register_0x72") }
        return .fields([VectorField("mag_ut", .number(raw * scale))])
    }

    private static func command(_ question: VectorQuestion) -> VectorAnswer {
        let wish = question.wish ?? ""
        let register: UInt8? = question.number("register")
        let bytes: [UInt8]? =
            switch wish {
            case "unlocksettings", "unlock": WitMotionCommand.unlock
            case "savesettings", "save": WitMotionCommand.save
            case "readregister": register.map { WitMotionCommand.read(register: $0) }
            case "setoutputrate": question.double("rate_hz").flatMap(WitMotionCommand.outputRate)
            case "setbandwidth":
                question.double("bandwidth_hz").flatMap(WitMotionCommand.bandwidth)
            case "endcalibration": WitMotionCommand.set(register: 1, to: 0)
            case "yawzero", "zeroyaw": WitMotionCommand.set(register: 1, to: 4)
            case "anglereference": WitMotionCommand.set(register: 1, to: 8)
            case _ where wish.contains("magneticcalibration"):
                WitMotionCommand.set(register: 1, to: 7)
            case _ where wish.hasPrefix("startaccelerometer"):
                WitMotionCommand.set(register: 1, to: 1)
            default: nil
            }
        guard let bytes else { return VectorWords.noCommand(question, identity) }
        return VectorWords.bytes(bytes, to: command, of: identity)
    }
}
