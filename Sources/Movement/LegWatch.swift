// Which leg repetitions are done on: the leg that carries the body down cannot stay straight.

import Kinematics

/// What of a set's repetitions shows the leg they are done on.
enum LegEvidence: UInt8, BitwiseCopyable {
    /// Nothing that sensors see.
    case none
    /// The pelvis goes down over the knee of the leg that stands.
    case bend
    /// The pelvis goes up over the leg that was placed on the step.
    case rise
    /// The leg that does not stand is lifted to its side.
    case aside
    /// The pelvis is lifted on the side that does not stand.
    case hitch
    /// The leg that does not lie below is moved.
    case lying

    @_noLocks
    static func == (left: LegEvidence, right: LegEvidence) -> Bool {
        left.rawValue == right.rawValue
    }
}

/// What one pelvis sample says of both legs.
struct LegMoment: BitwiseCopyable {
    /// How far each thigh leans with its knee ahead, and how far it is off the midline, rad; the named leg is the one
    /// that is to stand.
    var named: Double
    var other: Double
    var namedAside: Double
    var otherAside: Double
    /// By how much the pelvis' free side hangs, were it the named leg that stands, rad.
    var drop = 0.0
    /// m by which the pelvis' tipping has lifted its sensor.
    var tipped = 0.0
    /// Way of the repetition under way, m.
    var way: Double

    /// m from the hips back to a sensor on the sacrum [engineering default].
    private static var behind: Double { @_noLocks get { 0.1 } }

    /// Nil: not both thighs are seen.
    @_noLocks
    init?(_ angles: BodyAngles, named side: Side, way: Double) {
        guard let named = angles.thigh(side), let other = angles.thigh(side.opposite) else {
            return nil
        }
        self.named = -named.anteriorTilt
        self.other = -other.anteriorTilt
        // A leg that is off the midline leans with its top to the other side.
        namedAside = -side.sign * named.obliquity
        otherAside = side.sign * other.obliquity
        self.way = way
        guard let pelvis = angles.pelvis else { return }
        drop = -side.sign * pelvis.obliquity
        tipped = LegMoment.behind * sineAndCosine(pelvis.anteriorTilt).sine
    }
}

/// Notices that the repetitions of a set are done on the other leg than was named.
///
/// What it says holds until a movement or a shift of weight shows otherwise, so that nothing is judged between the
/// repetitions of the other leg. Where the thighs leave room for doubt it says nothing: a free leg held in front is as
/// bent as the one that stands.
struct LegWatch: BitwiseCopyable {
    /// The newest movement that showed a leg was done on the other one.
    private(set) var isOther = false
    /// Movements on the other leg so far, whether the tracker of repetitions saw them or not.
    private(set) var count: UInt16 = 0
    let evidence: LegEvidence
    /// The pelvis' height, at rest whenever the thighs are.
    private var vertical: VerticalMotion
    /// s that the thighs, upright, have leant over the other foot, and over the named one.
    private var overOtherFor = 0.0
    private var overNamedFor = 0.0
    private var countsNext = true
    private var namedWay = ThighWay()
    private var otherWay = ThighWay()
    /// The thighs before the step up.
    private var namedBefore = 0.0
    private var otherBefore = 0.0
    /// m of the present step up so far.
    private var summit = 0.0
    private var isCounted = false
    private var unseenFor = 0.0
    /// s that the named leg has been held aside.
    private(set) var heldFor = 0.0

    /// m that the pelvis goes down at least before anything is said; by how much that may be off, and as a share of it
    /// [engineering defaults].
    private static var leastWay: Double { @_noLocks get { 0.05 } }
    private static var heightError: Double { @_noLocks get { 0.02 } }
    private static var depthError: Double { @_noLocks get { 0.15 } }
    /// m of a step up below which it has not begun, and from where on it shows the leg: the least that counts as one.
    private static var begins: Double { @_noLocks get { 0.02 } }
    private static var risen: Double { @_noLocks get { RepetitionSource.height.leastRange } }
    /// rad by which the thighs differ at least on the way down; and turn against each other on the way up
    /// [engineering defaults].
    private static var apart: Double { @_noLocks get { 10 * radiansPerDegree } }
    private static var turned: Double { @_noLocks get { 6 * radiansPerDegree } }
    /// rad off the midline of a leg that is in the air, and of one that is back [engineering defaults].
    private static var lifted: Double { @_noLocks get { 12 * radiansPerDegree } }
    private static var lowered: Double { @_noLocks get { 5 * radiansPerDegree } }
    /// s that a leg is held aside at most: what stays there is a sensor that has turned [engineering default].
    static var longestAside: Double { @_noLocks get { 20 } }
    /// m of the thigh or shank of long legs, a quarter of 1.8 m; how far ahead of its ankle a hip may be as a share of
    /// that; the sine of 40°, by which an ankle bends at most [engineering defaults].
    private static var segmentLength: Double { @_noLocks get { 0.45 } }
    private static var ahead: Double { @_noLocks get { 0.12 } }
    private static var mostShankSine: Double { @_noLocks get { 0.643 } }
    /// s without both thighs after which what they showed holds no more [engineering default].
    private static var forgets: Double { @_noLocks get { 2.0 } }

    /// rad within which a thigh is upright; rad by which both lean over the foot of one leg, some 4 cm of the pelvis,
    /// and s of that; rad of a hitch there and back [engineering defaults].
    private static var upright: Double { @_noLocks get { 10 * radiansPerDegree } }
    private static var leans: Double { @_noLocks get { 2.5 * radiansPerDegree } }
    private static var leansFor: Double { @_noLocks get { 0.5 } }
    private static var hitched: Double { @_noLocks get { 4 * radiansPerDegree } }

    /// `vertical`: what is known of the pelvis sensor by now.
    @_noLocks
    init(_ evidence: LegEvidence = .none, vertical: VerticalMotion = VerticalMotion()) {
        self.evidence = evidence
        self.vertical = vertical
    }

    /// How far a leg whose thigh leans by so much can have lowered its hip, m.
    ///
    /// The hip stays over the foot: a shank leans as the thigh does the other way, but for the foot's own length.
    @_noLocks
    static func deepest(thigh: Double) -> Double {
        let thigh = sineAndCosine(max(0, min(1.5, thigh)))
        let shank = min(thigh.sine + ahead, mostShankSine)
        return segmentLength * (2 - thigh.cosine - squareRoot(1 - shank * shank))
    }

    /// Whether the leg may be the one that brought the pelvis down by so much, as that is measured.
    @_noLocks
    private static func canBear(thigh: Double, depth: Double) -> Bool {
        depth * (1 - depthError) - heightError < deepest(thigh: thigh)
    }

    /// The weight went over the named leg, or the thighs cannot be told apart: nothing that was seen holds.
    @_noLocks
    mutating func forget() {
        isOther = false
        isCounted = false
    }

    /// The person lies on the side of the leg that is to move.
    @_noLocks
    mutating func lie(onOther: Bool) { isOther = onOther }

    /// The tracker saw a repetition that was on the other leg.
    @_noLocks
    mutating func passOver() {
        // What the tracker follows may miss those of the other leg: they are counted as they are seen.
        if countsNext { count &+= 1 }
        countsNext = true
    }

    /// Takes a sample; nil: not both thighs are seen.
    @_noLocks
    mutating func step(_ moment: LegMoment?, pelvis: PelvisMoment?, interval: Double) {
        if evidence == .bend, let pelvis {
            vertical.step(
                up: pelvis.up, specificForce: pelvis.force, rate: pelvis.rate,
                interval: pelvis.interval, isUnderWay: namedWay.isAway || otherWay.isAway)
        }
        guard interval > 0, interval < 0.5, let moment else {
            namedWay = ThighWay()
            otherWay = ThighWay()
            unseenFor += max(0, min(interval, 0.5))
            if unseenFor > LegWatch.forgets { forget() }
            return
        }
        unseenFor = 0
        switch evidence {
        case .none, .lying: break
        case .rise: rise(moment)
        case .bend:
            lean(moment, interval: interval)
            bend(moment, interval: interval)
        case .aside:
            lean(moment, interval: interval)
            liftAside(moment, interval: interval)
        case .hitch:
            lean(moment, interval: interval)
            if moment.drop < LegWatch.hitched / 2 { isCounted = false }
            if isOther, moment.drop > LegWatch.hitched { see() }
        }
    }

    /// Whoever stands on one leg has the hip over its foot: both thighs lean there from where two feet stood.
    ///
    /// Bent, a knee goes in or out by itself.
    @_noLocks
    private mutating func lean(_ moment: LegMoment, interval: Double) {
        let isOtherUpright = abs(moment.other) < LegWatch.upright
        let isOtherOver = moment.otherAside < -LegWatch.leans
        let isOverOther = isOtherUpright && isOtherOver && moment.namedAside > LegWatch.leans
        // A leg that is lifted ahead may be anywhere: it does not stand.
        let isOverNamed = moment.namedAside < -LegWatch.leans && !(isOtherUpright && isOtherOver)
        let isUpright = abs(moment.named) < LegWatch.upright
        overOtherFor = isUpright && isOverOther ? overOtherFor + interval : 0
        overNamedFor = isUpright && isOverNamed ? overNamedFor + interval : 0
        if overOtherFor > LegWatch.leansFor { isOther = true }
        if overNamedFor > LegWatch.leansFor { isOther = false }
    }

    @_noLocks
    private mutating func bend(_ moment: LegMoment, interval: Double) {
        let height = vertical.height - moment.tipped
        namedWay.step(moment.named, height: height, interval: interval)
        otherWay.step(moment.other, height: height, interval: interval)
        if !otherWay.isAway { isCounted = false }
        let depth = otherWay.depth(height)
        // The named leg is too straight to have brought the pelvis so far down, the other one is not. Where it is
        // known to be the other one, its bend alone is a movement.
        let isOthers =
            depth > LegWatch.leastWay && !LegWatch.canBear(thigh: moment.named, depth: depth)
            && LegWatch.canBear(thigh: moment.other, depth: depth)
        if isOther || isOthers, otherWay.angle > LegWatch.apart,
            moment.other - moment.named > LegWatch.apart
        {
            see()
            return
        }
        // The same the other way round; the thigh that goes less far leaves its rest later, and lower.
        let own = max(depth, namedWay.depth(height))
        if own > LegWatch.leastWay, namedWay.angle > LegWatch.apart,
            LegWatch.canBear(thigh: moment.named, depth: own),
            !LegWatch.canBear(thigh: moment.other, depth: own)
        {
            isOther = false
        }
    }

    /// The leg on the step is bent before the rise and straightens with it; the one that follows does not.
    @_noLocks
    private mutating func rise(_ moment: LegMoment) {
        guard moment.way > LegWatch.begins else {
            namedBefore = moment.named
            otherBefore = moment.other
            summit = 0
            return
        }
        summit = max(summit, moment.way)
        // On the way down the feet may go elsewhere than they came from.
        guard moment.way > LegWatch.risen, moment.way > summit - LegWatch.begins else { return }
        let turn = (moment.named - namedBefore) - (moment.other - otherBefore)
        if turn > LegWatch.turned { isOther = true }
        if turn < 0 { isOther = false }
    }

    /// Nobody stands on a leg that is held aside; whoever leans takes both along.
    @_noLocks
    private mutating func liftAside(_ moment: LegMoment, interval: Double) {
        if moment.namedAside < LegWatch.lowered { isCounted = false }
        heldFor = isCounted ? heldFor + interval : 0
        if heldFor > LegWatch.longestAside {
            isOther = false
            return
        }
        guard moment.namedAside + moment.otherAside > LegWatch.lifted else { return }
        if moment.namedAside > LegWatch.lifted, moment.otherAside < LegWatch.lowered { see() }
        if moment.otherAside > LegWatch.lifted, moment.namedAside < LegWatch.lowered {
            isOther = false
        }
    }

    @_noLocks
    private mutating func see() {
        isOther = true
        guard !isCounted else { return }
        isCounted = true
        count &+= 1
        countsNext = false
    }
}

/// A thigh's way ahead from where it rested, and the pelvis' height when it left.
private struct ThighWay: BitwiseCopyable {
    private var isKnown = false
    private var rest = 0.0
    private var height = 0.0
    private var place = 0.0
    private var steadyFor = 0.0
    private var awayFor = 0.0
    private(set) var angle = 0.0

    /// rad by which a thigh leaves its rest; rad within which it stays where it is, and s after which it rests there
    /// [engineering defaults].
    private static var leaves: Double { @_noLocks get { 3 * radiansPerDegree } }
    private static var strays: Double { @_noLocks get { 2 * radiansPerDegree } }
    private static var settles: Double { @_noLocks get { 0.7 } }
    /// s on the way in which the change of the pelvis' height is believed [engineering default].
    private static var believed: Double { @_noLocks get { 4.0 } }

    @_noLocks
    init() {}

    var isAway: Bool { @_noLocks get { angle > ThighWay.leaves } }

    /// m that the pelvis has gone down since the thigh left its rest; 0 where that is not known.
    @_noLocks
    func depth(_ height: Double) -> Double {
        isAway && awayFor < ThighWay.believed ? self.height - height : 0
    }

    @_noLocks
    mutating func step(_ ahead: Double, height: Double, interval: Double) {
        if abs(ahead - place) > ThighWay.strays {
            place = ahead
            steadyFor = 0
        } else {
            steadyFor += interval
        }
        if !isKnown || ahead < rest || steadyFor > ThighWay.settles { rest = ahead }
        isKnown = true
        angle = ahead - rest
        awayFor = isAway ? awayFor + interval : 0
        if !isAway { self.height = height }
    }
}
