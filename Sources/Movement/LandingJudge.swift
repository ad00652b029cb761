// What the last landings say against the person's own earlier ones (C14).

import Kinematics

/// Compares three landings in succession with the 90th percentile of those before them.
///
/// The next of n + 1 like landings is above the k-th largest of n one time in (n + 1) / k. So below nine no
/// landing is known that a tenth exceeds only one time in ten, and nothing is judged; of nine to eighteen it is
/// the largest, of nineteen on the second largest, and so on. Three like ones in succession are all above the
/// largest of nine by chance one time in 220.
struct LandingJudge: BitwiseCopyable {
    /// Peaks of the landings that are compared with, m/s²; at most as many as are done in a day.
    private var own: InlineArray<40, Double>
    private var count = 0
    /// The last ones of this set, at most three, the newest last.
    private var recent: InlineArray<3, Double>
    private var inARow = 0

    @_noLocks
    init() {
        own = InlineArray(repeating: 0)
        recent = InlineArray(repeating: 0)
    }

    /// Takes the peak of a landing, m/s²: the least of the last three over the person's own 90th percentile; nil
    /// while that is not known.
    @_noLocks
    mutating func add(_ peak: Double) -> Double? {
        guard peak.isFinite else { return nil }
        if inARow == 3 {
            keep(recent[0])
            recent[0] = recent[1]
            recent[1] = recent[2]
            inARow = 2
        }
        recent[inARow] = peak
        inARow += 1
        guard inARow == 3, let limit = percentile(), limit > 0 else { return nil }
        return min(recent[0], min(recent[1], recent[2])) / limit
    }

    /// The next landing does not follow the last one.
    @_noLocks
    mutating func breakOff() {
        var index = 0
        while index < inARow {
            keep(recent[index])
            index += 1
        }
        inARow = 0
    }

    @_noLocks
    private mutating func keep(_ peak: Double) {
        own[count % 40] = peak
        count += 1
    }

    /// What a tenth of all landings exceeds, as far as those that are known tell.
    @_noLocks
    private func percentile() -> Double? {
        let known = min(count, 40)
        let place = (known + 1) / 10
        guard place >= 1 else { return nil }
        var index = 0
        while index < known {
            // The one that as many are above as the place allows, and with its like fill it.
            var (above, like) = (0, 0)
            var other = 0
            while other < known {
                if own[other] > own[index] { above += 1 }
                if own[other] == own[index] { like += 1 }
                other += 1
            }
            if above < place, above + like >= place { return own[index] }
            index += 1
        }
        return nil
    }
}
