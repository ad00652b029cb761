// Movesense's answers to test vectors, in the words of schema `wearable-vectors/1`.

import Kinematics

extension Movesense {
    package static func answer(_ question: VectorQuestion) -> VectorAnswer {
        do throws(DecodeError) {
            switch question.kind {
            case .notification: return .fields(try content(question))
            case .command: return command(question)
            case .advertisedName:
                return VectorWords.recognition(
                    Movesense.self, Advertisement(localName: question.name))
            default: return .unsupported("movesense has no \(question.kind.rawValue)")
            }
        } catch {
            return .refused(error)
        }
    }

    /// Kinds of reading in a packet by its path: so many vectors a sample.
    private static func kinds(_ path: String) -> [(name: String, scale: Double)] {
        let force = ("acc", 1.0)
        let rate = ("gyro", radiansPerDegree)
        let field = ("mag", 1.0)
        if path.contains("IMU9") { return [force, rate, field] }
        if path.contains("IMU6") { return [force, rate] }
        if path.contains("Gyro") { return [rate] }
        return path.contains("Magn") ? [field] : [force]
    }

    private static func content(_ question: VectorQuestion) throws(DecodeError) -> [VectorField] {
        let packet = question.firstFrame.span
        let kinds = kinds(question.parameter("path")?.text ?? "/Meas/IMU6/104")
        guard try packet.uint8(at: 0) == 2 else { throw .malformed }
        let time = try packet.uint32(at: 2)
        let size = packet.count - 6
        guard size > 0, size % (12 * kinds.count) == 0 else { throw .tooShort }
        let count = size / 12 / kinds.count
        var samples: [[VectorField]] = Array(repeating: [], count: count)
        for (kind, entry) in kinds.enumerated() {
            for index in 0..<count {
                let vector = try packet.float32Vector(
                    at: 6 + 12 * (kind * count + index), scale: entry.scale)
                samples[index].append(VectorField(entry.name, VectorWords.list(vector)))
            }
        }
        let stream = kinds.count > 1 ? "imu" : kinds[0].name
        return [VectorField("t_ms", VectorWords.integer(time))]
            + VectorWords.samples(stream, samples)
    }

    private static func command(_ question: VectorQuestion) -> VectorAnswer {
        let reference: UInt8 = question.number("reference") ?? 1
        let path = question.parameter("path")?.text ?? "/Meas/IMU6/104"
        switch question.wish {
        case "subscribe":
            return VectorWords.bytes(
                subscribe(path, reference: reference), to: command, of: identity)
        case "unsubscribe":
            return VectorWords.bytes(unsubscribe(reference), to: command, of: identity)
        case "hello": return VectorWords.bytes([0, reference], to: command, of: identity)
        default: return VectorWords.noCommand(question, identity)
        }
    }
}
