// How much the body sways sideways, against the person's own calm.

package import Kinematics

/// RMS of the sideways acceleration over 2 s (C09), gravity and slow offsets taken off.
package struct SwayMeter: BitwiseCopyable, Sendable {
    /// m/s².
    package private(set) var rms = 0.0
    /// The person's calm, m/s²: the least RMS seen over some seconds of a hold or a stand; 0 unknown.
    package private(set) var calm = 0.0
    private var mean = 0.0
    private var smooth = 0.0
    private var power = 0.0
    private var seconds = 0.0
    private var calmCandidate = 0.0
    private var calmFor = 0.0

    /// s over which the power is averaged (compensations 4, C09), and over which the offset is.
    private static var window: Double { @_noLocks get { 2.0 } }
    private static var offsetTime: Double { @_noLocks get { 4.0 } }
    /// s of the low-pass: sway is slow; 3.5 Hz is the customary limit.
    private static var smoothing: Double { @_noLocks get { 0.045 } }
    /// m/s²: below it a sensor's noise, not the person, sets the sway.
    private static var least: Double { @_noLocks get { 0.03 } }

    @_noLocks
    package init() {}

    /// Takes a pelvis sample: `up` and `specificForce` in pelvis axes.
    @_noLocks
    package mutating func step(up: Vector3, specificForce: Vector3, interval: Double) {
        guard interval > 0, interval < 0.5, specificForce.squaredNorm < 9.7e7,
            let right = (Vector3(0, 0, 1) - up * up.z).normalized()
        else { return }
        let sideways = specificForce.dot(right)
        if seconds == 0 {
            mean = sideways
            smooth = sideways
        }
        seconds += interval
        mean += (sideways - mean) * min(1, interval / SwayMeter.offsetTime)
        smooth += (sideways - smooth) * min(1, interval / (interval + SwayMeter.smoothing))
        let departure = smooth - mean
        // The plain mean at first, so that what was before a restart says nothing.
        let span = min(seconds, SwayMeter.window)
        power += (departure * departure - power) * min(1, interval / span)
        rms = squareRoot(power)
    }

    /// Learns the calm during the quiet part of the task: the mean RMS of its first seconds.
    @_noLocks
    package mutating func learnCalm(interval: Double, wanted: Double = 3) {
        guard calm == 0, seconds > SwayMeter.window, interval > 0, interval < 0.5 else { return }
        calmCandidate += rms * interval
        calmFor += interval
        if calmFor >= wanted { calm = max(calmCandidate / calmFor, SwayMeter.least) }
    }

    /// Forgets the sway so far, not the calm: what comes is not to be judged by the way into it.
    @_noLocks
    package mutating func restart() {
        seconds = 0
        power = 0
        rms = 0
    }

    /// A new task has a new calm.
    @_noLocks
    package mutating func forgetCalm() {
        calm = 0
        calmCandidate = 0
        calmFor = 0
    }

    /// Sway as a multiple of the calm; nil until that is known and 2 s were seen.
    package var ratio: Double? {
        @_noLocks get { calm > 0 && seconds > SwayMeter.window ? rms / calm : nil }
    }
}
