// A silence of a sensor without a clock: was it the radio, which catches up, or are samples lost?

/// Watches how late packets come against their line.
///
/// After a stall of the link the packets that waited come in a burst and the lateness is gone;
/// after a loss all later packets stay late by what is missing. So samples are taken for lost when
/// none within half a second was less late than `least`.
package struct StallDetector: BitwiseCopyable, Sendable {
    /// Least lateness since the stall began, s.
    private var smallest = 0.0
    /// How long all were late, s.
    private var lateTime = 0.0

    /// Lateness that jitter and bursts do not have: twice the longest connection interval in use.
    private static var least: Double { 0.2 }
    private static var patience: Double { 0.5 }

    package init() {}

    /// Takes the lateness of one sample's packet; returns the time that is missing, once, else 0.
    package mutating func take(late: Double, elapsed: Double) -> Double {
        guard late > StallDetector.least else {
            lateTime = 0
            return 0
        }
        smallest = lateTime > 0 ? min(smallest, late) : late
        lateTime += elapsed
        guard lateTime >= StallDetector.patience else { return 0 }
        lateTime = 0
        return smallest
    }
}
