// Which of the patterns beside those of the pelvis the worn sensors could have shown.

import Kinematics

/// Collects for how much of a repetition or hold the trunk and the legs were measured.
struct PatternSight: Sendable {
    private var watched = 0.0
    private var trunkSeen = 0.0
    private var legSeen = 0.0

    /// Share of the time in which a segment is measured for what it did to be known [engineering default].
    private static let least = 0.5

    /// A lean of the trunk would have been seen.
    var trunk: Bool { watched > 0 && trunkSeen >= PatternSight.least * watched }
    /// A shift over the foot would have been seen.
    var leg: Bool { watched > 0 && legSeen >= PatternSight.least * watched }

    mutating func add(_ frame: MotionFrame, interval: Double) {
        guard frame.gates.isOpen, frame.phase == .holding else { return }
        watched += interval
        func isSeen(_ segment: Segment) -> Bool { frame.sigmas.sigma(segment).isFinite }
        let left = isSeen(.leftThigh)
        let right = isSeen(.rightThigh)
        switch frame.posture {
        case .upright, .unknown:
            if isSeen(.trunk) { trunkSeen += interval }
            // On two legs either may be stood over.
            let isLegSeen =
                switch frame.stanceSide {
                case .left: left
                case .right: right
                case nil: left && right
                }
            if isLegSeen { legSeen += interval }
        case .supine, .prone, .leftSide, .rightSide:
            // Nobody who lies leans with the trunk or shifts over a foot: more than the pelvis is all there is.
            if left || right || isSeen(.trunk) {
                trunkSeen += interval
                legSeen += interval
            }
        }
    }
}
