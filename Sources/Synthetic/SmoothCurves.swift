// The shapes all movement is made of: a smooth step, a plateau and a pulse, with continuous third
// derivatives so that accelerations have no corners.

/// Smooth functions of time with exact derivatives.
package enum SmoothCurve {
    /// 0 before `start`, 1 after `start + length`, in between 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷.
    ///
    /// The only polynomial of degree seven whose first three derivatives vanish at both ends; its
    /// steepest slope is 2.19 / length. A length of zero or less counts as a microsecond.
    package static func step(_ time: Double, start: Double, length: Double) -> Jet {
        let span = max(length, 1e-6)
        let u = (time - start) / span
        if u <= 0 { return .zero }
        if u >= 1 { return Jet(1) }
        let rest = 1 - u
        let square = u * u
        return Jet(
            square * square * (35 + u * (-84 + u * (70 - 20 * u))),
            rate: 140 * square * u * rest * rest * rest / span,
            acceleration: 420 * square * rest * rest * (1 - 2 * u) / (span * span))
    }

    /// Rises to 1 over `rise`, stays for `hold`, returns to 0 over `fall`.
    package static func plateau(
        _ time: Double, start: Double, rise: Double, hold: Double, fall: Double
    ) -> Jet {
        step(time, start: start, length: rise)
            - step(time, start: start + rise + hold, length: fall)
    }

    /// (1 − u²)⁴ within `halfWidth` of `centre`, else 0; the peak of its second derivative is
    /// −8 / halfWidth².
    package static func pulse(_ time: Double, centre: Double, halfWidth: Double) -> Jet {
        let width = max(halfWidth, 1e-6)
        let u = (time - centre) / width
        let rest = 1 - u * u
        if rest <= 0 { return .zero }
        let square = rest * rest
        return Jet(
            square * square,
            rate: -8 * u * square * rest / width,
            acceleration: (48 * u * u * square - 8 * square * rest) / (width * width))
    }
}
