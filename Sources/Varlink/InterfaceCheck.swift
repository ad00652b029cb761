// Compares values with what an interface text declares.

extension InterfaceText {
    /// Where `value` departs from `fields` (a method's parameters, its result, an error's
    /// parameters): the path of the first field that is missing, unknown or of another type, as in
    /// `channels[1].sensor`.
    ///
    /// Nil when all is as declared.
    ///
    /// Strings may not contain NUL: they end up as names and paths in calls to the system, which
    /// would see only their beginning.
    package func mismatch(in value: JSONValue, _ fields: [Field]) -> String? {
        guard case .object(let members) = value else { return "" }
        return mismatch(members, fields, path: "", depth: 0)
    }

    private func mismatch(
        _ members: [String: JSONValue], _ fields: [Field], path: String, depth: Int
    ) -> String? {
        let prefix = path.isEmpty ? "" : path + "."
        for field in fields {
            let place = prefix + field.name
            if let found = mismatch(members[field.name] ?? .null, field.type, place, depth) {
                return found
            }
        }
        let names = Set(fields.map(\.name))
        return members.keys.filter { !names.contains($0) }.min().map { prefix + $0 }
    }

    private func mismatch(
        _ value: JSONValue, _ type: FieldType, _ path: String, _ depth: Int
    ) -> String? {
        // A value from the reader is never this deep, so types that contain themselves end too.
        guard depth <= JSONReader.maximumDepth else { return path }
        switch (type, value) {
        case (.nullable, .null): return nil
        case (.nullable(let inner), _): return mismatch(value, inner, path, depth + 1)
        case (.bool, .bool), (.object, .object), (.float, .integer), (.float, .number): return nil
        case (.int, _): return value.integerValue == nil ? path : nil
        case (.string, .string(let text)): return text.utf8.contains(0) ? path : nil
        case (.enumeration(let words), .string(let word)): return words.contains(word) ? nil : path
        case (.named(let name), _):
            guard let declared = types[name] else { return path }
            return mismatch(value, declared, path, depth + 1)
        case (.structure(let fields), .object(let members)):
            return mismatch(members, fields, path: path, depth: depth + 1)
        case (.array(let element), .array(let values)):
            for (index, value) in values.enumerated() {
                let place = "\(path)[\(index)]"
                if let found = mismatch(value, element, place, depth + 1) { return found }
            }
            return nil
        case (.map(let element), .object(let members)):
            for (name, value) in members {
                let place = "\(path).\(name)"
                if name.utf8.contains(0) { return path }
                if let found = mismatch(value, element, place, depth + 1) { return found }
            }
            return nil
        default: return path
        }
    }
}
