// The body, the cues and the calibration in progress, as told over the control socket.

extension Rehab1 {
    /// The body as the newest samples show it.
    package struct Frame: Codable, Sendable, Equatable {
        package enum Phase: String, Codable, Sendable, CaseIterable {
            case idle, waiting, holding, lost
        }

        /// Of the newest sample in it, CLOCK_MONOTONIC nanoseconds.
        package var time: Int64
        /// As in the exercise catalogue; unknown when it cannot be told.
        package var posture: String
        /// Relative to the person's own neutral, like every angle here; positive: right side lower.
        package var obliquityDegrees: Double?
        /// Positive: the front of the pelvis dips.
        package var anteriorTiltDegrees: Double?
        /// Positive: to the person's right.
        package var trunkLeanDegrees: Double?
        /// Positive: the side off the ground is lower.
        ///
        /// Null without a known stance side.
        package var dropDegrees: Double?
        /// One standard deviation of the pelvis' tilt estimate.
        package var sigmaDegrees: Double?
        package var stanceSide: String?
        /// Given, detected, unknown.
        package var stanceSource: String
        package var phase: Phase
        package var holdSeconds: Double
        package var shareInBand: Double?
        /// Band of the drop signal in degrees: cue above the first, hike cue above the second.
        package var dropOnDegrees: Double?
        package var hikeOnDegrees: Double?
        package var activeRules: [String]
        /// Why nothing would be cued now: uncalibrated, stale, saturated, uncertain, gap,
        /// stance-unknown and others.
        package var gates: [String]
        /// The newest orientation of the pelvis sensor, sensor to world, z up.
        package var quaternion: [Double]
        /// Of the running set: repetitions, steps or holds so far.
        package var count: Int64
        /// Raise, hold, lower, rest; null where no repetitions are followed.
        package var repetitionPhase: String?
        /// Share of the person's own range that the movement has gone, about 0 to 1.
        package var wayShare: Double?
        /// False: the phase is the clock's, no sensor shows this movement.
        package var phaseSeen: Bool
        /// Nil outside a set.
        package var view: FrameView?

        package init(
            time: Int64, posture: String, obliquityDegrees: Double? = nil,
            anteriorTiltDegrees: Double? = nil, trunkLeanDegrees: Double? = nil,
            dropDegrees: Double? = nil, sigmaDegrees: Double? = nil, stanceSide: String? = nil,
            stanceSource: String, phase: Phase, holdSeconds: Double, shareInBand: Double? = nil,
            dropOnDegrees: Double? = nil, hikeOnDegrees: Double? = nil, activeRules: [String],
            gates: [String], quaternion: [Double], count: Int64 = 0,
            repetitionPhase: String? = nil, wayShare: Double? = nil, phaseSeen: Bool = true,
            view: FrameView? = nil
        ) {
            self.time = time
            self.posture = posture
            self.obliquityDegrees = obliquityDegrees
            self.anteriorTiltDegrees = anteriorTiltDegrees
            self.trunkLeanDegrees = trunkLeanDegrees
            self.dropDegrees = dropDegrees
            self.sigmaDegrees = sigmaDegrees
            self.stanceSide = stanceSide
            self.stanceSource = stanceSource
            self.phase = phase
            self.holdSeconds = holdSeconds
            self.shareInBand = shareInBand
            self.dropOnDegrees = dropOnDegrees
            self.hikeOnDegrees = hikeOnDegrees
            self.activeRules = activeRules
            self.gates = gates
            self.quaternion = quaternion
            self.count = count
            self.repetitionPhase = repetitionPhase
            self.wayShare = wayShare
            self.phaseSeen = phaseSeen
            self.view = view
        }

        private enum CodingKeys: String, CodingKey {
            case time, posture, phase, gates, quaternion, count, view
            case repetitionPhase = "repetition_phase"
            case wayShare = "way_share"
            case phaseSeen = "phase_seen"
            case obliquityDegrees = "obliquity_degrees"
            case anteriorTiltDegrees = "anterior_tilt_degrees"
            case trunkLeanDegrees = "trunk_lean_degrees"
            case dropDegrees = "drop_degrees"
            case sigmaDegrees = "sigma_degrees"
            case stanceSide = "stance_side"
            case stanceSource = "stance_source"
            case holdSeconds = "hold_s"
            case shareInBand = "share_in_band"
            case dropOnDegrees = "drop_on_degrees"
            case hikeOnDegrees = "hike_on_degrees"
            case activeRules = "active_rules"
        }
    }

    /// One cue: what was seen, what was said, and whether it was heard.
    package struct Cue: Codable, Sendable, Equatable {
        /// Of the decision, CLOCK_MONOTONIC nanoseconds.
        package var time: Int64
        package var rule: String
        package var signal: String
        package var valueDegrees: Double
        package var side: String?
        package var text: String
        package var spoken: String
        /// First moment above the on-threshold of this episode.
        package var crossed: Int64
        /// When the outputs had taken it; null where none did.
        package var presented: Int64?
        /// From the deciding sample to the hand-over to the outputs.
        package var latencyMilliseconds: Double?
        package var heard: Bool

        package init(
            time: Int64, rule: String, signal: String, valueDegrees: Double, side: String? = nil,
            text: String, spoken: String, crossed: Int64, presented: Int64? = nil,
            latencyMilliseconds: Double? = nil, heard: Bool
        ) {
            self.time = time
            self.rule = rule
            self.signal = signal
            self.valueDegrees = valueDegrees
            self.side = side
            self.text = text
            self.spoken = spoken
            self.crossed = crossed
            self.presented = presented
            self.latencyMilliseconds = latencyMilliseconds
            self.heard = heard
        }

        private enum CodingKeys: String, CodingKey {
            case time, rule, signal, side, text, spoken, crossed, presented, heard
            case valueDegrees = "value_degrees"
            case latencyMilliseconds = "latency_ms"
        }
    }

    /// Where a calibration stands: what to do now, and in the end its result.
    package struct CalibrationStep: Codable, Sendable, Equatable {
        package enum Step: String, Codable, Sendable, CaseIterable {
            case stand, bow, lift, march, turn, done, refused
            case getReady = "get_ready"
            case repeatLift = "repeat_lift"
        }

        package var step: Step
        package var instruction: String
        package var elapsedSeconds: Double
        /// Length of the step where it is fixed.
        package var lengthSeconds: Double?
        /// 0 to 1.
        package var progress: Double
        package var bowsSeen: Int64
        /// Knee lifts seen by the leg sensor that has the fewest.
        package var liftsSeen: Int64
        package var reason: String?
        /// The pelvis sensor's.
        package var result: Calibration?
        /// At the end: every sensor that was measured.
        package var sensors: [CalibratedSensor]

        package init(
            step: Step, instruction: String, elapsedSeconds: Double, lengthSeconds: Double? = nil,
            progress: Double, bowsSeen: Int64, liftsSeen: Int64 = 0, reason: String? = nil,
            result: Calibration? = nil, sensors: [CalibratedSensor] = []
        ) {
            self.step = step
            self.instruction = instruction
            self.elapsedSeconds = elapsedSeconds
            self.lengthSeconds = lengthSeconds
            self.progress = progress
            self.bowsSeen = bowsSeen
            self.liftsSeen = liftsSeen
            self.reason = reason
            self.result = result
            self.sensors = sensors
        }

        private enum CodingKeys: String, CodingKey {
            case step, instruction, progress, reason, result, sensors
            case liftsSeen = "lifts_seen"
            case elapsedSeconds = "elapsed_s"
            case lengthSeconds = "length_s"
            case bowsSeen = "bows_seen"
        }
    }
}
