// Versions of state files: what an older rehabd wrote is brought up to date, what a newer one wrote is left alone.

package import Plumbing
package import Varlink

/// One kind of JSON file in the state directory.
package struct StateFile: Sendable {
    /// From version N to N + 1; nil where the content is not of that version.
    package typealias Step = @Sendable ([String: JSONValue]) -> [String: JSONValue]?

    /// The version that this rehabd writes.
    package let version: Int
    /// Step N leads from version N to N + 1; as many as there were versions.
    package let steps: [Step]

    package init(version: Int, steps: [Step]) {
        self.version = version
        self.steps = steps
    }

    package enum Content: Equatable {
        /// Of the present version; `from` where an older one was brought up to it.
        case present([UInt8], from: Int?)
        case newer(Int)
        case unreadable
    }

    /// Looks at a file's bytes.
    package func content(of bytes: [UInt8]) -> Content {
        guard case .object(var fields)? = try? JSONReader.read(bytes) else { return .unreadable }
        // Files from before versions were written count as version 0.
        var number = 0
        if let field = fields["version"] {
            guard let value = field.integerValue, (1...1_000_000).contains(value) else {
                return .unreadable
            }
            number = Int(value)
        }
        if number == version { return .present(bytes, from: nil) }
        if number > version { return .newer(number) }
        let first = number
        while number < version {
            guard steps.indices.contains(number), let next = steps[number](fields) else {
                return .unreadable
            }
            number += 1
            fields = next
            fields["version"] = .integer(Int64(number))
        }
        return .present(JSONValue.object(fields).bytes, from: first)
    }

    /// Reads `path`, migrating it on disk: the old file stays beside it as `PATH.version-N`.
    package func read(_ path: String, limit: Int) throws(PlumbingError) -> Content {
        let bytes = try FileStore.read(path, limit: limit)
        let content = content(of: bytes)
        if case .present(let new, let from?) = content {
            try FileStore.replace("\(path).version-\(from)", with: bytes)
            try FileStore.replace(path, with: new)
        }
        return content
    }

    /// Only the version was added: sensors.json, calibrations and turn-rounds of the first builds.
    package static let first = StateFile(version: 1, steps: [{ $0 }])
}
