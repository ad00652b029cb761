// How much the body sways sideways, against the person's own calm.

package import Kinematics

/// RMS of the sideways acceleration over 2 s (C09), about its own mean.
///
/// Nothing older than the window counts: the offset that a shift of weight leaves, a hundred times the
/// sway, is forgotten with it. A leaking mean kept it for many seconds and took it for the person's calm.
package struct SwayMeter: BitwiseCopyable, Sendable {
    /// m/s².
    package private(set) var rms = 0.0
    /// The person's calm, m/s²; 0 unknown.
    package private(set) var calm = 0.0
    private var smooth = 0.0
    private var primed = false
    /// Quarter seconds of the window, the one at `place` under way: s, and the integrals of the sideways
    /// acceleration and of its square.
    private var times: InlineArray<8, Double>
    private var sums: InlineArray<8, Double>
    private var squares: InlineArray<8, Double>
    private var place = 0
    private var seconds = 0.0
    private var calmCandidate = 0.0
    private var calmFor = 0.0
    /// RMS of the newest quiet span of a hold, m/s², 0 before the first, and s at which the next ends.
    private var span = 0.0
    private var spanEnd = 0.0

    /// s over which the power is averaged (compensations 4, C09), and of one of its eight parts.
    private static var window: Double { @_noLocks get { 2.0 } }
    private static var part: Double { @_noLocks get { 0.25 } }
    /// s after a hold's start that say nothing of its calm: the shift of weight dies out
    /// [engineering default].
    private static var settling: Double { @_noLocks get { 1.0 } }
    /// The calm's two spans differ by less than what the rule calls excess sway (C09: twice).
    private static var alike: Double { @_noLocks get { 2.0 } }
    /// s of the low-pass: sway is slow; 3.5 Hz is the customary limit.
    private static var smoothing: Double { @_noLocks get { 0.045 } }
    /// m/s²: below it a sensor's noise, not the person, sets the sway.
    private static var least: Double { @_noLocks get { 0.03 } }

    @_noLocks
    package init() {
        times = InlineArray(repeating: 0)
        sums = InlineArray(repeating: 0)
        squares = InlineArray(repeating: 0)
        restart()
    }

    /// Takes a pelvis sample: `up` and `specificForce` in pelvis axes.
    @_noLocks
    package mutating func step(up: Vector3, specificForce: Vector3, interval: Double) {
        guard interval > 0, interval < 0.5, specificForce.squaredNorm < 9.7e7,
            let right = (Vector3(0, 0, 1) - up * up.z).normalized()
        else { return }
        let sideways = specificForce.dot(right)
        if !primed { smooth = sideways }
        primed = true
        seconds += interval
        smooth += (sideways - smooth) * min(1, interval / (interval + SwayMeter.smoothing))
        if times[place] >= SwayMeter.part {
            place = (place + 1) & 7
            empty(place)
        }
        times[place] += interval
        sums[place] += smooth * interval
        squares[place] += smooth * smooth * interval
        var (time, sum, square) = (0.0, 0.0, 0.0)
        var index = 0
        while index < 8 {
            time += times[index]
            sum += sums[index]
            square += squares[index]
            index += 1
        }
        let mean = sum / time
        rms = squareRoot(max(0, square / time - mean * mean))
    }

    @_noLocks
    private mutating func empty(_ place: Int) {
        times[place] = 0
        sums[place] = 0
        squares[place] = 0
    }

    /// Learns the calm during the quiet part of the task: the mean RMS of its first seconds.
    @_noLocks
    package mutating func learnCalm(interval: Double, wanted: Double = 3) {
        guard calm == 0, seconds > SwayMeter.window, interval > 0, interval < 0.5 else { return }
        calmCandidate += rms * interval
        calmFor += interval
        if calmFor >= wanted { calm = max(calmCandidate / calmFor, SwayMeter.least) }
    }

    /// Learns the calm of a hold since `restart`: two windows in succession that are alike.
    ///
    /// Where the first sways much more than the second, the person was still coming to rest, and the second
    /// is compared with the one after it. Where it sways much less, it was the calm.
    @_noLocks
    package mutating func learnCalmOfHold() {
        guard calm == 0, seconds >= spanEnd else { return }
        spanEnd += SwayMeter.window
        let newest = max(rms, SwayMeter.least)
        if span == 0 || span > SwayMeter.alike * newest {
            span = newest
        } else if newest > SwayMeter.alike * span {
            calm = span
        } else {
            calm = squareRoot((span * span + newest * newest) / 2)
        }
    }

    /// Forgets the sway so far, not the calm: what comes is not to be judged by the way into it.
    @_noLocks
    package mutating func restart() {
        var index = 0
        while index < 8 {
            empty(index)
            index += 1
        }
        seconds = 0
        rms = 0
        spanEnd = SwayMeter.settling + SwayMeter.window
    }

    /// A new task has a new calm.
    @_noLocks
    package mutating func forgetCalm() {
        calm = 0
        calmCandidate = 0
        calmFor = 0
        span = 0
    }

    /// Sway as a multiple of the calm; nil until that is known and 2 s were seen.
    package var ratio: Double? {
        @_noLocks get { calm > 0 && seconds > SwayMeter.window ? rms / calm : nil }
    }
}
