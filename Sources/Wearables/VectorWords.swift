// Words of schema `wearable-vectors/1` that all families' answers share.

import Kinematics

/// Builds answers and reads questions.
enum VectorWords {
    /// The components x, y, z.
    static func list(_ vector: Vector3) -> VectorValue {
        .list([.number(vector.x), .number(vector.y), .number(vector.z)])
    }

    /// The components w, x, y, z.
    static func list(_ rotation: Rotation) -> VectorValue {
        .list([
            .number(rotation.w), .number(rotation.x), .number(rotation.y), .number(rotation.z),
        ])
    }

    /// A whole number.
    static func integer(_ value: some BinaryInteger) -> VectorValue { .integer(Int128(value)) }

    /// A stream of samples, numbered.
    static func samples(_ stream: String, _ samples: [[VectorField]]) -> [VectorField] {
        [
            VectorField("stream", .text(stream)),
            VectorField(
                "samples",
                .list(
                    samples.enumerated().map { index, fields in
                        .record([VectorField("index", .integer(Int128(index)))] + fields)
                    })),
        ]
    }

    /// A battery's record.
    static func battery(percent: VectorValue, volts: Double? = nil) -> VectorField {
        var fields = [VectorField("percent", percent)]
        if let volts { fields.append(VectorField("voltage_v", .number(volts))) }
        return VectorField("battery", .record(fields))
    }

    /// Whether a family takes an advertisement for its own.
    static func recognition(
        _ family: any Wearable.Type, _ advertisement: Advertisement
    ) -> VectorAnswer {
        let found = family.recognise(advertisement)
        return .fields([
            VectorField("recognised", .flag(found != nil)),
            VectorField("model", found?.model.map(VectorValue.text) ?? .null),
        ])
    }

    /// A command's bytes for a characteristic of the family.
    static func bytes(
        _ bytes: [UInt8], to index: CharacteristicIndex, of identity: WearableIdentity
    ) -> VectorAnswer {
        .bytes(bytes, characteristic: identity.uuid(of: index) ?? "")
    }

    /// The answer to a wish that the family has no command for.
    static func noCommand(_ question: VectorQuestion, _ identity: WearableIdentity) -> VectorAnswer
    {
        .unsupported("\(identity.name) has no command '\(question.wish ?? "")'")
    }
}

extension VectorQuestion {
    /// The bytes of kinds that have one frame; none is read as empty, and refused as too short.
    var firstFrame: [UInt8] { frames.first ?? [] }

    /// A whole number of the request or the context.
    func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
        parameter(name)?.integer.flatMap { Number(exactly: $0) }
    }

    /// Any number of the request or the context.
    func double(_ name: String) -> Double? { parameter(name)?.double }
}

extension VectorValue {
    /// A field of a record, or nil.
    func field(_ name: String) -> VectorValue? {
        guard case .record(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }
}

/// Little-endian bytes, for commands.
func littleEndian(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }

/// Little-endian bytes, for commands.
func littleEndian(_ value: UInt32) -> [UInt8] {
    littleEndian(UInt16(value & 0xFFFF)) + littleEndian(UInt16(value >> 16))
}
