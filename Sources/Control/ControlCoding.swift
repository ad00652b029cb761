// Between Swift values and JSON.

import FoundationEssentials
package import Varlink

/// Turns the interface's Swift types into JSON and back.
package enum ControlCoding {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// For values that hold a NaN or an infinity, which JSON cannot express.
    private static let markingEncoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: marker, negativeInfinity: marker, nan: marker)
        return encoder
    }()

    private static let marker = "\u{1}not a number\u{1}"

    /// JSON text of `value`, an object.
    ///
    /// What is not a number is sent as null, "unknown": a reply that reports one quantity less is
    /// worth more than none.
    package static func encode(_ value: some Encodable) -> [UInt8] {
        if let data = try? encoder.encode(value) { return Array(data) }
        guard let data = try? markingEncoder.encode(value),
            let marked = try? JSONReader.read(Array(data))
        else { return Array("{}".utf8) }
        return unmarked(marked).bytes
    }

    /// `value` as a JSON value.
    package static func value(of value: some Encodable) -> JSONValue {
        (try? JSONReader.read(encode(value))) ?? [:]
    }

    private static func unmarked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(marker): .null
        case .array(let values): .array(values.map(unmarked))
        case .object(let members): .object(members.mapValues(unmarked))
        default: value
        }
    }

    /// `value` as a `Target`.
    ///
    /// Throws the path of the first field that does not fit.
    package static func decode<Target: Decodable>(
        _ type: Target.Type, from value: JSONValue
    ) throws(CodingMismatch) -> Target {
        do {
            return try JSONDecoder().decode(type, from: Data(value.bytes))
        } catch let error as DecodingError {
            throw CodingMismatch(error)
        } catch {
            throw CodingMismatch(field: "")
        }
    }
}

/// The place in a JSON value that did not fit a Swift type.
package struct CodingMismatch: Error, Equatable, Sendable {
    /// `channels.1.sensor`; empty for the whole.
    package let field: String

    init(field: String) { self.field = field }

    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context): self.init(path: context.codingPath + [key])
        case .valueNotFound(_, let context), .typeMismatch(_, let context),
            .dataCorrupted(let context):
            self.init(path: context.codingPath)
        @unknown default: self.init(field: "")
        }
    }

    private init(path: [any CodingKey]) {
        field = path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
    }
}
