// How cues step back from workout to workout, and forward again where the movement still needs them.

import Kinematics

/// The fading of one exercise (compensations 5.1): a place in the schedule that moves with every workout,
/// and faster or back with what the sets without cues show.
package struct Fading: Sendable, Equatable {
    /// The workout's number in the schedule, from 1.
    package private(set) var place = 1
    /// Dependence of the last workouts, newest last; at most two.
    package private(set) var recent: [Double] = []
    package let schedule: FadingSchedule

    package init() { schedule = FadingSchedule() }

    package init(place: Int, recent: [Double] = [], schedule: FadingSchedule = FadingSchedule()) {
        self.place = max(1, min(10_000, place))
        self.recent = Array(recent.filter(\.isFinite).suffix(2))
        self.schedule = schedule
    }

    /// The block, from 1 to 4.
    package var block: Int { schedule.block(of: place) }

    /// Percent of the movements that may be cued.
    package var percent: Int { schedule.percent(of: place) }

    /// A workout is over; `dependence` nil where it had no set without cues, or none with.
    package mutating func finish(dependence: Double?) {
        place = min(10_000, place + 1)
        guard let dependence, dependence.isFinite else { return }
        recent = Array((recent + [dependence]).suffix(2))
        guard recent.count == 2 else { return }
        let present = schedule.block(of: place - 1)
        let blocks = schedule.blocks
        if recent.allSatisfy({ $0 <= schedule.independent }) {
            if present < blocks.count { place = max(place, blocks[present]) }
            recent = []
        } else if recent.allSatisfy({ $0 >= schedule.dependent }) {
            // All movements are cued in the first workout of all alone: back is two of three.
            place = present > 1 ? max(2, blocks[present - 2]) : 2
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

    /// What is said where sound brought no improvement that could have been kept.
    package static let noImprovementSentence = "Without sound the error was no larger than with it."

    /// The dependence in plain words; nil where one of the two errors is not known.
    ///
    /// A share of the improvement is said where sound brought one and some of it stayed; else what the
    /// errors were.
    package var sentence: String? {
        guard let cued = cuedError, let probe = probeError, let value else { return nil }
        guard CueDependence.isThereError(cued: cued, uncued: probe) else {
            return CueDependence.noErrorSentence
        }
        guard probe > cued else { return CueDependence.noImprovementSentence }
        let kept = Int((100 * (1 - value)).rounded())
        guard kept > 0 else {
            return
                "Without sound the error was \(OfflineBodyText.fixed(probe, places: 1)) degrees, with "
                + "it \(OfflineBodyText.fixed(cued, places: 1)): the improvement still needs the sound."
        }
        return "You kept \(kept) % of the improvement without sound."
    }
}
