// The course of a set as told over the control socket: its dose, its pauses, its own thresholds.

extension Rehab1 {
    /// How much of an exercise is asked for, and at what tempo.
    package struct Dose: Codable, Sendable, Equatable {
        package var sets: Int64
        /// 0: not counted.
        package var repetitions: Int64
        /// Of the hold or the bout; 0: none.
        package var targetSeconds: Double
        /// Raise, hold, lower, rest; zeros: own pace.
        package var tempoSeconds: [Double]
        package var effort: String
        package var text: String
        /// Nobody can count before somebody says which leg.
        package var asksForSide: Bool

        package init(
            sets: Int64, repetitions: Int64, targetSeconds: Double, tempoSeconds: [Double],
            effort: String, text: String, asksForSide: Bool
        ) {
            self.sets = sets
            self.repetitions = repetitions
            self.targetSeconds = targetSeconds
            self.tempoSeconds = tempoSeconds
            self.effort = effort
            self.text = text
            self.asksForSide = asksForSide
        }

        private enum CodingKeys: String, CodingKey {
            case sets, repetitions, effort, text
            case targetSeconds = "target_s"
            case tempoSeconds = "tempo_s"
            case asksForSide = "asks_for_side"
        }
    }

    /// A rule's on-threshold that is not the exercise's own: asked for, or in force.
    package struct Threshold: Codable, Sendable, Equatable {
        package var rule: String
        /// Null: every signal of the rule.
        package var signal: String?
        package var onDegrees: Double
        /// Who says so, and why.
        package var by: String
        /// The exercise's own; null in a call.
        package var standardDegrees: Double?

        package init(
            rule: String, signal: String? = nil, onDegrees: Double, by: String,
            standardDegrees: Double? = nil
        ) {
            self.rule = rule
            self.signal = signal
            self.onDegrees = onDegrees
            self.by = by
            self.standardDegrees = standardDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case rule, signal, by
            case onDegrees = "on_degrees"
            case standardDegrees = "standard_degrees"
        }
    }

    /// The set that runs, beside its frames.
    package struct RunningSet: Codable, Sendable, Equatable {
        package var side: String?
        /// Why it is paused; null while it runs.
        package var paused: String?
        package var probe: Bool
        package var thresholds: [Threshold]

        package init(
            side: String? = nil, paused: String? = nil, probe: Bool, thresholds: [Threshold]
        ) {
            self.side = side
            self.paused = paused
            self.probe = probe
            self.thresholds = thresholds
        }
    }

    /// How a finished set went besides its movement.
    package struct Course: Codable, Sendable, Equatable {
        /// Asked, sensor-lost, or sensor-gone.
        package var endedBy: String
        package var pauses: Int64
        package var pausedSeconds: Double
        /// Changes of side on the way.
        package var sideChanges: Int64
        /// Thresholds in force that are not the exercise's own.
        package var thresholds: [Threshold]

        package init(
            endedBy: String, pauses: Int64, pausedSeconds: Double, sideChanges: Int64,
            thresholds: [Threshold]
        ) {
            self.endedBy = endedBy
            self.pauses = pauses
            self.pausedSeconds = pausedSeconds
            self.sideChanges = sideChanges
            self.thresholds = thresholds
        }

        private enum CodingKeys: String, CodingKey {
            case pauses, thresholds
            case endedBy = "ended_by"
            case pausedSeconds = "paused_s"
            case sideChanges = "side_changes"
        }
    }

    /// What a live picture shows besides the pelvis.
    package struct FrameView: Codable, Sendable, Equatable {
        /// Stance thigh: positive where the hip is outside the knee.
        package var stanceThighDegrees: Double?
        /// Pelvis on stance thigh.
        package var hipAdductionDegrees: Double?
        /// What C05 judges: the shift over the foot, in a set beyond the person's own lean on that leg.
        package var legLeanDegrees: Double?
        /// One letter a repetition, hold or landing so far: c in band and at tempo, o not, u by the clock
        /// only, n not judged since data were missing; the last 60.
        package var strip: String
        /// A part of the set in which nothing is cued, to see what stays without cues.
        package var silent: Bool?
        /// Repetitions so far on the other leg than was named: neither counted nor judged; nil: none.
        package var otherSide: Int64?
        /// What to think of in this minute, where the exercise changes that; nil: its cues all along.
        package var focus: String?

        package init(
            stanceThighDegrees: Double? = nil, hipAdductionDegrees: Double? = nil,
            legLeanDegrees: Double? = nil, strip: String, silent: Bool? = nil,
            otherSide: Int64? = nil, focus: String? = nil
        ) {
            self.stanceThighDegrees = stanceThighDegrees
            self.hipAdductionDegrees = hipAdductionDegrees
            self.legLeanDegrees = legLeanDegrees
            self.strip = strip
            self.silent = silent
            self.otherSide = otherSide
            self.focus = focus
        }

        private enum CodingKeys: String, CodingKey {
            case strip, silent, focus
            case stanceThighDegrees = "stance_thigh_degrees"
            case hipAdductionDegrees = "hip_adduction_degrees"
            case legLeanDegrees = "leg_lean_degrees"
            case otherSide = "other_side"
        }
    }
}
