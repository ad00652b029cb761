// The shapes all movement is made of: a smooth step, a plateau and a pulse, with continuous third
// derivatives so that accelerations have no corners.

/// How the speed of a movement from one place to another grows and falls.
///
/// People differ: reaching movements are near least jerk (Flash and Hogan 1985), careful ones start and end more
/// softly, and one that is thrown or braked has its peak before or after the middle.
package enum MovementShape: String, Sendable, CaseIterable {
    /// Speed (u(1 − u))³: the seventh-order step.
    case soft
    /// Speed (u(1 − u))²: least jerk, the fifth-order step.
    case leastJerk = "least-jerk"
    /// Speed u²(1 − u)³: the peak at two fifths of the time.
    case early
    /// Speed u³(1 − u)²: the peak at three fifths.
    case late
    /// Speed u²(1 − u)⁴: the peak at a third.
    case lopsided
    /// Speed u⁴(1 − u)²: its mirror image.
    case braked
    /// Speed u³(1 − u)⁵: a long, slow end. No bell that movements are timed by, as those that follow.
    case trailing
    /// An even speed, reached in and left over three tenths of the time each: a guided, slow movement.
    case gliding
    /// Two movements of least jerk, the second begun before the first is over: somebody who hesitates.
    case halting
}

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

    /// The same along another shape; but for the seventh-order step, the third derivative jumps at both ends.
    package static func step(
        _ time: Double, start: Double, length: Double, shape: MovementShape
    ) -> Jet {
        let span = max(length, 1e-6)
        let u = (time - start) / span
        if u <= 0 { return .zero }
        if u >= 1 { return Jet(1) }
        func jet(_ way: Double, _ rate: Double, _ acceleration: Double) -> Jet {
            Jet(way, rate: rate / span, acceleration: acceleration / (span * span))
        }
        let rest = 1 - u
        switch shape {
        case .soft: return step(time, start: start, length: length)
        case .leastJerk:
            return jet(
                u * u * u * (10 + u * (6 * u - 15)), 30 * u * u * rest * rest,
                60 * u * rest * (1 - 2 * u))
        case .early:
            return jet(
                earlyWay(u), 60 * u * u * rest * rest * rest, 60 * u * rest * rest * (2 - 5 * u))
        case .late:
            // The early one, backwards in time.
            return jet(
                1 - earlyWay(rest), 60 * rest * rest * u * u * u,
                60 * rest * u * u * (5 * rest - 2))
        case .lopsided:
            return jet(
                u * u * u * (35 + u * (-105 + u * (126 + u * (-70 + 15 * u)))),
                105 * u * u * rest * rest * rest * rest,
                210 * u * rest * rest * rest * (1 - 3 * u))
        case .braked:
            let mirrored = step(rest, start: 0, length: 1, shape: .lopsided)
            return jet(1 - mirrored.value, mirrored.rate, -mirrored.acceleration)
        case .trailing:
            let way = 126 + u * (-504 + u * (840 + u * (-720 + u * (315 - 56 * u))))
            let fall = rest * rest * rest * rest
            return jet(
                u * u * u * u * way, 504 * u * u * u * fall * rest,
                504 * u * u * fall * (3 - 8 * u))
        case .gliding:
            return u < 0.5
                ? jet(glide(u), glideSpeed(u).value, glideSpeed(u).rate)
                : jet(1 - glide(rest), glideSpeed(rest).value, -glideSpeed(rest).rate)
        case .halting:
            let first = step(u, start: 0, length: 0.65, shape: .leastJerk)
            let second = step(u, start: 0.35, length: 0.65, shape: .leastJerk)
            return jet(
                (first.value + second.value) / 2, (first.rate + second.rate) / 2,
                (first.acceleration + second.acceleration) / 2)
        }
    }

    /// Share of its time in which a gliding movement reaches its even speed.
    private static var ramp: Double { 0.3 }

    private static func glideSpeed(_ u: Double) -> Jet {
        step(u, start: 0, length: ramp, shape: .leastJerk) * (1 / (1 - ramp))
    }

    /// The integral of `glideSpeed`.
    private static func glide(_ u: Double) -> Double {
        let w = min(1, u / ramp)
        let begun = w * w * w * w * (2.5 + w * (w - 3))
        return (ramp * begun + max(0, u - ramp)) / (1 - ramp)
    }

    /// 60 ∫ u²(1 − u)³ du.
    private static func earlyWay(_ u: Double) -> Double {
        u * u * u * (20 + u * (-45 + u * (36 - 10 * u)))
    }

    /// Rises to 1 over `rise`, stays for `hold`, returns to 0 over `fall`.
    package static func plateau(
        _ time: Double, start: Double, rise: Double, hold: Double, fall: Double,
        shape: MovementShape = .soft
    ) -> Jet {
        step(time, start: start, length: rise, shape: shape)
            - step(time, start: start + rise + hold, length: fall, shape: shape)
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
