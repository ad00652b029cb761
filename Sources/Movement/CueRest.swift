// How long a rule rests after a cue.

/// What a rule waits for between two cues (compensations 4): 4 s in holds, one repetition in repetitions, 20 steps
/// in gait; and for its own seconds where those are more than usual.
package enum CueRest: UInt8, BitwiseCopyable, Sendable {
    case seconds
    case repetition
    /// Marching and side-stepping: each step is a repetition of its leg. They follow each other fast, so that the
    /// seconds of holds count, too [engineering default].
    case step
    case walk

    /// True where the usual 4 s count.
    package var countsSeconds: Bool {
        @_noLocks get {
            switch self {
            case .seconds, .step: true
            case .repetition, .walk: false
            }
        }
    }

    /// Repetitions or steps until the next cue.
    @_noLocks
    package func ticks(of signal: Signal) -> UInt32 {
        switch self {
        case .seconds: 0
        case .repetition: 1
        // What is a mean of 20 steps is another one 20 steps later.
        case .step: signal == .stepAsymmetry ? CueRest.steps : 1
        case .walk: CueRest.steps
        }
    }

    /// As many as the mean that a step is held against.
    private static var steps: UInt32 { @_noLocks get { 20 } }
}

extension MovementPlan {
    /// Steps that fading takes for one movement: as many as a rule rests for in gait; else one of either leg, so that
    /// half of the movements are not those of one leg alone [engineering defaults].
    package var stepsOfMovement: UInt32 {
        @_noLocks @inline(__always) get { source == .walking ? 20 : 2 }
    }

    /// How long its rules rest.
    ///
    /// Inlined always: the call would copy the whole plan.
    var cueRest: CueRest {
        @_noLocks @inline(__always) get {
            switch task {
            case .repetitions: .repetition
            case .steps: source == .walking ? .walk : .step
            case .singleLegHold, .landings, .habits: .seconds
            }
        }
    }
}
