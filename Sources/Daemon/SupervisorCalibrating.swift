// Guiding a calibration: frames in, instructions out, alignments stored.

import Alerts
import Control
import ControlServer
import Estimation
import EventLoop
import Kinematics
import Movement
import Pipeline
import Plumbing

/// A calibration in progress, and who asked for it.
struct RunningCalibration {
    var stage: CalibrationStage
    let stream: ControlStream<Rehab1.Calibrate>
    /// Leg sensors that come after pelvis and trunk.
    var legs: [CalibrationSession.Participant] = []
    /// Channels of everybody who takes part.
    var channels: Set<UInt8>
    /// Channels measured so far, in order.
    var measured: [UInt8] = []
    /// Host time of the last progress report, ns.
    var lastTold: Int64 = 0
}

extension Supervisor {
    func beginCalibration(
        _ call: Rehab1.Calibrate, to stream: ControlStream<Rehab1.Calibrate>
    ) throws(ControlRefusal) {
        guard exercise == nil else {
            throw .busy(activity: "an exercise is running", cure: "stop it with: rehabctl stop")
        }
        guard calibration == nil else {
            throw .busy(activity: "a calibration is running", cure: "wait until it ends")
        }
        let lead = call.leadInSeconds ?? 3
        guard (0...60).contains(lead) else { throw .invalidParameter("lead_in_s") }
        switch call.what ?? "all" {
        case "all": try beginBody(leadIn: lead, to: stream)
        case "legs": try beginLegs(leadIn: lead, to: stream)
        case "turn-round": try beginTurnRound(leadIn: lead, to: stream)
        default: throw .invalidParameter("what")
        }
        endMarkedSitting(stood: true)
        session.resumeRecording()
        session.mark("calibration began")
        session.setWarm(true)
        stream.whenClientLeaves(tell: self) { $0.abandonCalibration() }
        control.broadcast(.status(status()))
    }

    /// Worn sensors that send.
    private var participants: [CalibrationSession.Participant] {
        sensors.filter { $0.stateNow(loop.now) == .streaming }.compactMap { entry in
            entry.segment.map {
                CalibrationSession.Participant(
                    channel: entry.channel, segment: $0, name: entry.name)
            }
        }
    }

    private func streamingPelvis() throws(ControlRefusal) -> SensorEntry {
        guard let pelvis = sensors.first(where: { $0.segment == .pelvis }) else {
            throw .pelvisNotWorn
        }
        guard pelvis.stateNow(loop.now) == .streaming else {
            throw .notReady(
                reason: "the pelvis sensor \(pelvis.name) sends nothing",
                cure: "check that it is on and near")
        }
        return pelvis
    }

    private func beginBody(
        leadIn: Double, to stream: ControlStream<Rehab1.Calibrate>
    ) throws(ControlRefusal) {
        _ = try streamingPelvis()
        let worn = participants
        // Thighs and shanks need a functional movement of their own; stand and bows align these two.
        let body = worn.filter { !$0.segment.isLeg }
        calibration = RunningCalibration(
            stage: .body(CalibrationSession(participants: body, leadIn: leadIn)), stream: stream,
            legs: worn.filter(\.segment.isLeg), channels: Set(worn.map(\.channel)))
    }

    private func beginLegs(
        leadIn: Double, to stream: ControlStream<Rehab1.Calibrate>
    ) throws(ControlRefusal) {
        let pelvis = try streamingPelvis()
        guard let alignment = pelvis.calibration?.sensorAlignment else {
            throw .notReady(
                reason:
                    "the pelvis sensor is not calibrated, so the side of a leg cannot be proved",
                cure: "calibrate all with: rehabctl calibrate")
        }
        let legs = participants.filter(\.segment.isLeg)
        guard !legs.isEmpty else {
            throw .notReady(
                reason: "no thigh or shank carries a sensor that sends",
                cure: "attach one, or assign one: rehabctl sensors")
        }
        let stage = LegStage(
            legs: legs, pelvis: pelvis.channel, alignment: alignment, leadIn: leadIn)
        calibration = RunningCalibration(
            stage: .legs(stage), stream: stream,
            channels: Set(legs.map(\.channel) + [pelvis.channel]))
    }

    private func beginTurnRound(
        leadIn: Double, to stream: ControlStream<Rehab1.Calibrate>
    ) throws(ControlRefusal) {
        let worn = participants
        guard !worn.isEmpty else {
            throw .notReady(
                reason: "no worn sensor sends",
                cure: "attach one, or assign one: rehabctl sensors")
        }
        calibration = RunningCalibration(
            stage: .turnRound(TurnRoundSession(participants: worn, leadIn: leadIn)),
            stream: stream, channels: Set(worn.map(\.channel)))
    }

    func advanceCalibration(_ frame: MotionFrame) {
        guard var running = calibration, frame.command == 0 else { return }
        var changed = running.stage.add(frame)
        if running.stage.isOver, running.stage.isDone {
            keepResults(&running)
            if let next = nextStage(&running) {
                running.stage = next
                changed = true
            }
        }
        let due = loop.now - running.lastTold > 200_000_000
        if changed || due { running.lastTold = loop.now }
        calibration = running
        if changed { session.notify(running.stage.notice) }
        if running.stage.isOver {
            endCalibration(running)
        } else if changed || due {
            running.stream.send(Rehab1.Calibrate.Reply(step: running.stage.told))
        }
    }

    func refuseCalibration(_ reason: CalibrationRefusal) {
        guard let running = calibration else { return }
        calibration = nil
        session.setWarm(false)
        var step = running.stage.told
        step.step = .refused
        step.instruction = reason.message
        step.reason = reason.message
        step.sensors = measured(running)
        running.stream.finish(Rehab1.Calibrate.Reply(step: step))
        control.broadcast(.status(status()))
    }

    private func abandonCalibration() {
        calibration = nil
        session.setWarm(false)
        control.broadcast(.status(status()))
    }

    /// The legs, once the pelvis they are proved against is aligned.
    private func nextStage(_ running: inout RunningCalibration) -> CalibrationStage? {
        guard case .body = running.stage, !running.legs.isEmpty,
            let pelvis = sensors.first(where: { $0.segment == .pelvis }),
            let alignment = pelvis.calibration?.sensorAlignment
        else { return nil }
        let legs = running.legs
        running.legs = []
        return .legs(LegStage(legs: legs, pelvis: pelvis.channel, alignment: alignment))
    }

    private func endCalibration(_ running: RunningCalibration) {
        calibration = nil
        session.setWarm(false)
        session.markCalibration()
        var step = running.stage.told
        session.mark("calibration \(step.step.rawValue)")
        step.sensors = measured(running)
        let hasPelvis = running.measured.contains { channel in
            sensors.contains { $0.channel == channel && $0.segment == .pelvis }
        }
        if hasPelvis {
            step.result = sensors.first { $0.segment == .pelvis }?.told(at: loop.now).calibration
        }
        if step.step == .refused, !step.sensors.isEmpty {
            let names = step.sensors.map(\.segment).joined(separator: " and ")
            step.reason =
                "\(step.reason ?? "") (\(names): calibrated; the legs alone: rehabctl calibrate "
                + "--legs)"
        }
        running.stream.finish(Rehab1.Calibrate.Reply(step: step))
        control.broadcast(.status(status()))
    }

    /// What was measured, sensor by sensor, for clients.
    private func measured(_ running: RunningCalibration) -> [Rehab1.CalibratedSensor] {
        running.measured.compactMap { channel in
            guard let entry = sensors.first(where: { $0.channel == channel }) else { return nil }
            let told = entry.told(at: loop.now)
            return Rehab1.CalibratedSensor(
                sensor: told.name, segment: told.segment ?? "-", calibration: told.calibration,
                turnRound: told.turnRound)
        }
    }

    // MARK: keeping what was found

    private func keepResults(_ running: inout RunningCalibration) {
        switch running.stage {
        case .body(let session):
            for result in session.results {
                let proof = session.disagreements == 0 ? "agreed" : "agreed at the second lift"
                keep(result, proof: proof)
                running.measured.append(result.channel)
            }
            forgetSlips()
        case .legs(let stage):
            for result in stage.session.results {
                keep(result, proof: "agreed with the shift of weight")
                running.measured.append(result.channel)
            }
            forgetSlips()
        case .turnRound(let session):
            for found in session.results where keep(found) {
                running.measured.append(found.channel)
            }
        }
    }

    /// Aligns the sensor from now on and stores the result.
    private func keep(_ result: CalibratedSensor, proof: String) {
        guard let index = sensors.firstIndex(where: { $0.channel == result.channel }),
            session.send(.align(channel: result.channel, alignment: result.alignment))
        else { return }
        let rotation = result.alignment.segmentFromSensor
        let stored = StoredCalibration(
            sensor: sensors[index].name, segment: result.segment.name, date: isoDate(),
            alignment: [rotation.w, rotation.x, rotation.y, rotation.z],
            neutralObliquity: result.alignment.neutral.obliquity,
            neutralAnteriorTilt: result.alignment.neutral.anteriorTilt,
            calmJerk: result.alignment.calmJerk, standSigma: result.alignment.standSigma,
            varianceExplained: result.varianceExplained,
            forceNorm: result.forceNorm, signProof: proof,
            accelerometerBias: sensors[index].turnRound?.accelerometerBias)
        sensors[index].calibration = stored
        sensors[index].isRestored = false
        sensors[index].outdated = nil
        warnOfGravity(result.forceNorm, sensor: sensors[index].name)
        store("calibration") { () throws(PlumbingError) in try calibrations.save(stored) }
    }

    /// Takes the bias off the sensor's accelerometer from now on and stores it; false where the
    /// estimator takes no command.
    ///
    /// A calibration made before keeps its axis; its neutral is corrected by what the bias leaned it.
    private func keep(_ found: TurnRoundSession.Measured) -> Bool {
        let bias = found.result.accelerometerBias
        guard let index = sensors.firstIndex(where: { $0.channel == found.channel }),
            session.send(.correct(channel: found.channel, accelerometerBias: bias))
        else { return false }
        let stored = StoredTurnRound(
            sensor: sensors[index].name, date: isoDate(),
            accelerometerBias: [bias.x, bias.y, bias.z], sigma: found.result.sigma,
            turn: found.result.turn)
        sensors[index].turnRound = stored
        store("turn-round") { () throws(PlumbingError) in try calibrations.save(stored) }
        if let calibration = sensors[index].calibration?.corrected(for: bias),
            let alignment = calibration.sensorAlignment
        {
            sensors[index].calibration = calibration
            _ = session.send(.align(channel: found.channel, alignment: alignment))
        }
        return true
    }

    private func store(_ what: String, _ save: () throws(PlumbingError) -> Void) {
        do throws(PlumbingError) {
            try save()
        } catch {
            warn(
                "the \(what) holds for this session but could not be stored: \(error.description)")
        }
    }

    // MARK: from disk

    /// Takes the stored bias off a sensor that was just attached.
    func restoreTurnRound(_ entry: inout SensorEntry) {
        switch calibrations.findTurnRound(sensor: entry.name) {
        case .none: return
        case .unusable(let sentence): warn(sentence)
        case .turnRound(let stored):
            guard let bias = stored.bias,
                session.send(.correct(channel: entry.channel, accelerometerBias: bias))
            else { return }
            entry.turnRound = stored
        }
    }

    func restoreCalibration(_ entry: inout SensorEntry) {
        guard let segment = entry.segment else { return }
        switch calibrations.find(sensor: entry.name) {
        case .none: return
        case .unusable(let sentence): warn(sentence)
        case .calibration(let found):
            let stored = found.corrected(for: entry.turnRound?.bias)
            guard stored.segment == segment.name, let alignment = stored.sensorAlignment else {
                return
            }
            guard holds(stored) else {
                entry.outdated = stored.date
                return
            }
            guard session.send(.align(channel: entry.channel, alignment: alignment)) else { return }
            entry.calibration = stored
            entry.isRestored = true
        }
    }
}
