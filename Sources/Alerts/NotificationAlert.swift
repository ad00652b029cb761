// Reminders of the day as desktop notifications: handed to the loop, which speaks with the session bus.

package import Movement

/// The desktop's notifications, for C17 and C18 alone: in a set nobody looks at the desktop.
package final class NotificationAlert: AlertOutput {
    package static let name = "notification"
    package static let worksAtRest = true

    private let door: CueDoor

    package init?(_ setup: AlertSetup) {
        guard let door = setup.notification else { return nil }
        self.door = door
    }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        guard alert.rule.isReminder else { throw AlertError(.notMine) }
        guard door.offer(alert) else { throw AlertError(.full) }
    }

    package var health: AlertOutputHealth { door.health(named: Self.name) }
}
