// Starting and ending a set, and summing it up.

import Control
import ControlServer
import EventLoop
import Exercises
import Kinematics
import Movement
import Pipeline
import Plumbing
import Wearables

/// How the cues of a set are given.
package enum Cueing: String, Sendable {
    case atOnce = "at-once"
    /// Data come too late for the movement they show: one cue once it is over.
    case atEnd = "end-of-movement"
    case none
}

/// The set that runs.
struct RunningExercise {
    let exercise: Exercise
    var side: Side?
    /// The person said that left and right were taken for each other.
    var swapsSides = false
    /// Changes where the sound turns out to be slow.
    var cueing: Cueing
    let isProbe: Bool
    let silentPart: SilentPart?
    let isTest: Bool
    /// Places that the exercise is made for, and that showed nothing when it began: the pelvis alone always gives
    /// something useful (exercises 0), and the set does not wait for the others.
    var doneWithout: [String]
    var record: SetRecord
    var course: SetCourse
    var notHeard = 0
    /// Sums of all sensors' counters when the set began.
    let packetsBefore: Int
    let gapsBefore: Int
    let lostBefore: Int
}

extension Supervisor {
    /// `isTest`: a test measures what the worn sensors show; the others' parts are asked or left open.
    func beginExercise(
        _ call: Rehab1.StartExercise, isTest: Bool = false
    ) throws(ControlRefusal) -> Rehab1.Exercise {
        let known = presentExercises()
        guard var found = known.first(where: { $0.id == call.exercise }) else {
            throw .noSuchExercise(exercise: call.exercise, known: known.map(\.id))
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
            throw .pelvisNotWorn
        }
        guard pelvis.stateNow(loop.now) == .streaming else {
            throw .notReady(
                reason: "the pelvis sensor \(pelvis.name) sends nothing",
                cure: "check that it is on and near")
        }
        endOldCalibrations()
        try demandPresentWear(of: [.pelvis])
        guard pelvis.calibration != nil else {
            throw .pelvisNotCalibrated
        }
        if !isTest { try demand(found, side: side) }
        let thresholds = try found.apply(call.thresholds ?? [])
        let doses = try found.apply(count: call.count, hold: call.holdSeconds)
        let fading = fading(of: found)
        let isProbe =
            call.probe
            ?? isLastSet(found, fading, side: side?.name ?? "both")
        let cueing = cueing(of: pelvis, isProbe: isProbe)
        var plan = found.plan(side: side, mayCue: cueing != .none)
        plan.cuesAtEnd = cueing == .atEnd
        plan.patternShare = settings.configuration.practice.patternShare
        plan.gateLimits = settings.configuration.practice.gates
        if let fading {
            plan.cuedPercent = UInt8(clamping: fading.fading.percent)
            plan.cueOffset = UInt16(clamping: fading.movements)
        }
        let silentPart =
            cueing == .none || call.probe != nil
            ? nil : SilentPart(of: found, isCounted: call.count != nil)
        silentPart?.apply(to: &plan)
        closeSoundRoom()
        let leadIn = call.leadInSeconds ?? 0
        guard leadIn >= 0, leadIn <= 60 else { throw .invalidParameter("lead_in_s") }
        session.resumeRecording()
        guard leadIn > 0 || session.send(.begin(plan: plan)) else {
            throw .busy(activity: "the estimator is not keeping up", cure: "try again")
        }
        session.markExercise(found.id, side: side?.name ?? "detect")
        let doneWithout = placesWithoutSensor(found, side: side)
        if !doneWithout.isEmpty {
            session.mark("done without a sensor on the \(doneWithout.joined(separator: ", "))")
        }
        if isProbe { session.mark("probe: a set without cues") }
        if let silentPart { session.mark("without cues: \(silentPart.text)") }
        noteChanges(of: found)
        note(thresholds, of: found)
        note(doses, of: found)
        if call.record == false { session.isUnwanted = true }
        session.setWarm(true)
        // The set's plan has taken the place of the reminders', however short the set is.
        feedback.remindedSession = nil
        endMarkedSitting(stood: true)
        exercise = RunningExercise(
            exercise: found, side: side, cueing: cueing, isProbe: isProbe,
            silentPart: silentPart, isTest: isTest, doneWithout: doneWithout,
            record: SetRecord(plan: plan),
            course: SetCourse(thresholds: thresholds),
            packetsBefore: total { $0.packets.value }, gapsBefore: total { $0.gaps.value },
            lostBefore: total { $0.lost.value })
        if leadIn > 0 {
            exercise?.course.begin(
                .leadIn(until: loop.now + Int64(leadIn * 1e9)), at: loop.now)
        }
        // It was of the last set: this one runs.
        if let closing { withdraw(closing) }
        closing = nil
        logExercise(.exerciseStarted, found.id)
        keeper.setExercise(call)
        control.broadcast(.status(status()))
        return found.told(worn: calibratedSegments, cueing: cueing, silentPart: silentPart)
    }

    /// Refuses where the pelvis' sensor is silent, and where nobody can know which leg is meant.
    func demand(_ exercise: Exercise, side: Side?) throws(ControlRefusal) {
        guard streamingSegments.contains(.pelvis) else {
            throw .notReady(
                reason: "the sensor on the pelvis sends nothing",
                cure: "check that it is on and near")
        }
        guard side != nil || !exercise.asksForSide else {
            let leg = exercise.side == .moving ? "the leg that moves" : "the leg that stands"
            throw .notReady(
                reason: "\(exercise.title) is done on one side at a time",
                cure: "name \(leg): rehabctl start \(exercise.id) --side left, or --side right")
        }
    }

    /// How fresh the pelvis sensor's data are says how cues can be given (compensations 5 and 7).
    private func cueing(of pelvis: SensorEntry, isProbe: Bool) -> Cueing {
        if isProbe { return .none }
        switch kinds.kind(named: pelvis.kind)?.capabilities.cueFitness ?? .live {
        case .live:
            guard isSoundSlow else { return .atOnce }
            tellSlowSound()
            return .atEnd
        case .softened:
            warn(
                "the sensor \(pelvis.name) sends its samples late, in batches: cues come at the end "
                    + "of each movement. A sensor that sends at once gives them in the movement.")
            return .atEnd
        case .refused:
            warn(
                "the sensor \(pelvis.name) sends its samples too late for cues: the set is measured "
                    + "without them. A sensor that sends at once gives cues.")
            return .none
        }
    }

    /// Ends the set; throws `notExercising` without one.
    func finishExercise(
        by end: SetCourse.End = .asked
    ) throws(ControlRefusal) -> Rehab1.Summary {
        guard var running = exercise else { throw .notExercising }
        exercise = nil
        // Ended by anybody but the test itself, it takes the run with it.
        if running.isTest { dropTest() }
        session.setWarm(false)
        _ = session.send(.end)
        let newest = sensors.first { $0.segment == .pelvis }?.latest?.time ?? running.record.start
        running.record.finish(at: newest)
        running.course.close(by: end, at: loop.now)
        var summary = told(running)
        summary.fading = keepFading(running)
        logExercise(.exerciseEnded, running.exercise.id)
        keeper.setExercise(nil)
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
            holds: record.holds.map { $0.told() }, shareInBand: record.shareInBand,
            rules: record.rules.map { told($0, stance: record.plan.stanceSide) },
            cues: Int64(record.cues),
            notHeard: Int64(running.notHeard),
            packets: Int64(max(0, total { $0.packets.value } - running.packetsBefore)),
            gaps: Int64(max(0, total { $0.gaps.value } - running.gapsBefore)),
            lostSamples: Int64(max(0, total { $0.lost.value } - running.lostBefore)),
            unknownShare: record.unknownShare, notMeasured: notMeasured(running),
            recording: session.isUnwanted ? nil : session.recordingName,
            probe: running.isProbe, cueing: running.cueing.rawValue,
            repetitions: record.repetitions.map { $0.told(inMetres: followsHeight(running)) },
            steps: record.plan.task == .steps ? record.steps.told(trunkLag: record.trunkLag) : nil,
            landings: record.landings.map { $0.told() }, cleanShare: record.cleanShare,
            tempoKept: record.tempoKept, course: running.course.told,
            otherSide: record.otherLegCount > 0 ? Int64(record.otherLegCount) : nil,
            silentPart: record.hasSilentPart ? running.silentPart?.text : nil)
    }

    /// Whether the set's repetitions were seen in the pelvis' height: their way is in m then.
    private func followsHeight(_ running: RunningExercise) -> Bool {
        let exercise = running.exercise
        guard exercise.repetitionSignal != .height else { return true }
        let thighs: Set<Segment> = [.leftThigh, .rightThigh]
        return exercise.repetitionFallback == .height && calibratedSegments.isDisjoint(with: thighs)
    }

    private func told(_ rule: RuleRecord, stance: Side?) -> Rehab1.RuleResult {
        Rehab1.RuleResult(
            id: rule.rule.id.name, signal: rule.rule.signal.name,
            measured: rule.rule.signal.isMeasurable(with: calibratedSegments, stance: stance),
            cues: Int64(rule.cues), episodes: Int64(rule.episodes),
            activeShare: rule.isMeasured ? rule.active / rule.judged : nil,
            typicalDegrees: rule.typical.map { $0 * degreesPerRadian })
    }

    /// What the exercise asks for and the calibrated sensors cannot see.
    private func notMeasured(_ running: RunningExercise) -> [String] {
        let exercise = running.exercise
        var names: [String] = []
        let stance = running.record.plan.stanceSide
        for rule in exercise.rules
        where !rule.signal.isMeasurable(with: calibratedSegments, stance: stance) {
            if !names.contains(rule.signal.plainName) { names.append(rule.signal.plainName) }
        }
        // A leg that was not named was seen to take the weight.
        if running.side != nil, !exercise.showsSide(with: calibratedSegments) {
            names.append("which leg you stand on")
        }
        return names
    }

    /// Places that the exercise is made for, on that side, and that show nothing now.
    func placesWithoutSensor(_ exercise: Exercise, side: Side?) -> [String] {
        exercise.sensorsMissing(
            among: calibratedSegments.intersection(streamingSegments), side: side)
    }

    private var streamingSegments: Set<Segment> {
        Set(sensors.filter { $0.stateNow(loop.now) == .streaming }.compactMap(\.segment))
    }

    /// Segments whose sensor is calibrated: what others show cannot be trusted.
    private var calibratedSegments: Set<Segment> {
        Set(sensors.filter { $0.calibration != nil }.compactMap(\.segment))
    }
}
