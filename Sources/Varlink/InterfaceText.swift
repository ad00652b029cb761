// The Varlink interface language as data: what an interface text declares.

/// What a field can hold.
package indirect enum FieldType: Sendable, Equatable {
    case bool
    /// Signed, 64 bits.
    case int
    case float
    case string
    /// Any JSON object.
    case object
    /// A type of the same interface.
    case named(String)
    case structure([Field])
    case enumeration([String])
    case array(FieldType)
    /// A JSON object with values of one type under any name.
    case map(FieldType)
    /// May be null or absent.
    case nullable(FieldType)
}

/// A named part of a structure, of a method's parameters or of an error's.
package struct Field: Sendable, Equatable {
    package let name: String
    package let type: FieldType
    /// The comment above it, without the `#` signs.
    package let documentation: String

    /// May be left out.
    package var isNullable: Bool {
        if case .nullable = type { true } else { false }
    }
}

/// A parsed interface text.
///
/// Only what every parser of the language takes is accepted: see `InterfaceParser`.
package struct InterfaceText: Sendable, Equatable {
    package struct Method: Sendable, Equatable {
        package let parameters: [Field]
        package let result: [Field]
        package let documentation: String
    }

    /// The interface's name, `org.example.thing`.
    package internal(set) var name = ""
    package internal(set) var documentation = ""
    /// Structures and enumerations by name.
    package internal(set) var types: [String: FieldType] = [:]
    package internal(set) var methods: [String: Method] = [:]
    package internal(set) var errors: [String: [Field]] = [:]
    /// All members' names in the order of the text.
    package internal(set) var members: [String] = []

    init() {}

    /// Parses and checks a whole text.
    package init(parsing text: String) throws(VarlinkError) {
        var parser = InterfaceParser(text)
        self = try parser.interface()
    }
}
