// What the workout log holds: one entry a set, a morning, a stage, an answer, a threshold.

/// A set: what was asked and what was measured.
///
/// Nil is "not asked", "not answered" or "not measured",
/// never zero.
package struct SetEntry: Codable, Sendable, Equatable {
    /// UTC, ISO 8601, of its end.
    package var time: String
    /// The same for all sets of a workout.
    package var workout: String
    package var exercise: String
    /// Number in the clinical catalogue.
    package var number: Int
    package var side: String?
    package var stage: Int?
    /// True: a set without cues.
    package var probe = false
    /// Pain 0 to 10 before it, and the highest in it.
    package var before: Int?
    package var during: Int?
    /// 0 to 10.
    package var effort: Int?
    /// The most pain that was asked to be kept under.
    package var cap: Int?
    package var seconds = 0.0
    package var repetitions = 0
    /// Of them seen by a sensor; the others by the clock of the tempo.
    package var seen = 0
    package var cleanShare: Double?
    package var steps = 0
    package var landings = 0
    /// s of each hold.
    package var holds: [Double] = []
    package var shareInBand: Double?
    package var meanDropDegrees: Double?
    package var cues = 0
    package var notHeard = 0
    package var unknownShare = 0.0
    package var notMeasured: [String] = []
    /// By "C01 drop": what the signal usually was, degrees.
    package var typicalDegrees: [String: Double] = [:]
    /// Thresholds in force that are not the exercise's own, in words.
    package var thresholds: [String] = []
    package var endedBy = "asked"
    package var recording: String?
    /// What was held or worn as load, kg, or in words ("red band"); the height of the step, cm.
    package var loadKilograms: Double?
    package var load: String?
    package var stepCentimetres: Double?
    /// Of a set without cues: mean degrees above the thresholds with cues and without, and the
    /// dependence on them (compensations 5.1); nil where too little was measured.
    package var cuedErrorDegrees: Double?
    package var uncuedErrorDegrees: Double?
    package var dependence: Double?
    /// Steps and landings by the leg that stood; nil where the exercise has none.
    package var asymmetryPercent: Double?
    /// Lowering time of the last third over the first's.
    package var tempoKept: Double?
    // All that follow are absent in logs of before.
    /// Of each angle in it, degrees.
    package var uncertaintyDegrees: Double?
    /// Of each repetition that was seen in full: its way, in `rangeUnit` (degrees or cm), and the times of its phases.
    package var ranges: [Double]?
    package var rangeUnit: String?
    package var tempo: PhaseTimes?
    /// By "C01 drop": share of the judged time in which the rule was active, 0 to 1.
    package var activeShares: [String: Double]?
    /// s of each hold that no sensor saw: by the clock of the tempo, or by the person's word.
    package var unseenHolds: [Double]?

    package init(time: String, workout: String, exercise: String, number: Int) {
        self.time = time
        self.workout = workout
        self.exercise = exercise
        self.number = number
    }

    /// Holds or repetitions that a mean of the set rests on.
    package var count: Int { holds.isEmpty ? repetitions : holds.count }
}

/// The phases of a set's repetitions, s: one number a repetition in each.
package struct PhaseTimes: Codable, Sendable, Equatable {
    package var raise: [Double]
    package var hold: [Double]
    package var lower: [Double]
    /// Before each repetition but the set's first.
    package var rest: [Double]

    package init(raise: [Double], hold: [Double], lower: [Double], rest: [Double]) {
        self.raise = raise
        self.hold = hold
        self.lower = lower
        self.rest = rest
    }
}

/// A morning: pain now, where, the worst of the night.
package struct MorningEntry: Codable, Sendable, Equatable {
    package var pain: Int?
    package var place: String?
    package var night: Int?
    /// Woken by the hip.
    package var woken: Bool?

    package init(
        pain: Int? = nil, place: String? = nil, night: Int? = nil, woken: Bool? = nil
    ) {
        self.pain = pain
        self.place = place
        self.night = night
        self.woken = woken
    }
}

/// The stage from this day on.
package struct StageEntry: Codable, Sendable, Equatable {
    package var stage: Int
    package var why: String
    /// A clinician holds it: going up is not offered.
    package var locked: Bool
    /// UTC, ISO 8601; absent in logs of before.
    package var time: String?
    /// The stage before.
    package var from: Int?
    /// What of the gate was not met and was passed over.
    package var passedOver: [String]?

    package init(
        stage: Int, why: String, locked: Bool = false, time: String? = nil, from: Int? = nil,
        passedOver: [String]? = nil
    ) {
        self.stage = stage
        self.why = why
        self.locked = locked
        self.time = time
        self.from = from
        self.passedOver = passedOver
    }
}

/// An answer to the questions that come before any exercise (programme 3, red flags).
package struct HealthEntry: Codable, Sendable, Equatable {
    /// One of them applies.
    package var applies: Bool
    /// The person has been seen about it since.
    package var seen: Bool

    package init(applies: Bool, seen: Bool = false) {
        self.applies = applies
        self.seen = seen
    }
}

/// A threshold that somebody set, or took back.
package struct ThresholdEntry: Codable, Sendable, Equatable {
    package var exercise: String
    package var rule: String
    /// Nil: taken back.
    package var onDegrees: Double?
    package var by: String
    /// UTC, ISO 8601; absent in logs of before.
    package var time: String?
    /// What was in force before, and what is in force where it is taken back; absent where the rule's
    /// signals differ.
    package var fromDegrees: Double?
    package var backToDegrees: Double?

    package init(
        exercise: String, rule: String, onDegrees: Double?, by: String, time: String? = nil,
        fromDegrees: Double? = nil, backToDegrees: Double? = nil
    ) {
        self.exercise = exercise
        self.rule = rule
        self.onDegrees = onDegrees
        self.by = by
        self.time = time
        self.fromDegrees = fromDegrees
        self.backToDegrees = backToDegrees
    }

    /// The change in words.
    ///
    /// "from 4.0 to 6.5 by the physiotherapist", "taken back from 6.5 to 4.0 by the person".
    package var change: String {
        var words = onDegrees == nil ? ["taken back"] : []
        if let fromDegrees { words.append("from \(fixed(fromDegrees))") }
        if let now = onDegrees ?? backToDegrees { words.append("to \(fixed(now))") }
        return words.joined(separator: " ") + " by \(by)"
    }
}

/// What a person says of themselves that the programme needs.
package struct PersonEntry: Codable, Sendable, Equatable {
    /// Left, right or both.
    package var painfulSide: String

    package init(painfulSide: String) { self.painfulSide = painfulSide }
}

/// One line of the log.
package struct LogEntry: Codable, Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case set(SetEntry)
        case morning(MorningEntry)
        case stage(StageEntry)
        case health(HealthEntry)
        case threshold(ThresholdEntry)
        case person(PersonEntry)
    }

    package var day: Day
    package var content: Content

    package init(day: Day, _ content: Content) {
        self.day = day
        self.content = content
    }

    private enum CodingKeys: String, CodingKey {
        case day, set, morning, stage, health, threshold, person
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        day = try fields.decode(Day.self, forKey: .day)
        if let set = try fields.decodeIfPresent(SetEntry.self, forKey: .set) {
            content = .set(set)
        } else if let morning = try fields.decodeIfPresent(MorningEntry.self, forKey: .morning) {
            content = .morning(morning)
        } else if let stage = try fields.decodeIfPresent(StageEntry.self, forKey: .stage) {
            content = .stage(stage)
        } else if let health = try fields.decodeIfPresent(HealthEntry.self, forKey: .health) {
            content = .health(health)
        } else if let person = try fields.decodeIfPresent(PersonEntry.self, forKey: .person) {
            content = .person(person)
        } else {
            content = .threshold(try fields.decode(ThresholdEntry.self, forKey: .threshold))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(day, forKey: .day)
        switch content {
        case .set(let entry): try fields.encode(entry, forKey: .set)
        case .morning(let entry): try fields.encode(entry, forKey: .morning)
        case .stage(let entry): try fields.encode(entry, forKey: .stage)
        case .health(let entry): try fields.encode(entry, forKey: .health)
        case .threshold(let entry): try fields.encode(entry, forKey: .threshold)
        case .person(let entry): try fields.encode(entry, forKey: .person)
        }
    }
}
