// Turns a task and the time since its start into departures from quiet stance.

import Kinematics

extension MotionTask {
    /// Departures from quiet stance `time` s after the start of the task.
    func offsets(at time: Double, person: Person) -> PoseOffsets {
        var pose = PoseOffsets()
        switch self {
        case .quietStand, .pause:
            break
        case .bow(let bows):
            BowMotion(bows).add(to: &pose, at: time)
        case .footLift(let lift):
            let single = SingleStance(lift)
            single.add(to: &pose, at: time, person: person)
            pose.drop(single.liftedShare(at: time) * -lift.hike, stance: single.stance)
        case .oneLegStand(let stand):
            let single = SingleStance(stand)
            single.add(to: &pose, at: time, person: person)
            for item in stand.profile {
                let size = item.shape(at: time - single.liftOff) * item.angle
                switch item.kind {
                case .drop: pose.drop(size, stance: stand.stance)
                case .hike: pose.drop(size * -1, stance: stand.stance)
                case .lean: pose.trunkLean += size * stand.stance.sign
                }
            }
        case .walkOnSpot(let walk):
            WalkMotion(walk).add(to: &pose, at: time, person: person)
        case .balanceLoss(let loss):
            SingleStance(loss).add(to: &pose, at: time, person: person)
            BalanceLossMotion(loss).add(to: &pose, at: time)
        case .exercise(let exercise):
            pose = exercise.offsets(at: time, person: person)
        }
        return pose
    }

    /// How the body stands `time` s after the start of the task.
    func stance(at time: Double) -> Stance {
        switch self {
        case .quietStand, .pause, .bow: Stance(.both)
        case .footLift(let lift): SingleStance(lift).stance(at: time)
        case .oneLegStand(let stand): SingleStance(stand).stance(at: time)
        case .walkOnSpot(let walk): WalkMotion(walk).stance(at: time)
        case .balanceLoss(let loss): SingleStance(loss).stance(at: time)
        case .exercise(let exercise): exercise.stance(at: time)
        }
    }
}

/// Down, a short stop, up, a rest: as parts of the period.
struct BowMotion {
    static let down = 0.40
    static let bottom = 0.08
    /// How far the hips go back to keep the balance, m for each rad of pelvic tilt.
    private static let hipsBack = 0.12

    let bows: Bows

    init(_ bows: Bows) { self.bows = bows }

    /// Seconds into the task at which bow `index` has reached its depth.
    func deepest(_ index: Int) -> Double {
        (Double(index) + Self.down + Self.bottom / 2) * bows.period
    }

    func add(to pose: inout PoseOffsets, at time: Double) {
        guard time > 0, bows.period > 0, bows.count > 0 else { return }
        let turn = time / bows.period
        guard turn < Double(bows.count) else { return }
        let start = Double(Int(turn)) * bows.period
        let shape = SmoothCurve.plateau(
            time, start: start, rise: Self.down * bows.period, hold: Self.bottom * bows.period,
            fall: Self.down * bows.period)
        pose.pelvisTilt += shape * bows.depth
        pose.trunkFlexion += shape * bows.trunkDepth
        pose.forward += shape * (-Self.hipsBack * bows.depth)
    }
}

/// Marching: sideways swing, bob, drop, leg lift and landing pulse in each step.
struct WalkMotion {
    /// Time for the last landing to fade, s.
    static let tail = 0.3
    /// Parts of a step: the free foot leaves the floor and returns.
    static let liftOff = 0.12
    static let touchDown = 0.88
    /// Chosen sizes: sideways swing and rise of the hips (m), turn and lean (rad), leg angles
    /// (rad).
    private static let swing = 0.025
    private static let bob = 0.012
    private static let turn = 3 * Double.pi / 180
    private static let lean = 1.5 * Double.pi / 180
    private static let hipFlexion = 35 * Double.pi / 180
    private static let kneeFlexion = 60 * Double.pi / 180

    let walk: WalkOnSpot

    init(_ walk: WalkOnSpot) { self.walk = walk }

    /// The step of a moment, nil outside the walk.
    private func step(at time: Double) -> Int? {
        let exact = time / walk.stepLength
        guard exact >= 0, exact < Double(walk.steps) else { return nil }
        return Int(exact)
    }

    /// On both feet for a short part at both ends of each step.
    func stance(at time: Double) -> Stance {
        guard let step = step(at: time) else { return Stance(.both) }
        let part = time / walk.stepLength - Double(step)
        let single = part >= Self.liftOff && part < Self.touchDown
        return single ? Stance(.single, side: walk.stance(ofStep: step)) : Stance(.both)
    }

    func add(to pose: inout PoseOffsets, at time: Double, person: Person) {
        // The landing of the step before may still ring on.
        let nearest = Int(max(0, min(time / walk.stepLength, Double(walk.steps))))
        for step in max(0, nearest - 1)...nearest where step < walk.steps {
            let start = Double(step) * walk.stepLength
            pose.up -= SingleStance.impact(
                person.impact, at: time, touchDown: start + Self.touchDown * walk.stepLength)
        }
        guard let step = step(at: time) else { return }
        let start = Double(step) * walk.stepLength
        let stance = walk.stance(ofStep: step)
        let whole = SmoothCurve.pulse(
            time, centre: start + walk.stepLength / 2, halfWidth: walk.stepLength / 2)
        let air = SmoothCurve.pulse(
            time, centre: start + walk.stepLength / 2,
            halfWidth: (Self.touchDown - Self.liftOff) * walk.stepLength / 2)
        pose.right += whole * (Self.swing * stance.sign)
        pose.up += whole * Self.bob
        pose.load += whole * stance.sign
        // Lifting the right thigh brings the right side of the pelvis forward, and so for the left.
        pose.pelvisRotation += whole * (Self.turn * stance.opposite.sign)
        pose.trunkLean += whole * (Self.lean * stance.sign)
        pose.drop(whole * walk.drop, stance: stance)
        pose.lift(stance.opposite, hip: air * Self.hipFlexion, knee: air * Self.kneeFlexion)
    }
}

/// A sideways jerk of pelvis and trunk, just before the foot comes down.
struct BalanceLossMotion {
    /// From the start of the jerk to touch-down, s; chosen: a fast step reaction.
    static let reaction = 0.2
    /// Half length of the jerk (s) and its sizes (m, rad).
    ///
    /// 1.2 cm in 0.1 s peaks at 9.6 m/s².
    private static let halfWidth = 0.1
    private static let slip = 0.012
    private static let drop = 5 * Double.pi / 180
    private static let lean = 8 * Double.pi / 180

    let loss: BalanceLoss

    init(_ loss: BalanceLoss) { self.loss = loss }

    /// Start of the jerk, s into the task.
    var start: Double { SingleStance(loss).liftOff + loss.seconds }

    func add(to pose: inout PoseOffsets, at time: Double) {
        let jerk = SmoothCurve.pulse(
            time, centre: start + Self.halfWidth, halfWidth: Self.halfWidth)
        pose.right += jerk * (-Self.slip * loss.stance.sign)
        pose.drop(jerk * Self.drop, stance: loss.stance)
        pose.trunkLean += jerk * (-Self.lean * loss.stance.sign)
    }
}
