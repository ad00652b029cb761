// Data frames of Polar's measurement service (PMD): head, plain and delta-compressed samples.

package import Kinematics

/// What a frame measures; the low six bits of its first byte.
package enum PolarMeasurement: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case ecg = 0
    case ppg = 1
    case acceleration = 2
    case ppi = 3
    case rate = 5
    case field = 6
    case sdkMode = 9

    /// The schema's word.
    package var word: String {
        switch self {
        case .ecg: "ecg"
        case .ppg: "ppg"
        case .acceleration: "acc"
        case .ppi: "ppi"
        case .rate: "gyro"
        case .field: "mag"
        case .sdkMode: "sdk_mode"
        }
    }
}

/// How the samples of a frame are written.
package struct PolarLayout: Sendable, BitwiseCopyable {
    /// 1 to 4 numbers a sample.
    package var channels: Int
    /// Whole bytes of a plain number, which is also the reference's width.
    package var bytes: Int
    package var isCompressed: Bool
    /// The numbers are bit patterns of IEEE singles.
    package var isFloat: Bool

    @_noLocks
    package init(channels: Int, bytes: Int, isCompressed: Bool, isFloat: Bool = false) {
        self.channels = channels
        self.bytes = bytes
        self.isCompressed = isCompressed
        self.isFloat = isFloat
    }
}

/// The ten bytes before the samples: what, when, how.
package struct PolarHead: Sendable, BitwiseCopyable {
    package static var length: Int { @_noLocks get { 10 } }

    /// The low six bits.
    package var measurement: UInt8
    /// Nanoseconds since 2000 by the device's clock, of the frame's last sample.
    package var time: UInt64
    /// With bit 7 where the samples are compressed.
    package var frameType: UInt8

    @_noLocks
    package init(_ packet: borrowing Span<UInt8>) throws(DecodeError) {
        measurement = try packet.uint8(at: 0) & 0x3F
        time = try packet.uint64(at: 1)
        frameType = try packet.uint8(at: 9)
    }

    /// Nil for a combination that the document does not list (D 4.2).
    package var layout: PolarLayout? {
        @_noLocks get {
            switch (measurement, frameType) {
            case (2, 0x00): PolarLayout(channels: 3, bytes: 1, isCompressed: false)
            case (2, 0x01): PolarLayout(channels: 3, bytes: 2, isCompressed: false)
            case (2, 0x02): PolarLayout(channels: 3, bytes: 3, isCompressed: false)
            case (2, 0x80), (2, 0x81), (5, 0x80), (6, 0x80):
                PolarLayout(channels: 3, bytes: 2, isCompressed: true)
            case (5, 0x81): PolarLayout(channels: 3, bytes: 4, isCompressed: true, isFloat: true)
            case (6, 0x81): PolarLayout(channels: 4, bytes: 2, isCompressed: true)
            default: nil
            }
        }
    }
}

/// Walks through the samples of a frame.
///
/// A compressed frame begins with a reference sample of whole bytes; then come blocks of one byte for
/// the width of a delta in bits, one for the number of samples, and the deltas, least significant bit
/// first, packed without gaps and padded (with anything) to whole bytes. A block of width zero yields
/// nothing, as in the vendor's code.
package struct PolarSamples: Sendable, BitwiseCopyable {
    private let layout: PolarLayout
    private var offset: Int
    private var values: InlineArray<4, Int32>
    private var hasReference = false
    private var remaining = 0
    private var width = 0
    /// The place of the next delta, bits from `offset`.
    private var bit = 0

    /// The samples from `start` on.
    @_noLocks
    package init(_ layout: PolarLayout, at start: Int) {
        self.layout = layout
        offset = start
        values = InlineArray(repeating: 0)
    }

    /// How many samples there are; throws where a block or a sample runs past the end.
    @_noLocks
    package static func count(
        _ packet: Span<UInt8>, _ layout: PolarLayout, at start: Int
    ) throws(DecodeError) -> Int {
        let size = layout.channels &* layout.bytes
        guard packet.count >= start &+ size else { throw .tooShort }
        if !layout.isCompressed {
            guard (packet.count &- start) % size == 0 else { throw .tooShort }
            return (packet.count &- start) / size
        }
        var place = start &+ size
        var total = 1
        while place < packet.count {
            let width = Int(try packet.uint8(at: place))
            let count = Int(try packet.uint8(at: place &+ 1))
            guard width <= 32 else { throw .malformed }
            let end = place &+ 2 &+ (width &* count &* layout.channels &+ 7) / 8
            guard end <= packet.count else { throw .tooShort }
            if width > 0 { total &+= count }
            place = end
        }
        return total
    }

    /// Goes to the next sample; false at the end.
    @_noLocks
    package mutating func next(_ packet: Span<UInt8>) throws(DecodeError) -> Bool {
        if !layout.isCompressed || !hasReference {
            if offset >= packet.count { return false }
            var channel = 0
            while channel < layout.channels {
                values[channel] = try number(packet, at: offset &+ channel &* layout.bytes)
                channel += 1
            }
            offset &+= layout.channels &* layout.bytes
            hasReference = true
            return true
        }
        while remaining == 0 {
            if offset >= packet.count { return false }
            width = Int(try packet.uint8(at: offset))
            let count = Int(try packet.uint8(at: offset &+ 1))
            guard width <= 32 else { throw .malformed }
            offset &+= 2
            bit = 0
            remaining = width == 0 ? 0 : count
        }
        var channel = 0
        while channel < layout.channels {
            values[channel] = values[channel] &+ (try delta(packet))
            channel += 1
        }
        remaining -= 1
        if remaining == 0 { offset &+= (bit &+ 7) / 8 }
        return true
    }

    /// A plain number.
    @_noLocks
    private func number(_ packet: Span<UInt8>, at place: Int) throws(DecodeError) -> Int32 {
        switch layout.bytes {
        case 1: Int32(try packet.int8(at: place))
        case 2: Int32(try packet.int16(at: place))
        case 3: try packet.int24(at: place)
        default: try packet.int32(at: place)
        }
    }

    /// The next `width` bits, signed.
    @_noLocks
    private mutating func delta(_ packet: Span<UInt8>) throws(DecodeError) -> Int32 {
        var gathered: UInt64 = 0
        var have = 0
        while have < width {
            let place = bit &+ have
            let byte = UInt64(try packet.uint8(at: offset &+ place / 8))
            let skip = place % 8
            gathered |= (byte >> UInt64(skip)) << UInt64(have)
            have += 8 - skip
        }
        bit &+= width
        let spare = UInt64(64 - width)
        return Int32(truncatingIfNeeded: Int64(bitPattern: gathered << spare) >> Int64(spare))
    }

    /// Number `channel` of the current sample, as counted.
    @_noLocks
    package func raw(_ channel: Int) -> Int32 {
        guard channel >= 0, channel < 4 else { return 0 }
        return values[channel]
    }

    /// The first three numbers of the current sample times `scale`; throws for NaN and infinity.
    @_noLocks
    package func vector(scale: Double) throws(DecodeError) -> Vector3 {
        let value = Vector3(number(0) * scale, number(1) * scale, number(2) * scale)
        guard value.isFinite else { throw .notFinite }
        return value
    }

    @_noLocks
    private func number(_ channel: Int) -> Double {
        layout.isFloat
            ? Double(Float(bitPattern: UInt32(bitPattern: values[channel])))
            : Double(values[channel])
    }
}

/// When each sample of a frame was taken: the frame's time is its last sample's.
package struct PolarTimes: Sendable, BitwiseCopyable {
    private let time: UInt64
    private let previous: UInt64
    private let hasPrevious: Bool
    private let period: Double
    private let count: UInt64

    /// Spread evenly between the previous frame and this one, or by the rate where there is none.
    ///
    /// Throws where the first sample would be before the device's epoch.
    @_noLocks
    package init(
        _ time: UInt64, after previous: UInt64?, count: Int, rateHertz: Double
    ) throws(DecodeError) {
        guard count > 0 else { throw .malformed }
        self.time = time
        self.count = UInt64(count)
        period = rateHertz > 0 ? 1e9 / rateHertz : 0
        if let previous {
            guard previous < time else { throw previous == time ? .duplicate : .stale }
            self.previous = previous
            hasPrevious = true
        } else {
            self.previous = 0
            hasPrevious = false
            // A double may be one unit above the largest count: compare as doubles.
            guard Double(count - 1) * period <= Double(time) else { throw .outOfRange }
        }
    }

    /// Nanoseconds of sample `index`.
    @_noLocks
    package func nanoseconds(_ index: Int) -> UInt64 {
        let place = UInt64(truncatingIfNeeded: index) &+ 1
        if place >= count { return time }
        if hasPrevious {
            // (a·b)/n without the product's overflow: a = q·n + r, and b ≤ n.
            let span = time - previous
            return previous &+ span / count &* place &+ span % count &* place / count
        }
        let before = Double(count - place) * period + 0.5
        guard before < 9e18 else { return 0 }
        return time &- UInt64(before)
    }
}
