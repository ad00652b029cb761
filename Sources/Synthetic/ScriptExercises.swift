// Reads [[task]] sections of the kind "exercise".

import Kinematics
import TomlReading

extension ExerciseMotion {
    /// ```toml
    /// kind = "exercise"
    /// exercise = "squat"            # * an id of the catalogue
    /// side = "right"                # the leg that stands (first); lying: the side lain on
    /// pattern = "level"             # drop, lean, drop+lean, lean-away, shift, hike, roll-back,
    ///                               # fast-lowering, fatigue
    /// degrees = 8                   # size of the pattern; a share for fast-lowering
    /// count = 8                     # repetitions or steps
    /// clean = 1                     # the first ones without the pattern
    /// tempo = [2, 1, 3, 1]          # s: raise, hold, lower, rest; each varies by up to 6 %
    /// seed = 1
    /// ```
    init(_ section: TomlSection) throws(TomlError) {
        let name = try section.string("exercise", length: ScriptLimits.nameCharacters)
        guard let kind = ExerciseKind(rawValue: name) else {
            let known = ExerciseKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw section.fault("exercise", "is not known; use one of \(known)")
        }
        let side: Side = section.has("side") ? try section.side("side") : .right
        var pattern = PlantedPattern.level
        if let word = try section.optionalString("pattern") {
            guard let named = PlantedPattern(rawValue: word) else {
                let known = PlantedPattern.allCases.map(\.rawValue).joined(separator: ", ")
                throw section.fault("pattern", "is not known; use one of \(known)")
            }
            pattern = named
        }
        let isShare = pattern == .fastLowering
        let size =
            try section.optionalDouble("degrees", in: isShare ? 0...0.8 : 0...25)
            ?? (isShare ? 0.5 : 8)
        let numbers =
            section.has("tempo")
            ? try section.doubles("tempo", in: 0...3_600, count: 4...4) : kind.usualTempo
        guard numbers.count == 4, numbers[0] > 0.1, numbers[2] > 0.1 else {
            throw section.fault("tempo", "must be raise, hold, lower and rest, in seconds")
        }
        self = ExerciseMotion.set(
            kind, side: side, pattern: pattern, size: isShare ? size : size * radiansPerDegree,
            count: try section.optionalInt("count", in: 1...2_000) ?? 8,
            tempo: PhaseTimes(
                raise: numbers[0], hold: numbers[1], lower: numbers[2], rest: numbers[3]),
            clean: try section.optionalInt("clean", in: 0...2_000) ?? 1,
            seed: UInt64(try section.optionalInt("seed", in: 0...1_000_000) ?? 1))
    }
}

extension ExerciseKind {
    /// s of raise, hold, lower and rest as the catalogue asks for; steps of 0.6 s for walks.
    package var usualTempo: [Double] {
        switch self {
        case .gluteSet, .staticAbductionSupine, .staticAbductionStanding: [1, 5, 1, 3]
        case .sideLift, .bridge: [2, 2, 3, 1]
        case .hipHitch: [2, 5, 3, 1]
        case .oneLegStand: [1.5, 3, 1.5, 1]
        case .march: [1, 2, 1, 0]
        case .squat: [3, 0, 3, 0]
        case .sideStep: [0.8, 0.2, 0.6, 0.4]
        case .sitToStand: [2, 0, 3, 1]
        case .stepDown: [2, 0, 3, 0]
        case .carry, .gait: [0.3, 0, 0.3, 0]
        case .decelerate, .hops: [0.5, 3, 0.5, 2]
        case .habits: [1, 40, 1, 5]
        case .clam, .standingAbduction, .hinge, .stepUp, .singleLegSquat: [2, 1, 3, 1]
        }
    }
}

extension ExerciseMotion {
    /// How the body stands at a moment: lying and sitting count as both feet.
    func stance(at time: Double) -> Stance {
        if kind.isOneLegged {
            let single = time >= 1.5 && time < duration - 1.8
            return single ? Stance(.single, side: side) : Stance(.both)
        }
        let begins = starts
        guard let index = begins.lastIndex(where: { $0 <= time }),
            time < begins[index] + phases[index].total
        else { return Stance(.both) }
        if kind.isSteps { return Stance(.single, side: stance(ofStep: index)) }
        let end = begins[index] + phases[index].total - phases[index].rest
        guard kind == .stepUp, time < end else { return Stance(.both) }
        return Stance(.single, side: side)
    }
}
