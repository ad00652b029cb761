// What gravity shows of a pelvis that lies, and the resting pose it is measured from.

package import Kinematics

/// Angles of a lying pelvis (compensations 1.4), rad, not relative to anything.
package struct LyingAngles: BitwiseCopyable, Sendable, Equatable {
    /// asin(z·up): positive where the right side is higher; supine and prone.
    package var sag: Double
    /// asin(y·up): the pelvis' upper end raised; supine.
    package var height: Double
    /// asin(x·up): rolled back towards the ceiling; side-lying.
    package var roll: Double

    /// `up` in pelvis axes, length one.
    @_noLocks
    package init(upInPelvis up: Vector3) {
        sag = arcsine(up.z)
        height = arcsine(up.y)
        roll = arcsine(up.x)
    }

    /// −asin(y·up): the upper side of the pelvis drawn towards the ribs; side-lying, either side.
    package var hikeUpper: Double { @_noLocks get { -height } }
}

/// The pose in which the person came to rest, from which lying angles are taken: the trunk is rarely
/// horizontal.
///
/// Captured anew whenever the posture changes; until then lying angles are not measured.
package struct RestingPose: BitwiseCopyable, Sendable {
    /// Up in pelvis axes at rest; valid once `isKnown`.
    private var up = Vector3.zero
    private var sum = Vector3.zero
    private var seconds = 0.0
    private var posture = Posture.unknown
    package private(set) var isKnown = false
    /// s of standing still that are believed.
    private var standing: Double
    /// Which way the pelvis tips in a bridge: +1 or −1, 0 before the first.
    private var bridgeSign = 0.0

    /// s of lying still that give the pose, and rad within which it is still [engineering defaults].
    private static var length: Double { @_noLocks get { 1.0 } }
    private static var stillness: Double { @_noLocks get { 1.5 * radiansPerDegree } }
    /// s for which whoever may lie as well stands still before that is taken for the posture of the exercise
    /// [engineering default].
    private static var longStand: Double { @_noLocks get { 5.0 } }
    /// rad that a standing pelvis tips at most in its place: a posterior tilt with all one's strength is some 10°, going
    /// down on the knees 20° and more [engineering default].
    private static var inPlace: Double { @_noLocks get { 12 * radiansPerDegree } }
    /// rad from where on a bridge shows its way [engineering default].
    private static var clear: Double { @_noLocks get { 5 * radiansPerDegree } }

    /// `mayLie`: the person who stands may be about to lie down.
    @_noLocks
    package init(mayLie: Bool = false) {
        standing = mayLie ? RestingPose.longStand : RestingPose.length
    }

    @_noLocks
    package mutating func step(up now: Vector3, posture newPosture: Posture, interval: Double) {
        if newPosture != posture {
            let mayLie = standing > RestingPose.length
            self = RestingPose(mayLie: mayLie)
            posture = newPosture
        }
        // Whoever stood, may lie as well and bends that far is on the way down: the stand was not the place.
        if isKnown, posture == .upright, standing > RestingPose.length,
            arctangent(y: up.cross(now).norm, x: up.dot(now)) > RestingPose.inPlace
        {
            isKnown = false
            sum = .zero
            seconds = 0
        }
        // Between postures nothing rests.
        guard !isKnown, posture != .unknown, interval > 0 else { return }
        if seconds > 0, let mean = sum.normalized(), mean.cross(now).norm > RestingPose.stillness {
            sum = .zero
            seconds = 0
        }
        sum = sum + now * interval
        seconds += interval
        let wanted = posture == .upright ? standing : RestingPose.length
        guard seconds >= wanted, let mean = sum.normalized() else { return }
        up = mean
        isKnown = true
    }

    /// Adds the lying signals of `up` to `signals`, where the resting pose is known.
    @_noLocks
    package mutating func addSignals(up now: Vector3, to signals: inout SignalValues) {
        guard isKnown else { return }
        let rest = LyingAngles(upInPelvis: up)
        let angles = LyingAngles(upInPelvis: now)
        let change = arctangent(y: up.cross(now).norm, x: up.dot(now))
        switch posture {
        case .supine, .prone:
            signals.set(.sag, abs(angles.sag - rest.sag))
            if posture == .supine {
                // Signed once a bridge has shown the way: sway about the rest has no foot folded over.
                let rise = angles.height - rest.height
                if bridgeSign == 0, abs(rise) > RestingPose.clear { bridgeSign = rise > 0 ? 1 : -1 }
                signals.set(.bridgeHeight, bridgeSign == 0 ? abs(rise) : rise * bridgeSign)
            }
            signals.set(.tiltChange, change)
        case .leftSide, .rightSide:
            signals.set(.roll, angles.roll - rest.roll)
            signals.set(.hikeUpper, angles.hikeUpper - rest.hikeUpper)
            signals.set(.tiltChange, change)
        case .unknown, .upright: break
        }
    }
}
