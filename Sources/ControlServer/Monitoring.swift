// Streams of events: who watches, and how an event reaches them all.

package import Control
import EventLoop
import Varlink

extension ControlServer {
    /// Milliseconds between two frames where the client names none.
    private static let defaultInterval: Int64 = 50

    /// True while somebody watches: events need not be made otherwise.
    package nonisolated var isWatched: Bool {
        assumeIsolated { server in server.connections.values.contains { $0.subscriber != nil } }
    }

    /// Sends an event to every monitoring client; `time` is host time, now where it is left out.
    package nonisolated func broadcast(_ payload: Rehab1.Event.Payload, time: Int64? = nil) {
        assumeIsolated { server in
            let watching = server.connections.values.filter { $0.subscriber != nil }
            if watching.isEmpty { return }
            let event = EventBody(payload, time: time ?? server.loop.now)
            for connection in watching { server.send(event, to: connection) }
        }
    }

    /// Makes `connection` a monitoring one: the present state goes out first, and whatever happens
    /// from this moment on follows.
    func subscribe(
        _ connection: Connection, _ call: Rehab1.Monitor, _ handler: any ControlHandler
    ) throws(ControlRefusal) {
        let milliseconds = call.intervalMilliseconds ?? ControlServer.defaultInterval
        guard (0...3_600_000).contains(milliseconds) else { throw .invalidParameter("interval_ms") }
        connection.subscriber = Subscriber(interval: milliseconds &* 1_000_000)
        let present = handler.assumeIsolated { $0.presentState() }
        for payload in present { send(EventBody(payload, time: loop.now), to: connection) }
    }

    private func send(_ event: EventBody, to connection: Connection) {
        guard connection.subscriber != nil else { return }
        var event = event
        if event.importance == .passing {
            guard let frame = connection.subscriber?.admit(event, at: loop.now) else {
                holdFrame(of: connection)
                return
            }
            event = frame
        }
        connection.output.append(event, limit: limits.unsentBytes)
        settle(connection)
    }

    /// Sees to it that a frame that is held back goes out even if no other follows.
    private func holdFrame(of connection: Connection) {
        guard connection.frameTimer == nil, let due = connection.subscriber?.heldUntil else {
            return
        }
        let number = connection.number
        connection.frameTimer = at(due) { server in
            guard let connection = server.connections[number] else { return }
            connection.frameTimer = nil
            if let frame = connection.subscriber?.takeHeld(at: server.loop.now) {
                connection.output.append(frame, limit: server.limits.unsentBytes)
                server.settle(connection)
            } else {
                server.holdFrame(of: connection)
            }
        }
    }
}
