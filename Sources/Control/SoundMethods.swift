// The methods about sound, reminders, paced breathing and fading.

extension Rehab1 {
    package struct GetSound: ControlMethod, Equatable {
        package static let method = Method.getSound
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var sound: Sound

            package init(sound: Sound) { self.sound = sound }
        }
    }

    /// Changes what is given, keeps the rest, and remembers it.
    package struct SetSound: ControlMethod, Equatable {
        package static let method = Method.setSound

        package var volumePercent: Int64?
        package var speech: Bool?
        package var language: String?
        package var sonification: Bool?
        package var vibration: Bool?
        package var breaks: Bool?
        /// Puts reminders off for this long; 0: they come again at once.
        package var snoozeMinutes: Double?
        /// The person's own word that they sit down (true) or stand up.
        package var sitting: Bool?
        /// "away" or "towards".
        package var direction: String?
        /// Below 0: as the device tells.
        package var delayMilliseconds: Double?

        package init(
            volumePercent: Int64? = nil, speech: Bool? = nil, language: String? = nil,
            sonification: Bool? = nil, vibration: Bool? = nil, breaks: Bool? = nil,
            snoozeMinutes: Double? = nil, direction: String? = nil,
            delayMilliseconds: Double? = nil, sitting: Bool? = nil
        ) {
            self.volumePercent = volumePercent
            self.speech = speech
            self.language = language
            self.sonification = sonification
            self.vibration = vibration
            self.breaks = breaks
            self.snoozeMinutes = snoozeMinutes
            self.direction = direction
            self.delayMilliseconds = delayMilliseconds
            self.sitting = sitting
        }

        private enum CodingKeys: String, CodingKey {
            case speech, language, sonification, vibration, breaks, direction, sitting
            case snoozeMinutes = "snooze_min"
            case volumePercent = "volume_percent"
            case delayMilliseconds = "delay_ms"
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var sound: Sound

            package init(sound: Sound) { self.sound = sound }
        }
    }

    /// Plays the cue of a rule once, on a side ("left", "right") or on both (nil).
    package struct PlaySound: ControlMethod, Equatable {
        package static let method = Method.playSound

        package var rule: String
        package var side: String?

        package init(rule: String, side: String? = nil) {
            self.rule = rule
            self.side = side
        }

        package struct Reply: Codable, Sendable, Equatable {
            /// The device took the tone.
            package var played: Bool
            /// The voice spoke it as well.
            package var spoken: Bool
            /// What was spoken, or would be.
            package var words: String?
            /// Why it was not played, and the cure.
            package var reason: String?

            package init(
                played: Bool, spoken: Bool, words: String? = nil, reason: String? = nil
            ) {
                self.played = played
                self.spoken = spoken
                self.words = words
                self.reason = reason
            }
        }
    }

    /// With more: paces breathing by sound until the minutes are over or the client leaves, one reply
    /// a phase.
    ///
    /// It senses nothing.
    package struct Breathe: ControlMethod, Equatable {
        package static let method = Method.breathe

        package var inSeconds: Double?
        package var outSeconds: Double?
        package var minutes: Double?

        package init(
            inSeconds: Double? = nil, outSeconds: Double? = nil, minutes: Double? = nil
        ) {
            self.inSeconds = inSeconds
            self.outSeconds = outSeconds
            self.minutes = minutes
        }

        private enum CodingKeys: String, CodingKey {
            case minutes
            case inSeconds = "in_s"
            case outSeconds = "out_s"
        }

        package struct Reply: Codable, Sendable, Equatable {
            /// In, out, or done.
            package var phase: String
            package var seconds: Double
            /// Breaths begun.
            package var breath: Int64
            /// Why nothing sounds, and the cure; nil where it does.
            package var reason: String?

            package init(phase: String, seconds: Double, breath: Int64, reason: String? = nil) {
                self.phase = phase
                self.seconds = seconds
                self.breath = breath
                self.reason = reason
            }
        }
    }

    /// Where every exercise that was done stands.
    package struct ListFading: ControlMethod, Equatable {
        package static let method = Method.listFading
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var fading: [Fading]

            package init(fading: [Fading]) { self.fading = fading }
        }
    }

    /// Puts an exercise at a workout of the schedule; nil: at the beginning.
    package struct SetFading: ControlMethod, Equatable {
        package static let method = Method.setFading

        package var exercise: String
        package var workout: Int64?

        package init(exercise: String, workout: Int64? = nil) {
            self.exercise = exercise
            self.workout = workout
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var fading: Fading

            package init(fading: Fading) { self.fading = fading }
        }
    }
}
