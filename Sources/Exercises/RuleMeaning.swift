// Which signals each rule's words are about: a cue says what its rule says, whatever set it off.

import Movement

/// What the words of a rule suit.
///
/// The rows are those of the catalogue of compensations. "Long waist" on a leaning trunk would send the person
/// the wrong way, and a set's patterns would be named after the wrong fault.
enum RuleMeaning {
    /// The signals that a rule may watch; nil: any, as a hold's band may be of anything.
    static func signals(of rule: RuleID) -> [Signal]? {
        switch rule.number {
        case 1: [.drop, .obliquity, .sag, .stepDropExcess]
        case 2: [.leanIpsilateral, .spineDifference, .stepLeanExcess]
        case 3: [.leanAway, .stepLeanAwayExcess]
        case 4: [.hike, .hikeUpper]
        case 5: [.legLean]
        case 6: [.hipAdduction, .femurAdduction]
        case 7: [.roll, .turn]
        case 8: [.tiltChange]
        case 9: [.swayRatio]
        case 10: [.kneeIn, .shankAdduction]
        case 11: [.loweringShortfall]
        case 12: [.pastMidline, .rangeShortfall]
        case 14: [.strikeExcess]
        case 15: [.stepAsymmetry, .stepDropExcess]
        case 16: [.fatigue]
        case 17: [.hang, .obliquity, .legLean]
        case 18: [.sittingTime]
        case 19: [.jerkRatio]
        case 20: [.tempoImbalance]
        default: nil
        }
    }

    /// Why `rule` may not watch `signal`, with the rules that may; nil where it may.
    static func fault(_ rule: RuleID, on signal: Signal) -> String? {
        guard let own = signals(of: rule), !own.contains(signal) else { return nil }
        let others = (1...20).map { RuleID(number: $0) }
            .filter { signals(of: $0)?.contains(signal) ?? true }.map(\.name)
        let words = CueText(rule: rule, signal: own.first).map {
            ", whose cue says \"\($0.spoken)\""
        }
        return "is not what \(rule.name) is about\(words ?? ""): that goes with "
            + "\(own.map(\.name).joined(separator: ", ")); \(signal.name) goes with "
            + others.joined(separator: ", ")
    }
}
