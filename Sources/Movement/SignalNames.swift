// What signals are called: in files and on the control socket, and in plain words.

package import Kinematics

extension Signal {
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
        case .obliquity: "obliquity"
        case .hikeUpper: "hike-upper"
        case .roll: "roll"
        case .turn: "turn"
        case .sag: "sag"
        case .kneeIn: "knee-in"
        case .spineDifference: "spine-difference"
        case .swayRatio: "sway-ratio"
        case .loweringShortfall: "lowering-shortfall"
        case .rangeShortfall: "range-shortfall"
        case .pastMidline: "past-midline"
        case .holdLoss: "hold-loss"
        case .strikeExcess: "strike-excess"
        case .stepAsymmetry: "step-asymmetry"
        case .stepDropExcess: "step-drop-excess"
        case .stepLeanExcess: "step-lean-excess"
        case .stepLeanAwayExcess: "step-lean-away-excess"
        case .fatigue: "fatigue"
        case .hang: "hang"
        case .sittingTime: "sitting-seconds"
        case .tempoImbalance: "tempo-imbalance"
        case .femurAdduction: "femur-adduction"
        case .shankAdduction: "shank-adduction"
        case .bridgeHeight: "bridge-height"
        }
    }

    /// The signal of that name, or nil.
    package init?(name: String) {
        guard let match = Signal.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// The signal in words, for lists of what was and was not measured.
    package var plainWords: String {
        switch self {
        case .drop: "drop of the pelvis"
        case .hike, .hikeUpper: "hike of the pelvis"
        case .leanIpsilateral, .stepLeanExcess: "trunk lean to the stance side"
        case .leanAway, .stepLeanAwayExcess: "trunk lean away from the stance side"
        case .legLean: "sideways shift over the foot"
        case .hipAdduction: "adduction of the stance hip"
        case .tiltChange: "change of pelvic tilt"
        case .jerkRatio: "loss of balance"
        case .obliquity: "level of the pelvis"
        case .roll: "roll of the pelvis"
        case .turn: "turn of the pelvis"
        case .sag: "sag of the pelvis to one side"
        case .kneeIn: "knee inside the hip-ankle line"
        case .spineDifference: "trunk against pelvis"
        case .swayRatio: "sideways sway"
        case .loweringShortfall: "lowering time"
        case .rangeShortfall: "range of the movement"
        case .pastMidline: "moving leg past the midline"
        case .holdLoss: "steadiness of the hold"
        case .strikeExcess: "foot strike"
        case .stepAsymmetry: "step times left and right"
        case .stepDropExcess: "drop of the pelvis per step"
        case .fatigue: "drift within the set"
        case .hang: "standing on one hip"
        case .sittingTime: "time sitting"
        case .tempoImbalance: "tempo left and right"
        case .femurAdduction: "lean of the thigh"
        case .shankAdduction: "lean of the shank"
        case .bridgeHeight: "height of the bridge"
        }
    }

    /// Whether calibrated sensors on these segments can show the signal (compensations 4).
    ///
    /// Which leg is meant depends on the side that stands; while that is not known, either is enough.
    package func isMeasurable(with segments: Set<Segment>, stance: Side? = nil) -> Bool {
        func either(_ left: Segment, _ right: Segment, of side: Side?) -> Bool {
            guard let side else { return segments.contains(left) || segments.contains(right) }
            return segments.contains(side == .left ? left : right)
        }
        let thigh = either(.leftThigh, .rightThigh, of: stance)
        let shank = either(.leftShank, .rightShank, of: stance)
        let pelvis = segments.contains(.pelvis)
        return switch self {
        case .drop, .hike, .tiltChange, .jerkRatio, .obliquity, .hikeUpper, .roll, .turn, .sag,
            .swayRatio, .loweringShortfall, .rangeShortfall, .holdLoss, .strikeExcess,
            .stepAsymmetry, .stepDropExcess, .fatigue, .hang, .tempoImbalance, .bridgeHeight:
            pelvis
        case .leanIpsilateral, .leanAway, .spineDifference, .stepLeanExcess, .stepLeanAwayExcess:
            pelvis && segments.contains(.trunk)
        case .legLean, .femurAdduction, .hipAdduction: pelvis && thigh
        case .pastMidline: pelvis && either(.leftThigh, .rightThigh, of: stance?.opposite)
        case .sittingTime: pelvis && either(.leftThigh, .rightThigh, of: nil)
        case .kneeIn:
            // Thigh and shank of one leg.
            pelvis
                && Side.allCases.contains {
                    $0 == stance ?? $0 && segments.isSuperset(of: [$0.thigh, $0.shank])
                }
        case .shankAdduction: pelvis && shank
        }
    }
}
