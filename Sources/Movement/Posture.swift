// Which way up the body is, from gravity alone; formulas are chosen by it.

package import Kinematics

/// How the pelvis lies in gravity (compensations 1.4).
package enum Posture: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case unknown, upright, supine, prone, leftSide, rightSide

    /// The posture of a segment whose "up" reads `up` in segment axes (X anterior, Y up, Z right).
    ///
    /// 0.8 (about 37 degrees from the axis) is the engineering default of compensations 1.4; between
    /// postures the answer is `unknown`, and nothing is cued.
    @_noLocks
    package init(upInSegment up: Vector3) {
        let limit = 0.8
        if up.y > limit {
            self = .upright
        } else if up.x > limit {
            self = .supine
        } else if up.x < -limit {
            self = .prone
        } else if up.z > limit {
            self = .leftSide
        } else if up.z < -limit {
            self = .rightSide
        } else {
            self = .unknown
        }
    }

    /// The posture's bit in a set of postures.
    package var bit: UInt8 { @_noLocks get { 1 << rawValue } }

    /// The name used in files and on the control socket.
    package var name: String {
        switch self {
        case .unknown: "unknown"
        case .upright: "upright"
        case .supine: "supine"
        case .prone: "prone"
        case .leftSide: "left-side"
        case .rightSide: "right-side"
        }
    }

    /// The posture of that name, or nil.
    package init?(name: String) {
        guard let match = Posture.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension Posture {
    @_noLocks
    package static func == (left: Posture, right: Posture) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: Posture, right: Posture) -> Bool {
        left.rawValue != right.rawValue
    }
}
