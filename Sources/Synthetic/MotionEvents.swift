// The ground truth of what happened when: lift-offs, touch-downs, planted compensations and when
// their signals cross the thresholds.

package import Kinematics

/// The angles at which a compensation counts, rad.
package struct CompensationThresholds: Sendable, Equatable {
    /// On and off for each kind.
    ///
    /// The defaults are the project's rules for static stance: C01 4 / 2.5°, C04 5 / 3.5°, C02 5 /
    /// 3°.
    package var dropOn = 4 * Double.pi / 180
    package var dropOff = 2.5 * Double.pi / 180
    package var hikeOn = 5 * Double.pi / 180
    package var hikeOff = 3.5 * Double.pi / 180
    package var leanOn = 5 * Double.pi / 180
    package var leanOff = 3 * Double.pi / 180

    package init() {}

    func levels(_ kind: PlantedProfile.Kind) -> (on: Double, off: Double) {
        switch kind {
        case .drop: (dropOn, dropOff)
        case .hike: (hikeOn, hikeOff)
        case .lean: (leanOn, leanOff)
        }
    }
}

/// A planted compensation with its times, ns since the start.
package struct PlantedCompensation: Sendable, Equatable {
    package var kind: PlantedProfile.Kind
    /// The standing leg, against which the sign is meant.
    package var stance: Side
    /// Size at the plateau, rad.
    package var angle: Double
    package var start: Int64
    package var end: Int64
    /// The signal (sway included, neutral subtracted) first reaches the on-threshold; nil if never.
    package var crossedOn: Int64?
    /// It then first returns to the off-threshold.
    package var returnedToOff: Int64?
}

/// Something that happened.
package struct MotionEvent: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case taskStart
        case taskEnd
        /// The deepest point of a bow.
        case bow
        /// The foot opposite to the stance side leaves the floor.
        case liftOff(stance: Side)
        case touchDown(stance: Side)
        case balanceLoss(stance: Side)
        case compensation(PlantedCompensation)
    }

    /// ns since the start of the motion.
    package var time: Int64
    package var kind: Kind
    /// Place of the task in the schedule, and its name.
    package var task: Int
    package var taskName: String
}

extension BodyMotion {
    /// Everything planted so far, in time order.
    package func events(
        thresholds: CompensationThresholds = CompensationThresholds()
    ) -> [MotionEvent] {
        var events: [MotionEvent] = []
        for (index, place) in scheduled.enumerated() {
            let name = place.name
            func add(_ time: Double, _ kind: MotionEvent.Kind) {
                events.append(
                    MotionEvent(
                        time: nanoseconds(fromSeconds: place.start + time), kind: kind,
                        task: index, taskName: name))
            }
            add(0, .taskStart)
            switch place.task {
            case .quietStand, .pause:
                break
            case .bow(let bows):
                for bow in 0..<bows.count { add(BowMotion(bows).deepest(bow), .bow) }
            case .footLift(let lift):
                let single = SingleStance(lift)
                add(single.liftOff, .liftOff(stance: single.stance))
                add(single.touchDown, .touchDown(stance: single.stance))
            case .oneLegStand(let stand):
                let single = SingleStance(stand)
                add(single.liftOff, .liftOff(stance: stand.stance))
                for item in stand.profile {
                    let planted = planted(
                        item, stance: stand.stance, liftOff: place.start + single.liftOff,
                        thresholds: thresholds)
                    add(single.liftOff + item.at, .compensation(planted))
                }
                add(single.touchDown, .touchDown(stance: stand.stance))
            case .walkOnSpot(let walk):
                for step in 0..<walk.steps {
                    let start = Double(step) * walk.stepLength
                    let stance = walk.stance(ofStep: step)
                    add(start + WalkMotion.liftOff * walk.stepLength, .liftOff(stance: stance))
                    add(
                        start + WalkMotion.touchDown * walk.stepLength,
                        .touchDown(stance: stance))
                }
            case .balanceLoss(let loss):
                let single = SingleStance(loss)
                add(single.liftOff, .liftOff(stance: loss.stance))
                add(BalanceLossMotion(loss).start, .balanceLoss(stance: loss.stance))
                add(single.touchDown, .touchDown(stance: loss.stance))
            case .exercise:
                // Repetitions and steps have a truth of their own: `ExerciseMotion.truth`.
                break
            }
            add(place.task.duration, .taskEnd)
        }
        return events
    }

    /// A planted item with its crossings, found on the same signal that truth rows carry.
    private func planted(
        _ item: PlantedProfile, stance: Side, liftOff: Double,
        thresholds: CompensationThresholds
    ) -> PlantedCompensation {
        let levels = thresholds.levels(item.kind)
        let start = liftOff + item.at
        let end = liftOff + item.end
        func signal(_ time: Double) -> Double {
            let pose = pose(at: time)
            let drop = -stance.sign * (pose.pelvis.obliquity.value - person.neutralObliquity)
            switch item.kind {
            case .drop: return drop
            case .hike: return -drop
            case .lean: return stance.sign * pose.trunk.obliquity.value
            }
        }
        let crossed = firstMoment(from: start, to: end) { signal($0) >= levels.on }
        let back = crossed.flatMap { on in
            firstMoment(from: on, to: end + 0.5) { signal($0) <= levels.off }
        }
        return PlantedCompensation(
            kind: item.kind, stance: stance, angle: item.angle,
            start: nanoseconds(fromSeconds: start), end: nanoseconds(fromSeconds: end),
            crossedOn: crossed.map { nanoseconds(fromSeconds: $0) },
            returnedToOff: back.map { nanoseconds(fromSeconds: $0) })
    }

    /// The first moment at which `test` holds, looked for in steps of 2 ms, then halved to 0.1 µs.
    private func firstMoment(
        from start: Double, to end: Double, _ test: (Double) -> Bool
    ) -> Double? {
        let step = 0.002
        if test(start) { return start }
        var before = start
        while before < end {
            var after = min(before + step, end)
            if test(after) {
                while after - before > 1e-7 {
                    let middle = before + (after - before) / 2
                    if test(middle) { after = middle } else { before = middle }
                }
                return after
            }
            before = after
        }
        return nil
    }
}

/// Seconds of a motion as ns; anything beyond a year is cut there.
func nanoseconds(fromSeconds seconds: Double) -> Int64 {
    let limit = 3.2e7
    guard seconds > -limit else { return Int64(-limit * 1e9) }
    guard seconds < limit else { return Int64(limit * 1e9) }
    let value = seconds * 1e9
    return Int64(value >= 0 ? value + 0.5 : value - 0.5)
}
