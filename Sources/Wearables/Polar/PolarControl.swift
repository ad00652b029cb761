// Polar's control point: commands, answers, and the settings in both.

/// One kind of setting; the value is its identifier.
package enum PolarSetting: UInt8, Sendable, CaseIterable {
    case sampleRate = 0
    case resolution = 1
    case range = 2
    case milliRange = 3
    case channels = 4
    case factor = 5
    case security = 6

    /// Bytes of one value (D, A `PmdSetting.kt`).
    package var width: Int {
        switch self {
        case .sampleRate, .resolution, .range: 2
        case .milliRange, .factor: 4
        case .channels: 1
        case .security: 16
        }
    }
}

/// A setting with its values, as offered or chosen.
package struct PolarSettings: Sendable, Equatable {
    package var kind: PolarSetting
    /// Bit patterns; the factor's are those of a single.
    package var values: [UInt32]

    package init(_ kind: PolarSetting, _ values: [UInt32]) {
        self.kind = kind
        self.values = values
    }

    /// Reads `id count values…` until the bytes end.
    package static func read(_ bytes: [UInt8]) throws(DecodeError) -> [PolarSettings] {
        var settings: [PolarSettings] = []
        var place = 0
        while place < bytes.count {
            guard let kind = PolarSetting(rawValue: bytes[place]) else { throw .malformed }
            let count = Int(try bytes.span.uint8(at: place + 1))
            place += 2
            var values: [UInt32] = []
            for _ in 0..<count {
                guard bytes.count - place >= kind.width else { throw .tooShort }
                // Security settings are 16 bytes that nobody reads.
                values.append(
                    bytes[place..<place + min(4, kind.width)].reversed().reduce(0) {
                        $0 << 8 | UInt32($1)
                    })
                place += kind.width
            }
            settings.append(PolarSettings(kind, values))
        }
        return settings
    }

    /// As written in a start command, where each has one value.
    package var bytes: [UInt8] {
        var bytes = [kind.rawValue, UInt8(truncatingIfNeeded: values.count)]
        for value in values {
            bytes += littleEndian(value).prefix(kind.width)
        }
        return bytes
    }
}

/// Commands to the control point (D chapter 3).
package enum PolarCommand {
    package static func ask(_ measurement: PolarMeasurement, inSdkMode: Bool = false) -> [UInt8] {
        [inSdkMode ? 0x04 : 0x01, measurement.rawValue]
    }

    package static func start(
        _ measurement: PolarMeasurement, _ settings: [PolarSettings]
    ) -> [UInt8] { [0x02, measurement.rawValue] + settings.flatMap(\.bytes) }

    package static func stop(_ measurement: PolarMeasurement) -> [UInt8] {
        [0x03, measurement.rawValue]
    }

    /// Verity Sense and OH1: rate, resolution, range, channels, in the order of D's example.
    package static func opticalSettings(
        rateHertz: UInt32, range: UInt32
    ) -> [PolarSettings] {
        [
            PolarSettings(.sampleRate, [rateHertz]), PolarSettings(.resolution, [16]),
            PolarSettings(.range, [range]), PolarSettings(.channels, [3]),
        ]
    }

    /// H10: range, rate, resolution, in the order of D's example; it has no channels to choose.
    package static func chestSettings(rateHertz: UInt32, range: UInt32) -> [PolarSettings] {
        [
            PolarSettings(.range, [range]), PolarSettings(.sampleRate, [rateHertz]),
            PolarSettings(.resolution, [16]),
        ]
    }
}

/// An answer of the control point: `F0 operation type status more parameters…`.
package struct PolarResponse: Sendable, Equatable {
    package var operation: UInt8
    package var type: UInt8
    package var status: UInt8
    /// Nothing is certain behind an error status.
    package var hasMore: Bool
    package var parameters: [UInt8]

    package init(_ bytes: [UInt8]) throws(DecodeError) {
        guard try bytes.span.uint8(at: 0) == 0xF0 else { throw .malformed }
        operation = try bytes.span.uint8(at: 1)
        type = try bytes.span.uint8(at: 2)
        status = try bytes.span.uint8(at: 3)
        guard status == 0 else {
            hasMore = false
            parameters = []
            return
        }
        hasMore = try bytes.span.uint8(at: 4) != 0
        parameters = Array(bytes.dropFirst(5))
    }

    package var measurement: PolarMeasurement? { PolarMeasurement(rawValue: type & 0x3F) }

    /// The settings in the parameters; nil where they are none, as behind H10's start answer.
    package var settings: [PolarSettings]? {
        parameters.isEmpty ? nil : try? PolarSettings.read(parameters)
    }

    /// The conversion factor, where the device gives one that makes sense.
    package var factor: Double? {
        guard let bits = settings?.first(where: { $0.kind == .factor })?.values.first else {
            return nil
        }
        let value = Float(bitPattern: bits)
        return value.isFinite && value > 0 && value < 1e6 ? Double(value) : nil
    }

    /// What a status means, for people (D 3.3).
    package static func words(status: UInt8) -> String {
        let words = [
            "done", "it does not know the operation", "it does not know the measurement",
            "it does not support the measurement", "the length does not fit",
            "a parameter does not fit", "it is in that state already",
            "it does not offer the resolution", "it does not offer the sample rate",
            "it does not offer the range", "it does not accept the MTU",
            "it does not offer the number of channels",
            "it is in a state that does not allow it",
            "it is in its charger: take it out", "its memory is full",
        ]
        return Int(status) < words.count ? words[Int(status)] : "it answers with status \(status)"
    }
}

/// The advertised name `Polar <model> <8 hexadecimal digits>`.
package struct PolarName: Sendable, Equatable {
    package var model: String

    /// Nil for another form.
    package init?(_ name: String?) {
        guard let name else { return nil }
        let words = name.split(separator: " ")
        guard words.count >= 3, words[0] == "Polar", name.hasPrefix("Polar "),
            let serial = words.last, serial.count == 8, serial.allSatisfy(\.isHexDigit)
        else { return nil }
        model = words.dropFirst().dropLast().joined(separator: " ")
    }

    /// Acceleration alone (M `products/*.md`).
    package var isWithoutGyroscope: Bool {
        ["H10", "H9", "OH1", "OH1+", "360", "Loop"].contains(model)
    }
}
