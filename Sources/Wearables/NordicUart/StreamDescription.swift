// What a user says of a board of their own: where its bytes come from, how they are cut, what they mean.

import Kinematics

/// A byte stream with inertial readings, described from outside.
///
/// Made by hand or read from a file (target WearableReading); `fault` says what in it cannot be.
package struct StreamDescription: Sendable, Equatable {
    /// What a field holds.
    package enum Quantity: UInt8, Sendable, BitwiseCopyable, CaseIterable {
        case ax, ay, az, gx, gy, gz, mx, my, mz, qw, qx, qy, qz
        case t, counter, battery
        /// Something else, passed over.
        case skip

        /// By the word of a description.
        package init?(word: String) {
            guard let found = Quantity.allCases.first(where: { "\($0)" == word }) else {
                return nil
            }
            self = found
        }
    }

    /// How a binary number is written.
    package enum NumberType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
        case i8, u8, i16, u16, i24, i32, u32, f32, f64

        package init?(word: String) {
            guard let found = NumberType.allCases.first(where: { "\($0)" == word }) else {
                return nil
            }
            self = found
        }

        /// Bytes.
        package var width: Int {
            @_noLocks get {
                switch self {
                case .i8, .u8: 1
                case .i16, .u16: 2
                case .i24: 3
                case .i32, .u32, .f32: 4
                case .f64: 8
                }
            }
        }
    }

    package struct Field: Sendable, Equatable {
        package var quantity: Quantity
        /// Binary only.
        package var type: NumberType
        package var order: ByteOrder
        /// The value is number · scale + offset, in the unit of the quantity.
        package var scale: Double
        package var offset: Double
        /// JSON only; at most 16 bytes.
        package var key: String

        package init(
            _ quantity: Quantity, _ type: NumberType = .i16, order: ByteOrder = .littleEndian,
            scale: Double = 1, offset: Double = 0, key: String? = nil
        ) {
            self.quantity = quantity
            self.type = type
            self.order = order
            self.scale = scale
            self.offset = offset
            self.key = key ?? "\(quantity)"
        }
    }

    package enum Checksum: UInt8, Sendable, BitwiseCopyable {
        case none
        /// The low byte of the sum.
        case sum8
        case xor8
        /// CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF), low byte first.
        case crc16

        package var width: Int {
            @_noLocks get {
                switch self {
                case .none: 0
                case .sum8, .xor8: 1
                case .crc16: 2
                }
            }
        }
    }

    package enum Framing: Sendable, Equatable {
        /// Up to a separator byte.
        case line(separator: UInt8)
        /// So many bytes, counted from the start of the stream.
        case fixed(length: Int)
        /// Sync bytes, then up to `length` bytes in all; the checksum is the last of them and covers
        /// everything before it from byte `checksumStart` on.
        case header(sync: [UInt8], length: Int, checksum: Checksum, checksumStart: Int)
        /// Each notification is a frame.
        case notification
    }

    package enum Format: Sendable, Equatable {
        /// Numbers in the order of the fields; an empty column is not measured.
        case csv(decimalComma: Bool)
        /// A flat object.
        case json
        case binary
    }

    /// Factors to SI of the units that the fields are in.
    package struct Units: Sendable, Equatable {
        package var force = standardGravity
        package var rate = radiansPerDegree
        /// Nanoseconds a tick of `t` as a fraction.
        package var tickNumerator: UInt64 = 1000
        package var tickDenominator: UInt64 = 1

        package init() {}
    }

    /// How a device of this kind is found; at least one must be given.
    package struct Match: Sendable, Equatable {
        /// With `*` for any characters.
        package var name: String?
        package var service: String?
        package var address: String?

        package init(name: String? = nil, service: String? = nil, address: String? = nil) {
            self.name = name
            self.service = service
            self.address = address
        }
    }

    /// What the driver can be told to write; empty where the board has no such command.
    package struct Commands: Sendable, Equatable {
        package var start: [UInt8] = []
        package var stop: [UInt8] = []
        package var identify: [UInt8] = []
        /// `{ms}` stands for the time.
        package var buzz: [UInt8] = []
        package var battery: [UInt8] = []

        package init() {}
    }

    package var name: String
    package var match: Match
    package var service = NordicUart.serviceUUID
    package var notify = NordicUart.notifyUUID
    package var write = NordicUart.writeUUID
    package var framing: Framing
    package var format: Format
    package var samplesPerFrame = 1
    package var fields: [Field]
    package var units = Units()
    /// Bits after which `t` wraps.
    package var timeBits = 32
    package var axes = AxisMap.identity
    package var rateHertz: Double
    /// m/s² and rad/s.
    package var specificForceRange = 16 * standardGravity
    package var angularRateRange = 2000 * radiansPerDegree
    package var commands = Commands()

    package init(
        name: String, match: Match, framing: Framing, format: Format, fields: [Field],
        rateHertz: Double
    ) {
        self.name = name
        self.match = match
        self.framing = framing
        self.format = format
        self.fields = fields
        self.rateHertz = rateHertz
    }

    package func has(_ quantity: Quantity) -> Bool { fields.contains { $0.quantity == quantity } }
}

extension StreamDescription {
    /// The frame suggested for new firmware: 20 bytes, `A5 5A`, counter, flags, microseconds, force in
    /// mg, rate in 0.1 °/s; one sample a notification at the smallest MTU.
    package static let suggested: StreamDescription = {
        var description = StreamDescription(
            name: NordicUart.familyName,
            match: Match(service: NordicUart.serviceUUID),
            framing: .header(
                sync: [0xA5, 0x5A], length: 20, checksum: .none, checksumStart: 0),
            format: .binary,
            fields: [
                Field(.skip, .u16), Field(.counter, .u8), Field(.skip, .u8), Field(.t, .u32),
                Field(.ax), Field(.ay), Field(.az), Field(.gx, scale: 0.1),
                Field(.gy, scale: 0.1), Field(.gz, scale: 0.1),
            ],
            rateHertz: 50)
        description.units.force = standardGravity / 1000
        return description
    }()

    /// What in the description cannot be, and in which part; nil where it is sound.
    package var fault: (part: String, problem: String)? {
        let triples: [(part: [Quantity], unit: String)] = [
            ([.ax, .ay, .az], "acceleration"), ([.gx, .gy, .gz], "angular rate"),
        ]
        if !triples[0].part.allSatisfy(has) {
            return ("fields", "ax, ay and az must be there: without acceleration there is no tilt")
        }
        let rates = triples[1].part.filter(has).count
        if rates != 0 && rates != 3 {
            return ("fields", "gx, gy and gz come together or not at all")
        }
        for quantity in Quantity.allCases where quantity != .skip {
            if fields.filter({ $0.quantity == quantity }).count > 1 {
                return ("fields", "\(quantity) is there twice")
            }
        }
        if fields.count > StreamDecoder.fieldLimit {
            return ("fields", "there are more than \(StreamDecoder.fieldLimit)")
        }
        if fields.contains(where: { !$0.scale.isFinite || !$0.offset.isFinite }) {
            return ("fields", "a scale or an offset is not a number")
        }
        if format == .json, fields.contains(where: { $0.key.utf8.count > 16 || $0.key.isEmpty }) {
            return ("fields", "a key must have 1 to 16 bytes")
        }
        if !axes.isRightHanded {
            return (
                "axes",
                "x, y and z must each be used once and the signs must keep the system right-handed"
            )
        }
        if !(rateHertz >= 1 && rateHertz <= 1000) { return ("rate_hz", "must be from 1 to 1000") }
        if !(1...16).contains(samplesPerFrame) {
            return ("samples_per_frame", "must be from 1 to 16")
        }
        if ![16, 24, 32, 64].contains(timeBits) { return ("t_bits", "must be 16, 24, 32 or 64") }
        if match == Match() { return ("match", "needs a name, a service or an address") }
        if name.isEmpty || wearable(named: name) != nil && name != NordicUart.familyName {
            return ("name", "must be there and not be one of the built-in kinds")
        }
        return framingFault
    }

    private var framingFault: (part: String, problem: String)? {
        let content = fields.reduce(0) { $0 + $1.type.width } * samplesPerFrame
        let isBinary = format == .binary
        switch framing {
        case .line:
            return isBinary ? ("framing", "lines are for text; binary frames need a length") : nil
        case .fixed(let length):
            guard (1...StreamDecoder.frameLimit).contains(length) else {
                return ("length", "must be from 1 to \(StreamDecoder.frameLimit)")
            }
            return isBinary && content > length
                ? ("length", "the fields need \(content) bytes, the frame has \(length)") : nil
        case .header(let sync, let length, let checksum, let start):
            guard (1...4).contains(sync.count) else { return ("sync", "must be 1 to 4 bytes") }
            guard (sync.count + 1...StreamDecoder.frameLimit).contains(length) else {
                return (
                    "length",
                    "must be more than the sync bytes, at most "
                        + "\(StreamDecoder.frameLimit)"
                )
            }
            guard start >= 0, start < length - checksum.width else {
                return ("checksum_start", "must lie inside the frame")
            }
            return isBinary && content > length - checksum.width
                ? ("length", "the fields need \(content) bytes, the frame has \(length)") : nil
        case .notification: return nil
        }
    }
}
