// What the Supervisor may ask of the estimator, as plain values.

package import Kinematics
package import Movement

/// A change of the estimator's settings.
package enum EstimatorAction: BitwiseCopyable, Sendable {
    /// A sensor begins on `channel`; `samplePeriod` in s.
    case attach(channel: UInt8, samplePeriod: Double, segment: Segment?)
    case detach(channel: UInt8)
    /// The sensor is worn on another segment now; its alignment is void.
    case assign(channel: UInt8, segment: Segment?)
    case align(channel: UInt8, alignment: SensorAlignment)
    /// What the channel's accelerometer reads too much, m/s², sensor frame; its tilt starts again.
    case correct(channel: UInt8, accelerometerBias: Vector3)
    case begin(plan: MovementPlan)
    /// The running set's cues come after the movement from now on.
    case cueAtEnd
    case end
}

/// An action and the place in the stream of samples at which it takes effect.
package struct EstimatorCommand: BitwiseCopyable, Sendable {
    /// Counts a session's commands from 1.
    package var number: UInt32
    /// Applied once this many samples of the session have been processed; nil: at once.
    ///
    /// A replay uses the recorded place, so that it decides as the recorded session did.
    package var after: UInt64?
    package var action: EstimatorAction

    @_noLocks
    package init(number: UInt32, after: UInt64?, action: EstimatorAction) {
        self.number = number
        self.after = after
        self.action = action
    }
}

/// A sample with its place in the session.
package struct TaggedSample: BitwiseCopyable, Sendable {
    /// Counts the session's accepted samples from 1, over all sensors, in intake's order.
    package var sequence: UInt64
    package var channel: UInt8
    /// When the sample's packet arrived, host ns.
    package var arrival: Int64
    package var sample: ImuSample

    @_noLocks
    package init(sequence: UInt64, channel: UInt8, arrival: Int64, sample: ImuSample) {
        self.sequence = sequence
        self.channel = channel
        self.arrival = arrival
        self.sample = sample
    }

    package static var none: TaggedSample {
        @_noLocks get {
            TaggedSample(
                sequence: 0, channel: 0, arrival: 0,
                sample: ImuSample(angularRate: .zero, specificForce: .zero))
        }
    }
}

/// The largest bias of an accelerometer that is taken off, m/s²: beyond half of gravity a sensor is
/// broken or its unit mistaken.
package let largestAccelerometerBias = 5.0

/// The most sensors of a session.
package let maximumChannels = 32
