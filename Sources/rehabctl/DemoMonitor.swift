// Watches the daemon while the demo runs: collects cues, shows the live view.

import Control
import Plumbing
import Synchronization

/// A monitoring connection on a thread of its own.
final class DemoMonitor: Sendable {
    private struct Shared {
        var state = LiveState()
        var cues: [Rehab1.Cue] = []
        /// Lines that wait to be printed.
        var lines: [String] = []
    }

    private let shared = Mutex(Shared())
    private let stopping = Atomic<Bool>(false)
    private let thread = Mutex<MonitorThread?>(nil)

    init(daemon: DaemonOptions) throws {
        let socket = daemon.socket
        // No real-time rights are asked for: only its start and its end are wanted.
        let started = MonitorThread(
            try RealtimeThread(name: "demo-monitor", stackBytes: 1 << 20) { [self] in
                watch(socket)
            })
        thread.withLock { $0 = started }
    }

    var cues: [Rehab1.Cue] { shared.withLock { $0.cues } }

    func stop() {
        stopping.store(true, ordering: .releasing)
        thread.withLock { $0.take() }?.join()
    }

    private func watch(_ socket: String?) {
        do throws(ControlError) {
            var replies = try ControlClient(socket: socket)
                .stream(Rehab1.Monitor(intervalMilliseconds: 50))
            while !stopping.load(ordering: .acquiring) {
                switch try replies.next(within: 100) {
                case .reply(let reply): take(reply.event)
                case .nothing: continue
                case .end: return
                }
            }
        } catch {
            shared.withLock { $0.lines.append("monitoring ended: \(error)") }
        }
    }

    private func take(_ event: Rehab1.Event) {
        shared.withLock { shared in
            let line = shared.state.take(event, at: MonotonicClock.now())
            if let cue = event.cue { shared.cues.append(cue) }
            if let line, event.kind != .sensor { shared.lines.append(line) }
        }
    }

    /// Shows the body until a host time: drawn on a terminal, else a line a second and each cue.
    func show(until deadline: Int64, style: Style) {
        if Terminal.outputIsTerminal {
            draw(until: deadline)
        } else {
            printLines(until: deadline)
        }
    }

    private func draw(until deadline: Int64) {
        let screen = LiveScreen()
        defer { screen.close() }
        screen.keyHelp = "q goes on with the demo"
        while MonotonicClock.now() < deadline, screen.endedBy == nil {
            if screen.wait(for: -1).contains(.leave) { break }
            screen.draw(shared.withLock { $0.state })
        }
        shared.withLock { $0.lines.removeAll() }
    }

    private func printLines(until deadline: Int64) {
        var due = MonotonicClock.now()
        while MonotonicClock.now() < deadline {
            let lines = shared.withLock { shared in
                let lines = shared.lines
                shared.lines.removeAll()
                return lines
            }
            for line in lines { print("  \(line)") }
            if MonotonicClock.now() >= due {
                print("  " + shared.withLock { $0.state.plainLine })
                due += 1_000_000_000
            }
            Terminal.flush()
            MonotonicClock.sleep(until: MonotonicClock.now() + 50_000_000)
        }
    }
}

/// The monitor's thread, joined once.
private final class MonitorThread: @unchecked Sendable {
    private var thread: RealtimeThread?

    init(_ thread: consuming RealtimeThread) { self.thread = consume thread }

    func join() {
        if let thread = thread.take() { thread.join() }
    }
}
