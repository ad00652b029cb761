// The signals that rules and reports use, each with its sign and its unit.

/// A signal a rule can watch (compensations 1.3, 1.4 and 4).
///
/// Unit: rad, except where said. The raw value is the signal's place in every fixed table and never
/// changes.
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
    /// Size of the change of anterior tilt, either way; lying: of the pelvis' way against gravity.
    case tiltChange = 6
    /// Balance lost: how many times the calm jerk the present one is (a ratio).
    case jerkRatio = 7
    /// Size of the pelvic obliquity, whichever side is lower: for tasks on two legs.
    case obliquity = 8
    /// Side-lying: the upper side of the pelvis drawn towards the ribs, from the resting value.
    case hikeUpper = 9
    /// Side-lying: pelvis rolled back towards the ceiling, from the resting value.
    case roll = 10
    /// Upright: size of the turn of the pelvis about the vertical since the start of the repetition.
    case turn = 11
    /// Supine or prone: size of the side-to-side sag, from the resting value.
    case sag = 12
    /// Knee inside the line from hip to ankle.
    case kneeIn = 13
    /// How far the trunk's flexion and the pelvis' tilt have come apart.
    case spineDifference = 14
    /// RMS of the sideways acceleration over 2 s, as a multiple of the person's calm (a ratio).
    case swayRatio = 15
    /// 1 − lowering time ÷ its target, reached in two of the last three repetitions (a ratio).
    case loweringShortfall = 16
    /// 1 − range ÷ the person's own (a ratio).
    case rangeShortfall = 17
    /// The moving leg past the midline.
    case pastMidline = 18
    /// Share of the lifted position lost while it is to be held (a ratio).
    case holdLoss = 19
    /// Foot strike over the person's own 90th percentile, in three successive steps (a ratio).
    case strikeExcess = 20
    /// Longer over shorter side minus 1, of step time, over the last 20 steps (a ratio).
    case stepAsymmetry = 21
    /// Drop beyond the own side's mean in three successive steps of that side.
    case stepDropExcess = 22
    /// Lean to the stance side beyond the own side's mean in three successive steps of it.
    case stepLeanExcess = 23
    /// Lean away from the stance side, likewise.
    case stepLeanAwayExcess = 24
    /// Last third of a set against its first: 1 where drop, lowering time or sway reach their limit.
    case fatigue = 25
    /// Standing still on one hip: obliquity or sideways lean of the leg.
    case hang = 26
    /// s that the person has been sitting.
    case sittingTime = 27
    /// Difference of the sides' repetition times in three successive ones (a ratio).
    case tempoImbalance = 28
    /// Stance femur leaning: the hip outside the knee.
    case femurAdduction = 29
    /// Stance shank leaning: the knee outside the ankle.
    case shankAdduction = 30
    /// Supine: tip of the pelvis in a bridge, from the resting value.
    case bridgeHeight = 31

    package static var count: Int { @_noLocks get { 32 } }

    package var index: Int { @_noLocks get { Int(rawValue) } }

    /// The signal's bit in a set of signals.
    var bit: UInt32 { @_noLocks get { 1 << UInt32(rawValue) } }

    /// True for signals in radians; false for ratios and times.
    package var isAngle: Bool {
        @_noLocks get {
            switch self {
            case .jerkRatio, .swayRatio, .loweringShortfall, .rangeShortfall, .holdLoss,
                .strikeExcess, .stepAsymmetry, .fatigue, .sittingTime, .tempoImbalance:
                false
            default: true
            }
        }
    }

    /// True for angles from the person's neutral or resting pose, which no cue may follow below the 3°
    /// floor; the others are measured from the person's own mean of many steps.
    package var isBoundByFloor: Bool {
        switch self {
        case .stepDropExcess, .stepLeanExcess, .stepLeanAwayExcess: false
        default: isAngle
        }
    }

    /// True where the value exists at one moment only: the end of a repetition or a step.
    package var isEvent: Bool {
        @_noLocks get {
            switch self {
            case .loweringShortfall, .rangeShortfall, .strikeExcess, .stepAsymmetry,
                .stepDropExcess, .stepLeanExcess, .stepLeanAwayExcess, .fatigue, .tempoImbalance:
                true
            default: false
            }
        }
    }

    /// True where it is judged between movements too: at their end, or for as long as the person stands.
    var isJudgedAtRest: Bool { @_noLocks get { isEvent || self == .hang } }

    /// True where the sign or the leg depends on which leg stands.
    package var needsStance: Bool {
        @_noLocks get {
            switch self {
            case .drop, .hike, .leanIpsilateral, .leanAway, .legLean, .hipAdduction, .kneeIn,
                .pastMidline, .femurAdduction, .shankAdduction:
                true
            default: false
            }
        }
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
