// Exercises and rules as they are told over the control socket.

extension Rehab1 {
    /// One rule of an exercise: the signal it watches, and when it becomes active and inactive.
    package struct Rule: Codable, Sendable, Equatable {
        package var id: String
        package var signal: String
        package var onDegrees: Double
        package var offDegrees: Double
        package var minOnSeconds: Double
        /// False: the worn sensors cannot see this signal.
        package var measured: Bool

        package init(
            id: String, signal: String, onDegrees: Double, offDegrees: Double, minOnSeconds: Double,
            measured: Bool
        ) {
            self.id = id
            self.signal = signal
            self.onDegrees = onDegrees
            self.offDegrees = offDegrees
            self.minOnSeconds = minOnSeconds
            self.measured = measured
        }

        private enum CodingKeys: String, CodingKey {
            case id, signal, measured
            case onDegrees = "on_degrees"
            case offDegrees = "off_degrees"
            case minOnSeconds = "min_on_s"
        }
    }

    /// One exercise of the catalogue, as far as a person needs it to choose.
    package struct Exercise: Codable, Sendable, Equatable {
        package var id: String
        package var title: String
        package var version: Int64
        package var posture: String
        package var sensorsNeeded: [String]
        package var sensorsBetter: [String]
        /// The first of `cues`.
        package var cue: String
        package var rules: [Rule]
        /// Number in the clinical catalogue: 9 for EX09.
        package var number: Int64
        package var stages: [Int64]
        /// Single-leg-hold, repetitions, steps, landings, habits.
        package var task: String
        /// What a side names: stance, moving; null where the exercise has none.
        package var side: String?
        package var instruction: String
        package var caution: String
        /// Where it comes from: the catalogue's file, or one of the person's own.
        package var file: String
        /// Everything about it, for reading.
        package var text: String
        /// How cues are given in a started set: at-once; end-of-movement where the data come late;
        /// none in a probe, and where they come too late; null where nothing was started.
        package var cueing: String?
        package var dose: Dose?
        /// False: a side is named, and no sensor worn shows which leg stands; null: shown, or no matter.
        package var sideMeasured: Bool?
        /// What of a started set with cues is left without, to see what stays; null: nothing.
        package var silentPart: String?
        /// The exercise's own words, what to think of; nil from a daemon that tells the first alone.
        package var cues: [String]?

        package init(
            id: String, title: String, version: Int64, posture: String, sensorsNeeded: [String],
            sensorsBetter: [String], cue: String, rules: [Rule], number: Int64 = 0,
            stages: [Int64] = [], task: String = "", side: String? = nil,
            instruction: String = "", caution: String = "", file: String = "", text: String = "",
            cueing: String? = nil, dose: Dose? = nil, sideMeasured: Bool? = nil,
            silentPart: String? = nil, cues: [String]? = nil
        ) {
            self.id = id
            self.title = title
            self.version = version
            self.posture = posture
            self.sensorsNeeded = sensorsNeeded
            self.sensorsBetter = sensorsBetter
            self.cue = cue
            self.rules = rules
            self.number = number
            self.stages = stages
            self.task = task
            self.side = side
            self.instruction = instruction
            self.caution = caution
            self.file = file
            self.text = text
            self.cueing = cueing
            self.dose = dose
            self.sideMeasured = sideMeasured
            self.silentPart = silentPart
            self.cues = cues
        }

        private enum CodingKeys: String, CodingKey {
            case id, title, version, posture, cue, rules, number, stages, task, side
            case instruction, caution, file, text, cueing, dose, cues
            case sensorsNeeded = "sensors_needed"
            case sensorsBetter = "sensors_better"
            case sideMeasured = "side_measured"
            case silentPart = "silent_part"
        }
    }
}
