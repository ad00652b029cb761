// A person's own thresholds: where they begin, how they shrink with success and widen without.

/// One rule's personal threshold, degrees or ratio (compensations 4.2).
///
/// Pure bookkeeping between workouts; every change comes back as a line for the log.
package struct PersonalThreshold: Sendable, Equatable {
    /// The task's default, and what the clinician set, if anything.
    package var standard: Double
    package var clinician: Double?
    /// Smallest threshold: 3° for angles from neutral, 0 for others.
    package var floor: Double
    /// The threshold in force.
    package private(set) var on: Double
    package private(set) var startOn: Double
    /// `startOn` by the person's own sets alone.
    private let ownStart: Double
    /// Successive workouts with at least 80 % and with under 50 % clean repetitions.
    package private(set) var good = 0
    package private(set) var poor = 0

    /// Clean shares and the step of a change, degrees (compensations 4.2).
    package static let goodShare = 0.80
    package static let poorShare = 0.50
    package static let step = 1.0
    /// Successive workouts that make a change.
    package static let workouts = 2

    /// `baseline`: the signal's typical value in each of the first three sets.
    package init(standard: Double, clinician: Double? = nil, floor: Double, baseline: [Double]) {
        self.standard = standard
        self.clinician = clinician
        self.floor = floor
        let base = median(baseline)
        // 1.4826 makes the median absolute deviation of normal numbers their standard deviation.
        let spread = 1.4826 * median(baseline.map { abs($0 - base) })
        let start = baseline.isEmpty ? standard : max(standard, base + spread)
        startOn = max(start, floor)
        ownStart = startOn
        on = startOn
    }

    /// Where the threshold shrinks to.
    package var target: Double { max(clinician ?? standard, floor) }

    /// What somebody with a name for it set: in force at once, and the end of all shrinking; nil: as if
    /// nobody ever had.
    package mutating func prescribe(_ value: Double?) {
        clinician = value
        good = 0
        poor = 0
        startOn = ownStart
        guard let value else {
            on = startOn
            return
        }
        on = max(value, floor)
        startOn = max(startOn, on)
    }

    /// Takes a workout's share of clean repetitions, 0 to 1; a line for the log where something changed.
    package mutating func take(cleanShare: Double, rule: String, date: String) -> String? {
        guard cleanShare.isFinite else { return nil }
        good = cleanShare >= PersonalThreshold.goodShare ? good + 1 : 0
        poor = cleanShare < PersonalThreshold.poorShare ? poor + 1 : 0
        let before = on
        if good >= PersonalThreshold.workouts {
            on = max(target, on - PersonalThreshold.step)
            good = 0
        } else if poor >= PersonalThreshold.workouts {
            on = min(startOn, on + PersonalThreshold.step)
            poor = 0
        }
        guard on != before else { return nil }
        let why = on < before ? "80 % clean or more" : "under 50 % clean"
        return "\(date) \(rule): on \(before) is \(on): \(why) in two workouts"
    }

    /// The rule with this threshold; `unit` is what one degree (or ratio) is in the rule's own unit.
    ///
    /// The off-threshold keeps its distance, so that the cue does not flicker.
    package func applied(to rule: Rule, unit: Double) -> Rule {
        var own = rule
        let distance = rule.on - rule.off
        own.on = max(on, floor) * unit
        own.off = max(0, own.on - distance)
        return own
    }
}
