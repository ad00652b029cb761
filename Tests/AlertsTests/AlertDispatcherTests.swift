// The alert thread: every output gets every alert, whatever the others do.

import Alerts
import Kinematics
import Movement
import Plumbing
import Synchronization
import Testing

/// The estimator's side: a ring and its wake-up.
private final class Ring: Sendable {
    private let ring = SampleRing<Alert, 64>(filledWith: Alert())
    private let wake: Wakeup

    init() throws { wake = try Wakeup() }

    var source: AlertSource {
        AlertSource(
            next: { [self] in ring.pop() }, wakeDescriptor: wake.rawValue,
            clearWake: { [self] in wake.wait() })
    }

    func decide(_ alert: Alert) {
        _ = ring.push(alert)
        wake.signal()
    }
}

/// An output that does as it is told and notes what it got.
private final class FakeOutput: AlertOutput {
    static let name = "fake"
    private let error: AlertError?
    private let got = Mutex<[UInt32]>([])
    private let notices = Mutex<[Notice]>([])
    private let upkeeps = Atomic<Int>(0)
    private let readiness = Mutex<[Bool]>([])
    let isFinished = Atomic<Bool>(false)

    init(error: AlertError? = nil) { self.error = error }
    init?(_ setup: AlertSetup) { nil }

    func present(_ alert: Alert, now: Int64) throws(AlertError) {
        got.withLock { $0.append(alert.number) }
        if let error { throw error }
    }

    func present(_ notice: Notice, now: Int64) { notices.withLock { $0.append(notice) } }

    func upkeep(now: Int64) -> Int64? {
        upkeeps.add(1, ordering: .relaxed)
        // In the past: must not make the thread spin.
        return error == nil ? nil : now - 1
    }

    func prepare(now: Int64) { readiness.withLock { $0.append(true) } }

    func finish() {
        readiness.withLock { $0.append(false) }
        isFinished.store(true, ordering: .releasing)
    }

    var health: AlertOutputHealth { AlertOutputHealth(name: "fake") }
    var numbers: [UInt32] { got.withLock { $0 } }
    var heardNotices: [Notice] { notices.withLock { $0 } }
    var readinessSteps: [Bool] { readiness.withLock { $0 } }
    var upkeepCount: Int { upkeeps.load(ordering: .relaxed) }
}

/// Waits for the dispatcher's own wake-up, at most 5 s.
private func awaitPresented(_ dispatcher: AlertDispatcher) -> Presented? {
    while true {
        if let presented = dispatcher.nextPresented() { return presented }
        guard UnixSocket.waitReadable(dispatcher.presentedDescriptor, milliseconds: 5000) else {
            return nil
        }
        dispatcher.clearPresented()
    }
}

@Suite("Alert dispatcher")
struct AlertDispatcherTests {
    @Test("one output's refusal leaves the others untouched, and each is told apart")
    func containment() throws {
        let outputs = [
            FakeOutput(error: AlertError(.unplugged)), FakeOutput(),
            FakeOutput(error: AlertError(.full)),
            FakeOutput(),
        ]
        let ring = try Ring()
        let dispatcher = try AlertDispatcher(
            source: ring.source, outputs: outputs, realtime: false, clock: { 7 * second })
        for number in UInt32(1)...20 {
            ring.decide(Alert(number: number, time: 6 * second, rule: .pelvicDrop))
            let presented = try #require(awaitPresented(dispatcher))
            #expect(presented.alert.number == number)
            #expect(presented.heardBy == 0b1010)
            #expect(presented.heard)
            #expect(!presented.heard(byOutput: 0))
            #expect(presented.heard(byOutput: 1))
            #expect(!presented.isStale)
            #expect(presented.latency == second)
        }
        dispatcher.stop()
        for output in outputs {
            #expect(output.numbers == Array(1...20))
            let isFinished = output.isFinished.load(ordering: .acquiring)
            #expect(isFinished)
        }
    }

    @Test("a cue that nobody heard, and a stale one, are told as such")
    func unheard() throws {
        let ring = try Ring()
        let dispatcher = try AlertDispatcher(
            source: ring.source, outputs: [FakeOutput(error: AlertError(.stale))], realtime: false)
        ring.decide(Alert(number: 3))
        let presented = try #require(awaitPresented(dispatcher))
        #expect(!presented.heard)
        #expect(presented.isStale)
        dispatcher.stop()
    }

    @Test("alerts decided before the start and at the very end are presented")
    func edges() throws {
        let ring = try Ring()
        ring.decide(Alert(number: 1))
        let output = FakeOutput()
        let dispatcher = try AlertDispatcher(
            source: ring.source, outputs: [output], realtime: false)
        ring.decide(Alert(number: 2))
        dispatcher.stop()
        #expect(output.numbers == [1, 2])
        // Stopping twice is harmless.
        dispatcher.stop()
    }

    @Test("outputs rest when asked, and are made ready again")
    func resting() throws {
        let output = FakeOutput()
        let ring = try Ring()
        let dispatcher = try AlertDispatcher(
            source: ring.source, outputs: [output], realtime: false, isWarm: false)
        /// Alerts until the thread has begun two more turns: all that was asked before has happened.
        func settle() throws {
            let turns = dispatcher.turns
            while dispatcher.turns < turns + 2 {
                ring.decide(Alert())
                _ = try #require(awaitPresented(dispatcher))
            }
        }
        try settle()
        #expect(output.readinessSteps == [])
        dispatcher.setWarm(true)
        try settle()
        #expect(output.readinessSteps == [true])
        dispatcher.setWarm(true)
        dispatcher.setWarm(false)
        try settle()
        #expect(output.readinessSteps == [true, false])
        dispatcher.stop()
    }

    @Test("notices reach the outputs, 16 wait at most")
    func notices() throws {
        let output = FakeOutput()
        let dispatcher = try AlertDispatcher(
            source: try Ring().source, outputs: [output], realtime: false)
        dispatcher.notify(.tick)
        dispatcher.notify(.ready)
        dispatcher.stop()
        #expect(output.heardNotices == [.tick, .ready])
    }

    @Test("an output that always wants to be called does not make the thread spin")
    func noSpinning() throws {
        let output = FakeOutput(error: AlertError(.busy))
        let ring = try Ring()
        let dispatcher = try AlertDispatcher(
            source: ring.source, outputs: [output], realtime: false)
        // 20 round trips give it time; a spinning thread would make thousands of turns in each.
        let begin = MonotonicClock.now()
        for number in UInt32(1)...20 {
            ring.decide(Alert(number: number))
            _ = awaitPresented(dispatcher)
        }
        dispatcher.stop()
        let milliseconds = Int((MonotonicClock.now() - begin) / millisecond)
        // At most one turn a millisecond, one for each alert, and a few at start and end.
        #expect(output.upkeepCount <= milliseconds + 20 + 5)
    }

    @Test("a tone output on a device that is absent runs on the real thread and says why")
    func realThread() throws {
        _ = AlsaFixture.folder
        var setup = AlertSetup()
        setup.soundDevice = "no-such-device"
        let ring = try Ring()
        let dispatcher = try AlertDispatcher(
            source: ring.source, outputs: makeAlertOutputs(setup), realtime: false)
        ring.decide(Alert(number: 1, time: MonotonicClock.now(), rule: .pelvicDrop))
        let presented = try #require(awaitPresented(dispatcher))
        #expect(!presented.heard)
        #expect(dispatcher.health.map(\.name) == ["tone"])
        #expect(dispatcher.health.first?.notHeard == 1)
        dispatcher.stop()
    }

    @Test("the registry makes what the setup asks for, in order")
    func registry() {
        var setup = AlertSetup()
        #expect(makeAlertOutputs(setup).map(\.health.name) == ["tone"])
        setup.terminal = .closure { _ in true }
        #expect(makeAlertOutputs(setup).map(\.health.name) == ["tone", "terminal"])
        setup.soundDevice = nil
        #expect(makeAlertOutputs(setup).map(\.health.name) == ["terminal"])
        // The most urgent sense first; another output may stand anywhere between them.
        let order = [
            "tone", "speech", "sonification", "breath", "terminal", "vibration", "notification",
        ]
        #expect(alertOutputNames.filter { order.contains($0) } == order)
        #expect(Set(alertOutputNames).count == alertOutputNames.count)
    }
}
