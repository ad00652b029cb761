// When nothing is recorded: a disk that refuses, said once and taken back; reminders alone in the background.

import Control
import ControlServer
import EventLoop
import Plumbing
import Recording

extension Supervisor {
    /// Tells whether the recording is written, when that changes.
    func watchRecorder() {
        let state = session.recorderState
        if let failure = state.failure {
            guard recordingTrouble == nil else { return }
            let text =
                "the recording stopped: \(failure.description). Cues go on, and so does the recording "
                + "once there is space or permission again; what comes meanwhile is kept for a while"
            recordingTrouble = text
            DaemonLog.event(.recordingStopped, text, priority: 4)
            warn(text, isLogged: false)
        } else if recordingTrouble != nil {
            let missing = state.forgonePackets
            endRecordingTrouble()
            let text =
                "the recording goes on: the disk takes data again, "
                + (missing == 0
                    ? "and nothing is missing" : "and \(missing) packets are missing and marked")
            DaemonLog.event(.recordingContinued, text, priority: 5)
            control.broadcast(.warning(text))
        }
    }

    /// Lets the recording rest once reminders are all that has been wanted for a while.
    ///
    /// Sensors worn all day would fill the disk with what nobody asked to keep. A workout is recorded whole: its
    /// sets follow each other sooner.
    func watchBackground() {
        let isBackground =
            feedback.sound.breaks && session.hasBegun && exercise == nil && calibration == nil
            && test == nil
        guard isBackground else {
            feedback.backgroundSince = nil
            session.resumeRecording()
            return
        }
        let since = feedback.backgroundSince ?? loop.now
        feedback.backgroundSince = since
        if feedback.reminderRest == 0 { learnReminderRest() }
        guard Double(loop.now - since) * 1e-9 >= feedback.reminderRest, !session.isResting else {
            return
        }
        session.restRecording()
        control.broadcast(.status(status()))
    }

    /// Takes the warning back.
    private func endRecordingTrouble() {
        guard let told = recordingTrouble else { return }
        recordingTrouble = nil
        warnings.removeAll { $0 == told }
        control.broadcast(.status(status()))
    }
}
