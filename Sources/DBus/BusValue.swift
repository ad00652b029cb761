// The values that travel in D-Bus messages, as plain Swift values.

package import Plumbing

/// One complete value of any D-Bus type.
///
/// Byte arrays have a case of their own: packets are byte arrays, and this keeps them in one piece.
package indirect enum BusValue: Sendable {
    case byte(UInt8)
    case boolean(Bool)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    case string(String)
    case objectPath(String)
    case signature(String)
    /// A descriptor of our own: received ones are duplicated, sent ones are by the library.
    case descriptor(SharedDescriptor)
    /// `ay`.
    case bytes([UInt8])
    /// An array of anything but bytes and entries, with its element's signature.
    case array([BusValue], of: String)
    /// `a{kv}`, with the signatures of key and value.
    case dictionary([BusEntry], key: String, value: String)
    case structure([BusValue])
    case variant(BusValue)
}

/// One entry of a dictionary.
package struct BusEntry: Sendable {
    package let key: BusValue
    package let value: BusValue

    package init(_ key: BusValue, _ value: BusValue) {
        self.key = key
        self.value = value
    }
}

extension BusValue {
    /// The D-Bus signature.
    package var signature: String {
        switch self {
        case .byte: "y"
        case .boolean: "b"
        case .int16: "n"
        case .uint16: "q"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .string: "s"
        case .objectPath: "o"
        case .signature: "g"
        case .descriptor: "h"
        case .bytes: "ay"
        case .array(_, let element): "a\(element)"
        case .dictionary(_, let key, let value): "a{\(key)\(value)}"
        case .structure(let fields): "(\(fields.map(\.signature).joined()))"
        case .variant: "v"
        }
    }

    /// `a{sv}` from named values.
    package static func properties(_ values: [String: BusValue]) -> BusValue {
        .dictionary(
            values.sorted { $0.key < $1.key }.map { BusEntry(.string($0.key), .variant($0.value)) },
            key: "s", value: "v")
    }

    /// `as`.
    package static func strings(_ values: [String]) -> BusValue {
        .array(values.map { .string($0) }, of: "s")
    }
}

// MARK: Reading, without a trap whatever the other side sent

extension BusValue {
    /// The value inside any number of variants.
    package var unwrapped: BusValue {
        if case .variant(let inner) = self { inner.unwrapped } else { self }
    }

    package var asBool: Bool? {
        if case .boolean(let value) = unwrapped { value } else { nil }
    }

    /// A string, an object path or a signature.
    package var asString: String? {
        switch unwrapped {
        case .string(let text), .objectPath(let text), .signature(let text): text
        default: nil
        }
    }

    /// Any integer that fits.
    package var asInt: Int? {
        switch unwrapped {
        case .byte(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int64(let value): Int(exactly: value)
        case .uint64(let value): Int(exactly: value)
        default: nil
        }
    }

    package var asBytes: [UInt8]? {
        if case .bytes(let bytes) = unwrapped { bytes } else { nil }
    }

    package var asStrings: [String]? {
        guard case .array(let values, _) = unwrapped else { return nil }
        return values.compactMap(\.asString)
    }

    package var asDescriptor: SharedDescriptor? {
        if case .descriptor(let descriptor) = unwrapped { descriptor } else { nil }
    }

    package var asEntries: [BusEntry]? {
        if case .dictionary(let entries, _, _) = unwrapped { entries } else { nil }
    }

    /// A dictionary with text keys; the last of equal keys counts.
    package var asProperties: [String: BusValue]? {
        guard let entries = asEntries else { return nil }
        var result: [String: BusValue] = [:]
        result.reserveCapacity(entries.count)
        for entry in entries {
            guard let key = entry.key.asString else { return nil }
            result[key] = entry.value.unwrapped
        }
        return result
    }
}

extension BusValue: Equatable {
    /// Equal types and contents; descriptors by their number.
    package static func == (left: BusValue, right: BusValue) -> Bool {
        switch (left, right) {
        case (.byte(let a), .byte(let b)): a == b
        case (.boolean(let a), .boolean(let b)): a == b
        case (.int16(let a), .int16(let b)): a == b
        case (.uint16(let a), .uint16(let b)): a == b
        case (.int32(let a), .int32(let b)): a == b
        case (.uint32(let a), .uint32(let b)): a == b
        case (.int64(let a), .int64(let b)): a == b
        case (.uint64(let a), .uint64(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.objectPath(let a), .objectPath(let b)): a == b
        case (.signature(let a), .signature(let b)): a == b
        case (.descriptor(let a), .descriptor(let b)): a.rawValue == b.rawValue
        case (.bytes(let a), .bytes(let b)): a == b
        case (.array(let a, let x), .array(let b, let y)): x == y && a == b
        case (.dictionary(let a, let k, let v), .dictionary(let b, let l, let w)):
            k == l && v == w && a.count == b.count
                && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
        case (.structure(let a), .structure(let b)): a == b
        case (.variant(let a), .variant(let b)): a == b
        default: false
        }
    }
}
