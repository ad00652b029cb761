// Marching, walking and side-stepping: the body swings from leg to leg.

import Kinematics

extension ExerciseMotion {
    /// Chosen sizes: sideways swing and bob (m), and angles (rad).
    private enum Gait {
        static let swing = 0.028
        static let bob = 0.018
        static let drop = 2.5 * Double.pi / 180
        static let lean = 1.2 * Double.pi / 180
        static let turn = 4 * Double.pi / 180
        static let thigh = 20 * Double.pi / 180
        static let speed = 1.2
    }

    func addSteps(to pose: inout PoseOffsets, at time: Double, person: Person) {
        switch kind {
        case .march: addMarch(to: &pose, at: time, person: person)
        case .sideStep: addSideSteps(to: &pose, at: time, person: person)
        default: addWalk(to: &pose, at: time, person: person)
        }
    }

    /// From foot to foot, one knee at a time.
    private func addMarch(to pose: inout PoseOffsets, at time: Double, person: Person) {
        let begins = starts
        for (index, start) in begins.enumerated() {
            let times = phases[index]
            let stance = stance(ofStep: index)
            let end = start + times.total
            guard time > start - 1, time < end + 1 else { continue }
            // The weight is over the foot before the other one leaves the floor.
            let first = index == 0
            let last = index == begins.count - 1
            let change = min(0.8, 0.35 * times.total)
            let over =
                SmoothCurve.step(
                    time, start: start - (first ? 0.9 : change * 0.5), length: first ? 0.8 : change)
                - SmoothCurve.step(
                    time, start: last ? end + 0.1 : end - change * 0.5, length: last ? 0.8 : change)
            pose.right += over * (person.shift * 0.8 * stance.sign)
            pose.load += over * stance.sign
            let lift = SmoothCurve.plateau(
                time, start: start + 0.1 * times.raise, rise: times.raise * 0.9, hold: times.hold,
                fall: times.lower * 0.9)
            pose.lift(
                stance.opposite, hip: lift * (38 * radiansPerDegree),
                knee: lift * (65 * radiansPerDegree))
            pose.up -= SingleStance.impact(
                person.impact * 0.5, at: time, touchDown: end - times.rest - 0.06)
            pose.drop(lift * (1.5 * radiansPerDegree), stance: stance)
            addStepPattern(index, shape: lift, stance: stance, to: &pose, person)
        }
    }

    /// A walk forward: everything swings as sines of the step's phase.
    private func addWalk(to pose: inout PoseOffsets, at time: Double, person: Person) {
        let begins = starts
        guard let first = begins.first, let last = begins.last, let end = phases.last?.total else {
            return
        }
        let over = last + end
        // Speed comes and goes over 1.5 s, the swing of the body within the first and last step.
        pose.travelForward += walked(at: time, from: first - 1, to: over - 0.8)
        let envelope =
            SmoothCurve.step(time, start: first - 0.3, length: 0.8)
            - SmoothCurve.step(time, start: over - 0.5, length: 0.8)
        let sign = side.sign
        let phase = walkPhase(at: time, begins: begins)
        let wave = phase.sineAndCosineJets()
        let sideways = wave.sine * envelope * sign
        pose.right += sideways * Gait.swing
        pose.load += sideways * 0.9
        pose.pelvisObliquity += sideways * -Gait.drop
        pose.trunkLean += sideways * Gait.lean
        pose.pelvisRotation += wave.cosine * envelope * (Gait.turn * sign)
        let double = (phase * 2).sineAndCosineJets()
        pose.up += (Jet(1) - double.cosine) * envelope * (Gait.bob * 0.5)
        // The stance thigh goes back while the other comes forward.
        let swing = wave.cosine * envelope * (Gait.thigh * sign)
        pose.lift(.right, hip: swing, knee: .zero)
        pose.lift(.left, hip: swing * -1, knee: .zero)
        addLandings(to: &pose, at: time, person: person)
        guard let index = begins.lastIndex(where: { $0 <= time }), time < over else { return }
        let length = phases[index].total
        let bump = SmoothCurve.pulse(
            time, centre: begins[index] + length / 2, halfWidth: length / 2)
        addStepPattern(index, shape: bump, stance: stance(ofStep: index), to: &pose, person)
    }

    /// Half a turn a step from the first stance on, rad.
    ///
    /// Steps differ in length, and a body does not change its speed at once: each step is the
    /// polynomial of degree five that meets its neighbours with their rate and without a kink.
    /// Before the first and after the last one the phase goes on evenly.
    private func walkPhase(at time: Double, begins: [Double]) -> Jet {
        /// The rate where step `index` begins, rad/s.
        func rate(_ index: Int) -> Double {
            let before = phases[max(0, index - 1)].total
            let after = phases[min(index, phases.count - 1)].total
            return 2 * Double.pi / (before + after)
        }
        guard let index = begins.lastIndex(where: { $0 <= time }) else {
            return Jet(rate(0) * (time - begins[0]), rate: rate(0))
        }
        let length = phases[index].total
        let u = (time - begins[index]) / length
        let start = Double.pi * Double(index)
        guard u < 1 else {
            let past = time - begins[index] - length
            return Jet(start + Double.pi + rate(index + 1) * past, rate: rate(index + 1))
        }
        // u + (Δ0)(u − 6u³ + 8u⁴ − 3u⁵) + (Δ1)(−4u³ + 7u⁴ − 3u⁵): Hermite's, without acceleration
        // at either end.
        let before = rate(index) * length - Double.pi
        let after = rate(index + 1) * length - Double.pi
        let square = u * u
        return Jet(
            start + Double.pi * u
                + before * u * (1 - square * (6 - u * (8 - 3 * u)))
                - after * u * square * (4 - u * (7 - 3 * u)),
            rate: (Double.pi + before * (1 - square * (18 - u * (32 - 15 * u)))
                - after * square * (12 - u * (28 - 15 * u))) / length,
            acceleration: (before * u * (-36 + u * (96 - 60 * u))
                + after * u * (-24 + u * (84 - 60 * u))) / (length * length))
    }

    private func addLandings(to pose: inout PoseOffsets, at time: Double, person: Person) {
        for start in starts where time >= start && time < start + 0.3 {
            pose.up -= SingleStance.impact(person.impact, at: time, touchDown: start)
        }
    }

    /// m walked: even speed between two soft ends of 1.5 s.
    private func walked(at time: Double, from: Double, to: Double) -> Jet {
        func ramp(_ start: Double) -> Jet {
            // The integral of a straight rise of speed, smooth enough for a start.
            let u = (time - start) / 1.5
            if u <= 0 { return .zero }
            if u >= 1 {
                return Jet(Gait.speed * (time - start - 0.75), rate: Gait.speed)
            }
            // Speed 3u² − 2u³: position u³ − u⁴/2, times 1.5 s.
            return Jet(
                Gait.speed * 1.5 * (u * u * u - u * u * u * u / 2),
                rate: Gait.speed * (3 * u * u - 2 * u * u * u),
                acceleration: Gait.speed / 1.5 * (6 * u - 6 * u * u))
        }
        return ramp(from) - ramp(to)
    }

    /// To one side and back: a push sideways a step, the leg on that side stands after it.
    private func addSideSteps(to pose: inout PoseOffsets, at time: Double, person: Person) {
        for (index, start) in starts.enumerated() {
            let times = phases[index]
            let direction = stance(ofStep: index)
            let push = SmoothCurve.step(time, start: start, length: max(0.5, times.raise))
            pose.travelRight += push * (0.30 * direction.sign)
            let after = start + max(0.5, times.raise)
            let left = start + times.total - after
            let single = SmoothCurve.pulse(
                time, centre: after + left * 0.4, halfWidth: max(0.25, left * 0.5))
            pose.lift(
                direction.opposite, hip: single * (12 * radiansPerDegree),
                knee: single * (25 * radiansPerDegree))
            addStepPattern(index, shape: single, stance: direction, to: &pose, person)
        }
    }

    private func addStepPattern(
        _ index: Int, shape: Jet, stance: Side, to pose: inout PoseOffsets, _ person: Person
    ) {
        let size = index < sizes.count ? sizes[index] : 0
        guard size > 0 else { return }
        let amount = shape * size
        switch pattern {
        case .drop, .fatigue: pose.drop(amount, stance: stance)
        case .hike: pose.drop(amount * -1, stance: stance)
        case .lean: pose.trunkLean += amount * stance.sign
        case .leanAway: pose.trunkLean -= amount * stance.sign
        case .dropAndLean:
            pose.drop(amount, stance: stance)
            pose.trunkLean += amount * stance.sign
        case .shift: pose.right += amount * (person.legLength * stance.sign)
        case .level, .rollBack, .fastLowering: break
        }
    }
}
