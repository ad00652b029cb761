// A call, as it travels.

/// One call of a method.
package struct VarlinkCall: Sendable, Equatable {
    /// `interface.Method`.
    package var method: String
    /// Always an object.
    package var parameters: JSONValue
    /// The caller takes several replies.
    package var more: Bool
    /// The caller takes no reply, not even an error.
    package var oneway: Bool
    /// The caller wants to speak another protocol afterwards.
    package var upgrade: Bool

    package init(
        method: String, parameters: JSONValue = [:], more: Bool = false, oneway: Bool = false,
        upgrade: Bool = false
    ) {
        self.method = method
        self.parameters = parameters
        self.more = more
        self.oneway = oneway
        self.upgrade = upgrade
    }

    /// Reads a message without its NUL.
    ///
    /// Refuses whatever is no well-formed call: the connection it came from cannot be trusted to be
    /// in step and is to be closed.
    package init(message: [UInt8]) throws(VarlinkError) {
        guard case .object(let members) = try JSONReader.read(message) else {
            throw .notAMessage(reason: "a call is a JSON object")
        }
        // Extensions of the protocol carry a dotted name; a plain name that is unknown is more
        // likely a misspelt flag than something that may be ignored.
        for name in members.keys where !VarlinkCall.names.contains(name) && !name.contains(".") {
            throw .notAMessage(reason: "a call has no member \(name.debugDescription)")
        }
        guard case .string(let method)? = members["method"] else {
            throw .notAMessage(reason: "a call has a string \"method\"")
        }
        self.method = method
        switch members["parameters"] ?? .null {
        case .null: parameters = [:]
        case .object(let content): parameters = .object(content)
        default: throw .notAMessage(reason: "\"parameters\" is an object")
        }
        more = try flag("more", of: members)
        oneway = try flag("oneway", of: members)
        upgrade = try flag("upgrade", of: members)
        if oneway && (more || upgrade) {
            throw .notAMessage(reason: "a call without reply cannot ask for more")
        }
    }

    private static let names: Set<String> = ["method", "parameters", "more", "oneway", "upgrade"]

    /// The message with its NUL.
    package var message: [UInt8] {
        var members: [String: JSONValue] = ["method": .string(method), "parameters": parameters]
        if more { members["more"] = true }
        if oneway { members["oneway"] = true }
        if upgrade { members["upgrade"] = true }
        return JSONValue.object(members).bytes + [0]
    }

    /// The interface part of the method's name: what stands before the last dot.
    package var interface: String {
        guard let dot = method.lastIndex(of: ".") else { return "" }
        return String(method[..<dot])
    }

    /// The method's name within its interface: what stands behind the last dot.
    package var member: String {
        guard let dot = method.lastIndex(of: ".") else { return method }
        return String(method[method.index(after: dot)...])
    }
}

private func flag(
    _ name: String, of members: [String: JSONValue]
) throws(VarlinkError) -> Bool {
    switch members[name] ?? .null {
    case .null: return false
    case .bool(let value): return value
    default: throw .notAMessage(reason: "\"\(name)\" is true or false")
    }
}
