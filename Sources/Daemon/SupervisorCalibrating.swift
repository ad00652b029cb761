// Guiding a calibration: frames in, instructions out, alignments stored.

import Alerts
import Control
import ControlServer
import EventLoop
import Kinematics
import Movement
import Pipeline
import Plumbing

/// A calibration in progress, and who asked for it.
struct RunningCalibration {
    var session: CalibrationSession
    let stream: ControlStream<Rehab1.Calibrate>
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
        let lead = call.leadInSeconds ?? 3
        guard (0...60).contains(lead) else { throw .invalidParameter("lead_in_s") }
        // Thighs and shanks need a functional movement of their own; stand and bows align these two.
        let participants = sensors.filter {
            ($0.segment == .pelvis || $0.segment == .trunk) && $0.stateNow(loop.now) == .streaming
        }.compactMap { entry in
            entry.segment.map {
                CalibrationSession.Participant(
                    channel: entry.channel, segment: $0, name: entry.name)
            }
        }
        calibration = RunningCalibration(
            session: CalibrationSession(participants: participants, leadIn: lead), stream: stream)
        session.mark("calibration began")
        session.setWarm(true)
        stream.whenClientLeaves(tell: self) { $0.abandonCalibration() }
        control.broadcast(.status(status()))
    }

    func advanceCalibration(_ frame: MotionFrame) {
        guard var running = calibration, frame.command == 0 else { return }
        let before = running.session.bowsSeen
        let changed = running.session.add(frame) || running.session.bowsSeen != before
        let due = loop.now - running.lastTold > 200_000_000
        if changed || due { running.lastTold = loop.now }
        calibration = running
        if changed { session.notify(notice(for: running.session)) }
        if running.session.isOver {
            endCalibration(running)
        } else if changed || due {
            running.stream.send(Rehab1.Calibrate.Reply(step: told(running.session, result: nil)))
        }
    }

    /// The sound of a step: a beat for the next instruction, another at the end.
    private func notice(for session: CalibrationSession) -> Notice {
        switch session.step {
        case .done: .ready
        case .refused, .repeatLift: .refused
        case .getReady, .stand, .bow, .lift: .tick
        }
    }

    func refuseCalibration(_ reason: CalibrationRefusal) {
        guard let running = calibration else { return }
        calibration = nil
        session.setWarm(false)
        var step = told(running.session, result: nil)
        step.step = .refused
        step.instruction = reason.message
        step.reason = reason.message
        running.stream.finish(Rehab1.Calibrate.Reply(step: step))
        control.broadcast(.status(status()))
    }

    private func abandonCalibration() {
        calibration = nil
        session.setWarm(false)
        control.broadcast(.status(status()))
    }

    private func endCalibration(_ running: RunningCalibration) {
        calibration = nil
        session.setWarm(false)
        for result in running.session.results { keep(result, running.session) }
        let pelvis = sensors.first { $0.segment == .pelvis }
        session.markCalibration()
        session.mark("calibration \(running.session.step.rawValue)")
        running.stream.finish(
            Rehab1.Calibrate.Reply(
                step: told(running.session, result: pelvis?.told(at: loop.now).calibration)))
        control.broadcast(.status(status()))
    }

    /// Aligns the sensor from now on and stores the result.
    private func keep(_ result: CalibratedSensor, _ session: CalibrationSession) {
        guard let index = sensors.firstIndex(where: { $0.channel == result.channel }),
            self.session.send(.align(channel: result.channel, alignment: result.alignment))
        else { return }
        let rotation = result.alignment.segmentFromSensor
        let stored = StoredCalibration(
            sensor: sensors[index].name, segment: result.segment.name, date: isoDate(),
            alignment: [rotation.w, rotation.x, rotation.y, rotation.z],
            neutralObliquity: result.alignment.neutral.obliquity,
            neutralAnteriorTilt: result.alignment.neutral.anteriorTilt,
            calmJerk: result.alignment.calmJerk, standSigma: result.alignment.standSigma,
            varianceExplained: result.varianceExplained,
            forceNorm: result.forceNorm,
            signProof: session.disagreements == 0 ? "agreed" : "agreed at the second lift")
        sensors[index].calibration = stored
        sensors[index].isRestored = false
        do throws(PlumbingError) {
            try calibrations.save(stored)
        } catch {
            warn(
                "the calibration holds for this session but could not be stored: "
                    + "\(error.description)")
        }
    }

    private func told(
        _ session: CalibrationSession, result: Rehab1.Calibration?
    ) -> Rehab1.CalibrationStep {
        let step: Rehab1.CalibrationStep.Step =
            switch session.step {
            case .getReady: .getReady
            case .stand: .stand
            case .bow: .bow
            case .lift: .lift
            case .repeatLift: .repeatLift
            case .done: .done
            case .refused: .refused
            }
        return Rehab1.CalibrationStep(
            step: step, instruction: session.instruction, elapsedSeconds: session.elapsed,
            lengthSeconds: session.length, progress: session.progress,
            bowsSeen: Int64(session.bowsSeen), reason: session.refusal?.message, result: result)
    }
}
