// Test vectors as questions to a driver and its answers, so that an outside program can judge both.

/// A value in a vector's context or in an answer: what JSON can say, integers kept exact.
package enum VectorValue: Sendable, Equatable {
    case null
    case flag(Bool)
    /// Device times need 64 bits, signed or unsigned; both fit.
    case integer(Int128)
    case number(Double)
    case text(String)
    case list([VectorValue])
    case record([VectorField])
}

/// A named value; records keep the order of their fields.
package struct VectorField: Sendable, Equatable {
    package var name: String
    package var value: VectorValue

    package init(_ name: String, _ value: VectorValue) {
        self.name = name
        self.value = value
    }
}

extension VectorValue {
    /// The number, also of an integer.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The integer, also of a number without fraction.
    package var integer: Int128? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int128(exactly: value)
        default: nil
        }
    }

    package var text: String? {
        if case .text(let value) = self { value } else { nil }
    }
}

/// One vector of a file of schema `wearable-vectors/1`, without what it expects.
package struct VectorQuestion: Sendable, Equatable {
    /// The schema's kinds; the value is the word in the file.
    package enum Kind: String, Sendable, CaseIterable {
        case notification, indication, read, response, command, sequence, scale, checksum
        case commandSequence = "command_sequence"
        case deltaBlock = "delta_block"
        case settingsBlock = "settings_block"
        case featureData = "feature_data"
        case logEntry = "log_entry"
        case statusByte = "status_byte"
        case statusWord = "status_word"
        case timestampModel = "timestamp_model"
        case advertisement
        case advertisedName = "advertised_name"
    }

    package var kind: Kind
    /// UUID, lower case.
    package var characteristic: String?
    /// The bytes, one frame for most kinds; none for a command, whose bytes are the answer.
    package var frames: [[UInt8]]
    /// The advertised name.
    package var name: String?
    /// Only the first bytes of the packet are known.
    package var isTruncated: Bool
    /// What the decoder must already know or, for a command, what is asked.
    package var context: [String: VectorValue]
    /// For a command: its meaning and what goes with it (`root`, `file` …).
    package var request: [String: VectorValue]

    package init(
        kind: Kind, characteristic: String? = nil, frames: [[UInt8]] = [], name: String? = nil,
        isTruncated: Bool = false, context: [String: VectorValue] = [:],
        request: [String: VectorValue] = [:]
    ) {
        self.kind = kind
        self.characteristic = characteristic
        self.frames = frames
        self.name = name
        self.isTruncated = isTruncated
        self.context = context
        self.request = request
    }

    /// What a command asks for, in lower case without spaces: its meaning, or the context's `do`.
    package var wish: String? {
        guard let words = request["meaning"]?.text ?? context["do"]?.text else { return nil }
        return words.lowercased().filter { $0 != " " }
    }

    /// A parameter of a command, from the request or else from the context.
    package func parameter(_ name: String) -> VectorValue? { request[name] ?? context[name] }
}

/// What a driver makes of a vector, in the schema's own terms and units.
package enum VectorAnswer: Sendable, Equatable {
    /// Decoded content: `samples`, `t_us`, `message` … as the schema names them.
    case fields([VectorField])
    /// The bytes that the driver writes, and the characteristic it writes them to.
    case bytes([UInt8], characteristic: String)
    /// The bytes of several writes in order.
    case frames([[UInt8]], characteristic: String)
    /// The driver refuses the bytes.
    case refused(DecodeError)
    /// The driver has no answer to this kind of question; why.
    case unsupported(String)
}
