// How cues step back from workout to workout, and forward again where the movement still needs them.

import Kinematics

/// The fading of one exercise (compensations 5.1): a place in the schedule that moves with every workout,
/// and faster or back with what the sets without cues show.
package struct Fading: Sendable, Equatable {
    /// The workout's number in the schedule, from 1.
    package private(set) var place = 1
    /// Dependence of the last workouts, newest last; at most two.
    package private(set) var recent: [Double] = []

    /// First workout of each block: 1 to 4, 5 and 6, 7 and 8, 9 and on.
    package static let blocks = [1, 5, 7, 9]
    /// Dependence at or below which two workouts step a block forward, and at or above which back.
    package static let independent = 0.10
    package static let dependent = 0.50

    package init() {}

    package init(place: Int, recent: [Double] = []) {
        self.place = max(1, min(10_000, place))
        self.recent = Array(recent.filter(\.isFinite).suffix(2))
    }

    /// The block, from 1 to 4.
    package var block: Int { Fading.blocks.lastIndex { $0 <= place }.map { $0 + 1 } ?? 1 }

    /// Percent of the movements that may be cued.
    package var percent: Int {
        switch block {
        case 1: place == 1 ? 100 : 67
        case 2: 50
        case 3: 33
        default: 10
        }
    }

    /// A workout is over; `dependence` nil where it had no set without cues, or none with.
    package mutating func finish(dependence: Double?) {
        place = min(10_000, place + 1)
        guard let dependence, dependence.isFinite else { return }
        recent = Array((recent + [dependence]).suffix(2))
        guard recent.count == 2 else { return }
        let present = Fading(place: place - 1).block
        if recent.allSatisfy({ $0 <= Fading.independent }) {
            if present < Fading.blocks.count { place = max(place, Fading.blocks[present]) }
            recent = []
        } else if recent.allSatisfy({ $0 >= Fading.dependent }) {
            // All movements are cued in the first workout of all alone: back is two of three.
            place = present > 1 ? max(2, Fading.blocks[present - 2]) : 2
            recent = []
        }
    }
}

/// What movement did above the off-thresholds in sets with and without cues.
package struct CueDependence: Sendable, Equatable {
    /// Degrees · s, and s.
    package var cuedExcess = 0.0
    package var cuedTime = 0.0
    package var probeExcess = 0.0
    package var probeTime = 0.0

    package init() {}

    /// Shortest time of judged movement that says anything, s [engineering default].
    package static let leastTime = 3.0

    /// Takes a set's rules.
    ///
    /// The error of a moment is the sum over the angle rules that may be cued; each counts over the time
    /// in which it could be judged. The silent parts of a set with cues are without them as well.
    package mutating func add(_ rules: [RuleRecord], isProbe: Bool) {
        let angles = rules.filter { $0.rule.signal.isAngle && !$0.rule.reportOnly && $0.isMeasured }
        let silent = CueDependence.sum(angles.map { ($0.silentExcess, $0.silentJudged) })
        let other = CueDependence.sum(
            angles.map { ($0.excess - $0.silentExcess, $0.judged - $0.silentJudged) })
        probeExcess += silent.excess
        probeTime += silent.time
        if isProbe {
            probeExcess += other.excess
            probeTime += other.time
        } else {
            cuedExcess += other.excess
            cuedTime += other.time
        }
    }

    /// Degrees · s of several rules together, over the longest time that one was judged.
    private static func sum(
        _ rules: [(excess: Double, judged: Double)]
    ) -> (excess: Double, time: Double) {
        let judged = rules.filter { $0.judged > 0 }
        let time = judged.map(\.judged).max() ?? 0
        let mean = judged.reduce(0) { $0 + $1.excess / $1.judged } * degreesPerRadian
        return (max(0, mean) * time, time)
    }

    /// Time-weighted mean error, degrees; nil without enough movement.
    package var cuedError: Double? {
        cuedTime >= CueDependence.leastTime ? cuedExcess / cuedTime : nil
    }
    package var probeError: Double? {
        probeTime >= CueDependence.leastTime ? probeExcess / probeTime : nil
    }

    /// (error without cues − error with them) over the error with them, at least half a degree.
    package var value: Double? {
        guard let cued = cuedError, let probe = probeError else { return nil }
        return (probe - cued) / max(cued, 0.5)
    }

    /// Mean errors below this are none, degrees: 0.0 where they are shown [engineering default].
    package static let leastError = 0.05

    /// Whether there was anything to improve: a share of nothing would be praise for nothing.
    package static func isThereError(cued: Double, uncued: Double) -> Bool {
        max(cued, uncued) >= leastError
    }

    /// What is said where no angle left its band.
    package static let noErrorSentence = "No angle left its band, with sound or without."

    /// The dependence in plain words.
    package static func sentence(_ value: Double) -> String {
        let kept = Int((100 * (1 - max(0, min(1, value)))).rounded())
        return "You kept \(kept) % of the improvement without sound."
    }
}
