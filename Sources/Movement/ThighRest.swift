// The thighs' way from their resting pose, for movements that they show without an alignment.

import Kinematics

/// Which way up the thighs are, in their sensors' axes; no alignment is needed for it.
struct ThighDirections: BitwiseCopyable {
    var left: Vector3?
    var right: Vector3?
    /// The thighs' forward axes; nil where a sensor is not aligned.
    var leftForward: Vector3?
    var rightForward: Vector3?

    @_noLocks
    init() {}

    @_noLocks
    func direction(_ side: Side) -> Vector3? { side == .right ? right : left }

    /// Whether the source can be seen with these sensors.
    @_noLocks
    func has(_ source: RepetitionSource, stance: Side?) -> Bool {
        switch source {
        // The rising of thighs is an angle of theirs, which wants their alignment.
        case .none, .sideways, .walking, .risingThighs: return false
        case .metronome, .hike, .bridgeHeight, .tilt, .height: return true
        case .eitherThigh:
            if case .some = left { return true }
            if case .some = right { return true }
            return false
        case .stanceThigh, .movingThigh:
            guard let stance else { return false }
            let side = source == .stanceThigh ? stance : stance.opposite
            if case .some = direction(side) { return true }
            return false
        }
    }
}

/// The thighs at rest, and how far they have gone from there, whatever the way.
struct ThighRest: BitwiseCopyable {
    private var left: Vector3?
    private var right: Vector3?
    /// rad from the quiet stand to the rest; not known where nothing says what a stand is.
    private var leftOff: Double?
    private var rightOff: Double?
    /// What the newest sample was found to be: a stand, after a rest that was none.
    private var leftStoodUp = false
    private var rightStoodUp = false
    private var quietFor = 0.0
    private var leftPose = StillPose()
    private var rightPose = StillPose()
    private var leftSway = PoseSpeed()
    private var rightSway = PoseSpeed()
    /// Which way the thighs went from rest, length one and across it; once a movement has shown it.
    private var leftWay: Vector3?
    private var rightWay: Vector3?
    private var leftIsAhead = false
    private var rightIsAhead = false
    /// rad by which the standing thigh leans over its foot.
    private var lean = 0.0

    /// rad from where on a movement shows its way.
    private static var clear: Double { @_noLocks get { 10 * radiansPerDegree } }
    /// rad from upright at which a pelvis lies.
    private static var upright: Double { @_noLocks get { 45 * radiansPerDegree } }
    /// rad by which a stand is nearer to the quiet one than a rest that was none [engineering default].
    private static var nearer: Double { @_noLocks get { 10 * radiansPerDegree } }
    /// Cosine of 30° [engineering default].
    private static var mostlyAhead: Double { @_noLocks get { 0.866 } }

    @_noLocks
    init() {}

    /// Takes the pose of a quiet half second as the rest; before the first movement (`mayFollow`) that of a
    /// later one, too: the weight goes over one foot after the start of a set, and both thighs lean.
    ///
    /// `standing`: the angles in an exercise that begins and ends in the stand. Nobody moves away from it to come
    /// nearer to it: where that seems so, a knee was still up as the set began, and the stand is the rest.
    @_noLocks
    mutating func step(
        _ thighs: ThighDirections, standing: BodyAngles? = nil, rate: Double, interval: Double,
        mayFollow: Bool
    ) {
        leftPose.step(thighs.left, interval: interval)
        rightPose.step(thighs.right, interval: interval)
        leftSway.step(thighs.left, interval: interval)
        rightSway.step(thighs.right, interval: interval)
        leftStoodUp = false
        rightStoodUp = false
        quietFor = rate < 8 * radiansPerDegree ? quietFor + interval : 0
        guard quietFor > 0.5 else { return }
        let (leftNow, rightNow) = (standing?.leftThigh?.size, standing?.rightThigh?.size)
        if let pose = leftPose.still {
            leftStoodUp = ThighRest.isNearer(leftNow, than: leftOff)
            if mayFollow || leftStoodUp {
                left = pose
                leftOff = leftNow
            }
        }
        if let pose = rightPose.still {
            rightStoodUp = ThighRest.isNearer(rightNow, than: rightOff)
            if mayFollow || rightStoodUp {
                right = pose
                rightOff = rightNow
            }
        }
        if case .none = left {
            left = thighs.left
            leftOff = leftNow
        }
        if case .none = right {
            right = thighs.right
            rightOff = rightNow
        }
    }

    @_noLocks
    private static func isNearer(_ now: Double?, than rest: Double?) -> Bool {
        guard let now, let rest else { return false }
        return now < rest - nearer
    }

    /// Whether the newest sample showed that what the source is measured from was no rest.
    @_noLocks
    func hasStoodUp(source: RepetitionSource, stance: Side?) -> Bool {
        switch source {
        case .eitherThigh: return leftStoodUp || rightStoodUp
        case .stanceThigh, .movingThigh:
            guard let stance else { return false }
            let side = source == .stanceThigh ? stance : stance.opposite
            return side == .right ? rightStoodUp : leftStoodUp
        default: return false
        }
    }

    /// How fast the thighs turn along any one way, rad/s: what their way from a rest that follows them hides.
    @_noLocks
    func sway(source: RepetitionSource, stance: Side?) -> Double? {
        switch source {
        case .eitherThigh:
            let (left, right) = (leftSway.along, rightSway.along)
            return squareRoot((left * left + right * right) / 2)
        case .stanceThigh, .movingThigh:
            guard let stance else { return nil }
            let side = source == .stanceThigh ? stance : stance.opposite
            return side == .right ? rightSway.along : leftSway.along
        default: return nil
        }
    }

    /// Learns which way the thighs go, at the far end of a movement.
    ///
    /// The way along it has a sign, so that sway across it does not blunt a movement's soft start.
    @_noLocks
    mutating func learnWay(_ thighs: ThighDirections) {
        if let way = ThighRest.tangent(left, thighs.left) {
            let ahead = ThighRest.ahead(way, rest: left, forward: thighs.leftForward)
            leftWay = ahead ?? way
            if case .some = ahead { leftIsAhead = true } else { leftIsAhead = false }
        }
        if let way = ThighRest.tangent(right, thighs.right) {
            let ahead = ThighRest.ahead(way, rest: right, forward: thighs.rightForward)
            rightWay = ahead ?? way
            if case .some = ahead { rightIsAhead = true } else { rightIsAhead = false }
        }
    }

    /// What a movement showed was another leg's.
    @_noLocks
    mutating func forgetWays() {
        leftWay = nil
        rightWay = nil
        leftIsAhead = false
        rightIsAhead = false
    }

    /// The way straight forward or back, where a way leads there in the main; nil for another.
    ///
    /// It does so altogether then: what goes aside meanwhile is a shift of the hips, with times of its own.
    @_noLocks
    private static func ahead(_ way: Vector3, rest: Vector3?, forward: Vector3?) -> Vector3? {
        guard let rest, let forward, let ahead = (forward - rest * rest.dot(forward)).normalized()
        else { return nil }
        let share = way.dot(ahead)
        guard abs(share) > mostlyAhead else { return nil }
        return ahead * (share < 0 ? -1 : 1)
    }

    @_noLocks
    private static func tangent(_ rest: Vector3?, _ now: Vector3?) -> Vector3? {
        guard let rest, let now, rest.cross(now).norm > sineAndCosine(clear).sine else {
            return nil
        }
        return (now - rest * rest.dot(now)).normalized()
    }

    /// Angle between now and the rest, rad; nil where not measured.
    ///
    /// The free thigh's is its `lift`.
    @_noLocks
    func way(_ thighs: ThighDirections, source: RepetitionSource, stance: Side?) -> Double? {
        switch source {
        case .stanceThigh:
            guard let stance else { return nil }
            return way(thighs, stance)
        case .eitherThigh:
            guard let a = way(thighs, .left) else { return way(thighs, .right) }
            guard let b = way(thighs, .right) else { return a }
            return (a + b) * 0.5
        default: return nil
        }
    }

    /// How far the free thigh has gone from rest, rad; nil where not measured.
    ///
    /// Upright, whoever leans as a whole over the standing leg takes the free one along: it is lifted by what it
    /// goes farther than that.
    @_noLocks
    mutating func lift(
        _ thighs: ThighDirections, angles: BodyAngles, stance: Side?
    ) -> Double? {
        guard let stance, let way = way(thighs, stance.opposite) else { return nil }
        guard let pelvis = angles.pelvis, abs(pelvis.obliquity) < ThighRest.upright,
            abs(pelvis.anteriorTilt) < ThighRest.upright,
            !(stance == .right ? leftIsAhead : rightIsAhead)
        else { return way }
        // Where the standing thigh is not seen for a moment, its lean stays.
        if let thigh = angles.thigh(stance) { lean = stance.sign * thigh.obliquity }
        return way - lean
    }

    @_noLocks
    private func way(_ thighs: ThighDirections, _ side: Side) -> Double? {
        guard let rest = side == .right ? right : left, let now = thighs.direction(side) else {
            return nil
        }
        if let way = side == .right ? rightWay : leftWay {
            return arctangent(y: now.dot(way), x: rest.dot(now))
        }
        return arctangent(y: rest.cross(now).norm, x: rest.dot(now))
    }
}

/// A thigh's pose, once it has stayed.
private struct StillPose: BitwiseCopyable {
    private var pose: Vector3?
    private var stillFor = 0.0

    /// s of the low-pass; rad from it that are no movement yet; s of that [engineering defaults].
    private static var memory: Double { @_noLocks get { 0.3 } }
    private static var strays: Double { @_noLocks get { 0.7 * radiansPerDegree } }
    private static var stays: Double { @_noLocks get { 0.5 } }

    @_noLocks
    init() {}

    var still: Vector3? { @_noLocks get { stillFor > StillPose.stays ? pose : nil } }

    @_noLocks
    mutating func step(_ now: Vector3?, interval: Double) {
        guard let now, let old = pose, interval > 0, interval < 0.5 else {
            pose = now
            stillFor = 0
            return
        }
        let change = now - old
        stillFor = change.norm < StillPose.strays ? stillFor + interval : 0
        pose = (old + change * (interval / (interval + StillPose.memory))).normalized()
    }
}

/// How fast a thigh turns about its level axes.
private struct PoseSpeed: BitwiseCopyable {
    private var before: Vector3?
    private var smooth = Vector3.zero
    private var velocity = Vector3.zero

    /// s of two low-passes, those of the repetitions' speed.
    private static var smoothing: Double { @_noLocks get { 0.025 } }

    @_noLocks
    init() {}

    /// rad/s along one way of the two.
    var along: Double { @_noLocks get { velocity.norm * 0.7071 } }

    @_noLocks
    mutating func step(_ now: Vector3?, interval: Double) {
        guard let now, let old = before, interval > 0, interval < 0.5 else {
            before = now
            smooth = .zero
            velocity = .zero
            return
        }
        let part = interval / (interval + PoseSpeed.smoothing)
        smooth = smooth + ((now - old) * (1 / interval) - smooth) * part
        velocity = velocity + (smooth - velocity) * part
        before = now
    }
}
