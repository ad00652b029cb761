// Names of the patterns seen in a repetition or a hold: they describe, they do not diagnose.

/// A pattern (compensations 4.1).
package enum PatternLabel: String, Sendable, CaseIterable {
    case level, drop, lean
    case dropAndLean = "drop+lean"
    case shift
    case leanAway = "lean-away"
    case hike

    /// Shares of judged time in which the rules of a pattern were active, 0 to 1; nil: not measured.
    package struct Shares: Sendable, Equatable {
        package var drop: Double?
        package var lean: Double?
        package var leanAway: Double?
        package var shift: Double?
        package var hike: Double?
        /// Whether a lean, and a shift over the foot, would have been seen, though no rule may ask for them.
        package var seesTrunk = false
        package var seesLeg = false
        /// Share of judged time from which on a rule counts as present.
        package var least = PatternLabel.leastShare

        package init(
            drop: Double? = nil, lean: Double? = nil, leanAway: Double? = nil,
            shift: Double? = nil, hike: Double? = nil
        ) {
            self.drop = drop
            self.lean = lean
            self.leanAway = leanAway
            self.shift = shift
            self.hike = hike
        }
    }

    /// Share of judged time from which on a rule counts where nobody set another [engineering default].
    package static var leastShare: Double { @_noLocks get { 0.05 } }

    /// The label of a repetition or a hold.
    package init(_ shares: Shares) {
        func isOn(_ share: Double?) -> Bool { (share ?? 0) >= shares.least }
        let away = shares.leanAway ?? 0
        let others = max(shares.drop ?? 0, shares.lean ?? 0, shares.shift ?? 0)
        if isOn(shares.leanAway), away >= others {
            self = .leanAway
        } else if isOn(shares.drop), isOn(shares.lean) {
            self = .dropAndLean
        } else if isOn(shares.drop) {
            self = .drop
        } else if isOn(shares.lean) {
            self = .lean
        } else if isOn(shares.shift) {
            self = .shift
        } else if isOn(shares.hike) {
            self = .hike
        } else {
            self = .level
        }
    }

    /// The label with a question mark where what the sensors do not see could change it: with the pelvis
    /// alone a drop may be a drop with a lean, and a level pelvis a compensated one.
    ///
    /// The mark stands for the sensor that is missing, not for a rule that the exercise does not have.
    package func text(_ shares: Shares) -> String {
        let trunkUnseen = shares.lean == nil && !shares.seesTrunk
        let legUnseen = shares.shift == nil && !shares.seesLeg
        let isOpen =
            switch self {
            case .drop: trunkUnseen
            case .level: trunkUnseen || legUnseen
            case .lean, .dropAndLean, .shift, .leanAway, .hike: false
            }
        return rawValue + (isOpen ? "?" : "")
    }
}
