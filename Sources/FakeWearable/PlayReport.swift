// What a fake wearable sent, and what was true meanwhile.

package import Synthetic

/// The counts of one channel.
package struct ChannelReport: Sendable, Equatable {
    /// Messages written to the descriptor.
    package var sent = 0
    /// Packets lost in the link model.
    package var lost = 0
    /// Packets dropped because the other end did not read (real time only, as a radio would).
    package var refused = 0
    /// The other end closed its descriptor.
    package var closed = false
    /// How late after its deadline the latest message was written, ns (real time only).
    package var latest: Int64 = 0
}

/// The outcome of a performance.
package struct PlayReport: Sendable {
    /// Host time (CLOCK_MONOTONIC ns) of the motion's start: add it to the times of truth and
    /// events.
    package var origin: Int64
    /// In the order of the wearable's channels.
    package var channels: [ChannelReport]
    /// One row a sample of each channel, as far as they were kept.
    package var truth: [[TruthRow]]
    /// Everything that was planned and begun, with times since the origin.
    package var events: [MotionEvent]
}

/// A task's place in host time.
package struct PerformedTask: Sendable, Equatable {
    package var name: String
    /// CLOCK_MONOTONIC ns.
    package var start: Int64
    package var end: Int64
}
