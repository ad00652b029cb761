// The sensor rocks on skin and belt: a lightly damped spring driven by the segment's acceleration.

import Kinematics

/// Sizes of the wobble; the default is none.
///
/// Simplified: the sensor only rocks about its own middle, so the wobble adds rotation but no
/// acceleration of its own; and nothing turns about the outward axis.
package struct SkinWobble: Sendable, Equatable {
    /// Static angle for each m/s² of acceleration, rad per m/s²; 0 switches the wobble off.
    package var compliance = 0.0
    /// Natural frequency (Hz) and damping ratio; chosen, in the range reported for skin-worn
    /// sensors.
    package var frequency = 9.0
    package var damping = 0.15

    package init() {}

    /// The largest step of the integration, s: 1/50 of a period at 10 Hz.
    private static let largestStep = 0.002

    /// Carries the wobble from one moment to the next by Runge and Kutta's fourth-order rule.
    func advance(
        _ state: WobbleState, from start: Double, to end: Double,
        drive: (Double) -> Vector3
    ) -> WobbleState {
        guard compliance > 0, end > start else { return state }
        let exact = min((end - start) / Self.largestStep, 100_000)
        let steps = Int(exact) + 1
        let step = (end - start) / Double(steps)
        var state = state
        var before = drive(start)
        for index in 0..<steps {
            let time = start + Double(index) * step
            let middle = drive(time + step / 2)
            let after = drive(time + step)
            let a = slope(state, before)
            let b = slope(state.moved(by: a, step / 2), middle)
            let c = slope(state.moved(by: b, step / 2), middle)
            let d = slope(state.moved(by: c, step), after)
            state = WobbleState(
                angle: state.angle + (a.angle + (b.angle + c.angle) * 2 + d.angle) * (step / 6),
                rate: state.rate + (a.rate + (b.rate + c.rate) * 2 + d.rate) * (step / 6))
            before = after
        }
        return state
    }

    /// Time derivative of the state: u̇ = v, v̇ = ω²(k·drive − u) − 2ζω·v.
    private func slope(_ state: WobbleState, _ drive: Vector3) -> WobbleState {
        let omega = 2 * Double.pi * frequency
        return WobbleState(
            angle: state.rate,
            rate: (drive * compliance - state.angle) * (omega * omega)
                - state.rate * (2 * damping * omega))
    }
}

/// Angle vector (rad, segment axes) and its derivative (rad/s).
struct WobbleState: BitwiseCopyable, Sendable {
    var angle = Vector3.zero
    var rate = Vector3.zero

    func moved(by slope: WobbleState, _ step: Double) -> WobbleState {
        WobbleState(angle: angle + slope.angle * step, rate: rate + slope.rate * step)
    }

    var segmentFromWobbled: Rotation { Rotation(turn: angle) }

    /// Rate of the wobbled frame against the segment, in wobbled axes: u̇ − ½ u×u̇ + ⅙ u×(u×u̇),
    /// the first terms of the right Jacobian of the rotation vector.
    var bodyRate: Vector3 {
        let turned = angle.cross(rate)
        return rate - turned * 0.5 + angle.cross(turned) * (1.0 / 6)
    }
}

extension Segment {
    /// Where the sensor sits on the segment, outward, segment axes.
    var sensorSide: Vector3 {
        switch self {
        case .pelvis, .trunk: Vector3(-1, 0, 0)
        case .leftThigh: Vector3(0, 0, -1)
        case .rightThigh: Vector3(0, 0, 1)
        case .leftShank, .rightShank: Vector3(1, 0, 0)
        }
    }
}
