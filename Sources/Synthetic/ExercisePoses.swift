// From an exercise and a moment to departures from quiet stance.

import Kinematics

/// The shapes of one repetition at a moment.
private struct RepetitionShape {
    /// 0 at rest, 1 at the far end.
    var way = Jet.zero
    /// 0 to 1 and back around the far half: where a pattern shows.
    var fault = Jet.zero
}

extension ExerciseMotion {
    /// Sizes of the movements: m and rad; chosen within the usual ranges.
    private enum Size {
        static let squat = 0.25
        static let singleLegSquat = 0.14
        static let step = 0.15
        static let box = 0.13
        static let seat = 0.42
        static let lie = 0.80
        static let stride = 0.35
    }

    func offsets(at time: Double, person: Person) -> PoseOffsets {
        var pose = PoseOffsets()
        let end = duration
        if kind.isSupine || kind.isSideLying {
            let share =
                SmoothCurve.step(time, start: 0.3, length: 4)
                - SmoothCurve.step(time, start: end - 5, length: 4)
            pose.up -= share * Size.lie
            if kind.isSupine {
                pose.lieTilt += share * (-Double.pi / 2)
            } else {
                // On the left side the right one points up: obliquity −90°.
                pose.lieSide += share * (side == .left ? -Double.pi / 2 : Double.pi / 2)
            }
        }
        if kind.isSteps {
            addSteps(to: &pose, at: time, person: person)
        } else {
            if kind.isOneLegged {
                let over =
                    SmoothCurve.step(time, start: 0.5, length: 1)
                    - SmoothCurve.step(time, start: end - 1.8, length: 1)
                pose.right += over * (person.shift * side.sign)
                pose.load += over * side.sign
            }
            if kind == .oneLegStand {
                let lifted =
                    SmoothCurve.step(time, start: 1.6, length: 0.7)
                    - SmoothCurve.step(time, start: end - 2.7, length: 0.7)
                pose.lift(
                    side.opposite, hip: lifted * (20 * radiansPerDegree),
                    knee: lifted * (50 * radiansPerDegree))
            }
            addRepetitions(to: &pose, at: time, person: person)
        }
        return pose
    }

    private func shape(
        _ index: Int, start: Double, at time: Double, person: Person
    ) -> RepetitionShape {
        let times = phases[index]
        let out = kind.lowersFirst ? times.lower : times.raise
        let back = kind.lowersFirst ? times.raise : times.lower
        var shape = RepetitionShape()
        shape.way = SmoothCurve.plateau(
            time, start: start, rise: out, hold: times.hold, fall: back, shape: person.shape)
        let from = start + 0.3 * out
        let until = start + out + times.hold + 0.7 * back
        // Nobody carries the pelvis sideways as fast as it sinks.
        let ramp = min(pattern == .shift ? 1 : 0.5, (until - from) / 3)
        shape.fault = SmoothCurve.plateau(
            time, start: from, rise: ramp, hold: max(0, until - from - 2 * ramp), fall: ramp)
        return shape
    }

    private func addRepetitions(to pose: inout PoseOffsets, at time: Double, person: Person) {
        if kind == .sitToStand {
            let seated =
                SmoothCurve.step(time, start: 0.5, length: 2.5)
                - SmoothCurve.step(time, start: duration - 2.8, length: 2)
            addSeat(seated, to: &pose)
        }
        var start = lead
        for index in phases.indices {
            let next = start + phases[index].total
            if kind == .decelerate {
                // Outside the window below: whoever has gone a way has gone it for good.
                pose.travelForward +=
                    SmoothCurve.step(time, start: start - 0.4, length: 0.9) * 0.5
            }
            // Whoever stands up leans forward first, and the landing of a hop rings on for a moment.
            if time >= start - leadIn(phases[index]), time < next + 0.5 {
                let now = shape(index, start: start, at: time, person: person)
                addMovement(now.way, start: start, index: index, at: time, to: &pose, person)
                let size = index < sizes.count ? sizes[index] : 0
                if size > 0 { addPattern(now.fault * size, way: now.way, to: &pose, person) }
            }
            start = next
        }
    }

    /// s before the rise at which the trunk begins to lean forward.
    private func leadIn(_ times: PhaseTimes) -> Double {
        kind == .sitToStand ? times.raise * 0.25 : 0
    }

    private func addSeat(_ share: Jet, to pose: inout PoseOffsets) {
        pose.up -= share * Size.seat
        pose.travelForward -= share * 0.3
        pose.pelvisTilt -= share * (10 * radiansPerDegree)
        let bend = share * (85 * radiansPerDegree)
        pose.lift(.left, hip: bend, knee: bend)
        pose.lift(.right, hip: bend, knee: bend)
    }

    /// The exercise itself, `way` of it.
    private func addMovement(
        _ way: Jet, start: Double, index: Int, at time: Double, to pose: inout PoseOffsets,
        _ person: Person
    ) {
        let s = way * range
        func degrees(_ value: Double) -> Jet { s * (value * radiansPerDegree) }
        switch kind {
        case .gluteSet, .staticAbductionSupine, .staticAbductionStanding:
            pose.pelvisTilt -= degrees(0.4)
        case .clam: pose.abduct(side.opposite, degrees(35))
        case .sideLift: pose.abduct(side.opposite, degrees(30))
        case .bridge:
            pose.pelvisTilt -= degrees(24)
            pose.up += s * 0.15
        case .standingAbduction: pose.abduct(side.opposite, degrees(26))
        case .hipHitch: pose.drop(degrees(-7), stance: side)
        case .squat:
            pose.up -= s * Size.squat
            pose.pelvisTilt += degrees(16)
            pose.trunkFlexion += degrees(24)
            for leg in Side.allCases { pose.lift(leg, hip: degrees(55), knee: degrees(85)) }
        case .hinge:
            pose.pelvisTilt += degrees(42)
            pose.trunkFlexion += degrees(44)
            pose.forward -= s * 0.06
        case .sitToStand:
            addSeat(s * -1, to: &pose)
            let raise = phases[index].raise
            let tip = SmoothCurve.pulse(
                time, centre: start - leadIn(phases[index]) + raise * 0.6, halfWidth: raise * 0.6)
            pose.pelvisTilt += tip * (18 * radiansPerDegree)
            pose.trunkFlexion += tip * (32 * radiansPerDegree)
        case .stepUp:
            pose.up += s * Size.step
            pose.travelForward += s * 0.22
            pose.right += s * (0.05 * side.sign)
            pose.load += s * side.sign
            pose.lift(side.opposite, hip: degrees(12), knee: degrees(25))
        case .stepDown:
            pose.up -= s * Size.box
            pose.pelvisTilt += degrees(6)
            pose.lift(side, hip: degrees(32), knee: degrees(60))
        case .singleLegSquat:
            pose.up -= s * Size.singleLegSquat
            pose.pelvisTilt += degrees(8)
            pose.trunkFlexion += degrees(10)
            pose.lift(side, hip: degrees(34), knee: degrees(60))
            pose.lift(side.opposite, hip: degrees(15), knee: degrees(50))
        case .hops, .decelerate:
            addLanding(start: start, at: time, to: &pose)
        case .habits, .oneLegStand, .march, .carry, .gait, .sideStep: break
        }
    }

    /// A hop on the spot, or a stop after some way forward; then a wobble that dies away.
    private func addLanding(start: Double, at time: Double, to pose: inout PoseOffsets) {
        let landing = start + 0.5
        if kind == .hops {
            pose.up += SmoothCurve.pulse(time, centre: start + 0.25, halfWidth: 0.25) * 0.07
        }
        pose.up -= SingleStance.impact(14, at: time, touchDown: landing)
        for swing in 0..<3 {
            let size = [0.012, -0.007, 0.003][swing]
            pose.right +=
                SmoothCurve.pulse(
                    time, centre: landing + 0.3 + 0.35 * Double(swing), halfWidth: 0.35) * size
        }
    }

    private func addPattern(
        _ amount: Jet, way: Jet, to pose: inout PoseOffsets, _ person: Person
    ) {
        switch pattern {
        case .level, .fastLowering: break
        case .drop, .fatigue: pose.drop(amount, stance: side)
        case .lean:
            if kind == .hinge {
                pose.trunkFlexion += amount
            } else {
                pose.trunkLean += amount * side.sign
            }
        case .dropAndLean:
            pose.drop(amount, stance: side)
            pose.trunkLean += amount * side.sign
        case .leanAway: pose.trunkLean -= amount * side.sign
        case .shift: pose.right += amount * (person.legLength * side.sign)
        case .hike:
            if kind.isSideLying {
                // The upper flank shortens: its side of the pelvis goes towards the ribs.
                pose.pelvisObliquity += amount * (side == .left ? -1 : 1)
            } else {
                pose.drop(amount * -1, stance: side)
            }
        case .rollBack:
            if kind.isSideLying {
                pose.pelvisRoll += amount * (side == .left ? -1 : 1)
            } else {
                pose.pelvisRotation += amount
            }
        }
    }
}
