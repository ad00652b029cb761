// How cues sound, shake and remind, and how they fade, as told over the control socket.

extension Rehab1 {
    /// The settings of the outputs, kept by the daemon.
    package struct Sound: Codable, Sendable, Equatable {
        /// 0 (silent) to 100 (the cap of −12 dBFS).
        package var volumePercent: Int64
        package var volumeDecibels: Double
        package var speech: Bool
        /// "en", "de".
        package var language: String
        package var languages: [String]
        package var sonification: Bool
        package var vibration: Bool
        /// Reminders while no exercise runs.
        package var breaks: Bool
        /// s until reminders come again, where they were put off; null: they are not.
        package var breaksSnoozedSeconds: Int64?
        /// "away": a cue sounds on the side to move away from; "towards": on the side to move to.
        package var direction: String?
        /// What the person says the loudspeaker is behind; null: as the device tells.
        package var delayMilliseconds: Double?
        /// What the device told when it was last open; null: not yet.
        package var measuredDelayMilliseconds: Double?
        /// Why nothing is spoken, and the cure; null where it is.
        package var speechTrouble: String?
        /// Null: rehabd was started without sound.
        package var device: String?
        /// What was seen of today's sitting and standing; null: nothing yet.
        package var habits: Habits?
        /// s since the person marked that they sit; null: no mark.
        package var sittingMarkedSeconds: Int64?

        package init(
            volumePercent: Int64, volumeDecibels: Double, speech: Bool, language: String,
            languages: [String], sonification: Bool, vibration: Bool, breaks: Bool,
            breaksSnoozedSeconds: Int64? = nil, direction: String? = nil,
            delayMilliseconds: Double? = nil, measuredDelayMilliseconds: Double? = nil,
            speechTrouble: String? = nil, device: String? = nil, habits: Habits? = nil,
            sittingMarkedSeconds: Int64? = nil
        ) {
            self.volumePercent = volumePercent
            self.volumeDecibels = volumeDecibels
            self.speech = speech
            self.language = language
            self.languages = languages
            self.sonification = sonification
            self.vibration = vibration
            self.breaks = breaks
            self.breaksSnoozedSeconds = breaksSnoozedSeconds
            self.direction = direction
            self.delayMilliseconds = delayMilliseconds
            self.measuredDelayMilliseconds = measuredDelayMilliseconds
            self.speechTrouble = speechTrouble
            self.device = device
            self.habits = habits
            self.sittingMarkedSeconds = sittingMarkedSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case speech, language, languages, sonification, vibration, breaks, direction,
                device, habits
            case sittingMarkedSeconds = "sitting_marked_s"
            case breaksSnoozedSeconds = "breaks_snoozed_s"
            case volumePercent = "volume_percent"
            case volumeDecibels = "volume_db"
            case delayMilliseconds = "delay_ms"
            case measuredDelayMilliseconds = "measured_delay_ms"
            case speechTrouble = "speech_trouble"
        }
    }

    /// Sitting and standing as they were seen since the day or the daemon began.
    package struct Habits: Codable, Sendable, Equatable {
        /// s in which the thigh's sensor showed sitting or not; 0: sitting is not measured.
        package var watchedSittingSeconds: Double
        /// Null: not measured.
        package var longestSittingSeconds: Double?
        package var breaks: Int64?
        /// s of standing still, of those hung on one hip, and of those on the left and the right one.
        package var standingSeconds: Double
        package var hangingSeconds: Double
        package var hangingLeftSeconds: Double
        package var hangingRightSeconds: Double

        package init(
            watchedSittingSeconds: Double, longestSittingSeconds: Double? = nil,
            breaks: Int64? = nil, standingSeconds: Double, hangingSeconds: Double,
            hangingLeftSeconds: Double, hangingRightSeconds: Double
        ) {
            self.watchedSittingSeconds = watchedSittingSeconds
            self.longestSittingSeconds = longestSittingSeconds
            self.breaks = breaks
            self.standingSeconds = standingSeconds
            self.hangingSeconds = hangingSeconds
            self.hangingLeftSeconds = hangingLeftSeconds
            self.hangingRightSeconds = hangingRightSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case breaks
            case watchedSittingSeconds = "watched_sitting_s"
            case longestSittingSeconds = "longest_sitting_s"
            case standingSeconds = "standing_s"
            case hangingSeconds = "hanging_s"
            case hangingLeftSeconds = "hanging_left_s"
            case hangingRightSeconds = "hanging_right_s"
        }
    }

    /// Where an exercise stands in the schedule by which its cues step back.
    package struct Fading: Codable, Sendable, Equatable {
        package var exercise: String
        /// Number of the workout in the schedule, from 1.
        package var workout: Int64
        /// 1 to 4.
        package var block: Int64
        /// Share of the movements that may be cued, 0 to 1.
        package var cuedShare: Double
        /// Sets done in this workout.
        package var sets: Int64
        /// Mean degrees above the off-thresholds, in sets with cues and without; null where too little
        /// was measured.
        package var cuedErrorDegrees: Double?
        package var uncuedErrorDegrees: Double?
        /// How much the movement needs the cues: 0 not at all, 1 the error doubles without.
        package var dependence: Double?
        /// In plain words.
        package var text: String

        package init(
            exercise: String, workout: Int64, block: Int64, cuedShare: Double, sets: Int64,
            cuedErrorDegrees: Double? = nil, uncuedErrorDegrees: Double? = nil,
            dependence: Double? = nil, text: String
        ) {
            self.exercise = exercise
            self.workout = workout
            self.block = block
            self.cuedShare = cuedShare
            self.sets = sets
            self.cuedErrorDegrees = cuedErrorDegrees
            self.uncuedErrorDegrees = uncuedErrorDegrees
            self.dependence = dependence
            self.text = text
        }

        private enum CodingKeys: String, CodingKey {
            case exercise, workout, block, sets, dependence, text
            case cuedShare = "cued_share"
            case cuedErrorDegrees = "cued_error_degrees"
            case uncuedErrorDegrees = "uncued_error_degrees"
        }
    }
}
