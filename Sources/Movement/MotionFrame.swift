// Everything the real-time thread found out from one sample, as a plain value.

package import Kinematics

/// The result of one estimator step.
package struct MotionFrame: BitwiseCopyable, Sendable {
    /// Place in the session: counts samples accepted by the estimator, all sensors together, from 1.
    package var sequence: UInt64 = 0
    /// The sensor's place in the session's table.
    package var channel: UInt8 = 0
    package var segment: Segment?
    /// When the sample was taken, host ns, and when its packet arrived.
    package var time: Int64 = 0
    package var arrival: Int64 = 0

    // The sensor.
    package var sample = ImuSample(angularRate: .zero, specificForce: .zero)
    package var worldFromSensor = Rotation.identity
    /// One standard deviation of inclination, rad.
    package var sigma = 0.0
    /// Raw value of the tilt filter's flags.
    package var tiltFlags: UInt16 = 0

    // The body, as of this sample.
    package var posture = Posture.unknown
    package var gates = Gates.none
    package var stanceSide: Side?
    package var stanceSource = StanceSource.unknown
    package var phase = HoldPhase.idle
    /// s of the present hold, 0 outside one.
    package var holdSeconds = 0.0
    /// Begin and end of the present or last hold, host ns; 0 where it has not come.
    package var holdStart: Int64 = 0
    package var holdEndTime: Int64 = 0
    package var holdEnd = HoldEnd.none
    /// No shift of weight was seen before this hold: that the foot is off the floor is the person's word.
    package var isHoldAssumed = false
    package var completedHolds: UInt16 = 0
    /// Pelvis angles relative to neutral, rad; NaN where not measured.
    package var obliquity = Double.nan
    package var anteriorTilt = Double.nan
    /// Trunk lean to the right relative to neutral, rad; NaN where not measured.
    package var trunkLean = Double.nan
    package var drop = Double.nan
    /// Bit n: the sensor of the segment with index n reads off its neutral in quiet stands (`SlipWatch`).
    package var slippedSegments: UInt8 = 0
    /// Bit i: rule i of the plan is active.
    package var activeRules: UInt32 = 0
    /// Bit i: rule i of the plan could be judged at this sample.
    package var judgedRules: UInt32 = 0
    /// Nothing may be cued now: a set or a part of one that is silent, so that it shows what stays.
    package var isSilentPart = false
    /// The cue decided at this sample, if any.
    package var alert: Alert?

    // What the exercise's own segmentation found.
    /// The kind of task that runs; nil outside a set.
    package var task: TaskKind?
    /// Every signal measured at this sample.
    package var signals = SignalValues()
    package var repetitionPhase = RepetitionPhase.none
    package var repetitions: UInt16 = 0
    /// Share of the person's own range that the movement has gone, about 0 to 1; NaN where not measured.
    package var wayShare = Double.nan
    /// The way itself, rad or m; 0 where not measured.
    package var way = 0.0
    /// False where the phase is the metronome's.
    package var isPhaseSeen = true
    /// The repetition, step or landing that ended at this sample, if any.
    package var repetition: Repetition?
    package var step: Step?
    package var landing: Landing?
    /// Movements of the set that were done on the other leg than was named.
    package var otherLegCount: UInt16 = 0
    package var steps: UInt32 = 0
    /// The leg that a step stands on, also outside a set; nil between steps.
    package var stepSide: Side?
    /// RMS of the sideways acceleration over 2 s, m/s².
    package var sway = 0.0
    /// How well each segment's angles from neutral are known.
    package var sigmas = SegmentSigmas()
    /// Number of the command applied just before this sample's step; only in command notices.
    package var command: UInt32 = 0

    @_noLocks
    package init() {}
}
