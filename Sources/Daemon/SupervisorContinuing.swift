// After a crash or a restart: the recording goes on with the first sensor, the set with the pelvis.

import Control
import ControlServer
import EventLoop
import Plumbing

extension Supervisor {
    /// How long a set waits for its sensors after a restart, ns; then it is over.
    private static let patience: Int64 = 120_000_000_000

    /// Takes over what the last daemon left with the service manager.
    func inheritSession() {
        inherited = SessionKeeper.inherit()
        guard let note = inherited?.note else { return }
        DaemonLog.event(
            .recordingContinued,
            "rehabd was interrupted; the recording goes on with the first sensor"
                + (note.exercise == nil ? "" : ", the exercise with the pelvis sensor"),
            priority: 5)
    }

    /// Begins the interrupted set again, once it can be.
    func resumeExercise() {
        guard let note = resuming, let id = note.exercise else { return }
        if exercise != nil {
            resuming = nil
            return
        }
        do throws(ControlRefusal) {
            _ = try beginExercise(
                Rehab1.StartExercise(
                    exercise: id, side: note.side, record: note.record, probe: note.probe,
                    thresholds: note.thresholds, count: note.count,
                    holdSeconds: note.holdSeconds))
            session.mark("the exercise goes on after an interruption")
            resuming = nil
        } catch {
            guard loop.now - startedAt > Supervisor.patience else { return }
            resuming = nil
            warn("the exercise that a restart interrupted did not go on: \(error.sentence)")
        }
    }

    /// The session began to record: kept for a successor.
    func keepSession() {
        guard let name = session.recordingName, let path = session.recordingPath else { return }
        keeper.begin(
            SessionNote(
                recording: name, path: path, exercise: resuming?.exercise, side: resuming?.side,
                probe: resuming?.probe, thresholds: resuming?.thresholds,
                count: resuming?.count, holdSeconds: resuming?.holdSeconds,
                record: session.isUnwanted ? false : nil, time: loop.now),
            file: session.recordingDescriptor)
    }
}
