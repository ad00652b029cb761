// By what schedule cues step back from workout to workout: a shape that anybody may set for a person.

/// Shares, blocks and gates of fading (compensations 5.1); the values here are its engineering defaults.
package struct FadingSchedule: Sendable, Equatable {
    /// Percent of the movements that may be cued: in the first workout of all, in the rest of the first
    /// block, and in each block after it.
    package var shares = [100, 67, 50, 33, 10]
    /// The workouts that the second, third and fourth block begin with.
    package var blockStarts = [5, 7, 9]
    /// Dependence at or below which two workouts step a block forward.
    package var independent = 0.10
    /// Dependence at or above which two workouts step a block back.
    package var dependent = 0.50

    package init() {}

    /// Numbers that a schedule can be made of.
    package static let workouts = 3...10_000
    package static let percents = 0...100
    package static let dependences = 0.0...5.0

    /// First workout of each block.
    package var blocks: [Int] { [1] + blockStarts }

    /// The block of a workout, from 1 to 4.
    package func block(of workout: Int) -> Int {
        blocks.lastIndex { $0 <= workout }.map { $0 + 1 } ?? 1
    }

    /// Percent of a workout's movements that may be cued.
    package func percent(of workout: Int) -> Int {
        let place = workout <= 1 ? 0 : block(of: workout)
        return shares.indices.contains(place) ? shares[place] : shares.last ?? 100
    }
}
