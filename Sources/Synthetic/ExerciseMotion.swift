// An exercise as the synthetic person does it: repetitions or steps with a tempo, and planted patterns.

package import Kinematics

/// Every movement of the catalogue.
///
/// The one-leg stand here is one long hold, in which each repetition is a stretch of time; the task of
/// that name plants its compensations at stated moments.
package enum ExerciseKind: String, Sendable, CaseIterable {
    case gluteSet = "glute-set"
    case staticAbductionSupine = "static-abd-supine"
    case staticAbductionStanding = "static-abd-stand"
    case clam
    case sideLift = "side-lift"
    case bridge
    case standingAbduction = "stand-abd"
    case hipHitch = "hip-hitch"
    case oneLegStand = "one-leg-stand"
    case march
    case squat
    case hinge
    case sideStep = "side-step"
    case sitToStand = "sit-stand"
    case stepUp = "step-up"
    case stepDown = "side-step-down"
    case singleLegSquat = "sl-squat"
    case carry
    case gait
    case decelerate
    case hops
    case habits

    /// Done lying on the back, or on a side.
    package var isSupine: Bool {
        switch self {
        case .gluteSet, .staticAbductionSupine, .bridge: true
        default: false
        }
    }
    package var isSideLying: Bool { self == .clam || self == .sideLift }
    /// Steps follow each other; `phases` are steps then.
    package var isSteps: Bool {
        switch self {
        case .march, .carry, .gait, .sideStep: true
        default: false
        }
    }
    /// Away from rest is down.
    package var lowersFirst: Bool {
        switch self {
        case .squat, .hinge, .stepDown, .singleLegSquat: true
        default: false
        }
    }
    /// Stands on one leg all along.
    package var isOneLegged: Bool {
        switch self {
        case .standingAbduction, .hipHitch, .oneLegStand, .stepDown, .singleLegSquat, .decelerate,
            .hops:
            true
        default: false
        }
    }
}

/// The patterns that can be planted (compensations 4.1 and 4).
package enum PlantedPattern: String, Sendable, CaseIterable {
    case level, drop, lean
    case dropAndLean = "drop+lean"
    case leanAway = "lean-away"
    case shift, hike
    case rollBack = "roll-back"
    case fastLowering = "fast-lowering"
    case fatigue
}

/// Seconds of one repetition's phases; the rest comes after it.
package struct PhaseTimes: Sendable, Equatable {
    package var raise: Double
    package var hold: Double
    package var lower: Double
    package var rest: Double

    package init(raise: Double, hold: Double, lower: Double, rest: Double) {
        self.raise = raise
        self.hold = hold
        self.lower = lower
        self.rest = rest
    }

    package var total: Double { raise + hold + lower + rest }
}

/// A set of one exercise.
package struct ExerciseMotion: Sendable, Equatable {
    package var kind: ExerciseKind
    /// The leg that stands, or stands first; lying: the side lain on.
    package var side: Side
    package var pattern: PlantedPattern
    /// One entry a repetition or step.
    package var phases: [PhaseTimes]
    /// Size of the planted pattern in each, rad (a share for fast lowering); 0: none.
    package var sizes: [Double]
    /// Way of the movement as a share of the usual one.
    package var range = 1.0

    package init(
        kind: ExerciseKind, side: Side, pattern: PlantedPattern = .level, phases: [PhaseTimes],
        sizes: [Double] = []
    ) {
        self.kind = kind
        self.side = side
        self.pattern = pattern
        self.phases = phases
        self.sizes = sizes
    }

    /// A set at an even tempo with seeded variation of each phase by up to `variation` of it.
    ///
    /// The pattern is planted in every repetition after the first `clean`, at `size`; fatigue grows
    /// towards it; fast lowering halves the lowering at size 0.5.
    package static func set(
        _ kind: ExerciseKind, side: Side, pattern: PlantedPattern, size: Double, count: Int,
        tempo: PhaseTimes, clean: Int = 1, variation: Double = 0.06, seed: UInt64
    ) -> ExerciseMotion {
        var random = RandomSource(seed: seed, stream: 7)
        var phases: [PhaseTimes] = []
        var sizes: [Double] = []
        for index in 0..<max(0, count) {
            func vary(_ value: Double) -> Double {
                value * (1 + variation * (2 * random.uniform() - 1))
            }
            var times = PhaseTimes(
                raise: vary(tempo.raise), hold: vary(tempo.hold), lower: vary(tempo.lower),
                rest: vary(tempo.rest))
            let isPlanted = index >= clean && pattern != .level
            var planted = isPlanted ? size : 0
            if pattern == .fatigue {
                let third = max(1, count / 3)
                let part = Double(index - third) / Double(max(1, count - 2 * third))
                planted = size * max(0, min(1, part))
            }
            if pattern == .fastLowering, isPlanted { times.lower *= 1 - size }
            sizes.append(planted)
            phases.append(times)
        }
        return ExerciseMotion(
            kind: kind, side: side, pattern: pattern, phases: phases, sizes: sizes)
    }

    /// s from the start of the task to the first repetition: lie or sit down, shift, come to rest.
    package var lead: Double {
        if kind.isSupine || kind.isSideLying { return 8 }
        return kind == .sitToStand ? 5.5 : 4
    }

    /// s from the last repetition to the end.
    package var tail: Double { kind.isSupine || kind.isSideLying ? 7 : 3.5 }

    package var duration: Double { lead + phases.reduce(0) { $0 + $1.total } + tail }

    /// s of the one-leg stand's hold: from the weight over the foot to the other foot's touch-down; 0 in
    /// other exercises.
    package var heldFor: Double { kind == .oneLegStand ? duration - 2.0 - 1.5 : 0 }

    /// Starts of the repetitions, s into the task.
    package var starts: [Double] {
        var time = lead
        return phases.map { times in
            defer { time += times.total }
            return time
        }
    }

    /// The leg a step stands on; sideways to the `side` in the first half, then back.
    package func stance(ofStep step: Int) -> Side {
        if kind == .sideStep { return step < phases.count / 2 ? side : side.opposite }
        return step % 2 == 0 ? side : side.opposite
    }
}

/// What is true of one repetition or step, s since the start of the motion.
package struct RepetitionTruth: Sendable, Equatable {
    package var number: Int
    package var start: Double
    package var phases: PhaseTimes
    /// The leg that stands; nil where both do or none.
    package var stance: Side?
    package var pattern: PlantedPattern
    package var size: Double

    /// End of the way back.
    package var end: Double { start + phases.raise + phases.hold + phases.lower }
}

extension ExerciseMotion {
    /// The truth of every repetition, for a task that starts at `start` s.
    package func truth(from start: Double) -> [RepetitionTruth] {
        starts.enumerated().map { index, offset in
            let size = index < sizes.count ? sizes[index] : 0
            let stance: Side? =
                kind.isSteps
                ? stance(ofStep: index)
                : kind.isOneLegged || kind == .stepUp ? side : nil
            return RepetitionTruth(
                number: index + 1, start: start + offset, phases: phases[index], stance: stance,
                pattern: size > 0 ? pattern : .level, size: size)
        }
    }
}
