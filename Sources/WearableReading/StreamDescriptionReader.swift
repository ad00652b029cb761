// Reads a board's stream from a TOML file, field by field, and says what in it cannot be.

import Kinematics
package import TomlReading
package import Wearables

/// A file that describes a board of the user's own.
///
/// ```toml
/// name = "hip-board"
/// rate_hz = 50
/// framing = "header"        # line, fixed, header, notification
/// sync = "A5 5A"
/// length = 20
/// format = "binary"         # csv, json, binary
/// fields = ["skip u16", "counter u8", "skip u8", "t u32", "ax", "ay", "az",
///           "gx scale=0.1", "gy scale=0.1", "gz scale=0.1"]
/// [match]
/// name = "HipBoard*"
/// [units]
/// acceleration = "mg"       # g, mg, m/s2
/// rate = "deg/s"            # deg/s, mdeg/s, rad/s
/// time = "us"               # us, ms, or ticks with tick_hz
/// ```
package enum StreamDescriptionReader {
    /// Reads the text of a file; `file` is what errors call it.
    package static func read(
        text: String, file: String
    ) throws(TomlError) -> StreamDescription {
        let root = try TomlDocument(text: text, file: file).root
        let format = try format(root)
        var description = StreamDescription(
            name: try root.string("name", length: 40), match: try match(root),
            framing: try framing(root), format: format,
            fields: try fields(root, isBinary: format == .binary),
            rateHertz: try root.double("rate_hz", in: 1...1000))
        description.samplesPerFrame =
            try root.optionalInt("samples_per_frame", in: 1...16) ?? 1
        description.timeBits = try root.optionalInt("t_bits", in: 16...64) ?? 32
        if let words = try root.optionalString("axes", length: 20) {
            guard let axes = AxisMap(words) else {
                throw root.fault("axes", "must name three axes, such as \"-y x z\"")
            }
            description.axes = axes
        }
        try readGatt(root, into: &description)
        try readUnits(root, into: &description)
        try readCommands(root, into: &description)
        try root.finish()
        if let fault = description.fault { throw root.fault(fault.part, fault.problem) }
        return description
    }

    // MARK: Where the bytes come from

    private static func match(_ root: TomlSection) throws(TomlError) -> StreamDescription.Match {
        guard let section = try root.section("match") else { throw root.missing("match") }
        var match = StreamDescription.Match(
            name: try section.optionalString("name", length: 60),
            address: try section.optionalString("address", length: 17))
        match.service = try uuid(section, "service")
        if let address = match.address, DeviceAddress(address) == nil {
            throw section.fault("address", "must look like \"D4:CA:6E:F1:69:3D\"")
        }
        try section.finish()
        return match
    }

    /// 128 bits with hyphens, or the four digits of a standard one.
    private static func uuid(
        _ section: TomlSection, _ key: String
    ) throws(TomlError) -> String? {
        guard let text = try section.optionalString(key, length: 36)?.lowercased() else {
            return nil
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        let isHexadecimal = text.allSatisfy { $0.isHexDigit || $0 == "-" }
        if isHexadecimal, parts == [4] { return standardUUID(text) }
        guard isHexadecimal, parts == [8, 4, 4, 4, 12] else {
            throw section.fault(
                key, "must be a UUID such as \"6e400001-b5a3-f393-e0a9-e50e24dcca9e\" or \"ffe0\"")
        }
        return text
    }

    private static func readGatt(
        _ root: TomlSection, into description: inout StreamDescription
    ) throws(TomlError) {
        guard let section = try root.section("gatt") else { return }
        description.service = try uuid(section, "service") ?? description.service
        description.notify = try uuid(section, "notify") ?? description.notify
        // HM-10 and its like have one characteristic for both ways.
        description.write = try uuid(section, "write") ?? description.notify
        try section.finish()
    }

    private static func framing(
        _ root: TomlSection
    ) throws(TomlError) -> StreamDescription.Framing {
        let kind = try root.string("framing", length: 20)
        switch kind {
        case "line":
            let separator = try root.optionalString("separator", length: 4) ?? "\n"
            guard separator.utf8.count == 1, let byte = separator.utf8.first else {
                throw root.fault("separator", "must be one character, such as \"\\n\"")
            }
            return .line(separator: byte)
        case "fixed":
            return .fixed(length: try root.int("length", in: 1...512))
        case "header":
            let sync = try root.string("sync", length: 20)
            guard let bytes = bytes(hexadecimal: sync) else {
                throw root.fault("sync", "must be bytes in hexadecimal, such as \"A5 5A\"")
            }
            return .header(
                sync: bytes, length: try root.int("length", in: 2...512),
                checksum: try checksum(root),
                checksumStart: try root.optionalInt("checksum_start", in: 0...511) ?? 0)
        case "notification": return .notification
        default:
            throw root.fault(
                "framing", "is \"\(kind)\"; known are line, fixed, header, notification")
        }
    }

    private static func checksum(
        _ root: TomlSection
    ) throws(TomlError) -> StreamDescription.Checksum {
        switch try root.optionalString("checksum", length: 20) {
        case nil, "none": return .none
        case "sum8": return .sum8
        case "xor8": return .xor8
        case "crc16": return .crc16
        case let other?:
            throw root.fault("checksum", "is \"\(other)\"; known are none, sum8, xor8, crc16")
        }
    }

    private static func format(_ root: TomlSection) throws(TomlError) -> StreamDescription.Format {
        let comma = try root.bool("decimal_comma", default: false)
        let kind = try root.string("format", length: 20)
        switch kind {
        case "csv": return .csv(decimalComma: comma)
        case "json": return .json
        case "binary": return .binary
        default: throw root.fault("format", "is \"\(kind)\"; known are csv, json, binary")
        }
    }

    // MARK: What the bytes mean

    /// `quantity [type] [be|le] [scale=…] [offset=…] [key=…]`, separated by blanks.
    private static func fields(
        _ root: TomlSection, isBinary: Bool
    ) throws(TomlError) -> [StreamDescription.Field] {
        var fields: [StreamDescription.Field] = []
        for text in try root.strings("fields", count: 1...32) {
            let words = text.split(separator: " ").map(String.init)
            guard let name = words.first, let quantity = StreamDescription.Quantity(word: name)
            else {
                let known = StreamDescription.Quantity.allCases.map { "\($0)" }
                throw root.fault(
                    "fields",
                    "\"\(text)\" begins with none of \(known.joined(separator: ", "))")
            }
            var field = StreamDescription.Field(quantity)
            for word in words.dropFirst() { try read(word, into: &field, root, isBinary) }
            fields.append(field)
        }
        return fields
    }

    private static func read(
        _ word: String, into field: inout StreamDescription.Field, _ root: TomlSection,
        _ isBinary: Bool
    ) throws(TomlError) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 {
            switch (parts[0], Double(parts[1])) {
            case ("key", _): field.key = parts[1]
            case ("scale", let number?) where number.isFinite: field.scale = number
            case ("offset", let number?) where number.isFinite: field.offset = number
            default:
                throw root.fault(
                    "fields", "\"\(word)\" is neither key=…, scale=number nor offset=number")
            }
            return
        }
        if let type = StreamDescription.NumberType(word: word), isBinary {
            field.type = type
            return
        }
        switch word {
        case "be": field.order = .bigEndian
        case "le": field.order = .littleEndian
        default:
            let known = StreamDescription.NumberType.allCases.map { "\($0)" }
            throw root.fault(
                "fields",
                "\"\(word)\" is not known; binary types are \(known.joined(separator: ", "))")
        }
    }

    private static func readUnits(
        _ root: TomlSection, into description: inout StreamDescription
    ) throws(TomlError) {
        guard let section = try root.section("units") else { return }
        switch try section.optionalString("acceleration", length: 10) {
        case nil, "g": description.units.force = standardGravity
        case "mg": description.units.force = standardGravity / 1000
        case "m/s2": description.units.force = 1
        case let other?:
            throw section.fault("acceleration", "is \"\(other)\"; known are g, mg, m/s2")
        }
        switch try section.optionalString("rate", length: 10) {
        case nil, "deg/s", "dps": description.units.rate = radiansPerDegree
        case "mdeg/s", "mdps": description.units.rate = radiansPerDegree / 1000
        case "rad/s": description.units.rate = 1
        case let other?:
            throw section.fault("rate", "is \"\(other)\"; known are deg/s, mdeg/s, rad/s")
        }
        switch try section.optionalString("time", length: 10) {
        case nil, "us": description.units.tickNumerator = 1000
        case "ms": description.units.tickNumerator = 1_000_000
        case "ticks":
            let hertz = try section.int("tick_hz", in: 1...1_000_000_000)
            description.units.tickNumerator = 1_000_000_000
            description.units.tickDenominator = UInt64(hertz)
        case let other?: throw section.fault("time", "is \"\(other)\"; known are us, ms, ticks")
        }
        if let range = try section.optionalDouble("range_g", in: 1...400) {
            description.specificForceRange = range * standardGravity
        }
        if let range = try section.optionalDouble("range_deg_s", in: 50...10_000) {
            description.angularRateRange = range * radiansPerDegree
        }
        try section.finish()
    }

    /// Text, or bytes in hexadecimal behind `hex:`.
    private static func readCommands(
        _ root: TomlSection, into description: inout StreamDescription
    ) throws(TomlError) {
        guard let section = try root.section("commands") else { return }
        func bytes(_ key: String) throws(TomlError) -> [UInt8] {
            guard let text = try section.optionalString(key) else { return [] }
            guard text.hasPrefix("hex:") else { return Array(text.utf8) }
            guard let bytes = Self.bytes(hexadecimal: String(text.dropFirst(4))) else {
                throw section.fault(key, "must hold two hexadecimal digits a byte behind hex:")
            }
            return bytes
        }
        description.commands.start = try bytes("start")
        description.commands.stop = try bytes("stop")
        description.commands.identify = try bytes("identify")
        description.commands.buzz = try bytes("buzz")
        description.commands.battery = try bytes("battery")
        try section.finish()
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.filter { $0 != " " }.map(\.hexDigitValue)
        guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[place], let low = digits[place + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
