// What a repetition is made of: its four phases, its source, and what came of it.

package import Kinematics

/// The four phases of a tempo, in the order up-hold-down-rest.
package enum RepetitionPhase: UInt8, BitwiseCopyable, Sendable {
    /// No repetitions are followed.
    case none
    case raise, hold, lower, rest

    package var name: String {
        switch self {
        case .none: "none"
        case .raise: "raise"
        case .hold: "hold"
        case .lower: "lower"
        case .rest: "rest"
        }
    }
}

/// What repetitions are seen in.
package enum RepetitionSource: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case none
    /// Nothing is seen: the clock of the tempo counts, and the pelvis' steadiness is measured.
    case metronome
    /// Rise of the pelvis' free side.
    case hike
    /// Rise of the pelvis' upper end, lying on the back.
    case bridgeHeight
    /// Anterior tilt of the pelvis.
    case tilt
    /// Height of the pelvis.
    case height
    /// Way of a thigh from its resting pose.
    case movingThigh, stanceThigh, eitherThigh
    /// Thighs that rise from lying level to upright, as in standing up from a chair.
    case risingThighs
    /// Steps: the pelvis' moves sideways, or the swing of walking.
    case sideways, walking

    /// The name used in files.
    package var name: String {
        switch self {
        case .none: "none"
        case .metronome: "metronome"
        case .hike: "hike"
        case .bridgeHeight: "bridge-height"
        case .tilt: "tilt"
        case .height: "height"
        case .movingThigh: "moving-thigh"
        case .stanceThigh: "stance-thigh"
        case .eitherThigh: "either-thigh"
        case .risingThighs: "rising-thighs"
        case .sideways: "sideways"
        case .walking: "walking"
        }
    }

    /// The source of that name, or nil.
    package init?(name: String) {
        guard let match = RepetitionSource.allCases.first(where: { $0.name == name }) else {
            return nil
        }
        self = match
    }

    /// Smallest way that is a repetition: m for the height, else rad [engineering defaults].
    ///
    /// A hike is small; a step is 5 cm at least.
    package var leastRange: Double {
        @_noLocks get {
            switch self {
            case .height: 0.035
            case .hike: 2.5 * radiansPerDegree
            default: 8 * radiansPerDegree
            }
        }
    }

    /// An angle that may go along with a way of the pelvis up or down.
    var liftsPelvis: Bool {
        @_noLocks get {
            switch self {
            case .bridgeHeight, .movingThigh, .stanceThigh, .eitherThigh, .risingThighs: true
            default: false
            }
        }
    }

    @_noLocks
    package static func == (left: RepetitionSource, right: RepetitionSource) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: RepetitionSource, right: RepetitionSource) -> Bool {
        left.rawValue != right.rawValue
    }
}

/// Seconds of the four phases.
package struct Tempo: BitwiseCopyable, Sendable, Equatable {
    package var raise: Double
    package var hold: Double
    package var lower: Double
    package var rest: Double

    @_noLocks
    package init(raise: Double, hold: Double, lower: Double, rest: Double) {
        self.raise = raise
        self.hold = hold
        self.lower = lower
        self.rest = rest
    }

    package static var none: Tempo {
        @_noLocks get { Tempo(raise: 0, hold: 0, lower: 0, rest: 0) }
    }

    package var total: Double { @_noLocks get { raise + hold + lower + rest } }

    /// Neither a hold nor a rest: one movement goes over into the next.
    var isContinuous: Bool { @_noLocks get { hold == 0 && rest == 0 } }
}

/// One finished repetition.
package struct Repetition: BitwiseCopyable, Sendable, Equatable {
    /// Counts a set's repetitions from 1.
    package var number: UInt16
    /// When it began and ended, host ns.
    package var start: Int64
    package var end: Int64
    /// s of each phase; the rest is the one before this repetition.
    package var tempo: Tempo
    /// Way from rest to the far end, in the source's unit (rad or m).
    package var range: Double
    /// The side it belongs to, where that is known: the stance side.
    package var side: Side?
    /// False where only the clock counted.
    package var isSeen: Bool
    /// False where what showed it was lost in its middle: it was done, but how is not known.
    package var isWhole = true
    /// False where its phases are only roughly known: by a height, moved along no shape that is known.
    package var isTimed = true
    /// The shape of movement by which it is timed; nil where a clock counted.
    ///
    /// What later repetitions show of the shape holds for this one too: `tempos` are its times by all of them.
    package var shape: BellShape?
    package var tempos = ShapedTempo()
    /// What it was seen in, which gives the range its unit.
    package var source = RepetitionSource.none

    @_noLocks
    package init(
        number: UInt16 = 0, start: Int64 = 0, end: Int64 = 0, tempo: Tempo = .none,
        range: Double = 0, side: Side? = nil, isSeen: Bool = true
    ) {
        self.number = number
        self.start = start
        self.end = end
        self.tempo = tempo
        self.range = range
        self.side = side
        self.isSeen = isSeen
    }
}

extension RepetitionPhase {
    @_noLocks
    package static func == (left: RepetitionPhase, right: RepetitionPhase) -> Bool {
        left.rawValue == right.rawValue
    }
    @_noLocks
    package static func != (left: RepetitionPhase, right: RepetitionPhase) -> Bool {
        left.rawValue != right.rawValue
    }
}
