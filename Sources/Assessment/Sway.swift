// The numbers of standing still: how much, how far and how abruptly the pelvis is accelerated.

import Kinematics

/// Sway measures of the horizontal acceleration at the pelvis (compensations 6).
package struct Sway: Sendable, Equatable {
    /// Root mean square about the mean, m/s².
    package var rmsSideways: Double
    package var rmsForward: Double
    /// Both directions together, m/s².
    package var rmsBoth: Double
    /// Sum of the distances between successive points, m/s².
    package var path: Double
    /// Half the time integral of the squared derivatives, m²/s⁵ (Mancini 2012).
    package var jerk: Double
    /// Area of the ellipse that holds 95 % of a normal scatter, m²/s⁴.
    package var ellipse: Double
    /// s that were measured.
    package var seconds: Double

    /// Hz of the low-pass before anything is measured (compensations 6; recalled there).
    package static let cutoff = 3.5
    /// The 95 % point of a χ² distribution with two degrees of freedom: −2·ln 0.05.
    private static let chiSquare = 5.991464547107979

    /// Measures evenly spaced samples, m/s²; nil below a second or where the lengths differ.
    package init?(sideways: [Double], forward: [Double], rate: Double) {
        guard rate > 2 * Sway.cutoff, sideways.count == forward.count,
            Double(sideways.count) >= rate
        else { return nil }
        self.init(
            smoothSideways: LowPass.zeroPhase(sideways, cutoff: Sway.cutoff, rate: rate)[...],
            forward: LowPass.zeroPhase(forward, cutoff: Sway.cutoff, rate: rate)[...], rate: rate)
    }

    private init(
        smoothSideways sideways: ArraySlice<Double>, forward: ArraySlice<Double>, rate: Double
    ) {
        let n = Double(sideways.count)
        let meanSideways = sideways.reduce(0, +) / n
        let meanForward = forward.reduce(0, +) / n
        var (ss, ff, sf) = (0.0, 0.0, 0.0)
        for (s, f) in zip(sideways, forward) {
            ss += (s - meanSideways) * (s - meanSideways)
            ff += (f - meanForward) * (f - meanForward)
            sf += (s - meanSideways) * (f - meanForward)
        }
        rmsSideways = squareRoot(ss / n)
        rmsForward = squareRoot(ff / n)
        rmsBoth = squareRoot((ss + ff) / n)
        let determinant = max(0, ss * ff - sf * sf) / ((n - 1) * (n - 1))
        ellipse = Double.pi * Sway.chiSquare * squareRoot(determinant)
        var (path, jerk) = (0.0, 0.0)
        for (one, two) in zip(sideways.indices, sideways.indices.dropFirst()) {
            let (ds, df) = (sideways[two] - sideways[one], forward[two] - forward[one])
            path += squareRoot(ds * ds + df * df)
        }
        // Derivatives of fourth order; two samples at either end have none.
        func slope(_ x: ArraySlice<Double>, _ i: Int) -> Double {
            (8 * (x[i + 1] - x[i - 1]) - (x[i + 2] - x[i - 2])) * rate / 12
        }
        let inner = sideways.indices.dropFirst(2).dropLast(2)
        for index in inner {
            let (s, f) = (slope(sideways, index), slope(forward, index))
            jerk += s * s + f * f
        }
        self.path = path
        self.jerk = inner.isEmpty ? 0 : 0.5 * jerk / Double(inner.count) * (n - 1) / rate
        seconds = (n - 1) / rate
    }

    /// Standard error of each measure, from how its three thirds differ; nil below three seconds.
    ///
    /// Path and jerk are sums over time: a third of them counts three times.
    package static func standardError(
        sideways: [Double], forward: [Double], rate: Double
    ) -> Sway? {
        let part = sideways.count / 3
        guard rate > 2 * Sway.cutoff, sideways.count == forward.count, Double(part) >= rate else {
            return nil
        }
        let s = LowPass.zeroPhase(sideways, cutoff: cutoff, rate: rate)
        let f = LowPass.zeroPhase(forward, cutoff: cutoff, rate: rate)
        let thirds = (0..<3).map { third in
            Sway(
                smoothSideways: s[third * part..<(third + 1) * part],
                forward: f[third * part..<(third + 1) * part], rate: rate)
        }
        func error(_ pick: (Sway) -> Double) -> Double {
            let values = thirds.map(pick)
            let mean = values.reduce(0, +) / 3
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return squareRoot(squares / 2 / 3)
        }
        var result = thirds[0]
        result.rmsSideways = error { $0.rmsSideways }
        result.rmsForward = error { $0.rmsForward }
        result.rmsBoth = error { $0.rmsBoth }
        result.path = error { $0.path * 3 }
        result.jerk = error { $0.jerk * 3 }
        result.ellipse = error { $0.ellipse }
        return result
    }
}
