// The one convention of sides, and its mirror.

import Alerts
import Kinematics
import Movement
import Testing

@Suite("Direction")
struct DirectionTests {
    /// From the definitions of the signals: drop, lean-away and knee-in go to the free side; hike leaves
    /// the stance side lower; lean, shift and adduction go to the stance side.
    static let onTheRightLeg: [(UInt8, Side?)] = [
        (1, .left), (2, .right), (3, .left), (4, .right), (5, .right), (6, .right), (7, nil),
        (8, nil),
        (9, nil), (10, .left), (11, nil), (19, nil),
    ]

    @Test("the excess lies where the signal's definition puts it", arguments: onTheRightLeg)
    func excess(rule: UInt8, side: Side?) {
        #expect(sideOfExcess(RuleID(number: rule), stance: .right) == side)
        #expect(DirectionConvention.awayFrom.side(of: RuleID(number: rule), stance: .right) == side)
    }

    @Test("standing on the other leg is the mirror image", arguments: UInt8(0)...25)
    func mirror(rule: UInt8) {
        for convention in [DirectionConvention.awayFrom, .towards] {
            let right = convention.side(of: RuleID(number: rule), stance: .right)
            let left = convention.side(of: RuleID(number: rule), stance: .left)
            #expect(left == right?.opposite)
        }
    }

    @Test("the opposite convention is the opposite side", arguments: UInt8(0)...25)
    func opposite(rule: UInt8) {
        let id = RuleID(number: rule)
        for stance in Side.allCases {
            #expect(
                DirectionConvention.towards.side(of: id, stance: stance)
                    == DirectionConvention.awayFrom.side(of: id, stance: stance)?.opposite)
        }
    }

    /// The same convention as on one leg: the sound is where the pelvis has sunk to, unless turned round.
    @Test("on two legs the lower side is the excess", arguments: Side.allCases)
    func lowerSide(side: Side) {
        var alert = Alert(rule: .pelvicDrop, signal: .obliquity)
        #expect(DirectionConvention.awayFrom.side(of: alert) == nil)
        alert.lowerSide = side
        #expect(DirectionConvention.awayFrom.side(of: alert) == side)
        #expect(DirectionConvention.towards.side(of: alert) == side.opposite)
    }

    @Test("no side is guessed while the stance is unknown", arguments: UInt8(0)...25)
    func unknownStance(rule: UInt8) {
        #expect(DirectionConvention.awayFrom.side(of: RuleID(number: rule), stance: nil) == nil)
    }
}
