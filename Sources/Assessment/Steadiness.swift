// How long the body takes to be as steady as in quiet standing, after a landing or a stop.

import Kinematics

/// What the person's quiet standing looks like: mean and spread of the short RMS, m/s².
package struct Calm: Sendable, Equatable {
    package var sideways: Double
    package var forward: Double
    package var spreadSideways: Double
    package var spreadForward: Double

    /// s of quiet standing below which it says nothing [engineering default].
    private static let least = 1.5

    /// Nil below a second and a half of samples.
    package init?(sideways: [Double], forward: [Double], rate: Double) {
        guard rate > 8, sideways.count == forward.count,
            Double(sideways.count) >= Calm.least * rate
        else { return nil }
        func statistics(_ values: [Double]) -> (mean: Double, spread: Double) {
            let centre = values.reduce(0, +) / Double(values.count)
            let rms = Steadiness.rms(values.map { $0 - centre }, rate: rate).compactMap { $0 }
            let mean = rms.reduce(0, +) / Double(rms.count)
            let squares = rms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (mean, squareRoot(squares / Double(rms.count)))
        }
        (self.sideways, spreadSideways) = statistics(sideways)
        (self.forward, spreadForward) = statistics(forward)
    }

    /// The limits below which the person is steady: mean + 3 spreads (compensations 6), m/s².
    package var limits: (sideways: Double, forward: Double) {
        (sideways + 3 * spreadSideways, forward + 3 * spreadForward)
    }
}

/// Time to steady (compensations 6).
package enum Steadiness {
    /// s of the RMS window, and how long both directions must stay below their limits.
    static let window = 0.25
    static let stays = 1.0

    /// s from the landing to the first moment from which both RMS stay below their limits for a second.
    ///
    /// The samples begin at the landing; m/s². What the new pose leaves of gravity, the mean of the
    /// judged second, is taken off: the end of the stretch may be the way to the next landing already,
    /// and an estimate that still settles leans a little more or less with each second. Nil where the
    /// body does not become steady.
    package static func seconds(
        sideways: [Double], forward: [Double], rate: Double, calm: Calm
    ) -> Double? {
        guard rate > 8, sideways.count == forward.count,
            Double(sideways.count) >= rate * (stays + window)
        else { return nil }
        let wanted = Int((stays * rate).rounded())
        let width = max(1, Int((window * rate).rounded()))
        let limits = calm.limits
        for start in width - 1..<max(width, sideways.count - wanted + 1)
        where isSteady(sideways, from: start, wanted, width, below: limits.sideways)
            && isSteady(forward, from: start, wanted, width, below: limits.forward)
        {
            return Double(start) / rate
        }
        return nil
    }

    /// The RMS about the second's mean stays below the limit at each of its samples.
    private static func isSteady(
        _ values: [Double], from start: Int, _ count: Int, _ width: Int, below limit: Double
    ) -> Bool {
        guard start + count <= values.count else { return false }
        let mean = values[start..<start + count].reduce(0, +) / Double(count)
        for index in start..<start + count {
            var sum = 0.0
            for value in values[index + 1 - width...index] {
                sum += (value - mean) * (value - mean)
            }
            // Not below, not a number: not steady.
            guard sum < limit * limit * Double(width) else { return false }
        }
        return true
    }

    /// RMS of the quarter of a second that ends at each sample; nil before the first full one.
    static func rms(_ values: [Double], rate: Double) -> [Double?] {
        let width = max(1, Int((window * rate).rounded()))
        var result: [Double?] = []
        result.reserveCapacity(values.count)
        for index in values.indices {
            guard index + 1 >= width else {
                result.append(nil)
                continue
            }
            // Summed anew each time: a running sum would carry the landing's rounding along.
            var sum = 0.0
            for back in 0..<width { sum += values[index - back] * values[index - back] }
            result.append(squareRoot(sum / Double(width)))
        }
        return result
    }
}
