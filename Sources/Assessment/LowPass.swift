// Keeps the slow part of a signal without shifting it in time.

import Kinematics

/// A second-order Butterworth low-pass, run forwards and backwards.
package enum LowPass {
    /// The signal below about `cutoff` Hz; `rate` samples a second, evenly spaced.
    ///
    /// Both ends are continued point-symmetrically for a second, so that they do not ring. A signal of
    /// fewer than three samples, or a cut-off at or above half the rate, comes back as it is.
    package static func zeroPhase(
        _ values: [Double], cutoff: Double, rate: Double
    ) -> [Double] {
        guard values.count >= 3, cutoff > 0, rate > 2 * cutoff, rate < 1e6 else { return values }
        let pad = min(values.count - 1, max(1, Int(rate)))
        let (first, last) = (values[0], values[values.count - 1])
        var extended: [Double] = []
        extended.reserveCapacity(values.count + 2 * pad)
        for back in (1...pad).reversed() { extended.append(2 * first - values[back]) }
        extended += values
        for back in 1...pad { extended.append(2 * last - values[values.count - 1 - back]) }
        let filter = Section(cutoff: cutoff, rate: rate)
        var result = filter.run(extended)
        result.reverse()
        result = filter.run(result)
        result.reverse()
        return Array(result[pad..<pad + values.count])
    }

    /// The filter's coefficients, by the bilinear transform with the cut-off kept in place.
    private struct Section {
        let b0: Double
        let a1: Double
        let a2: Double

        init(cutoff: Double, rate: Double) {
            let (sine, cosine) = sineAndCosine(Double.pi * cutoff / rate)
            let k = sine / cosine
            let root = squareRoot(2)
            let norm = 1 / (1 + root * k + k * k)
            b0 = k * k * norm
            a1 = 2 * (k * k - 1) * norm
            a2 = (1 - root * k + k * k) * norm
        }

        /// Begins as if the first value had been there for ever.
        func run(_ values: [Double]) -> [Double] {
            let start = values[0]
            var (s1, s2) = (0.0, 0.0)
            return values.map { value in
                let x = value - start
                let y = b0 * x + s1
                s1 = 2 * b0 * x - a1 * y + s2
                s2 = b0 * x - a2 * y
                return y + start
            }
        }
    }
}
