// Tests and what came of them, as told over the control socket.

extension Rehab1 {
    package struct TestQuestion: Codable, Sendable, Equatable {
        /// The answer's name in `TestAnswers`.
        package var id: String
        package var text: String

        package init(id: String, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// A test of the battery, or one part of it.
    package struct Test: Codable, Sendable, Equatable {
        package var id: String
        package var title: String
        /// One-leg, one-or-both, or both in turn.
        package var legs: String
        package var exercise: String?
        /// What ends a run: hold, holds, time or count.
        package var goal: String
        package var goalSeconds: Double?
        package var goalCount: Int64?
        package var instructions: [String]
        package var questions: [TestQuestion]
        /// The size of change that counts, in words.
        package var counts: String

        package init(
            id: String, title: String, legs: String, exercise: String? = nil, goal: String,
            goalSeconds: Double? = nil, goalCount: Int64? = nil, instructions: [String],
            questions: [TestQuestion], counts: String
        ) {
            self.id = id
            self.title = title
            self.legs = legs
            self.exercise = exercise
            self.goal = goal
            self.goalSeconds = goalSeconds
            self.goalCount = goalCount
            self.instructions = instructions
            self.questions = questions
            self.counts = counts
        }

        private enum CodingKeys: String, CodingKey {
            case id, title, legs, exercise, goal, instructions, questions, counts
            case goalSeconds = "goal_s"
            case goalCount = "goal_count"
        }
    }

    /// What only the person or a helper can tell; nil: not asked, or no answer.
    package struct TestAnswers: Codable, Sendable, Equatable {
        package var pain: Double?
        package var fingertip: Bool?
        package var stepHeightCentimetres: Double?
        package var handsLeftWaist: Bool?
        package var steppedDown: Bool?
        package var knee: Int64?
        /// Walk or jog.
        package var pace: String?

        package init(
            pain: Double? = nil, fingertip: Bool? = nil, stepHeightCentimetres: Double? = nil,
            handsLeftWaist: Bool? = nil, steppedDown: Bool? = nil, knee: Int64? = nil,
            pace: String? = nil
        ) {
            self.pain = pain
            self.fingertip = fingertip
            self.stepHeightCentimetres = stepHeightCentimetres
            self.handsLeftWaist = handsLeftWaist
            self.steppedDown = steppedDown
            self.knee = knee
            self.pace = pace
        }

        private enum CodingKeys: String, CodingKey {
            case pain, fingertip, knee, pace
            case stepHeightCentimetres = "step_height_cm"
            case handsLeftWaist = "hands_left_waist"
            case steppedDown = "stepped_down"
        }
    }

    /// One number of a test, in its unit.
    package struct TestMeasure: Codable, Sendable, Equatable {
        package var id: String
        package var title: String
        package var unit: String
        package var value: Double?
        /// Measured, asked, or not-measured.
        package var source: String
        /// Repetitions, steps or tries behind it.
        package var count: Int64
        /// One standard deviation, or the stated default.
        package var uncertainty: Double?
        /// Standard deviation over the repetitions.
        package var spread: Double?
        /// The size of change that counts.
        package var counts: Double?
        /// The same number of the run before.
        package var earlier: Double?
        /// More, less, or none: no measurable change.
        package var change: String?

        package init(
            id: String, title: String, unit: String, value: Double? = nil, source: String,
            count: Int64, uncertainty: Double? = nil, spread: Double? = nil, counts: Double? = nil,
            earlier: Double? = nil, change: String? = nil
        ) {
            self.id = id
            self.title = title
            self.unit = unit
            self.value = value
            self.source = source
            self.count = count
            self.uncertainty = uncertainty
            self.spread = spread
            self.counts = counts
            self.earlier = earlier
            self.change = change
        }
    }

    /// This side against the newest run of the other.
    package struct TestSymmetry: Codable, Sendable, Equatable {
        package var id: String
        package var title: String
        /// 100: even; more: this side better.
        package var percent: Double
        package var otherDate: String

        package init(id: String, title: String, percent: Double, otherDate: String) {
            self.id = id
            self.title = title
            self.percent = percent
            self.otherDate = otherDate
        }

        private enum CodingKeys: String, CodingKey {
            case id, title, percent
            case otherDate = "other_date"
        }
    }

    /// Median lift of the free side in one second of a hold.
    package struct TestCurvePoint: Codable, Sendable, Equatable {
        package var second: Int64
        package var liftDegrees: Double

        package init(second: Int64, liftDegrees: Double) {
            self.second = second
            self.liftDegrees = liftDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case second
            case liftDegrees = "lift_degrees"
        }
    }

    /// A kept run.
    package struct TestResult: Codable, Sendable, Equatable {
        /// Breaking changes only.
        package var version: Int64
        package var name: String
        package var test: String
        package var title: String
        /// UTC, ISO 8601.
        package var date: String
        package var side: String?
        package var sensors: [String]
        package var measures: [TestMeasure]
        /// Median lift of each second, where the test has a curve.
        package var curve: [TestCurvePoint]
        package var notes: [String]
        package var answers: TestAnswers
        package var earlierDate: String?
        package var symmetry: [TestSymmetry]
        package var unknownShare: Double
        package var recording: String?

        package init(
            version: Int64, name: String, test: String, title: String, date: String,
            side: String? = nil, sensors: [String], measures: [TestMeasure],
            curve: [TestCurvePoint], notes: [String], answers: TestAnswers,
            earlierDate: String? = nil, symmetry: [TestSymmetry], unknownShare: Double,
            recording: String? = nil
        ) {
            self.version = version
            self.name = name
            self.test = test
            self.title = title
            self.date = date
            self.side = side
            self.sensors = sensors
            self.measures = measures
            self.curve = curve
            self.notes = notes
            self.answers = answers
            self.earlierDate = earlierDate
            self.symmetry = symmetry
            self.unknownShare = unknownShare
            self.recording = recording
        }

        private enum CodingKeys: String, CodingKey {
            case version, name, test, title, date, side, sensors, measures, curve, notes, answers,
                symmetry, recording
            case earlierDate = "earlier_date"
            case unknownShare = "unknown_share"
        }
    }
}
