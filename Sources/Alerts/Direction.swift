// On which side a cue sounds: one convention for every rule, stated and decided here.

package import Kinematics
package import Movement

/// What the side of a cue means.
///
/// One convention a person, never mixed (compensations 5).
package enum DirectionConvention: UInt8, Sendable, BitwiseCopyable {
    /// Sound on the side to move away from (the default).
    case awayFrom
    /// Sound on the side to move to.
    case towards

    /// As settings name it.
    package var name: String {
        switch self {
        case .awayFrom: "away"
        case .towards: "towards"
        }
    }

    package init?(name: String) {
        switch name {
        case DirectionConvention.awayFrom.name: self = .awayFrom
        case DirectionConvention.towards.name: self = .towards
        default: return nil
        }
    }

    /// The side a cue sounds on; nil for both sides, where a rule or the stance has none.
    ///
    /// On two legs the pelvis' lower side is the one it has tipped to.
    package func side(of alert: Alert) -> Side? {
        side(ofExcess: alert.lowerSide ?? sideOfExcess(alert.rule, stance: alert.stanceSide))
    }

    /// The same of a rule, on one leg.
    package func side(of rule: RuleID, stance: Side?) -> Side? {
        side(ofExcess: sideOfExcess(rule, stance: stance))
    }

    private func side(ofExcess excess: Side?) -> Side? {
        guard let excess else { return nil }
        switch self {
        case .awayFrom: return excess
        case .towards: return excess.opposite
        }
    }
}

/// The side towards which the segment has tipped or been carried, seen from the person.
///
/// The pelvis tips towards its lower side: a drop (C01) on the right leg lowers the left, free side, so
/// the excess is left; a hike (C04) on the right leg leaves the right, stance side lower, so it is
/// right. A trunk that leans to the stance leg (C02), a pelvis carried over it (C05) or a hip pushed
/// out there (C06) has its excess on the stance side; a trunk leaning away (C03) or a knee turned
/// inwards (C10) on the free side. Everything else has none. The mirror of the stance mirrors the answer.
package func sideOfExcess(_ rule: RuleID, stance: Side?) -> Side? {
    guard let stance else { return nil }
    switch rule.number {
    case 1, 3, 10: return stance.opposite
    case 2, 4, 5, 6: return stance
    default: return nil
    }
}
