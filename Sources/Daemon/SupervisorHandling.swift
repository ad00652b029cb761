// The Supervisor as the control socket calls it: each method goes to the file that does the work.

package import Control
package import ControlServer
import EventLoop
import Exercises
package import Plumbing

extension Supervisor: ControlHandler {
    package func presentState() -> [Rehab1.Event.Payload] { [.status(status())] }

    package func attachSensor(
        _ call: Rehab1.AttachSensor, descriptors: [SharedDescriptor]
    ) throws(ControlRefusal) -> Rehab1.Sensor {
        try attach(call, descriptors: descriptors)
    }

    package func detachSensor(_ call: Rehab1.DetachSensor) throws(ControlRefusal) {
        try detach(named: call.name)
    }

    package func assignSegment(_ call: Rehab1.AssignSegment) throws(ControlRefusal) {
        try assign(call)
    }

    package func calibrate(
        _ call: Rehab1.Calibrate, to stream: ControlStream<Rehab1.Calibrate>
    ) throws(ControlRefusal) {
        pauseReminders()
        closeSoundRoom()
        try beginCalibration(call, to: stream)
    }

    package func listExercises() -> [Rehab1.Exercise] {
        presentExercises().map { $0.told(worn: wornSegments) }
    }

    package func startExercise(
        _ call: Rehab1.StartExercise
    ) throws(ControlRefusal) -> Rehab1.Exercise {
        try beginExercise(call)
    }

    package func stopExercise() throws(ControlRefusal) -> Rehab1.Summary {
        let summary = try finishExercise()
        control.broadcast(.set(summary))
        return summary
    }

    package func pause(_ call: Rehab1.Pause) throws(ControlRefusal) { try setPaused(call.paused) }

    package func changeSide(_ call: Rehab1.ChangeSide) throws(ControlRefusal) {
        try changeSide(to: call.side)
    }

    package func mark(_ call: Rehab1.Mark) throws(ControlRefusal) { try takeMark(call.text) }

    package func listRecordings() throws(ControlRefusal) -> [Rehab1.Recording] {
        try recordings()
    }

    package func removeRecording(_ call: Rehab1.RemoveRecording) throws(ControlRefusal) {
        try removeRecording(named: call.name)
    }

    package func replay(
        _ call: Rehab1.Replay, descriptors: [SharedDescriptor],
        to stream: ControlStream<Rehab1.Replay>
    ) throws(ControlRefusal) {
        try beginReplay(call, descriptors: descriptors, to: stream)
    }
}
