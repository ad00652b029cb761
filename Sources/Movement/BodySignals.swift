// From the segments' angles at one moment to the signals of rules, with their uncertainty.

package import Kinematics

/// The values of all signals at one moment; what the worn sensors cannot see is "not measured".
package struct SignalValues: BitwiseCopyable, Sendable {
    private var values: InlineArray<32, Double>
    private var measured: UInt32

    @_noLocks
    package init() {
        values = InlineArray(repeating: 0)
        measured = 0
    }

    /// A value that is no number is not measured.
    @_noLocks
    package mutating func set(_ signal: Signal, _ value: Double) {
        guard value.isFinite else { return }
        values[signal.index] = value
        measured |= signal.bit
    }

    /// The value, or nil where it is not measured.
    @_noLocks
    package func value(_ signal: Signal) -> Double? {
        guard measured & signal.bit != 0 else { return nil }
        return values[signal.index]
    }

    /// Not measured from now on.
    @_noLocks
    package mutating func remove(_ signal: Signal) {
        measured &= ~signal.bit
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
    /// How well each segment's angles are known.
    package private(set) var sigmas = SegmentSigmas()

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func set(_ segment: Segment, _ angles: SegmentAngles?, sigma: Double = 0) {
        var known = Double.nan
        if let _ = angles { known = sigma }
        sigmas.set(segment, known)
        switch segment {
        case .pelvis: pelvis = angles
        case .trunk: trunk = angles
        case .leftThigh: leftThigh = angles
        case .rightThigh: rightThigh = angles
        case .leftShank: leftShank = angles
        case .rightShank: rightShank = angles
        }
    }

    @_noLocks
    package func angles(_ segment: Segment) -> SegmentAngles? {
        switch segment {
        case .pelvis: pelvis
        case .trunk: trunk
        case .leftThigh: leftThigh
        case .rightThigh: rightThigh
        case .leftShank: leftShank
        case .rightShank: rightShank
        }
    }

    @_noLocks
    package func thigh(_ side: Side) -> SegmentAngles? { side == .right ? rightThigh : leftThigh }

    @_noLocks
    package func shank(_ side: Side) -> SegmentAngles? { side == .right ? rightShank : leftShank }

    /// All upright signals that these angles allow for a stance side (compensations 1.3).
    ///
    /// On two legs, or where the side is unknown, there are none of the stance-relative ones but the worse
    /// knee's.
    @_noLocks
    package func signals(stance: Side?) -> SignalValues {
        var signals = SignalValues()
        if let pelvis {
            signals.set(.tiltChange, abs(pelvis.anteriorTilt))
            signals.set(.obliquity, abs(pelvis.obliquity))
            if let trunk {
                signals.set(.spineDifference, abs(trunk.anteriorTilt - pelvis.anteriorTilt))
            }
        }
        guard let stance else {
            if let knee = worseKneeIn() { signals.set(.kneeIn, knee) }
            return signals
        }
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
        if let shank = shank(stance) { signals.set(.shankAdduction, s * shank.obliquity) }
        guard let thigh = thigh(stance) else { return signals }
        let femur = s * thigh.obliquity
        signals.set(.femurAdduction, femur)
        if let pelvis { signals.set(.hipAdduction, -s * pelvis.obliquity + femur) }
        if let shank = shank(stance) {
            signals.set(.legLean, (femur + s * shank.obliquity) * 0.5)
            if let knee = kneeIn(stance) { signals.set(.kneeIn, knee) }
        } else {
            signals.set(.legLean, femur)
        }
        return signals
    }

    /// How far a leg's knee is inside its hip-ankle line; nil where its thigh or shank is not measured.
    @_noLocks
    private func kneeIn(_ side: Side) -> Double? {
        guard let thigh = thigh(side), let shank = shank(side) else { return nil }
        return side.sign * (thigh.obliquity - shank.obliquity)
    }

    /// That of the leg whose knee is farther in, of the legs that show it.
    @_noLocks
    private func worseKneeIn() -> Double? {
        guard let left = kneeIn(.left) else { return kneeIn(.right) }
        guard let right = kneeIn(.right) else { return left }
        return max(left, right)
    }
}
