// A disk that refuses the recording: said once, taken back once it takes data again.

import Control
import ControlServer
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

    /// Takes the warning back.
    private func endRecordingTrouble() {
        guard let told = recordingTrouble else { return }
        recordingTrouble = nil
        warnings.removeAll { $0 == told }
        control.broadcast(.status(status()))
    }
}
