// Cues as vibration of a worn sensor: handed to the loop, which alone speaks with the sensors.

package import Movement

/// The vibration output.
///
/// The alert thread only hands the cue on; which sensor vibrates, for how long, and whether it did, is
/// the loop's to know and to count.
package final class HapticAlert: AlertOutput {
    package static let name = "vibration"

    private let door: CueDoor

    package init?(_ setup: AlertSetup) {
        guard let door = setup.haptic else { return nil }
        self.door = door
    }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        if alert.isStale(at: now) { throw AlertError(.stale) }
        guard door.offer(alert) else { throw AlertError(.full) }
    }

    package var health: AlertOutputHealth { door.health(named: Self.name) }
}

/// How long a sensor vibrates for a cue, ms: a reminder of the movement is short, the end of a
/// repetition twice as long and never alarming (engineering defaults; the Myo knows three lengths).
package func vibrationMilliseconds(_ rule: RuleID) -> Int { rule.number == 19 ? 400 : 200 }
