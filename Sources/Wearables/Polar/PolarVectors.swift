// Polar's answers to test vectors, in the words of schema `wearable-vectors/1`.

import Kinematics

extension PolarVerity {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        let bytes = question.firstFrame
        do throws(DecodeError) {
            switch question.kind {
            case .notification: return .fields(try frame(bytes.span, question))
            case .deltaBlock: return try deltas(bytes.span, question)
            case .timestampModel: return try times(question)
            case .response, .indication, .read: return .fields(try response(bytes))
            case .settingsBlock:
                let settings = try PolarSettings.read(bytes)
                return .fields([
                    VectorField("settings", .record(words(settings, of: .acceleration)))
                ])
            case .statusByte:
                let words = ["none", "online", "offline", "both"]
                let bits = Int(try bytes.span.uint8(at: 0) >> 6)
                return .fields([VectorField("active", .text(words[bits]))])
            case .command: return command(question)
            case .advertisedName: return recognition(Advertisement(localName: question.name))
            case .advertisement:
                return recognition(try Advertisement(advertisingData: bytes))
            default: return .unsupported("polar has no \(question.kind.rawValue)")
            }
        } catch {
            return .refused(error)
        }
    }

    /// Whether either Polar driver takes it.
    private static func recognition(_ advertisement: Advertisement) -> VectorAnswer {
        let isOthers = PolarH10.recognise(advertisement) != nil
        return VectorWords.recognition(
            isOthers ? PolarH10.self : PolarVerity.self, advertisement)
    }

    // MARK: Frames

    private static func frame(
        _ packet: Span<UInt8>, _ question: VectorQuestion
    ) throws(DecodeError) -> [VectorField] {
        let head = try PolarHead(packet)
        guard let layout = head.layout else { throw .malformed }
        let factor = question.double("factor") ?? 1
        let (values, quality) = try readings(packet, head, layout, factor, question)
        let isWhole = !question.isTruncated
        let name = PolarMeasurement(rawValue: head.measurement)?.word ?? ""
        let previous: UInt64? = question.number("previous_frame_t_ns")
        let times =
            isWhole
            ? try PolarTimes(
                head.time, after: previous == 0 ? nil : previous, count: values.count,
                rateHertz: question.double("sample_rate_hz") ?? 0) : nil
        let samples = values.indices.map { index in
            var fields = [VectorField(name, VectorWords.list(values[index]))]
            if let times {
                fields.append(VectorField("t_ns", VectorWords.integer(times.nanoseconds(index))))
            }
            if quality.indices.contains(index) {
                fields.append(VectorField("cal", VectorWords.integer(quality[index])))
            }
            return fields
        }
        return [
            VectorField("frame_t_ns", VectorWords.integer(head.time)),
            VectorField("sample_count", VectorWords.integer(values.count)),
        ] + VectorWords.samples(name, samples)
    }

    /// SI values and, for the field's second form, the calibration state.
    private static func readings(
        _ packet: Span<UInt8>, _ head: PolarHead, _ layout: PolarLayout, _ factor: Double,
        _ question: VectorQuestion
    ) throws(DecodeError) -> ([Vector3], [Int32]) {
        let scale: Double =
            switch (head.measurement, head.frameType) {
            case (2, 0x80): factor * standardGravity
            case (2, _): factor * standardGravity / 1000
            case (5, _): factor * radiansPerDegree
            case (6, 0x81): factor / 1000 * 100
            default: factor * 100
            }
        if !question.isTruncated {
            _ = try PolarSamples.count(packet, layout, at: PolarHead.length)
        }
        var reader = PolarSamples(layout, at: PolarHead.length)
        var values: [Vector3] = []
        var quality: [Int32] = []
        do throws(DecodeError) {
            while try reader.next(packet) {
                values.append(try reader.vector(scale: scale))
                if layout.channels == 4 { quality.append(reader.raw(3)) }
            }
        } catch {
            // The rest of a cut frame is not there; what came before it stands.
            guard question.isTruncated, !values.isEmpty else { throw error }
        }
        return (values, quality)
    }

    private static func deltas(
        _ packet: Span<UInt8>, _ question: VectorQuestion
    ) throws(DecodeError) -> VectorAnswer {
        guard let channels: Int = question.number("channels"), (1...4).contains(channels),
            let bits: Int = question.number("resolution_bits"), (1...32).contains(bits)
        else { return .unsupported("the context lacks channels or resolution_bits") }
        let isFloat = question.parameter("encoding")?.text == "float_bits"
        let layout = PolarLayout(
            channels: channels, bytes: (bits + 7) / 8, isCompressed: true, isFloat: isFloat)
        let count = try PolarSamples.count(packet, layout, at: 0)
        var reader = PolarSamples(layout, at: 0)
        var samples: [VectorValue] = []
        while try reader.next(packet) {
            let numbers = (0..<channels).map { channel in
                isFloat
                    ? VectorWords.integer(UInt32(bitPattern: reader.raw(channel)))
                    : VectorWords.integer(reader.raw(channel))
            }
            samples.append(.list(numbers))
        }
        return .fields([
            VectorField("sample_count", VectorWords.integer(count)),
            VectorField(isFloat ? "raw_samples_u32" : "raw_samples", .list(samples)),
        ])
    }

    private static func times(_ question: VectorQuestion) throws(DecodeError) -> VectorAnswer {
        guard let time: UInt64 = question.number("frame_t_ns"),
            let count: Int = question.number("sample_count"), (1...100_000).contains(count)
        else { return .unsupported("the context lacks frame_t_ns or sample_count") }
        let previous: UInt64? = question.number("previous_frame_t_ns")
        let times = try PolarTimes(
            time, after: previous == 0 ? nil : previous, count: count,
            rateHertz: question.double("sample_rate_hz") ?? 0)
        let list = (0..<count).map { VectorWords.integer(times.nanoseconds($0)) }
        return .fields([VectorField("t_ns", .list(list))])
    }

    // MARK: Control point

    private static func response(_ bytes: [UInt8]) throws(DecodeError) -> [VectorField] {
        if bytes.first == 0x0F { return try features(bytes.span) }
        let response = try PolarResponse(bytes)
        var fields = [
            VectorField("op", VectorWords.integer(response.operation)),
            VectorField("type", .text(response.measurement?.word ?? "\(response.type)")),
            VectorField("status", VectorWords.integer(response.status)),
            VectorField("more", .flag(response.hasMore)),
            VectorField("parameters_hex", .text(hexadecimal(response.parameters))),
            VectorField("factor", response.factor.map(VectorValue.number) ?? .null),
        ]
        if let settings = response.settings, let measurement = response.measurement {
            fields.append(VectorField("settings", .record(words(settings, of: measurement))))
        }
        return fields
    }

    /// What the device offers, by the bits of the control point's value.
    private static func features(_ packet: Span<UInt8>) throws(DecodeError) -> [VectorField] {
        let first = try packet.uint8(at: 1)
        let second = try packet.uint8(at: 2)
        let offered = PolarMeasurement.allCases.filter {
            $0 != .sdkMode && first >> $0.rawValue & 1 == 1
        }
        return [
            VectorField("features", .list(offered.map { .text($0.word) })),
            VectorField("sdk_mode", .flag(second & 0x02 != 0)),
        ]
    }

    private static func words(
        _ settings: [PolarSettings], of measurement: PolarMeasurement
    ) -> [VectorField] {
        settings.map { setting in
            let name: String
            switch setting.kind {
            case .sampleRate: name = "sample_rate_hz"
            case .resolution: name = "resolution_bits"
            case .range:
                name =
                    switch measurement {
                    case .rate: "range_dps"
                    case .field: "range_gauss"
                    default: "range_g"
                    }
            case .milliRange: name = "range_milliunit"
            case .channels: name = "channels"
            case .factor: name = "factor"
            case .security: name = "security"
            }
            let values: [VectorValue] = setting.values.map { value in
                switch setting.kind {
                case .factor: .number(Double(Float(bitPattern: value)))
                case .milliRange: VectorWords.integer(Int32(bitPattern: value))
                default: VectorWords.integer(value)
                }
            }
            return VectorField(name, .list(values))
        }
    }

    private static func command(_ question: VectorQuestion) -> VectorAnswer {
        let wish = question.wish ?? ""
        let named = PolarMeasurement.allCases.first { $0.word == question.parameter("type")?.text }
        let measurement = named ?? Self.measurement(in: wish)
        let bytes: [UInt8]?
        switch wish {
        case "entersdkmode": bytes = [0x02, 0x09]
        case "leavesdkmode": bytes = [0x03, 0x09]
        case "start":
            let settings = question.parameter("settings") ?? .record([])
            bytes = measurement.flatMap { start($0, settings) }
        case "stop": bytes = measurement.map { PolarCommand.stop($0) }
        case _ where wish.hasPrefix("askthesettings"):
            let isSdk = wish.contains("sdkmode")
            bytes = measurement.map { PolarCommand.ask($0, inSdkMode: isSdk) }
        default: bytes = nil
        }
        guard let bytes else { return VectorWords.noCommand(question, identity) }
        return VectorWords.bytes(bytes, to: control, of: identity)
    }

    private static func measurement(in wish: String) -> PolarMeasurement? {
        if wish.contains("accelero") { return .acceleration }
        if wish.contains("gyro") { return .rate }
        if wish.contains("magneto") { return .field }
        if wish.contains("ppg") { return .ppg }
        return wish.contains("ecg") ? .ecg : nil
    }

    /// Settings come in any order; with channels they stand as in D's example for Verity Sense,
    /// without as in the one for H10.
    private static func start(
        _ measurement: PolarMeasurement, _ settings: VectorValue
    ) -> [UInt8]? {
        func setting(_ kind: PolarSetting, _ names: String...) -> PolarSettings? {
            for name in names {
                if let number = settings.field(name)?.integer.flatMap({ UInt32(exactly: $0) }) {
                    return PolarSettings(kind, [number])
                }
            }
            return nil
        }
        let rate = setting(.sampleRate, "sample_rate_hz")
        let resolution = setting(.resolution, "resolution_bits")
        let range = setting(.range, "range_g", "range_dps", "range_gauss")
        let channels = setting(.channels, "channels")
        let ordered =
            channels == nil
            ? [range, rate, resolution] : [rate, resolution, range, channels]
        return PolarCommand.start(measurement, ordered.compactMap { $0 })
    }
}
