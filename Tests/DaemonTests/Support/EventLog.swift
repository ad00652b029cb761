// A monitoring client on a thread of its own: keeps every event with the time at which it came.

import Control
import Foundation
import Plumbing
import Synchronization

/// Everything a monitoring client was told.
package final class EventLog: Sendable {
    package struct Entry: Sendable {
        /// Host time of its arrival here, ns.
        package let received: Int64
        package let event: Rehab1.Event
    }

    private struct Shared {
        var entries: [Entry] = []
        var ending: String?
    }

    private let shared = Mutex(Shared())
    private let stopping = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Returns once the present state has come, so nothing after that is missed.
    package init(_ daemon: RunningDaemon, intervalMilliseconds: Int64 = 50) throws {
        let socket = daemon.socket
        Thread.detachNewThread { [self] in
            follow(socket, intervalMilliseconds)
            ended.signal()
        }
        _ = try eventually("the monitor's first event") {
            if let ending { throw Overdue("the monitor, which ended: \(ending)", seconds: 0) }
            return entries.first
        }
    }

    deinit { stopping.store(true, ordering: .releasing) }

    private func follow(_ socket: String, _ interval: Int64) {
        do throws(ControlError) {
            var replies = try ControlClient(socket: socket, environment: [:])
                .stream(Rehab1.Monitor(intervalMilliseconds: interval))
            while !stopping.load(ordering: .acquiring) {
                switch try replies.next(within: 50) {
                case .reply(let reply):
                    let entry = Entry(received: MonotonicClock.now(), event: reply.event)
                    shared.withLock { $0.entries.append(entry) }
                case .nothing: continue
                case .end:
                    shared.withLock { $0.ending = "the stream ended" }
                    return
                }
            }
        } catch {
            shared.withLock { $0.ending = "\(error)" }
        }
    }

    package var entries: [Entry] { shared.withLock { $0.entries } }
    /// Why no more will come; nil while it runs.
    package var ending: String? { shared.withLock { $0.ending } }

    package var cues: [Rehab1.Cue] { entries.compactMap(\.event.cue) }
    package var frames: [Rehab1.Frame] { entries.compactMap(\.event.frame) }
    package var warnings: [String] { entries.compactMap(\.event.warning) }

    /// The states of a sensor as they were told, with the daemon's time of each.
    package func states(
        of sensor: String
    ) -> [(time: Int64, state: Rehab1.Sensor.State)] {
        entries.compactMap { entry in
            guard let told = entry.event.sensor, told.name == sensor else { return nil }
            return (entry.event.time, told.state)
        }
    }

    /// Waits for an event that `matches`, from place `start` of the log on.
    @discardableResult
    package func wait<Value>(
        for what: String, within seconds: Double = 20, from start: Int = 0,
        _ matches: (Rehab1.Event) -> Value?
    ) throws -> Value {
        try eventually(what, within: seconds) {
            let entries = entries
            for entry in entries.dropFirst(start) {
                if let value = matches(entry.event) { return value }
            }
            if let ending {
                throw Overdue("\(what); the monitor ended: \(ending)", seconds: seconds)
            }
            return nil
        }
    }

    /// Stops listening.
    package func stop() {
        stopping.store(true, ordering: .releasing)
        ended.wait()
        ended.signal()
    }
}
