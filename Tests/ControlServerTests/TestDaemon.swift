// A control server on a temporary socket, its loop on a thread, and a handler that can be watched.

import Foundation
import Plumbing
import Synchronization
import Testing
import Varlink

@testable import Control
@testable import ControlServer
@testable import EventLoop

/// Answers calls with fixed values and writes down what it was asked.
actor TestHandler: ControlHandler {
    nonisolated let loop: EventLoop
    private(set) var log: [String] = []
    private(set) var calibration: ControlStream<Rehab1.Calibrate>?
    private(set) var replay: ControlStream<Rehab1.Replay>?
    private(set) var keptDescriptors: [SharedDescriptor] = []

    init(loop: EventLoop) { self.loop = loop }

    func status() -> Rehab1.Status { TestHandler.status(sensors: []) }

    static func status(sensors: [Rehab1.Sensor]) -> Rehab1.Status {
        Rehab1.Status(
            version: "0.0.1", processID: 1, uptimeSeconds: 0, activity: .idle, replaying: false,
            realtime: Rehab1.Realtime(
                estimator: "plain", intake: "plain", alert: "plain", memoryLocked: false),
            sensors: sensors, outputs: [], recordedPackets: 0, unrecordedPackets: 0,
            framesDropped: 0, residentBytes: 0, cpuSeconds: 0, warnings: [])
    }

    func presentState() -> [Rehab1.Event.Payload] {
        log.append("monitor")
        return [.status(status())]
    }

    func attachSensor(
        _ call: Rehab1.AttachSensor, descriptors: [SharedDescriptor]
    ) throws(ControlRefusal) -> Rehab1.Sensor {
        log.append("attach \(call.name)")
        guard descriptors.count == call.characteristics.count else {
            throw .badDescriptors(
                expected: call.characteristics.count, received: descriptors.count,
                reason: "one for each characteristic")
        }
        if call.name == "kept" { keptDescriptors = descriptors }
        return Rehab1.Sensor(
            name: call.name, kind: call.kind, segment: call.segment, state: .waiting,
            nominalRateHertz: call.rateHertz, packets: Int64(descriptors.count), samples: 0,
            decodeErrors: 0, gaps: 0, lostSamples: 0, duplicates: 0, refused: 0,
            flags: descriptors.map { $0.isPacketSocket ? "packet" : "other" })
    }

    /// Waits its turn before it answers, as a call to another service would.
    func detachSensor(_ call: Rehab1.DetachSensor) async throws(ControlRefusal) {
        for _ in 0..<10 { await pause(0) }
        log.append("detach \(call.name)")
        if call.name == "unknown" { throw .noSuchSensor(name: call.name) }
    }

    func reload() -> Rehab1.Reload.Reply {
        log.append("reload")
        return Rehab1.Reload.Reply(changed: [], atNextSession: ["sound.device"], atNextStart: [])
    }

    func assignSegment(_ call: Rehab1.AssignSegment) {
        log.append("assign \(call.name) \(call.segment ?? "nothing")")
    }

    func scan(_ call: Rehab1.Scan, to stream: ControlStream<Rehab1.Scan>) {
        log.append("scan")
        stream.send(Rehab1.Scan.Reply(sightings: [], done: false))
        stream.finish(
            Rehab1.Scan.Reply(
                sightings: [
                    Rehab1.Sighting(address: "D4:22:CD:00:00:01", addressKind: "random")
                ], done: true))
    }

    func addSensor(_ call: Rehab1.AddSensor) throws(ControlRefusal) -> Rehab1.Sensor {
        log.append("add \(call.address)")
        throw .bluetoothFailed(reason: "the radio is off", cure: "turn it on")
    }

    func forgetSensor(_ call: Rehab1.ForgetSensor) { log.append("forget \(call.name)") }
    func connectSensor(_ call: Rehab1.ConnectSensor) { log.append("connect \(call.name)") }
    func disconnectSensor(_ call: Rehab1.DisconnectSensor) { log.append("rest \(call.name)") }
    func identifySensor(_ call: Rehab1.IdentifySensor) { log.append("identify \(call.name)") }
    func buzzSensor(_ call: Rehab1.BuzzSensor) {
        log.append("buzz \(call.name) \(call.milliseconds ?? 0)")
    }
    func pairSensor(_ call: Rehab1.PairSensor) { log.append("pair \(call.name)") }
    func bluetooth() -> Rehab1.Bluetooth { Rehab1.Bluetooth(condition: .ready) }

    func calibrate(_ call: Rehab1.Calibrate, to stream: ControlStream<Rehab1.Calibrate>) {
        log.append("calibrate")
        calibration = stream
        stream.whenClientLeaves(tell: self) { handler in
            handler.log.append("calibration left")
            handler.calibration = nil
        }
    }

    func listExercises() -> [Rehab1.Exercise] {
        log.append("exercises")
        return []
    }

    func startExercise(_ call: Rehab1.StartExercise) throws(ControlRefusal) -> Rehab1.Exercise {
        throw .noSuchExercise(exercise: call.exercise, known: ["one-leg-stand"])
    }

    func stopExercise() throws(ControlRefusal) -> Rehab1.Summary { throw .notExercising }
    func pause(_ call: Rehab1.Pause) throws(ControlRefusal) { throw .notExercising }
    func changeSide(_ call: Rehab1.ChangeSide) throws(ControlRefusal) { throw .notExercising }
    func mark(_ call: Rehab1.Mark) throws(ControlRefusal) {}

    func listTests() -> [Rehab1.Test] { [] }

    func startTest(_ call: Rehab1.StartTest) throws(ControlRefusal) -> Rehab1.Test {
        throw .notReady(reason: call.test, cure: "")
    }

    func stopTest() throws(ControlRefusal) -> Rehab1.TestResult { throw .notExercising }
    func giveUpTest() throws(ControlRefusal) -> String { throw .notExercising }

    func answerTest(_ call: Rehab1.AnswerTest) throws(ControlRefusal) -> Rehab1.TestResult {
        throw .notExercising
    }

    func listTestResults(_ call: Rehab1.ListTestResults) -> [Rehab1.TestResult] { [] }

    func listRecordings() -> [Rehab1.Recording] { [] }

    func removeRecording(_ call: Rehab1.RemoveRecording) { log.append("remove \(call.name)") }

    func replay(
        _ call: Rehab1.Replay, descriptors: [SharedDescriptor],
        to stream: ControlStream<Rehab1.Replay>
    ) {
        log.append("replay")
        replay = stream
    }

    func step(_ step: Rehab1.CalibrationStep.Step, progress: Double) {
        let reply = Rehab1.Calibrate.Reply(
            step: Rehab1.CalibrationStep(
                step: step, instruction: "stand", elapsedSeconds: 1, progress: progress,
                bowsSeen: 0))
        if step == .done {
            calibration?.finish(reply)
            calibration = nil
        } else {
            calibration?.send(reply)
        }
    }

    func advanceReplay(done: Bool) {
        let reply = Rehab1.Replay.Reply(packets: 1, frames: 1, cues: 0, done: done)
        if done { replay?.finish(reply) } else { replay?.send(reply) }
    }
}

/// The server under test.
///
/// Ends its thread and removes its folder when it goes.
final class TestDaemon: Sendable {
    let folder: String
    let path: String
    let clock = ManualClock()
    let loop: EventLoop
    let server: ControlServer
    let handler: TestHandler

    init(owner: UInt32 = getuid(), _ change: (inout ControlServer.Limits) -> Void = { _ in }) throws
    {
        folder = NSTemporaryDirectory() + "rehabd-\(UUID().uuidString.prefix(8))"
        path = folder + "/control"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        loop = try EventLoop(clock: .manual(clock))
        var limits = ControlServer.Limits()
        change(&limits)
        server = ControlServer(
            loop: loop, owner: owner,
            service: VarlinkService(
                vendor: "rehabd", product: "rehabd", version: "0.0.1",
                url: "https://example.org/rehabd", interfaces: [:]),
            limits: limits)
        handler = TestHandler(loop: loop)
        try server.start(at: path, handler: handler)
        Thread { [loop] in loop.run() }.start()
    }

    deinit {
        let server = server
        let loop = loop
        let folder = folder
        loop.perform {
            server.stop()
            loop.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    /// Runs `body` on the loop's thread and waits for it.
    @discardableResult
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) throws -> Result {
        let result = Mutex<Result?>(nil)
        let done = DispatchSemaphore(value: 0)
        loop.perform {
            let value = body()
            result.withLock { $0 = value }
            done.signal()
        }
        guard done.wait(timeout: .now() + 30) == .success else { throw Timeout() }
        return try #require(result.withLock { $0 })
    }

    /// Asks again on the loop until `condition` holds.
    func until(_ condition: @escaping @Sendable () -> Bool) throws {
        let end = Date() + 30
        while !(try onLoop(condition)) {
            if Date() > end { throw Timeout() }
        }
    }

    func log() throws -> [String] {
        try onLoop { [handler] in handler.assumeIsolated { $0.log } }
    }

    func counters() throws -> ControlServer.Counters { try onLoop { [server] in server.counters } }

    func connectionCount() throws -> Int {
        try onLoop { [server] in server.assumeIsolated { $0.connections.count } }
    }

    func connect() throws -> TestClient { try TestClient(path: path) }
}

struct Timeout: Error {}

/// A client that sends what it is told, well-formed or not.
struct TestClient: ~Copyable {
    private var connection: VarlinkConnection

    init(path: String) throws { connection = try VarlinkConnection(path: path) }

    var rawValue: Int32 { connection.rawValue }

    func send(_ text: String, descriptors: [Int32] = []) throws {
        try connection.send(Array(text.utf8), descriptors: descriptors, within: 30_000)
    }

    func send(_ bytes: [UInt8], descriptors: [Int32] = [], within milliseconds: Int = 30_000) throws
    {
        try connection.send(bytes, descriptors: descriptors, within: milliseconds)
    }

    /// The next message; throws at the end of the connection, or after thirty seconds.
    mutating func message() throws -> [UInt8] {
        guard let message = try connection.receive(within: 30_000) else { throw Timeout() }
        return message
    }

    mutating func reply() throws -> VarlinkReply { try VarlinkReply(message: message()) }

    mutating func call(_ method: String, _ parameters: String = "{}") throws -> VarlinkReply {
        try send("{\"method\":\"\(method)\",\"parameters\":\(parameters)}\0")
        return try reply()
    }

    mutating func event() throws -> Rehab1.Event {
        let reply = try reply()
        return try ControlCoding.decode(Rehab1.Monitor.Reply.self, from: reply.parameters).event
    }

    /// True when the server closed the connection without saying anything more.
    mutating func isClosed() throws -> Bool {
        do throws(VarlinkError) {
            if try connection.receive(within: 30_000) != nil { return false }
            throw VarlinkError.timedOut(milliseconds: 30_000)
        } catch {
            if error == .disconnected { return true }
            throw error
        }
    }

    /// Sends no more, still reads.
    func endSending() { shutdown(rawValue, Int32(SHUT_WR)) }
}

let getInfo = #"{"method":"org.varlink.service.GetInfo"}"# + "\0"
let listExercises = #"{"method":"org.rehabd.rehab1.ListExercises"}"# + "\0"
