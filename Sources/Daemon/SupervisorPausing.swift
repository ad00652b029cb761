// A set that is interrupted: pauses by word and by lost sensors, a changed side, notes, own thresholds.

import Control
import ControlServer
import EventLoop
import Exercises
import Kinematics
import Movement
import Pipeline
import Plumbing

extension Supervisor {
    /// Silence of a needed sensor after which the set is paused, ns: shorter ones are the gates' own
    /// business, and a link is back within seconds or is not.
    private static let pauseAfter: Int64 = 2_000_000_000
    /// Pause for a lost sensor after which the set ends with what was done, ns.
    private static let giveUpAfter: Int64 = 60_000_000_000
    /// Longest note, characters.
    private static let longestMark = 200

    // MARK: by word

    func setPaused(_ paused: Bool) throws(ControlRefusal) {
        guard exercise != nil else { throw .notExercising }
        if paused {
            guard exercise?.course.pause != .asked else { return }
            pauseSet(.asked)
        } else if let pause = exercise?.course.pause {
            if case .sensor(let place) = pause, silentPlace(for: loop.now, longerThan: 0) != nil {
                throw .notReady(
                    reason: "the sensor on the \(place) still sends nothing",
                    cure: "check that it is on and near; the set goes on by itself when it is back")
            }
            resumeSet()
        }
    }

    /// The leg from now on: what was done before keeps its own.
    func changeSide(to name: String?) throws(ControlRefusal) {
        guard let running = exercise else { throw .notExercising }
        if name == Rehab1.ChangeSide.swap, running.exercise.repetitionSignal == .walking,
            // A test's steps are scored as they were found: whoever got the legs wrong walks again.
            !running.isTest
        {
            swapSides()
            return
        }
        guard running.exercise.side != nil else {
            throw .notReady(
                reason: "\(running.exercise.title) has no side", cure: "go on with both legs")
        }
        var side: Side?
        if let name {
            guard let given = Side(name: name) else { throw .invalidParameter("side") }
            side = given
        }
        try demand(running.exercise, side: side)
        guard side != running.side else { return }
        exercise?.side = side
        // A stance thigh is another thigh now.
        exercise?.doneWithout = placesWithoutSensor(running.exercise, side: side)
        exercise?.course.sideChanges += 1
        session.mark("side \(side?.name ?? "detect")")
        if running.course.pause == nil { beginAgain() }
        control.broadcast(.status(status()))
    }

    /// Which leg is which is inferred in a walk: what was counted, and what comes, is the other's.
    private func swapSides() {
        exercise?.swapsSides.toggle()
        exercise?.record.swapSides()
        session.mark("sides swapped: the person's own word")
        if exercise?.course.pause == nil { beginAgain() }
        control.broadcast(.status(status()))
    }

    /// A note in the recording.
    func takeMark(_ text: String) throws(ControlRefusal) {
        guard session.hasBegun else {
            throw .notReady(
                reason: "nothing is recorded: no sensor is attached",
                cure: "attach a sensor, then note it again")
        }
        let clean = String(
            text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
        guard !clean.allSatisfy(\.isWhitespace), clean.count <= Supervisor.longestMark else {
            throw .invalidParameter("text")
        }
        session.mark("note: \(clean)")
    }

    // MARK: by lost sensors

    /// Pauses a set whose sensor fell silent, lets it go on when it is back, ends it when it is not.
    func watchSet(at now: Int64) {
        guard let running = exercise else { return }
        let silent = silentPlace(for: now, longerThan: Supervisor.pauseAfter)
        switch running.course.pause {
        case nil:
            guard let silent else { return }
            warn(
                "the sensor on the \(silent) sends nothing: the set is paused. It goes on by itself "
                    + "when the sensor is back; check that it is on and near.")
            pauseSet(.sensor(silent))
        case .sensor(let place):
            if silentPlace(for: now, longerThan: 0) == nil {
                settle(place)
                resumeSet()
            } else if running.course.pausedFor(at: now) > Supervisor.giveUpAfter {
                settle(place)
                warn(
                    "the sensor on the \(place) did not come back: the set was closed with what was "
                        + "done. Check its battery, then start a new set.")
                if let summary = try? finishExercise(by: .sensorLost) {
                    control.broadcast(.set(summary))
                }
            }
        case .leadIn(let until): if now >= until { resumeSet() }
        case .asked: return
        }
    }

    /// The warning of a sensor that is settled is over.
    private func settle(_ place: String) {
        warnings.removeAll { $0.hasPrefix("the sensor on the \(place) sends nothing: the set") }
    }

    /// The first place that the exercise needs and whose sensor is gone, or silent for longer than this.
    private func silentPlace(for now: Int64, longerThan limit: Int64) -> String? {
        guard let running = exercise else { return nil }
        var live = Set<Segment>()
        for entry in sensors {
            guard let segment = entry.segment, let age = entry.age(at: now) else { continue }
            if entry.stateNow(now) == .streaming || limit > 0 && age <= limit {
                live.insert(segment)
            }
        }
        if !live.contains(.pelvis) { return "pelvis" }
        // A test measures what the worn sensors show.
        guard !running.isTest else { return nil }
        return running.exercise.sensorsMissing(among: live, side: running.side)
            .first { !running.doneWithout.contains($0) }
    }

    // MARK: the steps

    private func pauseSet(_ reason: SetCourse.Pause) {
        exercise?.course.begin(reason, at: loop.now)
        exercise?.course.isBeginningAgain = false
        _ = session.send(.end)
        session.mark("pause: \(reason.text)")
        session.setWarm(false)
        control.broadcast(.status(status()))
    }

    private func resumeSet() {
        exercise?.course.goOn(at: loop.now)
        session.mark("the set goes on")
        session.setWarm(true)
        beginAgain()
        control.broadcast(.status(status()))
    }

    /// Ends the estimator's set and begins it with its next sample, so that the record sees the seam.
    private func beginAgain() {
        guard exercise?.course.isBeginningAgain == false else { return }
        _ = session.send(.end)
        exercise?.course.isBeginningAgain = true
    }

    /// After a frame of the pelvis that belongs to no set, the set begins again where that was asked.
    func continueSet(after frame: MotionFrame) {
        guard let running = exercise, running.course.isBeginningAgain,
            frame.segment == .pelvis, frame.phase == .idle
        else { return }
        var plan = running.exercise.plan(side: running.side, mayCue: running.cueing != .none)
        plan.cuesAtEnd = running.cueing == .atEnd
        plan = plan.goingOn(after: running.record)
        plan.swapsSides = running.swapsSides
        if session.send(.begin(plan: plan)) { exercise?.course.isBeginningAgain = false }
    }

    // MARK: thresholds of the person's own

    /// Says every threshold that is not the exercise's own, in the log and in the recording.
    func note(_ thresholds: [Rehab1.Threshold], of exercise: Exercise) {
        for one in thresholds {
            let text =
                "\(exercise.id) \(one.rule) \(one.signal ?? ""): on "
                + "\(one.standardDegrees.map { "\($0)" } ?? "none") is \(one.onDegrees) by \(one.by)"
            DaemonLog.override(
                "threshold of the person's own: \(text)", of: "\(exercise.id) \(one.rule)")
            session.mark("threshold \(text)")
        }
    }
}

extension Exercise {
    /// Puts a person's own thresholds into the rules; returns what is in force and not the exercise's.
    ///
    /// The off-threshold keeps its distance. Angles stay at or above the floor.
    mutating func apply(
        _ thresholds: [Rehab1.Threshold]
    ) throws(ControlRefusal) -> [Rehab1.Threshold] {
        var inForce: [Rehab1.Threshold] = []
        for one in thresholds {
            guard one.onDegrees > 0, one.onDegrees <= 1000, one.by.count <= 200 else {
                throw .invalidParameter("thresholds")
            }
            let meant = rules.indices.filter {
                rules[$0].id.name == one.rule
                    && (one.signal == nil || rules[$0].signal.name == one.signal)
            }
            guard !meant.isEmpty else {
                throw .notReady(
                    reason: "\(title) has no rule \(one.rule) \(one.signal ?? "")",
                    cure: "see its rules with: rehabctl exercises show \(id)")
            }
            for index in meant {
                let rule = rules[index]
                let unit = rule.signal.isAngle ? radiansPerDegree : 1
                let floor = rule.signal.isBoundByFloor ? angleFloorDegrees : 0
                let on = max(one.onDegrees, floor)
                rules[index].on = on * unit
                rules[index].off = max(0, rules[index].on - (rule.on - rule.off))
                func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
                inForce.append(
                    Rehab1.Threshold(
                        rule: one.rule, signal: rule.signal.name, onDegrees: rounded(on),
                        by: one.by, standardDegrees: rounded(rule.on / unit)))
            }
        }
        return inForce
    }
}
