// A sound stream outside of any session: for the hearing check and for paced breathing.

import Alerts
import Movement
import Plumbing

/// An alert thread of its own, warm for as long as the room lasts.
///
/// Owned by the Supervisor.
final class SoundRoom {
    /// The way in, shared with the alert thread.
    private final class Entrance: Sendable {
        let ring = SampleRing<Alert, 16>(filledWith: Alert())
        let wake: Wakeup

        init() throws(PlumbingError) { wake = try Wakeup() }
    }

    private let entrance: Entrance
    private let outputs: [any AlertOutput]
    private let dispatcher: AlertDispatcher
    private var count: UInt32 = 0

    init(_ setup: AlertSetup, _ settings: DaemonSettings) throws(PlumbingError) {
        let entrance = try Entrance()
        self.entrance = entrance
        outputs = makeAlertOutputs(setup)
        dispatcher = try AlertDispatcher(
            source: AlertSource(
                next: { entrance.ring.pop() }, wakeDescriptor: entrance.wake.rawValue,
                clearWake: { entrance.wake.wait() }),
            outputs: outputs, realtime: settings.realtime, broker: settings.realtimeBroker)
    }

    var breath: BreathAlert? { outputs.compactMap { $0 as? BreathAlert }.first }

    /// The health of the output of that name; nil where there is none.
    func health(of name: String) -> AlertOutputHealth? {
        dispatcher.health.first { $0.name == name }
    }

    /// Sounds a cue; returns its number.
    func play(_ alert: Alert) -> UInt32 {
        count &+= 1
        var alert = alert
        alert.number = count
        _ = entrance.ring.push(alert)
        entrance.wake.signal()
        return count
    }

    /// Which outputs took the cue of that number, by name; nil while that is not known.
    func takers(of number: UInt32) -> [String]? {
        while let presented = dispatcher.nextPresented() {
            guard presented.alert.number == number else { continue }
            return dispatcher.health.indices.filter { presented.heard(byOutput: $0) }
                .map { dispatcher.health[$0].name }
        }
        return nil
    }

    func close() { dispatcher.stop() }
}
