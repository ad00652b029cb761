// What came of an exercise, and the recordings of it, as told over the control socket.

extension Rehab1 {
    /// What one rule saw during a set.
    package struct RuleResult: Codable, Sendable, Equatable {
        package var id: String
        package var signal: String
        package var measured: Bool
        package var cues: Int64
        package var episodes: Int64
        /// Share of hold time during which the rule was active, 0 to 1; null when not measured.
        package var activeShare: Double?
        /// Median over holds of the mean, or over repetitions of the peak; null for ratios.
        package var typicalDegrees: Double?

        package init(
            id: String, signal: String, measured: Bool, cues: Int64, episodes: Int64,
            activeShare: Double? = nil, typicalDegrees: Double? = nil
        ) {
            self.id = id
            self.signal = signal
            self.measured = measured
            self.cues = cues
            self.episodes = episodes
            self.activeShare = activeShare
            self.typicalDegrees = typicalDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case id, signal, measured, cues, episodes
            case activeShare = "active_share"
            case typicalDegrees = "typical_degrees"
        }
    }

    /// One period on one leg.
    package struct Hold: Codable, Sendable, Equatable {
        package var side: String
        package var startSeconds: Double
        package var durationSeconds: Double
        /// Share of time with the pelvis inside its band; nil where nothing could be judged.
        package var shareInBand: Double?
        package var meanDropDegrees: Double?
        package var maxDropDegrees: Double?
        package var maxHikeDegrees: Double?
        /// Lowered, balance-lost, stopped, lost-data.
        package var endedBy: String
        /// False: no shift of weight was seen before it, so that the foot was lifted is the person's word.
        package var seen: Bool?
        /// Of each angle in it; nil from a daemon that does not tell it.
        package var uncertaintyDegrees: Double?
        /// Pattern; a question mark where what is not measured could change it.
        package var label: String

        package init(
            side: String, startSeconds: Double, durationSeconds: Double, shareInBand: Double? = nil,
            meanDropDegrees: Double? = nil, maxDropDegrees: Double? = nil,
            maxHikeDegrees: Double? = nil, endedBy: String, seen: Bool? = nil,
            label: String = "level?", uncertaintyDegrees: Double? = nil
        ) {
            self.side = side
            self.startSeconds = startSeconds
            self.durationSeconds = durationSeconds
            self.shareInBand = shareInBand
            self.meanDropDegrees = meanDropDegrees
            self.maxDropDegrees = maxDropDegrees
            self.maxHikeDegrees = maxHikeDegrees
            self.endedBy = endedBy
            self.seen = seen
            self.label = label
            self.uncertaintyDegrees = uncertaintyDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case side, label, seen
            case startSeconds = "start_s"
            case durationSeconds = "duration_s"
            case shareInBand = "share_in_band"
            case meanDropDegrees = "mean_drop_degrees"
            case maxDropDegrees = "max_drop_degrees"
            case maxHikeDegrees = "max_hike_degrees"
            case endedBy = "ended_by"
            case uncertaintyDegrees = "uncertainty_degrees"
        }
    }

    /// What came of one set of an exercise.
    package struct Summary: Codable, Sendable, Equatable {
        package var exercise: String
        package var title: String
        package var side: String?
        package var durationSeconds: Double
        /// True: a set without cues, to see what stays without them.
        package var probe: Bool
        /// How cues were given: see `Exercise.cueing`.
        package var cueing: String
        package var holds: [Hold]
        package var repetitions: [Repetition]
        /// Null where the exercise has no steps.
        package var steps: Steps?
        package var landings: [Landing]
        /// Share of repetitions without an active rule, at the person's range and tempo.
        package var cleanShare: Double?
        /// Lowering time of the last third over the first's; null below five seen repetitions.
        package var tempoKept: Double?
        /// Share of hold time in band over the set; null without a hold.
        package var shareInBand: Double?
        package var rules: [RuleResult]
        package var cues: Int64
        package var notHeard: Int64
        package var packets: Int64
        package var gaps: Int64
        package var lostSamples: Int64
        /// Share of the set in which the estimate could not be trusted.
        package var unknownShare: Double
        package var notMeasured: [String]
        package var recording: String?
        package var course: Course?
        /// Repetitions seen to be done on the other leg than was named, which are neither counted nor judged; null:
        /// none was.
        package var otherSide: Int64?
        /// How the exercise's cues step back; null where nothing is kept of it.
        package var fading: Fading?
        /// What of the set was left without cues: see `Exercise.silentPart`.
        package var silentPart: String?

        package init(
            exercise: String, title: String, side: String? = nil, durationSeconds: Double,
            holds: [Hold], shareInBand: Double? = nil, rules: [RuleResult], cues: Int64,
            notHeard: Int64, packets: Int64, gaps: Int64, lostSamples: Int64, unknownShare: Double,
            notMeasured: [String], recording: String? = nil, probe: Bool = false,
            cueing: String = "at-once", repetitions: [Repetition] = [], steps: Steps? = nil,
            landings: [Landing] = [], cleanShare: Double? = nil, tempoKept: Double? = nil,
            course: Course? = nil, otherSide: Int64? = nil, fading: Fading? = nil,
            silentPart: String? = nil
        ) {
            self.exercise = exercise
            self.title = title
            self.side = side
            self.durationSeconds = durationSeconds
            self.holds = holds
            self.shareInBand = shareInBand
            self.rules = rules
            self.cues = cues
            self.notHeard = notHeard
            self.packets = packets
            self.gaps = gaps
            self.lostSamples = lostSamples
            self.unknownShare = unknownShare
            self.notMeasured = notMeasured
            self.recording = recording
            self.probe = probe
            self.cueing = cueing
            self.repetitions = repetitions
            self.steps = steps
            self.landings = landings
            self.cleanShare = cleanShare
            self.tempoKept = tempoKept
            self.course = course
            self.otherSide = otherSide
            self.fading = fading
            self.silentPart = silentPart
        }

        private enum CodingKeys: String, CodingKey {
            case exercise, title, side, holds, rules, cues, packets, gaps, recording
            case probe, cueing, repetitions, steps, landings, course, fading
            case silentPart = "silent_part"
            case cleanShare = "clean_share"
            case tempoKept = "tempo_kept"
            case otherSide = "other_side"
            case durationSeconds = "duration_s"
            case shareInBand = "share_in_band"
            case notHeard = "not_heard"
            case lostSamples = "lost_samples"
            case unknownShare = "unknown_share"
            case notMeasured = "not_measured"
        }
    }

    /// One recording on disk.
    package struct Recording: Codable, Sendable, Equatable {
        package var name: String
        package var path: String
        /// UTC, ISO 8601.
        package var date: String
        package var bytes: Int64
        package var sensors: [String]
        package var exercise: String?
        package var durationSeconds: Double?
        package var complete: Bool

        package init(
            name: String, path: String, date: String, bytes: Int64, sensors: [String],
            exercise: String? = nil, durationSeconds: Double? = nil, complete: Bool
        ) {
            self.name = name
            self.path = path
            self.date = date
            self.bytes = bytes
            self.sensors = sensors
            self.exercise = exercise
            self.durationSeconds = durationSeconds
            self.complete = complete
        }

        private enum CodingKeys: String, CodingKey {
            case name, path, date, bytes, sensors, exercise, complete
            case durationSeconds = "duration_s"
        }
    }
}
