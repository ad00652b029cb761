// The parts of the body that a sensor can be worn on, and the two sides.

/// A body segment that carries a sensor.
///
/// The raw value is the segment's place in every fixed table and never changes.
package enum Segment: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case pelvis = 0
    case trunk = 1
    case leftThigh = 2
    case rightThigh = 3
    case leftShank = 4
    case rightShank = 5

    /// The number of segments.
    package static var count: Int { @_noLocks get { 6 } }

    /// The place in a table of `count` entries.
    package var index: Int { @_noLocks get { Int(rawValue) } }

    /// The segment at a place of a table, or nil.
    @_noLocks
    package init?(index: Int) {
        switch index {
        case 0: self = .pelvis
        case 1: self = .trunk
        case 2: self = .leftThigh
        case 3: self = .rightThigh
        case 4: self = .leftShank
        case 5: self = .rightShank
        default: return nil
        }
    }

    /// The name used in files, on the command line and on the control socket.
    package var name: String {
        switch self {
        case .pelvis: "pelvis"
        case .trunk: "trunk"
        case .leftThigh: "left-thigh"
        case .rightThigh: "right-thigh"
        case .leftShank: "left-shank"
        case .rightShank: "right-shank"
        }
    }

    /// The segment of that name, or nil.
    package init?(name: String) {
        guard let match = Segment.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// A side of the body.
package enum Side: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case left = 0
    case right = 1

    /// The factor s of stance-relative signals: +1 for right, −1 for left.
    package var sign: Double {
        @_noLocks get {
            switch self {
            case .left: -1
            case .right: 1
            }
        }
    }

    package var opposite: Side {
        @_noLocks get {
            switch self {
            case .left: .right
            case .right: .left
            }
        }
    }

    package var thigh: Segment {
        @_noLocks get {
            switch self {
            case .left: .leftThigh
            case .right: .rightThigh
            }
        }
    }

    package var shank: Segment {
        @_noLocks get {
            switch self {
            case .left: .leftShank
            case .right: .rightShank
            }
        }
    }

    /// The name used in files and on the command line.
    package var name: String {
        switch self {
        case .left: "left"
        case .right: "right"
        }
    }

    /// The side of that name, or nil.
    package init?(name: String) {
        switch name {
        case "left": self = .left
        case "right": self = .right
        default: return nil
        }
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension Side {
    @_noLocks package static func == (a: Side, b: Side) -> Bool { a.rawValue == b.rawValue }
    @_noLocks package static func != (a: Side, b: Side) -> Bool { a.rawValue != b.rawValue }
}

extension Segment {
    @_noLocks package static func == (a: Segment, b: Segment) -> Bool { a.rawValue == b.rawValue }
    @_noLocks package static func != (a: Segment, b: Segment) -> Bool { a.rawValue != b.rawValue }
}
