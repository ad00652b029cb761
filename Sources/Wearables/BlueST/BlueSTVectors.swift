// BlueST's answers to test vectors, in the words of schema `wearable-vectors/1`.

import Kinematics

extension BlueST {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        switch question.kind {
        case .notification, .featureData:
            do throws(DecodeError) {
                return .fields(try content(question))
            } catch {
                return .refused(error)
            }
        case .advertisement: return advertisement(question.firstFrame)
        case .advertisedName:
            return VectorWords.recognition(BlueST.self, Advertisement(localName: question.name))
        default: return .unsupported("st-bluest has no \(question.kind.rawValue)")
        }
    }

    /// The features by the first digits of the characteristic, behind the time where there is one.
    private static func content(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        let packet = question.firstFrame.span
        guard let digits = question.characteristic?.prefix(8), let mask = UInt32(digits, radix: 16)
        else { throw .unexpectedCharacteristic }
        let hasTime = question.parameter("has_timestamp") != .flag(false)
        var offset = hasTime ? 2 : 0
        var fields: [VectorField] = []
        if hasTime {
            fields.append(VectorField("tick", VectorWords.integer(try packet.uint16(at: 0))))
        }
        if mask == 0x0002_0000 { return fields + [try battery(packet, at: offset)] }
        if mask == 0x0000_0080 {
            let rotation = try BlueSTFeature.quaternion(packet, at: offset)
            return fields
                + VectorWords.samples("quat", [[VectorField("quat", VectorWords.list(rotation))]])
        }
        if mask == 0x0000_0100 {
            let rotations = try BlueSTFeature.compactQuaternions(packet, at: offset)
            return fields
                + VectorWords.samples(
                    "quat", rotations.map { [VectorField("quat", VectorWords.list($0))] })
        }
        var sample: [VectorField] = []
        if mask & 0x0080_0000 != 0 {
            let value = try BlueSTFeature.force(packet, at: offset)
            sample.append(VectorField("acc", VectorWords.list(value)))
            offset += 6
        }
        if mask & 0x0040_0000 != 0 {
            let value = try BlueSTFeature.rate(packet, at: offset)
            sample.append(VectorField("gyro", VectorWords.list(value)))
            offset += 6
        }
        if mask & 0x0020_0000 != 0 {
            // mG, a tenth of a µT.
            let value = try packet.int16Vector(at: offset, scale: 0.1)
            sample.append(VectorField("mag", VectorWords.list(value)))
        }
        guard let first = sample.first else { throw .noInertialData }
        let stream = sample.count > 1 ? "imu" : first.name
        return fields + VectorWords.samples(stream, [sample])
    }

    private static func battery(
        _ packet: Span<UInt8>, at offset: Int
    ) throws(DecodeError) -> VectorField {
        let value = try BlueSTFeature.battery(packet, at: offset)
        return VectorField(
            "battery",
            .record([
                VectorField("percent", .number(Double(value.tenths) / 10)),
                VectorField("voltage_v", .number(Double(value.level.millivolts ?? 0) / 1000)),
                VectorField("status", VectorWords.integer(value.status)),
            ]))
    }

    /// Advertising that is torn is nobody's.
    private static func advertisement(_ bytes: [UInt8]) -> VectorAnswer {
        guard let read = try? Advertisement(advertisingData: bytes),
            let found = BlueSTAdvertisement(read)
        else { return .fields([VectorField("recognised", .flag(false))]) }
        var fields = [
            VectorField("recognised", .flag(true)),
            VectorField("protocol", VectorWords.integer(found.version)),
            VectorField("device_id", VectorWords.integer(found.board)),
            VectorField("feature_mask", found.features.map { VectorWords.integer($0) } ?? .null),
            VectorField("address", found.address.map { .text($0.text) } ?? .null),
        ]
        if let power = read.transmitPower {
            fields.append(VectorField("tx_power", VectorWords.integer(power)))
        }
        return .fields(fields)
    }
}
