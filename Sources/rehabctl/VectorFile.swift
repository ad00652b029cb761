// Reads files of schema `wearable-vectors/1` as questions to a driver, and writes answers as JSON.

import FoundationEssentials
import Plumbing
import Varlink
import Wearables

/// A file of test vectors, without what the vectors expect.
struct VectorFile {
    struct Vector {
        var id: String
        /// The word in the file.
        var kind: String
        /// Nil for a kind that this program does not know.
        var question: VectorQuestion?
    }

    static let schema = "wearable-vectors/1"

    /// The device family.
    var device: String
    var vectors: [Vector]
    /// What is odd about the file without making it unusable.
    var remarks: [String] = []

    /// Reads a file; everything is checked before anything is answered.
    init(path: String) throws(VectorFileError) {
        let place = VectorFilePlace(path: path)
        let data: Data
        do throws(PlumbingError) {
            data = Data(try FileStore.read(path, limit: 64 << 20))
        } catch {
            throw place.error("cannot be read; is the path right, and may you read it?", .noInput)
        }
        let tree: VectorValue
        do {
            tree = try JSONDecoder().decode(JSONTree.self, from: data).value
        } catch {
            throw place.error("is not JSON: \(JSONTree.reason(in: data))")
        }
        let top = try place.record(tree, name: "the top level")
        let schema = try place.text(top, "schema")
        guard schema == Self.schema else {
            throw place.field("schema").error("is '\(schema)'; this program reads '\(Self.schema)'")
        }
        device = try place.text(top, "device")
        guard case .list(let entries)? = top["vectors"] else {
            throw place.field("vectors").error("must be a list of vectors")
        }
        vectors = []
        for (index, entry) in entries.enumerated() {
            vectors.append(try Vector(entry, place.vector("number \(index + 1)")))
        }
        if let count = top["count"]?.integer, count != Int128(vectors.count) {
            remarks.append("\(path): 'count' says \(count), but \(vectors.count) vectors are there")
        }
    }
}

extension VectorFile.Vector {
    /// Takes one entry.
    ///
    /// Of `expect` it takes only a command's `meaning` and what goes with it: they state the
    /// request; everything else there is for the judge.
    init(_ entry: VectorValue, _ unnamed: VectorFilePlace) throws(VectorFileError) {
        let fields = try unnamed.record(entry, name: "the vector")
        id = try unnamed.text(fields, "id")
        let place = unnamed.vector("'\(id)'")
        kind = try place.text(fields, "kind")
        var frames: [[UInt8]] = []
        if let hex = fields["hex"] {
            frames = [try place.field("hex").bytes(hex)]
        } else if let listed = fields["frames"] {
            guard case .list(let entries) = listed else {
                throw place.field("frames").error("must be a list of hexadecimal strings")
            }
            for (index, entry) in entries.enumerated() {
                frames.append(try place.field("frames[\(index)]").bytes(entry))
            }
        }
        guard let known = VectorQuestion.Kind(rawValue: kind) else { return }
        let isCommand = known == .command || known == .commandSequence
        if let needed = known.neededField, fields[needed] == nil {
            throw place.field(needed).error("is missing; vectors of kind '\(kind)' have it")
        }
        let context = try fields["context"].map { value throws(VectorFileError) in
            try place.record(value, name: "field 'context'")
        }
        var request: [String: VectorValue] = [:]
        if isCommand, case .record(let expected)? = fields["expect"],
            expected.contains(where: { $0.name == "meaning" })
        {
            for field in expected { request[field.name] = field.value }
        }
        question = VectorQuestion(
            kind: known,
            characteristic: try place.optionalText(fields, "char")?.lowercased(),
            // The bytes of a command are what the driver shall produce: it must not see them.
            frames: isCommand ? [] : frames,
            name: try place.optionalText(fields, "name"),
            isTruncated: fields["truncated"] == .flag(true),
            context: context ?? [:], request: request)
    }
}

extension VectorQuestion.Kind {
    /// The field without which a vector of the kind asks nothing.
    fileprivate var neededField: String? {
        switch self {
        case .sequence: "frames"
        case .advertisedName: "name"
        case .command, .commandSequence, .scale, .timestampModel: nil
        default: "hex"
        }
    }
}

/// What is unusable about a vector file, and where.
struct VectorFileError: Error, CustomStringConvertible {
    /// Values of sysexits.h.
    enum Code: Int32 {
        case dataError = 65
        case noInput = 66
    }

    var code: Code
    var description: String
}

/// A place in a vector file, to name in errors.
struct VectorFilePlace {
    var path: String
    var vector: String?
    var field: String?

    /// The same file, at a vector.
    func vector(_ name: String) -> VectorFilePlace {
        VectorFilePlace(path: path, vector: name)
    }

    /// The same vector, at a field.
    func field(_ name: String) -> VectorFilePlace {
        VectorFilePlace(path: path, vector: vector, field: name)
    }

    /// The problem with its place in front.
    func error(_ problem: String, _ code: VectorFileError.Code = .dataError) -> VectorFileError {
        var words = path + ": "
        if let vector { words += "vector \(vector): " }
        if let field { words += "field '\(field)' " }
        return VectorFileError(code: code, description: words + problem)
    }

    /// The fields of an object.
    func record(
        _ value: VectorValue, name: String
    ) throws(VectorFileError) -> [String: VectorValue] {
        guard case .record(let fields) = value else { throw error("\(name) must be an object") }
        var result: [String: VectorValue] = [:]
        for field in fields { result[field.name] = field.value }
        return result
    }

    /// A string that may be missing or null, but not something else.
    func optionalText(
        _ fields: [String: VectorValue], _ name: String
    ) throws(VectorFileError) -> String? {
        guard let value = fields[name], value != .null else { return nil }
        guard let text = value.text else { throw field(name).error("must be a string") }
        return text
    }

    func text(
        _ fields: [String: VectorValue], _ name: String
    ) throws(VectorFileError) -> String {
        guard let text = try optionalText(fields, name) else {
            throw field(name).error("is missing")
        }
        return text
    }

    /// Bytes written as hexadecimal digits of any case.
    func bytes(_ value: VectorValue) throws(VectorFileError) -> [UInt8] {
        guard let text = value.text else { throw error("must be a string of hexadecimal digits") }
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count % 2 == 0 else {
            throw error("must hold two hexadecimal digits a byte and nothing else")
        }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}

/// Any JSON as a `VectorValue`, integers exact.
private struct JSONTree: Decodable {
    var value: VectorValue

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            value = .record(
                try container.allKeys.map {
                    VectorField(
                        $0.stringValue, try container.decode(JSONTree.self, forKey: $0).value)
                })
        } else if var container = try? decoder.unkeyedContainer() {
            var list: [VectorValue] = []
            while !container.isAtEnd { list.append(try container.decode(JSONTree.self).value) }
            value = .list(list)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let flag = try? container.decode(Bool.self) {
                value = .flag(flag)
            } else if let text = try? container.decode(String.self) {
                value = .text(text)
            } else if let integer = try? container.decode(Int64.self) {
                value = .integer(Int128(integer))
            } else if let integer = try? container.decode(UInt64.self) {
                value = .integer(Int128(integer))
            } else {
                value = .number(try container.decode(Double.self))
            }
        }
    }

    /// Where and why the data is not JSON, which `JSONDecoder` does not say on Linux.
    static func reason(in data: Data) -> String {
        do throws(VarlinkError) {
            _ = try JSONReader.read([UInt8](data))
            return "a value in it cannot be represented"
        } catch {
            return error.description
        }
    }
}

extension VectorValue {
    /// The value as JSON on one line, numbers with all their digits.
    var json: String {
        switch self {
        case .null: return "null"
        case .flag(let value): return value ? "true" : "false"
        case .integer(let value): return "\(value)"
        // JSON has no NaN and no infinity.
        case .number(let value): return value.isFinite ? "\(value)" : "null"
        case .text(let value): return Self.quoted(value)
        case .list(let values): return "[" + values.map(\.json).joined(separator: ",") + "]"
        case .record(let fields):
            let parts = fields.map { Self.quoted($0.name) + ":" + $0.value.json }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    /// A JSON string; control characters are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
