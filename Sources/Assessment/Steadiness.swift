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
    /// The samples begin at the landing; m/s². What the new pose leaves of gravity, the mean of the last
    /// second, is taken off. Nil where the body does not become steady.
    package static func seconds(
        sideways: [Double], forward: [Double], rate: Double, calm: Calm
    ) -> Double? {
        guard rate > 8, sideways.count == forward.count,
            Double(sideways.count) >= rate * (stays + window)
        else { return nil }
        let last = Int(rate)
        func settled(_ values: [Double]) -> [Double] {
            let mean = values.suffix(last).reduce(0, +) / Double(last)
            return values.map { $0 - mean }
        }
        let limits = calm.limits
        let s = rms(settled(sideways), rate: rate)
        let f = rms(settled(forward), rate: rate)
        let wanted = Int((stays * rate).rounded())
        var below = 0
        for index in s.indices {
            if let a = s[index], let b = f[index], a < limits.sideways, b < limits.forward {
                below += 1
                if below == wanted { return Double(index - wanted + 1) / rate }
            } else {
                below = 0
            }
        }
        return nil
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
