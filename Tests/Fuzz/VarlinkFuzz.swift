// Everything that arrives on the control socket: frames, JSON, calls, and their parameters as values.

import Control
import Varlink

/// Input: bytes as a client sends them.
enum VarlinkFuzz {
    static func run(_ bytes: [UInt8]) {
        FuzzEntry.run(bytes)
        guard let call = try? VarlinkCall(message: bytes) else { return }
        let value = call.parameters
        same(Rehab1.Monitor.self, value)
        same(Rehab1.AttachSensor.self, value)
        same(Rehab1.DetachSensor.self, value)
        same(Rehab1.AssignSegment.self, value)
        same(Rehab1.Calibrate.self, value)
        same(Rehab1.StartExercise.self, value)
        same(Rehab1.RemoveRecording.self, value)
        same(Rehab1.Replay.self, value)
        // What a hostile daemon could send to a client.
        same(Rehab1.GetStatus.Reply.self, value)
        same(Rehab1.Monitor.Reply.self, value)
        same(Rehab1.Calibrate.Reply.self, value)
        same(Rehab1.StopExercise.Reply.self, value)
        same(Rehab1.ListRecordings.Reply.self, value)
        _ = ControlRefusal(name: call.method, parameters: value)
    }

    /// What could be decoded is the same after being encoded.
    private static func same<Content: Codable & Equatable>(
        _ type: Content.Type, _ value: JSONValue
    ) {
        guard let decoded = try? ControlCoding.decode(type, from: value) else { return }
        let again = try? ControlCoding.decode(type, from: ControlCoding.value(of: decoded))
        promise(again == decoded, "\(type) changes")
    }
}
