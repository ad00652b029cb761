// A reply, as it travels: a result, one of several results, or an error.

/// One reply to a call.
package struct VarlinkReply: Sendable, Equatable {
    /// `interface.ErrorName`, or nil for a result.
    package var error: String?
    /// Always an object; the error's parameters where there is an error.
    package var parameters: JSONValue
    /// Further replies to the same call follow.
    package var continues: Bool

    package init(parameters: JSONValue = [:], continues: Bool = false) {
        self.parameters = parameters
        self.continues = continues
    }

    package init(error: String, parameters: JSONValue = [:]) {
        self.error = error
        self.parameters = parameters
        continues = false
    }

    /// Reads a message without its NUL.
    package init(message: [UInt8]) throws(VarlinkError) {
        guard case .object(let members) = try JSONReader.read(message) else {
            throw .notAMessage(reason: "a reply is a JSON object")
        }
        switch members["error"] ?? .null {
        case .null: error = nil
        case .string(let name): error = name
        default: throw .notAMessage(reason: "\"error\" is a string")
        }
        switch members["parameters"] ?? .null {
        case .null: parameters = [:]
        case .object(let content): parameters = .object(content)
        default: throw .notAMessage(reason: "\"parameters\" is an object")
        }
        switch members["continues"] ?? .null {
        case .null: continues = false
        case .bool(let value): continues = value
        default: throw .notAMessage(reason: "\"continues\" is true or false")
        }
    }

    /// The message with its NUL.
    ///
    /// Emits no member beyond the protocol's: clients exist that take one for a sign of a broken
    /// peer.
    package var message: [UInt8] {
        VarlinkReply.message(
            error: error, parameters: parameters == [:] ? [] : parameters.bytes,
            continues: continues)
    }

    /// A message with its NUL around parameters that are JSON text already (an object, or nothing).
    ///
    /// Results that many clients get are turned into text once.
    package static func message(
        error: String? = nil, parameters: [UInt8], continues: Bool = false
    ) -> [UInt8] {
        var output: [UInt8] = [UInt8(ascii: "{")]
        output.reserveCapacity(parameters.count + 64)
        func separate() { if output.count > 1 { output.append(UInt8(ascii: ",")) } }
        if continues { output.append(contentsOf: #""continues":true"#.utf8) }
        if let error {
            separate()
            output.append(contentsOf: #""error":"#.utf8)
            JSONValue.write(error, to: &output)
        }
        if !parameters.isEmpty {
            separate()
            output.append(contentsOf: #""parameters":"#.utf8)
            output.append(contentsOf: parameters)
        }
        output.append(UInt8(ascii: "}"))
        output.append(0)
        return output
    }
}
