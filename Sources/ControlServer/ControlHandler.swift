// What answers the calls: the one thing this room asks of the daemon.

package import Control
package import EventLoop
package import Plumbing

/// The daemon's side of the interface.
///
/// `ControlServer` has read, checked and authorised a call when it reaches one of these functions:
/// parameters have the declared types, callers may do this.
///
/// The handler is an actor on the server's event loop. A function that needs no waiting is written
/// without `async`. Descriptors that are not taken (`SharedDescriptor.duplicate`, or kept) close by
/// themselves.
///
/// ```swift
/// extension Supervisor: ControlHandler {
///     func status() -> Rehab1.Status { … }
///
///     func startExercise(
///         _ call: Rehab1.StartExercise
///     ) throws(ControlRefusal) -> Rehab1.Exercise {
///         guard activity == .idle else {
///             throw .busy(activity: "an exercise is running", cure: "stop it: rehabctl stop")
///         }
///         …
///         control.broadcast(.status(status()))  // every monitoring client sees the change
///         return exercise
///     }
///
///     // A stream: keep it, send to it from anywhere on the loop, finish it.
///     func calibrate(
///         _ call: Rehab1.Calibrate, to stream: ControlStream<Rehab1.Calibrate>
///     ) throws(ControlRefusal) {
///         calibration = CalibrationSession(stream: stream)
///         stream.whenClientLeaves(tell: self) { supervisor in supervisor.calibration = nil }
///     }
///
///     func calibrationAdvanced(_ step: Rehab1.CalibrationStep) {
///         if step.step == .done {
///             calibration?.stream.finish(Rehab1.Calibrate.Reply(step: step))
///         } else {
///             calibration?.stream.send(Rehab1.Calibrate.Reply(step: step))
///         }
///     }
/// }
/// ```
package protocol ControlHandler: FeedbackHandler {
    func status() async -> Rehab1.Status

    /// What a new monitoring client is told first: the present state, complete enough that the
    /// events after it make sense.
    func presentState() -> [Rehab1.Event.Payload]

    /// One descriptor for each of `call.characteristics`, if the caller kept to the interface: check
    /// number and kind.
    func attachSensor(
        _ call: Rehab1.AttachSensor, descriptors: [SharedDescriptor]
    ) async throws(ControlRefusal) -> Rehab1.Sensor

    func detachSensor(_ call: Rehab1.DetachSensor) async throws(ControlRefusal)

    func assignSegment(_ call: Rehab1.AssignSegment) async throws(ControlRefusal)

    /// As `calibrate`. A caller that did not ask for progress gets the final reply only.
    func scan(
        _ call: Rehab1.Scan, to stream: ControlStream<Rehab1.Scan>
    ) async throws(ControlRefusal)

    func addSensor(_ call: Rehab1.AddSensor) async throws(ControlRefusal) -> Rehab1.Sensor
    func forgetSensor(_ call: Rehab1.ForgetSensor) async throws(ControlRefusal)
    func connectSensor(_ call: Rehab1.ConnectSensor) async throws(ControlRefusal)
    func disconnectSensor(_ call: Rehab1.DisconnectSensor) async throws(ControlRefusal)
    func identifySensor(_ call: Rehab1.IdentifySensor) async throws(ControlRefusal)
    func buzzSensor(_ call: Rehab1.BuzzSensor) async throws(ControlRefusal)
    func pairSensor(_ call: Rehab1.PairSensor) async throws(ControlRefusal)
    func bluetooth() async -> Rehab1.Bluetooth
    func reload() async throws(ControlRefusal) -> Rehab1.Reload.Reply

    /// Returns at once or later; the call lasts until `stream` is finished or refused, or the
    /// client leaves. An error thrown here refuses it.
    func calibrate(
        _ call: Rehab1.Calibrate, to stream: ControlStream<Rehab1.Calibrate>
    ) async throws(ControlRefusal)

    func listExercises() async -> [Rehab1.Exercise]

    func startExercise(
        _ call: Rehab1.StartExercise
    ) async throws(ControlRefusal) -> Rehab1.Exercise

    func stopExercise() async throws(ControlRefusal) -> Rehab1.Summary

    func pause(_ call: Rehab1.Pause) async throws(ControlRefusal)
    func changeSide(_ call: Rehab1.ChangeSide) async throws(ControlRefusal)
    func mark(_ call: Rehab1.Mark) async throws(ControlRefusal)
    func listTests() async -> [Rehab1.Test]
    func startTest(_ call: Rehab1.StartTest) async throws(ControlRefusal) -> Rehab1.Test
    func stopTest() async throws(ControlRefusal) -> Rehab1.TestResult
    func giveUpTest() async throws(ControlRefusal) -> String
    func answerTest(_ call: Rehab1.AnswerTest) async throws(ControlRefusal) -> Rehab1.TestResult
    func listTestResults(
        _ call: Rehab1.ListTestResults
    ) async throws(ControlRefusal) -> [Rehab1.TestResult]

    func listRecordings() async throws(ControlRefusal) -> [Rehab1.Recording]

    func removeRecording(_ call: Rehab1.RemoveRecording) async throws(ControlRefusal)

    /// As `calibrate`. A caller that did not ask for progress gets the final reply only.
    func replay(
        _ call: Rehab1.Replay, descriptors: [SharedDescriptor],
        to stream: ControlStream<Rehab1.Replay>
    ) async throws(ControlRefusal)
}

/// A call that is answered over time.
///
/// A small value: keep it, copy it, use it on the loop's thread.
package struct ControlStream<Method: ControlMethod>: Sendable {
    let server: ControlServer
    let call: CallID
    /// The caller takes replies before the last one.
    package let wantsProgress: Bool

    /// False once the call is finished or its client has left; replies are then ignored.
    package var isOpen: Bool { server.assumeIsolated { $0.isOpen(call) } }

    /// One reply of several.
    package func send(_ reply: Method.Reply) {
        guard wantsProgress else { return }
        let parameters = ControlCoding.encode(reply)
        server.assumeIsolated { $0.reply(parameters, to: call, continues: true) }
    }

    /// The last reply.
    package func finish(_ reply: Method.Reply) {
        let parameters = ControlCoding.encode(reply)
        server.assumeIsolated { $0.reply(parameters, to: call, continues: false) }
    }

    /// An error in place of the last reply.
    package func refuse(_ refusal: ControlRefusal) {
        server.assumeIsolated { $0.refuse(refusal, to: call) }
    }

    /// Runs `body` in `actor` if the client leaves before the last reply.
    ///
    /// The actor is held weakly.
    package func whenClientLeaves<Listener: LoopActor>(
        tell actor: Listener, _ body: @escaping @Sendable (isolated Listener) -> Void
    ) {
        server.assumeIsolated { server in
            server.whenClientLeaves(call) { [weak actor] in
                actor?.assumeIsolated { body($0) }
            }
        }
    }
}

/// One call of one connection, for as long as the server runs.
struct CallID: Sendable, Hashable {
    let connection: UInt64
    let number: UInt64
}
