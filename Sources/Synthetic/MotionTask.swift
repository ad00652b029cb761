// The things the synthetic person can do, with their parameters and lengths.

package import Kinematics

/// A planted compensation during a one-leg stand.
package struct PlantedProfile: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The pelvis sinks on the free side.
        case drop
        /// The pelvis rises on the free side.
        case hike
        /// The trunk leans towards the stance leg.
        case lean
    }

    package var kind: Kind
    /// Start of the rise, seconds after lift-off.
    package var at: Double
    /// Size at the plateau, rad, positive.
    package var angle: Double
    /// Lengths of rise, plateau and return, s.
    package var rise: Double
    package var hold: Double
    package var fall: Double

    package init(
        kind: Kind, at: Double, angle: Double, rise: Double = 0.6, hold: Double = 2,
        fall: Double? = nil
    ) {
        self.kind = kind
        self.at = at
        self.angle = angle
        self.rise = rise
        self.hold = hold
        self.fall = fall ?? rise
    }

    /// End of the return, seconds after lift-off.
    package var end: Double { at + rise + hold + fall }

    /// 0 to 1 and back; `time` in seconds after lift-off.
    func shape(at time: Double) -> Jet {
        SmoothCurve.plateau(time, start: at, rise: rise, hold: hold, fall: fall)
    }
}

/// Hip hinges: pelvis tilts forward, the trunk follows further.
package struct Bows: Sendable, Equatable {
    package var count = 3
    /// Anterior tilt of the pelvis at the deepest point beyond neutral, rad.
    package var depth = 40 * Double.pi / 180
    /// Trunk flexion at the deepest point, rad.
    package var trunkDepth = 60 * Double.pi / 180
    /// Time for one bow including the rest after it, s.
    package var period = 2.6

    package init() {}
}

/// One foot leaves the floor and returns.
package struct FootLift: Sendable, Equatable {
    /// The foot that is lifted ("lift your left foot"); the other leg stands.
    package var lifted: Side
    /// Time in the air, s.
    package var seconds = 1.7
    /// How far the free side of the pelvis rises, rad: healthy people lift it a little.
    package var hike = 3 * Double.pi / 180

    package init(lifted: Side) { self.lifted = lifted }
}

/// Standing on one leg with planted compensations; the pelvis stays level but for them.
package struct OneLegStand: Sendable, Equatable {
    /// The leg that stands.
    package var stance: Side
    /// From lift-off to touch-down, s.
    package var seconds: Double
    /// Each ends before touch-down; drops and hikes follow each other, leans may overlap them.
    package var profile: [PlantedProfile] = []

    package init(stance: Side, seconds: Double, profile: [PlantedProfile] = []) {
        self.stance = stance
        self.seconds = seconds
        self.profile = profile
    }
}

/// Marching in place.
package struct WalkOnSpot: Sendable, Equatable {
    /// Steps a minute.
    package var cadence = 100.0
    /// As many whole steps as fit are done.
    package var seconds: Double
    /// The leg that stands first.
    package var firstStance = Side.left
    /// Contralateral drop in each step, rad; normal walking swings about 5° each way.
    package var drop = 3 * Double.pi / 180

    package init(seconds: Double) { self.seconds = seconds }

    /// Time of one step, s.
    package var stepLength: Double { 60 / cadence }

    /// Whole steps that fit.
    package var steps: Int {
        let exact = seconds / stepLength + 1e-9
        guard exact >= 1 else { return 0 }
        return exact < 10_000_000 ? Int(exact) : 10_000_000
    }

    func stance(ofStep step: Int) -> Side { step % 2 == 0 ? firstStance : firstStance.opposite }
}

/// A one-leg stand that ends early: a jerk, and the foot down 0.2 s later.
package struct BalanceLoss: Sendable, Equatable {
    /// The leg that stands.
    package var stance: Side
    /// From lift-off to the jerk, s.
    package var seconds: Double

    package init(stance: Side, seconds: Double) {
        self.stance = stance
        self.seconds = seconds
    }
}

/// Anything the person can do.
///
/// Every task begins and ends in quiet stance.
package enum MotionTask: Sendable, Equatable {
    case quietStand(seconds: Double)
    case pause(seconds: Double)
    case bow(Bows)
    case footLift(FootLift)
    case oneLegStand(OneLegStand)
    case walkOnSpot(WalkOnSpot)
    case balanceLoss(BalanceLoss)
    case exercise(ExerciseMotion)

    /// The name used in scripts.
    package var kind: String {
        switch self {
        case .quietStand: "quiet-stand"
        case .pause: "pause"
        case .bow: "bow"
        case .footLift: "foot-lift"
        case .oneLegStand: "one-leg-stand"
        case .walkOnSpot: "walk-on-spot"
        case .balanceLoss: "balance-loss"
        case .exercise: "exercise"
        }
    }

    /// Length in s, from quiet stance to quiet stance.
    package var duration: Double {
        switch self {
        case .quietStand(let seconds), .pause(let seconds): seconds
        case .bow(let bows): Double(bows.count) * bows.period
        case .footLift(let lift): SingleStance(lift).end
        case .oneLegStand(let stand): SingleStance(stand).end
        case .walkOnSpot(let walk): Double(walk.steps) * walk.stepLength + WalkMotion.tail
        case .balanceLoss(let loss): SingleStance(loss).end
        case .exercise(let exercise): exercise.duration
        }
    }
}
