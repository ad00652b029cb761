// Starting and ending a set, and summing it up.

import Control
import ControlServer
import EventLoop
import Exercises
import Kinematics
import Movement
import Pipeline
import Plumbing

/// The set that runs.
struct RunningExercise {
    let exercise: Exercise
    let side: Side?
    var record: SetRecord
    var notHeard = 0
    /// Sums of all sensors' counters when the set began.
    let packetsBefore: Int
    let gapsBefore: Int
    let lostBefore: Int
}

extension Supervisor {
    func beginExercise(_ call: Rehab1.StartExercise) throws(ControlRefusal) -> Rehab1.Exercise {
        guard let found = catalogue.first(where: { $0.id == call.exercise }) else {
            throw .noSuchExercise(exercise: call.exercise, known: catalogue.map(\.id))
        }
        guard exercise == nil else {
            throw .busy(activity: "an exercise is running", cure: "stop it with: rehabctl stop")
        }
        guard calibration == nil else {
            throw .busy(activity: "a calibration is running", cure: "finish it first")
        }
        var side: Side?
        if let name = call.side {
            guard let given = Side(name: name) else { throw .invalidParameter("side") }
            side = given
        }
        guard let pelvis = sensors.first(where: { $0.segment == .pelvis }) else {
            throw .notReady(
                reason: "no sensor is on the pelvis",
                cure: "attach one, or assign one: rehabctl sensors")
        }
        guard pelvis.stateNow(loop.now) == .streaming else {
            throw .notReady(
                reason: "the pelvis sensor \(pelvis.name) sends nothing",
                cure: "check that it is on and near")
        }
        guard pelvis.calibration != nil else {
            throw .notReady(
                reason: "the pelvis sensor is not calibrated",
                cure: "calibrate with: rehabctl calibrate")
        }
        let plan = found.plan(stanceSide: side)
        guard session.send(.begin(plan: plan)) else {
            throw .busy(activity: "the estimator is not keeping up", cure: "try again")
        }
        session.markExercise(found.id, side: side?.name ?? "detect")
        if call.record == false { session.isUnwanted = true }
        session.setWarm(true)
        exercise = RunningExercise(
            exercise: found, side: side, record: SetRecord(plan: plan),
            packetsBefore: total { $0.packets.value }, gapsBefore: total { $0.gaps.value },
            lostBefore: total { $0.lost.value })
        control.broadcast(.status(status()))
        return found.told(worn: wornSegments)
    }

    /// Ends the set; throws `notExercising` without one.
    func finishExercise() throws(ControlRefusal) -> Rehab1.Summary {
        guard var running = exercise else { throw .notExercising }
        exercise = nil
        session.setWarm(false)
        _ = session.send(.end)
        let newest = sensors.first { $0.segment == .pelvis }?.latest?.time ?? running.record.start
        running.record.finish(at: newest)
        let summary = told(running)
        session.mark("set \(running.exercise.id) holds \(summary.holds.count) cues \(summary.cues)")
        control.broadcast(.status(status()))
        return summary
    }

    /// A counter of all sensors together.
    private func total(_ counter: (ChannelCounters) -> Int) -> Int {
        sensors.reduce(0) { $0 + counter($1.counters) }
    }

    private func told(_ running: RunningExercise) -> Rehab1.Summary {
        let record = running.record
        return Rehab1.Summary(
            exercise: running.exercise.id, title: running.exercise.title,
            side: running.side?.name, durationSeconds: record.duration,
            holds: record.holds.map { told($0) }, shareInBand: record.shareInBand,
            rules: record.rules.map { told($0) }, cues: Int64(record.cues),
            notHeard: Int64(running.notHeard),
            packets: Int64(max(0, total { $0.packets.value } - running.packetsBefore)),
            gaps: Int64(max(0, total { $0.gaps.value } - running.gapsBefore)),
            lostSamples: Int64(max(0, total { $0.lost.value } - running.lostBefore)),
            unknownShare: record.unknownShare, notMeasured: notMeasured(running.exercise),
            recording: session.isUnwanted ? nil : session.recordingName)
    }

    private func told(_ hold: HoldRecord) -> Rehab1.Hold {
        Rehab1.Hold(
            side: hold.side.name, startSeconds: hold.start, durationSeconds: hold.duration,
            shareInBand: hold.shareInBand, meanDropDegrees: hold.meanDrop.map(inDegrees),
            maxDropDegrees: hold.maxDrop.map(inDegrees),
            maxHikeDegrees: hold.maxHike.map(inDegrees),
            endedBy: hold.endedBy.name)
    }

    private func told(_ rule: RuleRecord) -> Rehab1.RuleResult {
        Rehab1.RuleResult(
            id: rule.rule.id.name, signal: rule.rule.signal.name,
            measured: rule.rule.signal.isMeasurable(with: calibratedSegments),
            cues: Int64(rule.cues), episodes: Int64(rule.episodes),
            activeShare: rule.isMeasured ? rule.active / rule.judged : nil)
    }

    /// What the exercise asks for and the calibrated sensors cannot see.
    private func notMeasured(_ exercise: Exercise) -> [String] {
        var names: [String] = []
        for rule in exercise.rules where !rule.signal.isMeasurable(with: calibratedSegments) {
            if !names.contains(rule.signal.plainName) { names.append(rule.signal.plainName) }
        }
        return names
    }

    /// Segments whose sensor is calibrated: what others show cannot be trusted.
    private var calibratedSegments: Set<Segment> {
        Set(sensors.filter { $0.calibration != nil }.compactMap(\.segment))
    }
}

private func inDegrees(_ radians: Double) -> Double { radians * degreesPerRadian }
