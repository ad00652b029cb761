// The stance-relative signals that rules and reports use, each with its sign.

package import Kinematics

/// A signal a rule can watch (compensations 1.3).
///
/// Unit: rad, except where said.
package enum Signal: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Pelvis lower on the non-stance side.
    case drop = 0
    /// Pelvis higher on the non-stance side.
    case hike = 1
    /// Trunk towards the stance leg.
    case leanIpsilateral = 2
    /// Trunk away from the stance leg.
    case leanAway = 3
    /// Pelvis carried sideways over or past the stance foot.
    case legLean = 4
    /// Stance hip adducted.
    case hipAdduction = 5
    /// Size of the change of anterior tilt, either way.
    case tiltChange = 6
    /// Balance lost: how many times the calm jerk the present one is (a ratio).
    case jerkRatio = 7

    package static var count: Int { @_noLocks get { 8 } }

    package var index: Int { @_noLocks get { Int(rawValue) } }

    /// True for signals in radians; false for ratios.
    package var isAngle: Bool {
        @_noLocks get {
            switch self {
            case .jerkRatio: false
            default: true
            }
        }
    }

    /// The name used in files and on the control socket.
    package var name: String {
        switch self {
        case .drop: "drop"
        case .hike: "hike"
        case .leanIpsilateral: "lean-ipsilateral"
        case .leanAway: "lean-away"
        case .legLean: "leg-lean"
        case .hipAdduction: "hip-adduction"
        case .tiltChange: "tilt-change"
        case .jerkRatio: "jerk-ratio"
        }
    }

    /// The signal of that name, or nil.
    package init?(name: String) {
        guard let match = Signal.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// The values of all signals at one moment; what the worn sensors cannot see is "not measured".
package struct SignalValues: BitwiseCopyable, Sendable {
    private var values: InlineArray<8, Double>
    private var measured: UInt32

    @_noLocks
    package init() {
        values = InlineArray(repeating: 0)
        measured = 0
    }

    @_noLocks
    package mutating func set(_ signal: Signal, _ value: Double) {
        values[signal.index] = value
        measured |= 1 << UInt32(signal.rawValue)
    }

    /// The value, or nil where it is not measured.
    @_noLocks
    package func value(_ signal: Signal) -> Double? {
        guard measured & (1 << UInt32(signal.rawValue)) != 0 else { return nil }
        return values[signal.index]
    }
}

/// The segments' frontal and sagittal angles at one moment, relative to neutral; nil where not measured.
package struct BodyAngles: BitwiseCopyable, Sendable {
    package var pelvis: SegmentAngles?
    package var trunk: SegmentAngles?
    package var leftThigh: SegmentAngles?
    package var rightThigh: SegmentAngles?
    package var leftShank: SegmentAngles?
    package var rightShank: SegmentAngles?

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func set(_ segment: Segment, _ angles: SegmentAngles?) {
        switch segment {
        case .pelvis: pelvis = angles
        case .trunk: trunk = angles
        case .leftThigh: leftThigh = angles
        case .rightThigh: rightThigh = angles
        case .leftShank: leftShank = angles
        case .rightShank: rightShank = angles
        }
    }

    /// All signals that these angles allow for a stance side (compensations 1.3); none of the
    /// stance-relative ones where the side is unknown.
    @_noLocks
    package func signals(stance: Side?) -> SignalValues {
        var signals = SignalValues()
        if let pelvis { signals.set(.tiltChange, abs(pelvis.anteriorTilt)) }
        guard let stance else { return signals }
        let s = stance.sign
        if let pelvis {
            let drop = -s * pelvis.obliquity
            signals.set(.drop, drop)
            signals.set(.hike, -drop)
        }
        if let trunk {
            signals.set(.leanIpsilateral, s * trunk.obliquity)
            signals.set(.leanAway, -s * trunk.obliquity)
        }
        let thigh = stance == .right ? rightThigh : leftThigh
        let shank = stance == .right ? rightShank : leftShank
        if let thigh {
            let femur = s * thigh.obliquity
            if let pelvis { signals.set(.hipAdduction, -s * pelvis.obliquity + femur) }
            if let shank {
                signals.set(.legLean, (femur + s * shank.obliquity) * 0.5)
            } else {
                signals.set(.legLean, femur)
            }
        }
        return signals
    }
}

// The standard library's `==` for enums with raw values is generic, which the real-time law refuses
// in debug builds; these compare the raw bytes.

extension Signal {
    @_noLocks
    package static func == (left: Signal, right: Signal) -> Bool { left.rawValue == right.rawValue }
    @_noLocks
    package static func != (left: Signal, right: Signal) -> Bool { left.rawValue != right.rawValue }
}
