// Notices a sensor that has moved on the body since its calibration, and sides that were swapped.

package import Kinematics

/// Compares quiet stands with the neutral of the calibration.
///
/// A stand that reads more than 5° off (12° forward or back above and below the pelvis) for three seconds
/// tells that the sensor has slipped; standing quietly for five seconds near the neutral takes it back
/// (compensations 7). On the pelvis it closes the gate "slipped"; another segment counts as not measured
/// until then. A person who leans on something looks the same, which is why it asks to stand again and
/// does not say what happened.
package struct SlipWatch: BitwiseCopyable, Sendable {
    package private(set) var hasSlipped = false
    /// The segment has been still for a while.
    var isQuiet: Bool { @_noLocks get { quietFor > 0.5 } }
    private var quietFor = 0.0
    private var quietRate = 0.0
    private var offFor = 0.0
    private var backFor = 0.0

    /// Sagittal limit of trunk, thighs and shanks, rad: nobody stands with the same bend of hips and knees
    /// each time [engineering default].
    package static var sagittalLimit: Double { @_noLocks get { 12 * radiansPerDegree } }
    /// s off the neutral, and near it again (compensations 7; the 3 s chosen).
    private static var closesAfter: Double { @_noLocks get { 3.0 } }
    private static var opensAfter: Double { @_noLocks get { 5.0 } }
    /// rad/s: the quiet of a stand (`QuietStand`), averaged over half a second.
    private static var quiet: Double { @_noLocks get { 3 * radiansPerDegree } }

    @_noLocks
    package init() {}

    /// Takes a sample of a segment.
    ///
    /// `angles` are from the neutral; `mayStand` says that both feet may be down; `isPelvis` holds the
    /// sagittal angle to the frontal one's limit, `limit` rad.
    @_noLocks
    package mutating func step(
        angles: SegmentAngles, rate: Double, mayStand: Bool, isPelvis: Bool, interval: Double,
        limit: Double = GateLimits().slipped
    ) {
        guard interval > 0, interval < 0.5 else {
            self.offFor = 0
            self.backFor = 0
            return
        }
        quietRate += (rate - quietRate) * min(1, interval / 0.5)
        quietFor = quietRate < SlipWatch.quiet ? quietFor + interval : 0
        guard mayStand, quietFor > 0.5 else {
            offFor = 0
            backFor = 0
            return
        }
        let sagittal = isPelvis ? limit : max(limit, SlipWatch.sagittalLimit)
        if abs(angles.obliquity) > limit || abs(angles.anteriorTilt) > sagittal {
            offFor += interval
            backFor = 0
            if offFor >= SlipWatch.closesAfter { hasSlipped = true }
        } else {
            backFor += interval
            offFor = 0
            if backFor >= SlipWatch.opensAfter { hasSlipped = false }
        }
    }
}

/// Compares which thigh is lifted with which way the pelvis went.
///
/// Lifting the left foot takes the pelvis to the right. Where the left thigh's sensor rises while the
/// pelvis went left, and that three times running, the two thigh sensors are likely swapped.
package struct SwapWatch: BitwiseCopyable, Sendable {
    package private(set) var isSwapped = false
    private var contradictions = 0
    private var agreements = 0
    private var lifted = false

    private static var limit: Double { @_noLocks get { 15 * radiansPerDegree } }
    private static var running: Int { @_noLocks get { 3 } }

    @_noLocks
    package init() {}

    /// `shifted`: the side the pelvis went to last, nil where it did not.
    @_noLocks
    package mutating func step(angles: BodyAngles, shifted: Side?) {
        guard let left = angles.leftThigh, let right = angles.rightThigh else { return }
        let ahead = right.anteriorTilt - left.anteriorTilt
        guard abs(ahead) > SwapWatch.limit else {
            if abs(ahead) < SwapWatch.limit * 0.5 { lifted = false }
            return
        }
        guard !lifted, let shifted else { return }
        lifted = true
        let stance: Side = ahead > 0 ? .right : .left
        if stance == shifted {
            agreements += 1
            contradictions = 0
            if agreements >= SwapWatch.running { isSwapped = false }
        } else {
            contradictions += 1
            agreements = 0
            if contradictions >= SwapWatch.running { isSwapped = true }
        }
    }
}
