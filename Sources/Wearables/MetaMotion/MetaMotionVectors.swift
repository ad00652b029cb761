// MetaMotion's answers to test vectors, in the words of schema `wearable-vectors/1`.

import Kinematics

extension MetaMotion {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        do throws(DecodeError) {
            switch question.kind {
            case .notification, .response:
                return .fields(try content(question.firstFrame.span, question))
            case .sequence: return try sequence(question)
            case .command, .commandSequence: return command(question)
            case .advertisement:
                return VectorWords.recognition(
                    MetaMotion.self, try Advertisement(advertisingData: question.firstFrame))
            case .advertisedName:
                return VectorWords.recognition(
                    MetaMotion.self, Advertisement(localName: question.name))
            default: return .unsupported("metawear has no \(question.kind.rawValue)")
            }
        } catch {
            return .refused(error)
        }
    }

    // MARK: Packets

    private static func content(
        _ packet: Span<UInt8>, _ question: VectorQuestion
    ) throws(DecodeError) -> [VectorField] {
        let module = try packet.uint8(at: 0)
        let register = try packet.uint8(at: 1)
        if register == 0x80 { return try presence(module, packet) }
        switch (module, register) {
        case (0x03, 0x04), (0x03, 0x05), (0x03, 0x1C):
            return VectorWords.samples(
                "acc", try readings("acc", packet, at: 2, scale: forceScale(question)))
        case (0x13, 0x04), (0x13, 0x05), (0x13, 0x07):
            return VectorWords.samples(
                "gyro", try readings("gyro", packet, at: 2, scale: rateScale(question)))
        case (0x15, 0x05), (0x15, 0x09):
            return VectorWords.samples("mag", try readings("mag", packet, at: 2, scale: 1 / 16))
        case (0x09, 0x03): return try processed(packet, question)
        case (0x19, 0x8B):
            return [
                VectorField(
                    "calibration",
                    .record([
                        VectorField("acc", VectorWords.integer(try packet.uint8(at: 2))),
                        VectorField("gyro", VectorWords.integer(try packet.uint8(at: 3))),
                        VectorField("mag", VectorWords.integer(try packet.uint8(at: 4))),
                    ])), VectorField("scale", .text("0 unreliable .. 3 high")),
            ]
        case (0x19, _): return try fused(MetaMotionFusionValue(packet))
        case (0x11, 0x8C):
            let level = try battery(packet)
            return [
                VectorWords.battery(
                    percent: VectorWords.integer(level.percent),
                    volts: level.millivolts.map { Double($0) / 1000 })
            ]
        case (0x11, 0x8B): return [VectorField("mac", .text(try address(packet)))]
        case (0x11, 0x11):
            return [
                VectorField("power_source_attached", .flag(try packet.uint8(at: 2) == 1))
            ]
        case (0x11, 0x12): return [VectorField("charging", .flag(try packet.uint8(at: 2) == 1))]
        case (0x01, 0x01): return [VectorField("button", .flag(try packet.uint8(at: 2) == 1))]
        default: throw .malformed
        }
    }

    /// One reading, or three packed ones, oldest first; another length is refused.
    private static func readings(
        _ name: String, _ packet: Span<UInt8>, at start: Int, scale: Double
    ) throws(DecodeError) -> [[VectorField]] {
        guard packet.count >= start + 6 else { throw .tooShort }
        guard packet.count == start + 6 || packet.count == start + 18 else { throw .malformed }
        var samples: [[VectorField]] = []
        for offset in stride(from: start, to: packet.count, by: 6) {
            let value = try packet.int16Vector(at: offset, scale: scale)
            samples.append([VectorField(name, VectorWords.list(value))])
        }
        return samples
    }

    /// A packet of an accounter: tick or count, then force, or force and rate.
    private static func processed(
        _ packet: Span<UInt8>, _ question: VectorQuestion
    ) throws(DecodeError) -> [VectorField] {
        let expected: UInt8? = question.number("processor_id")
        let processor = try packet.uint8(at: 2)
        if let expected, expected != processor { throw .unexpectedCharacteristic }
        let words = question.parameter("processor")?.text ?? ""
        let place = VectorWords.integer(try packet.uint32(at: 3))
        let name = words.contains("accounter(count") ? "count" : "tick"
        let isFused = words.contains("fuser")
        var fields = [VectorField(name, place)]
        let force = try packet.int16Vector(at: 7, scale: forceScale(question))
        fields.append(VectorField("acc", VectorWords.list(force)))
        if isFused {
            let rate = try packet.int16Vector(at: 13, scale: rateScale(question))
            fields.append(VectorField("gyro", VectorWords.list(rate)))
        }
        guard packet.count == (isFused ? 19 : 13) else { throw .malformed }
        return VectorWords.samples(isFused ? "imu" : "acc", [fields])
    }

    private static func fused(_ value: MetaMotionFusionValue) -> [VectorField] {
        let names: [MetaMotionFusionOutput: String] = [
            .acceleration: "acc", .rate: "gyro", .field: "mag", .gravity: "gravity",
            .linearAcceleration: "linear_acc",
        ]
        var fields: [VectorField]
        switch value.content {
        case .vector(let vector):
            fields = [VectorField(names[value.output] ?? "", VectorWords.list(vector))]
        case .quaternion(let rotation):
            fields = [VectorField("quat", VectorWords.list(rotation))]
        case .euler(let heading, let pitch, let roll, let yaw):
            fields = [
                VectorField(
                    "euler_deg",
                    .record([
                        VectorField("heading", .number(heading)),
                        VectorField("pitch", .number(pitch)),
                        VectorField("roll", .number(roll)), VectorField("yaw", .number(yaw)),
                    ]))
            ]
        }
        if let accuracy = value.accuracy {
            fields.append(VectorField("accuracy", VectorWords.integer(accuracy)))
        }
        return VectorWords.samples("fusion", [fields])
    }

    /// `module 80 implementation revision…`; two bytes mean that there is no such module.
    private static func presence(
        _ module: UInt8, _ packet: Span<UInt8>
    ) throws(DecodeError) -> [VectorField] {
        var fields = [VectorField("module", VectorWords.integer(module))]
        fields.append(VectorField("present", .flag(packet.count > 2)))
        guard packet.count > 2 else { return fields }
        let implementation = try packet.uint8(at: 2)
        fields.append(VectorField("implementation", VectorWords.integer(implementation)))
        fields.append(VectorField("revision", VectorWords.integer(try packet.uint8(at: 3))))
        let chip =
            switch module {
            case 0x03: MetaMotionChip(accelerometer: implementation)
            case 0x13: MetaMotionChip(gyroscope: implementation)
            default: MetaMotionChip?.none
            }
        if let chip { fields.append(VectorField("chip", .text(chip.name))) }
        return fields
    }

    /// `11 8B type address`, least significant byte first.
    private static func address(_ packet: Span<UInt8>) throws(DecodeError) -> String {
        var bytes: [UInt8] = []
        for offset in 3..<9 { bytes.append(try packet.uint8(at: offset)) }
        return DeviceAddress(leastSignificantFirst: bytes)?.text ?? ""
    }

    private static func forceScale(_ question: VectorQuestion) -> Double {
        (question.double("acc_range_g") ?? 4) * standardGravity / 32768
    }

    private static func rateScale(_ question: VectorQuestion) -> Double {
        (question.double("gyro_range_dps") ?? 1000) * radiansPerDegree / 32800
    }

    /// Frames of one accounter, and the time between them.
    private static func sequence(_ question: VectorQuestion) throws(DecodeError) -> VectorAnswer {
        var clock = DeviceClock(bits: 32, nanosecondsPerTick: 5_859_375, over: 4)
        var ticks: [VectorValue] = []
        var steps: [VectorValue] = []
        var samples: [VectorValue] = []
        var stream: VectorValue = .null
        var before: Int64?
        for (place, frame) in question.frames.enumerated() {
            let fields = try processed(frame.span, question)
            stream = fields.first?.value ?? .null
            guard case .list(let list)? = fields.last?.value, case .record(let sample)? = list.first
            else { continue }
            samples.append(
                .record(
                    [VectorField("index", VectorWords.integer(place))]
                        + sample.filter { $0.name != "index" }))
            guard let tick = list[0].field("tick") ?? list[0].field("count"),
                let raw = tick.integer.flatMap({ UInt64(exactly: $0) })
            else { continue }
            let now = try clock.advance(to: raw).nanoseconds
            ticks.append(tick)
            if let before { steps.append(.number(seconds(fromNanoseconds: now - before))) }
            before = now
        }
        return .fields([
            VectorField("stream", stream), VectorField("ticks", .list(ticks)),
            VectorField("dt_s", .list(steps)), VectorField("samples", .list(samples)),
        ])
    }
}
